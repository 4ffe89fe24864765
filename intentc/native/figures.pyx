"""Sums along paths, their elements and names, and the first one that a demand may not use: what is looked at arc by arc, in one pass.

The twins: `forwarding.figures.sums_twin` and `named_twin`, `forwarding.network.mask_twin`, `forwarding.walk.mask_along`, `place.check.flaw_twin`, `realise.path.Told`.
"""

cimport cython
from cpython.mem cimport PyMem_Free
from cpython.ref cimport Py_INCREF
from cpython.set cimport PySet_Contains
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_New, PyTuple_SET_ITEM
from libc.string cimport memcmp, memcpy, memset

from intentc.native.arrays cimport ints_of, longs_of, room_for
from intentc.native.graph cimport Graph

cdef i64 _MOST = 1 << 62  # no sum is larger
cdef object _from_bytes = int.from_bytes
cdef int _MOST_ARCS = 1 << 28
cdef unsigned long long _MARK = 0x0FFFFFFFFFFFFFFF


cdef class Figures:
    """A network with the propagation (ns) and the packet time of its arcs, none less than 0; sums are made over up to `most` arcs."""

    def __cinit__(self, Graph graph not None, tuple delays not None, tuple sizes not None):
        cdef i64 longest = 1
        cdef int at
        if len(delays) != graph.arcs or len(sizes) != graph.arcs:
            raise ValueError("a figure of each per arc")
        self._made_of = (graph, delays, sizes)
        self.graph = graph
        self.delays, self.sizes = longs_of(delays), longs_of(sizes)
        for at in range(graph.arcs):
            if self.delays[at] < 0 or self.sizes[at] < 0:
                raise ValueError("figures are not less than 0")
            longest = max(longest, self.delays[at], self.sizes[at])
        self.most = _MOST // longest

    def __dealloc__(self):
        PyMem_Free(self.delays)
        PyMem_Free(self.sizes)

    def __reduce__(self):
        return Figures, self._made_of

    def sums(self, tuple arcs not None):
        """Return the propagation and the packet times of a path; None where they may be no words."""
        cdef i64 ns = 0, units = 0
        cdef Py_ssize_t at, count = len(arcs)
        cdef int arc
        if count > self.most:
            return None
        for at in range(count):
            arc = arcs[at]
            if not 0 <= arc < self.graph.arcs:
                raise IndexError(arc)
            ns += self.delays[arc]
            units += self.sizes[arc]
        return ns, units

    def flaw(self, tuple arcs not None, frozenset barred not None):
        """Return the first `barred` link of a path, else -1, and the first node on its way that is not for transit, else -1."""
        cdef Py_ssize_t at, count = len(arcs)
        cdef int arc, node = -1
        cdef bint is_barred = len(barred) > 0
        for at in range(count):
            arc = arcs[at]
            if not 0 <= arc < self.graph.arcs:
                raise IndexError(arc)
            if is_barred and PySet_Contains(barred, arc >> 1):
                return arc >> 1, -1
            if node < 0 and at + 1 < count and not self.graph.has_transit[self.graph.head[arc]]:
                node = self.graph.head[arc]
        return -1, node


cdef class Names:
    """A network with the names of its nodes and links: what paths are called, and the masks of what is on them."""

    def __cinit__(self, Graph graph not None, tuple nodes not None, tuple links not None):
        if len(nodes) != graph.nodes or 2 * len(links) != graph.arcs:
            raise ValueError("a name for each node and each link")
        self.graph, self.nodes, self.links = graph, nodes, links
        self.hashes = longs_of([hash(name) for name in links])
        self.sent = []
        self.is_passed = <char*>room_for(graph.arcs, 1)
        memset(self.is_passed, 0, graph.arcs)

    def __dealloc__(self):
        PyMem_Free(self.hashes)
        PyMem_Free(self.is_passed)

    def __reduce__(self):
        return Names, (self.graph, self.nodes, self.links)

    def along(self, int start, tuple arcs not None):
        """Return the names of the nodes of a path that begins at `start`, and of its links."""
        cdef Py_ssize_t at, count = len(arcs)
        cdef int arc
        cdef tuple nodes, links
        if not 0 <= start < self.graph.nodes:
            raise IndexError(start)
        nodes, links = PyTuple_New(count + 1), PyTuple_New(count)
        _put(nodes, 0, self.nodes, start)
        for at in range(count):
            arc = arcs[at]
            if not 0 <= arc < self.graph.arcs:
                raise IndexError(arc)
            _put(nodes, at + 1, self.nodes, self.graph.head[arc])
            _put(links, at, self.links, arc >> 1)
        return nodes, links

    def line(self, int start, tuple arcs not None):
        """Return a path that begins at `start`, to be called by its names when somebody asks for them."""
        return Line(self, start, arcs)

    def mask(self, int start, arcs):
        """Return the bits of a node, and of some arcs with the nodes that they lead to: first those of all links, then of all nodes."""
        cdef int links = self.graph.arcs >> 1, size = (links + self.graph.nodes + 7) >> 3, arc
        cdef char* found
        if not 0 <= start < self.graph.nodes:
            raise IndexError(start)
        found = <char*>room_for(size, 1)
        try:
            memset(found, 0, size)
            _mark(found, links + start)
            for arc in arcs:
                if not 0 <= arc < self.graph.arcs:
                    raise IndexError(arc)
                _mark(found, arc >> 1)
                _mark(found, links + self.graph.head[arc])
            return _from_bytes(found[:size], "little")
        finally:
            PyMem_Free(found)


def directions(list lines not None):
    """Return the links that some paths lead over with the nodes that send there, each direction once, in the order in which it is met; None
    where the lines are not all of one network. One direction is one object.
    """
    cdef Names names
    cdef Line line
    cdef list found = []
    cdef int at, arc, node
    if not lines or type(lines[0]) is not Line:
        return None
    names = (<Line>lines[0]).names
    for item in lines:
        if type(item) is not Line or (<Line>item).names is not names:
            return None
    if not names.sent:
        names.sent = [None] * names.graph.arcs
    try:
        for item in lines:
            line = item
            node = line.start
            for at in range(line.count):
                arc = arc_of(line, at, &node)
                if not names.is_passed[arc]:
                    names.is_passed[arc] = 1
                    found.append(names.graph.numbers[arc])
        for at in range(len(found)):
            arc = found[at]
            if names.sent[arc] is None:
                names.sent[arc] = (names.links[arc >> 1], names.nodes[names.graph.tail[arc]])
            found[at] = names.sent[arc]
    finally:
        for item in lines:
            line = item
            node = line.start
            for at in range(line.count):
                names.is_passed[arc_of(line, at, &node)] = 0
    return tuple(found)


def mask_along(int start, arcs, tuple head not None):
    """Return the bits of a node, and of some arcs with the nodes that they lead to: `head` is of all arcs, two for each link.

    The twin: `forwarding.walk.mask_along`.
    """
    cdef tuple every = tuple(arcs)
    cdef int links = len(head) >> 1, most = start, node, arc, size
    cdef char* found
    if start < 0:
        raise IndexError(start)
    for arc in every:
        if not 0 <= arc < 2 * links:
            raise IndexError(arc)
        node = head[arc]
        if node < 0:
            raise IndexError(node)
        most = max(most, node)
    size = ((links + most) >> 3) + 1
    found = <char*>room_for(size, 1)
    try:
        memset(found, 0, size)
        _mark(found, links + start)
        for arc in every:
            _mark(found, arc >> 1)
            _mark(found, links + <int>head[arc])
        return _from_bytes(found[:size], "little")
    finally:
        PyMem_Free(found)


cdef inline void _put(tuple into, Py_ssize_t at, tuple of, int place):
    """Put an item into a place of a new tuple that is still empty."""
    name = <object>PyTuple_GET_ITEM(of, place)
    Py_INCREF(name)
    PyTuple_SET_ITEM(into, at, name)


cdef inline void _mark(char* mask, int bit) noexcept:
    mask[bit >> 3] |= 1 << (bit & 7)


@cython.no_gc
cdef class Line:
    """A path as the numbers of its arcs; the names are made up when somebody asks for them.

    Of each arc there is its place among those that leave the node, in one byte, as there are hundreds of thousands of paths; its number (`is_wide`)
    in those that lead past a node with more, or that are none from end to end.
    """

    def __cinit__(self, Names names not None, int start, tuple arcs not None):
        cdef int at, arc
        cdef int* own
        if not 0 <= start < names.graph.nodes:
            raise IndexError(start)
        if len(arcs) > _MOST_ARCS:
            raise OverflowError("a path of too many links")
        for at in range(<int>len(arcs)):
            arc = arcs[at]
            if not 0 <= arc < names.graph.arcs:
                raise IndexError(arc)
        self.names, self.start = names, start
        if len(arcs):
            own = ints_of(arcs)
            try:
                lay(self, own, <int>len(arcs))
            finally:
                PyMem_Free(own)

    def __dealloc__(self):
        PyMem_Free(self.arcs)

    def __reduce__(self):
        cdef int at, node = self.start
        return Line, (self.names, self.start, tuple([arc_of(self, at, &node) for at in range(self.count)]))

    def __sizeof__(self):
        return object.__sizeof__(self) + self.count * (sizeof(int) if self.is_wide else 1)

    @property
    def nodes(self):
        """The names of the nodes, the first one included."""
        cdef tuple found = PyTuple_New(self.count + 1)
        cdef int at, node = self.start
        _put(found, 0, self.names.nodes, self.start)
        for at in range(self.count):
            arc_of(self, at, &node)
            _put(found, at + 1, self.names.nodes, node)
        return found

    @property
    def links(self):
        """The names of the links."""
        cdef tuple found = PyTuple_New(self.count)
        cdef int at, node = self.start
        for at in range(self.count):
            _put(found, at, self.names.links, arc_of(self, at, &node) >> 1)
        return found

    def mark(self):
        """Return a number that is the same for the same names."""
        cdef unsigned long long found = <unsigned long long><i64>hash(self.names.nodes[self.start])
        cdef int at, node = self.start
        for at in range(self.count):
            found += <unsigned long long>self.names.hashes[arc_of(self, at, &node) >> 1]
        return found & _MARK

    def __eq__(self, other):
        cdef Line others
        if type(other) is not Line:
            # a tuple is the names themselves (`realise.path.Told`), which leave it to this to compare
            return (self.nodes, self.links) == other if isinstance(other, tuple) else NotImplemented
        others = other
        if self.count != others.count:
            return False
        if self.names is not others.names:
            return (self.nodes, self.links) == (others.nodes, others.links)
        if self.start != others.start or self.is_wide != others.is_wide:
            return False
        return memcmp(self.arcs, others.arcs, self.count * (sizeof(int) if self.is_wide else 1)) == 0

    def __hash__(self):
        return self.mark()


cdef int lay(Line line, const int* arcs, int count) except -1:
    """Lead a line that leads nowhere yet along some arcs of its network."""
    line.arcs = room_for(count, 1)
    line.is_wide = not _pace(line.names.graph, line.start, arcs, count, <unsigned char*>line.arcs)
    if line.is_wide:
        PyMem_Free(line.arcs)
        line.arcs = NULL
        line.arcs = room_for(count, sizeof(int))
        memcpy(line.arcs, arcs, count * sizeof(int))
    line.count = count
    return 0


cdef bint _pace(Graph graph, int start, const int* arcs, int count, unsigned char* places) noexcept:
    """Note the place of each arc of a path among those that leave the node before it; return whether each has one that is a byte."""
    cdef int at, place, most, node = start
    for at in range(count):
        most = min(256, graph.leaving_from[node + 1] - graph.leaving_from[node])
        place = 0
        while place < most and graph.leaving[graph.leaving_from[node] + place] != arcs[at]:
            place += 1
        if place == most:
            return False
        places[at] = place
        node = graph.head[arcs[at]]
    return True
