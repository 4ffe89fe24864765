"""The fixed point of all queues: the twin is `delay.solve`, over `arrivals`, `servers`, `verdicts` and `curves` beside it.

The same steps in the same order, over arrays: what they mean is said there. Bits count in nanobits, of 128 bits.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdlib cimport free
from libc.string cimport memset

from intentc.native.aside cimport add_shared, hand_over, is_open, take_flag, wait_for, write_flag
from intentc.native.grow cimport Ints, Longs, add_int, add_long, fill_ints, fill_longs, i64, make_room
from intentc.native.streams cimport Change, Growth, Stream
from intentc.native.weave cimport Web
from intentc.native.wide cimport as_integer, ceil_div, floor_div, i128, of_halves, on_grid

cdef enum:
    NONE = -1
    PROVED = 0
    QUEUE_LIMIT = 1
    ASSUMED = 2
    MOST_LIKELY = 3
    MEASURES = 7             # by which a state may be the worst
    MOST_AT_A_TIME = 32      # queues that a CPU takes where two share them
    TURNS = 64               # in so many parts at least, if there are as many queues
    SMALL = 49               # rates, and their sums at a queue, have so many bits at most

cdef i64 MOST_NARROW = 4294967295
cdef i64 CEILING_NS = 1000000000
cdef i64 BITS = 8000000000
cdef i128 LARGE_BURST = <i128>1 << 76
cdef i64 LARGE_DELAY = <i64>1 << 40


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


cdef inline i128 _brought(Stream* own, unsigned int* narrow, i64* waited, i64 delay) noexcept nogil:
    """Return what a stream may bring at once to a queue that takes so long itself; `narrow`: when that is left, NULL where `waited` is told."""
    return <i128>own.burst * <i128>BITS + <i128>own.rate * <i128>(<i64>narrow[own.node] - delay if narrow else waited[own.node])


cdef void _take_turns(void* of) noexcept nogil:
    cdef Desk* desk = <Desk*>of
    (<Solver>desk.solver).take_turns(desk)


cdef void _clear(Desk* desk) noexcept:
    free(desk.bends)
    free(desk.bursts)
    free(desk.rates)
    free(desk.known_bursts)
    free(desk.known_rates)


cdef class Solver:
    """Over a web that is finished; `line_bps` by port, `mtu` by link (bytes). Where there are so `many` queues to look at another CPU helps (0: never).

    `serve` says what all queues are served, `settle` finds the delays then, `bounds` tells them.
    """

    def __init__(self, Web web, line_bps, mtu, many=0):
        self.web, self.many = web, many if type(self) is Solver else 0
        if len(line_bps) != web.routes.ports or 2 * len(mtu) != web.routes.ports or not web.is_finished:
            raise ValueError
        self.is_too_large = web.is_too_large
        self.find_places(line_bps, mtu, False)
        self.find_nodes()
        self.find_next()
        self.is_alone = self.is_narrow = type(self) is Solver  # a trace tells of what has been waited for by itself
        if self.is_narrow:
            make_room(<void**>&self.narrow, &self.narrow_room, web.node_queue.count, sizeof(unsigned int))
        else:
            fill_longs(&self.waited, web.node_queue.count, 0)
        fill_ints(&self.is_limited, web.queues, 0)
        for at in range(web.queues):
            self.is_limited.at[at] = web.is_open.at[at] > 0
        make_room(<void**>&self.most, &self.most_room, web.queues, sizeof(i128))
        make_room(<void**>&self.size, &self.size_room, web.queues, sizeof(i128))
        make_room(<void**>&self.arriving, &self.arriving_room, web.queues, sizeof(double))
        make_room(<void**>&self.leaving, &self.leaving_room, web.queues, sizeof(double))

    def __dealloc__(self):
        free(self.line_bps.at)
        free(self.most_at_once)
        free(self.base)
        free(self.base_bps.at)
        free(self.node_from.at)
        free(self.more_first.at)
        free(self.more_next.at)
        free(self.next.at)
        free(self.is_moved.at)
        free(self.left.at)
        free(self.narrow)
        free(self.next_from.at)
        free(self.waited.at)
        free(self.menu_from.at)
        free(self.menu_end.at)
        free(self.dish_end.at)
        free(self.dish_recipes_end.at)
        free(self.beside_end.at)
        free(self.menu_change.at)
        free(self.menu_dish.at)
        free(self.dish_from.at)
        free(self.dish_recipes.at)
        free(self.beside_from.at)
        free(self.beside.at)
        free(self.recipes)
        free(self.terms)
        free(self.cases)
        free(self.is_served.at)
        free(self.is_limited.at)
        free(self.is_overflowing.at)
        free(self.is_active.at)
        free(self.is_dirty.at)
        free(self.is_stale.at)
        free(self.is_news.at)
        free(self.has_burst.at)
        free(self.delay.at)
        free(self.most)
        free(self.size)
        free(self.arriving)
        free(self.leaving)
        _clear(&self.desk)
        _clear(&self.second)
        if self.is_alone:
            give_back()

    cdef int find_places(self, object line_bps, object mtu, bint is_patch) except -1:
        """Find the line of each ingress link of a queue, and whether all numbers are small enough; `is_patch`: where queues are due."""
        cdef Web web = self.web
        cdef int queue, most = 0
        cdef list rates = list(line_bps), sizes = list(mtu)
        make_room(<void**>&self.most_at_once, &self.most_at_once_room, web.place_ingress.count, sizeof(i128))
        make_room(<void**>&self.base, &self.base_room, web.place_ingress.count, sizeof(i128))
        while is_patch and self.line_bps.count < web.place_ingress.count:
            add_long(&self.base_bps, 0)
            add_long(&self.line_bps, 0)
        if not is_patch:
            fill_longs(&self.base_bps, web.place_ingress.count, 0)
            fill_longs(&self.line_bps, web.place_ingress.count, 0)
        for queue in range(web.queues):
            if not is_patch or web.is_fresh.at[queue]:
                self.find_place(queue, rates, sizes)
                most = max(most, web.blocks[queue].place_end - web.blocks[queue].place_from)
        self.most_places = max(self.most_places, most)
        return self.lay(&self.desk)

    cdef int find_place(self, int queue, list rates, list sizes) except -1:
        cdef Web web = self.web
        cdef int at, link, node = web.routes.tail.at[web.queue_port.at[queue]], port, row, change
        cdef i128 total = 0, most, lines = 0
        for at in range(web.blocks[queue].place_from, web.blocks[queue].place_end):
            link = web.place_ingress.at[at]
            self.most_at_once[at] = 0
            self.line_bps.at[at] = self.base_bps.at[at] = 0
            if link == NONE:
                continue
            port = 2 * link + (web.routes.head.at[2 * link] != node)
            self.line_bps.at[at] = rates[port]
            self.most_at_once[at] = <i128><i64>sizes[link] * <i128>BITS
            lines += <i128>self.line_bps.at[at]
        for row in range(web.blocks[queue].stream_from, web.blocks[queue].normal_end):
            self.base_bps.at[web.blocks[queue].place_from + web.streams[row].place] += web.streams[row].rate
            total += <i128>web.streams[row].rate
        for change in range(web.blocks[queue].change_from, web.blocks[queue].change_end):
            most = total
            for row in range(web.changes[change].won, web.changes[change].end):
                most += <i128>web.streams[web.change_stream.at[row]].rate
            if most >> SMALL:
                self.is_too_large = True
        if total >> SMALL or lines >> SMALL:
            self.is_too_large = True
        return 0

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

    def serve(self, rows):
        """Say what every queue is served, and start, or start again: with the states that are known to count by now, or, at first, and

        where a menu has another size now, with likely ones. A row for each queue: its menu, its dishes, the queues beside it, its
        case, and states that were the worst before (or None). A menu is a list of (change or -1, dish), or None: all changes that
        count, with the first dish. A dish is a sequence of numbers: of each recipe bps, bps left, nanobits ahead (in two halves of 62
        bits, the high one first), ns, and how many terms follow; of each term the class, whether it is leaving, and nanobits at
        least (two halves). A case: (longest ns or -1, least bytes, bytes of bursts, bytes of the buffer or -1, MTU, is held, drops
        early, hold in us).
        """
        cdef Web web = self.web
        cdef int queue = 0, count
        cdef Ints known = self.is_active, known_from = self.menu_from, known_end = self.menu_end
        self.is_active, self.menu_from, self.menu_end = Ints(NULL, 0, 0), Ints(NULL, 0, 0), Ints(NULL, 0, 0)
        self.menu_change.count = self.menu_dish.count = self.beside.count = 0
        self.dish_recipes.count = self.dish_recipes_end.count = self.recipe_count = self.term_count = 0
        try:
            fill_ints(&self.menu_from, web.queues, 0)
            fill_ints(&self.menu_end, web.queues, 0)
            fill_ints(&self.dish_from, web.queues, 0)
            fill_ints(&self.dish_end, web.queues, 0)
            fill_ints(&self.beside_from, web.queues, 0)
            fill_ints(&self.beside_end, web.queues, 0)
            fill_ints(&self.is_served, web.queues, 1)
            make_room(<void**>&self.cases, &self.case_room, web.queues, sizeof(Case))
            for row in rows:
                if queue >= web.queues:
                    raise ValueError
                self.put(queue, row)
                count = known_end.at[queue] - known_from.at[queue] if known.count and self.keeps(queue) else 0
                self.count_on(queue, row[4], &known, known_from.at[queue] if count else 0, count)
                queue += 1
        finally:
            free(known.at)
            free(known_from.at)
            free(known_end.at)
        if queue != web.queues:
            raise ValueError
        self.start()

    cdef int put(self, int queue, object row) except -1:
        """Note what a queue is served: behind all that is noted."""
        cdef Web web = self.web
        cdef int at, count, first = <int>self.dish_recipes.count
        cdef Case case
        menu, dishes, beside, figures, _ = row
        self.dish_from.at[queue] = first
        for each in dishes:
            self.add_dish(queue, each)
        self.dish_end.at[queue] = <int>self.dish_recipes.count
        count = self.dish_end.at[queue] - first
        if count < 1:
            raise ValueError
        self.menu_from.at[queue] = <int>self.menu_change.count
        if menu is None:
            for at in range(web.blocks[queue].counting_from, web.blocks[queue].counting_end):
                add_int(&self.menu_change, web.counting.at[at])
                add_int(&self.menu_dish, first)
        else:
            for change, place in menu:
                if not 0 <= place < count or not -1 <= change < web.blocks[queue].change_end - web.blocks[queue].change_from:
                    raise IndexError
                add_int(&self.menu_change, NONE if change < 0 else web.blocks[queue].change_from + <int>change)
                add_int(&self.menu_dish, first + place)
        self.menu_end.at[queue] = <int>self.menu_change.count
        if self.menu_from.at[queue] == self.menu_end.at[queue]:
            raise ValueError
        self.is_served.at[queue] = 1
        for at in range(self.menu_from.at[queue], self.menu_end.at[queue]):
            if self.dish_recipes.at[self.menu_dish.at[at]] == self.dish_recipes_end.at[self.menu_dish.at[at]]:
                self.is_served.at[queue] = 0
            add_int(&self.is_active, 0)
        self.beside_from.at[queue] = <int>self.beside.count
        for other in beside:
            if not 0 <= other < web.queues:
                raise IndexError(other)
            add_int(&self.beside, other)
        self.beside_end.at[queue] = <int>self.beside.count
        (
            case.most_ns, case.least_bytes, case.bursts, case.queue_bytes, case.mtu, case.is_held, case.drops_early, case.hold_us,
        ) = figures
        self.cases[queue] = case
        self.most_states = max(self.most_states, self.menu_end.at[queue] - self.menu_from.at[queue])
        return self.lay(&self.desk)

    cdef int count_on(self, int queue, object hints, Ints* known, int first, int count) except -1:
        """Let the states count that did by what is known, where there are as many; else those that are likely to."""
        cdef int at
        if count and self.menu_end.at[queue] - self.menu_from.at[queue] == count:
            for at in range(count):
                self.is_active.at[self.menu_from.at[queue] + at] = known.at[first + at]
            return 0
        return self.choose(queue, hints)

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

    cdef int add_dish(self, int queue, object dish) except -1:
        cdef Recipe made
        cdef Term term
        cdef int at = 0, count = len(dish), group, left, port = self.web.queue_port.at[queue], first = <int>self.recipe_count
        while at < count:
            if at + 6 > count:
                raise ValueError
            made.rate, made.left, made.ahead = dish[at], dish[at + 1], of_halves(dish[at + 2], dish[at + 3])
            made.extra, made.latency, left = <i64>dish[at + 4], 0, dish[at + 5]
            at += 6
            if made.rate <= 0 or made.left <= 0 or left < 0 or left > (count - at) // 4:
                raise ValueError
            if made.rate >> SMALL or made.left >> SMALL or made.ahead > LARGE_BURST or made.extra > LARGE_DELAY:
                self.is_too_large = True
            made.terms = <int>self.term_count
            while left:
                group, term.is_leaving, term.least = dish[at], dish[at + 1], of_halves(dish[at + 2], dish[at + 3])
                if not 0 <= group < self.web.groups:
                    raise IndexError(group)
                term.queue = self.web.queue_at.at[port * self.web.groups + group]
                if term.least > LARGE_BURST:
                    self.is_too_large = True
                make_room(<void**>&self.terms, &self.term_room, self.term_count + 1, sizeof(Term))
                self.terms[self.term_count] = term
                self.term_count += 1
                at += 4
                left -= 1
            made.terms_end = <int>self.term_count
            make_room(<void**>&self.recipes, &self.recipe_room, self.recipe_count + 1, sizeof(Recipe))
            self.recipes[self.recipe_count] = made
            self.recipe_count += 1
        add_int(&self.dish_recipes, first)
        add_int(&self.dish_recipes_end, self.recipe_count)
        return 0

    cdef int choose(self, int queue, object hints) except -1:
        """Let the states count that are likely to be the worst of a queue (`solve.Solver._likely`)."""
        cdef Web web = self.web
        cdef int at, row, number, found[MOST_LIKELY]
        cdef Change change
        cdef object states = hints or ()
        self.is_active.at[self.menu_from.at[queue]] = 1
        for number in range(self.nearest(queue, MOST_LIKELY, False, found)):
            self.is_active.at[found[number]] = 1
        for number in range(self.nearest(queue, 1, True, found)):
            self.is_active.at[found[number]] = 1
        if not states:
            return 0
        for at in range(self.menu_from.at[queue], self.menu_end.at[queue]):
            if self.menu_change.at[at] != NONE and not self.is_active.at[at]:
                change = web.changes[self.menu_change.at[at]]
                for row in range(change.states, change.states_end):
                    if web.change_state.at[row] in states:
                        self.is_active.at[at] = 1
                        break
        return 0

    cdef int nearest(self, int queue, int count, bint by_rate, int* found) noexcept:
        """Find the places on a menu whose changes bring most, bursts or rates first; the first of equals. Return how many there are."""
        cdef int at, number = 0, place
        cdef Growth one, other
        cdef Growth most[MOST_LIKELY]
        for at in range(self.menu_from.at[queue], self.menu_end.at[queue]):
            if self.menu_change.at[at] == NONE:
                continue
            one = self.web.growth_of(self.menu_change.at[at])
            place = number
            while place:
                other = most[place - 1]
                if by_rate:
                    if not (one.bps > other.bps or (one.bps == other.bps and one.burst > other.burst)):
                        break
                elif not (one.burst > other.burst or (one.burst == other.burst and one.bps > other.bps)):
                    break
                if place < count:
                    found[place], most[place] = found[place - 1], other
                place -= 1
            if place < count:
                found[place], most[place] = at, one
                number = min(number + 1, count)
        return number

    def settle(self):
        """Iterate to the fixed point; return the queues that overflow, or None where numbers grow too large: that is for the twin."""
        cdef int queue
        if self.is_dirty.count != self.web.queues:
            raise ValueError
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
        self.is_narrow = self.is_too_wide = self.is_too_large = False  # what is too large is so again
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

    cdef int lay(self, Desk* desk) except -1:
        """Make room for the largest queue."""
        make_room(<void**>&desk.bends, &desk.bends_room, self.most_places, sizeof(Bend))
        make_room(<void**>&desk.bursts, &desk.bursts_room, self.most_places, sizeof(i128))
        make_room(<void**>&desk.rates, &desk.rates_room, self.most_places, sizeof(i64))
        make_room(<void**>&desk.known_bursts, &desk.known_room, self.most_states, sizeof(i128))
        make_room(<void**>&desk.known_rates, &desk.known_rates_room, self.most_states, sizeof(i64))
        return 0

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
        if not later:
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
                found += self.narrow[before] if self.is_narrow else self.left.at[before]
            longest, found = max(longest, found), 0
        return longest

    cdef void refresh(self, int queue) noexcept nogil:
        """Count anew what comes normally, with what has been waited for."""
        cdef int row, at, first = self.web.blocks[queue].place_from, end = self.web.blocks[queue].normal_end
        cdef i128* base = &self.base[first]
        cdef i64 own = self.delay.at[queue]
        cdef Stream* streams = self.web.streams
        cdef unsigned int* narrow = self.narrow if self.is_narrow else NULL
        cdef i64* waited = self.waited.at
        for at in range(self.web.blocks[queue].place_end - first):
            base[at] = 0
        for row in range(self.web.blocks[queue].stream_from, end):
            base[streams[row].place] += _brought(&streams[row], narrow, waited, own)

    @cython.final
    cdef void find_arrival(self, int queue, int change, Arrival* found, Desk* desk) noexcept nogil:
        """Find what comes to a queue with a change; its bends are those of `desk` until the next call with that."""
        cdef int first = self.web.blocks[queue].place_from, count = self.web.blocks[queue].place_end - first, at, row, won, end, bent
        cdef i128* bursts = desk.bursts
        cdef i128* base = &self.base[first]
        cdef i128* at_once = &self.most_at_once[first]
        cdef i64* rates = desk.rates
        cdef i64* base_bps = &self.base_bps.at[first]
        cdef i64* lines = &self.line_bps.at[first]
        cdef i64 taken = self.delay.at[queue]
        cdef int* rows = self.web.change_stream.at
        cdef Bend* bends = desk.bends
        cdef Stream* streams = self.web.streams
        cdef Stream* own
        cdef unsigned int* narrow = self.narrow if self.is_narrow else NULL
        cdef i64* waited = self.waited.at
        cdef Bend bend
        cdef i64 rate, line, rate_sum = 0, slope
        cdef i128 burst, burst_sum = 0, start
        for at in range(count):
            bursts[at] = base[at]
            rates[at] = base_bps[at]
        if change != NONE:
            won, end = self.web.changes[change].won, self.web.changes[change].end
            for row in range(self.web.changes[change].lost, won):
                own = &streams[rows[row]]
                bursts[own.place] -= _brought(own, narrow, waited, taken)
                rates[own.place] -= own.rate
            for row in range(won, end):
                own = &streams[rows[row]]
                bursts[own.place] += _brought(own, narrow, waited, taken)
                rates[own.place] += own.rate
        for at in range(count):
            rate_sum += rates[at]
            burst_sum += bursts[at]
        if burst_sum > LARGE_BURST:
            self.is_too_large = True
        slope, start, bent = rate_sum, burst_sum, 0
        for at in range(count):
            rate, burst, line = rates[at], bursts[at], lines[at]
            if line and (burst > at_once[at] or rate >= line):
                slope += line - rate
                start += at_once[at] - burst
                if rate < line:
                    bend.extra, bend.less = burst - at_once[at], line - rate
                    row = bent
                    while row and bend.extra * <i128>bends[row - 1].less < bends[row - 1].extra * <i128>bend.less:
                        bends[row] = bends[row - 1]
                        row -= 1
                    bends[row] = bend
                    bent += 1
        found.rate, found.burst, found.slope, found.start, found.bends = rate_sum, burst_sum, slope, start, bent

    @cython.final
    cdef bint delay_of(self, Arrival* arrival, Recipe* recipe, Bend* bends, i128* delay) noexcept nogil:
        """Tell the horizontal deviation of an arrival from a service (`curves.delay_ns`); return whether it has a bound."""
        cdef i64 slope = arrival.slope
        cdef i128 burst = arrival.start, rate = recipe.rate
        cdef Bend* bend
        cdef int at
        if slope <= recipe.rate:
            delay[0] = recipe.latency + ceil_div(burst, rate)
            return True
        for at in range(arrival.bends):
            bend = &bends[at]
            slope -= bend.less
            burst += bend.extra
            if slope <= recipe.rate:  # rounded up twice is rounded up once, and takes shorter numbers
                burst += ceil_div(<i128>(slope - recipe.rate) * bend.extra, <i128>bend.less)
                delay[0] = recipe.latency + ceil_div(burst, rate)
                return True
        return False

    @cython.final
    cdef bint deviations(self, Arrival* arrival, int dish, Bend* bends, i128* delay, i128* backlog) noexcept nogil:
        """Tell the least delay and backlog that any of the services proves; return whether any does."""
        cdef int at
        cdef i128 found = 0, waiting
        cdef bint is_bounded = False
        delay[0] = backlog[0] = 0
        for at in range(self.dish_recipes.at[dish], self.dish_recipes_end.at[dish]):
            if self.delay_of(arrival, &self.recipes[at], bends, &found):
                waiting = <i128>self.recipes[at].rate * found
                if not is_bounded:
                    delay[0], backlog[0], is_bounded = found, waiting, True
                else:
                    delay[0], backlog[0] = min(delay[0], found), min(backlog[0], waiting)
        return is_bounded

    cdef void serve_anew(self, int queue) noexcept nogil:
        """Count what a queue is served beside the bursts of now, and the delay that its size keeps."""
        cdef int dish, at, row
        cdef i128 ahead, own
        cdef Term term
        cdef Case* case = &self.cases[queue]
        take_flag(&self.is_stale.at[queue])
        for at in range(self.dish_recipes.at[self.dish_from.at[queue]], self.dish_recipes_end.at[self.dish_end.at[queue] - 1]):
            ahead = self.recipes[at].ahead
            for row in range(self.recipes[at].terms, self.recipes[at].terms_end):
                term = self.terms[row]
                own = 0
                if term.queue != NONE and self.has_burst.at[term.queue]:
                    own = <i128>(self.leaving[term.queue] if term.is_leaving else self.arriving[term.queue])
                ahead += max(term.least, own)
            self.recipes[at].latency = ceil_div(ahead, <i128>self.recipes[at].left) + self.recipes[at].extra
        self.most[queue] = CEILING_NS
        if case.most_ns >= 0:
            self.most[queue] = max(<i128>case.most_ns, self.within(queue, max(case.least_bytes, case.bursts)))

    cdef i128 within_dish(self, int dish, i128 limit) noexcept nogil:
        cdef i128 best = 0, found
        cdef int at
        for at in range(self.dish_recipes.at[dish], self.dish_recipes_end.at[dish]):
            found = self.recipes[at].latency + ceil_div(limit * <i128>BITS, <i128>self.recipes[at].rate)
            if at == self.dish_recipes.at[dish] or found < best:
                best = found
        return best

    cdef i128 within(self, int queue, i128 limit) noexcept nogil:
        """Return the delay of what finds room in a queue of some size, in the worst state that counts."""
        cdef int at, dish = NONE
        cdef bint is_first = True
        cdef i128 worst = 0, found
        for at in range(self.menu_from.at[queue], self.menu_end.at[queue]):
            if self.is_active.at[at] and self.menu_dish.at[at] != dish:
                dish = self.menu_dish.at[at]
                found = self.within_dish(dish, limit)
                if is_first or found > worst:
                    worst, is_first = found, False
        return worst

    cdef i128 room_of_dish(self, int queue, int dish) noexcept nogil:
        """Return the size that holds no packet for too long."""
        cdef i128 most = max(self.cases[queue].most_ns, 0), best = 0, found
        cdef int at
        for at in range(self.dish_recipes.at[dish], self.dish_recipes_end.at[dish]):
            found = floor_div((most - self.recipes[at].latency) * <i128>self.recipes[at].rate, <i128>BITS)
            if at == self.dish_recipes.at[dish] or found > best:
                best = found
        return best

    cdef i128 sized(self, int queue) noexcept nogil:
        cdef int at, dish = NONE
        cdef bint is_first = True
        cdef i128 room = 0, found
        for at in range(self.menu_from.at[queue], self.menu_end.at[queue]):
            if self.is_active.at[at] and self.menu_dish.at[at] != dish:
                dish = self.menu_dish.at[at]
                found = self.room_of_dish(queue, dish)
                if is_first or found < room:
                    room, is_first = found, False
        return max(<i128>max(self.cases[queue].least_bytes, self.cases[queue].bursts), room)

    cdef i128 clipped(self, int queue, i128 wanted) noexcept nogil:
        if self.cases[queue].queue_bytes < 0:
            return wanted
        return max(<i128>self.cases[queue].mtu, min(wanted, <i128>self.cases[queue].queue_bytes))

    cdef int judge(self, int queue, Verdict* verdict, Desk* desk) noexcept nogil:
        """Tell what holds for a queue in the states that count, and what it may bring and send at once, on the grid."""
        cdef int at, known = 0, first = self.menu_from.at[queue], end = self.menu_end.at[queue]
        cdef bint is_bounded = True
        cdef i128 worst = 0, backlog = 0, burst = 0, delay = 0, waiting = 0, sent = 0, found
        cdef Arrival arrival
        verdict.has_burst = 0
        verdict.arriving = verdict.leaving = 0.0
        if not self.is_served.at[queue]:
            verdict.delay, verdict.backlog, verdict.limit = CEILING_NS, 0, self.cases[queue].least_bytes
            verdict.basis, verdict.is_held = ASSUMED, 0
            return 0
        if self.is_stale.at[queue]:
            self.serve_anew(queue)
        if self.is_limited.at[queue]:
            self.judge_open(queue, verdict)
            return 0
        for at in range(first, end):
            if not self.is_active.at[at]:
                continue
            self.find_arrival(queue, self.menu_change.at[at], &arrival, desk)
            if self.is_too_large:
                return 0
            if not self.deviations(&arrival, self.menu_dish.at[at], desk.bends, &delay, &waiting):
                is_bounded = False
            else:
                worst = max(worst, delay)
            backlog = max(backlog, waiting)
            burst = max(burst, arrival.burst)
            desk.known_bursts[known], desk.known_rates[known] = arrival.burst, arrival.rate
            known += 1
        self.judge_held(queue, worst, is_bounded, backlog, verdict)
        if verdict.is_held:
            delay = on_grid(verdict.delay)
            for at in range(known):
                found = desk.known_bursts[at] + <i128>desk.known_rates[at] * delay
                if at == 0 or found > sent:
                    sent = found
            verdict.has_burst = 1
            verdict.arriving, verdict.leaving = <double>on_grid(burst), <double>on_grid(sent)
        return 0

    cdef void judge_open(self, int queue, Verdict* verdict) noexcept nogil:
        """Tell what holds where nobody knows what comes (`Case.open`)."""
        cdef int at, row, dish = NONE
        cdef i64 served = -1, best
        cdef Case case = self.cases[queue]
        cdef i128 limit
        for at in range(self.menu_from.at[queue], self.menu_end.at[queue]):
            if self.is_active.at[at] and self.menu_dish.at[at] != dish:
                dish = self.menu_dish.at[at]
                best = 0
                for row in range(self.dish_recipes.at[dish], self.dish_recipes_end.at[dish]):
                    best = max(best, self.recipes[row].rate)
                served = best if served < 0 else min(served, best)
        limit = <i128>served * <i128>case.hold_us // <i128>8000000
        limit = self.clipped(queue, max(limit, <i128>max(case.least_bytes, case.bursts)))
        verdict.delay, verdict.backlog, verdict.limit = self.within(queue, limit), limit * <i128>BITS, limit
        verdict.basis, verdict.is_held = QUEUE_LIMIT, 0

    cdef void judge_held(self, int queue, i128 worst, bint is_bounded, i128 backlog, Verdict* verdict) noexcept nogil:
        """Tell what holds where something limits what comes (`Case.judged`)."""
        cdef Case* case = &self.cases[queue]
        cdef i128 needed = max(<i128>case.least_bytes, ceil_div(backlog, <i128>BITS)), most = self.most[queue]
        cdef i128 limit = self.clipped(queue, needed), delay, sized
        if not case.is_held:
            delay = self.within(queue, limit) if is_bounded else <i128>CEILING_NS
            if delay > most:
                sized = self.sized(queue)
                limit = self.clipped(queue, min(needed, sized) if is_bounded else sized)
            verdict.delay, verdict.backlog, verdict.limit = min(delay, most), limit * <i128>BITS, limit
            verdict.basis, verdict.is_held = QUEUE_LIMIT, 0
            return
        delay = worst if is_bounded else <i128>CEILING_NS
        if delay > most:
            limit, delay = self.clipped(queue, min(needed, self.sized(queue))), most
        verdict.is_held, verdict.limit = 1, limit
        if limit * <i128>BITS >= backlog and is_bounded:
            verdict.delay, verdict.backlog = delay, backlog
            verdict.basis = QUEUE_LIMIT if case.drops_early else PROVED
            return
        if case.queue_bytes >= 0:
            delay = min(delay, self.within(queue, limit))
        verdict.delay, verdict.backlog, verdict.basis = delay, limit * <i128>BITS, QUEUE_LIMIT

    cdef bint activate(self) except -1:
        """Let every state that is worse than the known ones join them; return whether there was any."""
        cdef int queue
        cdef bint is_any = False
        if 0 < self.many <= self.web.queues and is_open():
            return self.look_together(True) > 0
        for queue in range(self.web.queues):
            is_any |= self.join(queue, &self.desk)
        return is_any

    cdef bint join(self, int queue, Desk* desk) noexcept nogil:
        """Let the states of a queue that are worse than the known ones join them; return whether there was any."""
        cdef bint is_due = self.is_news.at[queue] and self.delay.at[queue] < CEILING_NS
        self.is_news.at[queue] = 0
        if not is_due or not self.add_worse(queue, desk):
            return False
        self.is_stale.at[queue] = self.is_dirty.at[queue] = 1
        return True

    cdef bint add_worse(self, int queue, Desk* desk) noexcept nogil:
        """Let the states join that are worst in something, where that is worse than what is known (`solve.Solver._worse`)."""
        cdef int at, number, turn, dish = NONE, first = self.menu_from.at[queue], end = self.menu_end.at[queue]
        cdef int who[MEASURES]
        cdef i128 best[MEASURES]
        cdef i128 found[MEASURES]
        cdef Arrival arrival
        cdef Case* case = &self.cases[queue]
        cdef bint is_any = False
        for at in range(first, end):
            if not self.is_active.at[at]:
                break
        else:
            return False
        if self.is_stale.at[queue]:
            self.serve_anew(queue)
        for number in range(MEASURES):
            who[number], best[number] = first, -CEILING_NS
        found[4] = found[5] = found[6] = 0
        for turn in range(2):  # the known ones first
            for at in range(first, end):
                if self.is_active.at[at] == turn:
                    continue
                if self.menu_dish.at[at] != dish:
                    dish = self.menu_dish.at[at]
                    found[6] = self.within_dish(dish, self.size[queue])
                    if case.most_ns >= 0:
                        found[4] = self.within_dish(dish, max(case.least_bytes, case.bursts))
                        found[5] = -self.room_of_dish(queue, dish)
                self.find_arrival(queue, self.menu_change.at[at], &arrival, desk)
                if self.is_too_large:
                    return False
                if not self.deviations(&arrival, self.menu_dish.at[at], desk.bends, &found[0], &found[1]) or found[0] > self.most[queue]:
                    found[0] = self.most[queue]
                found[2] = arrival.burst
                found[3] = arrival.burst + <i128>arrival.rate * <i128>self.delay.at[queue]
                for number in range(MEASURES):
                    if found[number] > best[number]:
                        best[number], who[number] = found[number], at
        for number in range(MEASURES):
            if not self.is_active.at[who[number]]:
                self.is_active.at[who[number]] = 1
                is_any = True
        return is_any

    def bound(self, int queue):
        """Return of a queue its delay (ns), backlog and size in bytes, what it may send at once (bytes), and the number of its basis."""
        cdef Verdict verdict
        if not 0 <= queue < self.web.queues:
            raise IndexError(queue)
        self.judge(queue, &verdict, &self.desk)
        return (
            as_integer(verdict.delay),
            as_integer(ceil_div(verdict.backlog, <i128>BITS)),
            as_integer(verdict.limit),
            as_integer(ceil_div(<i128>verdict.leaving, <i128>BITS)) if verdict.has_burst else 0,
            verdict.basis,
        )

    def columns(self, order):
        """Return the same of some queues as columns: four of words (`q`) and one of bytes. Rates of 49 bits, delays of 40 (ns) and bursts of

        43 (bytes), beyond which all is for the twin, leave no bound that is too large for a word.
        """
        cdef Verdict verdict
        cdef i128 burst, amount
        cdef int queue, at = 0, count = len(order)
        cdef bytes delays = PyBytes_FromStringAndSize(NULL, count * sizeof(i64)), backlogs = PyBytes_FromStringAndSize(NULL, count * sizeof(i64))
        cdef bytes limits = PyBytes_FromStringAndSize(NULL, count * sizeof(i64)), bursts = PyBytes_FromStringAndSize(NULL, count * sizeof(i64))
        cdef bytes basis = PyBytes_FromStringAndSize(NULL, count)
        for number in order:
            queue = number
            if not 0 <= queue < self.web.queues or at >= count:
                raise IndexError(queue)
            self.judge(queue, &verdict, &self.desk)
            amount = ceil_div(verdict.backlog, <i128>BITS)
            burst = ceil_div(<i128>verdict.leaving, <i128>BITS) if verdict.has_burst else 0
            (<i64*>PyBytes_AS_STRING(delays))[at], (<i64*>PyBytes_AS_STRING(backlogs))[at] = <i64>verdict.delay, <i64>amount
            (<i64*>PyBytes_AS_STRING(limits))[at], (<i64*>PyBytes_AS_STRING(bursts))[at] = <i64>verdict.limit, <i64>burst
            PyBytes_AS_STRING(basis)[at] = verdict.basis
            at += 1
        if at != count:
            raise ValueError
        return delays, backlogs, limits, bursts, basis

    def worsts(self, order):
        """Return what `worst` does of some queues, one after the other, as words (`i`): where those of each begin, and one more; and the states."""
        cdef int queue, at
        cdef Ints begins = Ints(NULL, 0, 0), states = Ints(NULL, 0, 0)
        try:
            add_int(&begins, 0)
            for number in order:
                queue = number
                if not 0 <= queue < self.web.queues:
                    raise IndexError(queue)
                for at in range(self.menu_from.at[queue], 0 if self.is_limited.at[queue] else self.menu_end.at[queue]):
                    if self.is_active.at[at] and self.menu_change.at[at] != NONE:
                        add_int(&states, self.web.change_state.at[self.web.changes[self.menu_change.at[at]].states])
                add_int(&begins, states.count)
            return (
                PyBytes_FromStringAndSize(<char*>begins.at, begins.count * sizeof(int)),
                PyBytes_FromStringAndSize(<char*>states.at, states.count * sizeof(int)),
            )
        finally:
            free(begins.at)
            free(states.at)

    def worst(self, int queue):
        """Return the failure states of a queue that were looked at, one for all that are alike."""
        cdef int at
        if not 0 <= queue < self.web.queues:
            raise IndexError(queue)
        if self.is_limited.at[queue]:
            return []
        return [
            self.web.change_state.at[self.web.changes[self.menu_change.at[at]].states]
            for at in range(self.menu_from.at[queue], self.menu_end.at[queue])
            if self.is_active.at[at] and self.menu_change.at[at] != NONE
        ]
