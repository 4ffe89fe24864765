"""The fixed point of all queues: the twin is `delay.solve`.

The same steps in the same order, over arrays: what they mean is said there. Two CPUs may share a sweep.
"""

from libc.stdlib cimport free
from libc.string cimport memset

from intentc.native.aside cimport add_shared, hand_over, is_open, take_flag, wait_for, write_flag
from intentc.native.grow cimport Ints, add_int, fill_ints, fill_longs, i64, make_room
from intentc.native.judge cimport Desk, Judge, Verdict
from intentc.native.offers cimport Case, Offers
from intentc.native.weave cimport Web
from intentc.native.wide cimport i128, on_grid

cdef enum:
    NONE = -1
    MOST_AT_A_TIME = 32      # queues that a CPU takes where two share them
    TURNS = 64               # in so many parts at least, if there are as many queues

cdef i64 MOST_NARROW = 4294967295
cdef i64 CEILING_NS = 1000000000
cdef i64 LARGE_DELAY = <i64>1 << 40


cdef void _take_turns(void* of) noexcept nogil:
    cdef Desk* desk = <Desk*>of
    (<Solver>desk.solver).take_turns(desk)


cdef void _judge_half(void* of) noexcept nogil:
    cdef Desk* desk = <Desk*>of
    (<Solver>desk.solver).judge_half(desk)


cdef class Solver(Judge):
    """Over a web that is finished; `line_bps` by port, `mtu` by link (bytes). Where there are so `many` queues to look at another CPU helps (0: never).

    `serve` says what all queues are served, `settle` finds the delays then, `bounds` tells them.
    """

    def __init__(self, Web web, line_bps, mtu, many=0):
        self.web, self.many = web, many if type(self) is Solver else 0
        if len(line_bps) != web.routes.ports or 2 * len(mtu) != web.routes.ports or not web.is_finished:
            raise ValueError
        self.begin(line_bps, mtu)
        self.find_nodes()
        self.find_next()
        self.is_narrow, self.is_alone = True, type(self) is Solver
        self.is_bare = not self.is_alone  # a trace tells of what has been waited for by itself
        make_room(<void**>&self.narrow, &self.narrow_room, web.node_queue.count, sizeof(unsigned int))

    def __dealloc__(self):
        free(self.node_from.at)
        free(self.next_from.at)
        free(self.next.at)
        free(self.is_moved.at)
        free(self.more_first.at)
        free(self.more_next.at)
        free(self.left.at)
        free(self.is_overflowing.at)
        free(self.is_dirty.at)
        free(self.is_news.at)

    cdef int find_nodes(self) except -1:
        """Find the nodes of each queue: those that lie in the order of queues, and those that came later."""
        cdef Web web = self.web
        cdef int node, queue, first = <int>web.sorted_nodes
        fill_ints(&self.node_from, web.queues + 1, 0)
        fill_ints(&self.more_first, web.queues, NONE)
        fill_ints(&self.more_next, web.node_queue.count - first, NONE)
        for node in range(first):
            self.node_from.at[web.node_queue.at[node] + 1] += 1
        for queue in range(web.queues):
            self.node_from.at[queue + 1] += self.node_from.at[queue]
        for node in range(<int>web.node_queue.count - 1, first - 1, -1):
            queue = web.node_queue.at[node]
            self.more_next.at[node - first] = self.more_first.at[queue]
            self.more_first.at[queue] = node
        return 0

    cdef int find_next(self) except -1:
        """Find the queues that wait for the packets of each."""
        cdef Web web = self.web
        cdef int node, queue, edge, before, at
        cdef Ints seen = Ints(NULL, 0, 0), pairs = Ints(NULL, 0, 0)
        try:
            fill_ints(&self.next_from, web.queues + 1, 0)
            fill_ints(&seen, web.queues, NONE)
            for node in range(web.node_queue.count):
                queue = web.node_queue.at[node]
                for edge in range(web.edge_from.at[node], web.edge_from.at[node + 1]):
                    if web.edges.at[edge] >= 0:
                        before = web.node_queue.at[web.edges.at[edge]]
                        if seen.at[before] != queue:
                            seen.at[before] = queue
                            self.next_from.at[before + 1] += 1
                            add_int(&pairs, before)
                            add_int(&pairs, queue)
            for queue in range(web.queues):
                self.next_from.at[queue + 1] += self.next_from.at[queue]
            fill_ints(&self.next, pairs.count // 2, 0)
            for at in range(0, pairs.count, 2):
                self.next.at[self.next_from.at[pairs.at[at]]] = pairs.at[at + 1]
                self.next_from.at[pairs.at[at]] += 1
            for queue in range(web.queues, 0, -1):
                self.next_from.at[queue] = self.next_from.at[queue - 1]
            self.next_from.at[0] = 0
        finally:
            free(seen.at)
            free(pairs.at)
        return 0

    def serve(self, rows, Offers kept=None, const unsigned char[::1] again=None, hints=None):
        """Say what every queue is served, a row for each (`offers.Offers`), and start, or start again: with the states that are known to count

        by now, or, at first, and where a menu has another size now, with likely ones. `kept`: what the last one over this web was served; a
        queue that is served that `again`, a byte each, has no row. `hints`: the states that were the worst before, in place of those of rows:
        where those of each queue are in the others (-1: nowhere), where each of them begins, and all of them.
        """
        cdef Web web = self.web
        cdef int queue, count
        cdef Ints old = Ints(NULL, 0, 0), known = self.is_active, known_from = self.menu_from, known_end = self.menu_end
        if again is not None and len(again) != web.queues:
            raise ValueError
        self.is_active, self.menu_from, self.menu_end = Ints(NULL, 0, 0), Ints(NULL, 0, 0), Ints(NULL, 0, 0)
        self.menu_change.count = self.menu_dish.count = self.beside.count = 0
        self.dish_recipes.count = self.dish_recipes_end.count = self.recipe_count = self.term_count = 0
        try:
            self.find_kept(kept, &old)
            fill_ints(&self.menu_from, web.queues, 0)
            fill_ints(&self.menu_end, web.queues, 0)
            fill_ints(&self.dish_from, web.queues, 0)
            fill_ints(&self.dish_end, web.queues, 0)
            fill_ints(&self.beside_from, web.queues, 0)
            fill_ints(&self.beside_end, web.queues, 0)
            fill_ints(&self.is_served, web.queues, 1)
            make_room(<void**>&self.cases, &self.case_room, web.queues, sizeof(Case))
            each = iter(rows)
            for queue in range(web.queues):
                own = None
                if again is not None and again[queue]:
                    self.put_again(queue, kept, old.at[queue])
                else:
                    row = next(each, None)
                    if row is None:
                        raise ValueError
                    self.put(queue, row)
                    own = row[4]
                self.note_hints(own) if hints is None else self.note_worst(queue, hints)
                count = known_end.at[queue] - known_from.at[queue] if known.count and self.keeps(queue) else 0
                self.count_on(queue, &known, known_from.at[queue] if count else 0, count)
        finally:
            free(old.at)
            free(known.at)
            free(known_from.at)
            free(known_end.at)
        if next(each, None) is not None:
            raise ValueError
        self.start()

    def keep(self):
        """Return what all queues were served, for the next one over this web (`serve`). This one has come to its end."""
        if self.dish_from.count != self.web.queues:
            raise ValueError
        return self.kept()

    cdef bint keeps(self, int queue) noexcept:
        """Return whether the states that are known to count at a queue are those of its menu, where that is as long as it was."""
        return True

    cdef int start(self) except -1:
        cdef int queue
        self.clear()
        for queue in range(self.web.queues):
            if self.is_narrow:
                self.is_moved.at[queue] = 1  # what comes before it is looked at when it is its turn
            else:
                self.wait(queue)
            self.refresh(queue)
        return 0

    cdef int clear(self) except -1:
        """Begin at 0."""
        cdef Web web = self.web
        cdef int queue, at
        self.sweep = 0
        fill_longs(&self.delay, web.queues, 0)
        if self.is_narrow:
            memset(self.narrow, 0, web.node_queue.count * sizeof(unsigned int))
        else:
            fill_longs(&self.left, web.node_queue.count, 0)
        fill_ints(&self.is_dirty, web.queues, 1)
        fill_ints(&self.is_stale, web.queues, 1)
        fill_ints(&self.is_news, web.queues, 1)
        fill_ints(&self.has_burst, web.queues, 0)
        fill_ints(&self.is_overflowing, web.queues, 0)
        fill_ints(&self.is_moved, web.queues, 0)
        for queue in range(web.queues):
            self.most[queue] = self.size[queue] = 0
            self.arriving[queue] = self.leaving[queue] = 0.0
            if self.is_limited.at[queue]:
                for at in range(self.menu_from.at[queue], self.menu_end.at[queue]):
                    self.is_active.at[at] = 1
        return 0

    def settle(self):
        """Iterate to the fixed point; return the queues that overflow, or None where numbers grow too large: that is for the twin."""
        cdef int queue
        if self.is_dirty.count != self.web.queues:
            raise ValueError
        self.lay(&self.desk)
        while not self.is_too_large:
            self.iterate()
            if self.is_too_wide:
                self.widen()
            elif self.is_too_large or not self.activate():
                break
        if self.is_too_large:
            return None
        return [queue for queue in range(self.web.queues) if self.is_overflowing.at[queue]]

    def limit(self, int queue):
        """Take a queue as one of which nobody knows what comes."""
        if not 0 <= queue < self.web.queues:
            raise IndexError(queue)
        self.is_limited.at[queue] = 1

    cdef int widen(self) except -1:
        """Begin again with more room for what is waited for; the states that count by now may as well count from the beginning."""
        self.is_narrow = self.is_bare = self.is_too_wide = self.is_too_large = False  # what is too large is so again
        free(self.narrow)
        self.narrow, self.narrow_room = NULL, 0
        fill_longs(&self.waited, self.web.node_queue.count, 0)
        return self.start()

    cdef int iterate(self) except -1:
        cdef int looks = self.web.queues
        self.is_moving = True
        while self.is_moving and not self.is_too_large and not self.is_too_wide:
            self.is_moving = False
            self.sweep += 1
            if 0 < self.many <= looks and is_open():
                looks = self.look_together(False)
            else:
                looks = self.look_alone()
        return 0

    cdef int look_alone(self) except -1:
        """Look at all queues that something has changed for; return how many there were."""
        cdef int queue, looks = 0
        for queue in range(self.web.queues):  # their numbers are their order
            if self.is_dirty.at[queue]:
                looks += 1
                if self.update(queue, &self.desk):
                    self.note(queue)
                if self.is_too_large or self.is_too_wide:
                    break
        return looks

    cdef int look_together(self, bint is_joining) except -1:
        """Do the same with another CPU, or let states join (`is_joining`); return how often there was anything to do.

        Either takes the next few queues in their order, and each queue is looked at by one of them. What the other one has changed is
        seen at once, or in the next sweep: numbers only grow, so that whatever is seen, the least fixed point is where it ends.
        """
        self.next_turn, self.is_joining, self.shared = 0, is_joining, self.shared + 1
        self.lay(&self.second)
        self.second.solver, self.second.errand.run = <void*>self, _take_turns
        hand_over(&self.second.errand)
        with nogil:
            self.take_turns(&self.desk)
            wait_for(self.second.errand.number)
        return self.desk.looks + self.second.looks

    cdef void take_turns(self, Desk* desk) noexcept nogil:
        cdef int queue, first, last = self.web.queues, count = max(1, min(MOST_AT_A_TIME, last // TURNS))
        desk.looks = 0
        while True:
            first = add_shared(&self.next_turn, count) - count
            if first >= last or self.is_too_large or self.is_too_wide:
                break
            for queue in range(first, min(first + count, last)):
                if self.is_joining:
                    desk.looks += self.join(queue, desk)
                elif self.is_dirty.at[queue]:
                    desk.looks += 1
                    self.update(queue, desk)

    cdef bint update(self, int queue, Desk* desk) noexcept nogil:
        """Look at a queue that something has changed for; return whether anything was derived.

        What is noted of it is taken before that is looked at which it is about: who changes more meanwhile notes it again.
        """
        cdef bint has_changed
        take_flag(&self.is_dirty.at[queue])
        has_changed = take_flag(&self.is_moved.at[queue]) and self.wait(queue)
        if self.is_too_wide:
            return False
        if has_changed:
            self.refresh(queue)
        elif not self.is_stale.at[queue]:
            return False  # nothing that it follows from has changed
        return self.derive(queue, has_changed, desk)

    cdef bint derive(self, int queue, bint has_changed, Desk* desk) noexcept nogil:
        """Find what follows for a queue, and whom that concerns; `has_changed`: what has been waited for before it, of which nobody was told.

        Return whether there was room for the numbers.
        """
        cdef Verdict verdict
        cdef i128 delay
        cdef int at, other
        self.judge(queue, &verdict, desk)
        if self.is_too_large:
            return False
        delay, self.size[queue] = on_grid(verdict.delay), verdict.limit
        self.is_news.at[queue] = 1
        if not self.is_limited.at[queue] and delay >= <i128>CEILING_NS:
            self.is_overflowing.at[queue] = 1
            delay = CEILING_NS
        if delay > <i128>LARGE_DELAY:
            self.is_too_large = True
            return False
        if verdict.has_burst != self.has_burst.at[queue] or (
            verdict.has_burst and (verdict.arriving != self.arriving[queue] or verdict.leaving != self.leaving[queue])
        ):
            self.arriving[queue], self.leaving[queue] = verdict.arriving, verdict.leaving
            self.has_burst.at[queue] = verdict.has_burst
            for at in range(self.beside_from.at[queue], self.beside_end.at[queue]):
                other = self.beside.at[at]
                write_flag(&self.is_stale.at[other], 1)
                self.tell(other)
        if has_changed or <i64>delay != self.delay.at[queue]:
            if self.is_narrow:
                self.leave_narrow(queue, <i64>delay - self.delay.at[queue])
            self.delay.at[queue] = <i64>delay
            if not self.is_narrow:
                self.leave_wide(queue)
            for at in range(self.next_from.at[queue], self.next_from.at[queue + 1]):
                other = self.next.at[at]
                write_flag(&self.is_moved.at[other], 1)
                self.tell(other)
        return True

    cdef inline void tell(self, int queue) noexcept nogil:
        """Have a queue looked at again, after what was noted of it."""
        if not self.is_quiet:
            write_flag(&self.is_dirty.at[queue], 1)
        self.is_moving = True

    cdef void leave_wide(self, int queue) noexcept nogil:
        """Tell when a queue is left by all that has been waited for."""
        cdef int at
        for at in range(self.node_from.at[queue], self.node_from.at[queue + 1]):
            self.left.at[at] = self.waited.at[at] + self.delay.at[queue]
        at = self.more_first.at[queue]
        while at != NONE:
            self.left.at[at] = self.waited.at[at] + self.delay.at[queue]
            at = self.more_next.at[at - self.web.sorted_nodes]

    cdef int note(self, int queue) except -1:
        """Note what was derived for a queue, for who wants to know (`replay.Replay`)."""
        return 0

    cdef bint wait(self, int queue) noexcept nogil:
        """Count what may have been waited for before a queue; return whether that changed."""
        if self.is_narrow:
            return self.wait_narrow(queue)
        cdef int* edges = self.web.edges.at
        cdef int* ends = self.web.edge_from.at
        cdef i64* left = self.left.at
        cdef i64* waited = self.waited.at
        cdef int node = self.node_from.at[queue], last = self.node_from.at[queue + 1], edge = ends[node], before
        cdef i64 longest, found
        cdef bint has_changed = False
        for node in range(node, last):
            longest = 0
            while edge < ends[node + 1]:
                before, found = edges[edge], 0
                if before < NONE:  # so much more
                    edge += 1
                    found, before = NONE - before, edges[edge]
                if before != NONE:
                    found += left[before]
                if found > longest:
                    longest = found
                edge += 1
            if longest != waited[node]:
                waited[node] = longest
                has_changed = True
                if longest >> 50:
                    self.is_too_large = True
        node = self.more_first.at[queue]
        while node != NONE:
            longest = self.longest(node)
            if longest != waited[node]:
                waited[node] = longest
                has_changed = True
                if longest >> 50:
                    self.is_too_large = True
            node = self.more_next.at[node - self.web.sorted_nodes]
        return has_changed

    cdef bint wait_narrow(self, int queue) noexcept nogil:
        """Do the same where there are 32 bits for it.

        Most nodes have one edge, and which of them change nobody can foretell: so all are written, whether or not they differ.
        """
        cdef int* ends = self.web.edge_from.at
        cdef int node = self.node_from.at[queue], last = self.node_from.at[queue + 1], edge = ends[node], before
        cdef int* edges = self.web.edges.at
        cdef unsigned int* left = self.narrow
        cdef i64 longest, found, own = self.delay.at[queue], changed = 0, all_bits = 0
        for node in range(node, last):
            longest = 0
            if edge + 1 == ends[node + 1]:
                before = edges[edge]
                if before >= 0:
                    longest = left[before]
                edge += 1
            while edge < ends[node + 1]:
                before, found = edges[edge], 0
                if before < NONE:  # so much more
                    edge += 1
                    found, before = NONE - before, edges[edge]
                if before != NONE:
                    found += left[before]
                if found > longest:
                    longest = found
                edge += 1
            longest += own
            all_bits |= longest
            changed |= longest ^ <i64>left[node]
            left[node] = <unsigned int>longest
        node = self.more_first.at[queue]
        while node != NONE:
            longest = self.longest(node) + own
            all_bits |= longest
            changed |= longest ^ <i64>left[node]
            left[node] = <unsigned int>longest
            node = self.more_next.at[node - self.web.sorted_nodes]
        if all_bits > MOST_NARROW:
            self.is_too_wide = True
            return False
        return changed != 0

    cdef void leave_narrow(self, int queue, i64 later) noexcept nogil:
        """Let a queue be left so much later at all its nodes."""
        cdef int at
        cdef unsigned int* left = self.narrow
        if not later or self.is_bare:
            return
        for at in range(self.node_from.at[queue], self.node_from.at[queue + 1]):
            if <i64>left[at] + later > MOST_NARROW:
                self.is_too_wide = True
                return
            left[at] = <unsigned int>(<i64>left[at] + later)
        at = self.more_first.at[queue]
        while at != NONE:
            if <i64>left[at] + later > MOST_NARROW:
                self.is_too_wide = True
                return
            left[at] = <unsigned int>(<i64>left[at] + later)
            at = self.more_next.at[at - self.web.sorted_nodes]

    cdef i64 longest(self, int node) noexcept nogil:
        """Return what may have been waited for at a node, as it was left."""
        cdef int edge, before
        cdef i64 found = 0, longest = 0
        for edge in range(self.web.edge_from.at[node], self.web.edge_from.at[node + 1]):
            before = self.web.edges.at[edge]
            if before < NONE:
                found = NONE - before
                continue
            if before != NONE:
                found += self.left_at(before) if self.is_narrow else self.left.at[before]
            longest, found = max(longest, found), 0
        return longest

    cdef i64 left_at(self, int node) noexcept nogil:
        """Return when the queue of a node is left, where there are 32 bits for it."""
        return self.narrow[node]

    cdef bint activate(self) except -1:
        """Let every state that is worse than the known ones join them; return whether there was any."""
        cdef int queue
        cdef bint is_any = False
        if 0 < self.many <= self.web.queues and is_open():
            return self.look_together(True) > 0
        for queue in range(self.web.queues):
            is_any |= self.join(queue, &self.desk)
        return is_any

    cdef int judge_all(self) except -1:
        cdef int middle = self.asked.count // 2
        if not 0 < self.many <= self.asked.count or not is_open():
            return Judge.judge_all(self)
        self.lay(&self.second)
        self.second.solver, self.second.errand.run = <void*>self, _judge_half
        hand_over(&self.second.errand)
        with nogil:
            self.judge_some(0, middle, &self.desk)
            wait_for(self.second.errand.number)
        return 0

    cdef void judge_half(self, Desk* desk) noexcept nogil:
        self.judge_some(self.asked.count // 2, self.asked.count, desk)

    cdef bint join(self, int queue, Desk* desk) noexcept nogil:
        """Let the states of a queue that are worse than the known ones join them; return whether there was any."""
        cdef bint is_due = self.is_news.at[queue] and self.delay.at[queue] < CEILING_NS
        self.is_news.at[queue] = 0
        if not is_due or not self.add_worse(queue, desk):
            return False
        self.is_stale.at[queue] = self.is_dirty.at[queue] = 1
        return True
