"""The queues of a program with the streams that come to them in every state: the twin is `delay.streams`, over `delay.courses`.

What happens here, and why, is said there; here it is done with rows of numbers.
"""

from libc.stdlib cimport free, qsort

from intentc.native.grow cimport Ints, Longs, add_int, add_long, fill_ints, fill_longs, i64, make_room
from intentc.native.routes cimport Routes

cdef enum:
    NONE = -1


cdef int _ascending(const void* one, const void* other) noexcept nogil:
    cdef int a = (<int*>one)[0], b = (<int*>other)[0]
    return (a > b) - (a < b)


cdef int _groups(rows, Ints* begins, Ints* items) except -1:
    add_int(begins, 0)
    for row in rows:
        for item in row:
            add_int(items, item)
        add_int(begins, items.count)
    return 0


cdef class Web:
    """`pool_size`: demands of each pool; `at_node`, `at_link`: the states, by number, in which each of them fails."""

    def __init__(self, Routes routes, groups, states, pool_size, at_node, at_link, mean_packet, imbalance_ppb):
        self.routes, self.groups, self.states = routes, groups, states
        self.mean_packet, self.imbalance_ppb = mean_packet, imbalance_ppb
        for size in pool_size:
            add_int(&self.pool_size, size)
        if len(at_node) != routes.nodes or 2 * len(at_link) != routes.ports:
            raise ValueError
        _groups(at_node, &self.node_from, &self.node_state)
        _groups(at_link, &self.link_from, &self.link_state)
        fill_ints(&self.queue_at, routes.ports * self.groups, NONE)
        fill_ints(&self.state_stamp, self.states, NONE)
        fill_ints(&self.state_slot, self.states, NONE)
        fill_ints(&self.entry_stamp, routes.nodes, NONE)
        fill_longs(&self.entry_burst, routes.nodes, 0)
        add_int(&self.course_from, 0)

    def __dealloc__(self):
        free(self.pool_size.at)
        free(self.node_from.at)
        free(self.node_state.at)
        free(self.link_from.at)
        free(self.link_state.at)
        free(self.queue_at.at)
        free(self.queue_port.at)
        free(self.queue_group.at)
        free(self.is_unpoliced.at)
        free(self.is_open.at)
        free(self.is_unknown.at)
        free(self.root_way.at)
        free(self.user.at)
        free(self.own_career.at)
        free(self.own_member.at)
        free(self.spot_career.at)
        free(self.spot_of.at)
        free(self.mark.at)
        free(self.marked.at)
        free(self.in_course.at)
        free(self.course_place.at)
        free(self.way_before.at)
        free(self.way_queue.at)
        free(self.way_child.at)
        free(self.way_next.at)
        free(self.spot_queue.at)
        free(self.spot_row.at)
        free(self.row_way.at)
        free(self.row_next.at)
        free(self.course_from.at)
        free(self.course_member.at)
        free(self.moved_state.at)
        free(self.moved_course.at)
        free(self.brings_port.at)
        free(self.brings_state.at)
        free(self.relevant_from.at)
        free(self.relevant.at)
        free(self.normal_from.at)
        free(self.normal_stream.at)
        free(self.change_from.at)
        free(self.place_from.at)
        free(self.place_ingress.at)
        free(self.counting_from.at)
        free(self.counting.at)
        free(self.stream_spot.at)
        free(self.spot_stream.at)
        free(self.change_stream.at)
        free(self.change_state.at)
        free(self.state_stamp.at)
        free(self.state_slot.at)
        free(self.touched.at)
        free(self.slots.at)
        free(self.diffs.at)
        free(self.diff_from.at)
        free(self.step_way.at)
        free(self.step_before.at)
        free(self.step_next.at)
        free(self.group_queue.at)
        free(self.group_step.at)
        free(self.has_member.at)
        free(self.career_stamp.at)
        free(self.career_member.at)
        free(self.run_stamp.at)
        free(self.run_member.at)
        free(self.pool_stamp.at)
        free(self.pool_stream.at)
        free(self.pool_run.at)
        free(self.pool_touched.at)
        free(self.link_stamp.at)
        free(self.link_place.at)
        free(self.picked.at)
        free(self.entry_stamp.at)
        free(self.entry_burst.at)
        free(self.users_bytes.at)
        free(self.row_extra.at)
        free(self.stream_late.at)
        free(self.step_taken.at)
        free(self.members)
        free(self.careers)
        free(self.entries)
        free(self.streams)
        free(self.changes)

    def enter(
        self, group, pool, entry, bint is_open, bint is_policed, bint keeps_rate, bint is_spread, bint is_unknown,
        user_bytes, burst_bytes, rate, pool_bps, failover_rate, failover_pool, primary, list others, list moved,
    ):
        """Enter a demand: its class, pool and entry by number, what it is and what it sends, the paths of the normal state,

        those of others (`others`), and which of these it takes in which states (`moved`). `keeps_rate`: it is policed to the same
        there; `is_unknown`: nobody knows the edge where it enters.
        """
        cdef int number = <int>self.career_count, at, course, state, slot, member, row
        cdef i64 own_rate = rate, own_pool = pool_bps, other_rate = failover_rate, other_pool = failover_pool
        cdef Career made
        if not 0 <= group < self.groups or not 0 <= pool < self.pool_size.count or not 0 <= entry < self.routes.nodes:
            raise IndexError
        made.group, made.pool, made.entry, made.is_open, made.burst = group, pool, entry, is_open, burst_bytes
        made.moved = made.moved_end = <int>self.moved_state.count
        make_room(<void**>&self.careers, &self.career_room, self.career_count + 1, sizeof(Career))
        self.careers[number] = made
        self.career_count += 1
        for path in (*primary, *[path for paths in others for path in paths]):
            if not 0 <= path < self.routes.share_ppm.count:
                raise IndexError(path)

        course = self.new_course(number, primary, own_rate, own_pool, True, is_spread, NONE)
        self.careers[number].own = course
        for at in range(self.course_from.at[course], self.course_from.at[course + 1]):
            member = self.course_member.at[at]
            self.own_career.at[self.members[member].queue] = number
            self.own_member.at[self.members[member].queue] = member
        self.mark_states(number, primary)
        for slot, states in moved:
            if not 0 <= slot < len(others):
                raise IndexError(slot)
            for state in states:
                if not 0 <= state < self.states:
                    raise IndexError(state)
                if self.state_stamp.at[state] != number:
                    self.state_stamp.at[state] = number
                    add_int(&self.touched, state)
                self.state_slot.at[state] = slot
        if self.touched.count:
            qsort(self.touched.at, self.touched.count, sizeof(int), _ascending)
        fill_ints(&self.slots, len(others), NONE)
        fill_ints(&self.diff_from, 2 * len(others), 0)
        self.diffs.count = 0
        cdef int trunk = primary[0] if keeps_rate and len(primary) == 1 else NONE
        for at in range(self.touched.count):
            state = self.touched.at[at]
            slot = self.state_slot.at[state]
            course = NONE
            if slot != NONE:
                course = self.slots.at[slot]
                if course == NONE:
                    paths = others[slot]
                    course = self.new_course(
                        number, paths, other_rate, other_pool, is_policed, is_spread, trunk if len(paths) == 1 else NONE
                    )
                    self.slots.at[slot] = course
                    self.diff_from.at[2 * slot] = <int>self.diffs.count
                    self.compare(number, course)
                    self.diff_from.at[2 * slot + 1] = <int>self.diffs.count
                for row in range(self.diff_from.at[2 * slot], self.diff_from.at[2 * slot + 1], 2):
                    member = self.diffs.at[row]
                    self.add_entry(self.members[member].queue, state, member)
                    if self.diffs.at[row + 1]:
                        add_int(&self.brings_port, self.queue_port.at[self.members[member].queue])
                        add_int(&self.brings_state, state)
            add_int(&self.moved_state, state)
            add_int(&self.moved_course, course)
        self.careers[number].moved_end = <int>self.moved_state.count
        self.count_users(user_bytes, is_unknown)

    cdef int count_users(self, i64 amount, bint is_unknown) except -1:
        """Count the bursts of a demand at the queues that it has come to use."""
        cdef int at, queue
        for at in range(self.picked.count):
            queue = self.picked.at[at]
            self.users_bytes.at[queue] += amount
            if is_unknown:
                self.is_unknown.at[queue] = 1
        self.picked.count = 0

    cdef int new_queue(self, int port, int group) except -1:
        cdef int queue = <int>self.queue_port.count
        self.queue_at.at[port * self.groups + group] = queue
        add_int(&self.queue_port, port)
        add_int(&self.queue_group, group)
        add_long(&self.users_bytes, 0)
        add_int(&self.is_unpoliced, 0)
        add_int(&self.is_open, 0)
        add_int(&self.is_unknown, 0)
        add_int(&self.root_way, NONE)
        add_int(&self.user, NONE)
        add_int(&self.own_career, NONE)
        add_int(&self.own_member, NONE)
        add_int(&self.spot_career, NONE)
        add_int(&self.spot_of, NONE)
        add_int(&self.mark, NONE)
        add_int(&self.marked, NONE)
        add_int(&self.in_course, NONE)
        add_int(&self.course_place, NONE)
        self.queues += 1
        return queue

    cdef int new_way(self, int before, int queue) except -1:
        """Return the way to a queue after another one, which is made where there is none."""
        cdef int way
        if before == NONE:
            way = self.root_way.at[queue]
        else:
            way = self.way_child.at[before]
            while way != NONE and self.way_queue.at[way] != queue:
                way = self.way_next.at[way]
        if way != NONE:
            return way
        way = <int>self.way_queue.count
        add_int(&self.way_before, before)
        add_int(&self.way_queue, queue)
        add_int(&self.way_child, NONE)
        if before == NONE:
            self.root_way.at[queue] = way
            add_int(&self.way_next, NONE)
        else:
            add_int(&self.way_next, self.way_child.at[before])
            self.way_child.at[before] = way
        return way

    cdef int new_course(
        self, int career, object ids, i64 rate, i64 pool_bps, bint is_policed, bint is_spread, int trunk
    ) except -1:
        """Make the members of a demand at the queues of some paths; those of its normal one (`trunk`) as far as that is the same."""
        cdef int course = <int>self.course_from.count - 1, serial, path, at, port, queue, way, before, place, group, steps
        cdef int first, last, other, member
        cdef i64 taken
        cdef bint is_same, is_open = self.careers[career].is_open
        cdef Routes routes = self.routes
        self.serial += 1
        serial = self.serial
        routes.mark(ids)
        self.step_way.count = self.step_before.count = self.step_next.count = self.step_taken.count = 0
        self.group_queue.count = self.group_step.count = 0
        for path in ids:
            first, last = routes.starts.at[path], routes.starts.at[path + 1]
            way, before, taken, is_same = NONE, NONE, 0, trunk != NONE
            for at in range(first, last):
                port = routes.hops.at[at]
                if is_same:
                    other = routes.starts.at[trunk] + at - first
                    is_same = (
                        other < routes.starts.at[trunk + 1]
                        and routes.hops.at[other] >> 1 == port >> 1
                        and routes.has_labels.at[trunk] == routes.has_labels.at[path]
                        and routes.labels.at[other] == routes.labels.at[at]
                    )
                queue = self.queue_at.at[port * self.groups + self.careers[career].group]
                if queue == NONE:
                    queue = self.new_queue(port, self.careers[career].group)
                way = self.new_way(way, queue)
                if is_same and self.own_career.at[queue] == career:
                    if self.in_course.at[queue] != serial:
                        self.in_course.at[queue] = serial
                        self.course_place.at[queue] = <int>self.course_member.count
                        add_int(&self.course_member, self.own_member.at[queue])
                else:
                    if self.user.at[queue] != career:
                        self.user.at[queue] = career
                        add_int(&self.picked, queue)
                    self.add_step(queue, way, taken, before)
                taken += routes.latency_ns.at[port]
                before = port >> 1
        for group in range(self.group_queue.count):
            queue = self.group_queue.at[group]
            if is_open:
                self.is_open.at[queue] = 1
            if not is_policed:
                self.is_unpoliced.at[queue] = 1
            if not is_open:
                port = self.queue_port.at[queue]
                member = self.new_member(career, queue, self.group_step.at[group], rate, pool_bps)
                self.members[member].rate = routes.held_on(port, rate, is_spread, self.mean_packet, self.imbalance_ppb)
                self.members[member].pool_bps = routes.held_on(port, pool_bps, False, self.mean_packet, 0)
                if self.in_course.at[queue] == serial:
                    self.course_member.at[self.course_place.at[queue]] = member
                else:
                    add_int(&self.course_member, member)
        add_int(&self.course_from, self.course_member.count)
        return course

    cdef int add_step(self, int queue, int way, i64 taken, int before) except -1:
        """Add a way that the paths of a course come to a queue by, once."""
        cdef int step, group
        if self.mark.at[queue] != self.serial:
            self.mark.at[queue] = self.serial
            self.marked.at[queue] = <int>self.group_queue.count
            add_int(&self.group_queue, queue)
            add_int(&self.group_step, NONE)
        group = self.marked.at[queue]
        step = self.group_step.at[group]
        while step != NONE:
            if self.step_way.at[step] == way and self.step_taken.at[step] == taken and self.step_before.at[step] == before:
                return 0
            step = self.step_next.at[step]
        add_int(&self.step_next, self.group_step.at[group])
        self.group_step.at[group] = <int>self.step_way.count
        add_int(&self.step_way, way)
        add_int(&self.step_before, before)
        add_long(&self.step_taken, taken)
        return 0

    cdef int new_member(self, int career, int queue, int steps, i64 rate, i64 pool_bps) except -1:
        cdef int step = steps, ingress = self.step_before.at[steps], spot, row
        cdef i64 least = self.step_taken.at[steps], extra
        cdef Member made
        while step != NONE:
            if self.step_taken.at[step] < least:
                least = self.step_taken.at[step]
            if self.step_before.at[step] != ingress:
                ingress = NONE
            step = self.step_next.at[step]
        if self.spot_career.at[queue] != career:
            self.spot_career.at[queue] = career
            self.spot_of.at[queue] = <int>self.spot_queue.count
            add_int(&self.spot_queue, queue)
            add_int(&self.spot_row, NONE)
        spot = self.spot_of.at[queue]
        step = steps
        while step != NONE:
            extra = self.step_taken.at[step] - least
            row = self.spot_row.at[spot]
            while row != NONE and not (self.row_way.at[row] == self.step_way.at[step] and self.row_extra.at[row] == extra):
                row = self.row_next.at[row]
            if row == NONE:
                add_int(&self.row_next, self.spot_row.at[spot])
                self.spot_row.at[spot] = <int>self.row_way.count
                add_int(&self.row_way, self.step_way.at[step])
                add_long(&self.row_extra, extra)
            step = self.step_next.at[step]
        made.queue, made.career, made.spot, made.ingress = queue, career, spot, ingress
        made.least = least if self.pool_size.at[self.careers[career].pool] > 1 else 0
        made.rate, made.pool_bps = rate, pool_bps
        make_room(<void**>&self.members, &self.member_room, self.member_count + 1, sizeof(Member))
        self.members[self.member_count] = made
        self.member_count += 1
        return <int>self.member_count - 1

    cdef int mark_states(self, int career, object primary) except -1:
        """Collect the states that break a normal path."""
        cdef int path, at, port, node, row, state, first, last
        cdef Routes routes = self.routes
        self.touched.count = 0
        for path in primary:
            first, last = routes.starts.at[path], routes.starts.at[path + 1]
            for at in range(first, last + 1 if last > first else first):
                node = routes.tail.at[routes.hops.at[at]] if at < last else routes.head.at[routes.hops.at[last - 1]]
                for row in range(self.node_from.at[node], self.node_from.at[node + 1]):
                    state = self.node_state.at[row]
                    if self.state_stamp.at[state] != career:
                        self.state_stamp.at[state] = career
                        self.state_slot.at[state] = NONE
                        add_int(&self.touched, state)
            for at in range(first, last):
                port = routes.hops.at[at] >> 1
                for row in range(self.link_from.at[port], self.link_from.at[port + 1]):
                    state = self.link_state.at[row]
                    if self.state_stamp.at[state] != career:
                        self.state_stamp.at[state] = career
                        self.state_slot.at[state] = NONE
                        add_int(&self.touched, state)
        return 0

    cdef int compare(self, int career, int course) except -1:
        """Collect the members of a course that are not the normal ones, each with whether it brings something."""
        cdef int at, member, queue
        cdef Member now, before
        for at in range(self.course_from.at[course], self.course_from.at[course + 1]):
            member = self.course_member.at[at]
            now = self.members[member]
            if self.own_career.at[now.queue] != career:
                add_int(&self.diffs, member)
                add_int(&self.diffs, 1)
                continue
            if self.own_member.at[now.queue] == member:
                continue
            before = self.members[self.own_member.at[now.queue]]
            if (
                before.ingress == now.ingress
                and before.least == now.least
                and before.rate == now.rate
                and before.pool_bps == now.pool_bps
            ):
                continue
            add_int(&self.diffs, member)
            add_int(&self.diffs, before.ingress != now.ingress or before.least != now.least or now.rate > before.rate)
        return 0

    cdef int add_entry(self, int queue, int state, int member) except -1:
        make_room(<void**>&self.entries, &self.entry_room, self.entry_count + 1, sizeof(Entry))
        self.entries[self.entry_count].queue = queue
        self.entries[self.entry_count].state = state
        self.entries[self.entry_count].member = member
        self.entry_count += 1
        return 0

    def finish(self):
        """Turn what was entered into streams and changes."""
        cdef int career, queue, at, member
        cdef Py_ssize_t begin = 0, end
        cdef Ints normal_from = Ints(NULL, 0, 0), normal = Ints(NULL, 0, 0)
        self.find_relevant()
        fill_ints(&self.mark, self.queues, NONE)
        fill_ints(&self.state_stamp, self.states, NONE)
        for career in range(self.career_count):
            self.release(career)
        self.sort_entries()
        try:
            fill_ints(&normal_from, self.queues + 1, 0)
            for career in range(self.career_count):
                for at in range(self.course_from.at[self.careers[career].own], self.course_from.at[self.careers[career].own + 1]):
                    normal_from.at[self.members[self.course_member.at[at]].queue + 1] += 1
            for queue in range(self.queues):
                normal_from.at[queue + 1] += normal_from.at[queue]
            fill_ints(&normal, normal_from.at[self.queues], NONE)
            for career in range(self.career_count):
                for at in range(self.course_from.at[self.careers[career].own], self.course_from.at[self.careers[career].own + 1]):
                    member = self.course_member.at[at]
                    queue = self.members[member].queue
                    normal.at[normal_from.at[queue]] = member
                    normal_from.at[queue] += 1
            fill_ints(&self.state_stamp, self.states, NONE)
            fill_ints(&self.spot_stream, self.spot_queue.count, NONE)
            fill_ints(&self.career_stamp, self.career_count, NONE)
            fill_ints(&self.career_member, self.career_count, NONE)
            fill_ints(&self.run_stamp, self.career_count, NONE)
            fill_ints(&self.run_member, self.career_count, NONE)
            fill_ints(&self.pool_stamp, self.pool_size.count, NONE)
            fill_ints(&self.pool_stream, self.pool_size.count, NONE)
            fill_ints(&self.pool_run, self.pool_size.count, NONE)
            fill_ints(&self.link_stamp, self.routes.ports // 2 + 1, NONE)
            fill_ints(&self.link_place, self.routes.ports // 2 + 1, NONE)
            self.serial = 0
            add_int(&self.normal_from, 0)
            add_int(&self.change_from, 0)
            add_int(&self.place_from, 0)
            add_int(&self.counting_from, 0)
            for queue in range(self.queues):
                end = begin
                while end < self.entry_count and self.entries[end].queue == queue:
                    end += 1
                at = 0 if queue == 0 else normal_from.at[queue - 1]
                self.finish_queue(queue, begin, end, &normal.at[at], normal_from.at[queue] - at)
                begin = end
        finally:
            free(normal_from.at)
            free(normal.at)

    cdef int find_relevant(self) except -1:
        """Sort the states that bring something to a port by port, each once."""
        cdef int port, at, state
        cdef Py_ssize_t row
        cdef Ints sorted_states = Ints(NULL, 0, 0), begins = Ints(NULL, 0, 0)
        try:
            fill_ints(&begins, self.routes.ports + 1, 0)
            for row in range(self.brings_port.count):
                begins.at[self.brings_port.at[row] + 1] += 1
            for port in range(self.routes.ports):
                begins.at[port + 1] += begins.at[port]
            fill_ints(&sorted_states, self.brings_port.count, 0)
            for row in range(self.brings_port.count):
                port = self.brings_port.at[row]
                sorted_states.at[begins.at[port]] = self.brings_state.at[row]
                begins.at[port] += 1
            fill_ints(&self.state_stamp, self.states, NONE)
            add_int(&self.relevant_from, 0)
            at = 0
            for port in range(self.routes.ports):
                while at < begins.at[port]:
                    state = sorted_states.at[at]
                    if self.state_stamp.at[state] != port:
                        self.state_stamp.at[state] = port
                        add_int(&self.relevant, state)
                    at += 1
                add_int(&self.relevant_from, self.relevant.count)
        finally:
            free(sorted_states.at)
            free(begins.at)
        return 0

    cdef int release(self, int career) except -1:
        """Enter what failure states take away from a demand, where they bring something else."""
        cdef Career own = self.careers[career]
        cdef int at, row, state, course, queue, port, count, lowest
        if own.is_open or own.moved == own.moved_end:
            return 0
        count = self.course_from.at[own.own + 1] - self.course_from.at[own.own]
        for row in range(count):
            self.mark.at[self.members[self.course_member.at[self.course_from.at[own.own] + row]].queue] = career
            self.marked.at[self.members[self.course_member.at[self.course_from.at[own.own] + row]].queue] = row
        # which of its queues each course uses, by course (they are made one after the other)
        lowest = own.own + 1
        course = lowest
        for row in range(own.moved, own.moved_end):
            if self.moved_course.at[row] >= course:
                course = self.moved_course.at[row] + 1
        fill_ints(&self.has_member, (course - lowest) * count, 0)
        for course in range(lowest, course):
            for at in range(self.course_from.at[course], self.course_from.at[course + 1]):
                queue = self.members[self.course_member.at[at]].queue
                if self.mark.at[queue] == career:
                    self.has_member.at[(course - lowest) * count + self.marked.at[queue]] = 1
        for row in range(own.moved, own.moved_end):
            self.state_stamp.at[self.moved_state.at[row]] = career
            self.state_slot.at[self.moved_state.at[row]] = self.moved_course.at[row]
        for row in range(count):
            queue = self.members[self.course_member.at[self.course_from.at[own.own] + row]].queue
            port = self.queue_port.at[queue]
            for at in range(self.relevant_from.at[port], self.relevant_from.at[port + 1]):
                state = self.relevant.at[at]
                if self.state_stamp.at[state] != career:
                    continue
                course = self.state_slot.at[state]
                if course == NONE or not self.has_member.at[(course - lowest) * count + row]:
                    self.add_entry(queue, state, -1 - career)
        return 0

    cdef int sort_entries(self) except -1:
        """Sort by queue, and those of one by state; what was entered first stays first."""
        cdef Entry* other = NULL
        cdef Py_ssize_t room = 0, row
        cdef Ints begins = Ints(NULL, 0, 0)
        cdef int at
        try:
            make_room(<void**>&other, &room, self.entry_count + 1, sizeof(Entry))
            fill_ints(&begins, self.states + 1, 0)
            for row in range(self.entry_count):
                begins.at[self.entries[row].state + 1] += 1
            for at in range(self.states):
                begins.at[at + 1] += begins.at[at]
            for row in range(self.entry_count):
                at = self.entries[row].state
                other[begins.at[at]] = self.entries[row]
                begins.at[at] += 1
            fill_ints(&begins, self.queues + 1, 0)
            for row in range(self.entry_count):
                begins.at[other[row].queue + 1] += 1
            for at in range(self.queues):
                begins.at[at + 1] += begins.at[at]
            for row in range(self.entry_count):
                at = other[row].queue
                self.entries[begins.at[at]] = other[row]
                begins.at[at] += 1
        finally:
            free(other)
            free(begins.at)
        return 0

    cdef int finish_queue(self, int queue, Py_ssize_t begin, Py_ssize_t end, int* normal, int count) except -1:
        cdef int row, pool, other, port = self.queue_port.at[queue]
        for row in range(count):
            self.career_stamp.at[self.members[normal[row]].career] = queue
            self.career_member.at[self.members[normal[row]].career] = normal[row]
        for row in range(count):
            pool = self.careers[self.members[normal[row]].career].pool
            if self.pool_stamp.at[pool] == queue:
                continue
            self.picked.count = 0
            if self.pool_size.at[pool] == 1:
                add_int(&self.picked, normal[row])
            else:
                for other in range(row, count):
                    if self.careers[self.members[normal[other]].career].pool == pool:
                        add_int(&self.picked, normal[other])
            self.pool_stamp.at[pool] = queue
            self.pool_stream.at[pool] = self.stream_of(self.picked.at, <int>self.picked.count)
            add_int(&self.normal_stream, self.pool_stream.at[pool])
        add_int(&self.normal_from, self.normal_stream.count)
        for row in range(self.relevant_from.at[port], self.relevant_from.at[port + 1]):
            self.state_stamp.at[self.relevant.at[row]] = queue
        self.find_changes(queue, begin, end, normal, count)
        add_int(&self.change_from, self.change_count)
        self.find_places(queue)
        self.find_counting(queue)
        return 0

    cdef int find_changes(self, int queue, Py_ssize_t begin, Py_ssize_t end, int* normal, int count) except -1:
        """Make a change of each state in which something else happens to a queue; of those in which the same does, one."""
        cdef Py_ssize_t at = begin, stop, row
        cdef int change, first = <int>self.change_count, state, kind, last
        cdef unsigned long long digest
        cdef Ints runs = Ints(NULL, 0, 0), kinds = Ints(NULL, 0, 0), chain = Ints(NULL, 0, 0), table = Ints(NULL, 0, 0)
        cdef Longs digests = Longs(NULL, 0, 0)
        if begin == end:
            return 0
        try:
            fill_ints(&table, 64, NONE)
            while at < end:
                state, stop, digest = self.entries[at].state, at, 1469598103934665603
                while stop < end and self.entries[stop].state == state:
                    digest = (digest ^ <unsigned int>self.entries[stop].member) * <unsigned long long>1099511628211
                    stop += 1
                if self.state_stamp.at[state] == queue:
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
                    add_int(&kinds, kind)
                    add_int(&kinds, state)
                at = stop
            for change in range(digests.count):  # few kinds have many states, so they are sorted by counting
                self.changes[first + change].states_end = 0
            for row in range(0, kinds.count, 2):
                self.changes[first + kinds.at[row]].states_end += 1
            last = <int>self.change_state.count
            fill_ints_more(&self.change_state, kinds.count // 2)
            for change in range(first, first + <int>digests.count):
                self.changes[change].states = last
                last += self.changes[change].states_end
                self.changes[change].states_end = self.changes[change].states
            for row in range(0, kinds.count, 2):
                change = first + kinds.at[row]
                self.change_state.at[self.changes[change].states_end] = kinds.at[row + 1]
                self.changes[change].states_end += 1
        finally:
            free(runs.at)
            free(kinds.at)
            free(chain.at)
            free(table.at)
            free(digests.at)
        return 0

    cdef bint is_alike(
        self, Ints* runs, Longs* digests, int kind, unsigned long long digest, Py_ssize_t begin, Py_ssize_t end
    ) noexcept:
        cdef Py_ssize_t first = runs.at[2 * kind], at
        if digests.at[kind] != <i64>digest or runs.at[2 * kind + 1] - first != end - begin:
            return False
        for at in range(end - begin):
            if self.entries[first + at].member != self.entries[begin + at].member:
                return False
        return True

    cdef int new_change(self, int queue, Py_ssize_t begin, Py_ssize_t end, int* normal, int count) except -1:
        """Make what some states, in which the same happens to a queue, take from its normal streams, and bring."""
        cdef Py_ssize_t at
        cdef int career, pool, member, row, stream
        cdef Change made
        cdef Ints won = Ints(NULL, 0, 0)
        self.serial += 1
        self.pool_touched.count = 0
        made.lost, made.growth_bps, made.growth = <int>self.change_stream.count, 0, 0
        made.states = made.states_end = 0
        try:
            for at in range(begin, end):
                member = self.entries[at].member
                career = self.members[member].career if member >= 0 else -1 - member
                self.run_stamp.at[career], self.run_member.at[career] = self.serial, member
                pool = self.careers[career].pool
                if self.pool_run.at[pool] == self.serial:
                    continue
                self.pool_run.at[pool] = self.serial
                if self.pool_stamp.at[pool] == queue:
                    add_int(&self.change_stream, self.pool_stream.at[pool])
                if self.pool_size.at[pool] > 1:
                    add_int(&self.pool_touched, pool)
                elif member >= 0:
                    add_int(&won, self.stream_of(&member, 1))
            for row in range(self.pool_touched.count):
                stream = self.joined(queue, self.pool_touched.at[row], begin, end, normal, count)
                if stream != NONE:
                    add_int(&won, stream)
            made.won = <int>self.change_stream.count
            for row in range(won.count):
                add_int(&self.change_stream, won.at[row])
            made.end = <int>self.change_stream.count
        finally:
            free(won.at)
        for row in range(made.lost, made.end):
            stream = self.change_stream.at[row]
            made.growth_bps += self.streams[stream].rate if row >= made.won else -self.streams[stream].rate
            made.growth += self.streams[stream].burst if row >= made.won else -self.streams[stream].burst
        make_room(<void**>&self.changes, &self.change_room, self.change_count + 1, sizeof(Change))
        self.changes[self.change_count] = made
        self.change_count += 1
        return 0

    cdef int joined(self, int queue, int pool, Py_ssize_t begin, Py_ssize_t end, int* normal, int count) except -2:
        """Return the stream of a pool with some of its members changed, NONE where none is left."""
        cdef int row, career, member
        cdef Py_ssize_t at
        self.picked.count = 0
        for row in range(count):
            career = self.members[normal[row]].career
            if self.careers[career].pool == pool and self.run_stamp.at[career] != self.serial:
                add_int(&self.picked, normal[row])
        for at in range(begin, end):
            member = self.entries[at].member
            if member >= 0 and self.careers[self.members[member].career].pool == pool:
                add_int(&self.picked, member)
        return self.stream_of(self.picked.at, <int>self.picked.count) if self.picked.count else NONE

    cdef int stream_of(self, int* rows, int count) except -1:
        """Return what the members of a pool bring together; the same where they are the same."""
        cdef Stream made
        cdef Member one = self.members[rows[0]]
        cdef int row, other
        cdef i64 rate = 0, pool_bps = 0, least = one.least, most
        self.sums += 1
        made.ingress, made.place, made.next, made.burst, made.count = one.ingress, 0, NONE, 0, count
        for row in range(count):
            one = self.members[rows[row]]
            rate += one.rate
            pool_bps = max(pool_bps, one.pool_bps)
            least = min(least, one.least)
            if one.ingress != made.ingress:
                made.ingress = NONE
            # one burst for each node where members enter, the largest
            other, most = self.careers[one.career].entry, self.careers[one.career].burst
            if self.entry_stamp.at[other] != self.sums:
                self.entry_stamp.at[other], self.entry_burst.at[other] = self.sums, 0
            if most > self.entry_burst.at[other]:
                made.burst += most - self.entry_burst.at[other]
                self.entry_burst.at[other] = most
        made.rate = min(rate, pool_bps)
        made.spots = <int>self.stream_spot.count
        for row in range(count):
            one = self.members[rows[row]]
            add_int(&self.stream_spot, 0)
            add_long(&self.stream_late, 0)
            other = <int>self.stream_spot.count - 1
            while other > made.spots and self.stream_spot.at[other - 1] > one.spot:
                self.stream_spot.at[other], self.stream_late.at[other] = (
                    self.stream_spot.at[other - 1],
                    self.stream_late.at[other - 1],
                )
                other -= 1
            self.stream_spot.at[other], self.stream_late.at[other] = one.spot, one.least - least
        return self.new_stream(made)

    cdef int new_stream(self, Stream made) except -1:
        cdef int first = self.stream_spot.at[made.spots], known = self.spot_stream.at[first], row
        cdef Stream other
        while known != NONE:
            other = self.streams[known]
            if (
                other.ingress == made.ingress
                and other.rate == made.rate
                and other.burst == made.burst
                and other.count == made.count
            ):
                for row in range(made.count):
                    if (
                        self.stream_spot.at[other.spots + row] != self.stream_spot.at[made.spots + row]
                        or self.stream_late.at[other.spots + row] != self.stream_late.at[made.spots + row]
                    ):
                        break
                else:
                    self.stream_spot.count = self.stream_late.count = made.spots
                    return known
            known = other.next
        made.next = self.spot_stream.at[first]
        make_room(<void**>&self.streams, &self.stream_room, self.stream_count + 1, sizeof(Stream))
        self.streams[self.stream_count] = made
        self.spot_stream.at[first] = <int>self.stream_count
        self.stream_count += 1
        return <int>self.stream_count - 1

    cdef int find_places(self, int queue) except -1:
        """Number the links that streams come over; 0 of `link_*` stands for none."""
        cdef int row, change, first = <int>self.place_ingress.count
        for row in range(self.normal_from.at[queue], self.normal_from.at[queue + 1]):
            self.place(queue, first, self.normal_stream.at[row])
        for change in range(self.change_from.at[queue], self.change_from.at[queue + 1]):
            for row in range(self.changes[change].won, self.changes[change].end):
                self.place(queue, first, self.change_stream.at[row])
        add_int(&self.place_from, self.place_ingress.count)
        return 0

    cdef int place(self, int queue, int first, int stream) except -1:
        cdef int link = self.streams[stream].ingress + 1
        if self.link_stamp.at[link] != queue:
            self.link_stamp.at[link] = queue
            self.link_place.at[link] = <int>self.place_ingress.count - first
            add_int(&self.place_ingress, link - 1)
        self.streams[stream].place = self.link_place.at[link]
        return 0

    cdef int find_counting(self, int queue) except -1:
        """Leave out the changes of which another one brings all, and takes away no more (`servers.undominated`)."""
        cdef int first = self.change_from.at[queue], count = self.change_from.at[queue + 1] - first, row, place, at
        cdef Ints order = Ints(NULL, 0, 0), kept = Ints(NULL, 0, 0)
        cdef Change own
        try:
            for row in range(count):
                own = self.changes[first + row]
                qsort(&self.change_stream.at[own.lost], own.won - own.lost, sizeof(int), _ascending)
                qsort(&self.change_stream.at[own.won], own.end - own.won, sizeof(int), _ascending)
            # by how much less it brings than it takes, then by number; the normal state last of its kind
            for row in range(count + 1):
                add_int(&order, self.deficit(first, row, count))
                add_int(&order, row)
            if count:
                qsort(order.at, count + 1, 2 * sizeof(int), _in_pairs)
            for row in range(count + 1):
                place = order.at[2 * row + 1]
                for at in range(kept.count):
                    if self.covers(first, kept.at[at], place, count):
                        break
                else:
                    add_int(&kept, place)
            qsort(kept.at, kept.count, sizeof(int), _ascending)
            if kept.at[kept.count - 1] == count:  # the normal state goes before all others
                kept.count -= 1
                add_int(&self.counting, NONE)
            for row in range(kept.count):
                add_int(&self.counting, first + kept.at[row])
            add_int(&self.counting_from, self.counting.count)
        finally:
            free(order.at)
            free(kept.at)
        return 0

    cdef int deficit(self, int first, int place, int count) noexcept:
        if place == count:
            return 0
        cdef Change own = self.changes[first + place]
        return (own.won - own.lost) - (own.end - own.won)

    cdef bint covers(self, int first, int one, int other, int count) noexcept:
        """Return whether change `one` takes away no stream that `other` does not, and brings all that it brings."""
        cdef Change empty
        empty.lost = empty.won = empty.end = 0
        cdef Change a = empty if one == count else self.changes[first + one]
        cdef Change b = empty if other == count else self.changes[first + other]
        return _is_part(self.change_stream.at, a.lost, a.won, b.lost, b.won) and _is_part(
            self.change_stream.at, b.won, b.end, a.won, a.end
        )

    # what is asked of it when all is known

    def places_of(self):
        """Return port and class of every queue."""
        cdef int queue
        return [(self.queue_port.at[queue], self.queue_group.at[queue]) for queue in range(self.queues)]

    def marks(self):
        """Return of every queue whether something unmetered comes, or something not policed to what it sends, or from edges

        that nobody knows; and the bursts in bytes of all who ever use it.
        """
        cdef int queue
        return [
            (bool(self.is_open.at[queue]), bool(self.is_unpoliced.at[queue]), bool(self.is_unknown.at[queue]), self.users_bytes.at[queue])
            for queue in range(self.queues)
        ]

    def loads(self, int queue):
        """Return what comes to a queue normally (bps), and of each change its states and by how much more comes in them."""
        if not 0 <= queue < self.queues:
            raise IndexError(queue)
        cdef int row, at
        cdef i64 total = 0
        for row in range(self.normal_from.at[queue], self.normal_from.at[queue + 1]):
            total += self.streams[self.normal_stream.at[row]].rate
        return total, [
            (
                [self.change_state.at[at] for at in range(self.changes[row].states, self.changes[row].states_end)],
                self.changes[row].growth_bps,
            )
            for row in range(self.change_from.at[queue], self.change_from.at[queue + 1])
        ]


cdef int fill_ints_more(Ints* rows, Py_ssize_t more) except -1:
    """Make room for more rows, and take them as there."""
    make_room(<void**>&rows.at, &rows.room, rows.count + more, sizeof(int))
    rows.count += more
    return 0


cdef int _in_pairs(const void* one, const void* other) noexcept nogil:
    cdef int* a = <int*>one
    cdef int* b = <int*>other
    if a[0] != b[0]:
        return 1 if a[0] > b[0] else -1
    return (a[1] > b[1]) - (a[1] < b[1])


cdef bint _is_part(int* rows, int at, int end, int other, int other_end) noexcept:
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
