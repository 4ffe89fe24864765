"""Demands woven by two threads at once: each has half of them, and what is only read in common.

Demands of one class never come to a queue of another. So they are taken class by class, and the two have queues in common of one class at
most, in which the half is. What the second one made is put behind what the first one did; of that class only what is not there already.
"""

from libc.stdlib cimport free
from libc.string cimport memcpy

from intentc.native.grow cimport Ints, Longs, add_int, add_long, drop, drop_longs, fill_ints, make_room
from intentc.native.halves cimport Halves
from intentc.native.members cimport Member
from intentc.native.routes cimport Routes

cdef enum:
    NONE = -1
    DEMANDS = 3              # as in halves.pyx


cdef int _add_all(Ints* rows, Ints* others, int more) except -1:
    """Add other rows, each with so much more, and give these back."""
    cdef Py_ssize_t at
    for at in range(others.count):
        add_int(rows, others.at[at] + more)
    drop(others)
    return 0


cdef int _add_longs(Longs* rows, Longs* others) except -1:
    cdef Py_ssize_t at
    for at in range(others.count):
        add_long(rows, others.at[at])
    drop_longs(others)
    return 0


cdef class Looms(Halves):
    cdef int weave_all(self, bint is_shared) except -1:
        """Weave all demands."""
        cdef Looms other
        cdef Py_ssize_t hops = 0, before = 0
        cdef int slot, middle = 0, count
        if is_shared:
            self.by_class()
        count = <int>self.number_of.count
        for slot in range(count):
            hops += self.hops_of(slot)
        self.reserve(hops)
        if not is_shared:
            return self.both(None, DEMANDS, 0, count)
        while middle < count and 2 * before < hops:
            before += self.hops_of(middle)
            middle += 1
        other = Looms.__new__(Looms)
        self.lend_demands(other, middle)
        try:
            other.reserve(hops - before)
            self.both(other, DEMANDS, middle, count)
            self.take_demands(other, middle)
        finally:
            self.take_demands_back(other)
        return 0

    cdef int by_class(self) except -1:
        """Take the demands class by class, those of each in their order."""
        cdef Ints found = Ints(NULL, 0, 0)
        cdef int slot, group, number
        try:
            for group in range(self.groups):
                for slot in range(self.number_of.count):
                    number = self.number_of.at[slot]
                    if self.careers.rows[number].group == group:
                        add_int(&found, number)
            self.number_of, found = found, self.number_of
        finally:
            free(found.at)
        return 0

    cdef int lend_demands(self, Looms other, int middle) except -1:
        """Let another one weave demands from `middle` on."""
        cdef Routes routes = Routes.__new__(Routes)
        other.careers, other.groups, other.states = self.careers, self.groups, self.states
        other.mean_packet, other.imbalance_ppb = self.mean_packet, self.imbalance_ppb
        other.routes = routes
        self.routes.lend(routes)
        other.number_of, other.pool_size = self.number_of, self.pool_size
        other.node_from, other.node_state, other.link_from, other.link_state = (
            self.node_from, self.node_state, self.link_from, self.link_state
        )
        other.begin_demands()
        fill_ints(&other.first_course, middle, 0)
        fill_ints(&other.has_width, middle, 0)
        return 0

    cdef int take_demands_back(self, Looms other) except -1:
        """Let the other one have nothing any more that is not its own."""
        other.number_of = other.pool_size = Ints(NULL, 0, 0)
        other.node_from = other.node_state = other.link_from = other.link_state = Ints(NULL, 0, 0)
        other.routes.give_back()
        return 0

    cdef int take_demands(self, Looms other, int middle) except -1:
        """Take over what the other one made of demands, from `middle` on."""
        cdef Ints queues = Ints(NULL, 0, 0), nodes = Ints(NULL, 0, 0)
        cdef int queue, at, group = NONE
        self.is_too_large = self.is_too_large or other.is_too_large
        if 0 < middle < self.number_of.count:
            group = self.careers.rows[self.number_of.at[middle - 1]].group
        try:
            for queue in range(other.queues):
                at = other.queue_port.at[queue] * self.groups + other.queue_group.at[queue]
                if self.queue_at.at[at] == NONE:
                    self.new_queue(other.queue_port.at[queue], other.queue_group.at[queue])
                add_int(&queues, self.queue_at.at[at])
            self.take_users(other, queues.at)
            self.take_steps(other, queues.at)
            fill_ints(&nodes, other.node_queue.count, NONE)
            self.take_nodes(other, group, queues.at, nodes.at)
            other.release_made()
            self.take_members(other, middle, queues.at)
            for at in range(other.spot_node.count):
                queue = other.spot_node.at[at]
                add_int(&self.spot_node, queue if queue == NONE else nodes.at[queue])
        finally:
            free(queues.at)
            free(nodes.at)
        return 0

    cdef int take_users(self, Looms other, int* queues) except -1:
        """Count who uses queues, and at which ports and classes anybody does."""
        cdef int queue, own, at
        for queue in range(other.queues):
            own = queues[queue]
            self.users.at[own] += other.users.at[queue]
            self.users_bytes.at[own] += other.users_bytes.at[queue]
            self.is_unpoliced.at[own] += other.is_unpoliced.at[queue]
            self.is_open.at[own] += other.is_open.at[queue]
            self.is_unknown.at[own] += other.is_unknown.at[queue]
        for at in range(self.is_due.count):
            self.is_due.at[at] |= other.is_due.at[at]
        for at in range(self.is_met.count):
            self.is_met.at[at] |= other.is_met.at[at]
            self.is_leaning.at[at] |= other.is_leaning.at[at]
        return 0

    cdef int take_steps(self, Looms other, int* queues) except -1:
        """Count the paths that the other one has seen from queue to queue."""
        cdef int queue, step
        for queue in range(other.queues):
            step = other.step_first.at[queue]
            while step != NONE:
                self.count_step(queues[other.step_before.at[step]], queues[queue], other.step_count.at[step])
                step = other.step_next.at[step]
        return 0

    cdef int take_nodes(self, Looms other, int group, int* queues, int* nodes) except -1:
        """Take over nodes, and find those of a class that both may have; `nodes` tells what each is by now."""
        cdef int node, turn
        for turn in range(2):  # what is looked for first: with all others the table would only grow
            for node in range(other.node_queue.count):
                if (other.queue_group.at[other.node_queue.at[node]] == group) == (turn == 0):
                    self.take_node(other, node, queues, nodes)
                    nodes[node] = (
                        self.node_by_code(queues[other.node_queue.at[node]], <int>self.edge_code.count)
                        if turn == 0
                        else self.new_node(queues[other.node_queue.at[node]], <int>self.edge_code.count)
                    )
        return 0

    cdef int take_node(self, Looms other, int node, int* queues, int* nodes) except -1:
        """Put the edges of a node into `edge_code`; those before it are known."""
        cdef int edge, code
        self.edge_code.count = 0
        for edge in range(other.edge_from.at[node], other.edge_from.at[node + 1]):
            code = other.edges.at[edge]
            add_int(&self.edge_code, nodes[code] if code >= 0 else code)
        return 0

    cdef int take_members(self, Looms other, int middle, int* queues) except -1:
        """Take over what demands bring, and in which states."""
        cdef int spots = <int>self.spot_node.count, rates = <int>self.rate_of.count, courses = <int>self.course_from.count - 1
        cdef int states = <int>self.course_state.count, has = <int>self.has_count
        cdef Py_ssize_t at
        cdef Member made
        make_room(<void**>&self.members, &self.member_room, self.member_count + other.member_count, sizeof(Member))
        for at in range(other.member_count):
            made = other.members[at]
            made.queue, made.spot, made.more = queues[made.queue], made.spot + spots, made.more + 2 * rates
            made.course = made.course + courses if made.course >= 0 else made.course - has
            self.members[self.member_count + at] = made
        self.member_count += other.member_count
        free(other.members)
        other.members, other.member_count, other.member_room = NULL, 0, 0
        _add_longs(&self.rate_of, &other.rate_of)
        _add_longs(&self.least_of, &other.least_of)
        _add_longs(&self.pool_of, &other.pool_of)
        for at in range(middle, other.first_course.count):
            add_int(&self.first_course, other.first_course.at[at] + courses)
            add_int(&self.has_width, other.has_width.at[at])
        for at in range(1, other.course_from.count):
            add_int(&self.course_from, other.course_from.at[at] + states)
        _add_all(&self.course_state, &other.course_state, 0)
        make_room(<void**>&self.has_member, &self.has_room, self.has_count + other.has_count, 1)
        if other.has_count:
            memcpy(&self.has_member[self.has_count], other.has_member, other.has_count)
        self.has_count += other.has_count
        return 0
