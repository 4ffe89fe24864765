"""The fixed point of all queues over a web that has turned to much the same demands: the last iteration, gone through again.

An iteration is told by what it begins with and the order in which queues are looked at. So a queue of which nothing is
different, and before and beside which nothing differs in a sweep from what was there in that sweep the last time, comes to
what it came to then: that is not derived but taken from the trace of the last iteration, and only where somebody asks.
What is found is what an iteration from 0 finds, sweep by sweep (README.md of `delay`, "Replay").
"""

from libc.stdlib cimport free
from libc.string cimport memcmp, memcpy, memset

from intentc.native.grow cimport Ints, add_int, fill_ints, fill_more, i64, make_room
from intentc.native.judge cimport Desk, Verdict
from intentc.native.offers cimport Case, Recipe, Term
from intentc.native.queues cimport Solver
from intentc.native.trace cimport Mark, Out, Trace
from intentc.native.weave cimport Web

cdef enum:
    NONE = -1
    LEFT = 1                 # what has been waited for when a queue is left
    BURST = 2                # what it may bring or send at once
    BACK = 2                 # `is_own`: it had numbers of its own on the way
    WIDEST = 2147483647
    MOST_TIMES = 2           # as much noted of what is served as when all was
    MOST_AFTER = 100         # sweeps after the last one of a trace
    MOST_PARTS = 4           # where three in so many queues are looked at in a sweep, a trace is of no more use


cdef class Replay(Solver):
    """A `queues.Solver` that is quick where a web has turned a little since `known`, the one before, settled; from which it takes the trace."""

    def __init__(self, Web web, line_bps, mtu, Replay known=None):
        Solver.__init__(self, web, line_bps, mtu)
        self.known = known
        self.is_again = known is not None and self.goes_on()
        if self.is_again:
            self.trace, known.trace = known.trace, None
        else:
            self.known, self.trace = None, Trace()
        fill_ints(&self.last, web.queues, NONE)
        fill_ints(&self.is_own, web.queues, 1)
        fill_ints(&self.is_seen, web.queues, 1)
        self.alike = Alike()

    def __dealloc__(self):
        free(self.told)
        free(self.zeros)
        free(self.bounds)
        free(self.is_bounded.at)
        free(self.number_of.at)
        free(self.is_own.at)
        free(self.is_touched.at)
        free(self.is_apart.at)
        free(self.is_seen.at)
        free(self.differs.at)
        free(self.mark.at)
        free(self.after.at)
        free(self.due.at)
        free(self.last.at)
        free(self.old_width.at)
        free(self.before_from.at)
        free(self.before.at)
        free(self.follows_from.at)
        free(self.follows.at)
        free(self.changed_at.at)
        free(self.waited_at.at)

    cdef bint goes_on(self) except -1:
        """Return whether the trace of the one before is one for this web: its queues are in the order that they were in there."""
        cdef Web web = self.web
        cdef Replay known = self.known
        cdef int old, number, last = NONE
        if known.trace is None or not known.trace.is_whole or known.web is not web or not web.is_small:
            return False
        if known.edition + 1 != web.edition:
            return False
        fill_ints(&self.number_of, known.trace.place.count, NONE)
        for old in range(known.trace.place.count):
            number = web.queue_at.at[known.trace.place.at[old]]
            self.number_of.at[old] = number
            if number != NONE:
                if number <= last:
                    return False
                last = number
        return True

    # what is served

    cdef bint keeps(self, int queue) noexcept:
        return self.known is None or not self.web.is_fresh.at[queue]

    def serve(self, rows):
        """See `queues.Solver`. Whoever is served a second time begins at 0."""
        cdef int queue, at
        cdef Replay known = self.known
        if self.sweep:
            self.is_again, self.known = False, None
            self.trace.reset()
            fill_ints(&self.is_own, self.web.queues, 1)
        elif self.is_again and self.is_in_place():
            self.is_active.count = self.menu_from.count = 0
            fill_more(&self.is_active, known.is_active.count)
            for at in range(known.is_active.count):
                self.is_active.at[at] = known.is_active.at[at]
            fill_ints(&self.menu_from, known.menu_from.count, 0)
            fill_ints(&self.menu_end, known.menu_from.count, 0)
            for at in range(known.menu_from.count):
                self.menu_from.at[at], self.menu_end.at[at] = known.menu_from.at[at], known.menu_end.at[at]
        Solver.serve(self, rows)

    cdef bint is_in_place(self) noexcept:
        """Return whether every queue has the number that it had."""
        cdef Py_ssize_t count = self.number_of.count
        return 0 < count == self.web.queues and self.number_of.at[count - 1] == count - 1  # they only grow

    cdef int start(self) except -1:
        cdef Web web = self.web
        self.tell_own()
        if self.is_again:
            self.clear()
            self.find_before()
            self.find_follows()
            self.forget_waits()
            self.find_touched()
            self.known = None
            self.note_served()
            return 0
        Solver.start(self)
        self.find_before()
        self.find_follows()
        self.forget_waits()
        fill_ints(&self.after, web.queues, NONE)
        fill_ints(&self.due, web.queues, NONE)
        fill_ints(&self.old_width, web.queues, 0)
        fill_ints(&self.is_apart, web.queues, 1)
        fill_ints(&self.differs, web.queues, 0)
        self.note_served()
        if not self.trace.place.count:
            self.trace.is_whole = True
            fill_ints(&self.trace.first, web.queues, NONE)
            fill_ints(&self.trace.has_grown, web.queues, 0)
            self.tell_places()
        return 0

    cdef int tell_own(self) except -1:
        """Let what has been waited for be told by each queue itself."""
        cdef int queue
        make_room(<void**>&self.told, &self.told_room, self.web.queues, sizeof(unsigned int*))
        for queue in range(self.web.queues):
            self.told[queue] = self.narrow
        return 0

    cdef int widen(self) except -1:
        """See `queues.Solver`. A trace has no room for what is waited for so long."""
        self.trace.reset()
        self.is_patch = self.is_quiet = False
        fill_ints(&self.is_own, self.web.queues, 1)
        return Solver.widen(self)

    cdef int note_served(self) noexcept:
        """Note how much it takes to tell what all queues are served."""
        self.served_recipes, self.served_states = self.recipe_count, self.menu_change.count
        return 0

    cdef int tell_places(self) except -1:
        """Note which queues the trace is about."""
        cdef Web web = self.web
        cdef int queue
        fill_ints(&self.trace.place, web.queues, 0)
        fill_ints(&self.trace.width, web.queues, 0)
        for queue in range(web.queues):
            self.trace.place.at[queue] = web.queue_port.at[queue] * web.groups + web.queue_group.at[queue]
            self.trace.width.at[queue] = self.width_of(queue)
        self.edition, self.layout, self.gathering = web.edition, web.layout, web.gathering
        return 0

    cdef int find_before(self) except -1:
        """Find the queues before each."""
        cdef int queue, at, count = self.web.queues
        cdef int* begins
        fill_ints(&self.before_from, count + 1, 0)
        fill_ints(&self.before, self.next.count, 0)
        begins = self.before_from.at
        for at in range(self.next.count):
            begins[self.next.at[at] + 1] += 1
        for queue in range(count):
            begins[queue + 1] += begins[queue]
        for queue in range(count):
            for at in range(self.next_from.at[queue], self.next_from.at[queue + 1]):
                self.before.at[begins[self.next.at[at]]] = queue
                begins[self.next.at[at]] += 1
        for queue in range(count, 0, -1):
            begins[queue] = begins[queue - 1]
        begins[0] = 0
        return 0

    cdef int find_follows(self) except -1:
        """Find the queues that packets at each sorted node go on to, as far as their nodes are sorted too."""
        cdef Web web = self.web
        cdef int node, edge, before, count = <int>web.sorted_nodes
        cdef int* begins
        fill_ints(&self.follows_from, count + 1, 0)
        begins = self.follows_from.at
        for edge in range(web.edge_from.at[count]):
            if web.edges.at[edge] >= 0:
                begins[web.edges.at[edge] + 1] += 1
        for node in range(count):
            begins[node + 1] += begins[node]
        fill_ints(&self.follows, begins[count], 0)
        for node in range(count):
            for edge in range(web.edge_from.at[node], web.edge_from.at[node + 1]):
                before = web.edges.at[edge]
                if before >= 0:
                    self.follows.at[begins[before]] = web.node_queue.at[node]
                    begins[before] += 1
        for node in range(count, 0, -1):
            begins[node] = begins[node - 1]
        begins[0] = 0
        return 0

    cdef int forget_waits(self) except -1:
        """Take it that nobody has counted yet what has been waited for before any queue."""
        self.clock = 0
        fill_ints(&self.changed_at, self.web.queues, 0)
        return fill_ints(&self.waited_at, self.web.queues, NONE)

    cdef int find_touched(self) except -1:
        """Let each queue begin with its first mark, but those whose streams, service or states are others than before."""
        cdef Web web = self.web
        cdef Trace trace = self.trace
        cdef int queue, old, count
        cdef Ints first = trace.first
        trace.first = Ints(NULL, 0, 0)
        try:
            fill_ints(&trace.first, web.queues, NONE)
            fill_ints(&self.after, web.queues, NONE)
            fill_ints(&self.due, web.queues, NONE)
            fill_ints(&self.old_width, web.queues, 0)
            fill_ints(&self.mark, web.queues, NONE)
            fill_ints(&self.is_touched, web.queues, 1)
            fill_ints(&self.is_apart, web.queues, 1)
            fill_ints(&self.differs, web.queues, LEFT | BURST)
            for old in range(self.number_of.count):
                queue = self.number_of.at[old]
                if queue == NONE:
                    continue
                self.after.at[queue] = NONE if web.is_fresh.at[queue] else first.at[old]  # its nodes may be others
                count = self.width_of(queue)
                self.old_width.at[queue] = min(trace.width.at[old], count)
                if (
                    web.is_fresh.at[queue] or trace.has_grown.at[old] or first.at[old] == NONE
                    or trace.width.at[old] != count or not self.is_served_alike(queue, self.known, self.known.served(old))
                ):
                    continue
                self.is_touched.at[queue] = self.is_apart.at[queue] = self.differs.at[queue] = 0
                trace.first.at[queue] = first.at[old]
            fill_ints(&trace.has_grown, web.queues, 0)
            self.tell_places()
            for queue in range(web.queues):
                self.is_own.at[queue] = self.is_dirty.at[queue] = self.is_touched.at[queue]
                self.is_news.at[queue] = 0
        finally:
            free(first.at)
        return 0

    cdef bint is_served_alike(self, int queue, Replay known, Served old) noexcept:
        """Return whether a queue is offered what it was, in states that count as they did."""
        cdef int at, by, first = self.menu_from.at[queue], count = self.menu_end.at[queue] - first
        if old.menu_end - old.menu_from != count or not self.has_case(queue, &old):
            return False
        by = old.menu_from - first
        for at in range(first, first + count):
            if self.is_active.at[at] != known.is_active.at[at + by]:
                return False
            if self.menu_dish.at[at] - self.dish_from.at[queue] != known.menu_dish.at[at + by] - old.dish_from:
                return False
        return self.has_dishes(queue, known, &old)

    cdef bint has_case(self, int queue, Served* old) noexcept:
        cdef Case* case = &self.cases[queue]
        cdef Case* before = &old.case
        return self.is_limited.at[queue] == old.is_limited and not (
            case.most_ns != before.most_ns or case.least_bytes != before.least_bytes or case.bursts != before.bursts
            or case.queue_bytes != before.queue_bytes or case.mtu != before.mtu or case.hold_us != before.hold_us
            or case.is_held != before.is_held or case.drops_early != before.drops_early
        )

    cdef bint has_dishes(self, int queue, Replay known, Served* old) noexcept:
        """Return whether a queue is served the same, in whatever states."""
        cdef int at, row, by, count
        cdef Recipe* one
        cdef Recipe* other
        count, by = self.dish_end.at[queue] - self.dish_from.at[queue], old.dish_from - self.dish_from.at[queue]
        if old.dish_end - old.dish_from != count:
            return False
        for at in range(self.dish_from.at[queue], self.dish_from.at[queue] + count):
            row = self.dish_recipes.at[at]
            if self.dish_recipes_end.at[at] - row != known.dish_recipes_end.at[at + by] - known.dish_recipes.at[at + by]:
                return False
            for row in range(row, self.dish_recipes_end.at[at]):
                one, other = &self.recipes[row], &known.recipes[row - self.dish_recipes.at[at] + known.dish_recipes.at[at + by]]
                if one.rate != other.rate or one.left != other.left or one.ahead != other.ahead or one.extra != other.extra:
                    return False
                if not self.has_terms_of(one, other, known):
                    return False
        return True

    cdef bint has_terms_of(self, Recipe* one, Recipe* other, Replay known) noexcept:
        cdef Term* mine
        cdef Term* its
        cdef int at, queue
        if one.terms_end - one.terms != other.terms_end - other.terms:
            return False
        for at in range(one.terms_end - one.terms):
            mine, its = &self.terms[one.terms + at], &known.terms[other.terms + at]
            if mine.is_leaving != its.is_leaving or mine.least != its.least:
                return False
            queue = its.queue
            if queue != NONE and known is not self:
                queue = self.number_of.at[queue]
            if mine.queue != queue:
                return False
        return True

    cdef Served served(self, int queue) noexcept:
        """Return by what a queue is served now."""
        cdef Served found
        found.menu_from, found.menu_end = self.menu_from.at[queue], self.menu_end.at[queue]
        found.dish_from, found.dish_end = self.dish_from.at[queue], self.dish_end.at[queue]
        found.is_limited, found.case = self.is_limited.at[queue], self.cases[queue]
        return found

    # the next iteration over the same web, which has turned a little

    def turn(self, line_bps, mtu):
        """Go on with the web as it has turned since this was settled, to be served by `serve_few`. Return False, and stay as it is, where

        another one is to be made: queues are others, all was laid in order, or there is no trace.
        """
        cdef Web web = self.web
        cdef Trace trace = self.trace
        if trace is None or not trace.is_whole or not web.is_finished or not web.is_small or web.is_too_large or self.is_too_large:
            return False
        if self.edition + 1 != web.edition or self.layout != web.layout or self.gathering != web.gathering:
            return False
        if len(line_bps) != web.routes.ports or 2 * len(mtu) != web.routes.ports:
            raise ValueError
        if MOST_TIMES * self.served_recipes < self.recipe_count or MOST_TIMES * self.served_states < self.menu_change.count:
            return False  # most of what is noted is of no use any more
        self.is_again, self.known, self.looks = True, None, 0
        self.find_places(line_bps, mtu, True)
        self.add_nodes()
        return True

    cdef int add_nodes(self) except -1:
        """Take up the nodes that are new."""
        cdef Web web = self.web
        cdef int node, queue, edge, last, before
        cdef bint is_new = False
        make_room(<void**>&self.narrow, &self.narrow_room, web.node_queue.count, sizeof(unsigned int))
        self.tell_own()
        for node in range(<int>(web.sorted_nodes + self.more_next.count), <int>web.node_queue.count):
            queue = web.node_queue.at[node]
            self.narrow[node] = 0
            add_int(&self.more_next, NONE)
            last = self.more_first.at[queue]
            if last == NONE:
                self.more_first.at[queue] = node
            else:
                while self.more_next.at[last - web.sorted_nodes] != NONE:
                    last = self.more_next.at[last - web.sorted_nodes]
                self.more_next.at[last - web.sorted_nodes] = node
            for edge in range(web.edge_from.at[node], web.edge_from.at[node + 1]):
                before = web.edges.at[edge]
                if before >= 0 and not self.is_next(web.node_queue.at[before], queue):
                    is_new = True
        if is_new:
            self.find_next()
            self.find_before()
        return 0

    cdef bint is_next(self, int before, int queue) noexcept:
        cdef int at
        for at in range(self.next_from.at[before], self.next_from.at[before + 1]):
            if self.next.at[at] == queue:
                return True
        return False

    def serve_few(self, queues, rows):
        """Say what some queues are served from now on, as `serve` does, all those among them at which anything is due; all others keep theirs."""
        cdef Web web = self.web
        cdef Served old
        cdef int queue, at
        cdef list numbers = list(queues)
        if not self.is_again or self.known is not None or len(numbers) != len(rows):
            raise ValueError
        fill_ints(&self.is_touched, web.queues, 0)
        fill_ints(&self.is_own, web.queues, 0)
        for queue in range(web.queues):
            if web.is_fresh.at[queue]:
                self.is_touched.at[queue] = 1
                self.forget_bound(queue)
        for number, row in zip(numbers, rows):
            queue = number
            if not 0 <= queue < web.queues:
                raise IndexError(queue)
            old = self.served(queue)
            self.put(queue, row)
            self.is_limited.at[queue] = web.is_open.at[queue] > 0
            self.is_stale.at[queue] = self.is_own.at[queue] = 1
            if not web.is_fresh.at[queue]:
                self.note_hints(row[4])
                self.count_on(queue, &self.is_active, old.menu_from, old.menu_end - old.menu_from)
                self.is_touched.at[queue] = not self.is_served_alike(queue, self, old)
                if self.is_touched.at[queue]:
                    self.forget_bound(queue)
            elif self.counts_as_before(queue, &old):
                self.is_touched.at[queue] = 0
            else:
                self.note_hints(row[4])
                self.choose(queue)
            if self.is_limited.at[queue]:
                for at in range(self.menu_from.at[queue], self.menu_end.at[queue]):
                    self.is_active.at[at] = 1
        self.begin_again()
        self.touch()

    cdef void forget_bound(self, int queue) noexcept:
        """Take a bound as another one, whatever it comes to: what is said of its states, or of who comes, may be."""
        if queue < self.is_bounded.count:
            self.is_bounded.at[queue] = 0

    cdef bint counts_as_before(self, int queue, Served* old) except -1:
        """Let the states count at a queue that did before it was finished anew; return whether the same comes in all of them, and is served the same.

        Another state may be worse by now: that is looked at in the end (`activate`), and where none is nothing of it tells.
        """
        cdef Web web = self.web
        cdef int at, found
        if (
            self.is_limited.at[queue] or not self.has_case(queue, old) or not self.has_dishes(queue, self, old)
            or not self.alike.normally(web, &web.blocks[queue], &web.was[queue])
        ):
            return False
        for at in range(old.menu_from, old.menu_end):
            if self.is_active.at[at]:
                found = self.counting_like(queue, at, old)
                if found == NONE:
                    return False
                self.is_active.at[found] = 1
        return True

    cdef int counting_like(self, int queue, int at, Served* old) except -2:
        """Return the place on the menu of a queue that is the same as one of before, NONE where there is none."""
        cdef Web web = self.web
        cdef int row, change = self.menu_change.at[at], other
        for row in range(self.menu_from.at[queue], self.menu_end.at[queue]):
            other = self.menu_change.at[row]
            if self.menu_dish.at[row] - self.dish_from.at[queue] != self.menu_dish.at[at] - old.dish_from:
                continue
            if (change == NONE) != (other == NONE):
                continue
            if change == NONE or self.alike.after(
                web, &web.blocks[queue], &web.changes[other], &web.was[queue], &web.changes[change]
            ):
                return row
        return NONE

    cdef int begin_again(self) except -1:
        """Begin at 0, of which nobody takes note until a queue is looked at, or one beside or behind it (`see`)."""
        cdef Web web = self.web
        cdef int queue
        cdef Py_ssize_t widest = 0
        self.sweep = 0
        self.is_patch = True
        for queue in range(web.queues):
            widest = max(widest, self.node_from.at[queue + 1] - self.node_from.at[queue])
        make_room(<void**>&self.zeros, &self.zeros_room, widest, sizeof(unsigned int))
        memset(self.zeros, 0, widest * sizeof(unsigned int))
        fill_ints(&self.is_seen, web.queues, 0)
        fill_ints(&self.is_overflowing, web.queues, 0)
        fill_ints(&self.is_moved, web.queues, 0)
        return self.forget_waits()

    cdef void see(self, int queue) noexcept:
        """Let a queue begin at 0."""
        cdef int node = self.more_first.at[queue], first = self.node_from.at[queue]
        self.is_seen.at[queue] = 1
        self.delay.at[queue] = self.has_burst.at[queue] = 0
        self.most[queue] = self.size[queue] = 0
        self.arriving[queue] = self.leaving[queue] = 0.0
        self.told[queue] = self.zeros - first
        if self.is_apart.at[queue]:
            self.have_told(queue)
        while node != NONE:
            self.narrow[node] = 0
            node = self.more_next.at[node - self.web.sorted_nodes]

    cdef void have_told(self, int queue) noexcept:
        """Let a queue tell itself what is told of it."""
        cdef int first = self.node_from.at[queue]
        if self.told[queue] != self.narrow:
            memcpy(&self.narrow[first], &self.told[queue][first], (self.node_from.at[queue + 1] - first) * sizeof(unsigned int))
            self.told[queue] = self.narrow

    cdef int touch(self) except -1:
        """Let each queue begin with its first mark, but those whose streams, service or states are others than before (`find_touched`)."""
        cdef Web web = self.web
        cdef Trace trace = self.trace
        cdef int queue, count
        fill_ints(&self.mark, web.queues, NONE)
        fill_ints(&self.due, web.queues, NONE)
        for queue in range(web.queues):
            count = self.width_of(queue)
            self.after.at[queue] = trace.first.at[queue]
            self.old_width.at[queue] = min(trace.width.at[queue], count)
            if trace.has_grown.at[queue] or trace.first.at[queue] == NONE or trace.width.at[queue] != count:
                self.is_touched.at[queue] = 1
            if self.is_touched.at[queue]:
                trace.first.at[queue] = self.last.at[queue] = NONE
                self.is_own.at[queue] = self.is_stale.at[queue] = 1
            self.is_apart.at[queue] = self.is_dirty.at[queue] = self.is_touched.at[queue]
            self.differs.at[queue] = LEFT | BURST if self.is_touched.at[queue] else 0
            self.is_news.at[queue] = web.is_fresh.at[queue]
        fill_ints(&trace.has_grown, web.queues, 0)
        self.tell_places()
        return 0

    # the iteration

    cdef int iterate(self) except -1:
        if self.is_again:
            self.is_again = False
            self.follow()
        else:
            Solver.iterate(self)
        return 0

    cdef bint wait_narrow(self, int queue) noexcept nogil:
        """See `queues.Solver`. Each queue before is asked for what is told of it, by itself or by the trace."""
        cdef int* ends = self.web.edge_from.at
        cdef int* edges = self.web.edges.at
        cdef int* queues = self.web.node_queue.at
        cdef unsigned int** told = self.told
        cdef unsigned int* own = self.narrow
        cdef i64* delay = self.delay.at
        cdef i64 longest, found, changed = 0, all_bits = 0
        cdef int node = self.node_from.at[queue], last = self.node_from.at[queue + 1], edge = ends[node], before, few = <int>self.web.sorted_nodes
        for node in range(node, last):
            longest = 0
            while edge < ends[node + 1]:
                before, found = edges[edge], 0
                if before < NONE:  # so much more
                    edge += 1
                    found, before = NONE - before, edges[edge]
                if before != NONE:
                    found += <i64>(own if before >= few else told[queues[before]])[before] + delay[queues[before]]
                longest = max(longest, found)
                edge += 1
            all_bits |= longest
            changed |= longest ^ <i64>own[node]
            own[node] = <unsigned int>longest
        node = self.more_first.at[queue]
        while node != NONE:
            longest = self.longest(node)
            all_bits |= longest
            changed |= longest ^ <i64>own[node]
            own[node] = <unsigned int>longest
            node = self.more_next.at[node - few]
        if all_bits > WIDEST:
            self.is_too_wide = True
            return False
        return changed != 0

    cdef i64 left_at(self, int node) noexcept nogil:
        cdef int queue = self.web.node_queue.at[node]
        return <i64>(self.narrow if node >= self.web.sorted_nodes else self.told[queue])[node] + self.delay.at[queue]

    cdef int follow(self) except -1:
        """Go through the sweeps of the last iteration, and look where something may differ; then go on until all is at rest."""
        cdef int queue, count, sweeps = self.trace.sweeps
        self.is_moving = self.is_quiet = True
        while self.sweep <= sweeps or (self.is_moving and self.sweep < sweeps + MOST_AFTER):
            self.is_moving = False
            self.sweep += 1
            count = 0
            for queue in range(self.web.queues):
                if self.is_dirty.at[queue]:
                    self.is_dirty.at[queue] = 0
                    self.look(queue)
                    count += 1
            self.looks += count
            if self.is_too_large or self.is_too_wide:
                return 0
            if MOST_PARTS * count > 3 * self.web.queues:
                self.is_moving = True
                break
        self.is_quiet = False
        self.end(not self.is_moving)
        if self.is_moving:
            if self.trace.is_whole:
                self.trace.gather()  # all that follows is told once more
                self.find_last()
            Solver.iterate(self)
        return 0

    cdef int look(self, int queue) except -1:
        """See whether what a queue follows from is what it was in this sweep the last time, and derive it where it is not."""
        cdef int at, row, other, newest = NONE, differing = 0, sweep = self.sweep, mark
        cdef bint has_changed
        cdef i64 delay
        if not self.is_seen.at[queue]:
            self.see(queue)
        for at in range(self.before_from.at[queue], self.before_from.at[queue + 1]):
            other = self.before.at[at]
            if self.due.at[other] <= (sweep if other < queue else sweep - 1):
                self.come(other, sweep if other < queue else sweep - 1)
            differing |= self.differs.at[other] & LEFT
            newest = max(newest, self.changed_at.at[other])
        for at in range(self.dish_recipes.at[self.dish_from.at[queue]], self.dish_recipes_end.at[self.dish_end.at[queue] - 1]):
            for row in range(self.recipes[at].terms, self.recipes[at].terms_end):
                other = self.terms[row].queue
                if other != NONE:
                    self.come(other, sweep if other < queue else sweep - 1)
                    differing |= self.differs.at[other] & BURST
        if not self.is_apart.at[queue]:
            if not differing:
                return 0
            self.come(queue, sweep - 1)
            self.count_waits(queue)
            at = self.after.at[queue]
            if at == NONE or self.trace.marks[at].sweep > sweep:
                at = self.mark.at[queue]
            if not differing & BURST and self.has_waited(queue, at):
                self.come(queue, sweep)
                return 0
            self.leave(queue)
            has_changed = True
        else:
            has_changed = newest > self.waited_at.at[queue] and self.count_waits(queue)
        mark = self.mark.at[queue]
        self.come(queue, sweep)
        if not self.is_touched.at[queue] and not differing & BURST and (not differing or self.has_waited(queue, self.mark.at[queue])):
            return self.rejoin(queue)
        if has_changed or self.is_stale.at[queue]:
            self.refresh(queue)
            delay = self.delay.at[queue]
            if self.derive(queue, has_changed, &self.desk):
                self.note(queue)
            self.is_stale.at[queue] = 0
            if has_changed or self.delay.at[queue] != delay:
                self.tell_change(queue)
            mark = NONE
        self.is_dirty.at[queue] = 1
        if mark == NONE or mark != self.mark.at[queue]:
            self.differs.at[queue] = self.compare(queue)
        if self.differs.at[queue] & LEFT:
            self.ask_next(queue)
        if self.differs.at[queue] & BURST:
            for at in range(self.beside_from.at[queue], self.beside_end.at[queue]):
                self.is_dirty.at[self.beside.at[at]] = 1
        return 0

    cdef bint count_waits(self, int queue) noexcept:
        """Count what has been waited for before a queue, as it is now; return whether that changed."""
        self.waited_at.at[queue] = self.clock
        return self.wait(queue)

    cdef void tell_change(self, int queue) noexcept:
        """Note that something else has been waited for when a queue is left than up to now."""
        self.clock += 1
        self.changed_at.at[queue] = self.clock

    cdef void ask_next(self, int queue) noexcept:
        """Have those looked at whose nodes follow from what differs at a queue; of nodes that are not sorted that is not known."""
        cdef int mark = self.mark.at[queue], first = self.node_from.at[queue], at, row, other, count
        cdef bint is_all = mark == NONE or self.trace.outs[self.trace.marks[mark].out].delay != self.delay.at[queue]
        cdef unsigned int* waits
        for at in range(self.next_from.at[queue], self.next_from.at[queue + 1]):
            other = self.next.at[at]
            if is_all or self.more_first.at[other] != NONE:
                self.is_dirty.at[other] = 1
        if is_all:
            return
        waits = <unsigned int*>&self.trace.waits.at[self.trace.marks[mark].row]
        count = min(self.node_from.at[queue + 1] - first, self.old_width.at[queue])
        for at in range(count):
            if self.narrow[first + at] != waits[at]:
                for row in range(self.follows_from.at[first + at], self.follows_from.at[first + at + 1]):
                    self.is_dirty.at[self.follows.at[row]] = 1

    cdef void come(self, int queue, int sweep) noexcept:
        """Come to the mark of a sweep; a queue that is not apart takes what it tells."""
        cdef int at = self.after.at[queue]
        if self.due.at[queue] > sweep:
            return
        if not self.is_seen.at[queue]:
            self.see(queue)
        if at == NONE or self.trace.marks[at].sweep > sweep:
            self.note_due(queue)
            return
        while at != NONE and self.trace.marks[at].sweep <= sweep:
            self.mark.at[queue] = at
            at = self.trace.marks[at].next
        self.after.at[queue] = at
        self.note_due(queue)
        if not self.is_apart.at[queue]:
            self.take(queue)

    cdef void note_due(self, int queue) noexcept:
        """Note in which sweep the next mark of a queue comes."""
        self.due.at[queue] = WIDEST if self.after.at[queue] == NONE else self.trace.marks[self.after.at[queue]].sweep

    cdef void take(self, int queue) noexcept:
        """Take what the mark of now tells."""
        cdef Mark* mark = &self.trace.marks[self.mark.at[queue]]
        cdef Out* out = &self.trace.outs[mark.out]
        cdef int at = self.node_from.at[queue + 1], node = self.more_first.at[queue]
        cdef unsigned int* row = self.row_of(queue)
        if row != self.told[queue] or out.delay != self.delay.at[queue]:
            self.tell_change(queue)
        self.told[queue] = row
        while node != NONE:  # who takes from the trace has no more nodes than that has
            self.narrow[node] = self.told[queue][at]
            at += 1
            node = self.more_next.at[node - self.web.sorted_nodes]
        self.delay.at[queue], self.size[queue] = out.delay, out.size
        if (
            out.has_burst != self.has_burst.at[queue] or out.arriving != self.arriving[queue] or out.leaving != self.leaving[queue]
        ):
            self.has_burst.at[queue], self.arriving[queue], self.leaving[queue] = out.has_burst, out.arriving, out.leaving
            for at in range(self.beside_from.at[queue], self.beside_end.at[queue]):
                self.is_stale.at[self.beside.at[at]] = 1

    cdef unsigned int* row_of(self, int queue) noexcept:
        """Return where the mark of now tells what has been waited for at a queue, to be asked by the numbers of its sorted nodes."""
        return <unsigned int*>self.trace.waits.at + self.trace.marks[self.mark.at[queue]].row - self.node_from.at[queue]

    cdef int leave(self, int queue) noexcept:
        """Let a queue have numbers of its own from now on; what has been waited for there it has."""
        cdef int last = self.mark.at[queue]
        self.told[queue] = self.narrow
        self.last.at[queue] = last
        if last == NONE:
            self.trace.first.at[queue] = NONE
        else:
            self.trace.marks[last].next = NONE
        self.is_apart.at[queue] = self.is_own.at[queue] = self.is_stale.at[queue] = self.is_news.at[queue] = 1
        self.is_moving = True
        return 0

    cdef int rejoin(self, int queue) except -1:
        """Let a queue be again what it was in this sweep the last time."""
        cdef Mark made = self.trace.marks[self.mark.at[queue]]
        made.sweep, made.next = self.sweep, self.after.at[queue]
        self.mark.at[queue] = self.trace.add(self.last.at[queue], made)
        if self.last.at[queue] == NONE:
            self.trace.first.at[queue] = self.mark.at[queue]
        self.is_apart.at[queue] = self.differs.at[queue] = 0
        if not self.web.is_fresh.at[queue]:  # as all is that it follows from, no other state is worse than it was
            self.is_own.at[queue], self.is_news.at[queue] = BACK, 0
        self.take(queue)
        self.is_moving = True
        return 0

    cdef bint has_waited(self, int queue, int mark) noexcept:
        """Return whether what is waited for at a queue is what a mark tells."""
        cdef int first = self.node_from.at[queue], count, node
        cdef unsigned int* waits
        if mark == NONE:
            return False
        waits = <unsigned int*>&self.trace.waits.at[self.trace.marks[mark].row]
        count = min(self.node_from.at[queue + 1] - first, self.old_width.at[queue])
        if memcmp(&self.narrow[first], waits, count * sizeof(unsigned int)):
            return False
        node = self.more_first.at[queue]
        while node != NONE and count < self.old_width.at[queue]:
            if self.narrow[node] != waits[count]:
                return False
            count += 1
            node = self.more_next.at[node - self.web.sorted_nodes]
        return True

    cdef int compare(self, int queue) noexcept:
        """Return by what a queue differs from the mark of now."""
        cdef int mark = self.mark.at[queue], found = 0
        cdef Out* out
        if mark == NONE:
            return LEFT | BURST
        out = &self.trace.outs[self.trace.marks[mark].out]
        if out.has_burst != self.has_burst.at[queue] or out.arriving != self.arriving[queue] or out.leaving != self.leaving[queue]:
            found = BURST
        if out.delay != self.delay.at[queue] or not self.has_waited(queue, mark):
            found |= LEFT
        return found

    cdef int end(self, bint is_at_rest) except -1:
        """Let all queues have their numbers; where all is not at rest, let each be looked at again."""
        cdef int queue
        for queue in range(self.web.queues):
            if not self.is_apart.at[queue]:
                if self.is_seen.at[queue] or not is_at_rest:
                    self.come(queue, self.sweep)
                    self.have_told(queue)
                    self.last.at[queue] = self.mark.at[queue]
                    self.is_stale.at[queue] = 1  # of its service nothing was told
                if not self.is_patch or self.is_own.at[queue] or not is_at_rest:
                    self.refresh(queue)  # all others are as they were when the last one ended
                if not is_at_rest:
                    self.leave(queue)
            self.is_dirty.at[queue] = self.is_moved.at[queue] = not is_at_rest
        return 0

    cdef int note(self, int queue) except -1:
        """Add a mark of what was derived."""
        cdef Trace trace = self.trace
        cdef int last = self.last.at[queue]
        cdef Mark made
        cdef Out out
        self.is_own.at[queue] = 1
        if not trace.is_whole:
            return 0
        out.delay, out.size, out.has_burst = self.delay.at[queue], self.size[queue], self.has_burst.at[queue]
        out.arriving, out.leaving = self.arriving[queue], self.leaving[queue]
        made.sweep, made.next, made.row, made.out = self.sweep, NONE, self.add_waits(queue), trace.add_out(&out, last)
        if last != NONE and made.row == trace.marks[last].row and made.out == trace.marks[last].out:
            return 0
        self.last.at[queue] = trace.add(last, made)
        if last == NONE:
            trace.first.at[queue] = self.last.at[queue]
        return 0

    cdef int width_of(self, int queue) noexcept:
        """Return how many nodes a queue has."""
        cdef int count = self.node_from.at[queue + 1] - self.node_from.at[queue], node = self.more_first.at[queue]
        while node != NONE:
            count += 1
            node = self.more_next.at[node - self.web.sorted_nodes]
        return count

    cdef int add_waits(self, int queue) except -1:
        """Return where the trace tells what is waited for at a queue: where its last mark does, if that is the same."""
        cdef Trace trace = self.trace
        cdef int first = self.node_from.at[queue], count = self.node_from.at[queue + 1] - first, width = self.width_of(queue), node
        cdef Py_ssize_t row
        cdef int* before = trace.waits.at
        if self.last.at[queue] != NONE:
            row, node = trace.marks[self.last.at[queue]].row, self.more_first.at[queue]
            if not memcmp(&self.narrow[first], &before[row], count * sizeof(int)):
                row += count
                while node != NONE and self.narrow[node] == <unsigned int>before[row]:
                    row += 1
                    node = self.more_next.at[node - self.web.sorted_nodes]
                if node == NONE:
                    return <int>(row - width)
        row, node = trace.waits.count, self.more_first.at[queue]
        fill_more(&trace.waits, width)
        if trace.waits.at != before:
            self.tell_again()
        memcpy(&trace.waits.at[row], &self.narrow[first], count * sizeof(int))
        row += count
        while node != NONE:
            trace.waits.at[row] = <int>self.narrow[node]
            row += 1
            node = self.more_next.at[node - self.web.sorted_nodes]
        if trace.is_large():
            trace.is_whole = False  # who goes through it now still may
        return <int>(row - width)

    cdef int tell_again(self) noexcept:
        """Let what is told by the trace be told where that has gone to."""
        cdef int queue
        for queue in range(self.web.queues):
            if self.told[queue] != self.narrow and self.mark.at[queue] != NONE:
                self.told[queue] = self.row_of(queue)
        return 0

    cdef bint add_worse(self, int queue, Desk* desk) noexcept nogil:
        if not Solver.add_worse(self, queue, desk):
            return False
        self.trace.has_grown.at[queue] = 1
        return True

    def settle(self):
        """See `queues.Solver`."""
        if self.others is None:
            self.is_bounded.count = 0  # nobody asked what the last one came to, so it is not known
        self.others = None
        found = Solver.settle(self)
        if self.trace.is_whole and self.trace.is_loose():
            self.trace.gather()
            self.find_last()
        if found is None or found or not self.trace.is_whole:
            self.trace.reset()
        return found

    cdef int find_last(self) noexcept:
        """Find the last mark of each queue."""
        cdef int queue, at
        for queue in range(self.web.queues):
            at = self.last.at[queue] = self.trace.first.at[queue]
            while at != NONE:
                self.last.at[queue] = at
                at = self.trace.marks[at].next
        return 0

    def bound_trace(self, int most):
        """Let the trace tell of no more waits than so many; return how many it tells of."""
        self.trace.most = most
        return self.trace.waits.count

    def changed(self):
        """Return the queues whose bounds or worst states may be others than what the one before came to: all, where there was none."""
        cdef int queue
        if self.others is None:
            self.others = []
            make_room(<void**>&self.bounds, &self.bounds_room, self.web.queues, sizeof(Verdict))
            if not self.is_bounded.count:
                fill_ints(&self.is_bounded, self.web.queues, 0)
            for queue in range(self.web.queues):
                if self.is_own.at[queue] and self.is_own.at[queue] != BACK and self.is_other(queue):
                    self.others.append(queue)
        return list(self.others)

    cdef bint is_other(self, int queue) except -1:
        """Note the bound of a queue; return whether it may be another one than what was noted last."""
        cdef Verdict own, known = self.bounds[queue]
        cdef bint is_known = self.is_bounded.at[queue] and not self.trace.has_grown.at[queue]
        self.judge(queue, &own, &self.desk)
        self.bounds[queue], self.is_bounded.at[queue] = own, 1
        return not is_known or (
            own.delay != known.delay or own.backlog != known.backlog or own.limit != known.limit or own.leaving != known.leaving
            or own.has_burst != known.has_burst or own.basis != known.basis
        )
