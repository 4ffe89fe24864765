# The queues of a program, what has been waited for up to them, and the streams that come; see weave.pyx.
from intentc.native.grow cimport Ints
from intentc.native.looms cimport Looms

cdef class Web(Looms):
    cdef readonly bint is_finished
    cdef readonly int finished                               # how many queues were finished with this program
    cdef readonly int edition                                # how often it has turned
    cdef readonly int layout                                 # how often its queues became others, or have gone to other numbers
    cdef readonly int gathering                              # how often all that belongs to queues was laid in their order
    cdef Ints gone_states                                    # of the demands that went when it turned: a port, and a state in which they brought something there
    cdef int first_new                                       # the first of the demands that came then
    cdef Ints kept_begins, kept_order                        # the members that were sorted last, by their queues
    cdef Py_ssize_t kept_count                               # so many rows were; some may be of demands that are gone
    cdef Py_ssize_t sorted_streams
    cdef bint is_small                                       # whether it has turned to nearly the same

    cdef bint stays(self, int number, Ints* sizes) noexcept
    cdef int change_demands(self, list wanted, Ints* fate, Ints* sizes) except -1
    cdef int note_gone(self, int slot) except -1
    cdef int find_fresh(self, Ints* begins, Ints* order) except -1 nogil
    cdef bint has_other_states(self, int port, int first, Ints* begins, Ints* order, Ints* stamp) noexcept nogil
    cdef int drop_queues(self) except -1
    cdef int renumber(self, Ints* order) except -1
    cdef int sort_due(self, Ints* begins, Ints* order) except -1 nogil
    cdef int lay_in_order(self, Ints* begins, Ints* order) except -1 nogil
    cdef int let_go(self) except -1 nogil
    cdef int sort_members(self, Ints* begins, Ints* order) except -1 nogil
    cdef bint is_patched(self) noexcept nogil
    cdef int compact_members(self) except -1 nogil
    cdef int pick_members(self, Ints* begins, Ints* order) except -1 nogil
    cdef int prune(self) except -1 nogil
    cdef int release_memory(self) except -1
