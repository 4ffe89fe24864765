# The IGP's trees; see igp.pyx.
from intentc.native.graph cimport Graph
from intentc.native.heap cimport Heap, i64

cdef struct Far:
    i64 far
    int node


cdef enum:
    SEVERAL = -1            # in place of an arc: there are several, or none


cdef struct Spot:           # of a node:
    i64 known               # the state of which it is known what it `is`, and if it is `FOUND` how `far`
    i64 far
    i64 reached_in          # the search that reached it, and with which sum
    i64 reached
    i64 spread_in           # the search that spread from it
    int is_
    int onward              # the only arc of its shortest paths, or `SEVERAL`, if that search has found how far it is
    i64 shut                # the state in which one of its links is down


cdef class Desk:
    cdef i64 serial, search
    cdef i64* down          # per link: the state in which it is down
    cdef i64* gone          # per node: the state in which it is down
    cdef Spot* spots
    cdef int* spread        # the nodes that a search spread from, and those where it ended
    cdef int* ends
    cdef i64 leads          # how many sets of them there were,
    cdef i64* led_in        # and per node in which of them its `lead` is known:
    cdef int* lead          # the only arc of its shortest paths of the normal state, or `SEVERAL`
    cdef i64 meshes         # how many there were, and per node and arc the last one that has it;
    cdef i64* met_in
    cdef i64* used_in
    cdef int* met           # per node: its row there,
    cdef int* mesh_node     # per row: the node,
    cdef int* mesh_from     # and where its arcs begin in `mesh`, one more than there are rows
    cdef int* mesh
    cdef i64 safe           # nodes that are nearer than so far are whole
    cdef int* path
    cdef int* pending       # nodes that something is to be found out about first, and of how many `others` each depends
    cdef int* others
    cdef char* mask
    cdef i64* sums          # per node: of the tree that is being made
    cdef char* is_target    # the same, of a tree with one target; none is one but while a tree is made
    cdef Heap heap


cdef class Tree:
    cdef readonly frozenset targets
    cdef Graph graph
    cdef Desk desk
    cdef unsigned short* far_16  # per node: the distance, in one of these
    cdef unsigned int* far_32
    cdef i64* far_64
    cdef int sole           # the only target; below zero: there are several, or none, and a flag per node
    cdef char* is_target


cdef class Repair:
    cdef Tree whole
    cdef i64 serial
    cdef int* down
    cdef int downs, gones, count, room
    cdef Far* found


cdef bint is_only_next(Tree tree, int arc) noexcept
cdef int only_way(Tree tree, Repair repair, int start, int* path) except -2
cdef i64 new_leads(Tree tree) noexcept
cdef int note_cut(Repair repair, const int* path, int count) noexcept
cdef int detour(Repair repair, int start, i64 leads, int* path) except -2
cdef int mesh_of(Tree tree, Repair repair, int start, i64 leads) except -1
cdef tuple arcs_of(Graph graph, const int* arcs, int count)
cdef int turn(Repair repair, const int* links, int downs, const int* nodes, int gones) except -1
