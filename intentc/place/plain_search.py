"""The search of `search.py` where every step is one arc that costs its floor: the same answers, with less to carry along."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from intentc.place.potentials import FAR, Guide

if TYPE_CHECKING:
    from intentc.place.model import Hop
    from intentc.place.search import Quest

_NS_PER_US = 1000


def search_plain(
    quest: Quest, guide: Guide, most_labels: int, times: Guide | None = None
) -> tuple[tuple[Hop, ...] | None, bool]:
    """Return the steps of the cheapest path (None: there is none), and whether the search gave up. Waypoints are not looked at.

    Order and dominance are those of `search.py`; a label is a row of parallel lists. `times`: what is left of the latency at
    least, where that is not taken from the guide; lower figures only let more labels live that come too late later on.
    """
    if quest.start in quest.outage.nodes or guide.cost[0][quest.start] == FAR:
        return None, False
    return _Search(quest, guide, times or guide).run(most_labels)


class _Search:
    """Labels by number: node, step there, label before, propagation in ns and packet times up to there."""

    def __init__(self, quest: Quest, guide: Guide, times: Guide) -> None:
        self._quest = quest
        self._to_go = guide.cost[0]
        self._is_bounded = quest.bound_us is not None
        if self._is_bounded:
            self._to_go_ns = times.propagation_ns[0]
            self._to_go_units = times.packet_units[0] if quest.ahead is not None else times.nothing[0]
        self._nodes, self._parents, self._ns, self._units = [quest.start], [-1], [0], [0]
        self._steps: list[Hop | None] = [None]
        self._heap = [(self._to_go[quest.start], 0, 0, 0)]
        self._kept: dict[int, list[int]] = {}

    def run(self, most_labels: int) -> tuple[tuple[Hop, ...] | None, bool]:
        quest, transit = self._quest, self._quest.network.has_transit
        targets = quest.targets - quest.outage.nodes
        while self._heap:
            _, cost, _, label = heappop(self._heap)
            node = self._nodes[label]
            if node in quest.stops:
                if node in targets:
                    return self._way(label), False
                continue
            if self._is_dominated(node, label):
                continue
            self._kept.setdefault(node, []).append(label)
            if len(self._nodes) > most_labels:
                return None, True
            if transit[node] or label == 0:
                self._extend(node, label, cost)
        return None, False

    def _is_dominated(self, node: int, label: int) -> bool:
        others = self._kept.get(node)
        if others is None or not self._is_bounded:
            return others is not None
        ns, units = self._ns[label], self._units[label]
        return any(self._ns[other] <= ns and self._units[other] <= units for other in others)

    def _extend(self, node: int, label: int, cost: int) -> None:
        quest, to_go, nodes = self._quest, self._to_go, self._nodes
        floor, is_open, down = quest.floor, quest.is_open, quest.outage.links
        delays, sizes = quest.network.propagation_ns, quest.network.packet_units
        for hop in quest.hops(node, ()):
            arc, after = hop.arcs[0], hop.head
            left = to_go[after]
            if left == FAR or arc >> 1 in down or (after in self._kept and not self._is_bounded) or not is_open(arc):
                continue
            ns, units = self._ns[label], self._units[label]
            if self._is_bounded:
                ns, units = ns + (delays[arc] or 0), units + sizes[arc]
                if self._is_late(after, ns, units):
                    continue
            so_far = cost + floor(arc)
            heappush(self._heap, (so_far + left, so_far, ns, len(nodes)))
            nodes.append(after)
            self._steps.append(hop)
            self._parents.append(label)
            self._ns.append(ns)
            self._units.append(units)

    def _is_late(self, node: int, ns: int, units: int) -> bool:
        """Return whether the bound cannot be kept any more; each part is rounded up as in `latency_parts`."""
        total = -(-(ns + self._to_go_ns[node]) // _NS_PER_US)
        ahead = self._quest.ahead
        if ahead is not None:
            whole, scale = units + self._to_go_units[node], self._quest.network.units_per_us
            total += -(-whole // scale) - (-ahead * whole // scale)
        return self._quest.bound_us is not None and total > self._quest.bound_us

    def _way(self, label: int) -> tuple[Hop, ...]:
        found: list[Hop] = []
        while (hop := self._steps[label]) is not None:
            found.append(hop)
            label = self._parents[label]
        return tuple(reversed(found))
