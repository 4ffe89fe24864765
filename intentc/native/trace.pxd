# What every queue went through while an iteration came to rest; see trace.pyx.
from intentc.native.grow cimport Ints, i64
from intentc.native.wide cimport i128

cdef struct Mark:            # what was derived for a queue in a sweep
    int sweep, next          # the next mark of the queue, -1: none
    int row, out             # the first of `waits`, one for each node of the queue; what came out

cdef struct Out:
    i128 size
    double arriving, leaving # nanobits
    i64 delay
    int has_burst

cdef class Trace:
    cdef Mark* marks
    cdef Py_ssize_t mark_count, mark_room, made_count
    cdef Out* outs
    cdef Py_ssize_t out_count, out_room
    cdef Ints waits          # ns
    cdef Py_ssize_t made_waits
    cdef Ints first, width, place, has_grown  # per queue: its first mark, how many nodes it has, port and class, whether a state joined on the way
    cdef int sweeps          # the last one in which anything was derived
    cdef int most            # waits that it may tell
    cdef bint is_whole       # whether all of it is there

    cdef void reset(self) noexcept
    cdef int add(self, int before, Mark made) except -1
    cdef int add_out(self, Out* made, int before) except -1
    cdef bint is_large(self) noexcept
    cdef bint is_loose(self) noexcept
    cdef int gather(self) except -1
