"""What follows for one queue: what comes to it, by what it is served, how long it takes and what it may send (`delay.arrivals`, `servers`, `curves`, `verdicts`).

Bits count in nanobits, of 128 bits. Nothing here is about other queues, but for what is waited for before one and the bursts beside it.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdlib cimport free

from intentc.native.aside cimport take_flag
from intentc.native.grow cimport Ints, add_int, add_long, fill_ints, fill_longs, i64, make_room
from intentc.native.offers cimport Case, Offers, Recipe, Term
from intentc.native.streams cimport Stream
from intentc.native.weave cimport Web
from intentc.native.wide cimport as_integer, ceil_div, floor_div, i128, on_grid

cdef enum:
    NONE = -1
    PROVED = 0
    QUEUE_LIMIT = 1
    ASSUMED = 2
    MEASURES = 7             # by which a state may be the worst
    SMALL = 49               # rates, and their sums at a queue, have so many bits at most

cdef i64 CEILING_NS = 1000000000
cdef i64 BITS = 8000000000
cdef i128 LARGE_BURST = <i128>1 << 76


cdef inline i128 _brought(Stream* own, unsigned int* narrow, i64* waited, i64 delay) noexcept nogil:
    """Return what a stream may bring at once to a queue; `narrow`: what has been waited for, with `delay`; NULL where `waited` is told."""
    return <i128>own.burst * <i128>BITS + <i128>own.rate * <i128>(<i64>narrow[own.node] - delay if narrow else waited[own.node])


cdef void _clear(Desk* desk) noexcept:
    free(desk.bends)
    free(desk.bursts)
    free(desk.rates)
    free(desk.known_bursts)
    free(desk.known_rates)


cdef class Judge(Offers):
    """Over what is waited for before queues, and what they are known to take by now, in the states that count."""

    def __dealloc__(self):
        free(self.line_bps.at)
        free(self.most_at_once)
        free(self.base)
        free(self.base_bps.at)
        free(self.waited.at)
        free(self.narrow)
        free(self.is_limited.at)
        free(self.is_stale.at)
        free(self.has_burst.at)
        free(self.delay.at)
        free(self.most)
        free(self.size)
        free(self.arriving)
        free(self.leaving)
        _clear(&self.desk)
        _clear(&self.second)

    cdef int begin(self, object line_bps, object mtu) except -1:
        """Make room for what is known of each queue."""
        cdef Web web = self.web
        self.is_too_large = web.is_too_large
        self.find_places(line_bps, mtu, False)
        fill_ints(&self.is_limited, web.queues, 0)
        for at in range(web.queues):
            self.is_limited.at[at] = web.is_open.at[at] > 0
        make_room(<void**>&self.most, &self.most_room, web.queues, sizeof(i128))
        make_room(<void**>&self.size, &self.size_room, web.queues, sizeof(i128))
        make_room(<void**>&self.arriving, &self.arriving_room, web.queues, sizeof(double))
        make_room(<void**>&self.leaving, &self.leaving_room, web.queues, sizeof(double))
        return 0

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
        return 0

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

    cdef int lay(self, Desk* desk) except -1:
        """Make room for the largest queue; it is known what all of them are served."""
        if self.dish_from.count != self.web.queues:
            raise ValueError
        make_room(<void**>&desk.bends, &desk.bends_room, self.most_places, sizeof(Bend))
        make_room(<void**>&desk.bursts, &desk.bursts_room, self.most_places, sizeof(i128))
        make_room(<void**>&desk.rates, &desk.rates_room, self.most_places, sizeof(i64))
        make_room(<void**>&desk.known_bursts, &desk.known_room, self.most_states, sizeof(i128))
        make_room(<void**>&desk.known_rates, &desk.known_rates_room, self.most_states, sizeof(i64))
        return 0

    cdef void refresh(self, int queue) noexcept nogil:
        """Count anew what comes normally, with what has been waited for."""
        cdef int row, at, first = self.web.blocks[queue].place_from, end = self.web.blocks[queue].normal_end
        cdef i128* base = &self.base[first]
        cdef i64 own = 0 if self.is_bare else self.delay.at[queue]
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
        cdef i64 taken = 0 if self.is_bare else self.delay.at[queue]
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
        self.lay(&self.desk)
        self.judge(queue, &verdict, &self.desk)
        return (
            as_integer(verdict.delay),
            as_integer(ceil_div(verdict.backlog, <i128>BITS)),
            as_integer(verdict.limit),
            as_integer(ceil_div(<i128>verdict.leaving, <i128>BITS)) if verdict.has_burst else 0,
            verdict.basis,
        )

    def columns(self, order):
        """Return the same of some queues, each once, as columns: four of words (`q`) and one of bytes. Rates of 49 bits, delays of 40 (ns) and

        bursts of 43 (bytes), beyond which all is for the twin, leave no bound that is too large for a word.
        """
        cdef int count = len(order), at, queue
        cdef bytes words = PyBytes_FromStringAndSize(NULL, 4 * count * sizeof(i64)), basis = PyBytes_FromStringAndSize(NULL, count)
        cdef Ints queues = Ints(NULL, 0, 0)
        self.lay(&self.desk)
        try:
            for number in order:
                queue = number
                if not 0 <= queue < self.web.queues or queues.count >= count:
                    raise IndexError(queue)
                add_int(&queues, queue)
            if queues.count != count:
                raise ValueError
            self.asked = Asked(queues.at, count, <i64*>PyBytes_AS_STRING(words), PyBytes_AS_STRING(basis))
            self.judge_all()
        finally:
            free(queues.at)
        return *[words[at * count * sizeof(i64) : (at + 1) * count * sizeof(i64)] for at in range(4)], basis

    cdef int judge_all(self) except -1:
        """Tell what was asked for of all queues."""
        self.judge_some(0, self.asked.count, &self.desk)
        return 0

    cdef void judge_some(self, int first, int end, Desk* desk) noexcept nogil:
        """Tell it of some of them."""
        cdef Verdict verdict
        cdef Asked* asked = &self.asked
        cdef int at
        for at in range(first, end):
            self.judge(asked.queues[at], &verdict, desk)
            asked.words[at] = <i64>verdict.delay
            asked.words[asked.count + at] = <i64>ceil_div(verdict.backlog, <i128>BITS)
            asked.words[2 * asked.count + at] = <i64>verdict.limit
            asked.words[3 * asked.count + at] = <i64>ceil_div(<i128>verdict.leaving, <i128>BITS) if verdict.has_burst else 0
            asked.basis[at] = verdict.basis

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
