# What links hold of placed demands; see loads.pyx.
from intentc.native.grow cimport Ints, Longs, i64
from intentc.native.routes cimport Routes

cdef struct Joint:           # a member of a pool with several, at a port: normally (state -1), or in a state
    int pool, state, demand, claim

cdef class Loads:
    cdef Routes routes
    cdef int groups, states
    cdef i64 mean_packet, imbalance_ppb
    cdef bytes links         # a byte for each: whether it is counted
    cdef Ints node_from, node_state, link_from, link_state
    # per demand
    cdef Ints group, pool, is_lone, is_gone, first_course
    # per course: its demand, and where its states begin, of the normal one those in which the demand claims nothing; and one more
    cdef Ints course_demand, state_from, course_states
    # a row for each port of each normal course, and of the others where they differ from that (claim -1: they do not come there):
    # sorted by port when all are entered
    cdef Ints row_port, row_course, row_claim, port_from, port_course, port_claim
    cdef Longs claim_rate, claim_limit
    cdef Ints rank, is_out       # per state
    # scratch
    cdef Ints own_ports, own_demand, own_claim, met_course   # of the normal course of the demand that is entered; by port
    cdef Ints state_stamp, state_course, touched, course_count
    cdef Longs moved_bps, normal_bps, peak_bps
    cdef Ints has_normal, has_peak
    cdef Joint* joint
    cdef Py_ssize_t joint_count, joint_room
    cdef int serial

    cdef int claim(self, i64 rate, i64 limit, Py_ssize_t first) except -1
    cdef int add_course(self, int demand, object paths, i64 rate, i64 limit, bint is_spread, Py_ssize_t first, bint is_normal) except -1
    cdef int add_row(self, int port, int course, int claim) except -1
    cdef int meet(self, int demand, int state, int course) except -1
    cdef int lay(self, Ints* column, Ints* by_port, Ints* begins) except -1
    cdef i64 least(self, int claim) noexcept
    cdef int add_joint(self, int pool, int state, int demand, int claim) except -1
    cdef int list_states(self, int courses) except -1
    cdef int add_normal(self, int demand, int claim) except -1
    cdef int add_states(self, int demand, int course, int normal, int claim) except -1
    cdef int weigh_joint(self) except -1
    cdef int at_state(self, int state) except -1

cdef class Bursts:
    cdef Routes routes
    cdef int groups
    cdef Longs total, own        # per port and class: of all demands, and of those that are asked about (-1: none of them is there)
    cdef Ints touched

    cdef int gather(self, object lists, int group, i64 burst) except -1
