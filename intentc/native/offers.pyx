"""What queues are served, in which failure states, and which of these are looked at: rows of numbers, as `delay.service` and `delay.verdicts` say it."""

from libc.stdlib cimport free

from intentc.native.grow cimport Ints, add_int, fill_ints, i64, make_room
from intentc.native.holes cimport give_back
from intentc.native.streams cimport Change, Growth
from intentc.native.wide cimport i128, of_halves

cdef enum:
    NONE = -1
    MOST_LIKELY = 3
    SMALL = 49               # rates, and their sums at a queue, have so many bits at most

cdef i128 LARGE_BURST = <i128>1 << 76
cdef i64 LARGE_DELAY = <i64>1 << 40


cdef class Offers:
    """Over `web`. A row tells of a queue its menu, its dishes, the queues beside it, its case, and states that were the worst before (or None).

    A menu is a list of (change or -1, dish), or None: all changes that count, with the first dish. A dish is a sequence of numbers: of
    each recipe bps, bps left, nanobits ahead (in two halves of 62 bits, the high one first), ns, and how many terms follow; of each term the
    class, whether it is leaving, and nanobits at least (two halves). A case: (longest ns or -1, least bytes, bytes of bursts, bytes of
    the buffer or -1, MTU, is held, drops early, hold in us).
    """

    def __dealloc__(self):
        free(self.menu_from.at)
        free(self.menu_end.at)
        free(self.menu_change.at)
        free(self.menu_dish.at)
        free(self.dish_from.at)
        free(self.dish_end.at)
        free(self.dish_recipes.at)
        free(self.dish_recipes_end.at)
        free(self.beside_from.at)
        free(self.beside_end.at)
        free(self.beside.at)
        free(self.recipes)
        free(self.terms)
        free(self.cases)
        free(self.is_served.at)
        free(self.is_active.at)
        free(self.place.at)
        free(self.hints.at)
        if self.is_alone:
            give_back(self.is_served.count)

    cdef int put(self, int queue, object row) except -1:
        """Note what a queue is served: behind all that is noted."""
        cdef Case case
        menu, dishes, beside, figures, _ = row
        self.dish_from.at[queue] = <int>self.dish_recipes.count
        for each in dishes:
            self.add_dish(queue, each)
        self.put_menu(queue, menu)
        self.beside_from.at[queue] = <int>self.beside.count
        for other in beside:
            if not 0 <= other < self.web.queues:
                raise IndexError(other)
            add_int(&self.beside, other)
        self.beside_end.at[queue] = <int>self.beside.count
        (
            case.most_ns, case.least_bytes, case.bursts, case.queue_bytes, case.mtu, case.is_held, case.drops_early, case.hold_us,
        ) = figures
        self.cases[queue] = case
        return 0

    cdef int put_menu(self, int queue, object menu) except -1:
        """Note the menu of a queue, whose dishes are the last ones that there are."""
        cdef Web web = self.web
        cdef int at, first = self.dish_from.at[queue], count = <int>self.dish_recipes.count - first
        self.dish_end.at[queue] = <int>self.dish_recipes.count
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
        self.most_states = max(self.most_states, self.menu_end.at[queue] - self.menu_from.at[queue])
        return 0

    cdef Offers kept(self):
        """Return another one that holds what was noted, for the next one; this one has nothing of it any more."""
        cdef Offers found = Offers.__new__(Offers)
        cdef int queue
        for queue in range(self.web.queues):
            add_int(&found.place, self.web.queue_port.at[queue] * self.web.groups + self.web.queue_group.at[queue])
        found.web = self.web
        found.dish_from, found.dish_end, found.beside_from, found.beside_end = (
            self.dish_from, self.dish_end, self.beside_from, self.beside_end
        )
        found.dish_recipes, found.dish_recipes_end, found.beside = self.dish_recipes, self.dish_recipes_end, self.beside
        found.recipes, found.recipe_count, found.terms, found.term_count = self.recipes, self.recipe_count, self.terms, self.term_count
        found.cases, found.is_too_large = self.cases, self.is_too_large
        self.dish_from = self.dish_end = self.beside_from = self.beside_end = Ints(NULL, 0, 0)
        self.dish_recipes = self.dish_recipes_end = self.beside = Ints(NULL, 0, 0)
        self.recipes, self.recipe_count, self.recipe_room = NULL, 0, 0
        self.terms, self.term_count, self.term_room = NULL, 0, 0
        self.cases, self.case_room = NULL, 0
        return found

    cdef int find_kept(self, Offers known, Ints* old) except -1:
        """Find the number that each queue had when `known` was kept, NONE where there was none there."""
        cdef int number, queue
        fill_ints(old, self.web.queues, NONE)
        if known is None:
            return 0
        if known.web is not self.web:
            raise ValueError
        for number in range(known.place.count):
            queue = self.web.queue_at.at[known.place.at[number]]
            if queue != NONE:
                old.at[queue] = number
        return 0

    cdef int put_again(self, int queue, Offers known, int old) except -1:
        """Note that a queue is served what it was. At its link's end there are the queues that there were."""
        cdef int at, row, term
        cdef Recipe made
        cdef Term own
        if old == NONE:
            raise ValueError(queue)
        self.dish_from.at[queue] = <int>self.dish_recipes.count
        for at in range(known.dish_from.at[old], known.dish_end.at[old]):
            add_int(&self.dish_recipes, self.recipe_count)
            for row in range(known.dish_recipes.at[at], known.dish_recipes_end.at[at]):
                made = known.recipes[row]
                made.latency, made.terms = 0, <int>self.term_count
                for term in range(known.recipes[row].terms, known.recipes[row].terms_end):
                    own = known.terms[term]
                    own.queue = NONE if own.queue == NONE else self.web.queue_at.at[known.place.at[own.queue]]
                    make_room(<void**>&self.terms, &self.term_room, self.term_count + 1, sizeof(Term))
                    self.terms[self.term_count] = own
                    self.term_count += 1
                made.terms_end = <int>self.term_count
                make_room(<void**>&self.recipes, &self.recipe_room, self.recipe_count + 1, sizeof(Recipe))
                self.recipes[self.recipe_count] = made
                self.recipe_count += 1
            add_int(&self.dish_recipes_end, self.recipe_count)
        self.put_menu(queue, None)
        self.beside_from.at[queue] = <int>self.beside.count
        for at in range(known.beside_from.at[old], known.beside_end.at[old]):
            add_int(&self.beside, self.web.queue_at.at[known.place.at[known.beside.at[at]]])
        self.beside_end.at[queue] = <int>self.beside.count
        self.cases[queue] = known.cases[old]
        self.is_too_large = self.is_too_large or known.is_too_large
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

    cdef int note_hints(self, object hints) except -1:
        """Note the states that were the worst of the queue at hand before, if anything is known of them."""
        self.hints.count = 0
        for number in hints or ():
            add_int(&self.hints, number)
        return 0

    cdef int note_worst(self, int queue, tuple hints) except -1:
        """Note the states that were the worst of a queue, from all that were (`serve`)."""
        cdef const int[::1] places, begins, states
        cdef int place, at
        places, begins, states = hints
        self.hints.count = 0
        place = places[queue]
        if place < 0:
            return 0
        for at in range(begins[place], begins[place + 1]):
            add_int(&self.hints, states[at])
        return 0

    cdef int count_on(self, int queue, Ints* known, int first, int count) except -1:
        """Let the states count that did by what is known, where there are as many; else those that are likely to (`note_hints`)."""
        cdef int at
        if count and self.menu_end.at[queue] - self.menu_from.at[queue] == count:
            for at in range(count):
                self.is_active.at[self.menu_from.at[queue] + at] = known.at[first + at]
            return 0
        return self.choose(queue)

    cdef int choose(self, int queue) except -1:
        """Let the states count that are likely to be the worst of a queue (`solve.Solver._likely`)."""
        cdef Web web = self.web
        cdef int at, row, number, found[MOST_LIKELY]
        cdef Change change
        self.is_active.at[self.menu_from.at[queue]] = 1
        for number in range(self.nearest(queue, MOST_LIKELY, False, found)):
            self.is_active.at[found[number]] = 1
        for number in range(self.nearest(queue, 1, True, found)):
            self.is_active.at[found[number]] = 1
        if not self.hints.count:
            return 0
        for at in range(self.menu_from.at[queue], self.menu_end.at[queue]):
            if self.menu_change.at[at] != NONE and not self.is_active.at[at]:
                change = web.changes[self.menu_change.at[at]]
                for row in range(change.states, change.states_end):
                    if self.is_hint(web.change_state.at[row]):
                        self.is_active.at[at] = 1
                        break
        return 0

    cdef bint is_hint(self, int state) noexcept:
        cdef int at
        for at in range(self.hints.count):
            if self.hints.at[at] == state:
                return True
        return False

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
