# Which queues come after which, until they are in an order; see order.pyx.
from intentc.native.grow cimport Ints

cdef class Steps:
    cdef readonly int queues
    cdef bint is_ordered     # then steps are counted no more
    cdef Ints step_first                                     # per queue, of a list of rows of `step_*`: how often paths come from a queue before
    cdef Ints step_next, step_before, step_count

    cdef int count_step(self, int before, int queue, int count) except -1 nogil
    cdef int find_order(self, Ints* order) except -1
    cdef void release_steps(self) noexcept
