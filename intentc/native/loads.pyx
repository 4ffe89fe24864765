"""What each port holds of placed demands, normally and in the worst failure state: the twin is `delay.withdraw._Books`."""

from cpython.bytes cimport PyBytes_AS_STRING
from libc.stdlib cimport free, qsort

from intentc.native.grow cimport Ints, Longs, add_int, add_long, drop, fill_ints, fill_longs, fill_more, i64, make_room
from intentc.native.routes cimport Amounts, Routes
from intentc.native.wide cimport as_integer, floor_div, i128

cdef enum:
    NONE = -1
    CHANGED = 2              # of `is_gone`: is just going, or coming back
    KEPT = -2                # a course: as normally, with the rates of failure states


cdef int _by_state(const void* one, const void* other) noexcept nogil:
    cdef Joint* a = <Joint*>one
    cdef Joint* b = <Joint*>other
    if a.pool != b.pool:
        return 1 if a.pool > b.pool else -1
    if a.state != b.state:
        return 1 if a.state > b.state else -1
    return (a.demand > b.demand) - (a.demand < b.demand)


cdef class Loads:
    """Over `states` failure states by number; `at_node`, `at_link`: those that fail them. Pools and classes by number, too.

    `links`: of each link a byte, 0 where nothing of it is to be counted. Of demands that come to none of the others nobody needs to be entered.
    """

    def __init__(self, Routes routes, groups, states, at_node, at_link, mean_packet, imbalance_ppb, bytes links not None):
        self.routes, self.groups, self.states = routes, groups, states
        self.mean_packet, self.imbalance_ppb = mean_packet, imbalance_ppb
        if len(at_node) != routes.nodes or 2 * len(at_link) != routes.ports or len(links) != len(at_link):
            raise ValueError
        self.links = links
        for rows, is_node in ((at_node, True), (at_link, False)):
            add_int(&self.node_from if is_node else &self.link_from, 0)
            for row in rows:
                for state in row:
                    if not 0 <= state < states:
                        raise IndexError(state)
                    add_int(&self.node_state if is_node else &self.link_state, state)
                add_int(&self.node_from if is_node else &self.link_from, self.node_state.count if is_node else self.link_state.count)
        fill_ints(&self.state_stamp, states, NONE)
        fill_ints(&self.state_course, states, NONE)
        fill_ints(&self.rank, states, 0)
        fill_longs(&self.moved_bps, states * self.groups, 0)
        fill_longs(&self.normal_bps, self.groups, 0)
        fill_longs(&self.peak_bps, self.groups, 0)
        fill_ints(&self.has_normal, self.groups, 0)
        fill_ints(&self.has_peak, self.groups, 0)
        fill_ints(&self.own_demand, routes.ports, NONE)
        fill_ints(&self.own_claim, routes.ports, NONE)
        fill_ints(&self.met_course, routes.ports, NONE)
        add_int(&self.state_from, 0)

    def __dealloc__(self):
        free(self.node_from.at)
        free(self.node_state.at)
        free(self.link_from.at)
        free(self.link_state.at)
        free(self.group.at)
        free(self.pool.at)
        free(self.is_lone.at)
        free(self.is_gone.at)
        free(self.first_course.at)
        free(self.state_from.at)
        free(self.course_states.at)
        free(self.course_count.at)
        free(self.course_demand.at)
        free(self.row_port.at)
        free(self.row_course.at)
        free(self.row_claim.at)
        free(self.own_ports.at)
        free(self.own_demand.at)
        free(self.own_claim.at)
        free(self.met_course.at)
        free(self.port_from.at)
        free(self.port_course.at)
        free(self.port_claim.at)
        free(self.claim_rate.at)
        free(self.claim_limit.at)
        free(self.rank.at)
        free(self.state_stamp.at)
        free(self.state_course.at)
        free(self.touched.at)
        free(self.moved_bps.at)
        free(self.normal_bps.at)
        free(self.peak_bps.at)
        free(self.has_normal.at)
        free(self.has_peak.at)
        free(self.joint)

    def enter(
        self, group, pool, is_lone, bint is_spread, i64 rate, i64 limit, i64 failed_rate, i64 failed_limit,
        primary, others, promised, strays, moved,
    ):
        """Enter a demand: its class and pool, whether nobody else is of that, what it claims normally and in failure states on its

        normal paths and on others; the states in which it keeps the normal ones and claims what it does in failure states
        (`promised`), those in which it strays, and which other paths it takes in which states.
        """
        cdef int demand = <int>self.group.count, at, state, course, path, row, first_course = <int>self.course_demand.count
        cdef Py_ssize_t first = self.claim_rate.count
        cdef Routes routes = self.routes
        cdef int node, end, slot
        if not 0 <= group < self.groups:
            raise IndexError(group)
        add_int(&self.group, group)
        add_int(&self.pool, pool)
        add_int(&self.is_lone, bool(is_lone))
        add_int(&self.is_gone, 0)
        add_int(&self.first_course, first_course)
        self.own_ports.count = 0
        self.add_course(demand, primary, rate, limit, is_spread, first, True)
        self.touched.count = 0
        for state in promised:
            self.meet(demand, state, KEPT)
        for path in primary:
            end = routes.lay(path)
            for at in range(end + 1 if end else 0):
                node = routes.tail.at[routes.laid.at[at]] if at < end else routes.head.at[routes.laid.at[end - 1]]
                for row in range(self.node_from.at[node], self.node_from.at[node + 1]):
                    self.meet(demand, self.node_state.at[row], NONE)
            for at in range(end):
                node = routes.laid.at[at] >> 1
                for row in range(self.link_from.at[node], self.link_from.at[node + 1]):
                    self.meet(demand, self.link_state.at[row], NONE)
        for state in strays:
            self.meet(demand, state, NONE)
        for slot, states in moved:
            if not 0 <= slot < len(others):
                raise IndexError(slot)
            for state in states:
                self.meet(demand, state, slot + 1)
        is_used = [False] * len(others)
        for at in range(self.touched.count):
            slot = self.state_course.at[self.touched.at[at]]
            if slot > 0:
                is_used[slot - 1] = True
        for paths, is_taken in zip(others, is_used):
            if is_taken:
                self.add_course(demand, paths, failed_rate, failed_limit, is_spread, first, False)
            else:
                add_int(&self.course_demand, demand)
        course = NONE
        for at in range(self.touched.count):
            state = self.touched.at[at]
            if self.state_course.at[state] == KEPT:
                if course == NONE:
                    course = self.add_course(demand, primary, failed_rate, failed_limit, is_spread, first, False)
                self.state_course.at[state] = course - first_course
        self.list_states(<int>self.course_demand.count - first_course)

    cdef int list_states(self, int courses) except -1:
        """Note the states of each course of the last demand; those in which it claims nothing are listed with its normal one."""
        cdef int at, course, first = <int>self.course_states.count
        cdef int* begins
        fill_ints(&self.course_count, courses + 1, 0)
        begins = self.course_count.at
        for at in range(self.touched.count):
            course = self.state_course.at[self.touched.at[at]]
            begins[(0 if course == NONE else course) + 1] += 1
        for course in range(courses):
            begins[course + 1] += begins[course]
            add_int(&self.state_from, first + begins[course + 1])
        fill_more(&self.course_states, self.touched.count)
        for at in range(self.touched.count):
            course = self.state_course.at[self.touched.at[at]]
            course = 0 if course == NONE else course
            self.course_states.at[first + begins[course]] = self.touched.at[at]
            begins[course] += 1
        return 0

    cdef int meet(self, int demand, int state, int course) except -1:
        if not 0 <= state < self.states:
            raise IndexError(state)
        if self.state_stamp.at[state] != demand:
            self.state_stamp.at[state] = demand
            add_int(&self.touched, state)
        self.state_course.at[state] = course
        return 0

    cdef int claim(self, i64 rate, i64 limit, Py_ssize_t first) except -1:
        """Return the number of a claim among those of its demand."""
        cdef Py_ssize_t at
        for at in range(first, self.claim_rate.count):
            if self.claim_rate.at[at] == rate and self.claim_limit.at[at] == limit:
                return <int>at
        add_long(&self.claim_rate, rate)
        add_long(&self.claim_limit, limit)
        return <int>self.claim_rate.count - 1

    cdef int add_course(
        self, int demand, object paths, i64 rate, i64 limit, bint is_spread, Py_ssize_t first, bint is_normal
    ) except -1:
        """Add what a demand claims along paths: rows of the normal course, and of each other one those that differ, with no claim where it

        does not come.
        """
        cdef int course = <int>self.course_demand.count, path, at, port, claim
        cdef Routes routes = self.routes
        add_int(&self.course_demand, demand)
        routes.mark(paths)
        for path in paths:
            for at in range(routes.lay(path)):
                port = routes.laid.at[at]
                if routes.stamp.at[port] != routes.serial:
                    continue  # it has been claimed
                routes.stamp.at[port] = NONE
                claim = self.claim(
                    routes.held_on(port, rate, is_spread, self.mean_packet, self.imbalance_ppb),
                    routes.held_on(port, limit, False, self.mean_packet, 0),
                    first,
                )
                if is_normal:
                    add_int(&self.own_ports, port)
                    self.own_demand.at[port], self.own_claim.at[port] = demand, claim
                elif self.own_demand.at[port] == demand:
                    self.met_course.at[port] = course
                    if self.own_claim.at[port] == claim:
                        continue
                self.add_row(port, course, claim)
        for at in range(0 if is_normal else <int>self.own_ports.count):
            if self.met_course.at[self.own_ports.at[at]] != course:
                self.add_row(self.own_ports.at[at], course, NONE)
        return course

    cdef int add_row(self, int port, int course, int claim) except -1:
        if not PyBytes_AS_STRING(self.links)[port >> 1]:
            return 0
        add_int(&self.row_port, port)
        add_int(&self.row_course, course)
        add_int(&self.row_claim, claim)
        return 0

    def finish(self):
        """Sort by port what was entered."""
        cdef Py_ssize_t row
        cdef int port
        cdef Ints begins = Ints(NULL, 0, 0)
        try:
            fill_ints(&self.port_from, self.routes.ports + 1, 0)
            for row in range(self.row_port.count):
                self.port_from.at[self.row_port.at[row] + 1] += 1
            for port in range(self.routes.ports):
                self.port_from.at[port + 1] += self.port_from.at[port]
            self.lay(&self.row_course, &self.port_course, &begins)
            self.lay(&self.row_claim, &self.port_claim, &begins)
        finally:
            free(begins.at)
        drop(&self.row_port)
        fill_ints(&self.state_stamp, self.states, NONE)
        self.serial = 0

    cdef int lay(self, Ints* column, Ints* by_port, Ints* begins) except -1:
        """Lay a column of rows in the order of their ports, and let go what it was."""
        cdef Py_ssize_t row
        cdef int port
        fill_ints(begins, self.routes.ports, 0)
        fill_ints(by_port, column.count, 0)
        for row in range(column.count):
            port = self.row_port.at[row]
            by_port.at[self.port_from.at[port] + begins.at[port]] = column.at[row]
            begins.at[port] += 1
        drop(column)
        return 0

    def change(self, gone, back):
        """Take demands out, and put others back that were; return the ports that any of them claims something of."""
        cdef int port, at, demand
        for demand in (*gone, *back):
            if not 0 <= demand < self.group.count:
                raise IndexError(demand)
        for demand in gone:
            self.is_gone.at[demand] |= CHANGED
        for demand in back:
            self.is_gone.at[demand] |= CHANGED
        found = []
        for port in range(self.routes.ports):
            for at in range(self.port_from.at[port], self.port_from.at[port + 1]):
                if self.is_gone.at[self.course_demand.at[self.port_course.at[at]]] & CHANGED:
                    found.append(port)
                    break
        for demand in gone:
            self.is_gone.at[demand] = 1
        for demand in back:
            self.is_gone.at[demand] = 0
        return found

    def rank_states(self, ranks):
        """Say which of states that are alike stands for them, the least; -1: a state that nobody is promised any more."""
        if len(ranks) != self.states:
            raise ValueError
        fill_ints(&self.rank, self.states, 0)
        for state, rank in enumerate(ranks):
            self.rank.at[state] = rank

    def used_ports(self):
        """Return the ports that any demand claims something of, in any state: of a few that may be in states nobody is promised."""
        cdef int port, at
        found = []
        for port in range(self.routes.ports):
            for at in range(self.port_from.at[port], self.port_from.at[port + 1]):
                if not self.is_gone.at[self.course_demand.at[self.port_course.at[at]]]:
                    found.append(port)
                    break
        return found

    cdef i64 least(self, int claim) noexcept:
        return min(self.claim_rate.at[claim], self.claim_limit.at[claim])

    cdef int add_joint(self, int pool, int state, int demand, int claim) except -1:
        make_room(<void**>&self.joint, &self.joint_room, self.joint_count + 1, sizeof(Joint))
        self.joint[self.joint_count] = Joint(pool, state, demand, claim)
        self.joint_count += 1
        return 0

    cdef int at_state(self, int state) except -1:
        """Make room for what a state changes at a port."""
        cdef int group
        if self.state_stamp.at[state] != self.serial:
            self.state_stamp.at[state] = self.serial
            add_int(&self.touched, state)
            for group in range(self.groups):
                self.moved_bps.at[state * self.groups + group] = 0
        return state * self.groups

    def side(self, int port):
        """Return of a port what is reserved normally by class, the most in any state, that state (-1: the normal one), and the

        most of each class.
        """
        cdef int at, end, demand, normal, state, group, worst_state = NONE
        cdef i64 base = 0, worst, total
        if not 0 <= port < self.routes.ports:
            raise IndexError(port)
        self.serial += 1
        self.touched.count = 0
        self.joint_count = 0
        for group in range(self.groups):
            self.normal_bps.at[group] = self.has_normal.at[group] = self.has_peak.at[group] = 0
        at, end = self.port_from.at[port], self.port_from.at[port + 1]
        while at < end:
            demand, normal = self.course_demand.at[self.port_course.at[at]], NONE
            if self.port_course.at[at] == self.first_course.at[demand]:  # it comes first
                normal = self.port_claim.at[at]
                at += 1
                if not self.is_gone.at[demand]:
                    self.add_normal(demand, normal)
            while at < end and self.course_demand.at[self.port_course.at[at]] == demand:
                if not self.is_gone.at[demand]:
                    self.add_states(demand, self.port_course.at[at], normal, self.port_claim.at[at])
                at += 1
        if self.joint_count:
            self.weigh_joint()
        for group in range(self.groups):
            base += self.normal_bps.at[group]
            self.peak_bps.at[group] = self.normal_bps.at[group]
        worst = base
        for at in range(self.touched.count):
            state, total = self.touched.at[at], base
            for group in range(self.groups):
                total += self.moved_bps.at[state * self.groups + group]
                self.peak_bps.at[group] = max(
                    self.peak_bps.at[group], self.normal_bps.at[group] + self.moved_bps.at[state * self.groups + group]
                )
            if total > worst or (total == worst and worst_state != NONE and self.rank.at[state] < self.rank.at[worst_state]):
                worst, worst_state = total, state
        return (
            {group: self.normal_bps.at[group] for group in range(self.groups) if self.has_normal.at[group]},
            worst,
            worst_state,
            {group: self.peak_bps.at[group] for group in range(self.groups) if self.has_peak.at[group]},
        )

    cdef int add_normal(self, int demand, int claim) except -1:
        """Count what a demand claims normally at a port, and that it does not in some states."""
        cdef int group = self.group.at[demand]
        self.has_normal.at[group] = self.has_peak.at[group] = 1
        if self.is_lone.at[demand]:
            self.normal_bps.at[group] += self.least(claim)
        else:
            self.add_joint(self.pool.at[demand], NONE, demand, claim)
        return self.add_states(demand, self.first_course.at[demand], claim, NONE)

    cdef int add_states(self, int demand, int course, int normal, int claim) except -1:
        """Count what a demand claims at a port in the states of a course: something else than normally."""
        cdef int row, state, group = self.group.at[demand]
        for row in range(self.state_from.at[course], self.state_from.at[course + 1]):
            state = self.course_states.at[row]
            if self.rank.at[state] == NONE:
                continue
            self.has_peak.at[group] = 1
            self.at_state(state)
            if not self.is_lone.at[demand]:
                self.add_joint(self.pool.at[demand], state, demand, claim)
                continue
            if normal != NONE:
                self.moved_bps.at[state * self.groups + group] -= self.least(normal)
            if claim != NONE:
                self.moved_bps.at[state * self.groups + group] += self.least(claim)
        return 0

    cdef int weigh_joint(self) except -1:
        """Count what the members of pools reserve together, normally and in the states that change any of them."""
        cdef Py_ssize_t at = 0, normal_end, end, row, other
        cdef int pool, state, group
        cdef i64 rate, limit, base, own
        qsort(self.joint, self.joint_count, sizeof(Joint), _by_state)
        while at < self.joint_count:
            pool, group = self.joint[at].pool, self.group.at[self.joint[at].demand]
            normal_end, rate, limit = at, 0, 0
            while normal_end < self.joint_count and self.joint[normal_end].pool == pool and self.joint[normal_end].state == NONE:
                rate += self.claim_rate.at[self.joint[normal_end].claim]
                limit = max(limit, self.claim_limit.at[self.joint[normal_end].claim])
                normal_end += 1
            base = min(rate, limit)
            self.normal_bps.at[group] += base
            row = normal_end
            while row < self.joint_count and self.joint[row].pool == pool:
                state, end, rate, limit, other = self.joint[row].state, row, 0, 0, at
                while end < self.joint_count and self.joint[end].pool == pool and self.joint[end].state == state:
                    while other < normal_end and self.joint[other].demand < self.joint[end].demand:
                        rate += self.claim_rate.at[self.joint[other].claim]
                        limit = max(limit, self.claim_limit.at[self.joint[other].claim])
                        other += 1
                    if other < normal_end and self.joint[other].demand == self.joint[end].demand:
                        other += 1
                    if self.joint[end].claim != NONE:
                        rate += self.claim_rate.at[self.joint[end].claim]
                        limit = max(limit, self.claim_limit.at[self.joint[end].claim])
                    end += 1
                while other < normal_end:
                    rate += self.claim_rate.at[self.joint[other].claim]
                    limit = max(limit, self.claim_limit.at[self.joint[other].claim])
                    other += 1
                own = min(rate, limit)
                self.moved_bps.at[state * self.groups + group] += own - base
                row = end
            at = row
        return 0


cdef class Bursts:
    """The bursts, in bytes, that demands bring to each port and class, in whatever state: the twin is `delay.choice.Burdens`."""

    def __init__(self, Routes routes, groups):
        self.routes, self.groups = routes, groups
        fill_longs(&self.total, routes.ports * self.groups, 0)
        fill_longs(&self.own, routes.ports * self.groups, NONE)

    def __dealloc__(self):
        free(self.total.at)
        free(self.own.at)
        free(self.touched.at)

    def add(self, lists, int group, i64 burst, int sign):
        """Add to the queues of a class what a demand brings that takes paths of these `lists`, or take it away (-1)."""
        cdef int row
        self.touched.count = 0
        self.gather(lists, group, burst)
        for row in range(self.touched.count):
            self.total.at[self.touched.at[row]] += sign * burst
            self.own.at[self.touched.at[row]] = NONE

    def shares(self, demands, Amounts waits not None):
        """Return how much of what is waited for in some queues is for the bursts of some demands: of each queue its place, the port times

        the classes and one more for each class before its own, and a thousand times its share of the amount. A demand: its lists of
        paths, its class and its burst.
        """
        cdef int row, place
        cdef i128 most
        if waits.routes is not self.routes or waits.groups != self.groups:
            raise ValueError
        self.touched.count = 0
        for lists, group, burst in demands:
            self.gather(lists, group, burst)
        found = []
        for row in range(self.touched.count):
            place = self.touched.at[row]
            if waits.amount.at[place] != NONE:
                most = <i128>waits.amount.at[place] * <i128>1000 * <i128>self.own.at[place]
                found.append((place, as_integer(floor_div(most, <i128>max(1, self.total.at[place])))))
            self.own.at[place] = NONE
        return found

    cdef int gather(self, object lists, int group, i64 burst) except -1:
        """Add up the bursts of one more demand, each queue once, and the queues that are met for the first time."""
        cdef Routes routes = self.routes
        cdef int path, at, port, place
        if not 0 <= group < self.groups or burst < 0:
            raise IndexError(group)
        for paths in lists:
            for path in paths:
                if not 0 <= path < routes.share_ppm.count:
                    raise IndexError(path)
        routes.serial += 1
        for paths in lists:
            for path in paths:
                for at in range(routes.lay(path)):
                    port = routes.laid.at[at]
                    if routes.stamp.at[port] == routes.serial:
                        continue
                    routes.stamp.at[port] = routes.serial
                    place = port * self.groups + group
                    if self.own.at[place] == NONE:
                        add_int(&self.touched, place)
                        self.own.at[place] = 0
                    self.own.at[place] += burst
        return 0
