"""A network's nodes and arcs as arrays of C, and shortest paths over them."""

from cpython.bytes cimport PyBytes_AS_STRING
from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc
from libc.stdlib cimport free
from libc.string cimport memcpy

from intentc.native.arrays cimport flags_of, ints_of, longs_of, room_for, starts_of
from intentc.native.buckets cimport Buckets, put, start, take

cdef extern from *:
    int lowest_of "__builtin_ctz"(unsigned int) nogil

FAR = 1 << 62  # no way; a larger sum of metrics cannot be told from it


cdef class Graph:
    """`tail`, `head` and `metric` per arc; `leaving` and `entering`: the arcs of each node; `has_transit`, `has_overload` per node."""

    def __init__(self, tail, head, metric, leaving, entering, has_transit, has_overload):
        self._made_of = (tail, head, metric, leaving, entering, has_transit, has_overload)
        self.nodes, self.arcs = len(leaving), len(tail)
        self.numbers = tuple(range(self.arcs))
        self.tail, self.head, self.metric = ints_of(tail), ints_of(head), longs_of(metric)
        self.leaving_from, self.leaving = ints_of(starts_of(leaving)), ints_of([arc for arcs in leaving for arc in arcs])
        self.entering_from, self.entering = ints_of(starts_of(entering)), ints_of([arc for arcs in entering for arc in arcs])
        self.ahead, self.behind = _steps(leaving, head, metric), _steps(entering, tail, metric)
        self.has_transit, self.has_overload = flags_of(has_transit), flags_of(has_overload)
        self.is_positive = all([metric[arc] > 0 for arcs in entering for arc in arcs])
        self.net = Net(
            self.nodes, self.arcs, self.tail, self.head, self.metric, self.leaving_from, self.entering_from,
            self.ahead, self.behind, self.has_transit, self.has_overload, self.is_positive,
        )

    def __dealloc__(self):
        PyMem_Free(self.tail)
        PyMem_Free(self.head)
        PyMem_Free(self.metric)
        PyMem_Free(self.leaving_from)
        PyMem_Free(self.leaving)
        PyMem_Free(self.entering_from)
        PyMem_Free(self.entering)
        PyMem_Free(self.ahead)
        PyMem_Free(self.behind)
        PyMem_Free(self.has_transit)
        PyMem_Free(self.has_overload)

    def __reduce__(self):
        return Graph, self._made_of

    def distances(self, targets):
        """Return the sums of metrics from every node to the nearest target, `FAR` where there is no way, as the IGP routes.

        The twin: `forwarding.igp._distances`.
        """
        cdef i64* distance = <i64*>PyMem_Malloc(max(1, self.nodes) * sizeof(i64))
        cdef char* is_target = <char*>PyMem_Calloc(max(1, self.nodes), 1)
        cdef int node, at
        try:
            if distance == NULL or is_target == NULL:
                raise MemoryError
            for node in targets:
                is_target[node] = 1
            self.fill(is_target, distance)
            return [distance[at] for at in range(self.nodes)]
        finally:
            PyMem_Free(distance)
            PyMem_Free(is_target)

    cdef int fill(self, const char* is_target, i64* distance) except -1:
        """Fill in the same; both arrays have a place for each node."""
        cdef Buckets ahead
        cdef i64 far = FAR, longer
        cdef int node, before, at
        ahead.slots, ahead.room = NULL, 0
        start(&ahead, self.metric, self.arcs)
        try:
            for node in range(self.nodes):
                distance[node] = far
                if is_target[node]:
                    distance[node] = 0
                    put(&ahead, 0, node)
            while True:
                node = take(&ahead, distance)
                if node < 0:
                    return 0
                if self.has_overload[node] and not is_target[node]:
                    continue
                for at in range(self.entering_from[node], self.entering_from[node + 1]):
                    longer, before = distance[node] + self.behind[at].metric, self.behind[at].node
                    if longer < distance[before]:
                        distance[before] = longer
                        put(&ahead, longer, before)
        finally:
            free(ahead.slots)


def bits_of(mask):
    """Return the numbers of the bits that are set, the lowest first. The twin: `forwarding.outage.bits_twin`."""
    cdef bytes digits = mask.to_bytes((mask.bit_length() + 63) // 64 * 8, "little")
    cdef const unsigned char* digit = <const unsigned char*>PyBytes_AS_STRING(digits)
    cdef Py_ssize_t at, place
    cdef unsigned long long word
    cdef unsigned int left
    cdef list found = []
    for at in range(0, len(digits), 8):
        memcpy(&word, digit + at, 8)
        if not word:
            continue
        for place in range(at, at + 8):
            left = digit[place]
            while left:
                found.append(8 * place + lowest_of(left))
                left &= left - 1
    return found


cdef Step* _steps(groups, ends, metric) except NULL:
    """Return the arcs of each node, one node after the other; to be given back."""
    cdef Step* found = <Step*>PyMem_Malloc((sum(map(len, groups)) + 1) * sizeof(Step))
    cdef int at = 0
    if found == NULL:
        raise MemoryError
    try:
        for arcs in groups:
            for arc in arcs:
                found[at] = Step(arc, ends[arc], metric[arc])
                at += 1
    except BaseException:
        PyMem_Free(found)
        raise
    return found
