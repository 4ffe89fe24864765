"""Where packets go that nothing steers, in all failure states that touch their paths: one state after the other, until one is not plain.

The twins: `forwarding.outage.Watch.places_touching`, and `place.reconverged.settle_plain` with what judges each walk.

What is found of a demand is *folded* once it is settled: a kilobyte in place of ten, as most of a way is the way of the normal state. Several
paths are kept as the arcs that any of them takes: at each node packets are split over all of these that leave it.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.set cimport PySet_Contains
from libc.stdlib cimport qsort
from libc.string cimport memcmp, memcpy

from intentc.native.arrays cimport ints_of, room_for
from intentc.native.figures cimport Figures
from intentc.native.graph cimport Graph
from intentc.native.igp cimport Desk, Repair, Tree, arcs_of, detour, mesh_of, new_leads, note_cut, only_way, turn
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
        cdef int at, bit, rest, count = 0, size = min(<int>len(digits), (self.bits + 7) >> 3)
        self.question += 1
        for at in range(size):
            rest = byte[at]
            bit = at << 3
            while rest and bit < self.bits:
                if rest & 1:
                    count = self._add(bit, count)
                rest >>= 1
                bit += 1
        return self._sorted(count)

    def along(self, Graph graph not None, int start, tuple arcs not None):
        """Return the same of a node, and of some arcs with the nodes that they lead to: as `touching` of their mask."""
        cdef int links = graph.arcs >> 1, count = 0, arc
        if not 0 <= start < graph.nodes:
            raise IndexError(start)
        self.question += 1
        count = self._add(links + start, count)
        for arc in arcs:
            if not 0 <= arc < graph.arcs:
                raise IndexError(arc)
            count = self._add(arc >> 1, count)
            count = self._add(links + graph.head[arc], count)
        return self._sorted(count)

    cdef int _add(self, int bit, int count) noexcept:
        """Add the states that have a bit, each once for a question, to `count` others that were found; return how many there are."""
        cdef int place
        if bit < self.bits:
            for place in range(self.by_from[bit], self.by_from[bit + 1]):
                if self.seen[self.by[place]] != self.question:
                    self.seen[self.by[place]] = self.question
                    self.found[count] = self.by[place]
                    count += 1
        return count

    cdef list _sorted(self, int count):
        qsort(self.found, count, sizeof(int), _by_number)
        return [self.found[at] for at in range(count)]


@cython.no_gc
cdef class Ways:
    """Where packets go from a node in some states, `count` of them: each takes one of a few ways, `kinds`, by number."""

    def __dealloc__(self):
        PyMem_Free(self.place)
        PyMem_Free(self.of)
        PyMem_Free(self.arc_from)
        PyMem_Free(self.arc)
        PyMem_Free(self.latency_us)
        PyMem_Free(self.several)

    def pairs(self):
        """Return the place of each state among all, and which way is taken."""
        return [(self.place[at], self.of[at]) for at in range(self.count)]

    def places(self):
        """Return the place of each state among all."""
        return [self.place[at] for at in range(self.count)]

    def arcs(self, int way):
        """Return the arcs of a way: in the order of the path, sorted where it is several paths."""
        self._check(way)
        return arcs_of(self.graph, self.arc + self.arc_from[way], self.arc_from[way + 1] - self.arc_from[way])

    def paths(self, int way):
        """Return the paths of a way, sorted, with into how many equal parts packets were split that take each."""
        self._check(way)
        return _paths(self, way) if self.several[way] else ((self.arcs(way), 1),)

    def latency(self, int way):
        """Return the latency of the slowest path of a way, in µs."""
        self._check(way)
        return self.latency_us[way]

    def is_several(self, int way):
        """Return whether a way is several paths."""
        self._check(way)
        return bool(self.several[way])

    @property
    def is_any_several(self):
        """Whether a way of any state is several paths."""
        cdef int at
        for at in range(self.count):
            if self.several[self.of[at]]:
                return True
        return False

    def cut(self, int count):
        """Leave but the first states."""
        if not 0 <= count <= self.count:
            raise IndexError(count)
        self.count = count

    def astray(self, States states not None):
        """Return the first state, by its place here, in which a way leads over something that is down; -1: there is none."""
        cdef Graph graph = self.graph
        cdef int at, way, place, of, found = self.count
        cdef int* first = NULL       # per way: its first state
        cdef int* after = NULL       # per state: the next one of the same way
        cdef int* links = NULL       # per element: one more than the way that was seen to take it last
        cdef int* nodes = NULL
        if states.most_node >= graph.nodes or 2 * states.most_link + 1 >= graph.arcs:
            raise IndexError("of another network")
        try:
            first, after = <int*>room_for(self.kinds, sizeof(int)), <int*>room_for(self.count, sizeof(int))
            links, nodes = <int*>PyMem_Calloc(graph.arcs + 1, sizeof(int)), <int*>PyMem_Calloc(graph.nodes, sizeof(int))
            if links == NULL or nodes == NULL:
                raise MemoryError
            for way in range(self.kinds):
                first[way] = -1
            for at in range(self.count - 1, -1, -1):
                if not 0 <= self.place[at] < states.count:
                    raise IndexError(self.place[at])
                after[at], first[self.of[at]] = first[self.of[at]], at
            for way in range(self.kinds):
                nodes[self.start] = way + 1
                for at in range(self.arc_from[way], self.arc_from[way + 1]):
                    links[self.arc[at] >> 1] = nodes[graph.head[self.arc[at]]] = way + 1
                at = first[way]
                while at >= 0:
                    place = self.place[at]
                    for of in range(states.link_from[place], states.link_from[place + 1]):
                        if links[states.link[of]] == way + 1:
                            found = min(found, at)
                    for of in range(states.node_from[place], states.node_from[place + 1]):
                        if nodes[states.node[of]] == way + 1:
                            found = min(found, at)
                    at = after[at]
                nodes[self.start] = 0
            return -1 if found == self.count else found
        finally:
            PyMem_Free(first)
            PyMem_Free(after)
            PyMem_Free(links)
            PyMem_Free(nodes)

    def folded(self, tuple base not None):
        """Return the same in few bytes, for `unfolded`; `base` are the arcs of the normal state, from which most ways differ little."""
        cdef Graph graph = self.graph
        cdef int at, way, first = 0, number, count = len(base), total = self.arc_from[self.kinds]
        cdef int* normal = NULL
        cdef int* own = NULL
        cdef char* room = NULL
        cdef i64 step
        cdef _Ink ink
        try:
            normal = ints_of(base)
            for at in range(count):
                if not 0 <= normal[at] < graph.arcs:
                    raise IndexError(normal[at])
            qsort(normal, count, sizeof(int), _by_number)
            own = <int*>room_for(total, sizeof(int))
            # of each way at most all arcs of the normal state are gone, and all of its own are new
            room = <char*>room_for(5 * (4 + count + 2 * <i64>self.count + (5 + <i64>count) * self.kinds + total), 1)
            ink = _Ink(room, 0)
            _write(&ink, self.start)
            _write(&ink, count)
            for at in range(count):
                _write(&ink, normal[at] - (normal[at - 1] if at else 0))
            _write(&ink, self.kinds)
            for way in range(self.kinds):
                number = self.arc_from[way + 1] - self.arc_from[way]
                _write(&ink, 2 * self.latency_us[way] + self.several[way])
                if number:
                    memcpy(own, self.arc + self.arc_from[way], number * sizeof(int))
                    qsort(own, number, sizeof(int), _by_number)
                _fold(&ink, normal, count, own, number)
            _write(&ink, self.count)
            for at in range(self.count):
                step = <i64>self.place[at] - first
                _write(&ink, 2 * step if step >= 0 else -2 * step - 1)
                _write(&ink, self.of[at])
                first = self.place[at]
            return PyBytes_FromStringAndSize(room, ink.used)
        finally:
            PyMem_Free(normal)
            PyMem_Free(own)
            PyMem_Free(room)

    cdef int _check(self, int way) except -1:
        if not 0 <= way < self.kinds:
            raise IndexError(way)
        return 0


cdef struct _Ink:      # bytes that are written, or read: numbers in groups of seven bits, the lowest first
    char* at
    Py_ssize_t used


cdef struct _Fork:
    int first          # where the arcs begin that leave the node
    int end
    int at
    unsigned long long parts


cdef inline void _write(_Ink* ink, unsigned long long number) noexcept nogil:
    while number >= 128:
        ink.at[ink.used] = <char>(number & 127 | 128)
        ink.used += 1
        number >>= 7
    ink.at[ink.used] = <char>number
    ink.used += 1


cdef i64 _read(_Ink* ink, Py_ssize_t size, i64 most) except -1:
    """Return the next number, which is at most so much."""
    cdef unsigned long long found = 0
    cdef int shift = 0
    cdef unsigned char byte
    while True:
        if ink.used >= size or shift > 56:
            raise ValueError("these are no ways")
        byte = <unsigned char>ink.at[ink.used]
        ink.used += 1
        found |= <unsigned long long>(byte & 127) << shift
        shift += 7
        if byte < 128:
            break
    if found > <unsigned long long>most:
        raise ValueError("these are no ways")
    return <i64>found


cdef void _fold(_Ink* ink, const int* base, int many, const int* own, int count) noexcept:
    """Write how some sorted arcs differ from others: the places of what is gone, and what is new, each as the distance from the one before."""
    cdef int at, place, gone = 0, new = 0, last = 0, sign
    for sign in range(2):  # first how many, then each
        at, place, last = 0, 0, 0
        if sign:
            _write(ink, gone)
        while at < many:
            if place < count and own[place] < base[at]:
                place += 1
            elif place < count and own[place] == base[at]:
                at, place = at + 1, place + 1
            else:
                if sign:
                    _write(ink, at - last)
                gone, last, at = gone + 1 - sign, at, at + 1
    for sign in range(2):
        at, place, last = 0, 0, 0
        if sign:
            _write(ink, new)
        while place < count:
            if at < many and base[at] < own[place]:
                at += 1
            elif at < many and base[at] == own[place]:
                at, place = at + 1, place + 1
            else:
                if sign:
                    _write(ink, own[place] - last)
                new, last, place = new + 1 - sign, own[place], place + 1


cdef int _unfold(_Ink* ink, Py_ssize_t size, const int* base, int many, int arcs, int* own, int* lost) except -1:
    """Read the same arcs into `own`, where there is room for as many as there are in the network; return how many. `lost`: room for as many as `base`."""
    cdef int at, place = 0, count = 0, number = 0, new, arc = 0, next_lost = 0, gone = <int>_read(ink, size, many)
    for at in range(gone):
        number += <int>_read(ink, size, many)
        if number >= many or (at and number <= lost[at - 1]):
            raise ValueError("these are no ways")
        lost[at] = number
    new = <int>_read(ink, size, arcs)
    for at in range(new):
        number = <int>_read(ink, size, arcs)
        if at and not number:
            raise ValueError("these are no ways")
        arc += number
        if arc >= arcs:
            raise ValueError("these are no ways")
        while place < many and base[place] <= arc:
            if next_lost < gone and lost[next_lost] == place:
                next_lost += 1
            elif base[place] == arc:
                raise ValueError("these are no ways")
            else:
                own[count] = base[place]
                count += 1
            place += 1
        own[count] = arc
        count += 1
    for place in range(place, many):
        if next_lost < gone and lost[next_lost] == place:
            next_lost += 1
        else:
            own[count] = base[place]
            count += 1
    return count


cdef int _in_turn(Graph graph, int start, int* arcs, int count) except -1:
    """Put the sorted arcs of one path into the order in which it takes them."""
    cdef int at, place, node = start
    for at in range(count):
        place = at
        while place < count and graph.tail[arcs[place]] != node:
            place += 1
        if place == count:
            raise ValueError("these are no ways")
        arcs[at], arcs[place] = arcs[place], arcs[at]
        node = graph.head[arcs[at]]
    return 0


def unfolded(Graph graph not None, bytes folded not None):
    """Return `Ways` from what `Ways.folded` has made of them, over the same network."""
    cdef Ways ways = Ways.__new__(Ways)
    cdef Py_ssize_t size = len(folded)
    cdef _Ink ink = _Ink(PyBytes_AS_STRING(folded), 0)
    cdef i64 number, last = 0
    cdef int at, way, count, many, room = 0
    cdef int* base = NULL
    cdef int* own = NULL
    cdef int* lost = NULL
    cdef void* grown
    if not graph.nodes:
        raise ValueError("these are no ways")
    ways.graph = graph
    try:
        own = <int*>room_for(graph.arcs, sizeof(int))
        ways.start = <int>_read(&ink, size, graph.nodes - 1)
        many = <int>_read(&ink, size, graph.arcs)
        base, lost = <int*>room_for(many, sizeof(int)), <int*>room_for(many, sizeof(int))
        for at in range(many):
            last += _read(&ink, size, graph.arcs)
            if last >= graph.arcs or (at and last <= base[at - 1]):
                raise ValueError("these are no ways")
            base[at] = <int>last
        # each way, and each state, takes a byte at least
        ways.kinds = <int>_read(&ink, size, size)
        ways.arc_from = <int*>PyMem_Calloc(ways.kinds + 1, sizeof(int))
        ways.latency_us = <i64*>PyMem_Calloc(ways.kinds + 1, sizeof(i64))
        ways.several = <char*>PyMem_Calloc(ways.kinds + 1, 1)
        if ways.arc_from == NULL or ways.latency_us == NULL or ways.several == NULL:
            raise MemoryError
        for way in range(ways.kinds):
            number = _read(&ink, size, 2 * LONGEST + 1)
            ways.latency_us[way], ways.several[way] = number >> 1, number & 1
            count = _unfold(&ink, size, base, many, graph.arcs, own, lost)
            if not ways.several[way]:
                _in_turn(graph, ways.start, own, count)
            if ways.arc_from[way] + <i64>count > 1 << 30:
                raise ValueError("these are no ways")
            if ways.arc_from[way] + count > room:
                room = 2 * (ways.arc_from[way] + count)
                grown = PyMem_Realloc(ways.arc, room * sizeof(int))
                if grown == NULL:
                    raise MemoryError
                ways.arc = <int*>grown
            if count:
                memcpy(ways.arc + ways.arc_from[way], own, count * sizeof(int))
            ways.arc_from[way + 1] = ways.arc_from[way] + count
        count = <int>_read(&ink, size, size)
        ways.place, ways.of = <int*>room_for(count, sizeof(int)), <int*>room_for(count, sizeof(int))
        last = 0
        for at in range(count):
            number = _read(&ink, size, <i64>1 << 32)
            last += (number >> 1) if not number & 1 else -((number + 1) >> 1)
            if not 0 <= last < <i64>1 << 31:
                raise ValueError("these are no ways")
            ways.place[at], ways.of[at] = <int>last, <int>_read(&ink, size, ways.kinds - 1 if ways.kinds else 0)
            if not ways.kinds:
                raise ValueError("these are no ways")
        ways.count = count
        if ink.used != size:
            raise ValueError("these are no ways")
        return ways
    finally:
        PyMem_Free(base)
        PyMem_Free(own)
        PyMem_Free(lost)


cdef struct _Leaving:
    int tail
    int arc


cdef int _by_tail(const void* one, const void* other) noexcept nogil:
    cdef const _Leaving* a = <const _Leaving*>one
    cdef const _Leaving* b = <const _Leaving*>other
    if a.tail != b.tail:
        return (a.tail > b.tail) - (a.tail < b.tail)
    return (a.arc > b.arc) - (a.arc < b.arc)


cdef int _first_from(const _Leaving* rows, int count, int node) noexcept nogil:
    """Return where the arcs that leave a node begin, or would."""
    cdef int low = 0, high = count, middle
    while low < high:
        middle = (low + high) >> 1
        if rows[middle].tail < node:
            low = middle + 1
        else:
            high = middle
    return low


cdef tuple _paths(Ways ways, int way):
    """Return all paths along the arcs of a way, sorted as they are found: depth first, at each node the lowest arc first."""
    cdef Graph graph = ways.graph
    cdef int begin = ways.arc_from[way], count = ways.arc_from[way + 1] - begin, at, depth = 0, node = ways.start
    cdef unsigned long long parts = 1
    cdef _Leaving* rows = NULL
    cdef _Fork* forks = NULL
    cdef int* path = NULL
    cdef list found = []
    try:
        rows = <_Leaving*>room_for(count, sizeof(_Leaving))
        forks = <_Fork*>room_for(count, sizeof(_Fork))
        path = <int*>room_for(count, sizeof(int))
        for at in range(count):
            rows[at].arc, rows[at].tail = ways.arc[begin + at], graph.tail[ways.arc[begin + at]]
        qsort(rows, count, sizeof(_Leaving), _by_tail)
        while True:
            at = _first_from(rows, count, node)
            if at < count and rows[at].tail == node:
                if depth == count:
                    raise ValueError("these are no ways")
                forks[depth].first = forks[depth].at = forks[depth].end = at
                while forks[depth].end < count and rows[forks[depth].end].tail == node:
                    forks[depth].end += 1
                forks[depth].parts = parts
                depth += 1
            else:
                if len(found) == MOST_TRAILS:
                    raise ValueError("these are no ways")
                found.append((arcs_of(graph, path, depth), parts))
                while depth and forks[depth - 1].at + 1 == forks[depth - 1].end:
                    depth -= 1
                if not depth:
                    return tuple(found)
                forks[depth - 1].at += 1
            path[depth - 1] = rows[forks[depth - 1].at].arc
            parts = forks[depth - 1].parts * (forks[depth - 1].end - forks[depth - 1].first)
            node = graph.head[path[depth - 1]]
    finally:
        PyMem_Free(rows)
        PyMem_Free(forks)
        PyMem_Free(path)


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


cdef class _Desk:
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

    cdef int judge(self, const int* arcs, int count, int end, i64* latency_us) except -1:
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
        if not self.judge(self.path, count, end, &latency_us):
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
        qsort(self.path, count, sizeof(int), _by_number)
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
        if total > self.bound or total > LONGEST:
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


cdef _Desk _desk_of(
    Tree tree, Figures figures, scale, ahead, bound, frozenset accepted, frozenset fences, frozenset barred
):
    """Return what judges paths to the targets of a tree as `settled` says; None where anything is no word."""
    cdef _Desk desk = _Desk.__new__(_Desk)
    if figures.graph is not tree.graph:
        raise ValueError("figures of another network")
    if scale > 1 << 62 or not (ahead is None or 0 <= ahead <= 1 << 20):
        return None
    desk.tree, desk.figures = tree, figures
    desk.accepted, desk.fences, desk.barred = accepted, fences, barred
    desk.scale, desk.ahead = scale, -1 if ahead is None else ahead
    desk.bound = 1 << 62 if bound is None else max(-1, min(bound, 1 << 62))
    return desk


def right_way(
    Tree tree not None, int start, Figures figures not None, scale, ahead,
    bound, frozenset accepted not None, frozenset fences not None, frozenset barred not None,
):
    """Return the arcs of the only shortest path from a node in the normal state, if `settled` would have packets take it in any state.

    None: there is no such path, or they are several, or it has no arc, or is not right, or the kernel does not tell.
    """
    cdef Graph graph = tree.graph
    cdef _Desk desk = _desk_of(tree, figures, scale, ahead, bound, accepted, fences, barred)
    cdef int* path = tree.desk.path
    cdef i64 latency_us = 0
    cdef int count
    if not 0 <= start < graph.nodes:
        raise IndexError(start)
    if desk is None:
        return None
    count = only_way(tree, None, start, path)
    if count <= 0 or not desk.judge(path, count, graph.head[path[count - 1]], &latency_us):
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
    cdef _Desk desk = _desk_of(tree, figures, scale, ahead, bound, accepted, fences, barred)
    cdef Repair repair = Repair(tree, (), ())
    cdef Py_ssize_t rows = len(places)
    cdef int at, way, place, other, node, count, normal_count, end, is_down
    cdef int* normal = NULL
    cdef i64 leads = new_leads(tree)
    if not 0 <= start < graph.nodes or states.most_node >= graph.nodes or 2 * states.most_link + 1 >= graph.arcs:
        raise IndexError("of another network")
    if desk is None:
        return None
    desk.ways = found
    found.graph, found.start = graph, start
    found.place, found.of = <int*>PyMem_Calloc(rows + 1, sizeof(int)), <int*>PyMem_Calloc(rows + 1, sizeof(int))
    found.arc_from = <int*>PyMem_Calloc(rows + 2, sizeof(int))
    found.latency_us = <i64*>PyMem_Calloc(rows + 1, sizeof(i64))
    found.several = <char*>PyMem_Calloc(rows + 1, 1)
    desk.marks = <unsigned long long*>PyMem_Calloc(rows + 1, sizeof(unsigned long long))
    desk.path = <int*>PyMem_Malloc((graph.nodes + graph.arcs + 2) * sizeof(int))
    normal = <int*>PyMem_Malloc((graph.nodes + 2) * sizeof(int))
    try:
        if (found.place == NULL or found.of == NULL or found.arc_from == NULL or found.latency_us == NULL
                or found.several == NULL or desk.path == NULL or desk.marks == NULL or normal == NULL):
            raise MemoryError
        normal_count = only_way(tree, None, start, normal)
        if normal_count < 0:
            desk.note_normal(start, leads)
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
            count = detour(repair, start, leads, desk.path)
            if count >= 0:
                if count == normal_count and not memcmp(desk.path, normal, count * sizeof(int)):
                    break
                end = graph.head[desk.path[count - 1]] if count else start
                way = desk.single(count, end)
            else:
                way = -1 if is_narrow else desk.multiple(repair, start, leads)
            if way < 0:
                break
            found.place[found.count], found.of[found.count] = place, way
            found.count += 1
        return found
    finally:
        PyMem_Free(normal)


def _starts(groups):
    found, at = [0], 0
    for group in groups:
        at += len(group)
        found.append(at)
    return found
