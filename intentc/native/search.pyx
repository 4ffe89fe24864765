"""The cheapest path within a bound, past waypoints: label setting with what is left at least, as `place.search` says.

`row`: a byte per arc, as in `place.openness`; where it says `ASK`, `ask(arc)` is called once and the answer kept.
"""

from cpython cimport array
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memset

from intentc.native.field cimport Field
from intentc.native.graph cimport Graph
from intentc.native.grow cimport Ints, Longs, add_int, add_long, fill_ints
from intentc.native.marks cimport ASK, STOP, TARGET, ends_of, is_open, marks, words_of
from intentc.native.rowheap cimport Row, Rows, pop_row, push_row

ctypedef long long i64
ctypedef unsigned long long u64

cdef i64 _FAR = 1 << 62  # as `field.FAR`
cdef enum:
    NS_PER_US = 1000


cdef struct Label:
    i64 ns        # propagation up to there
    i64 units     # packet times up to there
    u64 print     # a bit for each arc taken, of which several have the same; 0 where nobody asks for it
    int place     # waypoints behind × nodes + node
    int arc       # the last one taken, -1 at the start
    int before    # the label it came from
    int next_kept # of the same place, -1: none


cdef class _Quest:
    """One search, and the memory that it takes."""

    cdef Graph graph
    cdef object keep  # arrays whose words are looked at
    cdef int start, stages, links
    cdef i64* price
    cdef i64* delay
    cdef i64* size
    cdef i64** cost_left   # per number of waypoints behind
    cdef i64** delay_left
    cdef i64** size_left
    cdef bint is_bounded, has_ahead, passes_ends
    cdef i64 bound_us, ahead, scale
    cdef char* ends
    cdef char* shut
    cdef char* at_node     # per waypoint and node: whether it is passed there
    cdef char* on_link     # per waypoint and link
    cdef int* kept         # per place the label kept last, -1: none
    cdef Label* labels
    cdef int count, room
    cdef Rows heap

    def __dealloc__(self):
        free(self.cost_left)
        free(self.delay_left)
        free(self.size_left)
        free(self.ends)
        free(self.shut)
        free(self.at_node)
        free(self.on_link)
        free(self.kept)
        free(self.labels)
        free(self.heap.rows)

    cdef int set_up(self, Field field, int start, stops, targets, tuple via, array.array prices, list costs, down) except -1:
        cdef int stage, member
        cdef Graph graph = field.graph
        self.graph, self.start, self.stages, self.links = graph, start, len(via), graph.arcs >> 1
        self.price = words_of(prices, graph.arcs)
        self.keep = [field, prices, costs]
        self.cost_left = self.rows(costs)
        self.ends = ends_of(stops, targets, graph.nodes)
        self.shut = marks(down, self.links, 2)
        self.kept = <int*>malloc(max(1, (self.stages + 1) * graph.nodes) * sizeof(int))
        if self.kept == NULL:
            raise MemoryError
        memset(self.kept, 0xFF, (self.stages + 1) * graph.nodes * sizeof(int))
        if not self.stages:
            return 0
        self.at_node = <char*>calloc(self.stages * graph.nodes + 1, 1)
        self.on_link = <char*>calloc(self.stages * self.links + 1, 1)
        if self.at_node == NULL or self.on_link == NULL:
            raise MemoryError
        for stage, (nodes, links) in enumerate(via):
            for member in nodes:
                if not 0 <= member < graph.nodes:
                    raise IndexError(member)
                self.at_node[stage * graph.nodes + member] = 1
            for member in links:
                if not 0 <= member < self.links:
                    raise IndexError(member)
                self.on_link[stage * self.links + member] = 1
        return 0

    cdef int set_bound(self, Field field, list delays, list sizes, bound_us, ahead) except -1:
        self.is_bounded, self.bound_us = True, bound_us
        self.has_ahead, self.ahead = ahead is not None, ahead or 0
        self.delay, self.size = words_of(field.delays, self.graph.arcs), words_of(field.sizes, self.graph.arcs)
        self.scale = field.scale
        self.delay_left, self.size_left = self.rows(delays), self.rows(sizes)
        self.keep += [delays, sizes]
        return 0

    cdef i64** rows(self, list arrays) except NULL:
        cdef i64** found
        cdef int at
        if len(arrays) != self.stages + 1:
            raise ValueError("a row per waypoint, and one more")
        found = <i64**>malloc((self.stages + 1) * sizeof(void*))
        if found == NULL:
            raise MemoryError
        try:
            for at in range(self.stages + 1):
                found[at] = words_of(arrays[at], self.graph.nodes)
        except BaseException:
            free(found)
            raise
        return found

    cdef int behind(self, int stage, int link, int node) noexcept:
        """Return how many waypoints are behind after a link (-1: none was taken) to a node."""
        while link >= 0 and stage < self.stages and self.on_link[stage * self.links + link]:
            stage += 1
        while stage < self.stages and self.at_node[stage * self.graph.nodes + node]:
            stage += 1
        return stage

    cdef bint is_late(self, int stage, int node, i64 ns, i64 units) noexcept:
        """Return whether the bound cannot be kept any more; each part is rounded up."""
        cdef i64 total, whole
        if self.delay_left[stage][node] >= _FAR:
            return True
        total = (ns + self.delay_left[stage][node] + NS_PER_US - 1) // NS_PER_US
        if self.has_ahead:
            if self.size_left[stage][node] >= _FAR:
                return True
            whole = units + self.size_left[stage][node]
            total += (whole + self.scale - 1) // self.scale + (self.ahead * whole + self.scale - 1) // self.scale
        return total > self.bound_us

    cdef bint is_dominated(self, int label) noexcept:
        """Return whether a label that was kept for the same place, and so costs no more, is no later in either part."""
        cdef int other = self.kept[self.labels[label].place]
        if other >= 0 and not self.is_bounded:
            return True
        while other >= 0:
            if self.labels[other].ns <= self.labels[label].ns and self.labels[other].units <= self.labels[label].units:
                return True
            other = self.labels[other].next_kept
        return False

    cdef int add(self, int place, int arc, int before, i64 cost, i64 left, i64 ns, i64 units) except -1:
        cdef Label* grown
        if self.count == self.room:
            grown = <Label*>realloc(self.labels, (2 * self.room + 256) * sizeof(Label))
            if grown == NULL:
                raise MemoryError
            self.labels, self.room = grown, 2 * self.room + 256
        self.labels[self.count] = Label(ns, units, 0, place, arc, before, -1)
        push_row(&self.heap, Row(cost + left, cost, ns, self.count))
        self.count += 1
        return 0

    cdef bint is_hopeless(self, int stage) noexcept:
        """Return whether no step is worth taking: asked at the start, by searches that have to."""
        return False

    cdef run(self, unsigned char[::1] row, ask, const unsigned char[::1] steps, int most_labels):
        cdef int nodes = self.graph.nodes, stage = self.behind(0, -1, self.start), node, label, place
        cdef Row best
        if self.cost_left[stage][self.start] >= _FAR or self.is_hopeless(stage):
            return None, False
        self.add(stage * nodes + self.start, -1, -1, 0, self.cost_left[stage][self.start], 0, 0)
        while self.heap.count:
            best = pop_row(&self.heap)
            label = <int>best.label
            place = self.labels[label].place
            stage, node = place // nodes, place % nodes
            if self.ends[node] & STOP and (stage == self.stages or not self.passes_ends):
                if self.ends[node] & TARGET and stage == self.stages:
                    return self.way(label), False
                continue
            if self.is_dominated(label):
                continue
            self.labels[label].next_kept = self.kept[place]
            self.kept[place] = label
            if self.count > most_labels:
                return None, True
            if self.graph.has_transit[node] or label == 0:
                self.extend(stage, node, label, best.cost, row, ask, steps)
        return None, False

    cdef int extend(self, int stage, int node, int label, i64 cost, unsigned char[::1] row, ask, const unsigned char[::1] steps) except -1:
        cdef Graph graph = self.graph
        cdef int at, arc, after, behind
        cdef i64 left, ns = self.labels[label].ns, units = self.labels[label].units, later = 0, more = 0
        for at in range(graph.leaving_from[node], graph.leaving_from[node + 1]):
            arc = graph.leaving[at]
            after = graph.head[arc]
            behind = self.behind(stage, arc >> 1, after)
            left = self.cost_left[behind][after]
            if left >= _FAR or self.shut[arc] or not steps[arc]:
                continue
            if not self.is_bounded and self.kept[behind * graph.nodes + after] >= 0:
                continue
            if self.is_bounded:
                later, more = ns + self.delay[arc], units + self.size[arc]
                if self.is_late(behind, after, later, more):
                    continue
            if is_open(row, arc, ask):
                self.add(behind * graph.nodes + after, arc, label, cost + self.price[arc], left, later, more)
        return 0

    cdef list way(self, int label):
        cdef list found = []
        while self.labels[label].arc >= 0:
            found.append(self.labels[label].arc)
            label = self.labels[label].before
        found.reverse()
        return found


cdef class _Loopless(_Quest):
    """The same for paths that take no arc twice, told apart by the arcs that they took (`is_loop_free`); else by their places alone.

    Here a label that is dominated is not made at all. Most labels that took other arcs are told by their prints.
    """

    cdef bint is_loop_free
    cdef Ints taken_by      # per arc the last label looked at whose way takes it, -1: none
    cdef int looked_at
    cdef int shift          # what of a label's `arc` tells an arc from others: all but so many bits

    def __dealloc__(self):
        free(self.taken_by.at)

    cdef int set_loop_free(self, bint is_loop_free) except -1:
        self.is_loop_free, self.looked_at = is_loop_free, -1
        return fill_ints(&self.taken_by, self.graph.arcs, -1)

    cdef bint is_hopeless(self, int stage) noexcept:
        return self.is_bounded and self.is_late(stage, self.start, 0, 0)

    cdef bint is_dominated(self, int label) noexcept:
        """Return the same of a label that is about to be extended; what it took is known from here on."""
        cdef int at = label
        self.looked_at = label
        while self.is_loop_free and self.labels[at].arc >= 0:
            self.taken_by.at[self.labels[at].arc >> self.shift] = label
            at = self.labels[at].before
        return self.is_beaten(self.labels[label].place, self.labels[label].ns, self.labels[label].units, self.labels[label].print, -1)

    cdef int last_kept(self, int place) noexcept:
        return self.kept[place]

    cdef inline bint took(self, int arc) noexcept:
        """Return whether the label looked at took an arc."""
        return self.taken_by.at[arc] == self.looked_at

    cdef bint is_beaten(self, int place, i64 ns, i64 units, u64 own, int last) noexcept:
        """Return whether a label kept at a place is no later than one of these sums that took what is looked at, and `last`, and took no more."""
        cdef int other = self.last_kept(place), at
        while other >= 0:
            if not self.is_bounded or (self.labels[other].ns <= ns and self.labels[other].units <= units):
                if not self.is_loop_free:
                    return True
                if not self.labels[other].print & ~own:
                    at = other
                    while self.labels[at].arc >= 0 and (self.labels[at].arc >> self.shift == last or self.took(self.labels[at].arc >> self.shift)):
                        at = self.labels[at].before
                    if self.labels[at].arc < 0:
                        return True
            other = self.labels[other].next_kept
        return False

    cdef int extend(self, int stage, int node, int label, i64 cost, unsigned char[::1] row, ask, const unsigned char[::1] steps) except -1:
        cdef Graph graph = self.graph
        cdef int at, arc, after, behind, place
        cdef i64 left, ns = self.labels[label].ns, units = self.labels[label].units, later = 0, more = 0
        cdef u64 own = 0
        for at in range(graph.leaving_from[node], graph.leaving_from[node + 1]):
            arc = graph.leaving[at]
            if self.shut[arc] or not steps[arc] or (self.is_loop_free and self.took(arc)):
                continue
            after = graph.head[arc]
            behind = self.behind(stage, arc >> 1, after)
            left, place = self.cost_left[behind][after], behind * graph.nodes + after
            if left >= _FAR or not is_open(row, arc, ask):
                continue
            if self.is_bounded:
                later, more = ns + self.delay[arc], units + self.size[arc]
            if self.is_loop_free:
                own = self.labels[label].print | print_of(arc)
            if self.is_beaten(place, later, more, own, arc) or (self.is_bounded and self.is_late(behind, after, later, more)):
                continue
            self.add(place, arc, label, cost + self.price[arc], left, later, more)
            self.labels[self.count - 1].print = own
        return 0


cdef class _Arrivals(_Loopless):
    """The same over steps of several arcs, where what can be done at a node depends on the arcs that packets came over.

    A number for each tuple of arcs that packets came over, 0: none, at the start. A label's `place` is that number × stages, and the
    waypoints behind; its `arc` the number × 2, and 1 if the step is steered: that costs `rule` more than the dearest of its arcs.
    """

    cdef object hops_at      # what can be done at a node, by the arcs that packets came over
    cdef i64 rule
    cdef dict numbers        # of arcs
    cdef list arrivals       # arcs by number
    cdef list steps          # steps by number × 2, and 1 if steered; None: nobody saw it
    cdef Ints node_of        # by number: where it leads to,
    cdef Ints arcs_from      # where its arcs begin in `arcs_of`, and one more,
    cdef Ints arcs_of
    cdef Ints next_from      # where the steps begin in `next_of` that can be taken then (-1: nobody asked),
    cdef Ints next_to        # where they end,
    cdef Ints next_of
    cdef Longs price_of      # the price of the dearest arc,
    cdef Longs delay_of      # and the times of the slowest
    cdef Longs size_of
    cdef Ints first_kept     # by place: the label kept last, -1: none

    def __dealloc__(self):
        free(self.node_of.at)
        free(self.arcs_from.at)
        free(self.arcs_of.at)
        free(self.next_from.at)
        free(self.next_to.at)
        free(self.next_of.at)
        free(self.price_of.at)
        free(self.delay_of.at)
        free(self.size_of.at)
        free(self.first_kept.at)

    cdef int set_steps(self, hops_at, i64 rule) except -1:
        self.shift = 1
        self.hops_at, self.rule, self.numbers, self.arrivals, self.steps = hops_at, rule, {}, [], []
        add_int(&self.arcs_from, 0)
        return self.number((), self.start)

    cdef int number(self, tuple arcs, int node) except -1:
        """Return the number of some arcs that lead to a node."""
        cdef i64 price = 0, delay = 0, size = 0
        cdef int arc, number, stage
        found = self.numbers.get(arcs)
        if found is not None:
            return found
        if not 0 <= node < self.graph.nodes:
            raise IndexError(node)
        number = len(self.arrivals)
        for arc in arcs:
            if not 0 <= arc < self.graph.arcs:
                raise IndexError(arc)
            price = max(price, self.price[arc])
            if self.is_bounded:
                delay, size = max(delay, self.delay[arc]), max(size, self.size[arc])
            add_int(&self.arcs_of, arc)
        add_int(&self.arcs_from, self.arcs_of.count)
        add_int(&self.node_of, node)
        add_int(&self.next_from, -1)
        add_int(&self.next_to, -1)
        add_long(&self.price_of, price)
        add_long(&self.delay_of, delay)
        add_long(&self.size_of, size)
        for stage in range(self.stages + 1):
            add_int(&self.first_kept, -1)
        if number:
            add_int(&self.taken_by, -1)
        else:
            fill_ints(&self.taken_by, 1, -1)
        self.numbers[arcs] = number
        self.arrivals.append(arcs)
        self.steps += [None, None]
        return number

    cdef int behind_by(self, int stage, int number) noexcept:
        """Return how many waypoints are behind after a step; links that are used together pass one if all of them do."""
        cdef int at, node = self.node_of.at[number], first = self.arcs_from.at[number], end = self.arcs_from.at[number + 1]
        while stage < self.stages and first < end:
            for at in range(first, end):
                if not self.on_link[stage * self.links + (self.arcs_of.at[at] >> 1)]:
                    break
            else:
                stage += 1
                continue
            break
        return self.behind(stage, -1, node)

    cdef int find_next(self, int number, unsigned char[::1] row, ask) except -1:
        """Note the steps that can be taken by packets that came over some arcs, over arcs that are up and open."""
        cdef int arc, after
        cdef bint may
        self.next_from.at[number] = <int>self.next_of.count
        for hop in self.hops_at(self.node_of.at[number], self.arrivals[number]):
            may = True
            for arc in hop.arcs:
                if not 0 <= arc < self.graph.arcs:
                    raise IndexError(arc)
                if self.shut[arc] or not is_open(row, arc, ask):
                    may = False
                    break
            if may:
                after = 2 * self.number(hop.arcs, hop.head) + (1 if hop.is_steered else 0)
                if self.steps[after] is None:
                    self.steps[after] = hop
                add_int(&self.next_of, after)
        self.next_to.at[number] = <int>self.next_of.count
        return 0

    cdef int last_kept(self, int place) noexcept:
        return self.first_kept.at[place]

    cdef search(self, unsigned char[::1] row, ask, int most_labels):
        """Return the steps of the cheapest path (None: there is none), and whether the search gave up."""
        cdef int width = self.stages + 1, stage = self.behind(0, -1, self.start), node, label, place, number
        cdef Row best
        if self.cost_left[stage][self.start] >= _FAR or self.is_hopeless(stage):
            return None, False
        self.add(stage, -1, -1, 0, self.cost_left[stage][self.start], 0, 0)
        while self.heap.count:
            best = pop_row(&self.heap)
            label = <int>best.label
            place = self.labels[label].place
            number, stage = place // width, place % width
            node = self.node_of.at[number]
            if self.ends[node] & STOP:
                if self.ends[node] & TARGET and stage == self.stages:
                    return [self.steps[step] for step in self.way(label)], False
                continue
            if self.is_dominated(label):
                continue
            self.labels[label].next_kept = self.first_kept.at[place]
            self.first_kept.at[place] = label
            if self.count > most_labels:
                return None, True
            if self.graph.has_transit[node] or label == 0:
                if self.next_from.at[number] < 0:
                    self.find_next(number, row, ask)
                self.take(number, stage, label, best.cost)
        return None, False

    cdef int take(self, int number, int stage, int label, i64 cost) except -1:
        cdef int at, step, after, node, behind, place
        cdef i64 left, dearer, ns = self.labels[label].ns, units = self.labels[label].units, later = 0, more = 0
        cdef u64 own = 0
        for at in range(self.next_from.at[number], self.next_to.at[number]):
            step = self.next_of.at[at]
            after = step >> 1
            if self.is_loop_free and self.took(after):
                continue
            node, behind = self.node_of.at[after], self.behind_by(stage, after)
            left, place = self.cost_left[behind][node], after * (self.stages + 1) + behind
            if left >= _FAR:
                continue
            if self.is_bounded:
                later, more = ns + self.delay_of.at[after], units + self.size_of.at[after]
            if self.is_loop_free:
                own = self.labels[label].print | print_of(after)
            if self.is_beaten(place, later, more, own, after) or (self.is_bounded and self.is_late(behind, node, later, more)):
                continue
            dearer = cost + self.price_of.at[after] + (self.rule if step & 1 else 0)
            if not 0 <= dearer < _FAR - left:
                raise OverflowError("a path that costs more than a word holds")
            self.add(place, step, label, dearer, left, later, more)
            self.labels[self.count - 1].print = own
        return 0


cdef inline u64 print_of(int arc) noexcept:
    """Return one bit of 64."""
    return (<u64>1) << (arc & 63)


def cheapest(Field field not None, int start, stops, targets, tuple via not None, array.array prices not None, list costs not None, list delays, list sizes, bound_us, ahead, unsigned char[::1] row not None, ask, down, int most_labels, const unsigned char[::1] steps not None, bint passes_ends=False):
    """Return the arcs of the cheapest path (None: there is none), and whether the search gave up after so many labels.

    `costs`, `delays` and `sizes` are what is left at least, per number of waypoints behind, and node; the latter two only
    under a bound. `steps`: a byte per arc, 0 where no step leads over it. `passes_ends`: as in `place.search.Quest`. The twin: `place.plain_search.search_twin`.
    """
    cdef _Quest quest = _Quest()
    _set_up(quest, field, start, stops, targets, via, prices, costs, delays, sizes, bound_us, ahead, row, steps, down)
    quest.passes_ends = passes_ends
    return quest.run(row, ask, steps, most_labels)


def loopless(bint is_loop_free, Field field not None, int start, stops, targets, tuple via not None, array.array prices not None, list costs not None, list delays, list sizes, bound_us, ahead, unsigned char[::1] row not None, ask, down, int most_labels, const unsigned char[::1] steps not None, bint passes_ends=False):
    """Return the same of the cheapest path that takes no arc twice, or may (not `is_loop_free`). The twin: `place.search._Search`."""
    cdef _Loopless quest = _Loopless()
    _set_up(quest, field, start, stops, targets, via, prices, costs, delays, sizes, bound_us, ahead, row, steps, down)
    quest.passes_ends = passes_ends
    quest.set_loop_free(is_loop_free)
    return quest.run(row, ask, steps, most_labels)


def by_arrival(bint is_loop_free, hops_at, i64 rule, Field field not None, int start, stops, targets, tuple via not None, array.array prices not None, list costs not None, list delays, list sizes, bound_us, ahead, unsigned char[::1] row not None, ask, down, int most_labels):
    """Return the same as steps, where `hops_at(node, arcs)` tells what can be done with packets that came over some arcs.

    A step has `arcs`, the node `head` that they lead to, and `is_steered`: then it costs `rule` more than the dearest of its arcs. An
    OverflowError: what paths cost may outgrow words. The twin: `place.search._Search`.
    """
    cdef _Arrivals quest = _Arrivals()
    _set_up(quest, field, start, stops, targets, via, prices, costs, delays, sizes, bound_us, ahead, row, row, down)
    if rule < 0:
        raise ValueError(rule)
    quest.set_loop_free(is_loop_free)
    quest.set_steps(hops_at, rule)
    return quest.search(row, ask, most_labels)


cdef int _set_up(_Quest quest, Field field, int start, stops, targets, tuple via, array.array prices, list costs, list delays, list sizes, bound_us, ahead, const unsigned char[::1] row, const unsigned char[::1] steps, down) except -1:
    if len(row) != field.graph.arcs or len(steps) != field.graph.arcs or not 0 <= start < field.graph.nodes:
        raise ValueError("a byte per arc, and a node to start at")
    quest.set_up(field, start, stops, targets, via, prices, costs, down)
    if bound_us is not None:
        quest.set_bound(field, delays, sizes, bound_us, ahead)
    return 0
