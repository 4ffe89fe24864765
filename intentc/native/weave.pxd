# The queues of a program, the ways to them and the streams that come; see weave.pyx.
from intentc.native.grow cimport Ints, Longs, i64
from intentc.native.routes cimport Routes

cdef struct Member:          # a demand at a queue in some state
    int queue, career, spot, ingress
    i64 least, rate, pool_bps

cdef struct Career:          # a demand over all states
    int group, pool, entry, is_open
    int own                  # its normal course
    int moved, moved_end     # rows of `moved_state` and `moved_course`
    i64 burst                # bytes

cdef struct Entry:           # a member that a state brings to a queue; -1 - career: one that it takes away
    int queue, state, member

cdef struct Stream:
    int ingress, place       # a link's number, and its place among those of the queue
    int spots, count         # rows of `stream_spot` and `stream_late`
    int next                 # another stream with the same first spot
    i64 rate, burst          # bps, bytes

cdef struct Change:
    int lost, won, end       # rows of `change_stream`
    int states, states_end   # rows of `change_state`
    i64 growth_bps, growth

cdef class Web:
    cdef Routes routes
    cdef readonly int groups, states, queues
    cdef i64 mean_packet, imbalance_ppb
    cdef Ints pool_size
    cdef Ints node_from, node_state, link_from, link_state   # which states a node or link fails in
    # per queue
    cdef Ints queue_at                                       # by port and class
    cdef Ints queue_port, queue_group, is_unpoliced, is_open, is_unknown, root_way
    cdef Longs users_bytes
    cdef Ints user, own_career, own_member, spot_career, spot_of, mark, marked, in_course, course_place  # while it is woven
    # per way
    cdef Ints way_before, way_queue, way_child, way_next
    # per spot: a list of rows of `row_way`, `row_extra`
    cdef Ints spot_queue, spot_row, row_way, row_next
    cdef Longs row_extra
    # per course: rows of `course_member`
    cdef Ints course_from, course_member
    cdef Ints moved_state, moved_course
    cdef Member* members
    cdef Py_ssize_t member_count, member_room
    cdef Career* careers
    cdef Py_ssize_t career_count, career_room
    cdef Entry* entries
    cdef Py_ssize_t entry_count, entry_room
    cdef Ints brings_port, brings_state                      # pairs: a state that brings something to a port
    cdef Ints relevant_from, relevant                        # the same per port, each once
    # when all is known: per queue, and one more
    cdef Ints normal_from, normal_stream, change_from, place_from, place_ingress, counting_from, counting
    cdef Stream* streams
    cdef Py_ssize_t stream_count, stream_room
    cdef Ints stream_spot, spot_stream
    cdef Longs stream_late
    cdef Change* changes
    cdef Py_ssize_t change_count, change_room
    cdef Ints change_stream, change_state
    # scratch
    cdef int serial, sums
    cdef Ints state_stamp, state_slot, touched, slots, diffs, diff_from
    cdef Ints step_way, step_before, step_next, group_queue, group_step, has_member
    cdef Longs step_taken
    cdef Ints career_stamp, career_member, run_stamp, run_member, pool_stamp, pool_stream, pool_run, pool_touched
    cdef Ints link_stamp, link_place, picked, entry_stamp
    cdef Longs entry_burst

    cdef int new_queue(self, int port, int group) except -1
    cdef int new_way(self, int before, int queue) except -1
    cdef int new_course(self, int career, object ids, i64 rate, i64 pool_bps, bint is_policed, bint is_spread, int trunk) except -1
    cdef int add_step(self, int queue, int way, i64 taken, int before) except -1
    cdef int new_member(self, int career, int queue, int steps, i64 rate, i64 pool_bps) except -1
    cdef int add_entry(self, int queue, int state, int member) except -1
    cdef int mark_states(self, int career, object primary) except -1
    cdef int compare(self, int career, int course) except -1
    cdef int release(self, int career) except -1
    cdef int find_relevant(self) except -1
    cdef int sort_entries(self) except -1
    cdef int finish_queue(self, int queue, Py_ssize_t begin, Py_ssize_t end, int* normal, int count) except -1
    cdef int find_changes(self, int queue, Py_ssize_t begin, Py_ssize_t end, int* normal, int count) except -1
    cdef int new_change(self, int queue, Py_ssize_t begin, Py_ssize_t end, int* normal, int count) except -1
    cdef int stream_of(self, int* rows, int count) except -1
    cdef int new_stream(self, Stream made) except -1
    cdef int find_places(self, int queue) except -1
    cdef int find_counting(self, int queue) except -1
    cdef int count_users(self, i64 amount, bint is_unknown) except -1
    cdef bint is_alike(
        self, Ints* runs, Longs* digests, int kind, unsigned long long digest, Py_ssize_t begin, Py_ssize_t end
    ) noexcept
    cdef int joined(self, int queue, int pool, Py_ssize_t begin, Py_ssize_t end, int* normal, int count) except -2
    cdef int place(self, int queue, int first, int stream) except -1
    cdef int deficit(self, int first, int place, int count) noexcept
    cdef bint covers(self, int first, int one, int other, int count) noexcept
