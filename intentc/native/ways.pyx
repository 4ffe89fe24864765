"""Where packets go in failure states: the ways that are taken, each once, as their arcs, and which one is taken in which state.

They are *folded* once a demand is settled: a kilobyte in place of ten, as most of a way is the way of the normal state. Several
paths are kept as the arcs that any of them takes: at each node packets are split over all of these that leave it.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Realloc
from libc.stdlib cimport qsort
from libc.string cimport memcpy

from intentc.native.arrays cimport by_number, ints_of, room_for
from intentc.native.folds cimport Ink, fold, read, unfold, write
from intentc.native.graph cimport Graph
from intentc.native.igp cimport arcs_of
from intentc.native.states cimport States


LONGEST_US = 1 << 60


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
        cdef Ink ink
        try:
            normal = ints_of(base)
            for at in range(count):
                if not 0 <= normal[at] < graph.arcs:
                    raise IndexError(normal[at])
            qsort(normal, count, sizeof(int), by_number)
            own = <int*>room_for(total, sizeof(int))
            # of each way at most all arcs of the normal state are gone, and all of its own are new
            room = <char*>room_for(5 * (4 + count + 2 * <i64>self.count + (5 + <i64>count) * self.kinds + total), 1)
            ink = Ink(room, 0)
            write(&ink, self.start)
            write(&ink, count)
            for at in range(count):
                write(&ink, normal[at] - (normal[at - 1] if at else 0))
            write(&ink, self.kinds)
            for way in range(self.kinds):
                number = self.arc_from[way + 1] - self.arc_from[way]
                write(&ink, 2 * self.latency_us[way] + self.several[way])
                if number:
                    memcpy(own, self.arc + self.arc_from[way], number * sizeof(int))
                    qsort(own, number, sizeof(int), by_number)
                fold(&ink, normal, count, own, number)
            write(&ink, self.count)
            for at in range(self.count):
                step = <i64>self.place[at] - first
                write(&ink, 2 * step if step >= 0 else -2 * step - 1)
                write(&ink, self.of[at])
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


def unfolded(Graph graph not None, bytes folded not None):
    """Return `Ways` from what `Ways.folded` has made of them, over the same network."""
    cdef Ways ways = Ways.__new__(Ways)
    cdef Py_ssize_t size = len(folded)
    cdef Ink ink = Ink(PyBytes_AS_STRING(folded), 0)
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
        ways.start = <int>read(&ink, size, graph.nodes - 1)
        many = <int>read(&ink, size, graph.arcs)
        base, lost = <int*>room_for(many, sizeof(int)), <int*>room_for(many, sizeof(int))
        for at in range(many):
            last += read(&ink, size, graph.arcs)
            if last >= graph.arcs or (at and last <= base[at - 1]):
                raise ValueError("these are no ways")
            base[at] = <int>last
        # each way, and each state, takes a byte at least
        ways.kinds = <int>read(&ink, size, size)
        ways.arc_from = <int*>PyMem_Calloc(ways.kinds + 1, sizeof(int))
        ways.latency_us = <i64*>PyMem_Calloc(ways.kinds + 1, sizeof(i64))
        ways.several = <char*>PyMem_Calloc(ways.kinds + 1, 1)
        if ways.arc_from == NULL or ways.latency_us == NULL or ways.several == NULL:
            raise MemoryError
        for way in range(ways.kinds):
            number = read(&ink, size, 2 * LONGEST_US + 1)
            ways.latency_us[way], ways.several[way] = number >> 1, number & 1
            count = unfold(&ink, size, base, many, graph.arcs, own, lost)
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
        count = <int>read(&ink, size, size)
        ways.place, ways.of = <int*>room_for(count, sizeof(int)), <int*>room_for(count, sizeof(int))
        last = 0
        for at in range(count):
            number = read(&ink, size, <i64>1 << 32)
            last += (number >> 1) if not number & 1 else -((number + 1) >> 1)
            if not 0 <= last < <i64>1 << 31:
                raise ValueError("these are no ways")
            ways.place[at], ways.of[at] = <int>last, <int>read(&ink, size, ways.kinds - 1 if ways.kinds else 0)
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


cdef struct _Fork:
    int first          # where the arcs begin that leave the node
    int end
    int at
    unsigned long long parts


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
