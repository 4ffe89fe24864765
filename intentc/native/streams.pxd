# What comes to queues; see streams.pyx.
from intentc.native.grow cimport Ints, Longs, i64
from intentc.native.members cimport Member, Members

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

cdef struct Growth:          # by how much more comes with a change
    i64 bps, burst

cdef struct Block:           # of a queue: rows of `streams`, those of the normal state first; of changes, of places, of what counts
    int stream_from, normal_end, stream_end, change_from, change_end, place_from, place_end, counting_from, counting_end

cdef struct Ends:            # where what belongs to queues ends by now
    Py_ssize_t streams, changes, change_streams, change_states, places, counting, joint

cdef class Streams(Members):
    cdef Block* blocks
    cdef Py_ssize_t block_count, block_room
    cdef Ints place_ingress, counting
    cdef Stream* streams
    cdef Py_ssize_t stream_count, stream_room
    cdef Change* changes
    cdef Py_ssize_t change_count, change_room
    cdef Ints change_stream, change_state
    # while a queue is finished
    cdef Draft* drafts
    cdef Py_ssize_t draft_count, draft_room
    cdef Change* found
    cdef Py_ssize_t found_count, found_room
    cdef Ints normal, picked, draft_spot, spot_draft, found_stream, found_state, entry_state, entry_member, state_count, sorted_member
    cdef Ints relevant_from, relevant, relevant_stamp, brings_stamp, run_stamp, pool_stamp, pool_draft, pool_run, pool_touched, link_stamp, link_place, entry_stamp
    cdef Longs draft_late, entry_burst
    cdef int sums
    cdef Ints joint_stream, joint_end, joint_spot            # streams of several demands that have no node yet; rows of spots, and how much later each is
    cdef Longs joint_late
    cdef bint is_compared                                    # whether what is finished anew may well be what it was
    cdef Block* was                                          # of queues that were finished anew: what they had
    cdef Py_ssize_t was_room
    cdef Ints was_wide                                       # per queue: what it was finished with

    cdef int begin_queues(self) except -1 nogil
    cdef int find_relevant(self, Ints* begins, Ints* order, int first, int end) except -1 nogil
    cdef bint leans(self, int queue) noexcept nogil
    cdef int finish_queue(self, int queue, int* members, int count, bint is_wide) except -1 nogil
    cdef int find_entries(self, int queue, int* members, int count, bint is_wide, bint leans) except -1 nogil
    cdef int release(self, int queue, Member* own, bint is_wide, bint is_joint) except -1 nogil
    cdef int add_entry(self, int state, int member) except -1 nogil
    cdef int find_changes(self, int queue, int* normal, int count) except -1 nogil
    cdef int new_change(self, int queue, int begin, int end, int* normal, int count) except -1 nogil
    cdef int joined(self, int pool, int begin, int end, int* normal, int count) except -2 nogil
    cdef int stream_of(self, int* rows, int count) except -1 nogil
    cdef bint is_alike(
        self, Ints* runs, Longs* digests, int kind, unsigned long long digest, int begin, int end
    ) noexcept nogil
    cdef int new_draft(self, Draft made) except -1 nogil
    cdef int put_off(self, Draft* own) except -1 nogil
    cdef int join_nodes(self) except -1 nogil
    cdef int joint_node(self, int first, int end) except -1 nogil
    cdef int pool_at(self, int number) noexcept nogil
    cdef int find_counting(self, Ints* kept) except -1 nogil
    cdef int emit(self, int queue, int normal, Ints* kept, bint is_wide) except -1 nogil
    cdef bint is_as_it_was(self, int queue, Block* old, Ends* ends) noexcept nogil
    cdef bint has_change(self, Block* own, Change* one, Block* old, Change* other) noexcept nogil
    cdef Ends ends(self) noexcept nogil
    cdef int emit_change(self, int queue, int found) except -1 nogil
    cdef Growth growth_of(self, int change) noexcept
    cdef int emit_states(self, int first, Ints* numbers) except -1 nogil
    cdef int emit_stream(self, int queue, int draft) except -1 nogil
    cdef bint covers(self, int one, int other) noexcept nogil
    cdef int deficit(self, int place) noexcept nogil
    cdef int gather(self) except -1 nogil
    cdef int gather_streams(self) except -1 nogil
    cdef int add_blocks(self) except -1 nogil
    cdef int release_streams(self) except -1 nogil
