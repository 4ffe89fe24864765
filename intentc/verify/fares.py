"""Whether prices of links prove that demands cannot be carried together in a state (linear-programming duality)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import networkx as nx

from intentc.manifest.refusal_model import PricesEntry
from intentc.values import field, mutable
from intentc.verify.classes import STRICT, WEIGHT, ClassFacts, class_facts
from intentc.verify.igp import is_drained
from intentc.verify.refused import Refused
from intentc.verify.terrain import Arc, Terrain, arcs_of, offers_transit
from intentc.verify.wanted import Asked, Wanted

_PPB = 1_000_000_000
_MOST_UNITS = 4_000_000  # of the greatest rate that all rates are multiples of, in the room of a link
_Key = tuple[frozenset[str], frozenset[tuple[str, str]]]


def flaw_of_prices(refused: Refused, told: PricesEntry) -> str | None:
    """Return what is wrong with prices, None if they prove it.

    Every routing of the demands pays at least rate × cheapest way for each of them, and at most price × room in all, as no
    link takes in more than its room. Of a pool only its dearest member counts: it reserves at least that.
    """
    prices = {item.link: (item.ab, item.ba) for item in told.prices}
    if len(prices) != len(told.prices) or any(min(pair) < 0 for pair in prices.values()):
        return "a link has two prices, or one below zero"
    if not prices.keys() <= refused.world.topology.links.keys():
        return "it has the price of a link that does not exist"
    if told.traffic_class not in {None, refused.asked.traffic_class}:
        return f"it is about class `{told.traffic_class}`, which is not that of the demand"
    fares = _Fares(refused, {name: (ab, ba) for name, (ab, ba) in prices.items()}, told.traffic_class)
    if told.whole and not fares.is_undivided():
        return "it counts on rates that are never divided, and some are"
    paid, worth = fares.paid(), fares.worth(is_whole=told.whole)
    return None if paid > worth else f"the demands pay {paid} at these prices, and the room is worth {worth}"


@mutable
class _Fares:
    refused: Refused
    prices: dict[str, tuple[int, int]]
    traffic_class: str | None
    known: dict[_Key, dict[str, int]] = field(default_factory=dict)
    shut: dict[tuple[frozenset[str], frozenset[str], str, int], frozenset[tuple[str, str]]] = field(
        default_factory=dict
    )
    least: dict[str, int] = field(default_factory=dict)

    def worth(self, *, is_whole: bool) -> int:
        """Return what all room is worth, with `is_whole` only what whole rates can fill of it."""
        total = 0
        for arc in arcs_of(self.refused.world):
            if self._is_there(arc) and (price := self._price(arc)):
                total += price * (self._filled(arc) if is_whole else self._room(arc))
        return total

    def _filled(self, arc: Arc) -> int:
        """Return how much of an arc whole rates can fill: those of demands that may use it.

        No path comes back to where it began, nor goes on where it ends, but perhaps past waypoints.
        """
        rates = []
        for asked, wanted, rate in self._payers():
            terrain = self._terrain(asked, wanted)
            is_turned = terrain.sources == {arc.head} or terrain.ends == {arc.tail}
            is_shut = (arc.link.id, arc.tail) in self._shut(terrain, asked, rate)
            rates += [] if is_shut or (is_turned and not asked.ground.waypoints) else [rate]
        return largest_sum(rates, self._room(arc))

    def _terrain(self, asked: Asked, wanted: Wanted) -> Terrain:
        refused = self.refused
        return Terrain(refused.world, asked, wanted, refused.state.failed, refused.is_failure, 0, None)

    def is_undivided(self) -> bool:
        """Return whether every demand reserves all of its rate wherever it runs: no share of it, and nothing with others."""
        pools = [f"{asked.name}/{wanted.rate.pool}" for asked, wanted, _ in self._payers()]
        return len(set(pools)) == len(pools) and not any(asked.is_spread for asked, _, _ in self._payers())

    def paid(self) -> int:
        """Return what the demands pay at least."""
        dearest: dict[str, int] = {}
        for asked, wanted, rate in self._payers():
            pool = f"{asked.name}/{wanted.rate.pool}"
            dearest[pool] = max(dearest.get(pool, 0), rate * self._fare(asked, wanted, rate))
        return sum(dearest.values())

    def _payers(self) -> Iterator[tuple[Asked, Wanted, int]]:
        """Yield the demands that count, with their rates in the state."""
        for asked, wanted, rate in (*self._placed(), *self._own()):
            if rate and self.traffic_class in {None, asked.traffic_class} and wanted.services is None:
                yield asked, wanted, rate

    def _placed(self) -> Iterator[tuple[Asked, Wanted, int]]:
        """Yield the demands that are placed and promised the state, with their rates in it."""
        refused, state = self.refused, self.refused.state
        for group in refused.placed.values():
            case = group[0]
            own = next((s for s in case.wanted.promised.states if s.failed == state.failed), None)
            if refused.is_failure and (own is None or own.id in case.entry.unprotected):
                continue
            yield case.asked, case.wanted, sum(_rate(each.wanted, is_failure=refused.is_failure) for each in group)

    def _own(self) -> Iterator[tuple[Asked, Wanted, int]]:
        """Yield all demands of the refused intent that are promised the state: it is placed as a whole or not at all."""
        refused = self.refused
        for wanted in refused.asked.demands:
            is_promised = any(state.failed == refused.state.failed for state in wanted.promised.states)
            if not refused.is_failure or is_promised:
                yield refused.asked, wanted, _rate(wanted, is_failure=refused.is_failure)

    def _fare(self, asked: Asked, wanted: Wanted, rate: int) -> int:
        """Return the least price per bit from any of a demand's ends to any of the others, 0 where there is no way."""
        terrain = self._terrain(asked, wanted)
        if terrain.sources & terrain.ends:
            return 0
        shut = self._shut(terrain, asked, rate)
        key = (terrain.ends, shut)
        if key not in self.known:
            graph = self._graph(shut, terrain.ends)
            there = [end for end in sorted(terrain.ends) if end in graph]
            found = nx.multi_source_dijkstra_path_length(graph, there, weight="price") if there else {}
            self.known[key] = {node: int(fare) for node, fare in found.items()}
        return min((self.known[key][start] for start in terrain.sources if start in self.known[key]), default=0)

    def _shut(self, terrain: Terrain, asked: Asked, rate: int) -> frozenset[tuple[str, str]]:
        """Return the directions of links that a demand cannot use: down, excluded, or too small for it even alone."""
        ground, name = asked.ground, asked.traffic_class
        facts = class_facts(name, self.refused.world.sources)
        is_plain = facts is not None and facts.kind in {WEIGHT, STRICT} and not terrain.has_tunnels
        size = 0 if is_plain and rate <= self._least_room(facts) else rate
        key = (ground.banned_nodes, ground.banned_links, name, size)
        if key not in self.shut:
            reasons = ("failed", "drained", "excluded", *(("small",) if size else ()))
            self.shut[key] = frozenset(
                (arc.link.id, arc.tail) for arc in terrain.arcs if any(terrain.holds(reason, arc) for reason in reasons)
            )
        return self.shut[key]

    def _least_room(self, facts: ClassFacts | None) -> int:
        """Return what even the smallest link has for a class."""
        name = facts.name if facts is not None else ""
        if name not in self.least:
            limit = facts.limit_ppb if facts is not None and facts.limit_ppb is not None else _PPB
            self.least[name] = min((_alone(arc, limit) for arc in arcs_of(self.refused.world)), default=0)
        return self.least[name]

    def _graph(self, shut: frozenset[tuple[str, str]], ends: Iterable[str]) -> nx.DiGraph[str]:
        """Return every usable link turned round, in both directions; of parallel ones the cheapest."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        goals = set(ends)
        for arc in arcs_of(self.refused.world):
            is_passable = arc.head in goals or offers_transit(self.refused.world, arc.head)
            if (arc.link.id, arc.tail) in shut or not is_passable:
                continue
            price = self._price(arc)
            if not graph.has_edge(arc.head, arc.tail) or price < graph[arc.head][arc.tail]["price"]:
                graph.add_edge(arc.head, arc.tail, price=price)
        return graph

    def _price(self, arc: Arc) -> int:
        ab, ba = self.prices.get(arc.link.id, (0, 0))
        return ab if arc.is_ab else ba

    def _is_there(self, arc: Arc) -> bool:
        failed = self.refused.state.failed
        is_failed = arc.link.id in failed.links or not failed.nodes.isdisjoint((arc.tail, arc.head))
        return not is_failed and not is_drained(arc.link, self.refused.world.topology)

    def _room(self, arc: Arc) -> int:
        """Return what a link has for the demands: its capacity without background, or the share of their class."""
        facts = class_facts(self.traffic_class, self.refused.world.sources) if self.traffic_class is not None else None
        return max(0, _alone(arc, _PPB if facts is None or facts.limit_ppb is None else facts.limit_ppb))


def largest_sum(rates: Sequence[int], room: int) -> int:
    """Return the largest sum of some of the rates within some room; the room itself where telling takes too much memory."""
    if sum(rates) <= room:
        return sum(rates)
    unit = math.gcd(*rates)
    units = room // unit
    if units > _MOST_UNITS:
        return room
    is_sum, sums = bytearray(units + 1), {0}
    for rate in rates:
        fresh = {total for total in (known + rate // unit for known in sums) if total <= units and not is_sum[total]}
        for total in fresh:
            is_sum[total] = 1
        sums |= fresh
    return max(sums) * unit


def _alone(arc: Arc, limit_ppb: int) -> int:
    capacity = arc.link.capacity_bps.towards(is_ab=arc.is_ab)
    return min(capacity - arc.link.background_bps.towards(is_ab=arc.is_ab), capacity * limit_ppb // _PPB)


def _rate(wanted: Wanted, *, is_failure: bool) -> int:
    """Return what a demand reserves at least in the state."""
    if not wanted.rate.is_committed:
        return 0
    return wanted.rate.failover_bps if is_failure else wanted.rate.bandwidth_bps
