"""Where packets go that nothing steers, in all failure states that touch their paths: one state after the other, until one is not plain.

The twins: `forwarding.outage.Watch.places_touching`, and `place.reconverged.settle_plain` with what judges each walk.
"""

cimport cython
from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.set cimport PySet_Contains
from libc.stdlib cimport qsort
from libc.string cimport memcmp, memcpy

from intentc.native.arrays cimport ints_of
from intentc.native.figures cimport Figures
from intentc.native.graph cimport Graph
from intentc.native.igp cimport Repair, Tree, arcs_of, only_way, turn, ways_of
from intentc.native.wide cimport ceil_div, i128

cdef int MOST_TRAILS = 64    # as packets are followed at all
cdef i64 LONGEST = 1 << 60   # µs: what takes longer is for the twin


cdef int _by_number(const void* one, const void* other) noexcept nogil:
    cdef int a = (<const int*>one)[0], b = (<const int*>other)[0]
    return (a > b) - (a < b)


cdef class States:
    """Some failure states by their places: of each the bits of its mask, the links and the nodes that are down in it."""

    def __cinit__(self, masks, links, nodes):
        cdef int at, bit, count
        cdef int* ends = NULL
        if not len(masks) == len(links) == len(nodes):
            raise ValueError("bits, links and nodes of each state")
        self.count = len(masks)
        self.bits = 1 + max([max(each) for each in masks if each], default=-1)
        self.most_link = max([max(each) for each in links if each], default=-1)
        self.most_node = max([max(each) for each in nodes if each], default=-1)
        if min([min(each) for group in (masks, links, nodes) for each in group if each], default=0) < 0:
            raise IndexError("less than none")
        self.link_from, self.link = ints_of(_starts(links)), ints_of([one for each in links for one in each])
        self.node_from, self.node = ints_of(_starts(nodes)), ints_of([one for each in nodes for one in each])
        by = [[] for _ in range(self.bits)]
        for at in range(self.count):
            for bit in masks[at]:
                by[bit].append(at)
        self.by_from, self.by = ints_of(_starts(by)), ints_of([one for each in by for one in each])
        self.seen = <i64*>PyMem_Calloc(self.count + 1, sizeof(i64))
        self.found = <int*>PyMem_Calloc(self.count + 1, sizeof(int))
        if self.seen == NULL or self.found == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.link_from)
        PyMem_Free(self.link)
        PyMem_Free(self.node_from)
        PyMem_Free(self.node)
        PyMem_Free(self.by_from)
        PyMem_Free(self.by)
        PyMem_Free(self.seen)
        PyMem_Free(self.found)

    def touching(self, mask):
        """Return the places of the states that have a bit of a mask, sorted."""
        cdef bytes digits = mask.to_bytes((mask.bit_length() + 7) >> 3, "little")
        cdef const unsigned char* byte = digits
        cdef int at, place, bit, rest, count = 0, size = min(<int>len(digits), (self.bits + 7) >> 3)
        self.question += 1
        for at in range(size):
            rest = byte[at]
            bit = at << 3
            while rest and bit < self.bits:
                if rest & 1:
                    for place in range(self.by_from[bit], self.by_from[bit + 1]):
                        if self.seen[self.by[place]] != self.question:
                            self.seen[self.by[place]] = self.question
                            self.found[count] = self.by[place]
                            count += 1
                rest >>= 1
                bit += 1
        qsort(self.found, count, sizeof(int), _by_number)
        return [self.found[at] for at in range(count)]


@cython.no_gc
cdef class Ways:
    """Where packets go in some states, `count` of them: each takes one of a few ways, `kinds`, by number."""

    def __dealloc__(self):
        PyMem_Free(self.place)
        PyMem_Free(self.of)
        PyMem_Free(self.arc_from)
        PyMem_Free(self.arc)
        PyMem_Free(self.latency_us)

    def pairs(self):
        """Return the place of each state among all, and which way is taken."""
        return [(self.place[at], self.of[at]) for at in range(self.count)]

    def places(self):
        """Return the place of each state among all."""
        return [self.place[at] for at in range(self.count)]

    def arcs(self, int way):
        """Return the arcs of a way: in the order of the path, sorted where it is several paths."""
        self._check(way)
        return self._arcs(way)

    cdef tuple _arcs(self, int way):
        cdef int at
        return tuple([self.numbers[self.arc[at]] for at in range(self.arc_from[way], self.arc_from[way + 1])])

    def paths(self, int way):
        """Return the paths of a way, sorted, with into how many equal parts packets were split that take each."""
        self._check(way)
        found = None if self.several is None else self.several.get(way)
        return ((self._arcs(way), 1),) if found is None else found

    def latency(self, int way):
        """Return the latency of the slowest path of a way, in µs."""
        self._check(way)
        return self.latency_us[way]

    def is_several(self, int way):
        """Return whether a way is several paths."""
        self._check(way)
        return self.several is not None and way in self.several

    @property
    def is_any_several(self):
        """Whether a way of any state is several paths."""
        cdef int at
        return self.several is not None and any([self.of[at] in self.several for at in range(self.count)])

    def cut(self, int count):
        """Leave but the first states."""
        if not 0 <= count <= self.count:
            raise IndexError(count)
        self.count = count

    cdef int _check(self, int way) except -1:
        if not 0 <= way < self.kinds:
            raise IndexError(way)
        return 0


cdef class _Desk:
    """Ways while they are found; each array has room for as many as there may be."""

    cdef Tree tree
    cdef Figures figures
    cdef frozenset accepted, fences, barred
    cdef i64 scale, ahead, bound
    cdef Ways ways
    cdef dict known         # the ways that are several paths, by these
    cdef int room           # of `arc`
    cdef int* path

    cdef int judge(self, const int* arcs, int count, int end, i64* latency_us) except -1:
        """Return whether a path may be taken, and how long it takes."""
        cdef Graph graph = self.tree.graph
        cdef i64 ns = 0, units = 0
        cdef i128 total
        cdef int at, arc
        if count > self.figures.most or not PySet_Contains(self.accepted, end):
            return 0
        for at in range(count):
            arc = arcs[at]
            ns += self.figures.delays[arc]
            units += self.figures.sizes[arc]
            if at + 1 < count and not graph.has_transit[graph.head[arc]]:
                return 0
        if self.fences or self.barred:
            for at in range(count):
                link = graph.numbers[arcs[at] >> 1]
                if PySet_Contains(self.fences, link) or PySet_Contains(self.barred, link):
                    return 0
        total = ceil_div(ns, 1000)
        if self.ahead >= 0:
            total += ceil_div(units, self.scale) + ceil_div(<i128>units * self.ahead, self.scale)
        if total > self.bound or total > LONGEST:
            return 0
        latency_us[0] = <i64>total
        return 1

    cdef int single(self, int count, int end) except -2:
        """Return the way of the path at hand, a new one where it is none yet; -1: it may not be taken."""
        cdef Ways ways = self.ways
        cdef int way, begin
        cdef i64 latency_us = 0
        for way in range(ways.kinds):
            begin = ways.arc_from[way]
            if ways.arc_from[way + 1] - begin == count and not memcmp(ways.arc + begin, self.path, count * sizeof(int)):
                if ways.several is None or way not in ways.several:
                    return way
        if not self.judge(self.path, count, end, &latency_us):
            return -1
        return self.add(count, latency_us)

    cdef int multiple(self, tuple paths) except -2:
        """Return the same of several paths."""
        cdef int count, end, at, kept = 0
        cdef i64 latency_us = 0, slowest = 0
        cdef object known = self.known.get(paths)
        cdef Graph graph = self.tree.graph
        if known is not None:
            return known
        end = -1
        for arcs, _ in paths:
            count = len(arcs)
            for at in range(count):
                self.path[at] = (<tuple>arcs)[at]
            if end >= 0 and graph.head[self.path[count - 1]] != end:
                return -1  # whether that is one site is not for a kernel
            end = graph.head[self.path[count - 1]]
            if not self.judge(self.path, count, end, &latency_us):
                return -1
            slowest = max(slowest, latency_us)
        every = sorted({arc for arcs, _ in paths for arc in arcs})
        for arc in every:
            self.path[kept] = arc
            kept += 1
        at = self.add(kept, slowest)
        if self.ways.several is None:
            self.ways.several = {}
        self.ways.several[at], self.known[paths] = paths, at
        return at

    cdef int add(self, int count, i64 latency_us) except -2:
        """Add a way, the arcs of which are at hand; return its number."""
        cdef Ways ways = self.ways
        cdef int begin = ways.arc_from[ways.kinds], room = self.room
        cdef void* grown
        while begin + count > room:
            room = 2 * room + 64
        if room != self.room:
            grown = PyMem_Realloc(ways.arc, room * sizeof(int))
            if grown == NULL:
                raise MemoryError
            ways.arc, self.room = <int*>grown, room
        if count:
            memcpy(ways.arc + begin, self.path, count * sizeof(int))
        ways.latency_us[ways.kinds] = latency_us
        ways.arc_from[ways.kinds + 1] = begin + count
        ways.kinds += 1
        return ways.kinds - 1


def settled(
    Tree tree not None, States states not None, list places not None, int start, Figures figures not None, scale, ahead,
    bound, frozenset accepted not None, frozenset fences not None, frozenset barred not None, bint is_narrow,
):
    """Return where packets for the targets of a tree go from a node in some states, in the order of their places, as `Ways`.

    From the first state on: an end (`accepted`, and `start`) is down, packets do not arrive, or on over 64 paths, or past a fence or a
    `barred` link, or elsewhere than at one of `accepted`, or through a node not for transit, or they take longer than `bound`
    (None: as long as they like), or go as in the normal state, or, if `is_narrow`, over several paths, there is nothing.
    `scale` and `ahead` as latencies are made with them (None: propagation only). None where any of these is no word.
    """
    cdef Graph graph = tree.graph
    cdef Ways found = Ways.__new__(Ways)
    cdef _Desk desk = _Desk.__new__(_Desk)
    cdef Repair repair = Repair(tree, (), ())
    cdef Py_ssize_t rows = len(places)
    cdef int at, way, place, other, node, count, normal_count, end, is_down
    cdef int* normal = NULL
    cdef object paths, normal_paths = None
    if not 0 <= start < graph.nodes or states.most_node >= graph.nodes or 2 * states.most_link + 1 >= graph.arcs:
        raise IndexError("of another network")
    if figures.graph is not graph:
        raise ValueError("figures of another network")
    if scale > 1 << 62 or not (ahead is None or 0 <= ahead <= 1 << 20):
        return None
    desk.tree, desk.figures, desk.ways, desk.known = tree, figures, found, {}
    desk.accepted, desk.fences, desk.barred = accepted, fences, barred
    desk.scale, desk.ahead = scale, -1 if ahead is None else ahead
    desk.bound = 1 << 62 if bound is None else max(-1, min(bound, 1 << 62))
    found.numbers = graph.numbers
    found.place, found.of = <int*>PyMem_Calloc(rows + 1, sizeof(int)), <int*>PyMem_Calloc(rows + 1, sizeof(int))
    found.arc_from = <int*>PyMem_Calloc(rows + 2, sizeof(int))
    found.latency_us = <i64*>PyMem_Calloc(rows + 1, sizeof(i64))
    desk.path = <int*>PyMem_Malloc((graph.nodes + graph.arcs + 2) * sizeof(int))
    normal = <int*>PyMem_Malloc((graph.nodes + 2) * sizeof(int))
    try:
        if (found.place == NULL or found.of == NULL or found.arc_from == NULL or found.latency_us == NULL
                or desk.path == NULL or normal == NULL):
            raise MemoryError
        normal_count = only_way(tree, None, start, normal)
        if normal_count < 0:
            normal_paths = ways_of(tree, None, start, MOST_TRAILS)
        for at in range(rows):
            place = places[at]
            if not 0 <= place < states.count:
                raise IndexError(place)
            is_down = 0
            for other in range(states.node_from[place], states.node_from[place + 1]):
                node = states.node[other]
                if node == start or PySet_Contains(accepted, node):
                    is_down = 1
            if is_down:
                break
            turn(
                repair, states.link + states.link_from[place], states.link_from[place + 1] - states.link_from[place],
                states.node + states.node_from[place], states.node_from[place + 1] - states.node_from[place],
            )
            count = only_way(tree, repair, start, desk.path)
            if count >= 0:
                if count == normal_count and not memcmp(desk.path, normal, count * sizeof(int)):
                    break
                end = graph.head[desk.path[count - 1]] if count else start
                way = desk.single(count, end)
            else:
                paths = None if is_narrow else ways_of(tree, repair, start, MOST_TRAILS)
                if paths is None or paths == normal_paths:
                    break
                way = desk.multiple(paths)
            if way < 0:
                break
            found.place[found.count], found.of[found.count] = place, way
            found.count += 1
        _shrink(found)
        return found
    finally:
        PyMem_Free(desk.path)
        PyMem_Free(normal)


cdef void _shrink(Ways ways) noexcept:
    """Give back what was too much; where there is no other room it stays."""
    cdef void* less = PyMem_Realloc(ways.place, (ways.count + 1) * sizeof(int))
    if less != NULL:
        ways.place = <int*>less
    less = PyMem_Realloc(ways.of, (ways.count + 1) * sizeof(int))
    if less != NULL:
        ways.of = <int*>less
    less = PyMem_Realloc(ways.latency_us, (ways.kinds + 1) * sizeof(i64))
    if less != NULL:
        ways.latency_us = <i64*>less
    less = PyMem_Realloc(ways.arc, (ways.arc_from[ways.kinds] + 1) * sizeof(int))
    if less != NULL:
        ways.arc = <int*>less
    less = PyMem_Realloc(ways.arc_from, (ways.kinds + 2) * sizeof(int))
    if less != NULL:
        ways.arc_from = <int*>less


def _starts(groups):
    found, at = [0], 0
    for group in groups:
        at += len(group)
        found.append(at)
    return found
