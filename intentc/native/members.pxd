# Demands at queues; see members.pyx.
from intentc.native.careers cimport Career, Careers
from intentc.native.grow cimport Ints, Longs, i64
from intentc.native.nodes cimport Nodes
from intentc.native.routes cimport Routes

cdef struct Member:          # a demand at a queue in some state
    int queue, career, spot, ingress
    int course               # that it belongs to; of the normal one -1 - its row of `has_member`
    int more                 # twice its row of `rate_of`, `least_of` and `pool_of`, and one more where it brings something

cdef struct Last:            # who came to a queue last, while demands are woven: NONE where nobody has
    int user                 # a demand, in any state
    int normally, own_row    # a demand on its normal paths, and its row of `own_*`
    int spotted, spot        # a demand that brings something, and its row of `spot_row`
    int course, group        # a course, by `serial`, and its row of `group_*`

cdef class Members(Nodes):
    cdef Careers careers
    cdef Routes routes
    cdef readonly int groups, states
    cdef i64 mean_packet, imbalance_ppb
    cdef Ints number_of                                      # per demand of the web: the number of its career, NONE where it is gone
    cdef Ints pool_size
    cdef Ints is_due                                         # per port: whether any demand has come there, or gone, since the web began or turned
    cdef Ints is_met                                         # the same by port and class
    cdef Ints is_leaning                                     # the same: whether what other classes bring there may bear on its streams
    cdef Ints is_fresh                                       # per queue: whether it was finished with this program
    cdef Ints node_from, node_state, link_from, link_state   # which states a node or link fails in
    # per queue; how many demands use it, and how many hops of theirs are not policed, open, or come from an unknown edge
    cdef Ints queue_at                                       # by port and class
    cdef Ints queue_port, queue_group, users, is_unpoliced, is_open, is_unknown
    cdef Ints was_open       # whether something unmetered came before the web turned
    cdef Longs users_bytes
    # what demands do, until the web is finished, or as long as it may be edited
    cdef Member* members
    cdef Py_ssize_t member_count, member_room
    cdef Longs rate_of, least_of, pool_of                    # of one that is alone in its pool only the rate is told
    cdef Py_ssize_t rates_from                               # where those of the demand that is woven begin
    cdef Ints first_course                                   # per demand, and one more
    cdef Ints course_from, course_state                      # per course: the states in which it is taken; the first of a demand is nowhere
    cdef unsigned char* has_member                           # per normal member: a bit for each course that comes there too
    cdef Py_ssize_t has_count, has_room
    cdef Ints has_width                                      # per demand: bytes of a row of them
    # while a demand is woven
    cdef int serial
    cdef bint is_bare                                        # whether its ports hold all of its rate and no more: it is not spread, and has no labels
    cdef Last* last                                          # per queue: in one row, as they are asked for together
    cdef Py_ssize_t last_count, last_room
    cdef Ints shared, own_ingress, own_has
    cdef Longs own_least, own_rate, own_pool
    cdef Ints group_queue, group_step, taken_way, taken_next, state_stamp, state_list, touched, touched_course, list_course, course_count, trunk_port

    cdef Py_ssize_t hops_of(self, int number) noexcept nogil
    cdef int reserve(self, Py_ssize_t hops) except -1
    cdef int begin_demands(self) except -1
    cdef int forget_marks(self) except -1
    cdef int mark_queues(self) except -1 nogil
    cdef int new_queue(self, int port, int group) except -1 nogil
    cdef int weave_one(self, int number) except -1 nogil
    cdef int note_open(self) except -1
    cdef int take_back(self, int number) except -1
    cdef int take_list_back(self, int number, Career* own, int row) except -1
    cdef void use(self, int number, Career* own, int queue, bint is_policed, int sign) noexcept nogil
    cdef int follow(self, int number, Career* own, int row, int course, int trunk) except -1 nogil
    cdef int add_step(self, int queue, int way) except -1 nogil
    cdef int add_member(self, int number, Career* own, int queue, int steps, int course) except -1 nogil
    cdef int keep_member(self, int number, int queue, int spot, int ingress, int course, bint brings, i64 least, i64 rate, i64 pool_bps, bint is_lone) except -1 nogil
    cdef int rate_row(self, i64 rate, i64 least, i64 pool_bps) except -1 nogil
    cdef int find_touched(self, int number, Career* own) except -1 nogil
    cdef int touch(self, int number, int state, int row) except -1 nogil
    cdef int list_states(self, int courses) except -1 nogil
    cdef int release_members(self) except -1
