# Figures of a network's arcs, their names, and paths along them; see figures.pyx.
cimport cython
from intentc.native.graph cimport Graph

ctypedef long long i64

cdef class Figures:
    cdef Graph graph
    cdef tuple _made_of
    cdef i64* delays   # per arc: its propagation in ns
    cdef i64* sizes    # its packet time in units
    cdef i64 most      # a sum over up to so many arcs is a word

cdef class Names:
    cdef Graph graph
    cdef tuple nodes, links
    cdef i64* hashes       # of the names of links
    cdef list sent         # per arc: its link and the node that sends there, once asked for
    cdef char* is_passed   # per arc: 0 between calls
    cdef object texts      # the same as JSON, once asked for (texts.pyx)


@cython.final
@cython.no_gc
cdef class Line:
    cdef Names names
    cdef void* arcs
    cdef int start, count
    cdef bint is_wide


cdef inline int arc_of(Line line, int at, int* node) noexcept:
    """Return an arc of a path that leads on from a node; the node is the next one then."""
    cdef Graph graph = line.names.graph
    cdef int arc
    if line.is_wide:
        arc = (<int*>line.arcs)[at]
    else:
        arc = graph.leaving[graph.leaving_from[node[0]] + (<unsigned char*>line.arcs)[at]]
    node[0] = graph.head[arc]
    return arc


cdef int lay(Line line, const int* arcs, int count) except -1
