# What demands that nothing steers do in failure states; see results.pyx.
from intentc.native.figures cimport Figures, Names
from intentc.native.states cimport States
from intentc.native.ways cimport Ways

ctypedef long long i64

cdef class Teller:
    cdef Names names
    cdef Figures figures
    cdef object new, path, parts, result, several
    cdef dict same
    cdef i64 scale
    cdef i64 question
    cdef i64* of_link       # the question that came upon each last
    cdef i64* of_node
    cdef int* node_rank     # by name; once asked for
    cdef int* link_rank
    cdef bint is_ranked
    cdef tuple bare         # the labels of a path that has none
    cdef object whole       # the share of the only path

    cdef list told(self, Ways ways, tuple ids, frozenset gone)
    cdef list split(self, Ways ways, int way)
    cdef i64 taken_us(self, const int* arcs, int count, ahead) except -2
    cdef int rank_names(self) except -1
    cdef object parts_of(self, const int* arcs, int count, ahead)
    cdef bint sum_up(self, const int* arcs, int count, ahead, i64* sums) except -1
    cdef int astray(self, Ways ways, States states) except -2
    cdef int untold(self, States states, int bit, i64 told, list left) except -1
