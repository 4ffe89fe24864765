"""The IGP's shortest paths towards nodes, in the normal state and in failure states, found for the nodes that are asked about.

The twins, which say why this is right: `forwarding.igp.PlainTree` and `forwarding.detours.Detours`.
"""

cimport cython
from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memset

from intentc.native.graph cimport Graph, Net
from intentc.native.heap cimport Heap, Pair, has_room, pop, put

from intentc.native.graph import FAR as _FAR

cdef i64 FAR = _FAR
cdef i64 _NONE_16 = 0xFFFF, _NONE_32 = 0xFFFFFFFF  # no way, where distances are kept in two bytes, or in four

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


cdef class Bench:
    """A desk for who works over a graph. What is on it is of the failure state `serial`; a place with another number says nothing."""

    def __cinit__(self, Graph graph):
        cdef size_t nodes = graph.nodes + 1, arcs = graph.arcs + 1
        self.desk.heap = Heap(NULL, 0, 0)
        self.desk.down = <i64*>PyMem_Calloc(arcs, sizeof(i64))
        self.desk.gone = <i64*>PyMem_Calloc(nodes, sizeof(i64))
        self.desk.spots = <Spot*>PyMem_Calloc(nodes, sizeof(Spot))
        self.desk.led_in = <i64*>PyMem_Calloc(nodes, sizeof(i64))
        self.desk.lead = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.desk.met_in = <i64*>PyMem_Calloc(nodes, sizeof(i64))
        self.desk.used_in = <i64*>PyMem_Calloc(arcs, sizeof(i64))
        self.desk.met = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.desk.mesh_node = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.desk.mesh_from = <int*>PyMem_Calloc(nodes + 1, sizeof(int))
        self.desk.mesh = <int*>PyMem_Calloc(arcs, sizeof(int))
        self.desk.spread = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.desk.ends = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.desk.path = <int*>PyMem_Calloc(nodes + arcs, sizeof(int))
        self.desk.pending = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.desk.others = <int*>PyMem_Calloc(nodes, sizeof(int))
        self.desk.sums = <i64*>PyMem_Calloc(nodes, sizeof(i64))
        self.desk.is_target = <char*>PyMem_Calloc(nodes, 1)
        self.desk.mask = <char*>PyMem_Calloc(nodes + arcs, 1)
        self.desk.is_shut = <char*>PyMem_Calloc(arcs, 1)
        if (self.desk.down == NULL or self.desk.gone == NULL or self.desk.spots == NULL or self.desk.spread == NULL or self.desk.ends == NULL
                or self.desk.path == NULL or self.desk.pending == NULL or self.desk.others == NULL or self.desk.mask == NULL or self.desk.sums == NULL
                or self.desk.is_target == NULL or self.desk.led_in == NULL or self.desk.lead == NULL or self.desk.met_in == NULL
                or self.desk.used_in == NULL or self.desk.met == NULL or self.desk.mesh_node == NULL or self.desk.mesh_from == NULL
                or self.desk.mesh == NULL or self.desk.is_shut == NULL):
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.desk.down)
        PyMem_Free(self.desk.gone)
        PyMem_Free(self.desk.spots)
        PyMem_Free(self.desk.ends)
        PyMem_Free(self.desk.led_in)
        PyMem_Free(self.desk.lead)
        PyMem_Free(self.desk.met_in)
        PyMem_Free(self.desk.used_in)
        PyMem_Free(self.desk.met)
        PyMem_Free(self.desk.mesh_node)
        PyMem_Free(self.desk.mesh_from)
        PyMem_Free(self.desk.mesh)
        PyMem_Free(self.desk.spread)
        PyMem_Free(self.desk.path)
        PyMem_Free(self.desk.pending)
        PyMem_Free(self.desk.others)
        PyMem_Free(self.desk.mask)
        PyMem_Free(self.desk.is_shut)
        PyMem_Free(self.desk.sums)
        PyMem_Free(self.desk.is_target)
        free(self.desk.heap.rows)


@cython.no_gc
cdef class Tree:
    """The shortest paths towards the nearest of some nodes in the normal state."""

    def __cinit__(self, Graph graph, targets):
        cdef int node
        cdef i64* sums
        cdef char* is_target
        self.graph, self.targets = graph, frozenset(targets)
        if graph.bench is None:
            graph.bench = Bench(graph)
        self.bench = graph.bench
        self.whole.graph = &graph.net
        self.whole.sole = next(iter(self.targets)) if len(self.targets) == 1 else -1
        sums, is_target = self.bench.desk.sums, self.bench.desk.is_target
        if self.whole.sole < 0:
            self.whole.is_target = is_target = <char*>PyMem_Calloc(graph.nodes + 1, 1)
            if is_target == NULL:
                raise MemoryError
        try:
            for node in self.targets:
                is_target[node] = 1
            graph.fill(is_target, sums)
        finally:
            if self.whole.sole >= 0:
                is_target[self.whole.sole] = 0
        _pack(&self.whole, sums)

    def __dealloc__(self):
        PyMem_Free(self.whole.far_16)
        PyMem_Free(self.whole.far_32)
        PyMem_Free(self.whole.far_64)
        PyMem_Free(self.whole.is_target)

    def __reduce__(self):
        return Tree, (self.graph, self.targets)

    @property
    def size(self):
        """Of the distances, in bytes."""
        return self.graph.nodes * (2 if self.whole.far_16 != NULL else 4 if self.whole.far_32 != NULL else 8)

    def distance(self, int node):
        """Return the sum of the metrics from a node, or `FAR`."""
        return _sum(&self.whole, node)

    def distances(self):
        """Return the distances of all nodes, by index."""
        cdef int node
        return [_sum(&self.whole, node) for node in range(self.graph.nodes)]

    def next_arcs(self, int node):
        """Return the arcs of all shortest paths that leave a node, sorted."""
        cdef int* found = self.bench.desk.path
        return arcs_of(self.graph, found, _tight(&self.whole, node, found, self.graph.arcs))

    def only_way(self, int start):
        """Return the arcs of the only shortest path from a node; None where there are several, or none."""
        cdef int* path = self.bench.desk.path
        cdef int count = only_way(&self.whole, NULL, start, path)
        return None if count < 0 else arcs_of(self.graph, path, count)

    def ways(self, int start, int most):
        """Return all shortest paths from a node, sorted, with into how many equal parts packets were split that take each.

        None where there are none, or more than `most` (which is at most 64).
        """
        return ways_of(self, NULL, start, most)

    def is_only(self, tuple arcs, int first, int last):
        """Return whether the arcs from one place of a path up to another are each the only next one."""
        cdef int at
        for at in range(last - 1, first - 1, -1):
            if not is_only_next(&self.whole, arcs[at]):
                return False
        return True

    def footprint(self, int node):
        """Return the mask of a node and of all elements on its shortest paths."""
        return _footprint(self, NULL, node)

    def without(self, links, nodes):
        """Return the tree of the state in which these are down; `links` has those of the nodes."""
        return Repair(self, links, nodes)


@cython.no_gc
cdef class Repair:
    """The shortest paths towards the same nodes in a failure state.

    `downs` links and then `gones` nodes are in `down`; `found` are nodes that are farther away than normally, as far as is known.
    """

    def __cinit__(self, Tree whole, links, nodes):
        cdef Desk* desk = &whole.bench.desk
        cdef int at = 0, element
        self.whole = whole
        begin(&self.mend, &whole.whole, desk)
        self.mend.downs, self.mend.gones = len(links), len(nodes)
        self.mend.down = <int*>malloc((self.mend.downs + self.mend.gones + 1) * sizeof(int))
        if self.mend.down == NULL:
            raise MemoryError
        for element in links:
            if not 0 <= element < whole.graph.arcs >> 1:
                raise IndexError(element)
            self.mend.down[at] = element
            at += 1
        for element in nodes:
            if not 0 <= element < whole.graph.nodes:
                raise IndexError(element)
            self.mend.down[at] = element
            at += 1

    def __dealloc__(self):
        end(&self.mend)

    @property
    def targets(self):
        """The nodes that the paths lead to."""
        return self.whole.targets

    def distance(self, int node):
        """Return the sum of the metrics from a node, or `FAR`."""
        _take(&self.mend)
        cdef i64 found = _far(&self.mend, node)
        check(self.mend.desk)
        return found

    def distances(self):
        """Return the distances of all nodes, by index."""
        cdef int node
        _take(&self.mend)
        found = [_far(&self.mend, node) for node in range(self.whole.graph.nodes)]
        check(self.mend.desk)
        return found

    def next_arcs(self, int node):
        """Return the arcs of all shortest paths that leave a node, sorted."""
        cdef int* found = self.mend.desk.path
        cdef int count
        _take(&self.mend)
        count = _left(&self.mend, node, found, self.whole.graph.arcs)
        check(self.mend.desk)
        return arcs_of(self.whole.graph, found, count)

    def only_way(self, int start):
        """Return the arcs of the only shortest path from a node; None where there are several, or none."""
        cdef int* path = self.mend.desk.path
        cdef int count = only_way(&self.whole.whole, &self.mend, start, path)
        check(self.mend.desk)
        return None if count < 0 else arcs_of(self.whole.graph, path, count)

    def ways(self, int start, int most):
        """Return what `Tree.ways` does."""
        return ways_of(self.whole, &self.mend, start, most)

    def footprint(self, int node):
        """Return the mask of a node and of all elements on its shortest paths."""
        _take(&self.mend)
        return _footprint(self.whole, &self.mend, node)


cdef int check(Desk* desk) except -1:
    """Raise what went wrong since the last time, or ever."""
    if desk.lacks:
        desk.lacks = False
        raise MemoryError
    return 0


cdef void begin(Mend* repair, const Whole* whole, Desk* desk) noexcept nogil:
    """Begin a repair of a tree, at a desk, in a state without failures; `end` gives its memory back."""
    repair.whole, repair.desk, repair.down, repair.found = whole, desk, NULL, NULL
    repair.downs = repair.gones = repair.count = repair.room = 0
    desk.serials += 1
    repair.serial = desk.serials


cdef void end(Mend* repair) noexcept nogil:
    """Give back what a repair has taken."""
    free(repair.down)
    free(repair.found)


cdef int _pack(Whole* tree, const i64* sums) except -1:
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


cdef inline i64 _sum(const Whole* tree, int node) noexcept nogil:
    """Return the distance of a node."""
    cdef i64 found
    if tree.far_16 != NULL:
        found = tree.far_16[node]
        return FAR if found == _NONE_16 else found
    if tree.far_32 != NULL:
        found = tree.far_32[node]
        return FAR if found == _NONE_32 else found
    return tree.far_64[node]


cdef inline bint _is_target(const Whole* tree, int node) noexcept nogil:
    """Return whether a node is one of the targets."""
    return node == tree.sole if tree.is_target == NULL else tree.is_target[node]


cdef void turn(Mend* repair, const int* links, int downs, const int* nodes, int gones) noexcept nogil:
    """Make a repair that of another failure state, of which nothing is known yet."""
    cdef int* down = <int*>realloc(repair.down, (downs + gones + 1) * sizeof(int))
    if down == NULL:
        repair.desk.lacks = True
        downs = gones = 0
    else:
        repair.down = down
    if downs:
        memcpy(down, links, downs * sizeof(int))
    if gones:
        memcpy(down + downs, nodes, gones * sizeof(int))
    repair.desk.serials += 1
    repair.serial, repair.downs, repair.gones, repair.count = repair.desk.serials, downs, gones, 0


cdef inline bint _is_passable(const Whole* tree, int node) noexcept nogil:
    """Return whether the IGP sends packets for the targets to or through a node."""
    return not tree.graph.has_overload[node] or _is_target(tree, node)


cdef int _tight(const Whole* tree, int node, int* found, int most) noexcept nogil:
    """Find up to `most` arcs of the shortest paths of the normal state that leave a node; return how many."""
    cdef const Net* graph = tree.graph
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


cdef bint is_only_next(const Whole* tree, int arc) noexcept nogil:
    """Return whether all shortest paths of the normal state take an arc from where it begins."""
    cdef int ways[2]
    return _tight(tree, tree.graph.tail[arc], ways, 2) == 1 and ways[0] == arc


cdef int only_way(const Whole* tree, Mend* repair, int start, int* path) noexcept nogil:
    """Find the arcs of the only shortest path from a node, for which there is room for as many as there are nodes; return how many.

    -1: there are several, or none. `repair` None: of the normal state.
    """
    cdef int ways[2]
    cdef int node = start, count = 0, found
    if repair != NULL:
        _take(repair)
    while not _is_target(tree, node):
        if count > tree.graph.nodes:
            return -1
        found = _tight(tree, node, ways, 2) if repair == NULL else _left(repair, node, ways, 2)
        if found != 1:
            return -1
        path[count] = ways[0]
        count += 1
        node = tree.graph.head[ways[0]]
    return count


cdef i64 new_leads(Desk* desk) noexcept nogil:
    """Begin a set of leads: the only next arcs of nodes in the normal state, noted as they are met, for many states of one tree."""
    desk.leads += 1
    return desk.leads


cdef inline int _lead(const Whole* tree, Desk* desk, int node, i64 leads) noexcept nogil:
    """Return the only arc of a node's shortest paths of the normal state, or `SEVERAL`."""
    cdef int ways[2]
    if desk.led_in[node] != leads:
        desk.led_in[node] = leads
        desk.lead[node] = ways[0] if _tight(tree, node, ways, 2) == 1 else SEVERAL
    return desk.lead[node]


cdef void note_cut(Mend* repair, const int* path, int count) noexcept nogil:
    """Note which nodes of an only shortest path of the normal state are cut off in a failure state, which ones are whole."""
    cdef const Whole* tree = repair.whole
    cdef const Net* graph = tree.graph
    cdef Desk* desk = repair.desk
    cdef int at, last = count - 1
    _take(repair)
    while last >= 0 and not _is_down(desk, path[last]) and desk.gone[graph.head[path[last]]] != desk.serial:
        last -= 1
    for at in range(count):
        if at > last and _sum(tree, graph.tail[path[at]]) < desk.safe:
            break
        _note(desk, graph.tail[path[at]], CUT if at <= last else WHOLE)


cdef int detour(Mend* repair, int start, i64 leads, int* path) noexcept nogil:
    """Return what `only_way` does for a failure state of which nothing was asked yet, and fill in the path.

    As far as no shortest path of the normal state is left it is the way of the search, from there on that of the normal state.
    """
    cdef const Whole* tree = repair.whole
    cdef const Net* graph = tree.graph
    cdef Desk* desk = repair.desk
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
            arc = _lead(tree, desk, node, leads)
        if arc == SEVERAL or count > graph.nodes:  # of the normal state's one may be left
            return only_way(tree, repair, start, path)
        path[count] = arc
        count += 1
        node = graph.head[arc]
    return count


cdef int mesh_of(const Whole* tree, Desk* desk, Mend* repair, int start, i64 leads) noexcept nogil:
    """Lay out the arcs of all shortest paths from a node on the desk, each once, row by row; return how many, 0 where there is no path.

    `repair` None: of the normal state; else one that `detour` has just been asked about, from there. A row without arcs is of a target.
    """
    cdef const Net* graph = tree.graph
    cdef int done = 0, rows = 1, used = 0, node, count, head
    desk.meshes += 1
    desk.mesh_node[0], desk.met_in[start], desk.met[start] = start, desk.meshes, 0
    while done < rows:
        node, count = desk.mesh_node[done], 0
        desk.mesh_from[done] = used
        if not _is_target(tree, node):
            count = _onward(tree, desk, repair, node, leads, desk.mesh + used, graph.arcs - used)
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


cdef inline int _onward(const Whole* tree, Desk* desk, Mend* repair, int node, i64 leads, int* found, int most) noexcept nogil:
    """Find up to `most` arcs of the shortest paths that leave a node which others have led to; return how many."""
    if repair == NULL:
        return _tight(tree, node, found, most)
    if _is_found(desk, node):
        found[0] = desk.spots[node].onward if desk.spots[node].spread_in == desk.search else SEVERAL
    else:
        found[0] = _lead(tree, desk, node, leads)
    return _left(repair, node, found, most) if found[0] == SEVERAL else 1


cdef object ways_of(Tree tree, Mend* repair, int start, int most):
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
        if repair != NULL:
            _take(repair)
        while True:
            if _is_target(&tree.whole, node):
                if len(found) == most:
                    return None
                found.append((arcs_of(graph, path, depth), parts))
            elif depth < graph.nodes and filled < graph.arcs:
                if repair == NULL:
                    count = _tight(&tree.whole, node, ahead + filled, graph.arcs - filled)
                else:
                    count = _left(repair, node, ahead + filled, graph.arcs - filled)
                check(&tree.bench.desk)
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


cdef object _footprint(Tree tree, Mend* repair, int start):
    cdef Graph graph = tree.graph
    cdef Desk* desk = &tree.bench.desk
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
            if repair == NULL:
                count = _tight(&tree.whole, node, desk.path, graph.arcs)
            else:
                count = _left(repair, node, desk.path, graph.arcs)
            for at in range(count):
                arc = desk.path[at]
                _is_new(desk.mask, arc >> 1)
                if _is_new(desk.mask, links + graph.head[arc]):
                    ahead[pending] = graph.head[arc]
                    pending += 1
        check(desk)
        return int.from_bytes(desk.mask[:size], "little")
    finally:
        PyMem_Free(ahead)


cdef inline bint _is_new(char* mask, int bit) noexcept nogil:
    """Set a bit; return whether it was not set."""
    cdef char one = 1 << (bit & 7)
    if mask[bit >> 3] & one:
        return False
    mask[bit >> 3] |= one
    return True


cdef void _take(Mend* repair) noexcept nogil:
    """Put what is known of a failure state on the desk, unless it is there."""
    cdef const Whole* tree = repair.whole
    cdef const Net* graph = tree.graph
    cdef Desk* desk = repair.desk
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


cdef inline void _note(Desk* desk, int node, int what) noexcept nogil:
    desk.spots[node].known = desk.serial
    desk.spots[node].is_ = what


cdef void _remember(Mend* repair, int node, i64 far) noexcept nogil:
    """Keep how far a node is that is not whole."""
    cdef Far* grown
    cdef int room
    if repair.count == repair.room:
        room = 2 * repair.room if repair.room else 16
        grown = <Far*>realloc(repair.found, room * sizeof(Far))
        if grown == NULL:
            repair.desk.lacks = True
        else:
            repair.found, repair.room = grown, room
    if repair.count < repair.room:
        repair.found[repair.count].node = node
        repair.found[repair.count].far = far
        repair.count += 1
    _note(repair.desk, node, FOUND)
    repair.desk.spots[node].far = far


cdef i64 _far(Mend* repair, int node) noexcept nogil:
    """Return how far a node is."""
    if _is_whole(repair, node):
        return _sum(repair.whole, node)
    if repair.desk.spots[node].is_ != FOUND:
        _find(repair, node)
    return repair.desk.spots[node].far


cdef int _left(Mend* repair, int node, int* found, int most) noexcept nogil:
    """Find up to `most` arcs of the shortest paths that leave a node; return how many.

    All nodes on the shortest paths of one that is not whole are whole, or found with it.
    """
    cdef const Whole* tree = repair.whole
    cdef const Net* graph = tree.graph
    cdef Desk* desk = repair.desk
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


cdef inline bint _is_down(Desk* desk, int arc) noexcept nogil:
    """Return whether an arc is down; where it is at a node that is not `shut` nobody needs to ask."""
    return desk.down[arc >> 1] == desk.serial


cdef inline bint _is_found(Desk* desk, int node) noexcept nogil:
    """Return whether a node is not whole, and it is known how far it is."""
    return desk.spots[node].known == desk.serial and desk.spots[node].is_ == FOUND


cdef bint _is_whole(Mend* repair, int node) noexcept nogil:
    """Return whether one of a node's shortest paths of the normal state is left.

    Looked at is the first next node of which that is not known, and so on: what is whole makes all before it so.
    """
    cdef Desk* desk = repair.desk
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


cdef int _verdict(Mend* repair, int node, int* ahead, int* others) noexcept nogil:
    """Return whether a node is whole, 0 where that depends on a node `ahead` of which it is not known, and so many `others`."""
    cdef const Whole* tree = repair.whole
    cdef const Net* graph = tree.graph
    cdef Desk* desk = repair.desk
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


cdef void _find(Mend* repair, int start) noexcept nogil:
    """Find the distance of a node that is not whole, and of all nodes on its shortest paths up to whole ones.

    Those are the nodes from which steps of the search lead to where it ended, each as far from there as its step is long.
    """
    cdef const Whole* tree = repair.whole
    cdef const Net* graph = tree.graph
    cdef Desk* desk = repair.desk
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
        return
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


cdef i64 _explore(Mend* repair, int start, int* spread, int* ends) noexcept nogil:
    """Return the distance from a node; note what sum each node was reached with, which ones the search spread from, and where it ended.

    All nodes are looked at over which a path may be as short as the shortest.
    """
    cdef const Whole* tree = repair.whole
    cdef const Net* graph = tree.graph
    cdef Desk* desk = repair.desk
    cdef i64 least = FAR, so_far, longer
    cdef int at, node, after
    cdef bint is_shut
    cdef Pair row
    cdef Spot* spot
    desk.search += 1
    desk.heap.count = 0
    desk.spots[start].reached_in, desk.spots[start].reached = desk.search, 0
    if not has_room(&desk.heap):
        desk.lacks = True
        return FAR
    put(&desk.heap, _sum(tree, start), start)
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
            if not has_room(&desk.heap):
                desk.lacks = True
                return FAR
            put(&desk.heap, longer + (spot.far if _is_found(desk, after) else _sum(tree, after)), after)
    return least
