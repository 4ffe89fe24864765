"""Where packets go that nothing steers, in all failure states that touch their paths: one state after the other, until one is not plain.

The twin: `place.reconverged.settle_plain` with what judges each walk.
"""

from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.set cimport PySet_Contains
from libc.stdlib cimport qsort
from libc.string cimport memcmp, memcpy

from intentc.native.arrays cimport by_number, room_for
from intentc.native.figures cimport Figures
from intentc.native.graph cimport Graph
from intentc.native.igp cimport Desk, Repair, Tree, arcs_of, detour, mesh_of, new_leads, note_cut, only_way, turn
from intentc.native.states cimport States
from intentc.native.ways cimport LONGEST_US, MOST_TRAILS, Ways
from intentc.native.wide cimport ceil_div, i128

ctypedef long long i64


cdef struct _Part:     # of a path, up to a node: what it takes, and the place of the arc that it goes on with, of those up to `end`
    i64 ns
    i64 units
    int hops
    int at
    int end


cdef unsigned long long _mark_of(const int* arcs, int count) noexcept nogil:
    """Return a number that is the same for the same arcs in any order."""
    cdef unsigned long long found = 0, one
    cdef int at
    for at in range(count):
        one = (<unsigned long long>arcs[at] + 1) * 0x9E3779B97F4A7C15ull
        found += (one ^ (one >> 29)) * 0xBF58476D1CE4E5B9ull
    return found


cdef class _Judge:
    """Ways while they are found; each array has room for as many as there may be."""

    cdef Tree tree
    cdef Figures figures
    cdef frozenset accepted, fences, barred
    cdef i64 scale, ahead, bound
    cdef Ways ways
    cdef unsigned long long* marks  # per way that is several paths: a number that is the same for the same arcs
    cdef unsigned long long normal_mark
    cdef int* normal        # the arcs of the several paths of the normal state, none where there are not several
    cdef int normal_count
    cdef int room           # of `arc`
    cdef int* path

    def __dealloc__(self):
        PyMem_Free(self.marks)
        PyMem_Free(self.normal)
        PyMem_Free(self.path)

    cdef int may_take(self, const int* arcs, int count, int end, i64* latency_us) except -1:
        """Return whether a path may be taken, and how long it takes."""
        cdef Graph graph = self.tree.graph
        cdef i64 ns = 0, units = 0
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
        return self.time(ns, units, latency_us)

    cdef int single(self, int count, int end) except -2:
        """Return the way of the path at hand, a new one where it is none yet; -1: it may not be taken."""
        cdef Ways ways = self.ways
        cdef int way, begin
        cdef i64 latency_us = 0
        for way in range(ways.kinds):
            begin = ways.arc_from[way]
            if ways.arc_from[way + 1] - begin == count and not memcmp(ways.arc + begin, self.path, count * sizeof(int)):
                if not ways.several[way]:
                    return way
        if not self.may_take(self.path, count, end, &latency_us):
            return -1
        return self.add(count, latency_us)

    cdef int multiple(self, Repair repair, int start, i64 leads) except -2:
        """Return the same of the several shortest paths from a node in a failure state."""
        cdef Graph graph = self.tree.graph
        cdef Desk desk = self.tree.desk
        cdef int count = mesh_of(self.tree, repair, start, leads), way
        cdef unsigned long long mark
        cdef i64 slowest
        if not count:
            return -1
        mark = _mark_of(desk.mesh, count)
        if mark == self.normal_mark and self.is_mesh(self.normal, self.normal_count, count):
            return -1
        for way in range(self.ways.kinds):
            if self.ways.several[way] and self.marks[way] == mark:
                if self.is_mesh(self.ways.arc + self.ways.arc_from[way], self.ways.arc_from[way + 1] - self.ways.arc_from[way], count):
                    return way
        slowest = self.slowest(start) if self.is_open(count) else -1
        if slowest < 0:
            return -1
        memcpy(self.path, desk.mesh, count * sizeof(int))
        qsort(self.path, count, sizeof(int), by_number)
        way = self.add(count, slowest)
        self.ways.several[way], self.marks[way] = 1, mark
        return way

    cdef int note_normal(self, int start, i64 leads) except -1:
        """Keep the arcs of the several paths of the normal state."""
        self.normal_count = mesh_of(self.tree, None, start, leads)
        self.normal = <int*>room_for(self.normal_count, sizeof(int))
        if self.normal_count:
            memcpy(self.normal, self.tree.desk.mesh, self.normal_count * sizeof(int))
        self.normal_mark = _mark_of(self.normal, self.normal_count)
        return 0

    cdef bint is_mesh(self, const int* arcs, int count, int of) noexcept:
        """Return whether some arcs, each once, are those of the mesh at hand, of which there are so many."""
        cdef Desk desk = self.tree.desk
        cdef int at
        for at in range(count if count == of else 0):
            if desk.used_in[arcs[at]] != desk.meshes:
                return False
        return count == of

    cdef bint is_open(self, int count) except -1:
        """Return whether packets may take all arcs of the mesh at hand."""
        cdef Graph graph = self.tree.graph
        cdef Desk desk = self.tree.desk
        cdef int at, row
        for at in range(count):
            row = desk.met[graph.head[desk.mesh[at]]]
            if desk.mesh_from[row] < desk.mesh_from[row + 1] and not graph.has_transit[desk.mesh_node[row]]:
                return False
        if self.fences or self.barred:
            for at in range(count):
                link = graph.numbers[desk.mesh[at] >> 1]
                if PySet_Contains(self.fences, link) or PySet_Contains(self.barred, link):
                    return False
        return True

    cdef i64 slowest(self, int start) except -2:
        """Return how long the slowest path of the mesh at hand takes; -1: they are too many, end elsewhere, or take too long.

        Path by path, as latencies are rounded; `forks` are the nodes on the one at hand from which several arcs lead on.
        """
        cdef Graph graph = self.tree.graph
        cdef Desk desk = self.tree.desk
        cdef _Part[64] forks
        cdef _Part part = _Part(0, 0, 0, 0, 0)
        cdef int depth = 0, node = start, row, trails = 0, end = -1
        cdef i64 slowest = 0, latency_us = 0
        while True:
            row = desk.met[node]
            part.at, part.end = desk.mesh_from[row], desk.mesh_from[row + 1]
            if part.at == part.end:
                trails += 1
                if trails > MOST_TRAILS or part.hops > self.figures.most or (end >= 0 and node != end):
                    return -1  # whether those ends are one site is not for a kernel
                if end < 0 and not PySet_Contains(self.accepted, node):
                    return -1
                end = node
                if not self.time(part.ns, part.units, &latency_us):
                    return -1
                slowest = max(slowest, latency_us)
                while depth and forks[depth - 1].at + 1 == forks[depth - 1].end:
                    depth -= 1
                if not depth:
                    return slowest
                forks[depth - 1].at += 1
                part = forks[depth - 1]
            elif part.at + 1 < part.end:
                if depth == MOST_TRAILS:  # each makes for one path more
                    return -1
                forks[depth] = part
                depth += 1
            part.ns += self.figures.delays[desk.mesh[part.at]]
            part.units += self.figures.sizes[desk.mesh[part.at]]
            part.hops += 1
            if part.hops > graph.nodes:
                return -1
            node = graph.head[desk.mesh[part.at]]

    cdef bint time(self, i64 ns, i64 units, i64* latency_us) except -1:
        """Return whether a path that takes so long may be taken, and its latency."""
        cdef i128 total = ceil_div(ns, 1000)
        if self.ahead >= 0:
            total += ceil_div(units, self.scale) + ceil_div(<i128>units * self.ahead, self.scale)
        if total > self.bound or total > LONGEST_US:
            return False
        latency_us[0] = <i64>total
        return True

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


cdef _Judge _judge_of(
    Tree tree, Figures figures, scale, ahead, bound, frozenset accepted, frozenset fences, frozenset barred
):
    """Return what judges paths to the targets of a tree as `settled` says; None where anything is no word."""
    cdef _Judge judge = _Judge.__new__(_Judge)
    if figures.graph is not tree.graph:
        raise ValueError("figures of another network")
    if scale > 1 << 62 or not (ahead is None or 0 <= ahead <= 1 << 20):
        return None
    judge.tree, judge.figures = tree, figures
    judge.accepted, judge.fences, judge.barred = accepted, fences, barred
    judge.scale, judge.ahead = scale, -1 if ahead is None else ahead
    judge.bound = 1 << 62 if bound is None else max(-1, min(bound, 1 << 62))
    return judge


def right_way(
    Tree tree not None, int start, Figures figures not None, scale, ahead,
    bound, frozenset accepted not None, frozenset fences not None, frozenset barred not None,
):
    """Return the arcs of the only shortest path from a node in the normal state, if `settled` would have packets take it in any state.

    None: there is no such path, or they are several, or it has no arc, or is not right, or the kernel does not tell.
    """
    cdef Graph graph = tree.graph
    cdef _Judge judge = _judge_of(tree, figures, scale, ahead, bound, accepted, fences, barred)
    cdef int* path = tree.desk.path
    cdef i64 latency_us = 0
    cdef int count
    if not 0 <= start < graph.nodes:
        raise IndexError(start)
    if judge is None:
        return None
    count = only_way(tree, None, start, path)
    if count <= 0 or not judge.may_take(path, count, graph.head[path[count - 1]], &latency_us):
        return None
    return arcs_of(graph, path, count)


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
    cdef _Judge judge = _judge_of(tree, figures, scale, ahead, bound, accepted, fences, barred)
    cdef Repair repair = Repair(tree, (), ())
    cdef Py_ssize_t rows = len(places)
    cdef int at, way, place, other, node, count, normal_count, end, is_down
    cdef int* normal = NULL
    cdef i64 leads = new_leads(tree)
    if not 0 <= start < graph.nodes or states.most_node >= graph.nodes or 2 * states.most_link + 1 >= graph.arcs:
        raise IndexError("of another network")
    if judge is None:
        return None
    judge.ways = found
    found.graph, found.start = graph, start
    found.place, found.of = <int*>PyMem_Calloc(rows + 1, sizeof(int)), <int*>PyMem_Calloc(rows + 1, sizeof(int))
    found.arc_from = <int*>PyMem_Calloc(rows + 2, sizeof(int))
    found.latency_us = <i64*>PyMem_Calloc(rows + 1, sizeof(i64))
    found.several = <char*>PyMem_Calloc(rows + 1, 1)
    judge.marks = <unsigned long long*>PyMem_Calloc(rows + 1, sizeof(unsigned long long))
    judge.path = <int*>PyMem_Malloc((graph.nodes + graph.arcs + 2) * sizeof(int))
    normal = <int*>PyMem_Malloc((graph.nodes + 2) * sizeof(int))
    try:
        if (found.place == NULL or found.of == NULL or found.arc_from == NULL or found.latency_us == NULL
                or found.several == NULL or judge.path == NULL or judge.marks == NULL or normal == NULL):
            raise MemoryError
        normal_count = only_way(tree, None, start, normal)
        if normal_count < 0:
            judge.note_normal(start, leads)
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
            if normal_count >= 0:
                note_cut(repair, normal, normal_count)
            count = detour(repair, start, leads, judge.path)
            if count >= 0:
                if count == normal_count and not memcmp(judge.path, normal, count * sizeof(int)):
                    break
                end = graph.head[judge.path[count - 1]] if count else start
                way = judge.single(count, end)
            else:
                way = -1 if is_narrow else judge.multiple(repair, start, leads)
            if way < 0:
                break
            found.place[found.count], found.of[found.count] = place, way
            found.count += 1
        return found
    finally:
        PyMem_Free(normal)
