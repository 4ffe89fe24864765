"""The IGP's shortest paths towards nodes, in the normal state and in failure states, found for the nodes that are asked about.

The twins, which say why this is right: `forwarding.igp.PlainTree` and `forwarding.detours.Detours`.
"""

cimport cython
from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from libc.stdlib cimport free
from libc.string cimport memcpy, memset

from intentc.native.graph cimport Graph
from intentc.native.heap cimport Heap, Pair, pop, push

from intentc.native.graph import FAR as _FAR

cdef i64 FAR = _FAR
cdef i64 _NONE_16 = 0xFFFF, _NONE_32 = 0xFFFFFFFF  # no way, where distances are kept in two bytes, or in four
cdef i64 _last_serial = 0

cdef enum:
    WHOLE = 1    # one of the node's shortest paths of the normal state is left,
    CUT = 2      # none is, and nobody knows how far it is,
    FOUND = 3    # or it is known


cdef struct _Fork:
    unsigned long long parts
    int first
    int end
    int at


cdef tuple arcs_of(Graph graph, const int* arcs, int count):
    """Return some arcs as a tuple; there are millions, so each number is one object."""
    cdef tuple found = PyTuple_New(count)
    cdef int at
    cdef object value
    for at in range(count):
        value = graph.numbers[arcs[at]]
        Py_INCREF(value)
        PyTuple_SET_ITEM(found, at, value)
    return found


cdef class Desk:
    """Arrays to work with, one of each per graph. What they say is of the failure state `serial`; a place with another number says nothing."""

    def __cinit__(self, Graph graph):
        cdef size_t nodes = graph.nodes + 1, arcs = graph.arcs + 1
        self.heap = Heap(NULL, 0, 0)
        self.down = <i64*>PyMem_Calloc(arcs, sizeof(i64))
        self.gone = <i64*>PyMem_Calloc(nodes, sizeof(i64))
        self.spots = <Spot*>PyMem_Calloc(nodes, sizeof(Spot))
        self.led_in = <i64*>PyMem_Calloc(nodes, sizeof(i64))
        self.lead = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.met_in = <i64*>PyMem_Calloc(nodes, sizeof(i64))
        self.used_in = <i64*>PyMem_Calloc(arcs, sizeof(i64))
        self.met = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.mesh_node = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.mesh_from = <int*>PyMem_Calloc(nodes + 1, sizeof(int))
        self.mesh = <int*>PyMem_Calloc(arcs, sizeof(int))
        self.spread = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.ends = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.path = <int*>PyMem_Calloc(nodes + arcs, sizeof(int))
        self.pending = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.others = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.sums = <i64*>PyMem_Calloc(nodes, sizeof(i64))
        self.is_target = <char*>PyMem_Calloc(nodes, 1)
        self.mask = <char*>PyMem_Calloc(nodes + arcs, 1)
        if (self.down == NULL or self.gone == NULL or self.spots == NULL or self.spread == NULL or self.ends == NULL
                or self.path == NULL or self.pending == NULL or self.others == NULL or self.mask == NULL or self.sums == NULL
                or self.is_target == NULL or self.led_in == NULL or self.lead == NULL or self.met_in == NULL
                or self.used_in == NULL or self.met == NULL or self.mesh_node == NULL or self.mesh_from == NULL
                or self.mesh == NULL):
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.down)
        PyMem_Free(self.gone)
        PyMem_Free(self.spots)
        PyMem_Free(self.ends)
        PyMem_Free(self.led_in)
        PyMem_Free(self.lead)
        PyMem_Free(self.met_in)
        PyMem_Free(self.used_in)
        PyMem_Free(self.met)
        PyMem_Free(self.mesh_node)
        PyMem_Free(self.mesh_from)
        PyMem_Free(self.mesh)
        PyMem_Free(self.spread)
        PyMem_Free(self.path)
        PyMem_Free(self.pending)
        PyMem_Free(self.others)
        PyMem_Free(self.mask)
        PyMem_Free(self.sums)
        PyMem_Free(self.is_target)
        free(self.heap.rows)


@cython.no_gc
cdef class Tree:
    """The shortest paths towards the nearest of some nodes in the normal state."""

    def __cinit__(self, Graph graph, targets):
        cdef int node
        cdef i64* sums
        cdef char* is_target
        self.graph, self.targets = graph, frozenset(targets)
        if graph.desk is None:
            graph.desk = Desk(graph)
        self.desk = graph.desk
        self.sole = next(iter(self.targets)) if len(self.targets) == 1 else -1
        sums, is_target = self.desk.sums, self.desk.is_target
        if self.sole < 0:
            self.is_target = is_target = <char*>PyMem_Calloc(graph.nodes + 1, 1)
            if is_target == NULL:
                raise MemoryError
        try:
            for node in self.targets:
                is_target[node] = 1
            graph.fill(is_target, sums)
        finally:
            if self.sole >= 0:
                is_target[self.sole] = 0
        _pack(self, sums)

    def __dealloc__(self):
        PyMem_Free(self.far_16)
        PyMem_Free(self.far_32)
        PyMem_Free(self.far_64)
        PyMem_Free(self.is_target)

    def __reduce__(self):
        return Tree, (self.graph, self.targets)

    @property
    def size(self):
        """Of the distances, in bytes."""
        return self.graph.nodes * (2 if self.far_16 != NULL else 4 if self.far_32 != NULL else 8)

    def distance(self, int node):
        """Return the sum of the metrics from a node, or `FAR`."""
        return _sum(self, node)

    def distances(self):
        """Return the distances of all nodes, by index."""
        cdef int node
        return [_sum(self, node) for node in range(self.graph.nodes)]

    def next_arcs(self, int node):
        """Return the arcs of all shortest paths that leave a node, sorted."""
        return arcs_of(self.graph, self.desk.path, _tight(self, node, self.desk.path, self.graph.arcs))

    def only_way(self, int start):
        """Return the arcs of the only shortest path from a node; None where there are several, or none."""
        cdef int count = only_way(self, None, start, self.desk.path)
        return None if count < 0 else arcs_of(self.graph, self.desk.path, count)

    def ways(self, int start, int most):
        """Return all shortest paths from a node, sorted, with into how many equal parts packets were split that take each.

        None where there are none, or more than `most` (which is at most 64).
        """
        return ways_of(self, None, start, most)

    def is_only(self, tuple arcs, int first, int last):
        """Return whether the arcs from one place of a path up to another are each the only next one."""
        cdef int at
        for at in range(last - 1, first - 1, -1):
            if not is_only_next(self, arcs[at]):
                return False
        return True

    def footprint(self, int node):
        """Return the mask of a node and of all elements on its shortest paths."""
        return _footprint(self, None, node)

    def without(self, links, nodes):
        """Return the tree of the state in which these are down; `links` has those of the nodes."""
        return Repair(self, links, nodes)


@cython.no_gc
cdef class Repair:
    """The shortest paths towards the same nodes in a failure state.

    `downs` links and then `gones` nodes are in `down`; `found` are nodes that are farther away than normally, as far as is known.
    """

    def __cinit__(self, Tree whole, links, nodes):
        global _last_serial
        cdef int at = 0, element
        self.whole = whole
        _last_serial += 1
        self.serial = _last_serial
        self.downs, self.gones = len(links), len(nodes)
        self.down = <int*>PyMem_Malloc((self.downs + self.gones + 1) * sizeof(int))
        if self.down == NULL:
            raise MemoryError
        for element in links:
            if not 0 <= element < whole.graph.arcs >> 1:
                raise IndexError(element)
            self.down[at] = element
            at += 1
        for element in nodes:
            if not 0 <= element < whole.graph.nodes:
                raise IndexError(element)
            self.down[at] = element
            at += 1

    def __dealloc__(self):
        PyMem_Free(self.down)
        PyMem_Free(self.found)

    @property
    def targets(self):
        """The nodes that the paths lead to."""
        return self.whole.targets

    def distance(self, int node):
        """Return the sum of the metrics from a node, or `FAR`."""
        _take(self)
        return _far(self, node)

    def distances(self):
        """Return the distances of all nodes, by index."""
        cdef int node
        _take(self)
        return [_far(self, node) for node in range(self.whole.graph.nodes)]

    def next_arcs(self, int node):
        """Return the arcs of all shortest paths that leave a node, sorted."""
        _take(self)
        return arcs_of(self.whole.graph, self.whole.desk.path, _left(self, node, self.whole.desk.path, self.whole.graph.arcs))

    def only_way(self, int start):
        """Return the arcs of the only shortest path from a node; None where there are several, or none."""
        cdef int count = only_way(self.whole, self, start, self.whole.desk.path)
        return None if count < 0 else arcs_of(self.whole.graph, self.whole.desk.path, count)

    def ways(self, int start, int most):
        """Return what `Tree.ways` does."""
        return ways_of(self.whole, self, start, most)

    def footprint(self, int node):
        """Return the mask of a node and of all elements on its shortest paths."""
        _take(self)
        return _footprint(self.whole, self, node)


cdef int _pack(Tree tree, const i64* sums) except -1:
    """Keep the distances of all nodes in the shortest words that hold them: a large network has as many trees as nodes."""
    cdef int node, nodes = tree.graph.nodes
    cdef i64 most = 0
    for node in range(nodes):
        if sums[node] != FAR:
            most = max(most, sums[node])
    if most < _NONE_16:
        tree.far_16 = <unsigned short*>PyMem_Malloc((nodes + 1) * sizeof(unsigned short))
        if tree.far_16 == NULL:
            raise MemoryError
        for node in range(nodes):
            tree.far_16[node] = <unsigned short>sums[node] if sums[node] != FAR else <unsigned short>_NONE_16
    elif most < _NONE_32:
        tree.far_32 = <unsigned int*>PyMem_Malloc((nodes + 1) * sizeof(unsigned int))
        if tree.far_32 == NULL:
            raise MemoryError
        for node in range(nodes):
            tree.far_32[node] = <unsigned int>sums[node] if sums[node] != FAR else <unsigned int>_NONE_32
    else:
        tree.far_64 = <i64*>PyMem_Malloc((nodes + 1) * sizeof(i64))
        if tree.far_64 == NULL:
            raise MemoryError
        memcpy(tree.far_64, sums, nodes * sizeof(i64))
    return 0


cdef inline i64 _sum(Tree tree, int node) noexcept:
    """Return the distance of a node."""
    cdef i64 found
    if tree.far_16 != NULL:
        found = tree.far_16[node]
        return FAR if found == _NONE_16 else found
    if tree.far_32 != NULL:
        found = tree.far_32[node]
        return FAR if found == _NONE_32 else found
    return tree.far_64[node]


cdef inline bint _is_target(Tree tree, int node) noexcept:
    """Return whether a node is one of the targets."""
    return node == tree.sole if tree.is_target == NULL else tree.is_target[node]


cdef int turn(Repair repair, const int* links, int downs, const int* nodes, int gones) except -1:
    """Make a repair that of another failure state, of which nothing is known yet."""
    global _last_serial
    cdef int* down = <int*>PyMem_Realloc(repair.down, (downs + gones + 1) * sizeof(int))
    if down == NULL:
        raise MemoryError
    repair.down = down
    if downs:
        memcpy(down, links, downs * sizeof(int))
    if gones:
        memcpy(down + downs, nodes, gones * sizeof(int))
    _last_serial += 1
    repair.serial, repair.downs, repair.gones, repair.count = _last_serial, downs, gones, 0
    return 0


cdef inline bint _is_passable(Tree tree, int node) noexcept:
    """Return whether the IGP sends packets for the targets to or through a node."""
    return not tree.graph.has_overload[node] or _is_target(tree, node)


cdef int _tight(Tree tree, int node, int* found, int most) noexcept:
    """Find up to `most` arcs of the shortest paths of the normal state that leave a node; return how many."""
    cdef Graph graph = tree.graph
    cdef i64 own = _sum(tree, node)
    cdef int at, count = 0
    if own == 0 or own == FAR:
        return 0
    for at in range(graph.leaving_from[node], graph.leaving_from[node + 1]):
        if graph.ahead[at].metric + _sum(tree, graph.ahead[at].node) == own and _is_passable(tree, graph.ahead[at].node):
            found[count] = graph.ahead[at].arc
            count += 1
            if count == most:
                break
    return count


cdef bint is_only_next(Tree tree, int arc) noexcept:
    """Return whether all shortest paths of the normal state take an arc from where it begins."""
    cdef int ways[2]
    return _tight(tree, tree.graph.tail[arc], ways, 2) == 1 and ways[0] == arc


cdef int only_way(Tree tree, Repair repair, int start, int* path) except -2:
    """Find the arcs of the only shortest path from a node, for which there is room for as many as there are nodes; return how many.

    -1: there are several, or none. `repair` None: of the normal state.
    """
    cdef int ways[2]
    cdef int node = start, count = 0, found
    if repair is not None:
        _take(repair)
    while not _is_target(tree, node):
        if count > tree.graph.nodes:
            return -1
        found = _tight(tree, node, ways, 2) if repair is None else _left(repair, node, ways, 2)
        if found != 1:
            return -1
        path[count] = ways[0]
        count += 1
        node = tree.graph.head[ways[0]]
    return count


cdef i64 new_leads(Tree tree) noexcept:
    """Begin a set of leads: the only next arcs of nodes in the normal state, noted as they are met, for many states of one tree."""
    tree.desk.leads += 1
    return tree.desk.leads


cdef inline int _lead(Tree tree, int node, i64 leads) noexcept:
    """Return the only arc of a node's shortest paths of the normal state, or `SEVERAL`."""
    cdef int ways[2]
    cdef Desk desk = tree.desk
    if desk.led_in[node] != leads:
        desk.led_in[node] = leads
        desk.lead[node] = ways[0] if _tight(tree, node, ways, 2) == 1 else SEVERAL
    return desk.lead[node]


cdef int note_cut(Repair repair, const int* path, int count) noexcept:
    """Note which nodes of an only shortest path of the normal state are cut off in a failure state, which ones are whole."""
    cdef Tree tree = repair.whole
    cdef Graph graph = tree.graph
    cdef Desk desk = tree.desk
    cdef int at, last = count - 1
    _take(repair)
    while last >= 0 and not _is_down(desk, path[last]) and desk.gone[graph.head[path[last]]] != desk.serial:
        last -= 1
    for at in range(count):
        if at > last and _sum(tree, graph.tail[path[at]]) < desk.safe:
            break
        _note(desk, graph.tail[path[at]], CUT if at <= last else WHOLE)
    return 0


cdef int detour(Repair repair, int start, i64 leads, int* path) except -2:
    """Return what `only_way` does for a failure state of which nothing was asked yet, and fill in the path.

    As far as no shortest path of the normal state is left it is the way of the search, from there on that of the normal state.
    """
    cdef Tree tree = repair.whole
    cdef Graph graph = tree.graph
    cdef Desk desk = tree.desk
    cdef int node = start, count = 0, arc
    _take(repair)
    if not graph.is_positive or _is_target(tree, start) or _is_whole(repair, start) or _is_found(desk, start):
        return only_way(tree, repair, start, path)
    _find(repair, start)
    if desk.spots[start].far == FAR:
        return SEVERAL
    while not _is_target(tree, node):
        if _is_found(desk, node):
            arc = desk.spots[node].onward if desk.spots[node].spread_in == desk.search else SEVERAL
        else:
            arc = _lead(tree, node, leads)
        if arc == SEVERAL or count > graph.nodes:  # of the normal state's one may be left
            return only_way(tree, repair, start, path)
        path[count] = arc
        count += 1
        node = graph.head[arc]
    return count


cdef int mesh_of(Tree tree, Repair repair, int start, i64 leads) except -1:
    """Lay out the arcs of all shortest paths from a node on the desk, each once, row by row; return how many, 0 where there is no path.

    `repair` None: of the normal state; else one that `detour` has just been asked about, from there. A row without arcs is of a target.
    """
    cdef Graph graph = tree.graph
    cdef Desk desk = tree.desk
    cdef int done = 0, rows = 1, used = 0, node, count, head
    desk.meshes += 1
    desk.mesh_node[0], desk.met_in[start], desk.met[start] = start, desk.meshes, 0
    while done < rows:
        node, count = desk.mesh_node[done], 0
        desk.mesh_from[done] = used
        if not _is_target(tree, node):
            count = _onward(tree, repair, node, leads, desk.mesh + used, graph.arcs - used)
            if not count:
                return 0
        while count:
            count -= 1
            head = graph.head[desk.mesh[used]]
            desk.used_in[desk.mesh[used]] = desk.meshes
            used += 1
            if desk.met_in[head] != desk.meshes:
                desk.met_in[head], desk.met[head], desk.mesh_node[rows] = desk.meshes, rows, head
                rows += 1
        done += 1
    desk.mesh_from[done] = used
    return used


cdef inline int _onward(Tree tree, Repair repair, int node, i64 leads, int* found, int most) except -1:
    """Find up to `most` arcs of the shortest paths that leave a node which others have led to; return how many."""
    cdef Desk desk = tree.desk
    if repair is None:
        return _tight(tree, node, found, most)
    if _is_found(desk, node):
        found[0] = desk.spots[node].onward if desk.spots[node].spread_in == desk.search else SEVERAL
    else:
        found[0] = _lead(tree, node, leads)
    return _left(repair, node, found, most) if found[0] == SEVERAL else 1


cdef object ways_of(Tree tree, Repair repair, int start, int most):
    """Return what `Tree.ways` does; `repair` None: of the normal state.

    Depth first: at each node of the path so far, `ahead` has its next arcs from `first` on, of which `at` is taken.
    """
    cdef Graph graph = tree.graph
    cdef int depth = 0, node = start, count, filled = 0
    cdef list found = []
    cdef int* ahead = <int*>PyMem_Malloc((graph.arcs + 1) * sizeof(int))
    cdef _Fork* forks = <_Fork*>PyMem_Malloc((graph.nodes + 1) * sizeof(_Fork))
    cdef int* path = <int*>PyMem_Malloc((graph.nodes + 1) * sizeof(int))
    cdef unsigned long long parts = 1
    try:
        if ahead == NULL or forks == NULL or path == NULL:
            raise MemoryError
        if repair is not None:
            _take(repair)
        while True:
            if _is_target(tree, node):
                if len(found) == most:
                    return None
                found.append((arcs_of(graph, path, depth), parts))
            elif depth < graph.nodes and filled < graph.arcs:
                if repair is None:
                    count = _tight(tree, node, ahead + filled, graph.arcs - filled)
                else:
                    count = _left(repair, node, ahead + filled, graph.arcs - filled)
                if not count:
                    return None
                forks[depth].at, forks[depth].end, forks[depth].parts = filled - 1, filled + count, parts
                forks[depth].first = filled
                filled += count
                depth += 1
            else:
                return None
            while depth and forks[depth - 1].at + 1 == forks[depth - 1].end:
                depth -= 1
                filled = forks[depth].first
            if not depth:
                return tuple(found)
            forks[depth - 1].at += 1
            path[depth - 1] = ahead[forks[depth - 1].at]
            parts = forks[depth - 1].parts * (forks[depth - 1].end - forks[depth - 1].first)
            node = graph.head[path[depth - 1]]
    finally:
        PyMem_Free(ahead)
        PyMem_Free(forks)
        PyMem_Free(path)


cdef object _footprint(Tree tree, Repair repair, int start):
    cdef Graph graph = tree.graph
    cdef Desk desk = tree.desk
    cdef int links = graph.arcs >> 1, pending = 1, node, at, count, arc, bit, size = (links + graph.nodes + 7) >> 3
    cdef int* ahead = <int*>PyMem_Malloc((graph.nodes + 1) * sizeof(int))
    if ahead == NULL:
        raise MemoryError
    try:
        memset(desk.mask, 0, size)
        ahead[0] = start
        _is_new(desk.mask, links + start)
        while pending:
            pending -= 1
            node = ahead[pending]
            if repair is None:
                count = _tight(tree, node, desk.path, graph.arcs)
            else:
                count = _left(repair, node, desk.path, graph.arcs)
            for at in range(count):
                arc = desk.path[at]
                _is_new(desk.mask, arc >> 1)
                if _is_new(desk.mask, links + graph.head[arc]):
                    ahead[pending] = graph.head[arc]
                    pending += 1
        return int.from_bytes(desk.mask[:size], "little")
    finally:
        PyMem_Free(ahead)


cdef inline bint _is_new(char* mask, int bit) noexcept:
    """Set a bit; return whether it was not set."""
    cdef char one = 1 << (bit & 7)
    if mask[bit >> 3] & one:
        return False
    mask[bit >> 3] |= one
    return True


cdef void _take(Repair repair) noexcept:
    """Put what is known of a failure state on the desk, unless it is there."""
    cdef Tree tree = repair.whole
    cdef Graph graph = tree.graph
    cdef Desk desk = tree.desk
    cdef int at, link
    if desk.serial == repair.serial:
        return
    desk.serial = repair.serial
    desk.safe = FAR if graph.is_positive else 0
    for at in range(repair.downs):
        link = repair.down[at]
        desk.down[link] = repair.serial
        desk.spots[graph.tail[2 * link]].shut = desk.spots[graph.head[2 * link]].shut = repair.serial
        desk.safe = min(desk.safe, max(_sum(tree, graph.tail[2 * link]), _sum(tree, graph.head[2 * link])))
    for at in range(repair.downs, repair.downs + repair.gones):
        desk.gone[repair.down[at]] = repair.serial
        desk.safe = min(desk.safe, _sum(tree, repair.down[at]))
    for at in range(repair.count):
        _note(desk, repair.found[at].node, FOUND)
        desk.spots[repair.found[at].node].far = repair.found[at].far


cdef inline void _note(Desk desk, int node, int what) noexcept:
    desk.spots[node].known = desk.serial
    desk.spots[node].is_ = what


cdef int _remember(Repair repair, int node, i64 far) except -1:
    """Keep how far a node is that is not whole."""
    cdef Far* grown
    cdef int room
    if repair.count == repair.room:
        room = 2 * repair.room if repair.room else 16
        grown = <Far*>PyMem_Realloc(repair.found, room * sizeof(Far))
        if grown == NULL:
            raise MemoryError
        repair.found, repair.room = grown, room
    repair.found[repair.count].node = node
    repair.found[repair.count].far = far
    repair.count += 1
    _note(repair.whole.desk, node, FOUND)
    repair.whole.desk.spots[node].far = far
    return 0


cdef i64 _far(Repair repair, int node) except -1:
    """Return how far a node is."""
    if _is_whole(repair, node):
        return _sum(repair.whole, node)
    if repair.whole.desk.spots[node].is_ != FOUND:
        _find(repair, node)
    return repair.whole.desk.spots[node].far


cdef int _left(Repair repair, int node, int* found, int most) except -1:
    """Find up to `most` arcs of the shortest paths that leave a node; return how many.

    All nodes on the shortest paths of one that is not whole are whole, or found with it.
    """
    cdef Tree tree = repair.whole
    cdef Graph graph = tree.graph
    cdef Desk desk = tree.desk
    cdef i64 own = _far(repair, node), rest
    cdef int at, head, count = 0
    cdef bint is_next, is_shut
    if own < desk.safe:
        return _tight(tree, node, found, most)
    if own == 0 or own == FAR:
        return 0
    is_shut = desk.spots[node].shut == desk.serial
    for at in range(graph.leaving_from[node], graph.leaving_from[node + 1]):
        head, rest = graph.ahead[at].node, own - graph.ahead[at].metric
        if _sum(tree, head) > rest or (is_shut and _is_down(desk, graph.ahead[at].arc)) or not _is_passable(tree, head):
            continue
        if _sum(tree, head) == rest:
            is_next = _is_whole(repair, head)
        else:
            is_next = _is_found(desk, head) and desk.spots[head].far == rest
        if is_next:
            found[count] = graph.ahead[at].arc
            count += 1
            if count == most:
                break
    return count


cdef inline bint _is_down(Desk desk, int arc) noexcept:
    """Return whether an arc is down; where it is at a node that is not `shut` nobody needs to ask."""
    return desk.down[arc >> 1] == desk.serial


cdef inline bint _is_found(Desk desk, int node) noexcept:
    """Return whether a node is not whole, and it is known how far it is."""
    return desk.spots[node].known == desk.serial and desk.spots[node].is_ == FOUND


cdef bint _is_whole(Repair repair, int node) noexcept:
    """Return whether one of a node's shortest paths of the normal state is left.

    Looked at is the first next node of which that is not known, and so on: what is whole makes all before it so.
    """
    cdef Desk desk = repair.whole.desk
    cdef int count = 1, verdict, ahead = 0, others = 0
    if _sum(repair.whole, node) < desk.safe:
        return True
    if desk.spots[node].known == desk.serial:
        return desk.spots[node].is_ == WHOLE
    desk.pending[0] = node
    while count:
        verdict = _verdict(repair, desk.pending[count - 1], &ahead, &others)
        if not verdict and count <= repair.whole.graph.nodes:
            desk.others[count - 1] = others
            desk.pending[count] = ahead
            count += 1
            continue
        count -= 1
        _note(desk, desk.pending[count], verdict or CUT)
        while count and (verdict == WHOLE or not desk.others[count - 1]):
            count -= 1
            _note(desk, desk.pending[count], verdict or CUT)
    return desk.spots[node].is_ == WHOLE


cdef int _verdict(Repair repair, int node, int* ahead, int* others) noexcept:
    """Return whether a node is whole, 0 where that depends on a node `ahead` of which it is not known, and so many `others`."""
    cdef Tree tree = repair.whole
    cdef Graph graph = tree.graph
    cdef Desk desk = tree.desk
    cdef i64 own = _sum(tree, node)
    cdef int at, head, count = 0
    cdef bint is_shut = desk.spots[node].shut == desk.serial
    if desk.gone[node] == desk.serial:
        return CUT
    if _is_target(tree, node):
        return WHOLE
    if own == 0 or own == FAR:
        return CUT
    for at in range(graph.leaving_from[node], graph.leaving_from[node + 1]):
        head = graph.ahead[at].node
        if graph.ahead[at].metric + _sum(tree, head) != own or (is_shut and _is_down(desk, graph.ahead[at].arc)):
            continue
        if not _is_passable(tree, head):
            continue
        if _sum(tree, head) < desk.safe:
            return WHOLE
        if desk.spots[head].known != desk.serial:
            ahead[0] = head
            count += 1
        elif desk.spots[head].is_ == WHOLE:
            return WHOLE
    others[0] = count - 1
    return 0 if count else CUT


cdef int _find(Repair repair, int start) except -1:
    """Find the distance of a node that is not whole, and of all nodes on its shortest paths up to whole ones.

    Those are the nodes from which steps of the search lead to where it ended, each as far from there as its step is long.
    """
    cdef Tree tree = repair.whole
    cdef Graph graph = tree.graph
    cdef Desk desk = tree.desk
    cdef int at, place, node, before, spread = 0, ends = 0, count = 0
    cdef i64 least = _explore(repair, start, &spread, &ends)
    cdef Spot* spot
    if least == FAR:  # nor is there a way from any node that was come to
        for at in range(spread):
            desk.spots[desk.spread[at]].onward = SEVERAL
            _remember(repair, desk.spread[at], FAR)
        if not spread:
            desk.spots[start].onward = SEVERAL
            _remember(repair, start, FAR)
        return 0
    for at in range(ends):
        desk.pending[at] = desk.ends[at]
    count = ends
    while count:
        count -= 1
        node = desk.pending[count]
        if not _is_passable(tree, node):
            continue
        for place in range(graph.entering_from[node], graph.entering_from[node + 1]):
            before = graph.behind[place].node
            spot = &desk.spots[before]
            if spot.spread_in != desk.search or spot.reached + graph.behind[place].metric != desk.spots[node].reached:
                continue
            if desk.spots[node].shut == desk.serial and _is_down(desk, graph.behind[place].arc):
                continue
            if _is_found(desk, before):
                spot.onward = SEVERAL
                continue
            spot.onward = graph.behind[place].arc
            desk.pending[count] = before
            count += 1
            _remember(repair, before, least - spot.reached)
    return 0


cdef i64 _explore(Repair repair, int start, int* spread, int* ends) except -1:
    """Return the distance from a node; note what sum each node was reached with, which ones the search spread from, and where it ended.

    All nodes are looked at over which a path may be as short as the shortest.
    """
    cdef Tree tree = repair.whole
    cdef Graph graph = tree.graph
    cdef Desk desk = tree.desk
    cdef i64 least = FAR, so_far, longer
    cdef int at, node, after
    cdef bint is_shut
    cdef Pair row
    cdef Spot* spot
    desk.search += 1
    desk.heap.count = 0
    desk.spots[start].reached_in, desk.spots[start].reached = desk.search, 0
    push(&desk.heap, _sum(tree, start), start)
    while desk.heap.count and desk.heap.rows[0].key <= least:
        row = pop(&desk.heap)
        node = <int>row.value
        if _is_found(desk, node) or _is_whole(repair, node):
            if row.key < least:
                least, ends[0] = row.key, 0
            if row.key == least and ends[0] < graph.nodes:
                desk.ends[ends[0]] = node
                ends[0] += 1
            continue
        so_far = desk.spots[node].reached
        if row.key >= FAR or row.key > so_far + _sum(tree, node) or spread[0] > graph.nodes:
            continue
        is_shut = desk.spots[node].shut == desk.serial
        desk.spots[node].spread_in, desk.spread[spread[0]] = desk.search, node
        spread[0] += 1
        for at in range(graph.leaving_from[node], graph.leaving_from[node + 1]):
            after, longer = graph.ahead[at].node, so_far + graph.ahead[at].metric
            spot = &desk.spots[after]
            if spot.reached_in == desk.search and longer >= spot.reached:
                continue
            if (is_shut and _is_down(desk, graph.ahead[at].arc)) or not _is_passable(tree, after):
                continue
            spot.reached_in, spot.reached = desk.search, longer
            push(&desk.heap, longer + (spot.far if _is_found(desk, after) else _sum(tree, after)), after)
    return least
