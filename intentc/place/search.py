"""Exact constrained shortest paths over the steps that devices can be made to take (label setting).

The order is that of A* (Hart, Nilsson, Raphael 1968) with exact potentials, labels are dropped by dominance (Desrochers and
Soumis 1988).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush

from intentc.forwarding.figures import latency_parts
from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage
from intentc.forwarding.walk import Arcs
from intentc.place.model import Hop
from intentc.place.openness import SHUT, OpenArcs, open_arcs_of
from intentc.place.plain_search import advance, is_for_words, run_kernel, search_plain, steps_of
from intentc.place.potentials import Guide, Potentials, Prices, Via
from intentc.values import frozen

MOST_LABELS = 20_000
_FEW_LABELS = 400


@frozen
class Quest:
    """What is sought: a path from `start` to one of `targets` in the state `outage`.

    `stops` are all nodes where packets end, rightly or not. `hops` gives the steps at a node for packets that came over
    given arcs (`is_by_arrival` False: whatever arcs they came over), `is_open` the arcs that may be used, `weigh` a step's
    cost (smallest sum first), `floor` the least that a step over an arc costs. `bound_us` None: no bound on the latency;
    `ahead` as in `latency_parts`. `guide`: what is known already of the least that is left of the
    way; it is not asked where it does not fit the rest. `is_plain`: every step is one arc, whatever arcs packets came
    over, and costs its floor. `single`: a byte per arc, 1 for those that are a step (not steered) where their link is up, in the
    order of the network; None: only `hops` tells. `rule_cost`: what a steered step costs on top of the dearest floor of its arcs, as
    all steps cost; None: only `weigh` tells. `passes_ends`: a plain path may run through a node where packets end, as long as waypoints are
    ahead.
    """

    network: Network
    outage: Outage
    start: int
    targets: frozenset[int]
    stops: frozenset[int]
    hops: Callable[[int, Arcs], Sequence[Hop]]
    is_by_arrival: bool
    is_open: Callable[[int], bool]
    weigh: Callable[[Hop], int]
    floor: Callable[[int], int]
    via: Via
    bound_us: int | None
    ahead: int | None
    guide: Guide | None = None
    is_plain: bool = False
    single: bytes | None = None
    rule_cost: int | None = None
    passes_ends: bool = False


@frozen
class Answer:
    """The cheapest path as its steps, or None: there is none, unless `has_given_up` after `MOST_LABELS` partial paths."""

    hops: tuple[Hop, ...] | None
    has_given_up: bool = False


@dataclass(slots=True, eq=False)
class _Label:
    """A partial path to `node`, by its last step and what came `before`; sums of propagation in ns and of packet times.

    `passed` has a bit for each of its steps, where that is asked for.
    """

    node: int
    hop: Hop | None
    before: _Label | None
    stage: int
    cost: int
    propagation_ns: int
    units: int
    passed: int = 0

    @property
    def arrival(self) -> Arcs:
        return self.hop.arcs if self.hop is not None else ()

    def steps(self) -> Iterator[Hop]:
        """Yield the steps, the last one first."""
        label: _Label | None = self
        while label is not None and label.hop is not None:
            yield label.hop
            label = label.before


def find_path(quest: Quest) -> Answer:
    """Return the cheapest path that keeps the bound and passes the waypoints in order; exact unless it gives up.

    A partial path is dropped when another one of the same place costs no more and is no slower in either part of the
    latency. Parallel links that are used together count with the slowest of them.

    A path past waypoints may come to the same place (node and arrival) again, and must not: what was decided there would
    be decided again. It is sought without this rule first, which is as quick as any search; only where the cheapest such
    path breaks the rule, paths are told apart by all places that they came through.

    With a guide it is sought along that first: mostly few partial paths are enough. Only else the least that is left of
    the way is determined over the open arcs.
    """
    is_open = open_arcs_of(quest.is_open, len(quest.network.head))
    guide: Guide | None = None
    if quest.is_plain:
        answer, guide = _find_plain(quest, is_open)
        if answer.hops is None or not quest.via or _is_loop_free(answer.hops):
            return answer
    elif quest.guide is not None and quest.guide.fits(quest.network, quest.via, quest.floor):
        answer = search_past(quest, is_open, quest.guide, min(_FEW_LABELS, MOST_LABELS), is_loop_free=False)
        if not answer.has_given_up and (answer.hops is None or _is_loop_free(answer.hops)):
            return answer
    guide = guide or _exact_guide(quest, is_open, _prices_of(quest))
    answer = search_past(quest, is_open, guide, MOST_LABELS, is_loop_free=False)
    if answer.hops is None or _is_loop_free(answer.hops):
        return answer
    return search_past(quest, is_open, guide, MOST_LABELS, is_loop_free=True)


def find_priced(quest: Quest, prices: Prices | None) -> Answer:
    """Return the same of a plain quest whose costs are those of this search alone, `prices` as words (None: they are none).

    No guide knows them: the least that is left of the way is determined over the open arcs at once.
    """
    is_open = open_arcs_of(quest.is_open, len(quest.network.head))
    guide = _exact_guide(quest, is_open, prices)
    answer = search_past(quest, is_open, guide, MOST_LABELS, is_loop_free=False)
    if answer.hops is None or _is_loop_free(answer.hops):
        return answer
    return search_past(quest, is_open, guide, MOST_LABELS, is_loop_free=True)


def search_past(quest: Quest, is_open: OpenArcs, guide: Guide, most_labels: int, *, is_loop_free: bool) -> Answer:
    """Return the cheapest path along a guide; with `is_loop_free` none that comes to the same place again."""
    prices = guide.prices
    if prices is not None and is_for_words(quest, prices):
        kernel = partial(prices.kernels.loop_free, is_loop_free)
        return Answer(*steps_of(prices, run_kernel(quest, is_open, guide, most_labels, kernel=kernel)))
    is_timely = prices is not None and prices.kernels.is_timely(quest.bound_us, quest.ahead)
    if prices is not None and is_timely and quest.is_by_arrival and quest.rule_cost is not None:
        by_arrival = partial(prices.kernels.by_arrival, is_loop_free, quest.hops, quest.rule_cost)
        with suppress(OverflowError):  # of a path that costs more than a word holds
            hops, has_given_up = run_kernel(quest, is_open, guide, most_labels, kernel=by_arrival)
            return Answer(None if hops is None else tuple(hops), has_given_up)
    return _Search(quest, guide, most_labels).run(is_loop_free=is_loop_free)


def _find_plain(quest: Quest, is_open: OpenArcs) -> tuple[Answer, Guide | None]:
    """Return the cheapest path, which may come to a place again, and the guide over the open arcs where that was needed."""
    known = quest.guide
    if known is not None and not known.fits(quest.network, quest.via, quest.floor):
        known = None
    few = min(_FEW_LABELS, MOST_LABELS)
    if known is not None:
        hops, has_given_up = search_plain(quest, is_open, known, few, known)
        if not has_given_up:
            return Answer(hops), None
    guide = _exact_guide(quest, is_open, _prices_of(quest))
    if known is not None and quest.bound_us is not None:  # times over all links are mostly good enough
        hops, has_given_up = search_plain(quest, is_open, guide, few, known)
        if not has_given_up:
            return Answer(hops), guide
    return Answer(*search_plain(quest, is_open, guide, MOST_LABELS)), guide


def _prices_of(quest: Quest) -> Prices | None:
    return None if quest.guide is None else quest.guide.prices_of(quest.network, quest.via, quest.floor)


def _is_loop_free(hops: Sequence[Hop]) -> bool:
    return len({hop.arcs for hop in hops}) == len(hops)


def _exact_guide(quest: Quest, is_open: OpenArcs, prices: Prices | None = None) -> Guide:
    network, row = quest.network, bytearray(is_open.told())
    for link in quest.outage.links:
        row[2 * link] = row[2 * link + 1] = SHUT
    potentials = Potentials(
        network, row, quest.targets - quest.outage.nodes, quest.stops, quest.via, passes_ends=quest.passes_ends
    )
    return Guide(potentials, quest.floor, prices=prices)


class _Search:
    def __init__(self, quest: Quest, guide: Guide, most_labels: int) -> None:
        self._quest = quest
        self._most_labels = most_labels
        self._targets = quest.targets - quest.outage.nodes
        self._to_go, self._far = guide.cost, guide.far
        self._is_bounded = quest.bound_us is not None
        if self._is_bounded:
            self._to_go_ns = guide.propagation_ns
            self._to_go_units = guide.packet_units if quest.ahead is not None else guide.nothing

    def run(self, *, is_loop_free: bool) -> Answer:
        """Return the cheapest path; with `is_loop_free` none that comes to the same place again."""
        quest = self._quest
        self._is_loop_free = is_loop_free
        self._bits: dict[Arcs, int] = {}
        self._kept: dict[tuple[int, Arcs, int], list[_Label]] = {}
        self._heap: list[tuple[int, int, int, int, _Label]] = []
        self._made = 0
        stage = advance(quest.via, 0, frozenset(), quest.start)
        if quest.start not in quest.outage.nodes:
            self._push(_Label(quest.start, None, None, stage, 0, 0, 0))
        while self._heap:
            label = heappop(self._heap)[-1]
            if label.node in quest.stops and (label.stage == len(quest.via) or not quest.passes_ends):
                if label.node in self._targets and label.stage == len(quest.via):
                    return Answer(tuple(label.steps())[::-1])
                continue
            if self._is_dominated(label):
                continue
            self._kept.setdefault(self._place(label), []).append(label)
            if self._made > self._most_labels:
                return Answer(None, has_given_up=True)
            if label.hop is None or quest.network.has_transit[label.node]:
                self._extend(label)
        return Answer(None)

    def _place(self, label: _Label) -> tuple[int, Arcs, int]:
        return label.node, label.arrival if self._quest.is_by_arrival else (), label.stage

    def _is_dominated(self, label: _Label) -> bool:
        """Return whether a path that was extended before, and so costs no more, is as good in all that matters."""
        for other in self._kept.get(self._place(label), ()):
            is_faster = not self._is_bounded or (
                other.propagation_ns <= label.propagation_ns and other.units <= label.units
            )
            if is_faster and not other.passed & ~label.passed:
                return True
        return False

    def _bit(self, arcs: Arcs) -> int:
        """Return the bit of a step where paths are told apart by all their steps, else none."""
        return self._bits.setdefault(arcs, 1 << len(self._bits)) if self._is_loop_free else 0

    def _extend(self, label: _Label) -> None:
        quest, network = self._quest, self._quest.network
        down = quest.outage.links
        for hop in quest.hops(label.node, label.arrival):
            bit = self._bit(hop.arcs)
            if bit & label.passed or not all(map(quest.is_open, hop.arcs)) or any(a >> 1 in down for a in hop.arcs):
                continue
            self._push(
                _Label(
                    node=hop.head,
                    hop=hop,
                    before=label,
                    stage=self._stage(label, hop),
                    cost=label.cost + quest.weigh(hop),
                    propagation_ns=label.propagation_ns + max(network.propagation_ns[arc] or 0 for arc in hop.arcs),
                    units=label.units + max(network.packet_units[arc] for arc in hop.arcs),
                    passed=label.passed | bit,
                )
            )

    def _stage(self, label: _Label, hop: Hop) -> int:
        if label.stage == len(self._quest.via):
            return label.stage
        return advance(self._quest.via, label.stage, frozenset(arc >> 1 for arc in hop.arcs), hop.head)

    def _push(self, label: _Label) -> None:
        quest, stage, node = self._quest, label.stage, label.node
        to_go = self._to_go[stage][node]
        if to_go == self._far or self._is_dominated(label):
            return
        slow = 0
        if quest.bound_us is not None:
            slow = label.propagation_ns
            propagation_ns, units = slow + self._to_go_ns[stage][node], label.units + self._to_go_units[stage][node]
            if latency_parts(quest.network, propagation_ns, units, quest.ahead).total > quest.bound_us:
                return
        self._made += 1
        heappush(self._heap, (label.cost + to_go, label.cost, slow, self._made, label))
