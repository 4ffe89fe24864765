# What kernels make of their arguments: words of arrays, and a byte for each node, link or arc.
from cpython cimport array
from libc.stdlib cimport calloc, free

ctypedef long long i64

cdef enum:
    SHUT = 0
    OPEN = 1
    ASK = 2
    STOP = 1
    TARGET = 2


cdef inline i64* words_of(array.array values, Py_ssize_t count) except? NULL:
    """Return the words of an array that has to have so many."""
    if values.ob_descr.typecode != c"q" or len(values) != count:
        raise ValueError("an array of as many words as there are nodes, or arcs")
    return values.data.as_longlongs


cdef inline char* marks(members, int count, int width) except NULL:
    """Return a byte for each of so many, 1 for the members of a set and the `width` - 1 behind; to be given back."""
    cdef char* found = <char*>calloc(max(1, count * width), 1)
    cdef int member, at
    if found == NULL:
        raise MemoryError
    try:
        for member in members:
            if not 0 <= member < count:
                raise IndexError(member)
            for at in range(width):
                found[member * width + at] = 1
    except BaseException:
        free(found)
        raise
    return found


cdef inline char* ends_of(stops, targets, int nodes) except NULL:
    cdef char* found = marks(stops, nodes, 1)
    cdef int node
    try:
        for node in targets:
            if not 0 <= node < nodes:
                raise IndexError(node)
            found[node] |= TARGET
    except BaseException:
        free(found)
        raise
    return found


cdef inline int is_open(unsigned char[::1] row, int arc, ask) except -1:
    if row[arc] == ASK:
        row[arc] = OPEN if ask(arc) else SHUT
    return row[arc] == OPEN
