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
    return (a.key < b.key) | ((a.key == b.key) & (a.value < b.value))  # without branches


cdef inline bint has_room(Heap* heap) noexcept nogil:
    """Return whether there is room for one row more, which is sought first; False: there is not memory enough."""
    cdef Pair* grown
    cdef Py_ssize_t room
    if heap.count == heap.room:
        room = 2 * heap.room if heap.room else 256
        grown = <Pair*>realloc(heap.rows, room * sizeof(Pair))
        if grown == NULL:
            return False
        heap.rows, heap.room = grown, room
    return True


cdef inline void put(Heap* heap, i64 key, i64 value) noexcept nogil:
    """Add a row; there has to be room."""
    cdef Py_ssize_t at, above
    cdef Pair row
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


cdef inline int push(Heap* heap, i64 key, i64 value) except -1 nogil:
    if not has_room(heap):
        with gil:
            raise MemoryError
    put(heap, key, value)
    return 0


cdef inline Pair pop(Heap* heap) noexcept nogil:
    """Return the least row; there has to be one."""
    cdef Pair* rows = heap.rows
    cdef Pair least = rows[0], last
    cdef Py_ssize_t at = 0, above, below = 1, count = heap.count - 1
    heap.count = count
    last = rows[count]
    while below + 1 < count:  # the hole goes down to where it has no two rows below it: which of them is less nobody can foresee
        below += is_less(rows[below + 1], rows[below])
        rows[at] = rows[below]
        at = below
        below = 2 * at + 1
    if below < count:
        rows[at] = rows[below]
        at = below
    while at:  # the last row comes from below, and is mostly at its place there
        above = (at - 1) >> 1
        if not is_less(last, rows[above]):
            break
        rows[at] = rows[above]
        at = above
    rows[at] = last
    return least
