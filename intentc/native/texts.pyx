"""What demands do in failure states as a manifest says it: JSON, made of what a kernel has found in one call for each demand.

The twins: `manifest.states.merge_states`, `manifest.demand_entries` and `values.json_text`, which make results of it first.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Realloc
from libc.string cimport memcmp, memcpy

from intentc.native.arrays cimport room_for
from intentc.native.figures cimport Names
from intentc.native.graph cimport Graph
from intentc.native.results cimport Teller
from intentc.native.ways cimport Ways
from intentc.native.ways import unfolded

ctypedef long long i64
ctypedef unsigned long long u64

cdef enum:
    AS_NORMALLY = -2         # in place of propagation: all is as in the normal state
    AS_PLACED = -1           # what does not queue is what the path was placed with
    FIGURES = 4              # of a result: propagation, serialisation, queueing (µs), and the number of its basis
    WHOLE_PPM = 1000000
    MOST_DIGITS = 20


def texts_of(Teller teller not None, text):
    """Return what makes JSON over the network of a teller, one for all who ask; `text` does of a name."""
    if teller.names.texts is None:
        teller.names.texts = Texts(teller.names, text)
    return teller.names.texts


cdef class Texts:
    cdef Graph graph
    cdef Py_ssize_t nodes
    cdef object text
    cdef dict ids            # of states, by name
    cdef char* names         # of all nodes, then of all links, one behind the other
    cdef Py_ssize_t* node_from
    cdef Py_ssize_t* link_from
    cdef char* made          # of the demand that is asked for
    cdef Py_ssize_t used, room
    cdef i64 latency[3]      # of the result that is written
    cdef bytes basis

    def __cinit__(self, Names names not None, text):
        cdef Py_ssize_t at = 0, number
        cdef list texts
        self.graph, self.nodes, self.text, self.ids = names.graph, <Py_ssize_t>len(names.nodes), text, {}
        texts = [text(name) for name in (*names.nodes, *names.links)]
        self.node_from = <Py_ssize_t*>room_for(len(names.nodes) + 1, sizeof(Py_ssize_t))
        self.link_from = <Py_ssize_t*>room_for(len(names.links) + 1, sizeof(Py_ssize_t))
        self.names = <char*>room_for(sum(map(len, texts)), 1)
        for number in range(<Py_ssize_t>len(texts)):
            self._begin(number, at)
            memcpy(self.names + at, PyBytes_AS_STRING(<bytes?>texts[number]), len(texts[number]))
            at += <Py_ssize_t>len(texts[number])
        self._begin(len(texts), at)

    def __dealloc__(self):
        PyMem_Free(self.names)
        PyMem_Free(self.node_from)
        PyMem_Free(self.link_from)
        PyMem_Free(self.made)

    cdef void _begin(self, Py_ssize_t number, Py_ssize_t at) noexcept:
        """Note where a name begins, and the one before it ends."""
        if number <= self.nodes:
            self.node_from[number] = at
        if number >= self.nodes:
            self.link_from[number - self.nodes] = at

    def states(self, Teller teller not None, bytes folded not None, ahead, tuple ids not None, frozenset gone not None, queued, int most):
        """Return the entries of a demand, as they stand in a list; None where they are to be made of results: some are to be one, have more

        than `most` states, or take what is no word. The four behind the teller are as that has them. `queued`: None, or four numbers of the normal
        state and of each result, as words of eight bytes or of four, whether of eight, the normal latency, and the bases as JSON.
        """
        cdef Ways ways
        cdef list rows
        cdef Py_ssize_t row, size
        cdef int way
        cdef bytes words = None
        if teller.names.graph is not self.graph:
            raise ValueError("of another network")
        ways = unfolded(self.graph, folded)
        rows = teller.told(ways, ids, gone)
        if queued is not None:
            words = queued[0]
            size = FIGURES * (<Py_ssize_t>len(rows) + 1) * (8 if queued[1] else 4)
            if PyBytes_GET_SIZE(words) != size:
                raise ValueError("four numbers of each result")
        if _are_any_alike(ways):
            return None
        self.used = 0
        for row in range(<Py_ssize_t>len(rows)):
            when, number = rows[row]
            way = number
            if <Py_ssize_t>len(when) > most:
                return None
            if row:
                self._put(b", ", 2)
            self._put_ids(when)
            if not self._put_way(teller, ways, way, ahead, queued, words, row + 1):
                return None
        return PyBytes_FromStringAndSize(self.made, self.used)

    cdef int _put_ids(self, tuple when) except -1:
        cdef bint is_next = False
        cdef bytes said
        self._put(b'{"when": [', 10)
        for name in when:
            known = self.ids.get(name)
            if known is None:
                known = self.ids[name] = self.text(name)
            said = known
            if is_next:
                self._put(b", ", 2)
            self._put(PyBytes_AS_STRING(said), PyBytes_GET_SIZE(said))
            is_next = True
        self._put(b'], "paths": [', 13)
        return 0

    cdef bint _put_way(self, Teller teller, Ways ways, int way, ahead, queued, bytes words, Py_ssize_t row) except -1:
        """Put what follows the states of an entry; return False where it is to be made of a result."""
        cdef int begin = ways.arc_from[way], count = ways.arc_from[way + 1] - begin, end = ways.start
        cdef int* arcs = NULL
        cdef list paths
        cdef bint is_next = False
        if not self._find_latency(teller, ways, way, ahead, queued, words, row):
            return False
        if not ways.several[way]:
            end = self._put_path(ways.start, ways.arc + begin, count, WHOLE_PPM)
        else:
            paths = teller.split(ways, way)
            if paths is None or len(paths) < 2:
                return False
            arcs = <int*>room_for(count, sizeof(int))
            try:
                for path, share_ppm in paths:
                    if len(path) > count:
                        return False
                    for at, arc in enumerate(path):
                        arcs[<int>at] = arc
                    if is_next:
                        self._put(b", ", 2)
                        self._put_path(ways.start, arcs, <int>len(path), share_ppm)
                    else:
                        end = self._put_path(ways.start, arcs, <int>len(path), share_ppm)
                    is_next = True
            finally:
                PyMem_Free(arcs)
        self._put(b'], "latency_us": {"propagation": ', 33)
        self._put_number(self.latency[0])
        self._put(b', "serialisation": ', 19)
        self._put_number(self.latency[1])
        self._put(b', "queueing": ', 14)
        self._put_number(self.latency[2])
        self._put(b', "total": ', 11)
        self._put_number(self.latency[0] + self.latency[1] + self.latency[2])
        self._put(b'}, "basis": ', 12)
        self._put(PyBytes_AS_STRING(self.basis), PyBytes_GET_SIZE(self.basis))
        self._put(b', "destination": ', 17)
        self._put_node(end)
        self._put(b"}", 1)
        return True

    cdef bint _find_latency(self, Teller teller, Ways ways, int way, ahead, queued, bytes words, Py_ssize_t row) except -1:
        """Find the latency of a way, and its basis; return False where a result tells it."""
        cdef int begin = ways.arc_from[way], at
        cdef i64 placed[3]
        cdef i64 figures[FIGURES]
        if queued is not None:
            for at in range(FIGURES):
                if queued[1]:
                    figures[at] = (<i64*>PyBytes_AS_STRING(words))[FIGURES * row + at]
                else:
                    figures[at] = (<int*>PyBytes_AS_STRING(words))[FIGURES * row + at]
            if figures[0] == AS_NORMALLY:
                self.latency[0], self.latency[1], self.latency[2], self.basis = queued[2]
                return True
            self.latency[0], self.latency[1], self.latency[2] = figures[0], figures[1], figures[2]
            self.basis = queued[3][figures[3]]
            if figures[0] != AS_PLACED:
                return True
        if ways.several[way] or not teller.sum_up(ways.arc + begin, ways.arc_from[way + 1] - begin, ahead, placed):
            return False
        self.latency[0], self.latency[1] = placed[0], placed[1]
        if queued is None:
            self.latency[2], self.basis = placed[2], b'"none"' if ahead is None else b'"assumed"'
        return True

    cdef int _put_path(self, int node, const int* arcs, int count, int share_ppm) except -1:
        """Put a path; return the node where it ends."""
        cdef int at
        cdef Py_ssize_t first
        self._put(b'{"path": [', 10)
        self._put_node(node)
        for at in range(count):
            node = self.graph.head[arcs[at]]
            self._put(b", ", 2)
            self._put_node(node)
        self._put(b'], "links": [', 13)
        for at in range(count):
            if at:
                self._put(b", ", 2)
            first = self.link_from[arcs[at] >> 1]
            self._put(self.names + first, self.link_from[(arcs[at] >> 1) + 1] - first)
        self._put(b'], "share_ppm": ', 16)
        self._put_number(share_ppm)
        self._put(b"}", 1)
        return node

    cdef int _put_node(self, int node) except -1:
        cdef Py_ssize_t first = self.node_from[node]
        return self._put(self.names + first, self.node_from[node + 1] - first)

    cdef int _put_number(self, i64 number) except -1:
        cdef char digits[MOST_DIGITS]
        cdef int at = MOST_DIGITS
        cdef u64 left = -<u64>number if number < 0 else <u64>number
        while left or at == MOST_DIGITS:
            at -= 1
            digits[at] = <char>(48 + left % 10)
            left //= 10
        if number < 0:
            self._put(b"-", 1)
        return self._put(digits + at, MOST_DIGITS - at)

    cdef inline int _put(self, const char* text, Py_ssize_t size) except -1:
        cdef char* wider
        if self.used + size > self.room:
            wider = <char*>PyMem_Realloc(self.made, 2 * (self.used + size))
            if wider == NULL:
                raise MemoryError
            self.made, self.room = wider, 2 * (self.used + size)
        memcpy(self.made + self.used, text, size)
        self.used += size
        return 0


cdef bint _are_any_alike(Ways ways) noexcept:
    """Return whether any two ways are the same."""
    cdef int way, other, count
    for way in range(ways.kinds):
        count = ways.arc_from[way + 1] - ways.arc_from[way]
        for other in range(way):
            if ways.arc_from[other + 1] - ways.arc_from[other] == count and not memcmp(
                ways.arc + ways.arc_from[way], ways.arc + ways.arc_from[other], count * sizeof(int)
            ):
                return True
    return False
