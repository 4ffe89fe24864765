"""Several paths of one demand: those with no link in common that are least in sum, and all that come to no node twice.

`row`: a byte per arc, as in `place.openness`; where it says `ASK`, `ask(arc)` is called once and the answer kept.
"""

from cpython cimport array
from libc.stdlib cimport free, malloc, realloc

from intentc.native.field cimport Field
from intentc.native.graph cimport Graph
from intentc.native.heap cimport Heap, Pair, pop, push
from intentc.native.marks cimport ASK, STOP, TARGET, ends_of, is_open, marks, words_of
from intentc.native.rowheap cimport Row, Rows, pop_row, push_row

ctypedef long long i64

cdef i64 _FAR = 1 << 62
cdef enum:
    NS_PER_US = 1000
    SAME_NODE = -1  # no arc: from where packets come in at a node to where they go out, or back
    NOWHERE = -2


cdef struct Came:
    int port
    int arc


def augmenting(Graph graph not None, int start, int target, stops, array.array prices not None, unsigned char[::1] row not None, ask, flow, bint is_by_node):
    """Return the arcs of the cheapest way to one more path, those in `flow` taken back; None: there is none.

    `is_by_node`: no two paths share a node. The twin: `place.disjoint._Search.augmenting`.
    """
    cdef i64* price = words_of(prices, graph.arcs)
    cdef int first = 2 * start + 1, here = 2 * target, port, node, at, arc
    cdef bint has_flow = bool(flow)
    cdef Heap heap = Heap(NULL, 0, 0)
    cdef Pair best
    cdef char* used = NULL
    cdef char* ends = NULL
    cdef char* entered = NULL
    cdef i64* cost = NULL
    cdef Came* came = NULL
    cdef list found = []
    if len(row) != graph.arcs or not 0 <= start < graph.nodes or not 0 <= target < graph.nodes:
        raise ValueError("a byte per arc, and two nodes")
    try:
        used, ends = marks(flow, graph.arcs, 1), ends_of(stops, (), graph.nodes)
        entered = marks([graph.head[arc] for arc in flow], graph.nodes, 1)
        cost = <i64*>malloc((2 * graph.nodes + 1) * sizeof(i64))
        came = <Came*>malloc((2 * graph.nodes + 1) * sizeof(Came))
        if cost == NULL or came == NULL:
            raise MemoryError
        for port in range(2 * graph.nodes):
            cost[port], came[port].arc = _FAR, NOWHERE
        cost[first] = 0
        push(&heap, 0, first)
        while heap.count:
            best = pop(&heap)
            port = <int>best.value
            if port == here and not has_flow:  # nothing gets cheaper without negative prices
                break
            if best.key > cost[port] or port == here:
                continue
            node = port >> 1
            if port & 1:
                if node != target:
                    for at in range(graph.leaving_from[node], graph.leaving_from[node + 1]):
                        arc = graph.leaving[at]
                        if graph.head[arc] != start and not used[arc] and not used[arc ^ 1]:
                            if best.key + price[arc] < cost[2 * graph.head[arc]] and is_open(row, arc, ask):
                                _reach(&heap, cost, came, 2 * graph.head[arc], best.key + price[arc], port, arc)
                if node != start and (not is_by_node or entered[node]):
                    _reach(&heap, cost, came, port - 1, best.key, port, SAME_NODE)
                continue
            if entered[node]:
                for at in range(graph.entering_from[node], graph.entering_from[node + 1]):
                    arc = graph.entering[at]
                    if used[arc]:
                        _reach(&heap, cost, came, 2 * graph.tail[arc] + 1, best.key - price[arc], port, arc)
            if graph.has_transit[node] and not ends[node] and not (is_by_node and entered[node]):
                _reach(&heap, cost, came, port + 1, best.key, port, SAME_NODE)
        if came[here].arc == NOWHERE:
            return None
        for at in range(2 * graph.nodes):  # no way is longer
            if here == first:
                break
            if came[here].arc != SAME_NODE:
                found.append(came[here].arc)
            here = came[here].port
        return found
    finally:
        free(heap.rows)
        free(used)
        free(ends)
        free(entered)
        free(cost)
        free(came)


cdef inline int _reach(Heap* heap, i64* cost, Came* came, int port, i64 paid, int before, int arc) except -1:
    if 0 <= paid < cost[port]:  # a way to a port costs something, whatever is taken back on it
        cost[port] = paid
        came[port] = Came(before, arc)
        push(heap, paid, port)
    return 0


cdef struct Step:
    i64 ns
    i64 units
    int node
    int arc
    int before


cdef class Loopless:
    """All paths from a node to a target that come to no node twice and are no later than a bound, the cheapest first.

    At most so many partial paths are looked at. The twin: `place.covers._Search._ways`.
    """

    cdef Field _field
    cdef array.array _prices
    cdef char* _ends
    cdef char* _shut
    cdef Step* _steps
    cdef int _count, _room, _most
    cdef Rows _heap
    cdef i64 _bound_us, _ahead
    cdef bint _has_ahead

    def __init__(self, Field field not None, int start, int target, stops, array.array prices not None, barred, i64 bound_us, ahead, int most):
        if self._ends != NULL or field.sizes is None or not 0 <= start < field.graph.nodes:
            raise ValueError("a search for one start, with the times of packets")
        words_of(prices, field.graph.arcs)
        self._field, self._prices, self._most = field, prices, most
        self._bound_us, self._has_ahead, self._ahead = bound_us, ahead is not None, ahead or 0
        self._ends = ends_of(stops, (target,), field.graph.nodes)
        self._shut = marks(barred, field.graph.arcs >> 1, 2)
        self._add(0, start, -1, -1, 0, 0)

    def __dealloc__(self):
        free(self._ends)
        free(self._shut)
        free(self._steps)
        free(self._heap.rows)

    cdef int _add(self, i64 price, int node, int arc, int before, i64 ns, i64 units) except -1:
        cdef Step* grown
        if self._count == self._room:
            grown = <Step*>realloc(self._steps, (2 * self._room + 256) * sizeof(Step))
            if grown == NULL:
                raise MemoryError
            self._steps, self._room = grown, 2 * self._room + 256
        self._steps[self._count] = Step(ns, units, node, arc, before)
        push_row(&self._heap, Row(price, self._count, 0, self._count))
        self._count += 1
        return 0

    cdef bint _is_late(self, i64 ns, i64 units) noexcept:
        cdef i64 total = (ns + NS_PER_US - 1) // NS_PER_US, scale = self._field.scale
        if self._has_ahead:
            total += (units + scale - 1) // scale + (self._ahead * units + scale - 1) // scale
        return total > self._bound_us

    cdef bint _has_been(self, int at, int node) noexcept:
        while at >= 0:
            if self._steps[at].node == node:
                return True
            at = self._steps[at].before
        return False

    def __iter__(self):
        return self

    def __next__(self):
        cdef Graph graph = self._field.graph
        cdef i64* price = self._prices.data.as_longlongs
        cdef i64* delay = self._field.delays.data.as_longlongs
        cdef i64* size = self._field.sizes.data.as_longlongs
        cdef Row best
        cdef int at, number, arc, node
        cdef Step step
        while self._heap.count:
            best = pop_row(&self._heap)
            number = <int>best.label
            step = self._steps[number]
            node = step.node
            if self._ends[node] & STOP:
                if self._ends[node] & TARGET:
                    return self._arcs(number)
                continue
            if number and not graph.has_transit[node]:
                continue
            if self._count > self._most or self._is_late(step.ns, step.units):
                continue
            for at in range(graph.leaving_from[node], graph.leaving_from[node + 1]):
                arc = graph.leaving[at]
                if not self._shut[arc] and self._count <= self._most and not self._has_been(number, graph.head[arc]):
                    self._add(best.least + price[arc], graph.head[arc], arc, number, step.ns + delay[arc], step.units + size[arc])
        raise StopIteration

    cdef tuple _arcs(self, int number):
        cdef list found = []
        while self._steps[number].arc >= 0:
            found.append(self._steps[number].arc)
            number = self._steps[number].before
        found.reverse()
        return tuple(found)
