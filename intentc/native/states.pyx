"""Failure states by their places, told by what they touch. The twin: `forwarding.outage.Watch.places_touching`."""

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from libc.stdlib cimport qsort

from intentc.native.arrays cimport by_number, ints_of, starts_of
from intentc.native.graph cimport Graph


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
        self.link_from, self.link = ints_of(starts_of(links)), ints_of([one for each in links for one in each])
        self.node_from, self.node = ints_of(starts_of(nodes)), ints_of([one for each in nodes for one in each])
        by = [[] for _ in range(self.bits)]
        for at in range(self.count):
            for bit in masks[at]:
                by[bit].append(at)
        self.by_from, self.by = ints_of(starts_of(by)), ints_of([one for each in by for one in each])
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
        qsort(self.found, count, sizeof(int), by_number)
        return [self.found[at] for at in range(count)]
