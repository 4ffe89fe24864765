# Demands that two threads weave; see looms.pyx.
from intentc.native.halves cimport Halves

cdef class Looms(Halves):
    cdef int weave_all(self, bint is_shared) except -1
    cdef int by_class(self) except -1
    cdef int lend_demands(self, Looms other, int middle) except -1
    cdef int take_demands_back(self, Looms other) except -1
    cdef int take_demands(self, Looms other, int middle) except -1
    cdef int take_users(self, Looms other, int* queues) except -1
    cdef int take_steps(self, Looms other, int* queues) except -1
    cdef int take_nodes(self, Looms other, int group, int* queues, int* nodes) except -1
    cdef int take_node(self, Looms other, int node, int* queues, int* nodes) except -1
    cdef int take_members(self, Looms other, int middle, int* queues) except -1
