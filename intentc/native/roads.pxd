# Paths as they are told; see roads.pyx.
from intentc.native.figures cimport Line, Names
from intentc.native.grow cimport Ints, i64
from intentc.native.routes cimport Routes

cdef class Bearings:
    cdef Names names
    cdef Ints port                # per arc; NONE: not looked for yet

cdef class Roads:
    cdef readonly Routes routes
    cdef dict ports
    cdef list known
    cdef Bearings last
    cdef Ints hops, labels        # of the path that is looked for

    cdef int number_of(self, object path) except -1
    cdef int number_along(self, Names names, const int* arcs, int count, i64 share_ppm) except -1
    cdef int port_along(self, Bearings bearings, int arc) except -1
    cdef int follow(self, Line line) except -1
    cdef int port_of(self, object node, object link) except -1
    cdef Bearings bearings(self, Names names)
