# What all kernels know of a network; see graph.pyx.
ctypedef long long i64

cdef struct Step:
    int arc
    int node      # where it leads to, or begins
    i64 metric


cdef class Graph:
    cdef readonly int nodes, arcs
    cdef int* tail           # per arc
    cdef int* head
    cdef i64* metric
    cdef int* leaving_from   # per node, and one more: where its arcs begin in `leaving`
    cdef int* leaving
    cdef int* entering_from
    cdef int* entering
    cdef Step* ahead         # the same with what searches ask for: at `leaving_from` those that leave a node,
    cdef Step* behind        # and at `entering_from` those that come to it
    cdef char* has_transit   # per node
    cdef char* has_overload
    cdef bint is_positive    # no metric of an arc at a node is zero
    cdef readonly tuple numbers   # per arc: its number, the one object that all paths share
    cdef tuple _made_of
    cdef object desk         # what other kernels keep of it: see igp.pyx

    cdef int fill(self, const char* is_target, i64* distance) except -1
