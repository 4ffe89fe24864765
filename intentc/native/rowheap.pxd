# A priority queue of rows of four numbers, the least first: of equal ones by the next number.
from libc.stdlib cimport realloc

ctypedef long long i64

cdef struct Row:
    i64 least     # cost, and what is left at least
    i64 cost
    i64 ns
    i64 label


cdef struct Rows:
    Row* rows
    Py_ssize_t count
    Py_ssize_t room


cdef inline bint is_less_row(Row* a, Row* b) noexcept nogil:
    if a.least != b.least:
        return a.least < b.least
    if a.cost != b.cost:
        return a.cost < b.cost
    if a.ns != b.ns:
        return a.ns < b.ns
    return a.label < b.label


cdef inline int push_row(Rows* heap, Row row) except -1:
    cdef Py_ssize_t at, above
    cdef Row* grown
    if heap.count == heap.room:
        grown = <Row*>realloc(heap.rows, (2 * heap.room + 256) * sizeof(Row))
        if grown == NULL:
            raise MemoryError
        heap.rows, heap.room = grown, 2 * heap.room + 256
    at = heap.count
    heap.count += 1
    while at:
        above = (at - 1) >> 1
        if not is_less_row(&row, &heap.rows[above]):
            break
        heap.rows[at] = heap.rows[above]
        at = above
    heap.rows[at] = row
    return 0


cdef inline Row pop_row(Rows* heap) noexcept nogil:
    cdef Row least = heap.rows[0], last
    cdef Py_ssize_t at = 0, below
    heap.count -= 1
    last = heap.rows[heap.count]
    while True:
        below = 2 * at + 1
        if below >= heap.count:
            break
        if below + 1 < heap.count and is_less_row(&heap.rows[below + 1], &heap.rows[below]):
            below += 1
        if not is_less_row(&heap.rows[below], &last):
            break
        heap.rows[at] = heap.rows[below]
        at = below
    heap.rows[at] = last
    return least
