"""The streams that come to each queue in every state: the twin is `finish` of `delay.streams`, with `undominated` of `delay.servers`."""

from libc.stdlib cimport free, qsort
from libc.string cimport memcmp, memcpy, memset

from intentc.native.careers cimport Career
from intentc.native.grow cimport (
    Ints, Longs, add_int, add_long, ascending, drop, drop_longs, fill_ints, fill_longs, fill_more, i64, in_pairs, make_room,
)
from intentc.native.members cimport Member, Members

cdef enum:
    NONE = -1


cdef class Streams(Members):
    def __dealloc__(self):
        self.release_streams()
        free(self.blocks)
        free(self.was)
        free(self.place_ingress.at)
        free(self.counting.at)
        free(self.streams)
        free(self.changes)
        free(self.change_stream.at)
        free(self.change_state.at)

    cdef int release_streams(self) except -1 nogil:
        """Give back what only weaving needs."""
        free(self.drafts)
        free(self.found)
        self.drafts, self.found = NULL, NULL
        self.draft_count = self.draft_room = self.found_count = self.found_room = 0
        drop_longs(&self.draft_late)
        drop_longs(&self.entry_burst)
        drop_longs(&self.joint_late)
        drop(&self.joint_stream)
        drop(&self.joint_spot)
        drop(&self.joint_end)
        drop(&self.normal)
        drop(&self.picked)
        drop(&self.draft_spot)
        drop(&self.spot_draft)
        drop(&self.found_stream)
        drop(&self.found_state)
        drop(&self.entry_state)
        drop(&self.entry_member)
        drop(&self.state_count)
        drop(&self.sorted_member)
        drop(&self.relevant_stamp)
        drop(&self.relevant_from)
        drop(&self.relevant)
        drop(&self.brings_stamp)
        drop(&self.run_stamp)
        drop(&self.pool_stamp)
        drop(&self.pool_draft)
        drop(&self.pool_run)
        drop(&self.pool_touched)
        drop(&self.link_stamp)
        drop(&self.link_place)
        drop(&self.entry_stamp)
        return 0

    cdef int add_blocks(self) except -1 nogil:
        """Make room for a block of each queue."""
        make_room(<void**>&self.blocks, &self.block_room, self.queues, sizeof(Block))
        while self.block_count < self.queues:
            memset(&self.blocks[self.block_count], 0, sizeof(Block))
            self.block_count += 1
        return 0

    cdef int begin_queues(self) except -1 nogil:
        """Forget what was noted when queues were finished the last time."""
        fill_ints(&self.spot_draft, self.spot_node.count, NONE)
        fill_ints(&self.state_count, self.states, 0)
        fill_ints(&self.relevant_stamp, self.states, NONE)
        fill_ints(&self.brings_stamp, self.states, NONE)
        fill_ints(&self.run_stamp, self.number_of.count, NONE)
        fill_ints(&self.pool_stamp, self.pool_size.count, NONE)
        fill_ints(&self.pool_draft, self.pool_size.count, NONE)
        fill_ints(&self.pool_run, self.pool_size.count, NONE)
        fill_ints(&self.link_stamp, self.routes.ports // 2 + 1, NONE)
        fill_ints(&self.link_place, self.routes.ports // 2 + 1, NONE)
        fill_ints(&self.entry_stamp, self.routes.nodes, NONE)
        fill_longs(&self.entry_burst, self.routes.nodes, 0)
        self.relevant_from.count = self.relevant.count = 0
        self.serial = self.sums = 0
        if not self.stream_room:
            make_room(<void**>&self.streams, &self.stream_room, self.member_count // 2, sizeof(Stream))
        return 0

    cdef int find_relevant(self, Ints* begins, Ints* order, int first, int end) except -1 nogil:
        """Find the states that count at each port of some where a queue that `leans` is to be finished: in which something comes to any of its

        queues that else does not.
        """
        cdef int port, group, queue, at, row, state
        cdef bint is_asked
        cdef Member* own
        add_int(&self.relevant_from, 0)
        for port in range(first, end):
            is_asked = False
            for group in range(self.groups if self.is_due.at[port] else 0):
                queue = self.queue_at.at[port * self.groups + group]
                is_asked = is_asked or (queue != NONE and self.is_fresh.at[queue] and self.leans(queue))
            for group in range(self.groups if is_asked else 0):
                queue = self.queue_at.at[port * self.groups + group]
                if queue == NONE:
                    continue
                for at in range(begins.at[queue], begins.at[queue + 1]):
                    own = &self.members[order.at[at]]
                    if own.course < 0 or not own.more & 1:
                        continue
                    for row in range(self.course_from.at[own.course], self.course_from.at[own.course + 1]):
                        state = self.course_state.at[row]
                        if self.relevant_stamp.at[state] != port:
                            self.relevant_stamp.at[state] = port
                            add_int(&self.relevant, state)
            add_int(&self.relevant_from, self.relevant.count)
        fill_ints(&self.relevant_stamp, self.states, NONE)
        return 0

    cdef bint leans(self, int queue) noexcept nogil:
        """Return whether what other classes bring at its link's end may bear on the streams of a queue.

        A state in which only they bring something that else does not come matters to a class that shares a pool there, that sends less in
        a failure state, or of which every state is asked for.
        """
        return self.was_wide.at[queue] or self.is_leaning.at[self.queue_port.at[queue] * self.groups + self.queue_group.at[queue]]

    cdef int pool_at(self, int number) noexcept nogil:
        return self.careers.rows[self.number_of.at[number]].pool

    cdef int finish_queue(self, int queue, int* members, int count, bint is_wide) except -1 nogil:
        cdef int row, other, pool, normal, port = self.queue_port.at[queue]
        cdef bint leans = self.leans(queue)
        cdef Ints kept = Ints(NULL, 0, 0)
        self.draft_count = self.found_count = 0
        self.draft_spot.count = self.draft_late.count = self.found_stream.count = self.found_state.count = 0
        self.normal.count = 0
        for row in range(count):
            if self.members[members[row]].course < 0:
                add_int(&self.normal, members[row])
        for row in range(self.normal.count):
            pool = self.pool_at(self.members[self.normal.at[row]].career)
            if self.pool_stamp.at[pool] == queue:
                continue
            self.picked.count = 0
            if self.pool_size.at[pool] == 1:
                add_int(&self.picked, self.normal.at[row])
            else:
                for other in range(row, self.normal.count):
                    if self.pool_at(self.members[self.normal.at[other]].career) == pool:
                        add_int(&self.picked, self.normal.at[other])
            self.pool_stamp.at[pool] = queue
            self.pool_draft.at[pool] = self.stream_of(self.picked.at, <int>self.picked.count)
        normal = <int>self.draft_count
        try:
            for row in range(self.relevant_from.at[port], self.relevant_from.at[port + 1] if leans else 0):
                self.relevant_stamp.at[self.relevant.at[row]] = queue
            if self.normal.count < count or (leans and self.relevant_from.at[port + 1] > self.relevant_from.at[port]):
                self.find_entries(queue, members, count, is_wide, leans)
                self.find_changes(queue, self.normal.at, <int>self.normal.count)
            self.find_counting(&kept)
            self.emit(queue, normal, &kept, is_wide)
        finally:
            free(kept.at)
        return 0

    cdef int find_entries(self, int queue, int* members, int count, bint is_wide, bint leans) except -1 nogil:
        """Collect what happens to a queue in which state. A state that takes away what nobody shares, and brings nothing, is no worse

        than the normal one, and only asked for where all of them are. Where it `leans` only states count that do at its port.
        """
        cdef int row, at, state, turn
        cdef Member* own
        self.entry_state.count = self.entry_member.count = self.touched.count = 0
        for row in range(count):
            own = &self.members[members[row]]
            if own.course < 0:
                continue
            for at in range(self.course_from.at[own.course], self.course_from.at[own.course + 1]):
                state = self.course_state.at[at]
                if not leans or self.relevant_stamp.at[state] == queue:
                    self.add_entry(state, members[row])
                    self.brings_stamp.at[state] = queue
        for turn in range(2):  # what others share first
            for row in range(self.normal.count):
                own = &self.members[self.normal.at[row]]
                if (self.pool_size.at[self.pool_at(own.career)] > 1) == (turn == 0):
                    self.release(queue, own, is_wide, turn == 0)
        return 0

    cdef int release(self, int queue, Member* own, bint is_wide, bint is_joint) except -1 nogil:
        """Enter what failure states take away from a demand, where they bring something else."""
        cdef int first = self.first_course.at[own.career], courses = self.first_course.at[own.career + 1] - first, course, at, state
        cdef unsigned char* has = &self.has_member[-1 - own.course]
        for course in range(courses):
            if course and has[course >> 3] >> (course & 7) & 1:
                continue
            for at in range(self.course_from.at[first + course], self.course_from.at[first + course + 1]):
                state = self.course_state.at[at]
                if self.brings_stamp.at[state] != queue:
                    if not (is_joint or is_wide) or self.relevant_stamp.at[state] != queue:
                        continue
                    if is_joint:
                        self.brings_stamp.at[state] = queue
                self.add_entry(state, -1 - own.career)
        return 0

    cdef int add_entry(self, int state, int member) except -1 nogil:
        if self.state_count.at[state] == 0:
            add_int(&self.touched, state)
        self.state_count.at[state] += 1
        add_int(&self.entry_state, state)
        add_int(&self.entry_member, member)
        return 0

    cdef int find_changes(self, int queue, int* normal, int count) except -1 nogil:
        """Make a change of each state in which something else happens to a queue; of those in which the same does, one."""
        cdef int at, row, stop, state, kind, other
        cdef unsigned long long digest
        cdef Ints runs = Ints(NULL, 0, 0), chain = Ints(NULL, 0, 0), table = Ints(NULL, 0, 0)
        cdef Longs digests = Longs(NULL, 0, 0)
        if not self.touched.count:
            return 0
        qsort(self.touched.at, self.touched.count, sizeof(int), ascending)
        at = 0
        for row in range(self.touched.count):  # from now on: where the entries of a state end
            state = self.touched.at[row]
            stop = self.state_count.at[state]
            self.state_count.at[state] = at
            at += stop
        self.sorted_member.count = 0
        fill_more(&self.sorted_member, self.entry_member.count)
        for row in range(self.entry_member.count):
            state = self.entry_state.at[row]
            self.sorted_member.at[self.state_count.at[state]] = self.entry_member.at[row]
            self.state_count.at[state] += 1
        try:
            fill_ints(&table, 64, NONE)
            at = 0
            for row in range(self.touched.count):
                state = self.touched.at[row]
                stop, digest = self.state_count.at[state], 1469598103934665603
                self.state_count.at[state] = 0
                for other in range(at, stop):
                    digest = (digest ^ <unsigned int>self.sorted_member.at[other]) * <unsigned long long>1099511628211
                kind = table.at[(digest >> 20) & 63]
                while kind != NONE and not self.is_alike(&runs, &digests, kind, digest, at, stop):
                    kind = chain.at[kind]
                if kind == NONE:
                    kind = <int>digests.count
                    add_int(&runs, at)
                    add_int(&runs, stop)
                    add_long(&digests, <i64>digest)
                    add_int(&chain, table.at[(digest >> 20) & 63])
                    table.at[(digest >> 20) & 63] = kind
                    self.new_change(queue, at, stop, normal, count)
                add_int(&self.found_state, kind)
                add_int(&self.found_state, state)
                at = stop
        finally:
            free(runs.at)
            free(chain.at)
            free(table.at)
            free(digests.at)
        return 0

    cdef bint is_alike(self, Ints* runs, Longs* digests, int kind, unsigned long long digest, int begin, int end) noexcept nogil:
        cdef int first = runs.at[2 * kind], at
        if digests.at[kind] != <i64>digest or runs.at[2 * kind + 1] - first != end - begin:
            return False
        for at in range(end - begin):
            if self.sorted_member.at[first + at] != self.sorted_member.at[begin + at]:
                return False
        return True

    cdef int new_change(self, int queue, int begin, int end, int* normal, int count) except -1 nogil:
        """Make what some states, in which the same happens to a queue, take from its normal streams, and bring."""
        cdef int at, career, pool, member, row, stream
        cdef Change made
        cdef Ints won = Ints(NULL, 0, 0)
        self.serial += 1
        self.pool_touched.count = 0
        made.lost = <int>self.found_stream.count
        made.states = made.states_end = 0
        try:
            for at in range(begin, end):
                member = self.sorted_member.at[at]
                career = self.members[member].career if member >= 0 else -1 - member
                self.run_stamp.at[career] = self.serial
                pool = self.pool_at(career)
                if self.pool_run.at[pool] == self.serial:
                    continue
                self.pool_run.at[pool] = self.serial
                if self.pool_stamp.at[pool] == queue:
                    add_int(&self.found_stream, self.pool_draft.at[pool])
                if self.pool_size.at[pool] > 1:
                    add_int(&self.pool_touched, pool)
                elif member >= 0:
                    add_int(&won, self.stream_of(&member, 1))
            for row in range(self.pool_touched.count):
                stream = self.joined(self.pool_touched.at[row], begin, end, normal, count)
                if stream != NONE:
                    add_int(&won, stream)
            made.won = <int>self.found_stream.count
            for row in range(won.count):
                add_int(&self.found_stream, won.at[row])
            made.end = <int>self.found_stream.count
        finally:
            free(won.at)
        make_room(<void**>&self.found, &self.found_room, self.found_count + 1, sizeof(Change))
        self.found[self.found_count] = made
        self.found_count += 1
        return 0

    cdef int joined(self, int pool, int begin, int end, int* normal, int count) except -2 nogil:
        """Return the stream of a pool with some of its members changed, NONE where none is left."""
        cdef int row, career, member, at
        self.picked.count = 0
        for row in range(count):
            career = self.members[normal[row]].career
            if self.run_stamp.at[career] != self.serial and self.pool_at(career) == pool:
                add_int(&self.picked, normal[row])
        for at in range(begin, end):
            member = self.sorted_member.at[at]
            if member >= 0 and self.pool_at(self.members[member].career) == pool:
                add_int(&self.picked, member)
        return self.stream_of(self.picked.at, <int>self.picked.count) if self.picked.count else NONE

    cdef int stream_of(self, int* rows, int count) except -1 nogil:
        """Return what the members of a pool bring together; the same where they are the same."""
        cdef Draft made
        cdef Member one = self.members[rows[0]]
        cdef Career* own
        cdef int row, other
        cdef i64 rate = 0, pool_bps = 0, least = 0, late
        cdef bint is_joint = self.pool_size.at[self.pool_at(one.career)] > 1
        self.sums += 1
        if is_joint:
            least = self.least_of.at[one.more >> 1]
        made.ingress, made.next, made.burst, made.count, made.node, made.made = one.ingress, NONE, 0, count, NONE, NONE
        for row in range(count):
            one = self.members[rows[row]]
            own = &self.careers.rows[self.number_of.at[one.career]]
            rate += self.rate_of.at[one.more >> 1]
            if is_joint:
                pool_bps = max(pool_bps, self.pool_of.at[one.more >> 1])
                least = min(least, self.least_of.at[one.more >> 1])
            if one.ingress != made.ingress:
                made.ingress = NONE
            # one burst for each node where members enter, the largest
            if self.entry_stamp.at[own.entry] != self.sums:
                self.entry_stamp.at[own.entry], self.entry_burst.at[own.entry] = self.sums, 0
            if own.burst > self.entry_burst.at[own.entry]:
                made.burst += own.burst - self.entry_burst.at[own.entry]
                self.entry_burst.at[own.entry] = own.burst
        made.rate = min(rate, pool_bps) if is_joint else rate
        made.spots = <int>self.draft_spot.count
        for row in range(count):
            one = self.members[rows[row]]
            late = self.least_of.at[one.more >> 1] - least if is_joint else 0
            add_int(&self.draft_spot, 0)
            add_long(&self.draft_late, 0)
            other = <int>self.draft_spot.count - 1
            while other > made.spots and self.draft_spot.at[other - 1] > one.spot:
                self.draft_spot.at[other], self.draft_late.at[other] = self.draft_spot.at[other - 1], self.draft_late.at[other - 1]
                other -= 1
            self.draft_spot.at[other], self.draft_late.at[other] = one.spot, late
        return self.new_draft(made)

    cdef int new_draft(self, Draft made) except -1 nogil:
        cdef int first = self.draft_spot.at[made.spots], known = self.spot_draft.at[first], row
        cdef Draft* other
        while known != NONE:
            other = &self.drafts[known]
            if (
                other.ingress == made.ingress
                and other.rate == made.rate
                and other.burst == made.burst
                and other.count == made.count
            ):
                for row in range(made.count):
                    if (
                        self.draft_spot.at[other.spots + row] != self.draft_spot.at[made.spots + row]
                        or self.draft_late.at[other.spots + row] != self.draft_late.at[made.spots + row]
                    ):
                        break
                else:
                    self.draft_spot.count = self.draft_late.count = made.spots
                    return known
            known = other.next
        made.next = self.spot_draft.at[first]
        make_room(<void**>&self.drafts, &self.draft_room, self.draft_count + 1, sizeof(Draft))
        self.drafts[self.draft_count] = made
        self.spot_draft.at[first] = <int>self.draft_count
        self.draft_count += 1
        return <int>self.draft_count - 1

    cdef int put_off(self, Draft* own) except -1 nogil:
        """Note that the next stream waits for what several demands do together: it has a node when all queues are done (`join_nodes`)."""
        cdef int row
        add_int(&self.joint_stream, self.stream_count)
        for row in range(own.spots, own.spots + own.count):
            add_int(&self.joint_spot, self.draft_spot.at[row])
            add_long(&self.joint_late, self.draft_late.at[row])
        add_int(&self.joint_end, self.joint_spot.count)
        return 0

    cdef int join_nodes(self) except -1 nogil:
        """Give the streams that were put off what they wait for, in their order."""
        cdef int row, first = 0
        for row in range(self.joint_stream.count):
            self.streams[self.joint_stream.at[row]].node = self.joint_node(first, self.joint_end.at[row])
            first = self.joint_end.at[row]
        self.joint_stream.count = self.joint_end.count = self.joint_spot.count = self.joint_late.count = 0
        return 0

    cdef int joint_node(self, int first, int end) except -1 nogil:
        """Return what several demands wait for together, each as much later as it comes: all that any of them waits for."""
        cdef int row, node, edge, late, extra, before, queue = self.node_queue.at[self.spot_node.at[self.joint_spot.at[first]]]
        cdef Py_ssize_t at, kept
        self.edge_stack.count = 0
        for row in range(first, end):
            node, late = self.spot_node.at[self.joint_spot.at[row]], self.narrow(self.joint_late.at[row])
            extra = 0
            for edge in range(self.edge_from.at[node], self.edge_from.at[node + 1]):
                before = self.edges.at[edge]
                if before < NONE:
                    extra = NONE - before
                    continue
                add_int(&self.edge_stack, before)
                add_int(&self.edge_stack, self.narrow(<i64>extra + late))
                extra = 0
        qsort(self.edge_stack.at, self.edge_stack.count // 2, 2 * sizeof(int), in_pairs)
        kept = 2
        for at in range(2, self.edge_stack.count, 2):
            if self.edge_stack.at[at] != self.edge_stack.at[kept - 2] or self.edge_stack.at[at + 1] != self.edge_stack.at[kept - 1]:
                self.edge_stack.at[kept], self.edge_stack.at[kept + 1] = self.edge_stack.at[at], self.edge_stack.at[at + 1]
                kept += 2
        self.edge_stack.count = kept
        return self.node_with(queue, 0)

    # which of it counts

    cdef int find_counting(self, Ints* kept) except -1 nogil:
        """Leave out the changes of which another one brings all, and takes away no more (`servers.undominated`)."""
        cdef int count = <int>self.found_count, row, place, at
        cdef Ints order = Ints(NULL, 0, 0)
        cdef Change* own
        try:
            for row in range(count):
                own = &self.found[row]
                qsort(&self.found_stream.at[own.lost], own.won - own.lost, sizeof(int), ascending)
                qsort(&self.found_stream.at[own.won], own.end - own.won, sizeof(int), ascending)
            # by how much less it brings than it takes, then by number; the normal state last of its kind
            for row in range(count + 1):
                add_int(&order, self.deficit(row))
                add_int(&order, row)
            if count:
                qsort(order.at, count + 1, 2 * sizeof(int), in_pairs)
            for row in range(count + 1):
                place = order.at[2 * row + 1]
                for at in range(kept.count):
                    if self.covers(kept.at[at], place):
                        break
                else:
                    add_int(kept, place)
            qsort(kept.at, kept.count, sizeof(int), ascending)
        finally:
            free(order.at)
        return 0

    cdef int deficit(self, int place) noexcept nogil:
        if place == self.found_count:
            return 0
        cdef Change* own = &self.found[place]
        return (own.won - own.lost) - (own.end - own.won)

    cdef bint covers(self, int one, int other) noexcept nogil:
        """Return whether change `one` takes away no stream that `other` does not, and brings all that it brings."""
        cdef Change empty
        empty.lost = empty.won = empty.end = 0
        cdef Change* a = &empty if one == self.found_count else &self.found[one]
        cdef Change* b = &empty if other == self.found_count else &self.found[other]
        return _is_part(self.found_stream.at, a.lost, a.won, b.lost, b.won) and _is_part(
            self.found_stream.at, b.won, b.end, a.won, a.end
        )

    cdef int emit(self, int queue, int normal, Ints* kept, bint is_wide) except -1 nogil:
        """Keep the streams of a queue, and the changes that are asked for."""
        cdef int row
        cdef Block* own = &self.blocks[queue]
        cdef Ints numbers = Ints(NULL, 0, 0)
        own.stream_from, own.change_from = <int>self.stream_count, <int>self.change_count
        own.place_from, own.counting_from = <int>self.place_ingress.count, <int>self.counting.count
        for row in range(normal):
            self.emit_stream(queue, row)
        own.normal_end = <int>self.stream_count
        try:
            fill_ints(&numbers, self.found_count + 1, NONE)
            for row in range(kept.count):
                numbers.at[kept.at[row]] = 0
            if numbers.at[self.found_count] != NONE:  # the normal state goes before all others
                add_int(&self.counting, NONE)
            for row in range(self.found_count):
                if numbers.at[row] != NONE:
                    add_int(&self.counting, self.change_count)
                if is_wide or numbers.at[row] != NONE:
                    numbers.at[row] = <int>self.change_count
                    self.emit_change(queue, row)
            self.emit_states(own.change_from, &numbers)
        finally:
            free(numbers.at)
        own.stream_end, own.change_end = <int>self.stream_count, <int>self.change_count
        own.place_end, own.counting_end = <int>self.place_ingress.count, <int>self.counting.count
        return 0

    cdef Ends ends(self) noexcept nogil:
        cdef Ends found
        found.streams, found.changes, found.change_streams = self.stream_count, self.change_count, self.change_stream.count
        found.change_states, found.places, found.counting = self.change_state.count, self.place_ingress.count, self.counting.count
        found.joint = self.joint_stream.count
        return found

    cdef bint is_as_it_was(self, int queue, Block* old, Ends* ends) noexcept nogil:
        """Leave a queue as it was where it was finished anew as the very same: `ends` tells what there was before that."""
        cdef Block* own = &self.blocks[queue]
        cdef int at, by
        if self.was_open.at[queue] != (self.is_open.at[queue] > 0):
            return False  # nothing else may tell that: what is unmetered need not bring anything
        if self.joint_stream.count != ends.joint or (
            own.stream_end - own.stream_from != old.stream_end - old.stream_from
            or own.normal_end - own.stream_from != old.normal_end - old.stream_from
            or own.change_end - own.change_from != old.change_end - old.change_from
            or own.place_end - own.place_from != old.place_end - old.place_from
            or own.counting_end - own.counting_from != old.counting_end - old.counting_from
        ):
            return False
        if memcmp(
            &self.streams[own.stream_from], &self.streams[old.stream_from], (own.stream_end - own.stream_from) * sizeof(Stream)
        ) or memcmp(
            &self.place_ingress.at[own.place_from], &self.place_ingress.at[old.place_from],
            (own.place_end - own.place_from) * sizeof(int),
        ):
            return False
        by = own.change_from - old.change_from
        for at in range(own.counting_end - own.counting_from):
            if self.counting.at[own.counting_from + at] == NONE or self.counting.at[old.counting_from + at] == NONE:
                if self.counting.at[own.counting_from + at] != self.counting.at[old.counting_from + at]:
                    return False
            elif self.counting.at[own.counting_from + at] != self.counting.at[old.counting_from + at] + by:
                return False
        for at in range(own.change_end - own.change_from):
            if not self.has_change(own, &self.changes[own.change_from + at], old, &self.changes[old.change_from + at]):
                return False
        own[0] = old[0]
        self.stream_count, self.change_count, self.change_stream.count = ends.streams, ends.changes, ends.change_streams
        self.change_state.count, self.place_ingress.count, self.counting.count = ends.change_states, ends.places, ends.counting
        return True

    cdef bint has_change(self, Block* own, Change* one, Block* old, Change* other) noexcept nogil:
        """Return whether two changes of a queue, before and after, are the same."""
        cdef int at, by = own.stream_from - old.stream_from
        if (
            one.won - one.lost != other.won - other.lost or one.end - one.lost != other.end - other.lost
            or one.states_end - one.states != other.states_end - other.states
            or memcmp(
                &self.change_state.at[one.states], &self.change_state.at[other.states], (one.states_end - one.states) * sizeof(int)
            )
        ):
            return False
        for at in range(one.end - one.lost):
            if self.change_stream.at[one.lost + at] != self.change_stream.at[other.lost + at] + by:
                return False
        return True

    cdef int emit_change(self, int queue, int found) except -1 nogil:
        cdef Change made = self.found[found]
        cdef int row, lost = made.lost, won = made.won, end = made.end
        made.lost = <int>self.change_stream.count
        made.won, made.end = made.lost + won - lost, made.lost + end - lost
        for row in range(lost, end):
            self.emit_stream(queue, self.found_stream.at[row])
            add_int(&self.change_stream, self.drafts[self.found_stream.at[row]].made)
        make_room(<void**>&self.changes, &self.change_room, self.change_count + 1, sizeof(Change))
        self.changes[self.change_count] = made
        self.change_count += 1
        return 0

    cdef Growth growth_of(self, int change) noexcept:
        """Return by how much more comes with a change than normally."""
        cdef Change* own = &self.changes[change]
        cdef Stream* stream
        cdef Growth found
        cdef int row
        found.bps = found.burst = 0
        for row in range(own.lost, own.end):
            stream = &self.streams[self.change_stream.at[row]]
            found.bps += stream.rate if row >= own.won else -stream.rate
            found.burst += stream.burst if row >= own.won else -stream.burst
        return found

    cdef int emit_states(self, int first, Ints* numbers) except -1 nogil:
        """Note the states of the changes that were kept; few have many, so they are sorted by counting."""
        cdef int row, change, last = <int>self.change_state.count
        for row in range(0, self.found_state.count, 2):
            change = numbers.at[self.found_state.at[row]]
            if change != NONE:
                self.changes[change].states_end += 1
        for change in range(first, self.change_count):
            self.changes[change].states = last
            last += self.changes[change].states_end
            self.changes[change].states_end = self.changes[change].states
        fill_more(&self.change_state, last - self.change_state.count)
        for row in range(0, self.found_state.count, 2):
            change = numbers.at[self.found_state.at[row]]
            if change != NONE:
                self.change_state.at[self.changes[change].states_end] = self.found_state.at[row + 1]
                self.changes[change].states_end += 1
        return 0

    cdef int emit_stream(self, int queue, int draft) except -1 nogil:
        """Keep a stream, once; 0 of `link_*` stands for no link."""
        cdef Draft* own = &self.drafts[draft]
        cdef Stream made
        cdef int link = own.ingress + 1
        if own.made != NONE:
            return 0
        if self.link_stamp.at[link] != queue:
            self.link_stamp.at[link] = queue
            self.link_place.at[link] = <int>self.place_ingress.count - self.blocks[queue].place_from
            add_int(&self.place_ingress, link - 1)
        if own.count == 1:
            made.node = self.spot_node.at[self.draft_spot.at[own.spots]]
        else:
            made.node = NONE
            self.put_off(own)
        made.place, made.rate, made.burst = self.link_place.at[link], own.rate, own.burst
        make_room(<void**>&self.streams, &self.stream_room, self.stream_count + 1, sizeof(Stream))
        self.streams[self.stream_count] = made
        own.made = <int>self.stream_count
        self.stream_count += 1
        return 0

    cdef int gather(self) except -1 nogil:
        """Let what belongs to the queues lie in their order again, without what those had that were finished anew."""
        cdef Py_ssize_t change_room = 0, stream_count = 0, change_count = 0
        cdef Change* changes = NULL
        cdef Ints rows = Ints(NULL, 0, 0), states = Ints(NULL, 0, 0), ingress = Ints(NULL, 0, 0), counting = Ints(NULL, 0, 0)
        cdef int queue, row, at, by
        cdef Block old
        cdef Block* own
        cdef Change change
        try:
            self.gather_streams()
            make_room(<void**>&changes, &change_room, self.change_count, sizeof(Change))
            for queue in range(self.queues):
                own = &self.blocks[queue]
                old = own[0]
                by = <int>stream_count - old.stream_from
                stream_count += old.stream_end - old.stream_from
                own.stream_from, own.normal_end, own.stream_end = old.stream_from + by, old.normal_end + by, old.stream_end + by
                own.change_from = <int>change_count
                for row in range(old.change_from, old.change_end):
                    change = self.changes[row]
                    for at in range(change.lost, change.end):
                        add_int(&rows, self.change_stream.at[at] + by)
                    at = <int>rows.count - change.end
                    change.lost, change.won, change.end = change.lost + at, change.won + at, change.end + at
                    for at in range(change.states, change.states_end):
                        add_int(&states, self.change_state.at[at])
                    at = <int>states.count - change.states_end
                    change.states, change.states_end = change.states + at, change.states_end + at
                    changes[change_count] = change
                    change_count += 1
                own.change_end, own.counting_from = <int>change_count, <int>counting.count
                by = own.change_from - old.change_from
                for row in range(old.counting_from, old.counting_end):
                    at = self.counting.at[row]
                    add_int(&counting, NONE if at == NONE else at + by)
                own.counting_end, own.place_from = <int>counting.count, <int>ingress.count
                for row in range(old.place_from, old.place_end):
                    add_int(&ingress, self.place_ingress.at[row])
                own.place_end = <int>ingress.count
            self.changes, changes = changes, self.changes
            self.change_count, self.change_room = change_count, change_room
            self.change_stream, rows = rows, self.change_stream
            self.change_state, states = states, self.change_state
            self.place_ingress, ingress = ingress, self.place_ingress
            self.counting, counting = counting, self.counting
        finally:
            free(changes)
            free(rows.at)
            free(states.at)
            free(ingress.at)
            free(counting.at)
        return 0

    cdef int gather_streams(self) except -1 nogil:
        """Lay the streams in the order of queues; the queues do not know of it yet. What was there goes before others of so many are laid."""
        cdef Py_ssize_t room = 0, count = 0
        cdef Stream* streams = NULL
        cdef Block* own
        cdef int queue
        for queue in range(self.queues):
            count += self.blocks[queue].stream_end - self.blocks[queue].stream_from
        make_room(<void**>&streams, &room, count, sizeof(Stream))
        count = 0
        for queue in range(self.queues):
            own = &self.blocks[queue]
            if own.stream_end > own.stream_from:
                memcpy(&streams[count], &self.streams[own.stream_from], (own.stream_end - own.stream_from) * sizeof(Stream))
                count += own.stream_end - own.stream_from
        free(self.streams)
        self.streams, self.stream_count, self.stream_room = streams, count, room
        return 0


cdef bint _is_part(int* rows, int at, int end, int other, int other_end) noexcept nogil:
    """Return whether rows are among others, both sorted."""
    if end - at > other_end - other:
        return False
    while at < end:
        while other < other_end and rows[other] < rows[at]:
            other += 1
        if other == other_end or rows[other] != rows[at]:
            return False
        at += 1
        other += 1
    return True
