# Reservations that are entered while the interpreter goes on; see pending.pyx.
from cpython cimport array

from intentc.native.aside cimport Errand
from intentc.native.entering cimport Entering
from intentc.native.ways cimport Ways

ctypedef long long i64

cdef struct Job:           # a reservation, with all that is to be known of it; its arrays follow
    Errand errand
    void* books            # which wait for it before they go
    Job* after             # the next one in the same books
    int sign, normal_name, failed_name
    int normal_count, state_count, freed_count, touched_count
    i64 normal_bps, failed_bps
    int* normal            # arcs
    int* state             # per state: its number, and its way
    int* way
    int* arc_from          # per way, and one more: where its arcs begin in `arc`
    int* arc
    int* freed             # states in which nothing is claimed
    int* touched           # each arc once


cdef class Pending(Entering):
    cdef Job* _oldest      # of those that are under way, or of which nobody has seen yet that they are done
    cdef Job* _newest
    cdef int _under_way
    cdef i64* _at_most     # per arc: by how much they may leave less there, and more than nothing if they do anything there
    cdef int* _seen        # per arc: the job that came upon it last
    cdef int _jobs
    cdef i64 _lacks        # 1: there was not memory enough for one of them

    cdef void _end(self) noexcept
    cdef Job* _make_job(self, Py_ssize_t normal_count, Ways ways, Py_ssize_t freed_count) except NULL
    cdef int _fill(self, Job* job, tuple arcs, Ways ways, array.array numbers, list freed) except -1
    cdef int _touch(self, Job* job, int arc) except -1
    cdef int _begin(self, Job* job) except -1
    cdef int _see_done(self) except -1
    cdef void _see_one(self) noexcept
    cdef bint _leaves(self, int arc, i64 bps) except -1
    cdef int _carry_out(self, Job* job) noexcept nogil
