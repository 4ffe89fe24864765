"""The search of `search.py` where every step is one arc that costs its floor: the same answers, with less to carry along."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from intentc.place.potentials import FAR, Guide

if TYPE_CHECKING:
    from intentc.place.model import Hop
    from intentc.place.search import Quest

_NS_PER_US = 1000


def search_plain(quest: Quest, guide: Guide, most_labels: int) -> tuple[tuple[Hop, ...] | None, bool]:
    """Return the steps of the cheapest path (None: there is none), and whether the search gave up. Waypoints are not looked at.

    Order and dominance are those of `search.py`; a label is a row of parallel lists.
    """
    network, floor, is_open, hops_at = quest.network, quest.floor, quest.is_open, quest.hops
    to_go, transit, down = guide.cost[0], network.has_transit, quest.outage.links
    targets, stops = quest.targets - quest.outage.nodes, quest.stops
    bound, ahead = quest.bound_us, quest.ahead
    is_bounded = bound is not None
    delays, units_of, scale = network.propagation_ns, network.packet_units, network.units_per_us
    to_go_ns = guide.propagation_ns[0] if is_bounded else []
    to_go_units = guide.packet_units[0] if is_bounded and ahead is not None else guide.nothing[0] if is_bounded else []
    if quest.start in quest.outage.nodes or to_go[quest.start] == FAR:
        return None, False
    steps: list[Hop | None] = [None]
    nodes, parents, slowness, packets = [quest.start], [-1], [0], [0]
    heap: list[tuple[int, int, int, int]] = [(to_go[quest.start], 0, 0, 0)]
    kept: dict[int, list[tuple[int, int]]] = {}
    while heap:
        _, cost, _, label = heappop(heap)
        node = nodes[label]
        if node in stops:
            if node in targets:
                return _way(steps, parents, label), False
            continue
        slow, units = slowness[label], packets[label]
        others = kept.setdefault(node, [])
        if others and (not is_bounded or any(ns <= slow and size <= units for ns, size in others)):
            continue
        others.append((slow, units))
        if len(nodes) > most_labels:
            return None, True
        if label and not transit[node]:
            continue
        for hop in hops_at(node, ()):
            arc, after = hop.arcs[0], hop.head
            left = to_go[after]
            if left == FAR or arc >> 1 in down or (after in kept and not is_bounded) or not is_open(arc):
                continue
            slower = later = 0
            if bound is not None:
                slower, later = slow + (delays[arc] or 0), units + units_of[arc]
                total = -(-(slower + to_go_ns[after]) // _NS_PER_US)
                if ahead is not None:
                    whole = later + to_go_units[after]
                    total += -(-whole // scale) - (-ahead * whole // scale)
                if total > bound:
                    continue
            heappush(heap, (cost + floor(arc) + left, cost + floor(arc), slower, len(nodes)))
            nodes.append(after)
            steps.append(hop)
            parents.append(label)
            slowness.append(slower)
            packets.append(later)
    return None, False


def _way(steps: list[Hop | None], parents: list[int], label: int) -> tuple[Hop, ...]:
    found: list[Hop] = []
    while (hop := steps[label]) is not None:
        found.append(hop)
        label = parents[label]
    return tuple(reversed(found))
