"""The room of all arcs of a network: how full they get under a load, the prices that follow from it, and cuts along an order of nodes.

Figures are the doubles that Python's own arithmetic comes to: the same steps, in the same order.
"""

from cpython.mem cimport PyMem_Free
from libc.string cimport memset

from intentc.native.arrays cimport doubles_of, ints_of, longs_of, room_for
from intentc.native.graph cimport Graph, i64

MOST = 1 << 62  # what all rates, or all rooms, may come to

cdef double _GOLDEN = 0.6180339887498949
cdef double _HUGE = 1e280


cdef class Rooms:
    """What is left of every arc in bps, and rates between nodes: a row of `rates` is (start, goal, bps)."""

    cdef Graph graph
    cdef i64* room
    cdef int* by_start_from  # per node, and one more: where its rates begin in the two behind
    cdef int* goals
    cdef i64* going
    cdef int* by_goal_from
    cdef int* starts
    cdef i64* coming

    def __cinit__(self, Graph graph not None, room, rates):
        cdef list rows = list(rates)
        if len(room) != graph.arcs or min(room, default=0) < 0 or sum(room) >= MOST:
            raise ValueError("one room per arc, none below zero, and none too large to be counted")
        for start, goal, bps in rows:
            if not (0 <= start < graph.nodes and 0 <= goal < graph.nodes):
                raise ValueError("no such node")
            if bps < 0:
                raise ValueError("a rate below zero")
        if sum([bps for _, _, bps in rows]) >= MOST:
            raise ValueError("rates that are too large to be counted")
        self.graph = graph
        self.room = longs_of(room)
        rows.sort()
        self.by_start_from = ints_of(_froms([start for start, _, _ in rows], graph.nodes))
        self.goals, self.going = ints_of([goal for _, goal, _ in rows]), longs_of([bps for _, _, bps in rows])
        rows.sort(key=_goal)
        self.by_goal_from = ints_of(_froms([goal for _, goal, _ in rows], graph.nodes))
        self.starts, self.coming = ints_of([start for start, _, _ in rows]), longs_of([bps for _, _, bps in rows])

    def __dealloc__(self):
        PyMem_Free(self.room)
        PyMem_Free(self.by_start_from)
        PyMem_Free(self.goals)
        PyMem_Free(self.going)
        PyMem_Free(self.by_goal_from)
        PyMem_Free(self.starts)
        PyMem_Free(self.coming)

    def along(self, order):
        """Return (how many nodes, what has to leave them, the room of the arcs out of them) of the first nodes of an order.

        Only where twice what leaves them is more than the room. The twin: `place.certificates.market.Market.along_twin`.
        """
        cdef Graph graph = self.graph
        cdef char* is_inside = NULL
        cdef int* nodes = NULL
        cdef int at, arc, node, count = 0
        cdef i64 crossing = 0, room = 0
        cdef list found = []
        for node in order:
            if not 0 <= node < graph.nodes:
                raise ValueError("no such node")
        try:
            nodes, is_inside = ints_of(order), <char*>room_for(graph.nodes, 1)
            memset(is_inside, 0, max(1, graph.nodes))
            for count in range(len(order)):
                node = nodes[count]
                for at in range(self.by_start_from[node], self.by_start_from[node + 1]):
                    crossing += 0 if is_inside[self.goals[at]] else self.going[at]
                for at in range(self.by_goal_from[node], self.by_goal_from[node + 1]):
                    crossing -= self.coming[at] if is_inside[self.starts[at]] else 0
                for at in range(graph.leaving_from[node], graph.leaving_from[node + 1]):
                    arc = graph.leaving[at]
                    room += 0 if is_inside[graph.head[arc]] else self.room[arc]
                for at in range(graph.entering_from[node], graph.entering_from[node + 1]):
                    arc = graph.entering[at]
                    room -= self.room[arc] if is_inside[graph.tail[arc]] else 0
                is_inside[node] = 1
                if 2 * crossing > room:
                    found.append((count + 1, crossing, room))
            return found
        finally:
            PyMem_Free(nodes)
            PyMem_Free(is_inside)

    def prices(self, load, int doublings, double finest):
        """Return how full arcs get under a load, to the power of 2^`doublings` per bit of room, as shares of the largest such figure.

        In units of 1 / `finest`, rounded down. The twin: `place.certificates.prices.prices_twin`.
        """
        cdef double* power = NULL
        cdef double most = 0.0
        cdef int arc
        cdef list found = []
        self._check_load(load, doublings)
        try:
            power = doubles_of(load)
            self._raise(power, doublings)
            for arc in range(self.graph.arcs):
                power[arc] = power[arc] / <double>(self.room[arc] if self.room[arc] else 1)
                most = power[arc] if power[arc] > most else most
            most = most if most > 0.0 else 1.0
            for arc in range(self.graph.arcs):
                found.append(<i64>(power[arc] / most * finest))
            return found
        finally:
            PyMem_Free(power)

    def mixed(self, load, other, int doublings, int steps):
        """Return the load between two where the sum of the powers of how full arcs get is least, within so many golden sections.

        The twin: `place.certificates.prices.mixed_twin`.
        """
        cdef double* old = NULL
        cdef double* new = NULL
        cdef double* power = NULL
        cdef double low = 0.0, high = 1.0, left, right
        cdef int arc, step
        self._check_load(load, doublings)
        self._check_load(other, doublings)
        try:
            old, new = doubles_of(load), NULL
            new = doubles_of(other)
            power = <double*>room_for(self.graph.arcs, sizeof(double))
            for step in range(steps):
                left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
                if self._total(power, old, new, left, doublings) <= self._total(power, old, new, right, doublings):
                    high = right
                else:
                    low = left
            left = (low + high) / 2
            return [old[arc] + left * (new[arc] - old[arc]) for arc in range(self.graph.arcs)]
        finally:
            PyMem_Free(old)
            PyMem_Free(new)
            PyMem_Free(power)

    cdef double _total(self, double* power, const double* old, const double* new, double share, int doublings) noexcept:
        """Return the sum of the powers of a load between two; about that where it outgrows a double."""
        cdef double most, size, total = 0.0
        cdef int arc, step
        for arc in range(self.graph.arcs):
            power[arc] = old[arc] + share * (new[arc] - old[arc])
        most = self._raise(power, doublings)
        size = most if most < 1e3 else 1e3
        for step in range(doublings):
            size *= size
            if size > _HUGE:
                return size * most
        for arc in range(self.graph.arcs):
            total += power[arc]
        return total * size

    cdef double _raise(self, double* load, int doublings) noexcept:
        """Make of a load how full it makes arcs, as shares of the fullest, squared so often; return how full that is."""
        cdef double most = 0.0, value
        cdef int arc, step
        for arc in range(self.graph.arcs):
            load[arc] = load[arc] / <double>(self.room[arc] if self.room[arc] else 1)
            most = load[arc] if load[arc] > most else most
        most = most if most > 0.0 else 1.0
        for arc in range(self.graph.arcs):
            value = load[arc] / most
            for step in range(doublings):
                value *= value
            load[arc] = value
        return most

    cdef int _check_load(self, load, int doublings) except -1:
        if len(load) != self.graph.arcs or min(load, default=0) < 0 or not 0 <= doublings <= 64:
            raise ValueError("one load per arc, none below zero")
        return 0


def _goal(row):
    return row[1]


cdef list _froms(list nodes, int count):
    """Return where the places of each node begin in a sorted list of nodes, and where the last ones end."""
    cdef list found = [0] * (count + 1)
    cdef int node
    for node in nodes:
        found[node + 1] += 1
    for node in range(count):
        found[node + 1] += found[node]
    return found
