# Arrays that grow, for kernels that do not know beforehand how much there will be.
from libc.stdlib cimport realloc

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


cdef inline int make_room(void** rows, Py_ssize_t* room, Py_ssize_t count, size_t size) except -1:
    """Make room for `count` rows, and for some more."""
    cdef void* grown
    cdef Py_ssize_t wanted
    if count <= room[0]:
        return 0
    if count > MOST_ROWS:
        raise MemoryError
    wanted = 2 * count if count > 16 else 32
    grown = realloc(rows[0], wanted * size)
    if grown == NULL:
        raise MemoryError
    rows[0] = grown
    room[0] = wanted
    return 0


cdef inline int add_int(Ints* rows, Py_ssize_t value) except -1:
    if rows.count == rows.room:
        make_room(<void**>&rows.at, &rows.room, rows.count + 1, sizeof(int))
    rows.at[rows.count] = <int>value
    rows.count += 1
    return 0


cdef inline int add_long(Longs* rows, i64 value) except -1:
    if rows.count == rows.room:
        make_room(<void**>&rows.at, &rows.room, rows.count + 1, sizeof(i64))
    rows.at[rows.count] = value
    rows.count += 1
    return 0


cdef inline int fill_ints(Ints* rows, Py_ssize_t count, int value) except -1:
    """Make it `count` times a value."""
    cdef Py_ssize_t at
    make_room(<void**>&rows.at, &rows.room, count, sizeof(int))
    for at in range(count):
        rows.at[at] = value
    rows.count = count
    return 0


cdef inline int fill_longs(Longs* rows, Py_ssize_t count, i64 value) except -1:
    cdef Py_ssize_t at
    make_room(<void**>&rows.at, &rows.room, count, sizeof(i64))
    for at in range(count):
        rows.at[at] = value
    rows.count = count
    return 0
