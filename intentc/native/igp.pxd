# The IGP's trees; see igp.pyx.
from intentc.native.graph cimport Graph, Net
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


cdef struct Desk:           # arrays to work with: of one thread, over one network
    i64 serial, search
    i64 serials             # how many states were worked on
    bint lacks              # whether there was not memory enough for something: nothing that was found since counts
    i64* down          # per link: the state in which it is down
    i64* gone          # per node: the state in which it is down
    Spot* spots
    int* spread        # the nodes that a search spread from, and those where it ended
    int* ends
    i64 leads          # how many sets of them there were,
    i64* led_in        # and per node in which of them its `lead` is known:
    int* lead          # the only arc of its shortest paths of the normal state, or `SEVERAL`
    i64 meshes         # how many there were, and per node and arc the last one that has it;
    i64* met_in
    i64* used_in
    int* met           # per node: its row there,
    int* mesh_node     # per row: the node,
    int* mesh_from     # and where its arcs begin in `mesh`, one more than there are rows
    int* mesh
    i64 safe           # nodes that are nearer than so far are whole
    int* path
    int* pending       # nodes that something is to be found out about first, and of how many `others` each depends
    int* others
    char* mask
    char* is_shut           # per link: whether packets may not take it
    i64* sums          # per node: of the tree that is being made
    char* is_target    # the same, of a tree with one target; none is one but while a tree is made
    Heap heap


cdef struct Whole:          # a tree of the normal state, which nobody writes to any more:
    const Net* graph
    unsigned short* far_16  # per node: the distance, in one of these
    unsigned int* far_32
    i64* far_64
    int sole                # the only target; below zero: there are several, or none, and a flag per node
    char* is_target


cdef struct Mend:           # a tree of a failure state, at a desk
    const Whole* whole
    Desk* desk
    i64 serial
    int* down
    int downs, gones, count, room
    Far* found


cdef class Bench:
    cdef Desk desk


cdef class Tree:
    cdef readonly frozenset targets
    cdef Graph graph
    cdef Bench bench
    cdef Whole whole


cdef class Repair:
    cdef Tree whole
    cdef Mend mend


cdef bint is_only_next(const Whole* tree, int arc) noexcept nogil
cdef int only_way(const Whole* tree, Mend* repair, int start, int* path) noexcept nogil
cdef i64 new_leads(Desk* desk) noexcept nogil
cdef void note_cut(Mend* repair, const int* path, int count) noexcept nogil
cdef int detour(Mend* repair, int start, i64 leads, int* path) noexcept nogil
cdef int mesh_of(const Whole* tree, Desk* desk, Mend* repair, int start, i64 leads) noexcept nogil
cdef tuple arcs_of(Graph graph, const int* arcs, int count)
cdef int check(Desk* desk) except -1
cdef void begin(Mend* repair, const Whole* whole, Desk* desk) noexcept nogil
cdef void end(Mend* repair) noexcept nogil
cdef void turn(Mend* repair, const int* links, int downs, const int* nodes, int gones) noexcept nogil
