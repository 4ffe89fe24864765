"""What a demand that nothing steers does in failure states, in the words of everyone else: made of what is folded of it, in one call.

The twins: `realise.derived.Derived.ways` and `realise.results.Results.of`, which go through the states as walks.
"""

from cpython.mem cimport PyMem_Calloc, PyMem_Free

from intentc.native.arrays cimport room_for
from intentc.native.figures cimport Figures, Line, Names, lay
from intentc.native.graph cimport Graph
from intentc.native.states cimport States
from intentc.native.ways cimport Ways
from intentc.native.ways import unfolded
from intentc.native.wide cimport ceil_div, i128

cdef int WHOLE_PPM = 1_000_000
cdef i64 NS_PER_US = 1000
cdef i64 MOST_PARTS = <i64>1 << 62


cdef inline i64 _times(i64 sum, i64 unit) noexcept:
    """Return how often a unit fits into a sum, rounded up; neither is less than 0."""
    cdef i64 found = sum / unit
    return found + (found * unit < sum)


cdef bint _is_before(Teller self, tuple one, tuple other) except -1:
    """Return whether a path, as its arcs, sorts before another one from the same node: nodes by name, then links."""
    cdef Graph graph = self.names.graph
    cdef int at, arc, its, link = 0, many = <int>min(len(one), len(other))
    for at in range(many):
        if one[at] is other[at]:
            continue
        arc, its = one[at], other[at]
        if graph.head[arc] != graph.head[its]:
            return self.node_rank[graph.head[arc]] < self.node_rank[graph.head[its]]
        if not link and arc >> 1 != its >> 1:
            link = -1 if self.link_rank[arc >> 1] < self.link_rank[its >> 1] else 1
    return len(one) < len(other) if len(one) != len(other) else link < 0


cdef class Teller:
    """Tells results over a network with `scale` packet times to a µs. `new(path, …)` makes a path of its parts, `parts` and `result` their

    values; `several` makes the paths and the parts of what is not one path, or too long for words. `same`: the one object of ids that are equal.
    """

    def __cinit__(self, Names names not None, Figures figures not None, i64 scale, new, path, parts, result, several, dict same not None):
        if figures.graph is not names.graph or scale <= 0:
            raise ValueError("names and figures of one network")
        self.names, self.figures, self.scale = names, figures, scale
        self.new, self.path, self.parts, self.result, self.several = new, path, parts, result, several
        self.same = same
        self.bare, self.whole = (), WHOLE_PPM
        self.of_link = <i64*>PyMem_Calloc(names.graph.arcs + 1, sizeof(i64))
        self.of_node = <i64*>PyMem_Calloc(names.graph.nodes + 1, sizeof(i64))
        if self.of_link == NULL or self.of_node == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.of_link)
        PyMem_Free(self.of_node)
        PyMem_Free(self.node_rank)
        PyMem_Free(self.link_rank)

    def way(self, int start, tuple arcs not None, ahead):
        """Return the only path from a node, as a tuple of it, and the parts of its latency; `ahead` as `forwarding.figures` has it."""
        cdef Line line = Line(self.names, start, arcs)
        cdef int* own = <int*>room_for(len(arcs), sizeof(int))
        cdef int at, count = line.count
        try:
            for at in range(count):
                own[at] = arcs[at]
            parts = self.parts_of(own, count, ahead)
        finally:
            PyMem_Free(own)
        if parts is None:
            return self.several(start, ((arcs, 1),), ahead)
        return (self.new(self.path, (line, self.whole, self.bare)),), parts

    def check(self, bytes folded not None, States states not None, tuple arcs not None):
        """Return the place of a state in which a way leads over something that is down (-1: there is none), and the places, sorted, of those

        that touch what the `arcs` of the normal state lead over and of which nothing is told.
        """
        cdef Ways ways = unfolded(self.names.graph, folded)
        cdef Graph graph = self.names.graph
        cdef i64 told
        cdef int at, arc, place, links = graph.arcs >> 1
        cdef list left = []
        if states.most_node >= graph.nodes or 2 * states.most_link + 1 >= graph.arcs:
            raise IndexError("of another network")
        at = self.astray(ways, states)
        states.question += 1
        told = states.question
        for place in range(ways.count):
            states.seen[ways.place[place]] = told
        self.untold(states, links + ways.start, told, left)
        for item in arcs:
            arc = item
            if not 0 <= arc < graph.arcs:
                raise IndexError(arc)
            self.untold(states, arc >> 1, told, left)
            self.untold(states, links + graph.head[arc], told, left)
        left.sort()
        return -1 if at < 0 else ways.place[at], left

    def results(self, bytes folded not None, ahead, tuple ids not None, frozenset gone not None):
        """Return the results, sorted: of the states at each place these are the `ids`; none count of those that are `gone`."""
        cdef Ways ways = unfolded(self.names.graph, folded)
        cdef Graph graph = self.names.graph
        cdef list found = []
        cdef int way, begin, count, end
        cdef Line line
        for when, number in self.told(ways, ids, gone):
            way = number
            begin, count = ways.arc_from[way], ways.arc_from[way + 1] - ways.arc_from[way]
            parts = None if ways.several[way] else self.parts_of(ways.arc + begin, count, ahead)
            if parts is None:
                paths, parts = self.several(ways.start, ways.paths(way), ahead)
                names = paths[0].nodes
                destination = names[len(names) - 1]
            else:
                line = Line.__new__(Line, self.names, ways.start, ())
                lay(line, ways.arc + begin, count)
                paths = (self.new(self.path, (line, self.whole, self.bare)),)
                end = graph.head[ways.arc[begin + count - 1]] if count else ways.start
                destination = self.names.nodes[end]
            found.append(self.result(self.same.setdefault(when, when), destination, paths, parts))
        return found

    def whens(self, bytes folded not None, tuple ids not None, frozenset gone not None):
        """Return the ids of the states of each result alone, in their order."""
        return [when for when, _ in self.told(unfolded(self.names.graph, folded), ids, gone)]

    cdef list told(self, Ways ways, tuple ids, frozenset gone):
        """Return the ids of the states in which each way is taken, sorted, with the number of the way, by these."""
        cdef list whens = [None] * ways.kinds, rows = [], row
        cdef bint is_any_gone = len(gone) > 0
        cdef int at, way, places = <int>len(ids)
        for at in range(ways.count):
            if ways.place[at] >= places:
                raise IndexError(ways.place[at])
            if is_any_gone and ways.place[at] in gone:
                continue
            if whens[ways.of[at]] is None:
                whens[ways.of[at]] = list(ids[ways.place[at]])
            else:
                (<list>whens[ways.of[at]]).extend(ids[ways.place[at]])
        for way in range(ways.kinds):
            row = whens[way]
            if row:
                if len(row) > 1:
                    row.sort()
                rows.append((tuple(row), way))
        rows.sort()
        return rows

    cdef i64 taken_us(self, const int* arcs, int count, ahead) except -2:
        """Return propagation and serialisation of a path together; -1 where they may be no words."""
        cdef i64 sums[3]
        return sums[0] + sums[1] if self.sum_up(arcs, count, ahead, sums) else -1

    cdef int rank_names(self) except -1:
        """Find the places of all nodes and links in the order of their names."""
        cdef int at
        if self.node_rank == NULL:
            self.node_rank = <int*>room_for(len(self.names.nodes), sizeof(int))
        if self.link_rank == NULL:
            self.link_rank = <int*>room_for(len(self.names.links), sizeof(int))
        for at, number in enumerate(sorted(range(len(self.names.nodes)), key=self.names.nodes.__getitem__)):
            self.node_rank[<int>number] = at
        for at, number in enumerate(sorted(range(len(self.names.links)), key=self.names.links.__getitem__)):
            self.link_rank[<int>number] = at
        self.is_ranked = True
        return 0

    cdef list split(self, Ways ways, int way):
        """Return the several paths of a way, as arcs, in the order of their names with the shares that `forwarding.figures` gives them (ppm);

        None where these may be no words.
        """
        cdef list found = [], shares = []
        cdef int at, other, best, left = WHOLE_PPM
        cdef i64 parts, rest
        if not self.is_ranked:
            self.rank_names()
        for item in ways.paths(way):
            if not 0 < item[1] <= MOST_PARTS:
                return None
            at = <int>len(found)
            while at and _is_before(self, item[0], found[at - 1][0]):
                at -= 1
            found.insert(at, item)
        for item in found:
            parts = item[1]
            shares.append(WHOLE_PPM // parts)
            left -= <int>(WHOLE_PPM // parts)
        for at in range(left):  # the largest remainders first, and of equals the first by name
            best = -1
            for other in range(<int>len(found)):
                parts = found[other][1]
                rest = WHOLE_PPM % parts
                if shares[other] == WHOLE_PPM // parts and (best < 0 or <i128>rest * <i128><i64>found[best][1] > <i128>(WHOLE_PPM % <i64>found[best][1]) * <i128>parts):
                    best = other
            if best < 0:
                return None
            shares[best] += 1
        return [(item[0], share) for item, share in zip(found, shares)]

    cdef object parts_of(self, const int* arcs, int count, ahead):
        """Return the parts of the latency of a path; None where they may be no words."""
        cdef i64 sums[3]
        if not self.sum_up(arcs, count, ahead, sums):
            return None
        return self.parts(sums[0], sums[1], sums[2], "none" if ahead is None else "assumed")

    cdef bint sum_up(self, const int* arcs, int count, ahead, i64* sums) except -1:
        """Find propagation, serialisation and queueing of a path (µs); return False where they may be no words."""
        cdef i64 ns = 0, units = 0, many
        cdef i128 waiting
        cdef int at
        if count > self.figures.most:
            return False
        for at in range(count):
            ns += self.figures.delays[arcs[at]]
            units += self.figures.sizes[arcs[at]]
        sums[0], sums[1], sums[2] = _times(ns, NS_PER_US), 0, 0
        if ahead is None:
            return True
        many = ahead
        if not 0 <= many <= 1 << 20:
            return False
        if units < 1 << 42:
            waiting = _times(units * many, self.scale)
        else:
            waiting = ceil_div(<i128>units * many, self.scale)
        if waiting > <i64>1 << 62:
            return False
        sums[1], sums[2] = _times(units, self.scale), <i64>waiting
        return True

    cdef int astray(self, Ways ways, States states) except -2:
        """Return the first state, by its place among those of the ways, in which its way leads over something that is down; -1: there is none."""
        cdef Graph graph = self.names.graph
        cdef int at, way, place, of, found = ways.count
        cdef int* first = NULL       # per way: its first state
        cdef int* after = NULL       # per state: the next one of the same way
        try:
            first, after = <int*>room_for(ways.kinds, sizeof(int)), <int*>room_for(ways.count, sizeof(int))
            for way in range(ways.kinds):
                first[way] = -1
            for at in range(ways.count - 1, -1, -1):
                if not 0 <= ways.place[at] < states.count:
                    raise IndexError(ways.place[at])
                after[at], first[ways.of[at]] = first[ways.of[at]], at
            for way in range(ways.kinds):
                self.question += 1
                self.of_node[ways.start] = self.question
                for at in range(ways.arc_from[way], ways.arc_from[way + 1]):
                    self.of_link[ways.arc[at] >> 1] = self.of_node[graph.head[ways.arc[at]]] = self.question
                at = first[way]
                while at >= 0:
                    place = ways.place[at]
                    for of in range(states.link_from[place], states.link_from[place + 1]):
                        if self.of_link[states.link[of]] == self.question:
                            found = min(found, at)
                    for of in range(states.node_from[place], states.node_from[place + 1]):
                        if self.of_node[states.node[of]] == self.question:
                            found = min(found, at)
                    at = after[at]
            return -1 if found == ways.count else found
        finally:
            PyMem_Free(first)
            PyMem_Free(after)

    cdef int untold(self, States states, int bit, i64 told, list left) except -1:
        """Note the states that a bit is one of, each once, but for those that are told."""
        cdef int at
        if bit >= states.bits:
            return 0
        for at in range(states.by_from[bit], states.by_from[bit + 1]):
            if states.seen[states.by[at]] != told:
                states.seen[states.by[at]] = told
                left.append(states.by[at])
        return 0
