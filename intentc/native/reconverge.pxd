# Where packets go in failure states; see reconverge.pyx.
from intentc.native.graph cimport Graph

ctypedef long long i64

cdef class States:
    cdef readonly int count
    cdef int bits             # of masks: none is beyond
    cdef int most_link, most_node
    cdef int* link_from       # per state, and one more: where its links begin in `link`
    cdef int* link
    cdef int* node_from
    cdef int* node
    cdef int* by_from         # per bit, and one more: where the states that it is a bit of begin in `by`
    cdef int* by
    cdef i64* seen            # per state: the question that came upon it last
    cdef i64 question
    cdef int* found

    cdef int _add(self, int bit, int count) noexcept
    cdef list _sorted(self, int count)


cdef class Ways:
    cdef readonly int count   # states that were settled
    cdef int* place           # per state: its place among all, and which way is taken
    cdef int* of
    cdef readonly int kinds   # ways
    cdef int* arc_from        # per way, and one more: where its arcs begin in `arc`, in the order of the path, or sorted where it is several
    cdef int* arc
    cdef i64* latency_us      # per way, of its slowest path
    cdef char* several        # per way: whether it is several paths, along these arcs
    cdef Graph graph
    cdef int start

    cdef int _check(self, int way) except -1
