"""What the demands of a program do over all states, as rows: the twin is `delay.courses`; of what their bounds leave, and of how long

their paths take, `delay.allowances`, `delay.breaches` and `delay.latency`.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdlib cimport free

from intentc.native.grow cimport Ints, Longs, add_int, add_long, fill_ints, fill_longs, i64, make_room
from intentc.native.results cimport Teller
from intentc.native.roads cimport Roads
from intentc.native.routes cimport Amounts, Routes
from intentc.native.ways cimport Ways
from intentc.native.ways import unfolded

cdef enum:
    NONE = -1
    AS_NORMALLY = -2
    WHOLE_PPM = 1000000
    MOST = 2147483647
    NS_PER_US = 1000


cdef class Careers:
    """The demands of a program by number, as rows: of any of them a web can be woven."""

    def __init__(self, Roads roads not None, groups, states):
        self.roads, self.routes, self.groups, self.states = roads, roads.routes, groups, states
        add_int(&self.list_from, 0)

    def __dealloc__(self):
        free(self.rows)
        free(self.list_from.at)
        free(self.path.at)
        free(self.moved_state.at)
        free(self.moved_list.at)
        free(self.result_list.at)
        free(self.taken_us.at)
        free(self.last_list.at)
        free(self.list_before.at)
        free(self.arcs.at)
        free(self.words.at)

    def __len__(self):
        return self.count

    def enter(
        self, int group, int pool, int entry, bint is_open, bint is_policed, bint keeps_rate, bint is_spread, bint is_unknown,
        i64 user_bytes, i64 burst_bytes, i64 rate, i64 pool_bps, i64 failover_rate, i64 failover_pool, i64 normally_us, i64 after_us,
        item, dict promised not None, without, tuple settled=None,
    ):
        """Enter a demand: its class, pool and entry by number, what it is and what it sends, the most that it may take normally and in failure

        states (-1: as long as it likes), and how it was placed: of `item` its paths and latencies are read, those of the normal state and those of
        others (`states`). These are `promised` by name, but some (`without`). `keeps_rate`: it is policed to the same there; `is_unknown`: nobody
        knows the edge where it enters. `settled`: of a demand whose states a kernel has found, what these are made of (`realise.results`), so that
        they need not be made. Return its number.
        """
        cdef Career made
        cdef object teller, folded, ahead, ids, gone
        if not 0 <= group < self.groups or not 0 <= pool < MOST or not 0 <= entry < self.routes.nodes:
            raise IndexError
        made.group, made.pool, made.entry = group, pool, entry
        made.is_open, made.is_policed, made.keeps_rate = is_open, is_policed, keeps_rate
        made.is_spread, made.is_unknown = is_spread, is_unknown
        made.user_bytes, made.burst = user_bytes, burst_bytes
        made.rate, made.pool_bps, made.failover_rate, made.failover_pool = rate, pool_bps, failover_rate, failover_pool
        made.normally_us, made.after_us = normally_us, after_us
        made.lists, made.moved, made.results = <int>self.list_from.count - 1, <int>self.moved_state.count, <int>self.result_list.count
        self.path.count = self.list_from.at[self.list_from.count - 1]
        self.routes.take_pattern(NONE)
        self.add_list(item.primary, item.latency)
        if self.path.count > self.list_from.at[made.lists]:
            self.routes.take_pattern(self.path.at[self.list_from.at[made.lists]])
        if settled is None:
            for result in item.states:
                self.add_result(made.lists, self.list_of(result.paths, result.latency, made.lists + 1), result.when, promised, without)
        else:
            teller, folded, ahead, ids, gone = settled
            self.add_settled(made.lists, teller, folded, ahead, ids, gone, promised, without)
        made.lists_end, made.moved_end = <int>self.list_from.count - 1, <int>self.moved_state.count
        made.results_end = <int>self.result_list.count
        make_room(<void**>&self.rows, &self.room, self.count + 1, sizeof(Career))
        self.rows[self.count] = made
        self.count += 1
        self.pools = max(self.pools, pool + 1)
        return self.count - 1

    cdef int add_result(self, int normal, int row, tuple when, dict promised, object without) except -1:
        """Add what a demand does in some states, by name: a list of paths, told from its first one, that of the normal state."""
        cdef int state
        cdef object number
        add_int(&self.result_list, row - normal)
        for name in when:
            number = promised.get(name)
            if number is None or (without and name in without):
                continue
            state = number
            if not 0 <= state < self.states:
                raise IndexError(state)
            add_int(&self.moved_state, state)
            add_int(&self.moved_list, row - normal)
        return 0

    cdef int add_settled(
        self, int normal, Teller teller, bytes folded, ahead, tuple ids, frozenset gone, dict promised, object without
    ) except -1:
        """Add the same of what a kernel has found, without making results of it."""
        cdef Ways ways = unfolded(teller.names.graph, folded)
        cdef int way
        for when, number in teller.told(ways, ids, gone):
            way = number
            self.add_result(normal, self.list_along(teller, ways, way, ahead, normal + 1), when, promised, without)
        return 0

    cdef int list_along(self, Teller teller, Ways ways, int way, ahead, int first) except -1:
        """Return the row of the paths of a way; where there is none it is added."""
        cdef int* arcs = ways.arc + ways.arc_from[way]
        cdef int count = ways.arc_from[way + 1] - ways.arc_from[way], at
        cdef i64 taken_us = NONE
        cdef tuple path
        cdef list paths
        if not ways.several[way]:
            taken_us = teller.taken_us(arcs, count, ahead)
            if taken_us != NONE:
                add_int(&self.path, self.roads.number_along(teller.names, arcs, count, WHOLE_PPM))
                return self.known_list(self.end_list(taken_us), first)
        else:
            paths = teller.split(ways, way)
            if paths is not None and len(paths) > 1:
                for path, share_ppm in paths:
                    fill_ints(&self.arcs, len(path), 0)
                    for at in range(<int>self.arcs.count):
                        self.arcs.at[at] = path[at]
                    add_int(&self.path, self.roads.number_along(teller.names, self.arcs.at, <int>self.arcs.count, share_ppm))
                return self.known_list(self.end_list(NONE), first)
        found, latency = teller.several(ways.start, ways.paths(way), ahead)
        return self.list_of(found, latency, first)

    cdef int end_list(self, i64 taken_us) except -1:
        """Take the paths that were added last as a list of those that are taken together; return its row."""
        add_int(&self.list_from, self.path.count)
        add_int(&self.list_before, NONE)
        add_long(&self.taken_us, taken_us)
        return <int>self.list_from.count - 2

    cdef int add_list(self, object paths, object latency) except -1:
        """Add paths that are taken together; return their row."""
        for path in paths:
            add_int(&self.path, self.roads.number_of(path))
        return self.end_list(latency.propagation + latency.serialisation if len(paths) == 1 else NONE)

    cdef int list_of(self, object paths, object latency, int first) except -1:
        """Return the row of paths that are taken together, from `first` on; where there is none it is added."""
        return self.known_list(self.add_list(paths, latency), first)

    cdef int known_list(self, int row, int first) except -1:
        """Return a row, from `first` on, with the paths of the one that was added last, which is let go where it is another one."""
        cdef int begin = self.list_from.at[row], known
        if self.are_same(row, first - 1):  # they take what they take normally
            self.taken_us.at[row] = self.taken_us.at[first - 1]
        if self.list_from.at[row + 1] == begin:
            for known in range(first, row):
                if self.list_from.at[known] == self.list_from.at[known + 1]:
                    break
            else:
                return row
        else:
            while self.last_list.count < self.routes.share_ppm.count:
                add_int(&self.last_list, NONE)
            known = self.last_list.at[self.path.at[begin]]
            while known >= first and not self.are_same(row, known):
                known = self.list_before.at[known]
            if known < first:
                self.list_before.at[row] = self.last_list.at[self.path.at[begin]]
                self.last_list.at[self.path.at[begin]] = row
                return row
        self.path.count = begin
        self.list_from.count -= 1
        self.list_before.count -= 1
        self.taken_us.count -= 1
        return known

    cdef bint are_same(self, int one, int other) noexcept:
        cdef int first = self.list_from.at[one], count = self.list_from.at[one + 1] - first, at
        if self.list_from.at[other + 1] - self.list_from.at[other] != count:
            return False
        for at in range(count):
            if self.path.at[first + at] != self.path.at[self.list_from.at[other] + at]:
                return False
        return True

    cdef Career* career(self, int number) except NULL:
        if not 0 <= number < self.count:
            raise IndexError(number)
        return &self.rows[number]

    def paths_of(self, int number):
        """Return the paths of the normal state and those of others, as they were entered, each list once."""
        cdef Career* own = self.career(number)
        cdef int row, at
        found = [
            [self.path.at[at] for at in range(self.list_from.at[row], self.list_from.at[row + 1])]
            for row in range(own.lists, own.lists_end)
        ]
        return found[0], found[1:]

    def slots_of(self, int number):
        """Return of each thing that a demand does in states which list of paths it takes, of those of others."""
        cdef Career* own = self.career(number)
        cdef int at
        return [self.result_list.at[at] - 1 for at in range(own.results, own.results_end)]

    def moved_of(self, int number):
        """Return which list of paths, of those of others, a demand takes in which failure states, these counted from 0; of what is told of

        a state twice the last counts.
        """
        cdef Career* own = self.career(number)
        cdef int at
        cdef list found = [], states = []
        for at in range(own.moved, own.moved_end):
            if at == own.moved or self.moved_list.at[at] != self.moved_list.at[at - 1]:
                states = []
                found.append((self.moved_list.at[at] - 1, states))
            states.append(self.moved_state.at[at] - 1)
        return found

    # where demands come to

    def links_of(self, numbers):
        """Return of each link whether any of some demands comes to it in any state, a byte each."""
        cdef Career* own
        cdef int number, at, hop
        cdef Routes routes = self.routes
        cdef bytearray found = bytearray(routes.ports // 2)
        for number in numbers:
            own = self.career(number)
            for at in range(self.list_from.at[own.lists], self.list_from.at[own.lists_end]):
                for hop in range(routes.lay(self.path.at[at])):
                    found[routes.laid.at[hop] >> 1] = 1
        return bytes(found)

    def coming(self, numbers, bytes links not None):
        """Return of each of some demands whether it comes to any of some links in any state; a byte each, as in `links`."""
        cdef int number
        cdef bytearray found = bytearray()
        if 2 * len(links) != self.routes.ports:
            raise ValueError
        for number in numbers:
            found.append(self.comes(self.career(number), PyBytes_AS_STRING(links)))
        return bytes(found)

    cdef bint comes(self, Career* own, char* links) except -1:
        cdef int at, hop
        cdef Routes routes = self.routes
        for at in range(self.list_from.at[own.lists], self.list_from.at[own.lists_end]):
            for hop in range(routes.lay(self.path.at[at])):
                if links[routes.laid.at[hop] >> 1]:
                    return True
        return False

    def sending(self, numbers):
        """Return of each port whether any of some demands sends over it in the normal state, a byte each."""
        cdef Career* own
        cdef int number, at, hop
        cdef Routes routes = self.routes
        cdef bytearray found = bytearray(routes.ports)
        for number in numbers:
            own = self.career(number)
            for at in range(self.list_from.at[own.lists], self.list_from.at[own.lists + 1]):
                for hop in range(routes.lay(self.path.at[at])):
                    found[routes.laid.at[hop]] = 1
        return bytes(found)

    # what its bounds leave, and what it takes

    cdef i64 fixed_us(self, int row, int at) noexcept:
        """Return what a path of a list takes without queueing: what it was placed with where it is the only one."""
        if self.list_from.at[row + 1] - self.list_from.at[row] == 1:
            return self.taken_us.at[row]
        return self.routes.fixed_us.at[self.path.at[at]]

    def is_in_time(self, int number, Amounts amounts not None):
        """Return whether a demand keeps its bounds one way where packets wait for `amounts` (none: for nothing)."""
        cdef Career* own = self.career(number)
        cdef int row, at, hop, path
        cdef i64 left, bound
        cdef Py_ssize_t place
        cdef Routes routes = self.routes
        if amounts.routes is not routes or amounts.groups != self.groups:
            raise ValueError
        for row in range(own.lists, own.lists_end):
            bound = own.normally_us if row == own.lists else own.after_us
            if bound == NONE:
                continue
            for at in range(self.list_from.at[row], self.list_from.at[row + 1]):
                left, path = bound - self.fixed_us(row, at), self.path.at[at]
                for hop in range(routes.lay(path)):
                    place = routes.laid.at[hop] * self.groups + own.group
                    if amounts.amount.at[place] != NONE:
                        left -= amounts.amount.at[place]
                if left < 0:
                    return False
        return True

    def figures(self, int number, Amounts amounts not None):
        """Return of each path of a demand, list by list, the sum of the amounts, and the largest other one (0: there is none), as words; there

        has to be one at each port.
        """
        cdef Career* own = self.career(number)
        cdef int at, hop, path, first = self.list_from.at[own.lists], end = self.list_from.at[own.lists_end]
        cdef Py_ssize_t place
        cdef i64 total, most
        cdef Routes routes = self.routes
        cdef bytes found = PyBytes_FromStringAndSize(NULL, 2 * (end - first) * sizeof(i64))
        cdef i64* words = <i64*>PyBytes_AS_STRING(found)
        if amounts.routes is not routes or amounts.groups != self.groups:
            raise ValueError
        for at in range(first, end):
            path, total, most = self.path.at[at], 0, 0
            for hop in range(routes.lay(path)):
                place = routes.laid.at[hop] * self.groups + own.group
                if amounts.amount.at[place] == NONE:
                    raise KeyError((routes.laid.at[hop], own.group))
                total += amounts.amount.at[place]
                most = max(most, amounts.other.at[place])
            words[2 * (at - first)], words[2 * (at - first) + 1] = total, most
        return found

    def latencies(self, int number, bytes figures not None):
        """Return what the slowest path of a demand takes normally, and in each of its states one after the other; `figures` are those of its paths.

        Four numbers each: propagation and serialisation (-1: what it was placed with, of a path that is the only one; -2: all is as normally),
        queueing (µs), and the number of its basis: as words, and whether of 8 bytes or 4.
        """
        cdef Career* own = self.career(number)
        cdef int at, row, count = own.results_end - own.results
        cdef i64 most = 0
        cdef bytes found
        cdef int* narrow
        if len(figures) != 2 * (self.list_from.at[own.lists_end] - self.list_from.at[own.lists]) * <Py_ssize_t>sizeof(i64):
            raise ValueError
        fill_longs(&self.words, 4 * (count + 1), 0)
        for at in range(count + 1):
            row = self.result_list.at[own.results + at - 1] if at else 0
            if at and self.are_same(own.lists + row, own.lists):
                self.words.at[4 * at] = AS_NORMALLY
                continue
            self.slowest(own, row, figures, &self.words.at[4 * at])
            most = max(most, max(max(self.words.at[4 * at], self.words.at[4 * at + 1]), self.words.at[4 * at + 2]))
        if most > MOST:
            return PyBytes_FromStringAndSize(<char*>self.words.at, self.words.count * sizeof(i64)), True
        found = PyBytes_FromStringAndSize(NULL, self.words.count * sizeof(int))
        narrow = <int*>PyBytes_AS_STRING(found)
        for at in range(<int>self.words.count):
            narrow[at] = <int>self.words.at[at]
        return found, False

    cdef int slowest(self, Career* own, int row, bytes figures, i64* found) except -1:
        """Find what the slowest path of a list takes, the first of equals."""
        cdef i64* words = <i64*>PyBytes_AS_STRING(figures)
        cdef int first = self.list_from.at[own.lists + row], end = self.list_from.at[own.lists + row + 1], at, best = first
        cdef int begin = self.list_from.at[own.lists]
        cdef i64 most = NONE, total
        if first == end:
            raise ValueError("no path")
        found[0] = found[1] = NONE
        if end - first > 1:
            for at in range(first, end):
                total = self.routes.fixed_us.at[self.path.at[at]] + words[2 * (at - begin)]
                if total > most:
                    best, most = at, total
            latency_ns, packet = self.routes.fixed(self.path.at[best])
            found[0], found[1] = -(-latency_ns // NS_PER_US), -(-packet // self.routes.parts)
        found[2], found[3] = words[2 * (best - begin)], words[2 * (best - begin) + 1]
        return 0
