# Arrays that grow, for kernels that do not know beforehand how much there will be.
from libc.stdlib cimport free, realloc

ctypedef long long i64

cdef enum:
    MOST_ROWS = 2147483000  # rows are counted by int

cdef struct Ints:
    int* at
    Py_ssize_t count
    Py_ssize_t room

cdef struct Longs:
    i64* at
    Py_ssize_t count
    Py_ssize_t room


cdef inline int make_room(void** rows, Py_ssize_t* room, Py_ssize_t count, size_t size) except -1 nogil:
    """Make room for `count` rows, and for some more."""
    cdef void* grown
    cdef Py_ssize_t wanted
    if count <= room[0]:
        return 0
    if count > MOST_ROWS:
        with gil:
            raise MemoryError
    wanted = 2 * count if count > 16 else 32
    grown = realloc(rows[0], wanted * size)
    if grown == NULL:
        with gil:
            raise MemoryError
    rows[0] = grown
    room[0] = wanted
    return 0


cdef inline int add_int(Ints* rows, Py_ssize_t value) except -1 nogil:
    if rows.count == rows.room:
        make_room(<void**>&rows.at, &rows.room, rows.count + 1, sizeof(int))
    rows.at[rows.count] = <int>value
    rows.count += 1
    return 0


cdef inline int add_long(Longs* rows, i64 value) except -1 nogil:
    if rows.count == rows.room:
        make_room(<void**>&rows.at, &rows.room, rows.count + 1, sizeof(i64))
    rows.at[rows.count] = value
    rows.count += 1
    return 0


cdef inline int fill_ints(Ints* rows, Py_ssize_t count, int value) except -1 nogil:
    """Make it `count` times a value."""
    cdef Py_ssize_t at
    make_room(<void**>&rows.at, &rows.room, count, sizeof(int))
    for at in range(count):
        rows.at[at] = value
    rows.count = count
    return 0


cdef inline int fill_longs(Longs* rows, Py_ssize_t count, i64 value) except -1 nogil:
    cdef Py_ssize_t at
    make_room(<void**>&rows.at, &rows.room, count, sizeof(i64))
    for at in range(count):
        rows.at[at] = value
    rows.count = count
    return 0


cdef inline int fill_more(Ints* rows, Py_ssize_t more) except -1 nogil:
    """Make room for more rows, and take them as there."""
    make_room(<void**>&rows.at, &rows.room, rows.count + more, sizeof(int))
    rows.count += more
    return 0


cdef inline int permute(Ints* rows, Ints* order, Ints* scratch) except -1 nogil:
    """Take rows in an order, which may leave some out."""
    cdef Py_ssize_t at
    scratch.count = 0
    fill_more(scratch, order.count)
    for at in range(order.count):
        scratch.at[at] = rows.at[order.at[at]]
    rows[0], scratch[0] = scratch[0], rows[0]
    return 0


cdef inline void drop(Ints* rows) noexcept nogil:
    free(rows.at)
    rows.at, rows.count, rows.room = NULL, 0, 0


cdef inline void drop_longs(Longs* rows) noexcept nogil:
    free(rows.at)
    rows.at, rows.count, rows.room = NULL, 0, 0


cdef inline int ascending(const void* one, const void* other) noexcept nogil:
    cdef int a = (<int*>one)[0], b = (<int*>other)[0]
    return (a > b) - (a < b)


cdef inline int in_pairs(const void* one, const void* other) noexcept nogil:
    cdef int* a = <int*>one
    cdef int* b = <int*>other
    if a[0] != b[0]:
        return 1 if a[0] > b[0] else -1
    return (a[1] > b[1]) - (a[1] < b[1])
