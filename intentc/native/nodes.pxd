# What packets have waited for; see nodes.pyx.
from intentc.native.grow cimport Ints, Longs, i64
from intentc.native.order cimport Steps

cdef class Nodes(Steps):
    cdef readonly bint is_too_large
    # per node (what is waited for at a queue): rows of `edges`, each a node before it (-1: none); -1 - ns goes before one that takes so much more
    cdef Ints node_queue, edge_from, edges
    cdef Longs cells                                         # nodes with their digests, by these: those from `known_from` on; the others are not looked for
    cdef int known_from
    cdef Py_ssize_t sorted_nodes                             # nodes that lie in the order of their queues; those behind them came later
    cdef Ints edge_stack, edge_code
    # the ways of the demand that is woven, the node of each, and those of sets of them
    cdef int root
    cdef Ints way_before, way_queue, way_child, way_next, way_node
    cdef Longs way_taken, way_late                           # propagation up to there, and with all that links may add
    cdef Ints stack, way_memo, memo_from, memo_count, memo_node, memo_next, memo_way
    # and its spots at queues: rows of `row_*`, ways and what they take more
    cdef Ints spot_row, row_way, row_next, spot_node
    cdef Longs row_extra

    cdef int begin_ways(self) noexcept nogil
    cdef int new_way(self, int before, int queue, i64 taken, i64 late) except -1 nogil
    cdef int find_nodes(self, int first_spot) except -1 nogil
    cdef int node_of(self, int begin, int end) except -2 nogil
    cdef int known_set(self, int begin, int end) noexcept nogil
    cdef int know_set(self, int begin, int end, int node) except -1 nogil
    cdef int push_way(self, int way, int extra) except -1 nogil
    cdef unsigned int digest_of(self, int queue, int* edges, int count) noexcept nogil
    cdef int sorted_node(self, int queue, int* edges, int count) noexcept nogil
    cdef int node_with(self, int queue, int begin) except -1 nogil
    cdef int node_by_code(self, int queue, int count) except -1 nogil
    cdef int new_node(self, int queue, int count) except -1 nogil
    cdef bint is_node(self, int node, int queue, int* edges, int count) noexcept nogil
    cdef int encode(self, int begin) except -1 nogil
    cdef int widen_cells(self) except -1 nogil
    cdef int narrow(self, i64 amount) noexcept nogil
    cdef int sort_nodes(self, Ints* place) except -1 nogil
    cdef int place_before(self, int node, Ints* place) except -1 nogil
    cdef int release_nodes(self) except -1
    cdef int release_made(self) except -1
