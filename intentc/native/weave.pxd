# The queues of a program, what has been waited for up to them, and the streams that come; see weave.pyx.
from intentc.native.grow cimport Ints, Longs, i64
from intentc.native.routes cimport Routes

cdef struct Career:          # a demand over all states, as it was entered
    int group, pool, entry
    int lists, lists_end     # rows of `list_from`: the paths of the normal state, and those of others
    int moved, moved_end     # rows of `moved_state` and `moved_list`
    unsigned char is_open, is_policed, keeps_rate, is_spread, is_unknown
    i64 user_bytes, burst    # bytes
    i64 rate, pool_bps, failover_rate, failover_pool

cdef struct Member:          # a demand at a queue in some state
    int queue, career, spot, ingress
    int course               # that it belongs to; of the normal one -1 - its row of `has_member`
    int more                 # twice its row of `least_of` and `pool_of`, and one more where it brings something
    i64 rate

cdef struct Item:            # a way that is waited for, by the queue before it
    int before, extra, way

cdef struct Draft:           # a stream while its queue is looked at
    int ingress, node
    int spots, count         # rows of `draft_spot` and `draft_late`
    int next                 # another stream with the same first spot
    int made                 # its number, where it stays
    i64 rate, burst          # bps, bytes

cdef struct Stream:
    int node, place          # what it waits for; the place of its ingress link among those of the queue
    i64 rate, burst          # bps, bytes

cdef struct Change:
    int lost, won, end       # rows of `change_stream`
    int states, states_end   # rows of `change_state`
    i64 growth_bps, growth

cdef class Careers:
    cdef Routes routes
    cdef readonly int groups, states
    cdef int pools
    cdef Career* rows
    cdef Py_ssize_t count, room
    cdef Ints list_from, path, moved_state, moved_list

cdef class Web:
    cdef Careers careers
    cdef Routes routes
    cdef readonly int groups, states, queues
    cdef readonly bint is_too_large
    cdef i64 mean_packet, imbalance_ppb
    cdef Ints number_of                                      # per demand of the web, in its order: that of its career
    cdef Ints pool_size
    cdef Ints node_from, node_state, link_from, link_state   # which states a node or link fails in
    # per queue
    cdef Ints queue_at                                       # by port and class
    cdef Ints queue_port, queue_group, is_unpoliced, is_open, is_unknown
    cdef Longs users_bytes
    cdef Ints step_first                                     # of a list of rows of `step_*`: how often paths come from a queue before
    cdef Ints step_next, step_before, step_count
    # per node (what is waited for at a queue): rows of `edge_before` (a node, -1: none) and `edge_extra` (ns)
    cdef Ints node_queue, edge_from, edge_before, edge_extra
    # per queue: rows of `streams`, those of the normal state first, and one more; of changes, of places, of what counts
    cdef Ints stream_from, normal_end, stream_end, change_from, change_end, place_from, place_end, counting_from, counting_end
    cdef Ints place_ingress, counting
    cdef Stream* streams
    cdef Py_ssize_t stream_count, stream_room
    cdef Change* changes
    cdef Py_ssize_t change_count, change_room
    cdef Ints change_stream, change_state
    # until it is finished
    cdef bint is_finished
    cdef Member* members
    cdef Py_ssize_t member_count, member_room
    cdef Longs least_of, pool_of
    cdef Ints first_course                                   # per demand, and one more
    cdef Ints course_from, course_state                      # per course: the states in which it is taken; the first of a demand is nowhere
    cdef unsigned char* has_member                           # per normal member: a bit for each course that comes there too
    cdef Py_ssize_t has_count, has_room
    cdef Ints has_width                                      # per demand: bytes of a row of them
    cdef Ints spot_node, cells
    # while a demand is woven
    cdef int serial, root
    cdef Ints user, own_career, own_row, spot_career, spot_of, mark, marked, in_course
    cdef Ints way_before, way_queue, way_child, way_next, way_node, spot_row, row_way, row_next, shared, picked
    cdef Longs way_taken, row_extra, own_least, own_rate, own_pool
    cdef Ints own_ingress, own_has
    cdef Ints group_queue, group_step, taken_way, taken_next, state_stamp, state_list, touched, touched_course, list_course, course_count
    cdef Ints stack, edge_stack, way_memo, memo_from, memo_count, memo_node, memo_next, memo_way
    # while a queue is finished
    cdef Draft* drafts
    cdef Py_ssize_t draft_count, draft_room
    cdef Change* found
    cdef Py_ssize_t found_count, found_room
    cdef Ints normal, draft_spot, spot_draft, found_stream, found_state, entry_state, entry_member, state_count, sorted_member
    cdef Ints relevant_from, relevant, relevant_stamp, brings_stamp, run_stamp, pool_stamp, pool_draft, pool_run, pool_touched, link_stamp, link_place, entry_stamp
    cdef Longs draft_late, entry_burst
    cdef int sums

    cdef int reserve(self) except -1
    cdef int new_queue(self, int port, int group) except -1
    cdef int new_way(self, int before, int queue, i64 taken) except -1
    cdef int count_step(self, int before, int queue) except -1
    cdef int weave_one(self, int number) except -1
    cdef int follow(self, int number, Career* own, int row, int course, int trunk) except -1
    cdef int add_step(self, int queue, int way) except -1
    cdef int add_member(self, int number, Career* own, int queue, int steps, int course) except -1
    cdef int keep_member(self, int number, int queue, int spot, int ingress, int course, bint brings, i64 least, i64 rate, i64 pool_bps, bint is_lone) except -1
    cdef int find_touched(self, int number, Career* own) except -1
    cdef int touch(self, int number, int state, int row) except -1
    cdef int list_states(self, int courses) except -1
    cdef int find_nodes(self, int first_spot) except -1
    cdef int node_of(self, int begin, int end) except -2
    cdef int known_set(self, int begin, int end) noexcept
    cdef int know_set(self, int begin, int end, int node) except -1
    cdef int push_way(self, int way, int extra) except -1
    cdef unsigned long long digest_of(self, int queue, int* edges, int count) noexcept
    cdef int node_with(self, int queue, int begin) except -1
    cdef int widen_cells(self) except -1
    cdef int find_order(self) except -1
    cdef int renumber(self, Ints* order) except -1
    cdef int find_relevant(self, Ints* begins, Ints* order) except -1
    cdef int finish_queue(self, int queue, int* members, int count, bint is_wide) except -1
    cdef int find_entries(self, int queue, int* members, int count, bint is_wide) except -1
    cdef int release(self, int queue, Member* own, bint is_wide, bint is_joint) except -1
    cdef int add_entry(self, int state, int member) except -1
    cdef int find_changes(self, int queue, int* normal, int count) except -1
    cdef int new_change(self, int queue, int begin, int end, int* normal, int count) except -1
    cdef int joined(self, int pool, int begin, int end, int* normal, int count) except -2
    cdef int stream_of(self, int* rows, int count) except -1
    cdef int narrow(self, i64 amount) noexcept
    cdef bint is_alike(
        self, Ints* runs, Longs* digests, int kind, unsigned long long digest, int begin, int end
    ) noexcept
    cdef int new_draft(self, Draft made) except -1
    cdef int joint_node(self, int first, int count) except -1
    cdef int pool_at(self, int number) noexcept
    cdef int find_counting(self, Ints* kept) except -1
    cdef int emit(self, int queue, int normal, Ints* kept, bint is_wide) except -1
    cdef int emit_change(self, int queue, int found) except -1
    cdef int emit_states(self, int first, Ints* numbers) except -1
    cdef int emit_stream(self, int queue, int draft) except -1
    cdef int prune(self) except -1
    cdef int release_memory(self) except -1
    cdef bint covers(self, int one, int other) noexcept
    cdef int deficit(self, int place) noexcept
