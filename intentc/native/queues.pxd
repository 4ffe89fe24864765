# The fixed point of all queues; see queues.pyx.
from intentc.native.grow cimport Ints, Longs, i64
from intentc.native.judge cimport Desk, Judge

cdef class Solver(Judge):
    cdef bint is_moving
    cdef bint is_quiet       # whether nobody is told to be looked at again: who is, is found otherwise
    cdef int sweep           # how often all queues have been looked at
    # the nodes of each queue, and the queues that come after it
    cdef Ints node_from, next_from, next, is_moved
    cdef Ints more_first, more_next  # per queue and node: those that came to the web later, in their order; NONE: no more
    cdef Longs left          # per node: when its queue is left
    cdef bint is_too_wide    # whether 32 bits are not enough for that
    cdef Ints is_overflowing, is_dirty, is_news
    # two CPUs
    cdef int many            # where so many are to be looked at another CPU helps; 0: never
    cdef readonly int shared # how often it did
    cdef bint is_joining
    cdef int next_turn

    cdef int find_nodes(self) except -1
    cdef int find_next(self) except -1
    cdef bint keeps(self, int queue) noexcept
    cdef int start(self) except -1
    cdef int clear(self) except -1
    cdef int widen(self) except -1
    cdef int iterate(self) except -1
    cdef int look_alone(self) except -1
    cdef int look_together(self, bint is_joining) except -1
    cdef void take_turns(self, Desk* desk) noexcept nogil
    cdef bint update(self, int queue, Desk* desk) noexcept nogil
    cdef bint derive(self, int queue, bint has_changed, Desk* desk) noexcept nogil
    cdef void tell(self, int queue) noexcept nogil
    cdef int note(self, int queue) except -1
    cdef i64 longest(self, int node) noexcept nogil
    cdef i64 left_at(self, int node) noexcept nogil
    cdef bint wait(self, int queue) noexcept nogil
    cdef bint wait_narrow(self, int queue) noexcept nogil
    cdef void leave_narrow(self, int queue, i64 later) noexcept nogil
    cdef void leave_wide(self, int queue) noexcept nogil
    cdef bint activate(self) except -1
    cdef void judge_half(self, Desk* desk) noexcept nogil
    cdef bint join(self, int queue, Desk* desk) noexcept nogil
