"""The queues of a program with the streams that come to them in every state: the twin is `delay.streams`, over `delay.courses`.

What happens here, and why, is said there; here it is done with rows of numbers, and with less at a time: the queues of a port are
finished one after the other, and of the streams of failure states only those are kept that count. A web keeps what its
demands do, and can `turn` to others: then only queues at link ends that a demand came to, or comes to, are finished anew.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdlib cimport free, qsort
from libc.string cimport memset

from intentc.native.careers cimport Careers
from intentc.native.grow cimport Ints, Longs, add_int, drop, drop_longs, fill_ints, fill_longs, i64, in_pairs, make_room, permute
from intentc.native.holes cimport give_back
from intentc.native.looms cimport Looms
from intentc.native.members cimport Member
from intentc.native.routes cimport Routes
from intentc.native.streams cimport Block

cdef enum:
    NONE = -1
    GONE = 0                 # what becomes of a career when a web turns
    COMES = 1
    STAYS = 2
    SMALL = 32               # demands: fewer leave some behind of what they took
    MOST_LOOSE = 8           # what is patched may be one in so many parts
    MOST_PARTS = 4           # a web turns where no more than one in so many of its demands come or go


cdef extern from *:
    """
    #include <stdlib.h>
    #ifdef __GLIBC__
    #include <malloc.h>
    static inline void map_apart(void) { mallopt(M_MMAP_THRESHOLD, 1 << 17); }  /* as it is at first, but for good */
    #else
    static inline void map_apart(void) {}
    #endif
    """
    void map_apart() noexcept nogil


def keep_apart():
    """Let what is large have memory of its own from now on, that goes back with it and leaves no holes. What comes and goes often takes longer."""
    map_apart()


cdef int _groups(rows, int most, Ints* begins, Ints* items) except -1:
    add_int(begins, 0)
    for row in rows:
        for item in row:
            if not 0 <= item < most:
                raise IndexError(item)
            add_int(items, item)
        add_int(begins, items.count)
    return 0


cdef class Web(Looms):
    """Of the careers `numbers`, each once, in this order. `at_node`, `at_link`: the states, by number, in which each of them fails.

    What its queues are is known at once; `finish` finds what comes to them. It may `turn` to other demands then. `is_shared`: woven by two threads.
    """

    def __init__(self, Careers careers, numbers, at_node, at_link, mean_packet, imbalance_ppb, bint is_shared=False):
        cdef int number
        cdef Routes routes = careers.routes
        cdef Ints order = Ints(NULL, 0, 0)
        give_back(careers.count)  # what stages before have left
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
        self.begin_demands()
        self.weave_all(is_shared)
        add_int(&self.first_course, self.course_from.count - 1)
        try:
            self.find_order(&order)
            self.renumber(&order)
        finally:
            free(order.at)

    def __dealloc__(self):
        free(self.was_wide.at)
        free(self.kept_begins.at)
        free(self.kept_order.at)
        free(self.gone_states.at)
        self.release_memory()
        give_back(self.queues)

    cdef int release_memory(self) except -1:
        """Give back what only weaving needs."""
        self.release_nodes()
        self.release_members()
        self.release_streams()
        drop(&self.node_from)
        drop(&self.node_state)
        drop(&self.link_from)
        drop(&self.link_state)
        return 0

    # other demands

    def turn(self, numbers, int small=SMALL):
        """Take up other careers, to be finished again. Return False, and stay as it is, where it is better woven anew: most of them are others,

        or what is gone takes as much room as what is there. Where no more than `small` come or go, time is spared, else memory.
        """
        cdef Ints fate = Ints(NULL, 0, 0), sizes = Ints(NULL, 0, 0)
        cdef int number, slot, stay = 0, left = 0
        cdef list wanted = list(numbers)
        if not self.is_finished or self.is_too_large:
            return False
        try:
            fill_ints(&fate, self.careers.count, GONE)
            fill_ints(&sizes, self.careers.pools, 0)
            for number in wanted:
                if not 0 <= number < self.careers.count:
                    raise IndexError(number)
                if fate.at[number] != GONE:
                    raise ValueError(number)
                fate.at[number] = COMES
                sizes.at[self.careers.rows[number].pool] += 1
            for slot in range(self.number_of.count):
                number = self.number_of.at[slot]
                if number != NONE:
                    left += 1
                    if fate.at[number] == COMES and self.stays(number, &sizes):
                        fate.at[number] = STAYS
                        stay += 1
            slot = <int>len(wanted)
            if MOST_PARTS * (left + slot - 2 * stay) > slot or self.number_of.count + slot - stay > 2 * slot + 64:
                return False
            self.is_finished = False
            self.edition += 1
            self.is_small = left + slot - 2 * stay <= small
            self.known_from = <int>self.sorted_nodes if self.is_small else 0  # few are looked for one by one among all that is sorted
            drop_longs(&self.cells)
            if not self.is_small or MOST_LOOSE * (self.member_count - self.kept_count) > self.kept_count:
                drop(&self.kept_begins)
                drop(&self.kept_order)
                self.kept_count = 0
            self.change_demands(wanted, &fate, &sizes)
        finally:
            free(fate.at)
            free(sizes.at)
        return True

    cdef bint stays(self, int number, Ints* sizes) noexcept:
        """Return whether a demand is alone in its pool as it was, or is not as it was not: what it brings is told by that."""
        cdef int pool = self.careers.rows[number].pool
        return (self.pool_size.at[pool] > 1) == (sizes.at[pool] > 1)

    cdef int change_demands(self, list wanted, Ints* fate, Ints* sizes) except -1:
        cdef int number, slot
        fill_ints(&self.is_due, self.routes.ports, 0)
        fill_ints(&self.is_met, self.routes.ports * self.groups, 0)
        self.gone_states.count = 0
        self.first_new = <int>self.number_of.count
        self.forget_marks()
        self.note_open()
        for slot in range(self.number_of.count):
            number = self.number_of.at[slot]
            if number != NONE and fate.at[number] != STAYS:
                if self.is_small:
                    self.note_gone(slot)
                self.take_back(slot)
                self.number_of.at[slot] = NONE
        self.pool_size, sizes[0] = sizes[0], self.pool_size
        self.first_course.count -= 1  # where the courses of the last one end
        for number in wanted:
            if fate.at[number] == COMES:
                add_int(&self.number_of, number)
                self.weave_one(<int>self.number_of.count - 1)
        add_int(&self.first_course, self.course_from.count - 1)
        return self.drop_queues()

    cdef int note_gone(self, int slot) except -1:
        """Note at which ports a demand brings something in which states, before it goes."""
        cdef Py_ssize_t low = 0, high = self.member_count, middle, row
        cdef int at
        cdef Member* own
        while low < high:  # members lie in the order of demands
            middle = (low + high) // 2
            if self.members[middle].career < slot:
                low = middle + 1
            else:
                high = middle
        for row in range(low, self.member_count):
            own = &self.members[row]
            if own.career != slot:
                break
            if own.course >= 0 and own.more & 1:
                for at in range(self.course_from.at[own.course], self.course_from.at[own.course + 1]):
                    add_int(&self.gone_states, self.queue_port.at[own.queue])
                    add_int(&self.gone_states, self.course_state.at[at])
        return 0

    cdef int find_fresh(self, Ints* begins, Ints* order) except -1 nogil:
        """Find the queues that are to be finished: those that a demand comes to, or came, and those that lean on others at its link's end (`leans`)

        where other states count there now. Which do is only found after small changes; else they may.
        """
        cdef int port, queue, group, first = 0
        cdef bint is_asked
        cdef Ints stamp = Ints(NULL, 0, 0)
        fill_ints(&self.is_fresh, self.queues, 0)
        self.finished = 0
        try:
            fill_ints(&stamp, self.states, NONE)
            if self.is_small and self.gone_states.count:
                qsort(self.gone_states.at, self.gone_states.count // 2, 2 * sizeof(int), in_pairs)
            for port in range(self.routes.ports):
                if not self.is_due.at[port]:
                    continue
                while first < self.gone_states.count and self.gone_states.at[first] < port:
                    first += 2
                is_asked = False
                for group in range(self.groups):
                    queue = self.queue_at.at[port * self.groups + group]
                    is_asked = is_asked or (queue != NONE and not self.is_met.at[port * self.groups + group] and self.leans(queue))
                if not is_asked or (self.is_small and not self.has_other_states(port, first, begins, order, &stamp)):
                    continue
                for group in range(self.groups):
                    queue = self.queue_at.at[port * self.groups + group]
                    if queue != NONE and self.leans(queue):
                        self.is_met.at[port * self.groups + group] = 1
            for queue in range(self.queues):
                self.is_fresh.at[queue] = self.is_met.at[self.queue_port.at[queue] * self.groups + self.queue_group.at[queue]]
                self.finished += self.is_fresh.at[queue]
        finally:
            free(stamp.at)
        return 0

    cdef bint has_other_states(self, int port, int first, Ints* begins, Ints* order, Ints* stamp) noexcept nogil:
        """Return whether other states count at a port (`find_relevant`) than before the web turned; `first`: its first row of `gone_states`."""
        cdef int kind, group, queue, at, row, state, come = 0, others = 3 * port
        cdef Member* own
        for kind in range(2):  # those who stay first
            for group in range(self.groups):
                queue = self.queue_at.at[port * self.groups + group]
                if queue == NONE:
                    continue
                for at in range(begins.at[queue], begins.at[queue + 1]):
                    own = &self.members[order.at[at]]
                    if own.course < 0 or not own.more & 1 or (own.career >= self.first_new) != (kind == 1):
                        continue
                    for row in range(self.course_from.at[own.course], self.course_from.at[own.course + 1]):
                        state = self.course_state.at[row]
                        if kind == 0:
                            stamp.at[state] = others
                        elif stamp.at[state] < others:
                            stamp.at[state] = others + 1
                            come += 1
        while first < self.gone_states.count and self.gone_states.at[first] == port:
            state = self.gone_states.at[first + 1]
            if stamp.at[state] < others:
                return True
            if stamp.at[state] == others + 1:
                stamp.at[state] = others + 2
                come -= 1
            first += 2
        return come > 0

    cdef int drop_queues(self) except -1:
        """Let queues go that nobody uses any more; all others keep their order, and new ones come last."""
        cdef int queue
        cdef Ints order = Ints(NULL, 0, 0)
        while self.was_wide.count < self.queues:  # those that are new
            add_int(&self.was_wide, 0)
            add_int(&self.was_open, 0)
            self.layout += 1
        self.add_blocks()
        try:
            for queue in range(self.queues):
                if self.users.at[queue]:
                    add_int(&order, queue)
            if order.count < self.queues:
                self.compact_members()
                self.renumber(&order)
        finally:
            free(order.at)
        return 0

    cdef int compact_members(self) except -1 nogil:
        """Leave out the members of demands that are gone."""
        cdef Py_ssize_t row, kept = 0
        for row in range(self.member_count):
            if self.number_of.at[self.members[row].career] != NONE:
                if kept != row:
                    self.members[kept] = self.members[row]
                kept += 1
        self.member_count = kept
        drop(&self.kept_begins)
        drop(&self.kept_order)
        self.kept_count = 0
        return 0

    cdef int renumber(self, Ints* order) except -1:
        """Take queues in an order, but those that it leaves out."""
        cdef int at, queue
        cdef Py_ssize_t row
        cdef Ints number = Ints(NULL, 0, 0), scratch = Ints(NULL, 0, 0)
        cdef Longs bytes_ = Longs(NULL, 0, 0)
        try:
            fill_ints(&number, self.queues, NONE)
            for at in range(order.count):
                number.at[order.at[at]] = at
            for queue in range(self.queues):
                self.queue_at.at[self.queue_port.at[queue] * self.groups + self.queue_group.at[queue]] = number.at[queue]
            permute(&self.queue_port, order, &scratch)
            permute(&self.queue_group, order, &scratch)
            permute(&self.users, order, &scratch)
            permute(&self.is_unpoliced, order, &scratch)
            permute(&self.is_open, order, &scratch)
            if self.is_ordered:
                permute(&self.was_open, order, &scratch)
            permute(&self.is_unknown, order, &scratch)
            fill_longs(&bytes_, order.count, 0)
            for at in range(order.count):
                bytes_.at[at] = self.users_bytes.at[order.at[at]]
            self.users_bytes, bytes_ = bytes_, self.users_bytes
            if self.is_ordered:
                permute(&self.was_wide, order, &scratch)
                for at in range(order.count):  # they only move forward
                    self.blocks[at] = self.blocks[order.at[at]]
            for row in range(self.member_count):
                self.members[row].queue = number.at[self.members[row].queue]
            for row in range(self.node_queue.count):
                self.node_queue.at[row] = number.at[self.node_queue.at[row]]
            self.queues = <int>order.count
            self.block_count = min(self.block_count, self.queues)  # who comes later has a block of its own
            self.is_ordered = True
            self.layout += 1
            self.sorted_nodes = 0  # some may be of queues that are gone
        finally:
            free(number.at)
            free(scratch.at)
            free(bytes_.at)
        drop_longs(&self.cells)  # those of the old numbers
        return 0

    # what comes to queues

    def finish(self, is_wide, bint is_shared=False):
        """Turn what was entered into streams and changes. `is_wide`: of each queue, whether all changes are asked for (`loads`), and not

        only those that count; None: as the last time, where it is none that is new. `is_shared`: by two threads.
        """
        cdef int queue, at
        cdef Ints begins = Ints(NULL, 0, 0), order = Ints(NULL, 0, 0)
        cdef list wide = [] if is_wide is None else list(is_wide)
        if self.is_finished or (self.was_wide.count if is_wide is None else len(wide)) != self.queues:
            raise ValueError
        self.is_finished = True
        try:
            while self.was_wide.count < self.queues:
                add_int(&self.was_wide, 0)
            self.add_blocks()
            for queue in range(len(wide)):
                at = bool(wide[queue])
                if self.was_wide.at[queue] != at:
                    self.was_wide.at[queue] = at
                    self.is_due.at[self.queue_port.at[queue]] = 1
                    self.is_met.at[self.queue_port.at[queue] * self.groups + self.queue_group.at[queue]] = 1
            with nogil:
                self.sort_due(&begins, &order)
            self.finish_all(&begins, &order, is_shared and not self.is_small)
            with nogil:
                self.lay_in_order(&begins, &order)
        finally:
            free(begins.at)
            free(order.at)

    cdef int sort_due(self, Ints* begins, Ints* order) except -1 nogil:
        """Find the queues that are to be finished, and sort the members by their queues."""
        if not self.is_small:
            self.find_fresh(begins, order)
        if self.edition and not self.is_small:
            self.let_go()
        if self.is_small and self.kept_begins.count:
            self.pick_members(begins, order)
        else:
            if self.edition:
                self.compact_members()
            self.sort_members(begins, order)
        if self.is_small:
            self.find_fresh(begins, order)
        self.is_compared = self.is_small
        if self.is_compared:
            make_room(<void**>&self.was, &self.was_room, self.queues, sizeof(Block))
        return 0

    cdef int lay_in_order(self, Ints* begins, Ints* order) except -1 nogil:
        """Lay what was found in the order of queues, but where it is so little that it may stay behind all others."""
        if self.is_small and not self.kept_begins.count:
            self.kept_begins, begins[0], self.kept_order, order[0] = begins[0], self.kept_begins, order[0], self.kept_order
            self.kept_count = self.member_count
        drop(begins)
        drop(order)
        if self.is_patched():
            return 0
        if self.edition:
            self.gather()
        else:
            self.release_streams()  # there may be no other program: what turns needs it again, and keeps it then
        self.prune()
        self.gathering += 1
        self.sorted_streams, self.sorted_nodes = self.stream_count, self.node_queue.count
        give_back(self.queues)
        return 0

    def is_wide_as(self, is_wide):
        """Return whether it was finished with that (`finish`)."""
        cdef int queue
        cdef list wide = list(is_wide)
        if not self.is_finished or len(wide) != self.queues:
            raise ValueError
        for queue in range(self.queues):
            if self.was_wide.at[queue] != bool(wide[queue]):
                return False
        return True

    cdef int let_go(self) except -1 nogil:
        """Let go what those queues had that are to be finished anew: before that, where they are many, as else both are there at once."""
        cdef int queue
        for queue in range(self.queues):
            if self.is_fresh.at[queue]:
                memset(&self.blocks[queue], 0, sizeof(self.blocks[queue]))
        self.gather()
        give_back(self.queues)

    cdef bint is_patched(self) noexcept nogil:
        """Return whether what was finished anew may stay behind all others: there is little of it, and no queue is gone."""
        return (
            self.is_small and self.sorted_nodes > 0
            and MOST_LOOSE * (self.stream_count - self.sorted_streams) <= self.sorted_streams
            and MOST_LOOSE * (self.node_queue.count - self.sorted_nodes) <= self.sorted_nodes
        )

    cdef int pick_members(self, Ints* begins, Ints* order) except -1 nogil:
        """Pick the members of the queues that are due, as `sort_members` leaves them: first those that were sorted and are still there."""
        cdef int queue
        cdef Py_ssize_t row, at
        cdef Ints first = Ints(NULL, 0, 0), next_ = Ints(NULL, 0, 0)
        try:
            fill_ints(&first, self.queues, NONE)
            fill_ints(&next_, self.member_count - self.kept_count, NONE)
            for row in range(self.member_count - 1, self.kept_count - 1, -1):
                queue = self.members[row].queue
                next_.at[row - self.kept_count] = first.at[queue]
                first.at[queue] = <int>row
            for queue in range(self.queues):
                add_int(begins, order.count)
                if not self.is_due.at[self.queue_port.at[queue]]:
                    continue
                if queue + 1 < self.kept_begins.count:
                    for at in range(self.kept_begins.at[queue], self.kept_begins.at[queue + 1]):
                        row = self.kept_order.at[at]
                        if self.number_of.at[self.members[row].career] != NONE:
                            add_int(order, row)
                row = first.at[queue]
                while row != NONE:
                    if self.number_of.at[self.members[row].career] != NONE:
                        add_int(order, row)
                    row = next_.at[row - self.kept_count]
            add_int(begins, order.count)
        finally:
            free(first.at)
            free(next_.at)
        return 0

    cdef int sort_members(self, Ints* begins, Ints* order) except -1 nogil:
        """Sort the members by their queues: those of each in the order in which they were entered."""
        cdef int queue
        cdef Py_ssize_t row
        fill_ints(begins, self.queues + 1, 0)
        for row in range(self.member_count):
            begins.at[self.members[row].queue + 1] += 1
        for queue in range(self.queues):
            begins.at[queue + 1] += begins.at[queue]
        fill_ints(order, self.member_count, 0)
        for row in range(self.member_count):
            queue = self.members[row].queue
            order.at[begins.at[queue]] = <int>row
            begins.at[queue] += 1
        for queue in range(self.queues, 0, -1):
            begins.at[queue] = begins.at[queue - 1]
        begins.at[0] = 0
        return 0

    cdef int prune(self) except -1 nogil:
        """Keep the nodes that something waits for, in the order of their queues; those of members, too, where they are still there.

        After small changes all are kept that could be waited for: a few too many spare looking through all.
        """
        cdef Py_ssize_t row
        cdef Ints place = Ints(NULL, 0, 0)
        try:
            if self.is_small:
                fill_ints(&place, self.node_queue.count, 0)
                for row in range(place.count):
                    if self.node_queue.at[row] == NONE:
                        place.at[row] = NONE
            else:
                fill_ints(&place, self.node_queue.count, NONE)
                for row in range(self.stream_count):
                    self.place_before(self.streams[row].node, &place)
                for row in range(self.member_count):
                    self.place_before(self.spot_node.at[self.members[row].spot], &place)
            self.sort_nodes(&place)
            for row in range(self.stream_count):
                self.streams[row].node = place.at[self.streams[row].node]
            for row in range(self.spot_node.count):
                if self.spot_node.at[row] != NONE:
                    self.spot_node.at[row] = place.at[self.spot_node.at[row]]
        finally:
            free(place.at)
        return 0

    # what is asked of it when all is known

    def places_of(self, queues=None):
        """Return port and class of some queues (None: of every one)."""
        cdef int queue
        cdef list found = []
        for queue in range(self.queues) if queues is None else queues:
            if not 0 <= queue < self.queues:
                raise IndexError(queue)
            found.append((self.queue_port.at[queue], self.queue_group.at[queue]))
        return found

    def at(self, places):
        """Return the queues at some places, a port and a class each, where there is one."""
        cdef int port, group, queue
        cdef list found = []
        for port, group in places:
            if not (0 <= port < self.routes.ports and 0 <= group < self.groups):
                raise IndexError
            queue = self.queue_at.at[port * self.groups + group]
            if queue != NONE:
                found.append(queue)
        return found

    def due(self):
        """Return the queues that anybody has come to, or gone from, since it turned; once it is finished, those with other streams.

        None where these may be most of them.
        """
        cdef int queue
        if not self.is_small:
            return None
        if self.is_finished:
            return [queue for queue in range(self.queues) if self.is_fresh.at[queue]]
        return [
            queue
            for queue in range(self.queues)
            if self.is_met.at[self.queue_port.at[queue] * self.groups + self.queue_group.at[queue]]
        ]

    def marks(self, queues=None):
        """Return of some queues (None: of every one) whether something unmetered comes, or something not policed to what it sends, or from edges

        that nobody knows; and the bursts in bytes of all who ever use it.
        """
        cdef int queue
        cdef list found = []
        for queue in range(self.queues) if queues is None else queues:
            if not 0 <= queue < self.queues:
                raise IndexError(queue)
            found.append(
                (
                    bool(self.is_open.at[queue]), bool(self.is_unpoliced.at[queue]), bool(self.is_unknown.at[queue]),
                    self.users_bytes.at[queue],
                )
            )
        return found

    def columns(self):
        """Return the same of every queue as columns: three of bytes, 1 where it is so, and one of words."""
        cdef int queue
        cdef bytes is_open = PyBytes_FromStringAndSize(NULL, self.queues), is_unpoliced = PyBytes_FromStringAndSize(NULL, self.queues)
        cdef bytes is_unknown = PyBytes_FromStringAndSize(NULL, self.queues)
        for queue in range(self.queues):
            PyBytes_AS_STRING(is_open)[queue] = self.is_open.at[queue] > 0
            PyBytes_AS_STRING(is_unpoliced)[queue] = self.is_unpoliced.at[queue] > 0
            PyBytes_AS_STRING(is_unknown)[queue] = self.is_unknown.at[queue] > 0
        return is_open, is_unpoliced, is_unknown, PyBytes_FromStringAndSize(<char*>self.users_bytes.at, self.queues * sizeof(i64))

    def loads(self, int queue):
        """Return what comes to a queue normally (bps), and of each change its states and by how much more comes in them."""
        if not self.is_finished or not 0 <= queue < self.queues:
            raise IndexError(queue)
        cdef int row, at
        cdef i64 total = 0
        for row in range(self.blocks[queue].stream_from, self.blocks[queue].normal_end):
            total += self.streams[row].rate
        return total, [
            (
                [self.change_state.at[at] for at in range(self.changes[row].states, self.changes[row].states_end)],
                self.growth_of(row).bps,
            )
            for row in range(self.blocks[queue].change_from, self.blocks[queue].change_end)
        ]
