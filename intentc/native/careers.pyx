"""What the demands of a program do over all states, as rows: the twin is `delay.courses`."""

from libc.stdlib cimport free

from intentc.native.grow cimport Ints, add_int, i64, make_room
from intentc.native.routes cimport Routes

cdef enum:
    MOST = 2147483647


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
        if not 0 <= group < self.groups or not 0 <= pool < MOST or not 0 <= entry < self.routes.nodes:
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
