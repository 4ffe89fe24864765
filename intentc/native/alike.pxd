# Whether the same comes to a queue before and after; see alike.pyx.
from intentc.native.grow cimport i64
from intentc.native.streams cimport Block, Change, Streams

cdef struct Brought:         # a stream, wherever it lies among those of its queue
    int ingress, node
    i64 rate, burst

cdef class Alike:
    cdef Brought* mine
    cdef Brought* its
    cdef Py_ssize_t my_room, its_room

    cdef bint normally(self, Streams web, Block* own, Block* old) except -1
    cdef bint are_rows(self, Streams web, Block* own, int first, Block* old, int other, int count) except -1
    cdef bint are_same(self, int count) noexcept
    cdef bint after(self, Streams web, Block* own, Change* one, Block* old, Change* other) except -1
