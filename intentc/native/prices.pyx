"""Cheapest ways at prices per arc, and all ways there are: what certificates and the lower bound are counted from.

The dearest price times the nodes has to stay below 2^62, and so has the sum of all rates: else the twins have to do.
"""

from cpython.mem cimport PyMem_Free
from libc.stdlib cimport free
from libc.string cimport memset

from intentc.native.arrays cimport ints_of, longs_of, room_for
from intentc.native.graph cimport Graph, i64
from intentc.native.heap cimport Heap, Pair, pop, push

FAR = 1 << 62
cdef i64 _FAR = 1 << 62


cdef _check_prices(Graph graph, prices):
    """Raise ValueError where prices would lead beyond an array, or a search into a circle."""
    if len(prices) != graph.arcs or min(prices, default=0) < 0 or max(prices, default=0) * graph.nodes >= FAR:
        raise ValueError("one price per arc, none below zero, and none too large to be counted")


cdef _check(Graph graph, bytes flags, nodes):
    """The same of flags and nodes."""
    if len(flags) != graph.arcs:
        raise ValueError("one flag per arc")
    for node in nodes:
        if not 0 <= node < graph.nodes:
            raise ValueError("no such node")


cdef class _Search:
    """The arrays of searches from goals backwards over one network."""

    cdef Graph graph
    cdef i64* distance
    cdef int* following
    cdef int* waiting
    cdef char* is_goal
    cdef char* is_asked
    cdef Heap heap

    def __cinit__(self, Graph graph):
        self.graph = graph
        self.distance = <i64*>room_for(graph.nodes, sizeof(i64))
        self.following = <int*>room_for(graph.nodes, sizeof(int))
        self.waiting = <int*>room_for(graph.nodes, sizeof(int))
        self.is_goal = <char*>room_for(graph.nodes, 1)
        self.is_asked = <char*>room_for(graph.nodes, 1)
        memset(self.is_goal, 0, max(1, graph.nodes))
        memset(self.is_asked, 0, max(1, graph.nodes))

    def __dealloc__(self):
        PyMem_Free(self.distance)
        PyMem_Free(self.following)
        PyMem_Free(self.waiting)
        PyMem_Free(self.is_goal)
        PyMem_Free(self.is_asked)
        free(self.heap.rows)

    cdef int grow(
        self, const i64* price, const char* closed, const int* goals, int count, int asked, bint is_transit_kept,
        bint is_by_hops,
    ) except -1:
        """Fill `distance` and `following`; of nodes that are `asked` (so many: -1 for all) the last one ends the search.

        Ties go to the node that comes first, with `is_by_hops` to the one with fewer links to a goal and then to that.
        """
        cdef Graph graph = self.graph
        cdef int node, arc, before, at
        cdef i64 dearer, hop = (1 << 32) if is_by_hops else 0
        cdef Pair row
        for node in range(graph.nodes):
            self.distance[node], self.following[node] = _FAR, -1
        self.heap.count = 0
        for at in range(count):
            node = goals[at]
            self.is_goal[node] = 1
            if self.distance[node]:
                self.distance[node] = 0
                push(&self.heap, 0, node)
        while self.heap.count:
            row = pop(&self.heap)
            node = <int>(row.value & 0xFFFFFFFF)
            if row.key > self.distance[node]:
                continue
            if asked >= 0:
                asked -= self.is_asked[node]
                self.is_asked[node] = 0
                if asked == 0:
                    break
            if is_transit_kept and not (graph.has_transit[node] or self.is_goal[node]):
                continue
            for at in range(graph.entering_from[node], graph.entering_from[node + 1]):
                arc = graph.entering[at]
                dearer, before = row.key + price[arc], graph.tail[arc]
                if dearer < self.distance[before] and not closed[arc]:
                    self.distance[before], self.following[before] = dearer, arc
                    push(&self.heap, dearer, ((row.value >> 32) * hop + hop) | before)
        for at in range(count):
            self.is_goal[goals[at]] = 0
        return 0

    cdef int level(
        self, const i64* price, const char* closed, const int* goals, int count, int asked, bint is_transit_kept
    ) except -1:
        """Fill `distance` as `grow` does, where every price is 0 or 1: what is as far is looked at together, in no order."""
        cdef Graph graph = self.graph
        cdef int node, arc, before, at, here_count = 0, next_count = 0
        cdef i64 far = 0
        cdef int* here = self.following  # the ways are not asked for
        cdef int* next = self.waiting
        for node in range(graph.nodes):
            self.distance[node] = _FAR
        for at in range(count):
            node = goals[at]
            self.is_goal[node] = 1
            if self.distance[node]:
                self.distance[node], here[here_count] = 0, node
                here_count += 1
        while here_count and asked:
            while here_count:  # no node stands twice among those of one distance: it comes there when that becomes its own
                here_count -= 1
                node = here[here_count]
                if self.distance[node] != far:
                    continue
                if asked >= 0:
                    asked -= self.is_asked[node]
                    self.is_asked[node] = 0
                    if asked == 0:
                        break
                if is_transit_kept and not (graph.has_transit[node] or self.is_goal[node]):
                    continue
                for at in range(graph.entering_from[node], graph.entering_from[node + 1]):
                    arc = graph.entering[at]
                    before = graph.tail[arc]
                    if far + price[arc] < self.distance[before] and not closed[arc]:
                        self.distance[before] = far + price[arc]
                        if price[arc]:
                            next[next_count] = before
                            next_count += 1
                        else:
                            here[here_count] = before
                            here_count += 1
            here, next = next, here
            here_count, next_count = next_count, 0
            far += 1
        for at in range(count):
            self.is_goal[goals[at]] = 0
        return 0


def distances(Graph graph, prices, bytes closed, goals, *, bint is_transit_kept=False):
    """Return the least sum of prices from every node to a goal over arcs that are not closed, `FAR` where there is no way.

    The twin: `place.cheapest.fares`.
    """
    _check_prices(graph, prices)
    _check(graph, closed, goals)
    cdef _Search search = _Search(graph)
    cdef i64* price = NULL
    cdef int* ends = NULL
    cdef int node
    try:
        price, ends = longs_of(prices), ints_of(goals)
        search.grow(price, closed, ends, len(goals), -1, is_transit_kept, False)
        return [search.distance[node] for node in range(graph.nodes)]
    finally:
        PyMem_Free(price)
        PyMem_Free(ends)


cdef class Trees:
    """Trees to be grown at ever other prices: per tree its goals, a flag per arc that is closed to it, and rates by their starts.

    A row of `trees` is (goals, flags, [(starts, rate), …]).
    """

    cdef Graph graph
    cdef readonly int groups
    cdef list closed  # per tree
    cdef int* goals_from
    cdef int* goals
    cdef int* groups_from
    cdef int* starts_from
    cdef int* starts
    cdef i64* rate
    cdef bint is_transit_kept
    cdef bint is_by_hops

    def __cinit__(self, Graph graph, trees, *, bint is_transit_kept, bint is_by_hops):
        cdef list goals = [], goals_from = [0], groups_from = [0], starts = [], starts_from = [0], rates = []
        self.graph, self.closed = graph, []
        self.is_transit_kept, self.is_by_hops = is_transit_kept, is_by_hops
        for ends, flags, rows in trees:
            goals += ends
            goals_from.append(len(goals))
            self.closed.append(bytes(flags))
            _check(graph, flags, ends)
            for nodes, rate in rows:
                _check(graph, flags, nodes)
                starts += sorted(nodes)
                starts_from.append(len(starts))
                rates.append(rate)
            groups_from.append(len(rates))
        if sum(rates) >= FAR or min(rates, default=0) < 0:
            raise ValueError("a rate below zero, or more than can be counted")
        self.groups = len(rates)
        self.goals_from, self.goals = ints_of(goals_from), ints_of(goals)
        self.groups_from = ints_of(groups_from)
        self.starts_from, self.starts = ints_of(starts_from), ints_of(starts)
        self.rate = longs_of(rates)

    def __dealloc__(self):
        PyMem_Free(self.goals_from)
        PyMem_Free(self.goals)
        PyMem_Free(self.groups_from)
        PyMem_Free(self.starts_from)
        PyMem_Free(self.starts)
        PyMem_Free(self.rate)

    def bill(self, prices):
        """Return what a bit of each group pays on its cheapest way, -1 where it has none, and the load that comes of it per arc.

        The twin: `place.cheapest.Forest.bill_twin`.
        """
        cdef _Search search = _Search(self.graph)
        cdef i64* price = NULL
        cdef i64* load = NULL
        cdef int tree, group, at, nearest
        cdef list fares = []
        _check_prices(self.graph, prices)
        try:
            price, load = longs_of(prices), <i64*>room_for(self.graph.arcs, sizeof(i64))
            memset(load, 0, max(1, self.graph.arcs) * sizeof(i64))
            for tree in range(len(self.closed)):
                self.grow(search, price, tree, False)
                for group in range(self.groups_from[tree], self.groups_from[tree + 1]):
                    nearest = self.nearest(search, group)
                    fares.append(-1 if nearest < 0 else search.distance[nearest])
                    while nearest >= 0 and search.following[nearest] >= 0:
                        load[search.following[nearest]] += self.rate[group]
                        nearest = self.graph.head[search.following[nearest]]
            return fares, [load[at] for at in range(self.graph.arcs)]
        finally:
            PyMem_Free(price)
            PyMem_Free(load)

    def fares(self, prices):
        """Return what a bit of each group pays, as in a bill."""
        cdef _Search search = _Search(self.graph)
        cdef i64* price = NULL
        cdef int tree, group, nearest
        cdef list fares = []
        cdef bint is_flat = max(prices, default=0) <= 1
        _check_prices(self.graph, prices)
        try:
            price = longs_of(prices)
            for tree in range(len(self.closed)):
                self.grow(search, price, tree, is_flat)
                for group in range(self.groups_from[tree], self.groups_from[tree + 1]):
                    nearest = self.nearest(search, group)
                    fares.append(-1 if nearest < 0 else search.distance[nearest])
            return fares
        finally:
            PyMem_Free(price)

    cdef int grow(self, _Search search, const i64* price, int tree, bint is_flat) except -1:
        """Let the search find what the starts of a tree pay; `is_flat`: all prices are 0 or 1, and nobody asks for the ways."""
        cdef int first = self.starts_from[self.groups_from[tree]], last = self.starts_from[self.groups_from[tree + 1]]
        cdef int* goals = self.goals + self.goals_from[tree]
        cdef int count = self.goals_from[tree + 1] - self.goals_from[tree], asked = 0, at
        cdef bytes closed = self.closed[tree]
        for at in range(first, last):
            asked += not search.is_asked[self.starts[at]]
            search.is_asked[self.starts[at]] = 1
        if is_flat:
            search.level(price, closed, goals, count, asked, self.is_transit_kept)
        else:
            search.grow(price, closed, goals, count, asked, self.is_transit_kept, self.is_by_hops)
        for at in range(first, last):
            search.is_asked[self.starts[at]] = 0
        return 0

    cdef int nearest(self, _Search search, int group) noexcept:
        """Return the start of a group that is nearest, the first of several, -1 where none leads to a goal."""
        cdef int found = -1, at, node
        for at in range(self.starts_from[group], self.starts_from[group + 1]):
            node = self.starts[at]
            if found < 0 or search.distance[node] < search.distance[found]:
                found = node
        return -1 if found < 0 or search.distance[found] == _FAR else found


def order(Graph graph, prices, bytes closed, int start, *, bint is_backward):
    """Return the nodes that can be reached from a start (or reach it), by their distance over arcs that are not closed.

    The twin: `place.certificates.prices.by_distance_twin`.
    """
    _check_prices(graph, prices)
    _check(graph, closed, (start,))
    cdef char* is_done = NULL
    cdef i64* price = NULL
    cdef Heap heap = Heap(NULL, 0, 0)
    cdef int* arcs = graph.entering if is_backward else graph.leaving
    cdef int* arcs_from = graph.entering_from if is_backward else graph.leaving_from
    cdef int* far = graph.tail if is_backward else graph.head
    cdef int node, arc, at
    cdef Pair row
    cdef list found = []
    try:
        is_done = <char*>room_for(graph.nodes, 1)
        memset(is_done, 0, max(1, graph.nodes))
        price = longs_of(prices)
        push(&heap, 0, start)
        while heap.count:
            row = pop(&heap)
            node = <int>row.value
            if is_done[node]:
                continue
            is_done[node] = 1
            found.append(node)
            for at in range(arcs_from[node], arcs_from[node + 1]):
                arc = arcs[at]
                if not closed[arc] and not is_done[far[arc]]:
                    push(&heap, row.key + price[arc], far[arc])
        return found
    finally:
        PyMem_Free(is_done)
        PyMem_Free(price)
        free(heap.rows)


def walks(Graph graph, starts, ends, bytes is_usable, Py_ssize_t most_steps, Py_ssize_t most_found):
    """Return all paths from starts to ends over usable arcs that come to no node twice, None where they are too many to tell.

    `starts` in order, none of them an end. The twin: `place.certificates.walks.paths_twin`.
    """
    _check(graph, is_usable, (*starts, *ends))
    cdef char* is_end = NULL
    cdef char* is_seen = NULL
    cdef int* at = NULL  # per depth: the place in `leaving` that is looked at next, downwards
    cdef int* way = NULL
    cdef int depth, arc, here, start
    cdef Py_ssize_t steps = 0
    cdef const char* usable = is_usable
    cdef list found = []
    try:
        is_end, is_seen = <char*>room_for(graph.nodes, 1), <char*>room_for(graph.nodes, 1)
        at, way = <int*>room_for(graph.nodes + 1, sizeof(int)), <int*>room_for(graph.nodes + 1, sizeof(int))
        memset(is_end, 0, max(1, graph.nodes))
        memset(is_seen, 0, max(1, graph.nodes))
        for node in ends:
            is_end[<int>node] = 1
        for node in reversed(starts):
            start = node
            depth, at[0], is_seen[start] = 0, graph.leaving_from[start + 1] - 1, 1
            while depth >= 0:
                here = start if depth == 0 else graph.head[way[depth - 1]]
                if at[depth] < graph.leaving_from[here]:
                    is_seen[here] = 0
                    depth -= 1
                    continue
                arc = graph.leaving[at[depth]]
                at[depth] -= 1
                here = graph.head[arc]
                if is_seen[here] or not usable[arc]:
                    continue
                steps += 1
                way[depth] = arc
                if is_end[here]:
                    found.append(tuple([way[index] for index in range(depth + 1)]))
                if steps > most_steps + 1 or len(found) > most_found:
                    return None
                if not is_end[here]:
                    depth += 1
                    is_seen[here], at[depth] = 1, graph.leaving_from[here + 1] - 1
        return found
    finally:
        PyMem_Free(is_end)
        PyMem_Free(is_seen)
        PyMem_Free(at)
        PyMem_Free(way)
