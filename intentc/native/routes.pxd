# Paths as numbers of ports; see routes.pyx.
from intentc.native.grow cimport Ints, Longs, i64

cdef class Routes:
    cdef readonly int ports, nodes
    cdef Ints tail, head     # per port: nodes
    cdef Longs latency_ns    # per port
    cdef Longs varies_ns     # per port: how much longer it may take
    cdef Longs packet        # per port: how long a packet takes, in parts of a µs that all ports share
    # of the many paths that a demand takes in failure states most differ little from its normal one
    # (ports of all paths one after the other; one that is told by another: how many there are, and then each, but -1 - p and n for n ports
    # that the other one has from its place p on)
    cdef Ints hops
    cdef Ints starts         # per path, and one more
    cdef Ints base           # per path: the one that it is told by, which is told whole; NONE: it is itself
    cdef int pattern         # the base of paths that are new
    cdef Ints place          # per port: where it has it; NONE: nowhere
    cdef Ints laid           # the ports of one path
    cdef Ints labels         # on each hop of those paths that have any
    cdef Ints label_from     # per path: where its labels begin; NONE: it has none
    cdef Longs share_ppm     # per path
    cdef i64 parts           # of a µs
    cdef Longs fixed_us      # per path: what it takes without queueing, propagation and serialisation each rounded up
    cdef Ints cells          # paths by their digests; NONE: nothing
    # what the ports of the paths that were marked last have: the most labels, and the sum of the shares
    cdef int serial
    cdef Ints stamp, label, share

    cdef int lend(self, Routes other) except -1
    cdef int give_back(self) noexcept
    cdef int find(self, int* ports, int* labels, int count, bint has_labels, i64 share_ppm) except -1
    cdef int put(self, int* ports, int count) except -1
    cdef int take_pattern(self, int path) except -1
    cdef int lay(self, int path) except -1 nogil
    cdef bint meets(self, int path, unsigned char* marked, int* base, bint* is_base_met) noexcept
    cdef int count_of(self, int path) noexcept nogil
    cdef bint is_path(self, int path, int* ports, int* labels, int count, bint has_labels, i64 share_ppm) except -1
    cdef unsigned long long digest_of(self, int* ports, int count, i64 share_ppm) noexcept
    cdef int widen_cells(self) except -1
    cdef int label_at(self, int path, int at) noexcept nogil
    cdef int mark(self, object paths) except -1
    cdef int mark_rows(self, int* paths, int count) except -1 nogil
    cdef int mark_one(self, int path) except -1 nogil
    cdef i64 held_on(self, int port, i64 amount, bint is_spread, i64 mean_packet, i64 imbalance_ppb) noexcept nogil

cdef class Amounts:
    cdef Routes routes
    cdef int groups
    cdef Longs amount, other

    cdef Py_ssize_t _at(self, int port, int group) except -1
