# A network with its times as words; see field.pyx.
from cpython cimport array

from intentc.native.graph cimport Graph

ctypedef long long i64

cdef class Field:
    cdef readonly Graph graph
    cdef readonly array.array delays  # per arc, ns
    cdef readonly array.array sizes   # per arc, packet times
    cdef readonly i64 scale
