# Where packets go in failure states; see ways.pyx.
from intentc.native.graph cimport Graph

ctypedef long long i64

cdef enum:
    MOST_TRAILS = 64   # as packets are followed at all

cdef i64 LONGEST_US    # what takes longer is for the twin

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
