"""The queues of a program with the streams that come to them in every state: the twin is `delay.streams`, over `delay.courses`.

What happens here, and why, is said there; here it is done with rows of numbers, and with less at a time. A *node* stands for a set
of ways to a queue: what packets may have waited for on any of them, the most counts. Sets that come from the same nodes are one. The
queues of a port are finished one after the other, and of the streams of failure states only those are kept that count.
"""

from libc.stdlib cimport free, qsort
from libc.string cimport memset

from intentc.native.grow cimport Ints, Longs, add_int, add_long, fill_ints, fill_longs, i64, make_room
from intentc.native.heap cimport Heap, Pair, pop, push
from intentc.native.routes cimport Routes

cdef enum:
    NONE = -1
    MOST_HOPS = 4096         # of a path: sets of ways are followed by recursion
    WIDEST = 2147483647


cdef extern from *:
    """
    #include <stdlib.h>
    #ifdef __GLIBC__
    #include <malloc.h>
    static inline void give_back(void) { malloc_trim(0); }  /* else holes stay with the process for ever */
    #else
    static inline void give_back(void) {}
    #endif
    """
    void give_back() noexcept nogil


cdef int _ascending(const void* one, const void* other) noexcept nogil:
    cdef int a = (<int*>one)[0], b = (<int*>other)[0]
    return (a > b) - (a < b)


cdef int _by_before(const void* one, const void* other) noexcept nogil:
    cdef Item* a = <Item*>one
    cdef Item* b = <Item*>other
    if a.before != b.before:
        return 1 if a.before > b.before else -1
    if a.extra != b.extra:
        return 1 if a.extra > b.extra else -1
    return (a.way > b.way) - (a.way < b.way)


cdef int _groups(rows, int most, Ints* begins, Ints* items) except -1:
    add_int(begins, 0)
    for row in rows:
        for item in row:
            if not 0 <= item < most:
                raise IndexError(item)
            add_int(items, item)
        add_int(begins, items.count)
    return 0


cdef void drop(Ints* rows) noexcept:
    free(rows.at)
    rows.at, rows.count, rows.room = NULL, 0, 0


cdef void drop_longs(Longs* rows) noexcept:
    free(rows.at)
    rows.at, rows.count, rows.room = NULL, 0, 0


cdef class Careers:
    """The demands of a program by number, as rows: of any of them a web can be woven."""

    def __init__(self, Routes routes, groups, states):
        self.routes, self.groups, self.states = routes, groups, states
        add_int(&self.list_from, 0)

    def __dealloc__(self):
        free(self.rows)
        free(self.list_from.at)
        free(self.path.at)
        free(self.moved_state.at)
        free(self.moved_list.at)

    def __len__(self):
        return self.count

    def enter(
        self, int group, int pool, int entry, bint is_open, bint is_policed, bint keeps_rate, bint is_spread, bint is_unknown,
        i64 user_bytes, i64 burst_bytes, i64 rate, i64 pool_bps, i64 failover_rate, i64 failover_pool, primary, others, lists, states,
    ):
        """Enter a demand: its class, pool and entry by number, what it is and what it sends, the paths of the normal state,

        those of others (`others`), and which of these (`lists`, by number) it takes in which of the `states` beside them. `keeps_rate`: it is policed to the same
        there; `is_unknown`: nobody knows the edge where it enters. Return its number.
        """
        cdef Career made
        cdef int path, slot, state
        if not 0 <= group < self.groups or not 0 <= pool < WIDEST or not 0 <= entry < self.routes.nodes:
            raise IndexError
        made.group, made.pool, made.entry = group, pool, entry
        made.is_open, made.is_policed, made.keeps_rate = is_open, is_policed, keeps_rate
        made.is_spread, made.is_unknown = is_spread, is_unknown
        made.user_bytes, made.burst = user_bytes, burst_bytes
        made.rate, made.pool_bps, made.failover_rate, made.failover_pool = rate, pool_bps, failover_rate, failover_pool
        made.lists, made.moved = <int>self.list_from.count - 1, <int>self.moved_state.count
        for paths in (primary, *others):
            for path in paths:
                if not 0 <= path < self.routes.share_ppm.count:
                    raise IndexError(path)
                add_int(&self.path, path)
            add_int(&self.list_from, self.path.count)
        made.lists_end = <int>self.list_from.count - 1
        if len(lists) != len(states):
            raise ValueError
        for slot, state in zip(lists, states):
            if not 0 <= slot < len(others) or not 0 <= state < self.states:
                raise IndexError
            add_int(&self.moved_state, state)
            add_int(&self.moved_list, slot + 1)
        made.moved_end = <int>self.moved_state.count
        make_room(<void**>&self.rows, &self.room, self.count + 1, sizeof(Career))
        self.rows[self.count] = made
        self.count += 1
        self.pools = max(self.pools, pool + 1)
        return self.count - 1

    def paths_of(self, int number):
        """Return the paths of the normal state and those of others, as they were entered."""
        cdef int row, at
        if not 0 <= number < self.count:
            raise IndexError(number)
        found = [
            [self.path.at[at] for at in range(self.list_from.at[row], self.list_from.at[row + 1])]
            for row in range(self.rows[number].lists, self.rows[number].lists_end)
        ]
        return found[0], found[1:]


cdef class Web:
    """Of the careers `numbers`, in this order. `at_node`, `at_link`: the states, by number, in which each of them fails.

    What its queues are is known at once; `finish` finds what comes to them.
    """

    def __init__(self, Careers careers, numbers, at_node, at_link, mean_packet, imbalance_ppb):
        cdef int number
        cdef Routes routes = careers.routes
        self.careers, self.routes, self.groups, self.states = careers, routes, careers.groups, careers.states
        self.mean_packet, self.imbalance_ppb = mean_packet, imbalance_ppb
        if len(at_node) != routes.nodes or 2 * len(at_link) != routes.ports:
            raise ValueError
        _groups(at_node, self.states, &self.node_from, &self.node_state)
        _groups(at_link, self.states, &self.link_from, &self.link_state)
        fill_ints(&self.pool_size, careers.pools, 0)
        for number in numbers:
            if not 0 <= number < careers.count:
                raise IndexError(number)
            add_int(&self.number_of, number)
            self.pool_size.at[careers.rows[number].pool] += 1
        fill_ints(&self.queue_at, routes.ports * self.groups, NONE)
        fill_ints(&self.state_stamp, self.states, NONE)
        fill_ints(&self.state_list, self.states, NONE)
        add_int(&self.course_from, 0)
        add_int(&self.edge_from, 0)
        self.reserve()
        for number in range(self.number_of.count):
            self.weave_one(number)
        add_int(&self.first_course, self.course_from.count - 1)
        self.find_order()

    def __dealloc__(self):
        self.release_memory()
        free(self.number_of.at)
        free(self.pool_size.at)
        free(self.queue_at.at)
        free(self.queue_port.at)
        free(self.queue_group.at)
        free(self.is_unpoliced.at)
        free(self.is_open.at)
        free(self.is_unknown.at)
        free(self.users_bytes.at)
        free(self.step_first.at)
        free(self.step_next.at)
        free(self.step_before.at)
        free(self.step_count.at)
        free(self.node_queue.at)
        free(self.edge_from.at)
        free(self.edge_before.at)
        free(self.edge_extra.at)
        free(self.stream_from.at)
        free(self.normal_end.at)
        free(self.stream_end.at)
        free(self.change_from.at)
        free(self.change_end.at)
        free(self.place_from.at)
        free(self.place_end.at)
        free(self.counting_from.at)
        free(self.counting_end.at)
        free(self.place_ingress.at)
        free(self.counting.at)
        free(self.streams)
        free(self.changes)
        free(self.change_stream.at)
        free(self.change_state.at)
        give_back()

    cdef int release_memory(self) except -1:
        """Give back what only weaving needs."""
        drop(&self.node_from)
        drop(&self.node_state)
        drop(&self.link_from)
        drop(&self.link_state)
        free(self.members)
        free(self.has_member)
        free(self.drafts)
        free(self.found)
        self.members, self.has_member, self.drafts, self.found = NULL, NULL, NULL, NULL
        self.member_count = self.member_room = self.has_count = self.has_room = 0
        self.draft_count = self.draft_room = self.found_count = self.found_room = 0
        drop_longs(&self.least_of)
        drop_longs(&self.pool_of)
        drop_longs(&self.way_taken)
        drop_longs(&self.row_extra)
        drop_longs(&self.own_least)
        drop_longs(&self.own_rate)
        drop_longs(&self.own_pool)
        drop_longs(&self.draft_late)
        drop_longs(&self.entry_burst)
        drop(&self.first_course)
        drop(&self.course_from)
        drop(&self.course_state)
        drop(&self.has_width)
        drop(&self.spot_node)
        drop(&self.cells)
        drop(&self.user)
        drop(&self.own_career)
        drop(&self.own_row)
        drop(&self.spot_career)
        drop(&self.spot_of)
        drop(&self.mark)
        drop(&self.marked)
        drop(&self.in_course)
        drop(&self.way_before)
        drop(&self.way_queue)
        drop(&self.way_child)
        drop(&self.way_next)
        drop(&self.way_node)
        drop(&self.spot_row)
        drop(&self.row_way)
        drop(&self.row_next)
        drop(&self.shared)
        drop(&self.picked)
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
        drop(&self.list_course)
        drop(&self.course_count)
        drop(&self.stack)
        drop(&self.edge_stack)
        drop(&self.way_memo)
        drop(&self.memo_from)
        drop(&self.memo_count)
        drop(&self.memo_node)
        drop(&self.memo_next)
        drop(&self.memo_way)
        drop(&self.normal)
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

    # what demands do

    cdef int reserve(self) except -1:
        """Ask for room for a row at each hop of each path: what nobody writes to takes no memory, and what grows is moved no more."""
        cdef Py_ssize_t most = 0, count
        cdef int number, at
        cdef Career* own
        for number in range(self.number_of.count):
            own = &self.careers.rows[self.number_of.at[number]]
            for at in range(self.careers.list_from.at[own.lists], self.careers.list_from.at[own.lists_end]):
                most += self.routes.starts.at[self.careers.path.at[at] + 1] - self.routes.starts.at[self.careers.path.at[at]]
        count = min(most, WIDEST // 4) // 2
        make_room(<void**>&self.members, &self.member_room, count, sizeof(Member))
        make_room(<void**>&self.node_queue.at, &self.node_queue.room, count, sizeof(int))
        make_room(<void**>&self.edge_from.at, &self.edge_from.room, count + 1, sizeof(int))
        make_room(<void**>&self.edge_before.at, &self.edge_before.room, count, sizeof(int))
        make_room(<void**>&self.edge_extra.at, &self.edge_extra.room, count, sizeof(int))
        make_room(<void**>&self.spot_node.at, &self.spot_node.room, count, sizeof(int))
        return 0

    cdef int weave_one(self, int number) except -1:
        """Take up what a demand does normally, and where a failure state changes that."""
        cdef Career* own = &self.careers.rows[self.number_of.at[number]]
        cdef int first_spot = <int>self.spot_node.count, lists = own.lists_end - own.lists, courses = 1, course, at, row, queue
        cdef int trunk = NONE
        cdef int* list_from = self.careers.list_from.at
        cdef bint is_one
        self.way_before.count = self.way_queue.count = self.way_child.count = self.way_next.count = 0
        self.way_taken.count = self.way_node.count = self.way_memo.count = 0
        self.spot_row.count = self.row_way.count = self.row_next.count = self.row_extra.count = 0
        self.own_ingress.count = self.own_has.count = self.own_least.count = self.own_rate.count = self.own_pool.count = 0
        self.picked.count = self.touched_course.count = 0
        self.root = NONE
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
        for at in range(self.picked.count):
            queue = self.picked.at[at]
            self.users_bytes.at[queue] += own.user_bytes
            if own.is_unknown:
                self.is_unknown.at[queue] = 1
        return 0

    cdef int new_queue(self, int port, int group) except -1:
        cdef int queue = <int>self.queue_port.count
        self.queue_at.at[port * self.groups + group] = queue
        add_int(&self.queue_port, port)
        add_int(&self.queue_group, group)
        add_long(&self.users_bytes, 0)
        add_int(&self.is_unpoliced, 0)
        add_int(&self.is_open, 0)
        add_int(&self.is_unknown, 0)
        add_int(&self.step_first, NONE)
        add_int(&self.user, NONE)
        add_int(&self.own_career, NONE)
        add_int(&self.own_row, NONE)
        add_int(&self.spot_career, NONE)
        add_int(&self.spot_of, NONE)
        add_int(&self.mark, NONE)
        add_int(&self.marked, NONE)
        add_int(&self.in_course, NONE)
        self.queues += 1
        return queue

    cdef int new_way(self, int before, int queue, i64 taken) except -1:
        """Return the way of this demand to a queue after another one, which is made where there is none."""
        cdef int way = self.root if before == NONE else self.way_child.at[before]
        while way != NONE and self.way_queue.at[way] != queue:
            way = self.way_next.at[way]
        if way != NONE:
            return way
        way = <int>self.way_queue.count
        add_int(&self.way_before, before)
        add_int(&self.way_queue, queue)
        add_int(&self.way_child, NONE)
        add_int(&self.way_node, NONE)
        add_int(&self.way_memo, NONE)
        add_long(&self.way_taken, taken)
        if before == NONE:
            add_int(&self.way_next, self.root)
            self.root = way
        else:
            add_int(&self.way_next, self.way_child.at[before])
            self.way_child.at[before] = way
        return way

    cdef int count_step(self, int before, int queue) except -1:
        """Count a path that comes to a queue from another one."""
        cdef int step = self.step_first.at[queue]
        while step != NONE and self.step_before.at[step] != before:
            step = self.step_next.at[step]
        if step == NONE:
            step = <int>self.step_before.count
            add_int(&self.step_before, before)
            add_int(&self.step_count, 0)
            add_int(&self.step_next, self.step_first.at[queue])
            self.step_first.at[queue] = step
        self.step_count.at[step] += 1
        return 0

    cdef int follow(self, int number, Career* own, int row, int course, int trunk) except -1:
        """Make the members of a demand at the queues of some paths (0: the normal ones); those of its normal one (`trunk`) as far

        as that is the same.
        """
        cdef int serial, at, turn, port, queue, way, last_queue, group, first, last, other, path
        cdef int begin = self.careers.list_from.at[own.lists + row], end = self.careers.list_from.at[own.lists + row + 1]
        cdef i64 taken
        cdef bint is_same, is_policed = course == 0 or own.is_policed
        cdef Routes routes = self.routes
        self.serial += 1
        serial = self.serial
        routes.mark_rows(&self.careers.path.at[begin], end - begin)
        self.taken_way.count = self.taken_next.count = 0
        self.group_queue.count = self.group_step.count = self.shared.count = 0
        for turn in range(begin, end):
            path = self.careers.path.at[turn]
            first, last = routes.starts.at[path], routes.starts.at[path + 1]
            if last - first > MOST_HOPS:
                self.is_too_large = True
                last = first
            way, last_queue, taken, is_same = NONE, NONE, 0, trunk != NONE
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
                queue = self.queue_at.at[port * self.groups + own.group]
                if queue == NONE:
                    queue = self.new_queue(port, own.group)
                if last_queue != NONE:
                    self.count_step(last_queue, queue)
                way = self.new_way(way, queue, taken)
                if is_same and self.own_career.at[queue] == number:
                    add_int(&self.shared, queue)
                else:
                    if self.user.at[queue] != number:
                        self.user.at[queue] = number
                        add_int(&self.picked, queue)
                    self.add_step(queue, way)
                taken += routes.latency_ns.at[port]
                last_queue = queue
        for group in range(self.group_queue.count):
            queue = self.group_queue.at[group]
            if not is_policed:
                self.is_unpoliced.at[queue] = 1
            if own.is_open:
                self.is_open.at[queue] = 1
            else:
                self.add_member(number, own, queue, self.group_step.at[group], course)
        for at in range(self.shared.count):
            self.has_member[self.own_has.at[self.own_row.at[self.shared.at[at]]] + (course >> 3)] |= 1 << (course & 7)
        return 0

    cdef int add_step(self, int queue, int way) except -1:
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
            if self.taken_way.at[step] == way:
                return 0
            step = self.taken_next.at[step]
        add_int(&self.taken_next, self.group_step.at[group])
        self.group_step.at[group] = <int>self.taken_way.count
        add_int(&self.taken_way, way)
        return 0

    cdef int add_member(self, int number, Career* own, int queue, int steps, int course) except -1:
        """Take a demand as one of those at a queue, where some ways lead it; where that is as normally, nothing is to be said."""
        cdef int step = steps, way, ingress, before, spot, row, first_spot
        cdef int port = self.queue_port.at[queue]
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
        if self.spot_career.at[queue] != number:
            self.spot_career.at[queue] = number
            self.spot_of.at[queue] = <int>self.spot_row.count
            add_int(&self.spot_row, NONE)
            add_int(&self.spot_node, NONE)
        spot = self.spot_of.at[queue]
        step = steps
        while step != NONE:
            way = self.taken_way.at[step]
            extra = self.way_taken.at[way] - least
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
        rate = self.routes.held_on(port, rate, own.is_spread, self.mean_packet, self.imbalance_ppb)
        pool_bps = self.routes.held_on(port, pool_bps, False, self.mean_packet, 0)
        spot += <int>(self.spot_node.count - self.spot_row.count)
        if course == 0:
            self.own_career.at[queue], self.own_row.at[queue] = number, <int>self.own_has.count
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
        if self.own_career.at[queue] != number:
            return self.keep_member(number, queue, spot, ingress, course, True, least, rate, pool_bps, is_lone)
        row = self.own_row.at[queue]
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
    ) except -1:
        cdef Member made
        made.queue, made.career, made.spot, made.ingress, made.course, made.more = queue, number, spot, ingress, course, brings
        made.rate = min(rate, pool_bps) if is_lone else rate
        if not is_lone:
            if self.least_of.count > WIDEST // 2:
                raise MemoryError
            made.more += 2 * <int>self.least_of.count
            add_long(&self.least_of, least)
            add_long(&self.pool_of, pool_bps)
        make_room(<void**>&self.members, &self.member_room, self.member_count + 1, sizeof(Member))
        self.members[self.member_count] = made
        self.member_count += 1
        return 0

    cdef int find_touched(self, int number, Career* own) except -1:
        """Collect the states that break a normal path, or in which others are taken, in their order."""
        cdef int turn, path, at, port, node, row, first, last
        cdef Routes routes = self.routes
        self.touched.count = 0
        for turn in range(self.careers.list_from.at[own.lists], self.careers.list_from.at[own.lists + 1]):
            path = self.careers.path.at[turn]
            first, last = routes.starts.at[path], routes.starts.at[path + 1]
            for at in range(first, last + 1 if last > first else first):
                node = routes.tail.at[routes.hops.at[at]] if at < last else routes.head.at[routes.hops.at[last - 1]]
                for row in range(self.node_from.at[node], self.node_from.at[node + 1]):
                    self.touch(number, self.node_state.at[row], NONE)
            for at in range(first, last):
                port = routes.hops.at[at] >> 1
                for row in range(self.link_from.at[port], self.link_from.at[port + 1]):
                    self.touch(number, self.link_state.at[row], NONE)
        for row in range(own.moved, own.moved_end):
            self.touch(number, self.careers.moved_state.at[row], self.careers.moved_list.at[row])
        if self.touched.count:
            qsort(self.touched.at, self.touched.count, sizeof(int), _ascending)
        return 0

    cdef int touch(self, int number, int state, int row) except -1:
        if self.state_stamp.at[state] != number:
            self.state_stamp.at[state] = number
            add_int(&self.touched, state)
        self.state_list.at[state] = row
        return 0

    cdef int list_states(self, int courses) except -1:
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

    # what packets have waited for

    cdef int find_nodes(self, int first_spot) except -1:
        """Find the node of each spot of a demand."""
        cdef int spot, row
        self.memo_from.count = self.memo_count.count = self.memo_node.count = self.memo_next.count = self.memo_way.count = 0
        for spot in range(self.spot_row.count):
            self.stack.count = self.edge_stack.count = 0
            row = self.spot_row.at[spot]
            while row != NONE:
                self.push_way(self.row_way.at[row], self.narrow(self.row_extra.at[row]))
                row = self.row_next.at[row]
            self.spot_node.at[first_spot + spot] = self.node_of(0, <int>self.stack.count // 3)
        return 0

    cdef int narrow(self, i64 amount) noexcept:
        """Return an amount as one of 32 bits; where it is none, all this is for the twin."""
        if amount > WIDEST:
            self.is_too_large = True
            return 0
        return <int>amount

    cdef int push_way(self, int way, int extra) except -1:
        cdef int before = self.way_before.at[way]
        add_int(&self.stack, NONE if before == NONE else self.way_queue.at[before])
        add_int(&self.stack, extra)
        add_int(&self.stack, way)
        return 0

    cdef int node_of(self, int begin, int end) except -2:
        """Return the node of the ways on the stack from `begin` to `end`, all to one queue."""
        cdef int queue = self.way_queue.at[self.stack.at[3 * begin + 2]], first_edge = <int>self.edge_stack.count
        cdef int at = begin, stop, row, top, node, extra
        cdef bint is_plain = True
        for row in range(begin, end):
            if self.stack.at[3 * row + 1]:
                is_plain = False
        if end - begin > 1:
            qsort(&self.stack.at[3 * begin], end - begin, sizeof(Item), _by_before)
        if is_plain:
            node = self.known_set(begin, end)
            if node != NONE:
                return node
        while at < end:
            stop, extra = at + 1, self.stack.at[3 * at + 1]
            while stop < end and self.stack.at[3 * stop] == self.stack.at[3 * at] and self.stack.at[3 * stop + 1] == extra:
                stop += 1
            node = NONE
            if self.stack.at[3 * at] != NONE:
                top = <int>self.stack.count // 3
                for row in range(at, stop):
                    self.push_way(self.way_before.at[self.stack.at[3 * row + 2]], 0)
                node = self.node_of(top, top + stop - at)
                self.stack.count = 3 * top
            add_int(&self.edge_stack, node)
            add_int(&self.edge_stack, extra)
            at = stop
        node = self.node_with(queue, first_edge)
        self.edge_stack.count = first_edge
        if is_plain:
            self.know_set(begin, end, node)
        return node

    cdef int known_set(self, int begin, int end) noexcept:
        cdef int way = self.stack.at[3 * begin + 2], memo, row
        if end - begin == 1:
            return self.way_node.at[way]
        memo = self.way_memo.at[way]
        while memo != NONE:
            if self.memo_count.at[memo] == end - begin:
                for row in range(begin, end):
                    if self.memo_way.at[self.memo_from.at[memo] + row - begin] != self.stack.at[3 * row + 2]:
                        break
                else:
                    return self.memo_node.at[memo]
            memo = self.memo_next.at[memo]
        return NONE

    cdef int know_set(self, int begin, int end, int node) except -1:
        cdef int way = self.stack.at[3 * begin + 2], row
        if end - begin == 1:
            self.way_node.at[way] = node
            return 0
        add_int(&self.memo_next, self.way_memo.at[way])
        self.way_memo.at[way] = <int>self.memo_node.count
        add_int(&self.memo_node, node)
        add_int(&self.memo_from, self.memo_way.count)
        add_int(&self.memo_count, end - begin)
        for row in range(begin, end):
            add_int(&self.memo_way, self.stack.at[3 * row + 2])
        return 0

    cdef unsigned long long digest_of(self, int queue, int* edges, int count) noexcept:
        cdef unsigned long long digest = 1469598103934665603 ^ <unsigned int>queue
        cdef int row
        for row in range(count):
            digest = digest * <unsigned long long>1099511628211 ^ <unsigned int>edges[row]
        digest = digest * <unsigned long long>1099511628211
        return digest ^ (digest >> 29)

    cdef int node_with(self, int queue, int begin) except -1:
        """Return the node of a queue with the edges on the stack from `begin`, which is made where there is none."""
        cdef int count = <int>self.edge_stack.count - begin, node, row
        cdef int* edges = &self.edge_stack.at[begin]
        cdef unsigned long long mask, at
        if 2 * self.node_queue.count >= self.cells.count:
            self.widen_cells()
        mask = self.cells.count - 1
        at = self.digest_of(queue, edges, count) & mask
        while self.cells.at[at] != NONE:
            node = self.cells.at[at]
            if self.node_queue.at[node] == queue and 2 * (self.edge_from.at[node + 1] - self.edge_from.at[node]) == count:
                for row in range(count // 2):
                    if (
                        self.edge_before.at[self.edge_from.at[node] + row] != edges[2 * row]
                        or self.edge_extra.at[self.edge_from.at[node] + row] != edges[2 * row + 1]
                    ):
                        break
                else:
                    return node
            at = (at + 1) & mask
        node = <int>self.node_queue.count
        add_int(&self.node_queue, queue)
        for row in range(count // 2):
            add_int(&self.edge_before, edges[2 * row])
            add_int(&self.edge_extra, edges[2 * row + 1])
        add_int(&self.edge_from, self.edge_before.count)
        self.cells.at[at] = node
        return node

    cdef int widen_cells(self) except -1:
        cdef int node, row, first, count
        cdef unsigned long long mask, at
        cdef Ints edges = Ints(NULL, 0, 0)
        cdef Py_ssize_t cells = 1024
        while cells < 4 * self.node_queue.count:
            cells *= 2
        drop(&self.cells)
        fill_ints(&self.cells, cells, NONE)
        mask = cells - 1
        try:
            for node in range(self.node_queue.count):
                first, count = self.edge_from.at[node], self.edge_from.at[node + 1] - self.edge_from.at[node]
                fill_ints(&edges, 2 * count, 0)
                for row in range(count):
                    edges.at[2 * row] = self.edge_before.at[first + row]
                    edges.at[2 * row + 1] = self.edge_extra.at[first + row]
                at = self.digest_of(self.node_queue.at[node], edges.at, 2 * count) & mask
                while self.cells.at[at] != NONE:
                    at = (at + 1) & mask
                self.cells.at[at] = node
        finally:
            free(edges.at)
        return 0

    cdef int find_order(self) except -1:
        """Number the queues in the order in which few paths lead backwards (`wiring.order_of`): one after the other they are looked at."""
        cdef int queue, step, at, other
        cdef Ints coming = Ints(NULL, 0, 0), going = Ints(NULL, 0, 0), done = Ints(NULL, 0, 0)
        cdef Ints froms = Ints(NULL, 0, 0), steps = Ints(NULL, 0, 0), heads = Ints(NULL, 0, 0), order = Ints(NULL, 0, 0)
        cdef Heap heap = Heap(NULL, 0, 0)
        cdef Pair row
        try:
            fill_ints(&coming, self.queues, 0)
            fill_ints(&going, self.queues, 0)
            fill_ints(&done, self.queues, 0)
            fill_ints(&froms, self.queues + 1, 0)
            fill_ints(&steps, self.step_before.count, 0)
            fill_ints(&heads, self.step_before.count, 0)
            for queue in range(self.queues):
                step = self.step_first.at[queue]
                while step != NONE:
                    heads.at[step] = queue
                    froms.at[self.step_before.at[step] + 1] += 1
                    coming.at[queue] += self.step_count.at[step]
                    going.at[self.step_before.at[step]] += self.step_count.at[step]
                    step = self.step_next.at[step]
            for queue in range(self.queues):
                froms.at[queue + 1] += froms.at[queue]
            for step in range(self.step_before.count):
                at = self.step_before.at[step]
                steps.at[froms.at[at]] = step
                froms.at[at] += 1
            for queue in range(self.queues, 0, -1):
                froms.at[queue] = froms.at[queue - 1]
            froms.at[0] = 0
            for queue in range(self.queues):
                push(&heap, _rank(coming.at[queue], going.at[queue]), queue)
            while heap.count:
                row = pop(&heap)
                queue = <int>row.value
                if done.at[queue] or row.key != _rank(coming.at[queue], going.at[queue]):
                    continue
                done.at[queue] = 1
                add_int(&order, queue)
                for at in range(froms.at[queue], froms.at[queue + 1]):
                    step = steps.at[at]
                    other = heads.at[step]
                    if not done.at[other]:
                        coming.at[other] -= self.step_count.at[step]
                        push(&heap, _rank(coming.at[other], going.at[other]), other)
                step = self.step_first.at[queue]
                while step != NONE:
                    other = self.step_before.at[step]
                    if not done.at[other]:
                        going.at[other] -= self.step_count.at[step]
                        push(&heap, _rank(coming.at[other], going.at[other]), other)
                    step = self.step_next.at[step]
            self.renumber(&order)
        finally:
            free(order.at)
            free(coming.at)
            free(going.at)
            free(done.at)
            free(froms.at)
            free(steps.at)
            free(heads.at)
            free(heap.rows)
        return 0

    cdef int renumber(self, Ints* order) except -1:
        cdef int at, queue
        cdef Py_ssize_t row
        cdef Ints number = Ints(NULL, 0, 0)
        cdef Longs bytes_ = Longs(NULL, 0, 0)
        try:
            fill_ints(&number, self.queues, NONE)
            for at in range(order.count):
                number.at[order.at[at]] = at
            permute(&self.queue_port, order, &self.touched)
            permute(&self.queue_group, order, &self.touched)
            permute(&self.is_unpoliced, order, &self.touched)
            permute(&self.is_open, order, &self.touched)
            permute(&self.is_unknown, order, &self.touched)
            fill_longs(&bytes_, self.queues, 0)
            for at in range(self.queues):
                bytes_.at[at] = self.users_bytes.at[order.at[at]]
            self.users_bytes, bytes_ = bytes_, self.users_bytes
            for queue in range(self.queues):
                self.queue_at.at[self.queue_port.at[queue] * self.groups + self.queue_group.at[queue]] = queue
            for row in range(self.member_count):
                self.members[row].queue = number.at[self.members[row].queue]
            for row in range(self.node_queue.count):
                self.node_queue.at[row] = number.at[self.node_queue.at[row]]
        finally:
            free(number.at)
            free(bytes_.at)
        drop(&self.cells)  # those of the old numbers
        drop(&self.step_first)
        drop(&self.step_next)
        drop(&self.step_before)
        drop(&self.step_count)
        return 0

    # what comes to queues

    def finish(self, is_wide):
        """Turn what was entered into streams and changes. `is_wide`: of each queue, whether all changes are asked for (`loads`), and not

        only those that count.
        """
        cdef int queue, at
        cdef Py_ssize_t row
        cdef Ints begins = Ints(NULL, 0, 0), order = Ints(NULL, 0, 0)
        cdef list wide = list(is_wide)
        if len(wide) != self.queues or self.is_finished:
            raise ValueError
        self.is_finished = True
        try:
            fill_ints(&begins, self.queues + 1, 0)
            for row in range(self.member_count):
                begins.at[self.members[row].queue + 1] += 1
            for queue in range(self.queues):
                begins.at[queue + 1] += begins.at[queue]
            fill_ints(&order, self.member_count, 0)
            for row in range(self.member_count):
                queue = self.members[row].queue
                order.at[begins.at[queue]] = <int>row
                begins.at[queue] += 1
            for queue in range(self.queues, 0, -1):
                begins.at[queue] = begins.at[queue - 1]
            begins.at[0] = 0
            fill_ints(&self.stream_from, self.queues, 0)
            fill_ints(&self.normal_end, self.queues, 0)
            fill_ints(&self.stream_end, self.queues, 0)
            fill_ints(&self.change_from, self.queues, 0)
            fill_ints(&self.change_end, self.queues, 0)
            fill_ints(&self.place_from, self.queues, 0)
            fill_ints(&self.place_end, self.queues, 0)
            fill_ints(&self.counting_from, self.queues, 0)
            fill_ints(&self.counting_end, self.queues, 0)
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
            self.serial = self.sums = 0
            make_room(<void**>&self.streams, &self.stream_room, self.member_count // 2, sizeof(Stream))
            self.find_relevant(&begins, &order)
            for queue in range(self.queues):
                at = begins.at[queue]
                self.finish_queue(queue, &order.at[at], begins.at[queue + 1] - at, wide[queue])
            drop(&begins)
            drop(&order)
            self.release_memory()
            self.prune()
            give_back()
        finally:
            free(begins.at)
            free(order.at)

    cdef int find_relevant(self, Ints* begins, Ints* order) except -1:
        """Find the states that count at each port: in which something comes to one of its queues that else does not."""
        cdef int port, group, queue, at, row, state
        cdef Member* own
        add_int(&self.relevant_from, 0)
        for port in range(self.routes.ports):
            for group in range(self.groups):
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

    cdef int pool_at(self, int number) noexcept:
        return self.careers.rows[self.number_of.at[number]].pool

    cdef int finish_queue(self, int queue, int* members, int count, bint is_wide) except -1:
        cdef int row, other, pool, normal, port = self.queue_port.at[queue]
        cdef bint has_changes = self.relevant_from.at[port + 1] > self.relevant_from.at[port]
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
            if has_changes:
                for row in range(self.relevant_from.at[port], self.relevant_from.at[port + 1]):
                    self.relevant_stamp.at[self.relevant.at[row]] = queue
                self.find_entries(queue, members, count, is_wide)
                self.find_changes(queue, self.normal.at, <int>self.normal.count)
            self.find_counting(&kept)
            self.emit(queue, normal, &kept, is_wide)
        finally:
            free(kept.at)
        return 0

    cdef int find_entries(self, int queue, int* members, int count, bint is_wide) except -1:
        """Collect what happens to a queue in which state. A state that takes away what nobody shares, and brings nothing, is no worse

        than the normal one, and only asked for where all of them are.
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
                if self.relevant_stamp.at[state] == queue:
                    self.add_entry(state, members[row])
                    self.brings_stamp.at[state] = queue
        for turn in range(2):  # what others share first
            for row in range(self.normal.count):
                own = &self.members[self.normal.at[row]]
                if (self.pool_size.at[self.pool_at(own.career)] > 1) == (turn == 0):
                    self.release(queue, own, is_wide, turn == 0)
        return 0

    cdef int release(self, int queue, Member* own, bint is_wide, bint is_joint) except -1:
        """Enter what failure states take away from a demand, where they bring something else."""
        cdef int first = self.first_course.at[own.career], courses = self.first_course.at[own.career + 1] - first, course, at, state
        cdef unsigned char* has = &self.has_member[-1 - own.course]
        for course in range(courses):
            if course and has[course >> 3] >> (course & 7) & 1:
                continue
            for at in range(self.course_from.at[first + course], self.course_from.at[first + course + 1]):
                state = self.course_state.at[at]
                if self.relevant_stamp.at[state] != queue:
                    continue
                if is_joint:
                    self.brings_stamp.at[state] = queue
                elif not is_wide and self.brings_stamp.at[state] != queue:
                    continue
                self.add_entry(state, -1 - own.career)
        return 0

    cdef int add_entry(self, int state, int member) except -1:
        if self.state_count.at[state] == 0:
            add_int(&self.touched, state)
        self.state_count.at[state] += 1
        add_int(&self.entry_state, state)
        add_int(&self.entry_member, member)
        return 0

    cdef int find_changes(self, int queue, int* normal, int count) except -1:
        """Make a change of each state in which something else happens to a queue; of those in which the same does, one."""
        cdef int at, row, stop, state, kind, other
        cdef unsigned long long digest
        cdef Ints runs = Ints(NULL, 0, 0), chain = Ints(NULL, 0, 0), table = Ints(NULL, 0, 0)
        cdef Longs digests = Longs(NULL, 0, 0)
        if not self.touched.count:
            return 0
        qsort(self.touched.at, self.touched.count, sizeof(int), _ascending)
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

    cdef bint is_alike(self, Ints* runs, Longs* digests, int kind, unsigned long long digest, int begin, int end) noexcept:
        cdef int first = runs.at[2 * kind], at
        if digests.at[kind] != <i64>digest or runs.at[2 * kind + 1] - first != end - begin:
            return False
        for at in range(end - begin):
            if self.sorted_member.at[first + at] != self.sorted_member.at[begin + at]:
                return False
        return True

    cdef int new_change(self, int queue, int begin, int end, int* normal, int count) except -1:
        """Make what some states, in which the same happens to a queue, take from its normal streams, and bring."""
        cdef int at, career, pool, member, row, stream
        cdef Change made
        cdef Ints won = Ints(NULL, 0, 0)
        self.serial += 1
        self.pool_touched.count = 0
        made.lost, made.growth_bps, made.growth = <int>self.found_stream.count, 0, 0
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
        for row in range(made.lost, made.end):
            stream = self.found_stream.at[row]
            made.growth_bps += self.drafts[stream].rate if row >= made.won else -self.drafts[stream].rate
            made.growth += self.drafts[stream].burst if row >= made.won else -self.drafts[stream].burst
        make_room(<void**>&self.found, &self.found_room, self.found_count + 1, sizeof(Change))
        self.found[self.found_count] = made
        self.found_count += 1
        return 0

    cdef int joined(self, int pool, int begin, int end, int* normal, int count) except -2:
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

    cdef int stream_of(self, int* rows, int count) except -1:
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
            rate += one.rate
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

    cdef int new_draft(self, Draft made) except -1:
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

    cdef int joint_node(self, int first, int count) except -1:
        """Return what several demands wait for together, each as much later as it comes: all that any of them waits for."""
        cdef int row, node, edge, late, queue = self.node_queue.at[self.spot_node.at[self.draft_spot.at[first]]]
        cdef Py_ssize_t at, kept
        self.edge_stack.count = 0
        for row in range(first, first + count):
            node, late = self.spot_node.at[self.draft_spot.at[row]], self.narrow(self.draft_late.at[row])
            for edge in range(self.edge_from.at[node], self.edge_from.at[node + 1]):
                add_int(&self.edge_stack, self.edge_before.at[edge])
                add_int(&self.edge_stack, self.narrow(<i64>self.edge_extra.at[edge] + late))
        qsort(self.edge_stack.at, self.edge_stack.count // 2, 2 * sizeof(int), _in_pairs)
        kept = 2
        for at in range(2, self.edge_stack.count, 2):
            if self.edge_stack.at[at] != self.edge_stack.at[kept - 2] or self.edge_stack.at[at + 1] != self.edge_stack.at[kept - 1]:
                self.edge_stack.at[kept], self.edge_stack.at[kept + 1] = self.edge_stack.at[at], self.edge_stack.at[at + 1]
                kept += 2
        self.edge_stack.count = kept
        return self.node_with(queue, 0)

    # which of it counts

    cdef int find_counting(self, Ints* kept) except -1:
        """Leave out the changes of which another one brings all, and takes away no more (`servers.undominated`)."""
        cdef int count = <int>self.found_count, row, place, at
        cdef Ints order = Ints(NULL, 0, 0)
        cdef Change* own
        try:
            for row in range(count):
                own = &self.found[row]
                qsort(&self.found_stream.at[own.lost], own.won - own.lost, sizeof(int), _ascending)
                qsort(&self.found_stream.at[own.won], own.end - own.won, sizeof(int), _ascending)
            # by how much less it brings than it takes, then by number; the normal state last of its kind
            for row in range(count + 1):
                add_int(&order, self.deficit(row))
                add_int(&order, row)
            if count:
                qsort(order.at, count + 1, 2 * sizeof(int), _in_pairs)
            for row in range(count + 1):
                place = order.at[2 * row + 1]
                for at in range(kept.count):
                    if self.covers(kept.at[at], place):
                        break
                else:
                    add_int(kept, place)
            qsort(kept.at, kept.count, sizeof(int), _ascending)
        finally:
            free(order.at)
        return 0

    cdef int deficit(self, int place) noexcept:
        if place == self.found_count:
            return 0
        cdef Change* own = &self.found[place]
        return (own.won - own.lost) - (own.end - own.won)

    cdef bint covers(self, int one, int other) noexcept:
        """Return whether change `one` takes away no stream that `other` does not, and brings all that it brings."""
        cdef Change empty
        empty.lost = empty.won = empty.end = 0
        cdef Change* a = &empty if one == self.found_count else &self.found[one]
        cdef Change* b = &empty if other == self.found_count else &self.found[other]
        return _is_part(self.found_stream.at, a.lost, a.won, b.lost, b.won) and _is_part(
            self.found_stream.at, b.won, b.end, a.won, a.end
        )

    cdef int emit(self, int queue, int normal, Ints* kept, bint is_wide) except -1:
        """Keep the streams of a queue, and the changes that are asked for."""
        cdef int row
        cdef Ints numbers = Ints(NULL, 0, 0)
        self.stream_from.at[queue], self.change_from.at[queue] = <int>self.stream_count, <int>self.change_count
        self.place_from.at[queue], self.counting_from.at[queue] = <int>self.place_ingress.count, <int>self.counting.count
        for row in range(normal):
            self.emit_stream(queue, row)
        self.normal_end.at[queue] = <int>self.stream_count
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
            self.emit_states(self.change_from.at[queue], &numbers)
        finally:
            free(numbers.at)
        self.stream_end.at[queue], self.change_end.at[queue] = <int>self.stream_count, <int>self.change_count
        self.place_end.at[queue], self.counting_end.at[queue] = <int>self.place_ingress.count, <int>self.counting.count
        return 0

    cdef int emit_change(self, int queue, int found) except -1:
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

    cdef int emit_states(self, int first, Ints* numbers) except -1:
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

    cdef int emit_stream(self, int queue, int draft) except -1:
        """Keep a stream, once; 0 of `link_*` stands for no link."""
        cdef Draft* own = &self.drafts[draft]
        cdef Stream made
        cdef int link = own.ingress + 1
        if own.made != NONE:
            return 0
        if self.link_stamp.at[link] != queue:
            self.link_stamp.at[link] = queue
            self.link_place.at[link] = <int>self.place_ingress.count - self.place_from.at[queue]
            add_int(&self.place_ingress, link - 1)
        made.node = self.spot_node.at[self.draft_spot.at[own.spots]] if own.count == 1 else self.joint_node(own.spots, own.count)
        made.place, made.rate, made.burst = self.link_place.at[link], own.rate, own.burst
        make_room(<void**>&self.streams, &self.stream_room, self.stream_count + 1, sizeof(Stream))
        self.streams[self.stream_count] = made
        own.made = <int>self.stream_count
        self.stream_count += 1
        return 0

    cdef int prune(self) except -1:
        """Keep the nodes that something waits for, in the order of their queues."""
        cdef int node, edge, queue, count = <int>self.node_queue.count, at
        cdef Py_ssize_t row
        cdef Ints place = Ints(NULL, 0, 0), begins = Ints(NULL, 0, 0), before = Ints(NULL, 0, 0), extra = Ints(NULL, 0, 0)
        cdef Ints order = Ints(NULL, 0, 0), froms = Ints(NULL, 0, 0), queues = Ints(NULL, 0, 0)
        try:
            fill_ints(&place, count, NONE)
            fill_ints(&begins, self.queues + 1, 0)
            for row in range(self.stream_count):
                place.at[self.streams[row].node] = 0
            for node in range(count - 1, -1, -1):  # a node is made after those before it
                if place.at[node] != NONE:
                    begins.at[self.node_queue.at[node] + 1] += 1
                    for edge in range(self.edge_from.at[node], self.edge_from.at[node + 1]):
                        if self.edge_before.at[edge] != NONE:
                            place.at[self.edge_before.at[edge]] = 0
            for queue in range(self.queues):
                begins.at[queue + 1] += begins.at[queue]
            fill_ints(&order, begins.at[self.queues], NONE)
            for node in range(count):
                if place.at[node] != NONE:
                    queue = self.node_queue.at[node]
                    place.at[node] = begins.at[queue]
                    order.at[begins.at[queue]] = node
                    begins.at[queue] += 1
            add_int(&froms, 0)
            for at in range(order.count):
                node = order.at[at]
                add_int(&queues, self.node_queue.at[node])
                for edge in range(self.edge_from.at[node], self.edge_from.at[node + 1]):
                    add_int(&before, NONE if self.edge_before.at[edge] == NONE else place.at[self.edge_before.at[edge]])
                    add_int(&extra, self.edge_extra.at[edge])
                add_int(&froms, before.count)
            for row in range(self.stream_count):
                self.streams[row].node = place.at[self.streams[row].node]
            self.node_queue, queues = queues, self.node_queue
            self.edge_from, froms = froms, self.edge_from
            self.edge_before, before = before, self.edge_before
            self.edge_extra, extra = extra, self.edge_extra
        finally:
            free(place.at)
            free(begins.at)
            free(before.at)
            free(extra.at)
            free(order.at)
            free(froms.at)
            free(queues.at)
        return 0

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
        if not self.is_finished or not 0 <= queue < self.queues:
            raise IndexError(queue)
        cdef int row, at
        cdef i64 total = 0
        for row in range(self.stream_from.at[queue], self.normal_end.at[queue]):
            total += self.streams[row].rate
        return total, [
            (
                [self.change_state.at[at] for at in range(self.changes[row].states, self.changes[row].states_end)],
                self.changes[row].growth_bps,
            )
            for row in range(self.change_from.at[queue], self.change_end.at[queue])
        ]


cdef int fill_more(Ints* rows, Py_ssize_t more) except -1:
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


cdef i64 _rank(int coming, int going) noexcept:
    """Return the rank of a queue with ways that come from, and go on to, queues that are not in the order yet."""
    return (<i64>(coming > 0) << 40) + coming - going


cdef int permute(Ints* rows, Ints* order, Ints* scratch) except -1:
    """Sort rows into an order."""
    cdef Py_ssize_t at
    fill_ints(scratch, rows.count, 0)
    for at in range(rows.count):
        scratch.at[at] = rows.at[order.at[at]]
    rows[0], scratch[0] = scratch[0], rows[0]
    return 0
