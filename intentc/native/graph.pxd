# What all kernels know of a network; see graph.pyx.
ctypedef long long i64

cdef struct Step:
    int arc
    int node      # where it leads to, or begins
    i64 metric


cdef struct Net:             # the arrays of a graph, as it has them: what is below may be read without the interpreter's lock
    int nodes, arcs
    int* tail
    int* head
    i64* metric
    int* leaving_from
    int* entering_from
    Step* ahead
    Step* behind
    char* has_transit
    char* has_overload
    bint is_positive


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
    cdef Net net
    cdef object bench        # what other kernels keep of it: see igp.pyx,
    cdef object bench_aside  # and the same for the other thread

    cdef int fill(self, const char* is_target, i64* distance) except -1
