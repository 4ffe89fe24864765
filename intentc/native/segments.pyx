"""Segment lists, as long as each segment has one way: where they lead, in the normal state and in failure states.

The twin, which says why this is right: `forwarding.policies.SegmentRouter._follow`. What leads several ways, or is torn, is left to it.
"""

from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Realloc
from cpython.set cimport PySet_Contains

from intentc.native.arrays cimport flags_of, ints_of
from intentc.native.graph cimport Graph
from intentc.native.igp cimport Repair, Tree, arcs_of, check, is_only_next, only_way

ctypedef long long i64

cdef enum:
    DOWN = 0    # what `follow` answers: S-BFD over a list is down,
    LOOP = 1    # or packets come to an arc twice


cdef inline int _check(int number, int count) except -1:
    if not 0 <= number < count:
        raise IndexError(number)
    return 0


cdef class Plane:
    """The shortest paths of one algorithm, and the nodes that forward by its labels.

    `whole(node)` is the tree towards a node in the normal state, `failed(node, outage)` that of a failure state.
    """

    cdef Graph graph
    cdef char* can_route
    cdef object whole, failed

    def __cinit__(self, Graph graph not None, tuple can_route not None, whole, failed):
        if len(can_route) != graph.nodes:
            raise ValueError("a flag per node")
        self.graph, self.whole, self.failed = graph, whole, failed
        self.can_route = flags_of(can_route)

    def __dealloc__(self):
        PyMem_Free(self.can_route)

    cdef Tree tree(self, int node):
        """Return the tree towards a node in the normal state."""
        cdef Tree found
        found = <Tree?>self.whole(node)
        if found.graph is not self.graph:
            raise ValueError("a tree of another network")
        return found

    cdef int reach(self, int* arcs, int position, int last) except -1:
        """Return the farthest position of a path, up to `last`, that one node segment leads to from another one on it."""
        cdef int first = position, end, at  # halving: a part of an only shortest path is one
        cdef Tree tree
        while first < last:
            end = (first + last + 1) // 2
            tree, at = self.tree(self.graph.head[arcs[end - 1]]), end - 1
            while at >= position and is_only_next(&tree.whole, arcs[at]):
                at -= 1
            if at < position:
                first = end
            else:
                last = end - 1
        return first

    cdef int lead(self, Tree tree, Repair repair, int start, int end, int* path) except -2:
        """Find the arcs of the only way between two nodes, as long as all nodes on it forward by labels; return how many, -1 if there is none."""
        cdef int count, at
        if not self.can_route[start] or not self.can_route[end]:
            return -1
        count = only_way(&tree.whole, NULL if repair is None else &repair.mend, start, path)
        check(&tree.bench.desk)
        for at in range(count):
            if not self.can_route[self.graph.head[path[at]]]:
                return -1
        return count


cdef int _match(Plane plane, Graph graph) except -1:
    if plane.graph.nodes != graph.nodes or plane.graph.arcs != graph.arcs:
        raise ValueError("a plane of another network")
    return 0


cdef class Laid:
    """A list from `start` each of whose segments has one way in the normal state.

    Per segment: the node where it `ends`, its arc (`over`, -1: it is a node segment), where its arcs end in the whole path of `arcs`,
    and its plane.
    """

    cdef readonly tuple arcs
    cdef Graph graph
    cdef tuple planes
    cdef int start, count, length
    cdef int* ends
    cdef int* over
    cdef int* until
    cdef int* path

    def __cinit__(self, Graph graph not None, int start, tuple arcs not None, tuple ends not None, tuple over not None, tuple until not None, tuple planes not None):
        cdef int at, before = 0
        if not len(ends) == len(over) == len(until) == len(planes):
            raise ValueError("as many of each as there are segments")
        self.graph, self.start, self.arcs, self.planes = graph, start, arcs, planes
        self.count, self.length = len(ends), len(arcs)
        self.ends, self.over, self.until, self.path = ints_of(ends), ints_of(over), ints_of(until), ints_of(arcs)
        _check(start, graph.nodes)
        for at in range(self.length):
            _check(self.path[at], graph.arcs)
        for at in range(self.count):
            _check(self.ends[at], graph.nodes)
            _check(self.over[at] + 1, graph.arcs + 1)
            _check(self.until[at] - before, self.length - before + 1)
            before = self.until[at]
        for plane in planes:
            _match(<Plane?>plane, graph)

    def __dealloc__(self):
        PyMem_Free(self.ends)
        PyMem_Free(self.over)
        PyMem_Free(self.until)
        PyMem_Free(self.path)


cdef class Router:
    """Lays and follows lists over `planes`, by the number of their algorithm; that of 0 says where adjacency segments can end.

    `down` and `gone` have the links and nodes that are down in the state `serial`, `taken` the arcs of the path that is made.
    """

    cdef Graph graph
    cdef dict planes
    cdef Plane own
    cdef i64 serial, turn
    cdef object outage
    cdef i64* down
    cdef i64* gone
    cdef i64* taken
    cdef int* path
    cdef int* labels
    cdef Py_ssize_t room

    def __cinit__(self, Graph graph not None, dict planes not None):
        self.graph, self.planes, self.own = graph, dict(planes), <Plane?>planes[0]
        for plane in self.planes.values():
            _match(<Plane?>plane, graph)
        self.down = <i64*>PyMem_Calloc((graph.arcs >> 1) + 1, sizeof(i64))
        self.gone = <i64*>PyMem_Calloc(graph.nodes + 1, sizeof(i64))
        self.taken = <i64*>PyMem_Calloc(graph.arcs + 1, sizeof(i64))
        if self.down == NULL or self.gone == NULL or self.taken == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.down)
        PyMem_Free(self.gone)
        PyMem_Free(self.taken)
        PyMem_Free(self.path)
        PyMem_Free(self.labels)

    def encode(self, int start, tuple arcs not None, frozenset pinned not None, frozenset stops not None, tuple numbers not None):
        """Return where the fewest segments end that lead along a path, each with its algorithm, or -1 where it is an adjacency segment.

        None where nodes on the path do no segment routing. No node segment leads over `pinned` links, nor beyond a node that is one of
        the `stops`. The twin: `forwarding.policies.SegmentRouter.encode`.
        """
        cdef int position = 0, reached, farthest, last, at, count = len(arcs)
        cdef bint is_pinned = len(pinned) > 0, is_stopped = len(stops) > 0
        cdef list found = []
        cdef Plane plane
        _check(start, self.graph.nodes)
        self._widen(0, count)
        if not self.own.can_route[start]:
            return None
        for at in range(count):
            _check(arcs[at], self.graph.arcs)
            self.path[at] = arcs[at]
            if not self.own.can_route[self.graph.head[self.path[at]]]:
                return None
        while position < count:
            last = position
            while last < count and not (is_pinned and PySet_Contains(pinned, self.path[last] >> 1)):
                last += 1
                if is_stopped and PySet_Contains(stops, self.graph.head[self.path[last - 1]]):
                    break
            reached, best = position, -1
            for number in numbers:
                plane = self.planes[number]
                farthest = plane.reach(self.path, position, last)
                if farthest > reached:
                    reached, best = farthest, number
            position = max(reached, position + 1)
            found.append((position, best))
        return found

    def lay(self, int start, tuple segments not None):
        """Return a list as it leads in the normal state, with the labels on each arc and the mask of what it depends on.

        `segments` has, for each of them, the node, the arc or None, and the algorithm. None: it is for the twin.
        """
        cdef int links = self.graph.arcs >> 1, node = start, end, arc, at, found, count = 0, left = len(segments)
        cdef list ends = [], over = [], until = [], planes = []
        cdef Plane plane
        cdef bytearray mask = bytearray((links + self.graph.nodes + 7) >> 3)
        cdef unsigned char* bits = mask
        self._widen(left, 0)
        _check(start, self.graph.nodes)
        _set(bits, links + start)
        for segment in segments:
            end = segment.node
            _check(end, self.graph.nodes)
            if segment.arc is None:
                arc, plane = -1, self.planes.get(segment.algo)
                found = -1 if plane is None else plane.lead(plane.tree(end), None, node, end, self.path + count)
            else:
                arc, plane, found = segment.arc, self.own, 1
                _check(arc, self.graph.arcs)
                self.path[count] = arc
                if not self.own.can_route[self.graph.head[arc]]:
                    return None
            if found < 0:
                return None
            for at in range(count, count + found):
                _set(bits, self.path[at] >> 1)
                _set(bits, links + self.graph.head[self.path[at]])
                self.labels[at] = left - (arc >= 0)
            _set(bits, links + end)
            count += found
            ends.append(end)
            over.append(arc)
            until.append(count)
            planes.append(plane)
            node = end
            left -= 1
        if self._circles(count):
            return None
        arcs = arcs_of(self.graph, self.path, count)
        laid = Laid(self.graph, start, arcs, tuple(ends), tuple(over), tuple(until), tuple(planes))
        return laid, _labels_of(self.labels, count), int.from_bytes(mask, "little")

    def follow(self, Laid laid not None, outage):
        """Return the arcs that a list leads along in a failure state, and the labels on each.

        0: S-BFD over it is down, 1: packets come to an arc twice, None: it is for the twin.
        """
        cdef int place, at, first = 0, node = laid.start, end, found, count = 0, left
        cdef bint is_touched
        cdef Plane plane
        cdef Tree tree
        cdef Repair repair
        if laid.graph is not self.graph:
            raise ValueError("a list of another network")
        self._look_at(outage)
        for place in range(laid.count):
            if self.gone[laid.ends[place]] == self.serial or (laid.over[place] >= 0 and self.down[laid.over[place] >> 1] == self.serial):
                return DOWN
        self._widen(laid.count, laid.length)
        for place in range(laid.count):
            end, left, found = laid.ends[place], laid.count - place - (laid.over[place] >= 0), laid.until[place] - first
            is_touched = self.gone[node] == self.serial
            for at in range(first, laid.until[place]):
                if self.down[laid.path[at] >> 1] == self.serial:
                    is_touched = True
                    break
            if is_touched and laid.over[place] < 0:
                plane = <Plane?>laid.planes[place]
                repair = <Repair?>plane.failed(end, outage)
                tree = repair.whole
                if tree.graph is not plane.graph:
                    raise ValueError("a tree of another network")
                found = plane.lead(tree, repair, node, end, self.path + count)
                if found < 0:
                    return None
            else:
                for at in range(found):
                    self.path[count + at] = laid.path[first + at]
            for at in range(count, count + found):
                self.labels[at] = left
            count += found
            first, node = laid.until[place], end
        if self._circles(count):
            return LOOP
        return arcs_of(self.graph, self.path, count), _labels_of(self.labels, count)

    cdef int _look_at(self, outage) except -1:
        """Note which links and nodes are down in a state."""
        cdef int element
        if outage is self.outage:
            return 0
        self.outage = None
        self.serial += 1
        for element in outage.links:
            _check(element, self.graph.arcs >> 1)
            self.down[element] = self.serial
        for element in outage.nodes:
            _check(element, self.graph.nodes)
            self.gone[element] = self.serial
        self.outage = outage
        return 0

    cdef int _widen(self, Py_ssize_t segments, Py_ssize_t length) except -1:
        """Make room for `length` arcs, and those of so many segments: one that has one way comes to no node twice."""
        cdef Py_ssize_t room = (segments + 1) * (self.graph.nodes + 2) + length
        cdef int* grown
        if room <= self.room:
            return 0
        grown = <int*>PyMem_Realloc(self.path, room * sizeof(int))
        if grown == NULL:
            raise MemoryError
        self.path = grown
        grown = <int*>PyMem_Realloc(self.labels, room * sizeof(int))
        if grown == NULL:
            raise MemoryError
        self.labels, self.room = grown, room
        return 0

    cdef bint _circles(self, int count) noexcept:
        """Return whether an arc comes twice in the path."""
        cdef int at
        self.turn += 1
        for at in range(count):
            if self.taken[self.path[at]] == self.turn:
                return True
            self.taken[self.path[at]] = self.turn
        return False


cdef inline void _set(unsigned char* bits, int bit) noexcept:
    bits[bit >> 3] |= 1 << (bit & 7)


cdef tuple _labels_of(const int* labels, int count):
    return tuple([labels[at] for at in range(count)])
