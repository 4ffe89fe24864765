"""The queues that demands come to in the normal state and in others, and what they bring: the twin is `enter` of `delay.streams`."""

from libc.stdlib cimport free, qsort
from libc.string cimport memcpy, memset

from intentc.native.careers cimport Career
from intentc.native.grow cimport (
    Ints, Longs, add_int, add_long, ascending, drop, drop_longs, fill_ints, fill_more, i64, make_room,
)
from intentc.native.nodes cimport Nodes
from intentc.native.routes cimport Routes

cdef enum:
    NONE = -1
    NOTHING = 255            # a byte of NONE
    MOST_HOPS = 4096         # of a path: sets of ways are followed by recursion
    WIDEST = 2147483647
    MOST_RATES = 8           # of a demand: more are not looked through for one that is known


cdef class Members(Nodes):
    def __dealloc__(self):
        self.release_members()
        free(self.number_of.at)
        free(self.pool_size.at)
        free(self.node_from.at)
        free(self.node_state.at)
        free(self.link_from.at)
        free(self.link_state.at)
        free(self.queue_at.at)
        free(self.queue_port.at)
        free(self.queue_group.at)
        free(self.users.at)
        free(self.is_unpoliced.at)
        free(self.is_open.at)
        free(self.was_open.at)
        free(self.is_unknown.at)
        free(self.is_due.at)
        free(self.is_met.at)
        free(self.is_leaning.at)
        free(self.is_fresh.at)
        free(self.users_bytes.at)

    cdef int release_members(self) except -1:
        """Give back what only weaving needs."""
        free(self.members)
        free(self.has_member)
        self.members, self.has_member = NULL, NULL
        self.member_count = self.member_room = self.has_count = self.has_room = 0
        drop_longs(&self.rate_of)
        drop_longs(&self.least_of)
        drop_longs(&self.pool_of)
        drop_longs(&self.own_least)
        drop_longs(&self.own_rate)
        drop_longs(&self.own_pool)
        drop(&self.first_course)
        drop(&self.course_from)
        drop(&self.course_state)
        drop(&self.has_width)
        free(self.last)
        self.last, self.last_count, self.last_room = NULL, 0, 0
        drop(&self.shared)
        drop(&self.own_ingress)
        drop(&self.own_has)
        drop(&self.group_queue)
        drop(&self.group_step)
        drop(&self.taken_way)
        drop(&self.taken_next)
        drop(&self.state_stamp)
        drop(&self.state_list)
        drop(&self.touched)
        drop(&self.touched_course)
        drop(&self.trunk_port)
        drop(&self.list_course)
        drop(&self.course_count)
        return 0

    cdef int begin_demands(self) except -1:
        """Begin with no demand."""
        fill_ints(&self.queue_at, self.routes.ports * self.groups, NONE)
        fill_ints(&self.state_stamp, self.states, NONE)
        fill_ints(&self.state_list, self.states, NONE)
        fill_ints(&self.is_due, self.routes.ports, 0)
        fill_ints(&self.is_met, self.routes.ports * self.groups, 0)
        fill_ints(&self.is_leaning, self.routes.ports * self.groups, 0)
        add_int(&self.course_from, 0)
        return add_int(&self.edge_from, 0)

    cdef int forget_marks(self) except -1:
        """Forget what queues are marked with, as their numbers are others now."""
        self.last_count = 0
        self.serial = 0
        return self.mark_queues()

    cdef int mark_queues(self) except -1 nogil:
        """Mark the queues that are new with nothing."""
        make_room(<void**>&self.last, &self.last_room, self.queues, sizeof(Last))
        memset(&self.last[self.last_count], NOTHING, (self.queues - self.last_count) * sizeof(Last))
        self.last_count = self.queues
        return 0

    cdef Py_ssize_t hops_of(self, int number) noexcept nogil:
        """Return how many hops the paths of a demand have."""
        cdef Career* own = &self.careers.rows[self.number_of.at[number]]
        cdef Py_ssize_t hops = 0
        cdef int at
        for at in range(self.careers.list_from.at[own.lists], self.careers.list_from.at[own.lists_end]):
            hops += self.routes.count_of(self.careers.path.at[at])
        return hops

    cdef int reserve(self, Py_ssize_t hops) except -1:
        """Ask for room for a row at each hop of each path: what nobody writes to takes no memory, and what grows is moved no more.

        Where so much may not even be asked for, all grows as it is needed.
        """
        cdef Py_ssize_t count = min(hops, WIDEST // 4) // 2
        try:
            make_room(<void**>&self.members, &self.member_room, count, sizeof(Member))
            make_room(<void**>&self.node_queue.at, &self.node_queue.room, count, sizeof(int))
            make_room(<void**>&self.edge_from.at, &self.edge_from.room, count + 1, sizeof(int))
            make_room(<void**>&self.edges.at, &self.edges.room, count, sizeof(int))
            make_room(<void**>&self.spot_node.at, &self.spot_node.room, count, sizeof(int))
        except MemoryError:
            pass
        return 0

    cdef int weave_one(self, int number) except -1 nogil:
        """Take up what a demand does normally, and where a failure state changes that."""
        cdef Career* own = &self.careers.rows[self.number_of.at[number]]
        cdef int first_spot = <int>self.spot_node.count, lists = own.lists_end - own.lists, courses = 1, course, at, row
        cdef int trunk = NONE
        cdef int* list_from = self.careers.list_from.at
        cdef bint is_one
        self.begin_ways()
        self.rates_from = self.rate_of.count
        self.own_ingress.count = self.own_has.count = self.own_least.count = self.own_rate.count = self.own_pool.count = 0
        self.touched_course.count = 0
        add_int(&self.first_course, self.course_from.count - 1)
        add_int(&self.has_width, (lists + 7) >> 3)
        self.follow(number, own, 0, 0, NONE)
        self.find_touched(number, own)
        fill_ints(&self.list_course, lists, NONE)
        if own.keeps_rate and list_from[own.lists + 1] - list_from[own.lists] == 1:
            trunk = self.careers.path.at[list_from[own.lists]]
        for at in range(self.touched.count):
            row, course = self.state_list.at[self.touched.at[at]], 0
            if row != NONE:
                course = self.list_course.at[row]
                if course == NONE:
                    course = self.list_course.at[row] = courses
                    courses += 1
                    is_one = list_from[own.lists + row + 1] - list_from[own.lists + row] == 1
                    self.follow(number, own, row, course, trunk if is_one else NONE)
            add_int(&self.touched_course, course)
        self.list_states(courses)
        self.find_nodes(first_spot)
        return 0

    cdef int note_open(self) except -1:
        """Note where something unmetered comes, before that changes."""
        cdef int queue
        fill_ints(&self.was_open, self.queues, 0)
        for queue in range(self.queues):
            self.was_open.at[queue] = self.is_open.at[queue] > 0
        return 0

    cdef int take_back(self, int number) except -1:
        """Take a demand from those who use queues, which are to be finished anew."""
        cdef Career* own = &self.careers.rows[self.number_of.at[number]]
        cdef int row, chosen
        fill_ints(&self.list_course, own.lists_end - own.lists, NONE)
        self.take_list_back(number, own, 0)
        for row in range(own.moved, own.moved_end):
            chosen = self.careers.moved_list.at[row]
            if self.list_course.at[chosen] == NONE:
                self.list_course.at[chosen] = 0
                self.take_list_back(number, own, chosen)
        return 0

    cdef int take_list_back(self, int number, Career* own, int row) except -1:
        cdef int turn, at, path, queue
        cdef Routes routes = self.routes
        for turn in range(self.careers.list_from.at[own.lists + row], self.careers.list_from.at[own.lists + row + 1]):
            path = self.careers.path.at[turn]
            for at in range(routes.lay(path)):
                queue = self.queue_at.at[routes.laid.at[at] * self.groups + own.group]
                self.use(number, own, queue, row == 0 or own.is_policed, -1)
        return 0

    cdef void use(self, int number, Career* own, int queue, bint is_policed, int sign) noexcept nogil:
        """Count that a demand comes to a queue (1), or does so no more (-1)."""
        if not is_policed:
            self.is_unpoliced.at[queue] += sign
        if own.is_open:
            self.is_open.at[queue] += sign
        if self.last[queue].user != number:
            self.last[queue].user = number
            self.is_due.at[self.queue_port.at[queue]] = 1
            self.is_met.at[self.queue_port.at[queue] * self.groups + self.queue_group.at[queue]] = 1
            self.users.at[queue] += sign
            self.users_bytes.at[queue] += sign * own.user_bytes
            if own.is_unknown:
                self.is_unknown.at[queue] += sign

    cdef int new_queue(self, int port, int group) except -1 nogil:
        cdef int queue = <int>self.queue_port.count
        self.queue_at.at[port * self.groups + group] = queue
        add_int(&self.queue_port, port)
        add_int(&self.queue_group, group)
        add_long(&self.users_bytes, 0)
        add_int(&self.is_unpoliced, 0)
        add_int(&self.is_open, 0)
        add_int(&self.is_unknown, 0)
        add_int(&self.users, 0)
        if not self.is_ordered:
            add_int(&self.step_first, NONE)
        self.queues += 1
        self.mark_queues()
        return queue

    cdef int follow(self, int number, Career* own, int row, int course, int trunk) except -1 nogil:
        """Make the members of a demand at the queues of some paths (0: the normal ones); those of its normal one (`trunk`) as far

        as that is the same.
        """
        cdef int serial, at, turn, port, queue, way, last_queue, group, count, path, trunk_count = 0
        cdef int* paths = &self.careers.path.at[self.careers.list_from.at[own.lists + row]]
        cdef int paths_count = self.careers.list_from.at[own.lists + row + 1] - self.careers.list_from.at[own.lists + row]
        cdef i64 taken, late
        cdef bint is_same, is_policed = course == 0 or own.is_policed
        self.serial += 1
        serial = self.serial
        self.is_bare = not own.is_spread
        for turn in range(paths_count):
            self.is_bare = self.is_bare and self.routes.label_from.at[paths[turn]] == NONE
        if not self.is_bare:
            self.routes.mark_rows(paths, paths_count)
        if trunk != NONE:
            trunk_count = self.routes.lay(trunk)
            fill_ints(&self.trunk_port, trunk_count, 0)
            memcpy(self.trunk_port.at, self.routes.laid.at, trunk_count * sizeof(int))
        self.taken_way.count = self.taken_next.count = 0
        self.group_queue.count = self.group_step.count = self.shared.count = 0
        for turn in range(paths_count):
            path = paths[turn]
            count = self.routes.lay(path)
            if count > MOST_HOPS:
                self.is_too_large = True
                count = 0
            way, last_queue, taken, late, is_same = NONE, NONE, 0, 0, trunk != NONE
            for at in range(count):
                port = self.routes.laid.at[at]
                if is_same:
                    is_same = (
                        at < trunk_count
                        and self.trunk_port.at[at] >> 1 == port >> 1
                        and (self.routes.label_from.at[trunk] == NONE) == (self.routes.label_from.at[path] == NONE)
                        and self.routes.label_at(trunk, at) == self.routes.label_at(path, at)
                    )
                queue = self.queue_at.at[port * self.groups + own.group]
                if queue == NONE:
                    queue = self.new_queue(port, own.group)
                if last_queue != NONE and not self.is_ordered:
                    self.count_step(last_queue, queue, 1)
                self.use(number, own, queue, is_policed, 1)
                way = self.new_way(way, queue, taken, late)
                if is_same and self.last[queue].normally == number:
                    add_int(&self.shared, queue)
                else:
                    self.add_step(queue, way)
                taken += self.routes.latency_ns.at[port]
                late += self.routes.latency_ns.at[port] + self.routes.varies_ns.at[port]
                last_queue = queue
        for group in range(self.group_queue.count):
            queue = self.group_queue.at[group]
            if not own.is_open:
                self.add_member(number, own, queue, self.group_step.at[group], course)
        for at in range(self.shared.count):
            self.has_member[self.own_has.at[self.last[self.shared.at[at]].own_row] + (course >> 3)] |= 1 << (course & 7)
        return 0

    cdef int add_step(self, int queue, int way) except -1 nogil:
        """Add a way that the paths of a course come to a queue by, once."""
        cdef int step, group
        cdef Last* last = &self.last[queue]
        if last.course != self.serial:
            last.course, last.group = self.serial, <int>self.group_queue.count
            add_int(&self.group_queue, queue)
            add_int(&self.group_step, NONE)
        group = last.group
        step = self.group_step.at[group]
        while step != NONE:
            if self.taken_way.at[step] == way:
                return 0
            step = self.taken_next.at[step]
        add_int(&self.taken_next, self.group_step.at[group])
        self.group_step.at[group] = <int>self.taken_way.count
        add_int(&self.taken_way, way)
        return 0

    cdef int add_member(self, int number, Career* own, int queue, int steps, int course) except -1 nogil:
        """Take a demand as one of those at a queue, where some ways lead it; where that is as normally, nothing is to be said."""
        cdef int step = steps, way, ingress, before, spot, row, first_spot
        cdef int port = self.queue_port.at[queue]
        cdef Last* last = &self.last[queue]
        cdef bint is_lone = self.pool_size.at[own.pool] == 1
        cdef i64 least = self.way_taken.at[self.taken_way.at[steps]], extra, rate, pool_bps
        ingress = self.way_before.at[self.taken_way.at[steps]]
        ingress = NONE if ingress == NONE else self.queue_port.at[self.way_queue.at[ingress]] >> 1
        while step != NONE:
            way = self.taken_way.at[step]
            least = min(least, self.way_taken.at[way])
            before = self.way_before.at[way]
            before = NONE if before == NONE else self.queue_port.at[self.way_queue.at[before]] >> 1
            if before != ingress:
                ingress = NONE
            step = self.taken_next.at[step]
        if last.spotted != number:
            last.spotted, last.spot = number, <int>self.spot_row.count
            add_int(&self.spot_row, NONE)
            add_int(&self.spot_node, NONE)
        spot = last.spot
        step = steps
        while step != NONE:
            way = self.taken_way.at[step]
            extra = self.way_late.at[way] - least
            row = self.spot_row.at[spot]
            while row != NONE and not (self.row_way.at[row] == way and self.row_extra.at[row] == extra):
                row = self.row_next.at[row]
            if row == NONE:
                add_int(&self.row_next, self.spot_row.at[spot])
                self.spot_row.at[spot] = <int>self.row_way.count
                add_int(&self.row_way, way)
                add_long(&self.row_extra, extra)
            step = self.taken_next.at[step]
        least = 0 if is_lone else least
        rate = own.rate if course == 0 else own.failover_rate
        pool_bps = own.pool_bps if course == 0 else own.failover_pool
        if not self.is_bare:
            rate = self.routes.held_on(port, rate, own.is_spread, self.mean_packet, self.imbalance_ppb)
            pool_bps = self.routes.held_on(port, pool_bps, False, self.mean_packet, 0)
        spot += <int>(self.spot_node.count - self.spot_row.count)
        if course == 0:
            last.normally, last.own_row = number, <int>self.own_has.count
            add_int(&self.own_ingress, ingress)
            add_long(&self.own_least, least)
            add_long(&self.own_rate, rate)
            add_long(&self.own_pool, pool_bps)
            row = self.has_width.at[number]
            make_room(<void**>&self.has_member, &self.has_room, self.has_count + row, 1)
            memset(&self.has_member[self.has_count], 0, row)
            add_int(&self.own_has, self.has_count)
            self.keep_member(number, queue, spot, ingress, -1 - <int>self.has_count, False, least, rate, pool_bps, is_lone)
            self.has_count += row
            return 0
        course += self.first_course.at[number]
        if last.normally != number:
            return self.keep_member(number, queue, spot, ingress, course, True, least, rate, pool_bps, is_lone)
        row = last.own_row
        course -= self.first_course.at[number]
        self.has_member[self.own_has.at[row] + (course >> 3)] |= 1 << (course & 7)
        course += self.first_course.at[number]
        if self.own_ingress.at[row] != ingress or self.own_least.at[row] != least or rate > self.own_rate.at[row]:
            return self.keep_member(number, queue, spot, ingress, course, True, least, rate, pool_bps, is_lone)
        if rate != self.own_rate.at[row] or pool_bps != self.own_pool.at[row]:
            return self.keep_member(number, queue, spot, ingress, course, False, least, rate, pool_bps, is_lone)
        return 0

    cdef int keep_member(
        self, int number, int queue, int spot, int ingress, int course, bint brings, i64 least, i64 rate, i64 pool_bps, bint is_lone
    ) except -1 nogil:
        cdef Member made
        made.queue, made.career, made.spot, made.ingress, made.course = queue, number, spot, ingress, course
        if is_lone:
            rate, least, pool_bps = min(rate, pool_bps), 0, 0
        made.more = 2 * self.rate_row(rate, least, pool_bps) + brings
        if not is_lone or (course >= 0 and not brings):
            self.is_leaning.at[self.queue_port.at[queue] * self.groups + self.queue_group.at[queue]] = 1
        make_room(<void**>&self.members, &self.member_room, self.member_count + 1, sizeof(Member))
        self.members[self.member_count] = made
        self.member_count += 1
        return 0

    cdef int rate_row(self, i64 rate, i64 least, i64 pool_bps) except -1 nogil:
        """Return the row of what a demand brings; where there is none among the last ones of this demand it is added."""
        cdef Py_ssize_t row = self.rate_of.count, last = max(self.rates_from, row - MOST_RATES)
        while row > last:
            row -= 1
            if self.rate_of.at[row] == rate and self.least_of.at[row] == least and self.pool_of.at[row] == pool_bps:
                return <int>row
        if self.rate_of.count > WIDEST // 2 - 1:
            with gil:
                raise MemoryError
        add_long(&self.rate_of, rate)
        add_long(&self.least_of, least)
        add_long(&self.pool_of, pool_bps)
        return <int>self.rate_of.count - 1

    cdef int find_touched(self, int number, Career* own) except -1 nogil:
        """Collect the states that break a normal path, or in which others are taken, in their order."""
        cdef int turn, at, port, node, row, last
        self.touched.count = 0
        for turn in range(self.careers.list_from.at[own.lists], self.careers.list_from.at[own.lists + 1]):
            last = self.routes.lay(self.careers.path.at[turn])
            for at in range(last + 1 if last else 0):
                node = self.routes.tail.at[self.routes.laid.at[at]] if at < last else self.routes.head.at[self.routes.laid.at[last - 1]]
                for row in range(self.node_from.at[node], self.node_from.at[node + 1]):
                    self.touch(number, self.node_state.at[row], NONE)
            for at in range(last):
                port = self.routes.laid.at[at] >> 1
                for row in range(self.link_from.at[port], self.link_from.at[port + 1]):
                    self.touch(number, self.link_state.at[row], NONE)
        for row in range(own.moved, own.moved_end):
            self.touch(number, self.careers.moved_state.at[row], self.careers.moved_list.at[row])
        if self.touched.count:
            qsort(self.touched.at, self.touched.count, sizeof(int), ascending)
        return 0

    cdef int touch(self, int number, int state, int row) except -1 nogil:
        if self.state_stamp.at[state] != number:
            self.state_stamp.at[state] = number
            add_int(&self.touched, state)
        self.state_list.at[state] = row
        return 0

    cdef int list_states(self, int courses) except -1 nogil:
        """Note the states of each course of a demand."""
        cdef int at, course, first = <int>self.course_state.count
        fill_ints(&self.course_count, courses + 1, 0)
        for at in range(self.touched.count):
            self.course_count.at[self.touched_course.at[at] + 1] += 1
        for course in range(courses):
            self.course_count.at[course + 1] += self.course_count.at[course]
            add_int(&self.course_from, first + self.course_count.at[course + 1])
        fill_more(&self.course_state, self.touched.count)
        for at in range(self.touched.count):
            course = self.touched_course.at[at]
            self.course_state.at[first + self.course_count.at[course]] = self.touched.at[at]
            self.course_count.at[course] += 1
        return 0

