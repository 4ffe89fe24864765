# Arrays of C made of sequences of Python; each is to be given back with PyMem_Free. A number that does not fit is an OverflowError.
from cpython.mem cimport PyMem_Free, PyMem_Malloc

ctypedef long long i64


cdef inline int by_number(const void* one, const void* other) noexcept nogil:
    """Compare two ints, for `qsort`."""
    cdef int a = (<const int*>one)[0], b = (<const int*>other)[0]
    return (a > b) - (a < b)


cdef inline void* room_for(Py_ssize_t count, Py_ssize_t size) except NULL:
    """Return room for so many items, for one at least."""
    cdef void* found = PyMem_Malloc(max(1, count) * size)
    if found == NULL:
        raise MemoryError
    return found


cdef inline int* ints_of(values) except NULL:
    cdef int* found = <int*>room_for(len(values), sizeof(int))
    cdef Py_ssize_t at
    try:
        for at, value in enumerate(values):
            found[at] = value
    except BaseException:
        PyMem_Free(found)
        raise
    return found


cdef inline list starts_of(groups):
    """Return where each group begins once all stand one behind the other, and where the last one ends."""
    cdef Py_ssize_t at = 0
    cdef list found = [0]
    for group in groups:
        at += len(group)
        found.append(at)
    return found


cdef inline i64* longs_of(values) except NULL:
    cdef i64* found = <i64*>room_for(len(values), sizeof(i64))
    cdef Py_ssize_t at
    try:
        for at, value in enumerate(values):
            found[at] = value
    except BaseException:
        PyMem_Free(found)
        raise
    return found


cdef inline double* doubles_of(values) except NULL:
    """Integers are rounded to the nearest, as Python does when they meet a float."""
    cdef double* found = <double*>room_for(len(values), sizeof(double))
    cdef Py_ssize_t at
    try:
        for at, value in enumerate(values):
            found[at] = value
    except BaseException:
        PyMem_Free(found)
        raise
    return found


cdef inline char* flags_of(values) except NULL:
    """Return a byte for each value, 1 for what is true."""
    cdef char* found = <char*>room_for(len(values), 1)
    cdef Py_ssize_t at
    try:
        for at, value in enumerate(values):
            found[at] = bool(value)
    except BaseException:
        PyMem_Free(found)
        raise
    return found
