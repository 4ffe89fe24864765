# Failure states by what they touch; see states.pyx.
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
