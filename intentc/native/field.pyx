"""A network with its times as words: what is left of a way at least, and the way whose fullest arc is least full.

`row`: a byte per arc, as in `place.openness`; where it says `ASK`, `ask(arc)` is called once and the answer kept.
"""

from cpython cimport array
from libc.stdlib cimport free

from intentc.native.buckets cimport Buckets, put, start as start_buckets, take
from intentc.native.graph cimport Graph
from intentc.native.marks cimport ASK, STOP, TARGET, ends_of, is_open, marks, words_of
from intentc.native.rowheap cimport Row, Rows, pop_row, push_row

FAR = 1 << 62  # no way; sums that could come near are not for kernels (`place.words`)
UNKNOWN = -1

cdef i64 _FAR = FAR
cdef array.array _WORDS = array.array("q")


cdef class Field:
    """A network with the propagation (ns) and the packet time of its arcs, as words; `scale` as `Network.units_per_us`.

    `sizes` None: packet times outgrow words, and no search is bounded.
    """

    def __init__(self, Graph graph not None, array.array delays not None, array.array sizes, i64 scale):
        words_of(delays, graph.arcs)
        if sizes is not None:
            words_of(sizes, graph.arcs)
        if scale < 1:
            raise ValueError(scale)
        self.graph, self.delays, self.sizes, self.scale = graph, delays, sizes, scale

    def __reduce__(self):
        return Field, (self.graph, self.delays, self.sizes, self.scale)

    def spread(self, dict seeds not None, targets, array.array lengths not None, const unsigned char[::1] row not None, const unsigned char[::1] through not None):
        """Return per node the least sum of `lengths` to a seed, over open arcs and nodes to go `through`; `FAR`: no way.

        `seeds` are nodes with what is left from there. The twin: `place.potentials.Potentials._spread`.
        """
        cdef Graph graph = self.graph
        cdef i64* length = words_of(lengths, graph.arcs)
        cdef array.array found = array.clone(_WORDS, graph.nodes, zero=False)
        cdef i64* distance = found.data.as_longlongs
        cdef Buckets ahead
        cdef i64 longer, seed
        cdef int node, arc, at, before
        if len(row) != graph.arcs or len(through) != graph.nodes:
            raise ValueError("a byte per arc, and per node")
        cdef char* passed = marks(targets.intersection(seeds), graph.nodes, 1)
        ahead.slots, ahead.room = NULL, 0
        start_buckets(&ahead, length, graph.arcs)
        try:
            for at in range(graph.nodes):
                distance[at] = _FAR
            for node, seed in seeds.items():
                if not 0 <= node < graph.nodes or not 0 <= seed < _FAR:
                    raise IndexError(node)
                distance[node] = seed
                put(&ahead, seed, node)
            while True:
                node = take(&ahead, distance)
                if node < 0:
                    return found
                if not (through[node] or passed[node]):
                    continue
                for at in range(graph.entering_from[node], graph.entering_from[node + 1]):
                    arc = graph.entering[at]
                    if row[arc]:
                        longer, before = distance[node] + length[arc], graph.tail[arc]
                        if distance[node] <= longer < distance[before]:
                            distance[before] = longer
                            put(&ahead, longer, before)
        finally:
            free(ahead.slots)
            free(passed)

    def widest(self, int start, stops, targets, array.array to_go not None, unsigned char[::1] row not None, ask, down, array.array fills not None, fill, i64 floor):
        """Return the least fill, at least `floor`, of the fullest arc on a way to a target; None: there is no way.

        `fills` has the fill of each arc, where that is `UNKNOWN` `fill(arc)` tells it. The twin: `place.bottleneck.least_fill_twin`.
        """
        cdef Graph graph = self.graph
        cdef i64* left = words_of(to_go, graph.nodes)
        cdef i64* full = words_of(fills, graph.arcs)
        cdef Rows heap = Rows(NULL, 0, 0)
        cdef Row best
        cdef char* ends = NULL
        cdef char* shut = NULL
        cdef char* done = NULL
        cdef int node, arc, at, after
        cdef i64 level
        if len(row) != graph.arcs or not 0 <= start < graph.nodes:
            raise ValueError("a byte per arc, and a node to start at")
        try:
            ends, shut, done = ends_of(stops, targets, graph.nodes), marks(down, graph.arcs >> 1, 2), marks((), graph.nodes, 1)
            push_row(&heap, Row(floor, left[start], 0, start))
            while heap.count:
                best = pop_row(&heap)
                node = <int>best.label
                if done[node]:
                    continue
                done[node] = 1
                if ends[node] & STOP:
                    if ends[node] & TARGET:
                        return best.least
                    continue
                if not graph.has_transit[node] and node != start:
                    continue
                for at in range(graph.leaving_from[node], graph.leaving_from[node + 1]):
                    arc = graph.leaving[at]
                    after = graph.head[arc]
                    if done[after] or shut[arc] or not is_open(row, arc, ask):
                        continue
                    level = full[arc]
                    if level == UNKNOWN:
                        level = full[arc] = min(fill(arc), _FAR)
                    push_row(&heap, Row(max(best.least, level), left[after], 0, after))
            return None
        finally:
            free(heap.rows)
            free(ends)
            free(shut)
            free(done)
