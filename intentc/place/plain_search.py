"""The search of `search.py` where every step is one arc that costs its floor: the same answers, with less to carry along."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import TYPE_CHECKING, TypeVar

from intentc.place.model import Hop
from intentc.place.openness import OpenArcs
from intentc.place.potentials import Guide, Prices, Via

if TYPE_CHECKING:
    from intentc.place.search import Quest

T = TypeVar("T")
_NS_PER_US = 1000


def advance(via: Via, stage: int, links: frozenset[int], node: int) -> int:
    """Return how many waypoints are behind a path that had passed `stage` and now took `links` (in parallel) to `node`."""
    while stage < len(via) and links and links <= via[stage][1]:
        stage += 1
    while stage < len(via) and node in via[stage][0]:
        stage += 1
    return stage


def search_plain(
    quest: Quest, is_open: OpenArcs, guide: Guide, most_labels: int, times: Guide | None = None
) -> tuple[tuple[Hop, ...] | None, bool]:
    """Return the steps of the cheapest path over open arcs (None: there is none), and whether the search gave up.

    A path past waypoints may come to the same place again. Order and dominance are those of `search.py`; a label is a row of
    parallel lists. `times`: what is left of the propagation at least, where that is not taken from the guide; packet times, a
    small part of all, are then not looked ahead for. Lower figures only let more labels live that come too late later on.
    """
    prices = guide.prices
    if prices is None or not is_for_words(quest, prices):
        return search_twin(quest, is_open, guide, most_labels, times)
    return steps_of(prices, run_kernel(quest, is_open, guide, most_labels, times, kernel=prices.kernels.cheapest))


def is_for_words(quest: Quest, prices: Prices) -> bool:
    """Return whether a search of single arcs can be made by a kernel."""
    return quest.is_plain and quest.single is not None and prices.kernels.is_timely(quest.bound_us, quest.ahead)


def steps_of(prices: Prices, found: tuple[list[int] | None, bool]) -> tuple[tuple[Hop, ...] | None, bool]:
    """Return the arcs that a kernel found as steps."""
    arcs, has_given_up = found
    return None if arcs is None else tuple(map(prices.kernels.hops.__getitem__, arcs)), has_given_up


def run_kernel(
    quest: Quest,
    is_open: OpenArcs,
    guide: Guide,
    most_labels: int,
    times: Guide | None = None,
    *,
    kernel: Callable[..., tuple[list[T] | None, bool]],
) -> tuple[list[T] | None, bool]:
    """Return what a kernel finds; which steps there are it has been told, or is by `single`."""
    prices = guide.prices
    if prices is None or quest.start in quest.outage.nodes:
        return None, False
    is_bounded, is_timed = quest.bound_us is not None, quest.ahead is not None and times is None
    return kernel(
        prices.kernels.field,
        quest.start,
        quest.stops,
        quest.targets - quest.outage.nodes,
        quest.via,
        prices.row,
        guide.cost,
        (times or guide).propagation_ns if is_bounded else None,
        (guide.packet_units if is_timed else guide.nothing) if is_bounded else None,
        quest.bound_us,
        quest.ahead,
        is_open.row,
        is_open.ask,
        quest.outage.links,
        most_labels,
        *(() if quest.single is None else (quest.single, quest.passes_ends)),
    )


def search_twin(
    quest: Quest, is_open: OpenArcs, guide: Guide, most_labels: int, times: Guide | None = None
) -> tuple[tuple[Hop, ...] | None, bool]:
    """Return the same without a kernel."""
    search = _Search(quest, is_open, guide, times)
    return search.run(most_labels) if search.has_start else (None, False)


class _Search:
    """Labels by number: place (a node, and how many waypoints are behind, as one number), step there, label before,

    propagation in ns and packet times up to there.
    """

    def __init__(self, quest: Quest, is_open: OpenArcs, guide: Guide, times: Guide | None) -> None:
        self._quest = quest
        self._is_open = is_open
        self._far = guide.far
        self._count = len(quest.network.nodes)
        self._to_go = guide.cost
        self._is_bounded = quest.bound_us is not None
        if self._is_bounded:
            self._to_go_ns = (times or guide).propagation_ns
            self._to_go_units = guide.packet_units if quest.ahead is not None and times is None else guide.nothing
        stage = advance(quest.via, 0, frozenset(), quest.start)
        self._places, self._parents, self._ns, self._units = [stage * self._count + quest.start], [-1], [0], [0]
        self._steps: list[Hop | None] = [None]
        self._heap = [(self._to_go[stage][quest.start], 0, 0, 0)]
        self._kept: dict[int, list[int]] = {}

    @property
    def has_start(self) -> bool:
        """Return whether there is any way from where the search begins."""
        return self._quest.start not in self._quest.outage.nodes and self._heap[0][0] != self._far

    def run(self, most_labels: int) -> tuple[tuple[Hop, ...] | None, bool]:
        """Return the steps of the cheapest path, and whether the search gave up."""
        quest, transit, count = self._quest, self._quest.network.has_transit, self._count
        targets, last, stops = quest.targets - quest.outage.nodes, len(quest.via), quest.stops
        heap, places, kept = self._heap, self._places, self._kept
        if not last:
            return self._run_freely(most_labels, targets)
        while heap:
            _, cost, _, label = heappop(heap)
            place = places[label]
            stage, node = divmod(place, count)
            if node in stops and (stage == last or not quest.passes_ends):
                if node in targets and stage == last:
                    return self._way(label), False
                continue
            if place in kept:
                if self._is_dominated(place, label):
                    continue
                kept[place].append(label)
            else:
                kept[place] = [label]
            if len(places) > most_labels:
                return None, True
            if transit[node] or label == 0:
                self._extend(node, stage, label, cost)
        return None, False

    def _run_freely(self, most_labels: int, targets: frozenset[int]) -> tuple[tuple[Hop, ...] | None, bool]:
        """Do the same where there are no waypoints: most steps are made here."""
        heap, places, kept = self._heap, self._places, self._kept
        stops, transit = self._quest.stops, self._quest.network.has_transit
        extend = self._extender() if self._is_bounded else self._unbounded_extender()
        while heap:
            _, cost, _, label = heappop(heap)
            node = places[label]
            if node in stops:
                if node in targets:
                    return self._way(label), False
                continue
            if node not in kept:
                kept[node] = [label]
            elif self._is_dominated(node, label):
                continue
            else:
                kept[node].append(label)
            if len(places) > most_labels:
                return None, True
            if transit[node] or not label:
                extend(node, label, cost)
        return None, False

    def _unbounded_extender(self) -> Callable[[int, int, int], None]:
        """Return what takes all steps at a node where nothing bounds the latency; what it looks at is looked up once."""
        quest, heap, places, kept, to_go = self._quest, self._heap, self._places, self._kept, self._to_go[0]
        floor, is_open, hops, down, far = quest.floor, self._is_open, quest.hops, quest.outage.links, self._far
        steps, parents = self._steps, self._parents

        def extend(node: int, label: int, cost: int) -> None:
            for hop in hops(node, ()):
                arc, after = hop.arcs[0], hop.head
                left = to_go[after]
                if left != far and after not in kept and arc >> 1 not in down and is_open(arc):
                    dearer = cost + floor(arc)
                    heappush(heap, (dearer + left, dearer, 0, len(places)))
                    places.append(after)
                    steps.append(hop)
                    parents.append(label)

        return extend

    def _extender(self) -> Callable[[int, int, int], None]:
        """Return what takes all steps at a node that may keep the bound, with what `_is_late` says written out."""
        quest, heap, places, to_go, network = self._quest, self._heap, self._places, self._to_go[0], self._quest.network
        floor, is_open, hops, down, ahead = quest.floor, self._is_open, quest.hops, quest.outage.links, quest.ahead
        far, steps, parents, all_ns, all_units = self._far, self._steps, self._parents, self._ns, self._units
        delays, sizes, scale, bound_us = (
            network.propagation_ns,
            network.packet_units,
            network.units_per_us,
            quest.bound_us,
        )
        to_go_ns, to_go_units = self._to_go_ns[0], self._to_go_units[0]

        def extend(node: int, label: int, cost: int) -> None:
            so_far_ns, so_far_units = all_ns[label], all_units[label]
            for hop in hops(node, ()):
                arc, after = hop.arcs[0], hop.head
                left = to_go[after]
                if left == far or arc >> 1 in down or not is_open(arc):
                    continue
                ns, units = so_far_ns + (delays[arc] or 0), so_far_units + sizes[arc]
                total = -(-(ns + to_go_ns[after]) // _NS_PER_US)
                if ahead is not None:
                    whole = units + to_go_units[after]
                    total += -(-whole // scale) - (-ahead * whole // scale)
                if bound_us is not None and total <= bound_us:
                    dearer = cost + floor(arc)
                    heappush(heap, (dearer + left, dearer, ns, len(places)))
                    places.append(after)
                    steps.append(hop)
                    parents.append(label)
                    all_ns.append(ns)
                    all_units.append(units)

        return extend

    def _is_dominated(self, place: int, label: int) -> bool:
        others = self._kept.get(place)
        if others is None or not self._is_bounded:
            return others is not None
        ns, units = self._ns[label], self._units[label]
        return any(self._ns[other] <= ns and self._units[other] <= units for other in others)

    def _extend(self, node: int, stage: int, label: int, cost: int) -> None:
        quest, to_go, places, count = self._quest, self._to_go, self._places, self._count
        floor, is_open, down, via = quest.floor, self._is_open, quest.outage.links, quest.via
        delays, sizes = quest.network.propagation_ns, quest.network.packet_units
        is_last = stage == len(via)
        for hop in quest.hops(node, ()):
            arc, after = hop.arcs[0], hop.head
            behind = stage if is_last else advance(via, stage, frozenset((arc >> 1,)), after)
            left, place = to_go[behind][after], behind * count + after
            if (
                left == self._far
                or arc >> 1 in down
                or (place in self._kept and not self._is_bounded)
                or not is_open(arc)
            ):
                continue
            ns, units = self._ns[label], self._units[label]
            if self._is_bounded:
                ns, units = ns + (delays[arc] or 0), units + sizes[arc]
                if self._is_late(behind, after, ns, units):
                    continue
            so_far = cost + floor(arc)
            heappush(self._heap, (so_far + left, so_far, ns, len(places)))
            places.append(place)
            self._steps.append(hop)
            self._parents.append(label)
            self._ns.append(ns)
            self._units.append(units)

    def _is_late(self, stage: int, node: int, ns: int, units: int) -> bool:
        """Return whether the bound cannot be kept any more; each part is rounded up as in `latency_parts`."""
        total = -(-(ns + self._to_go_ns[stage][node]) // _NS_PER_US)
        ahead = self._quest.ahead
        if ahead is not None:
            whole, scale = units + self._to_go_units[stage][node], self._quest.network.units_per_us
            total += -(-whole // scale) - (-ahead * whole // scale)
        return self._quest.bound_us is not None and total > self._quest.bound_us

    def _way(self, label: int) -> tuple[Hop, ...]:
        found: list[Hop] = []
        while (hop := self._steps[label]) is not None:
            found.append(hop)
            label = self._parents[label]
        return tuple(reversed(found))
