# The queues of a program, what has been waited for up to them, and the streams that come; see weave.pyx.
from intentc.native.grow cimport Ints
from intentc.native.halves cimport Halves

cdef class Web(Halves):
    cdef readonly bint is_finished
    cdef readonly int edition                                # how often it has turned
    cdef readonly int layout                                 # how often its queues became others, or have gone to other numbers
    cdef readonly int gathering                              # how often all that belongs to queues was laid in their order
    cdef Ints kept_begins, kept_order                        # the members that were sorted last, by their queues
    cdef Py_ssize_t kept_count                               # so many rows were; some may be of demands that are gone
    cdef Py_ssize_t sorted_nodes                             # nodes that lie in the order of their queues; those behind them came later
    cdef Py_ssize_t sorted_streams
    cdef bint is_small                                       # whether it has turned to nearly the same

    cdef bint stays(self, int number, Ints* sizes) noexcept
    cdef int change_demands(self, list wanted, Ints* fate, Ints* sizes) except -1
    cdef int drop_queues(self) except -1
    cdef int renumber(self, Ints* order) except -1
    cdef int let_go(self) except -1
    cdef int sort_members(self, Ints* begins, Ints* order) except -1
    cdef bint is_patched(self) noexcept
    cdef int compact_members(self) except -1
    cdef int pick_members(self, Ints* begins, Ints* order) except -1
    cdef int prune(self) except -1
    cdef int release_memory(self) except -1
