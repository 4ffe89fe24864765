"""Rows over all arcs of a network: which of them are open, and how full they are. Their meaning: `place.openness`."""

from cpython cimport array
from cpython.bytearray cimport PyByteArray_AS_STRING, PyByteArray_FromStringAndSize
from libc.stdlib cimport free, malloc, qsort

ctypedef long long i64

cdef enum:
    SHUT = 0
    OPEN = 1
    ASK = 2
    UNKNOWN = -1


cdef i64* _words(array.array values, Py_ssize_t count) except? NULL:
    if values.ob_descr.typecode != c"q" or len(values) != count:
        raise ValueError("an array of as many words as there are arcs")
    return values.data.as_longlongs


def shut(bytearray found not None, members, int width):
    """Shut arcs by number (`width` 1), or both directions of links (2)."""
    cdef Py_ssize_t count = len(found)
    cdef char* row = PyByteArray_AS_STRING(found)
    cdef i64 member
    for member in members:
        if 0 <= member * width < count:
            row[member * width] = SHUT
            if width == 2 and member * 2 + 1 < count:
                row[member * 2 + 1] = SHUT


def within(bytearray found not None, arcs):
    """Return the row with all but some arcs shut."""
    cdef Py_ssize_t count = len(found)
    cdef bytearray other = bytearray(count)
    cdef char* row = PyByteArray_AS_STRING(found)
    cdef char* to = PyByteArray_AS_STRING(other)
    cdef i64 arc
    for arc in arcs:
        if 0 <= arc < count:
            to[arc] = row[arc]
    return other


def no_fuller(bytearray base not None, array.array full not None, i64 level):
    """Return a row with the arcs shut that are fuller than a level; those that are open and of unknown fill are to be asked for."""
    cdef Py_ssize_t at, count = len(base)
    cdef i64* fill = _words(full, count)
    cdef bytearray other = PyByteArray_FromStringAndSize(NULL, count)
    cdef char* row = PyByteArray_AS_STRING(base)
    cdef char* to = PyByteArray_AS_STRING(other)
    for at in range(count):
        if row[at] == SHUT or fill[at] > level:
            to[at] = SHUT
        else:
            to[at] = ASK if fill[at] == UNKNOWN else row[at]
    return other


cdef int _compare(const void* a, const void* b) noexcept nogil:
    cdef i64 left = (<i64*>a)[0], right = (<i64*>b)[0]
    return (left > right) - (left < right)


def levels(bytearray base not None, array.array full not None, i64 above, i64 below):
    """Return the fills between two of the open arcs of a row, sorted, each once."""
    cdef Py_ssize_t at, count = len(base), many = 0
    cdef i64* fill = _words(full, count)
    cdef char* row = PyByteArray_AS_STRING(base)
    cdef i64* kept = <i64*>malloc(max(1, count) * sizeof(i64))
    cdef list found = []
    if kept == NULL:
        raise MemoryError
    try:
        for at in range(count):
            if row[at] == OPEN and above < fill[at] < below:
                kept[many] = fill[at]
                many += 1
        qsort(kept, many, sizeof(i64), _compare)
        for at in range(many):
            if at == 0 or kept[at] != kept[at - 1]:
                found.append(kept[at])
        return found
    finally:
        free(kept)


def unknown(bytearray base not None, array.array full not None):
    """Return the open arcs of a row whose fill nobody has told yet."""
    cdef Py_ssize_t at, count = len(base)
    cdef i64* fill = _words(full, count)
    cdef char* row = PyByteArray_AS_STRING(base)
    return [at for at in range(count) if row[at] == OPEN and fill[at] == UNKNOWN]
