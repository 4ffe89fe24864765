"""A network in layers, one for each number of waypoints that are behind a path: what can be reached there, and in what time.

The place of a node in a layer is `passed * nodes + node`. `row`: a byte per arc, 0 where it is shut.
"""

from cpython cimport array
from cpython.bytearray cimport PyByteArray_AS_STRING
from cpython.mem cimport PyMem_Free
from libc.stdlib cimport free

from intentc.native.arrays cimport room_for
from intentc.native.graph cimport Graph, i64
from intentc.native.heap cimport Heap, Pair, pop, push
from intentc.native.marks cimport marks, words_of

NO_WAY = -1  # in place of a sum
MOST_PLACES = 1 << 30  # layers times arcs, or nodes

cdef i64 _FAR = 1 << 62
cdef array.array _WORDS = array.array("q")


cdef class Layers:
    """A network past the waypoints `via`, in order: of each the nodes and the links that pass it.

    A step passes all waypoints in a row that name its link, and then all in a row that name the node where it leads
    (`place.plain_search.advance`).
    """

    cdef readonly Graph graph
    cdef readonly int stages
    cdef int places
    cdef tuple _via
    cdef int* after  # per arc and number of waypoints behind: how many are behind at its end

    def __cinit__(self, Graph graph not None, via):
        self._via = tuple(via)
        if (len(self._via) + 1) * max(graph.arcs, graph.nodes) > MOST_PLACES:
            raise ValueError("too many waypoints")
        self.graph, self.stages = graph, len(self._via)
        self.places = (self.stages + 1) * graph.nodes
        self.after = <int*>room_for(graph.arcs * (self.stages + 1), sizeof(int))
        self._fill()

    cdef int _fill(self) except -1:
        """Fill in `after`, from the last waypoint on: what follows one is known when it is its turn."""
        cdef Graph graph = self.graph
        cdef int* past = NULL  # per node: how many waypoints are behind there, of those that are looked at already
        cdef char* at_node = NULL
        cdef char* on_link = NULL
        cdef int arc, node, stage, count = self.stages + 1
        try:
            past = <int*>room_for(graph.nodes, sizeof(int))
            for node in range(graph.nodes):
                past[node] = self.stages
            for arc in range(graph.arcs):
                self.after[arc * count + self.stages] = self.stages
            for stage in range(self.stages - 1, -1, -1):
                nodes, links = self._via[stage]
                at_node, on_link = marks(nodes, graph.nodes, 1), NULL
                on_link = marks(links, graph.arcs >> 1, 2)
                for node in range(graph.nodes):
                    if not at_node[node]:
                        past[node] = stage
                for arc in range(graph.arcs):
                    self.after[arc * count + stage] = self.after[arc * count + stage + 1] if on_link[arc] else past[graph.head[arc]]
                free(at_node)
                free(on_link)
                at_node = on_link = NULL
            return 0
        finally:
            PyMem_Free(past)
            free(at_node)
            free(on_link)

    def __dealloc__(self):
        PyMem_Free(self.after)

    def __reduce__(self):
        return Layers, (self.graph, self._via)

    def times(self, array.array lengths not None, const unsigned char[::1] row not None, goals, most=None):
        """Return per place the least sum of lengths, none below zero, to one of some places; `NO_WAY` where it is more than `most`.

        The twin: `place.certificates.potential.times_twin`.
        """
        cdef array.array found = array.clone(_WORDS, self.places, zero=False)
        cdef i64* time = found.data.as_longlongs
        cdef int at
        self._spread(time, lengths, row, goals, most, NULL)
        for at in range(self.places):
            if time[at] == _FAR:
                time[at] = -1  # NO_WAY
        return found

    def least(self, array.array lengths not None, const unsigned char[::1] row not None, goals, starts, most=None):
        """Return the least of these sums at some places, `NO_WAY` where all are more than `most`: sought no further than that.

        The twin: `place.certificates.potential.least_twin`.
        """
        cdef i64* time = NULL
        cdef char* is_start = NULL
        try:
            is_start, time = marks(starts, self.places, 1), <i64*>room_for(self.places, sizeof(i64))
            return self._spread(time, lengths, row, goals, most, is_start)
        finally:
            free(is_start)
            PyMem_Free(time)

    cdef i64 _spread(
        self, i64* time, array.array lengths, const unsigned char[::1] row, goals, most, const char* is_start
    ) except? -2:
        """Fill in `time` by Dijkstra's algorithm from the goals, up to the first of the starts; return its time, -1 where none is met."""
        cdef Graph graph = self.graph
        cdef const i64* length = words_of(lengths, graph.arcs)
        cdef i64 longer, limit = _FAR - 1 if most is None else max(-1, min(most, (1 << 62) - 1))
        cdef Heap heap = Heap(NULL, 0, 0)
        cdef Pair least
        cdef int at, arc, node, passed, before, stage, count = self.stages + 1
        self._check_row(row)
        try:
            for at in range(self.places):
                time[at] = _FAR
            for place in goals:
                at = self._checked(place)
                if time[at]:
                    time[at] = 0
                    push(&heap, 0, at)
            while heap.count:
                least = pop(&heap)
                if least.key > time[least.value]:
                    continue
                if is_start != NULL and is_start[least.value]:
                    return least.key
                node, passed = <int>(least.value % graph.nodes), <int>(least.value // graph.nodes)
                for at in range(graph.entering_from[node], graph.entering_from[node + 1]):
                    arc = graph.entering[at]
                    longer = least.key + length[arc]
                    if not row[arc] or not least.key <= longer <= limit:
                        continue
                    for stage in range(passed + 1):
                        before = stage * graph.nodes + graph.tail[arc]
                        if self.after[arc * count + stage] == passed and longer < time[before]:
                            time[before] = longer
                            push(&heap, longer, before)
            return -1
        finally:
            free(heap.rows)

    def reached(self, starts, const unsigned char[::1] row not None, *, bint is_backward):
        """Return a byte per place, 1 where it can be reached from one of some places (or reaches one) over open arcs.

        The twin: `place.certificates.cut.reached_twin`.
        """
        cdef Graph graph = self.graph
        cdef bytearray found = bytearray(self.places)
        cdef char* is_seen = PyByteArray_AS_STRING(found)
        cdef int* pending = NULL
        cdef int at, arc, node, passed, stage, filled = 0, done = 0, count = self.stages + 1
        self._check_row(row)
        try:
            pending = <int*>room_for(self.places, sizeof(int))  # each place once
            for place in starts:
                at = self._checked(place)
                if not is_seen[at]:
                    is_seen[at], pending[filled] = 1, at
                    filled += 1
            while done < filled:
                node, passed = pending[done] % graph.nodes, pending[done] // graph.nodes
                done += 1
                if not is_backward:
                    for at in range(graph.leaving_from[node], graph.leaving_from[node + 1]):
                        arc = graph.leaving[at]
                        if row[arc]:
                            filled = _see(is_seen, pending, filled, self.after[arc * count + passed] * graph.nodes + graph.head[arc])
                    continue
                for at in range(graph.entering_from[node], graph.entering_from[node + 1]):
                    arc = graph.entering[at]
                    for stage in range(passed + 1 if row[arc] else 0):
                        if self.after[arc * count + stage] == passed:
                            filled = _see(is_seen, pending, filled, stage * graph.nodes + graph.tail[arc])
            return found
        finally:
            PyMem_Free(pending)

    def crossing(self, const unsigned char[::1] inside not None, const unsigned char[::1] row not None, *, bint is_into):
        """Return the shut arcs that lead out of some places (a byte per place), or into them, by number.

        The twin: `place.certificates.cut.crossing_twin`.
        """
        cdef Graph graph = self.graph
        cdef int arc, stage, begin, end, count = self.stages + 1
        cdef list found = []
        self._check_row(row)
        if len(inside) != self.places:
            raise ValueError("a byte per place")
        for arc in range(graph.arcs):
            for stage in range(0 if row[arc] else count):
                begin = stage * graph.nodes + graph.tail[arc]
                end = self.after[arc * count + stage] * graph.nodes + graph.head[arc]
                if (inside[end] and not inside[begin]) if is_into else (inside[begin] and not inside[end]):
                    found.append(arc)
                    break
        return found

    cdef int _check_row(self, const unsigned char[::1] row) except -1:
        if len(row) != self.graph.arcs:
            raise ValueError("a byte per arc")
        return 0

    cdef int _checked(self, place) except -1:
        """Return a place that there is."""
        if not 0 <= place < self.places:
            raise IndexError(place)
        return place


cdef inline int _see(char* is_seen, int* pending, int filled, int place) noexcept:
    """Note a place unless it was seen; return how many are noted."""
    if is_seen[place]:
        return filled
    is_seen[place], pending[filled] = 1, place
    return filled + 1
