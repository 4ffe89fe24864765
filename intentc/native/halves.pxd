# Queues that two threads finish; see halves.pyx.
from intentc.native.grow cimport Ints
from intentc.native.streams cimport Streams

cdef class Halves(Streams):
    cdef Ints* begins                                        # per queue: where its members begin in `order`; NULL where there is nothing to do
    cdef Ints* order
    cdef int task                                            # what is to be looked at
    cdef int first, end                                      # of the ports, queues or demands
    cdef object failure                                      # what another thread met with

    cdef int finish_all(self, Ints* begins, Ints* order, bint is_shared) except -1
    cdef int middle(self) noexcept
    cdef int look(self) except -1 nogil
    cdef int both(self, Halves other, int task, int middle, int end) except -1
    cdef int lend(self, Halves other) except -1
    cdef int take_back_all(self, Halves other) except -1
    cdef int take_ports(self, Halves other) except -1
    cdef int take_joint(self, Halves other) except -1
    cdef int take_queues(self, Halves other, int first) except -1
