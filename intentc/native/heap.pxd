# A binary heap of rows of numbers, the least first; shared by the kernels that search.
from libc.stdlib cimport free, malloc, realloc

ctypedef long long i64

cdef struct Pair:
    i64 key
    i64 value

cdef struct Heap:
    Pair* rows
    Py_ssize_t count
    Py_ssize_t room


cdef inline bint is_less(Pair a, Pair b) noexcept nogil:
    return a.key < b.key or (a.key == b.key and a.value < b.value)


cdef inline int push(Heap* heap, i64 key, i64 value) except -1 nogil:
    cdef Py_ssize_t at, above
    cdef Pair row
    cdef Pair* grown
    if heap.count == heap.room:
        heap.room = 2 * heap.room if heap.room else 256
        grown = <Pair*>realloc(heap.rows, heap.room * sizeof(Pair))
        if grown == NULL:
            with gil:
                raise MemoryError
        heap.rows = grown
    row.key, row.value = key, value
    at = heap.count
    heap.count += 1
    while at:
        above = (at - 1) >> 1
        if not is_less(row, heap.rows[above]):
            break
        heap.rows[at] = heap.rows[above]
        at = above
    heap.rows[at] = row
    return 0


cdef inline Pair pop(Heap* heap) noexcept nogil:
    """Return the least row; there has to be one."""
    cdef Pair least = heap.rows[0], last
    cdef Py_ssize_t at = 0, below
    heap.count -= 1
    last = heap.rows[heap.count]
    while True:
        below = 2 * at + 1
        if below >= heap.count:
            break
        if below + 1 < heap.count and is_less(heap.rows[below + 1], heap.rows[below]):
            below += 1
        if not is_less(heap.rows[below], last):
            break
        heap.rows[at] = heap.rows[below]
        at = below
    heap.rows[at] = last
    return least
