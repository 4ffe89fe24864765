"""Where a refused demand may go in one state, from the sources alone: the links, places and times that certificates are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from intentc.manifest.elements import Elements
from intentc.topology.model import Link
from intentc.values import frozen
from intentc.verify.books import Page
from intentc.verify.case import World
from intentc.verify.check_links import need_of
from intentc.verify.classes import class_facts
from intentc.verify.ground import Ban
from intentc.verify.igp import is_drained
from intentc.verify.tunnels import below
from intentc.verify.wanted import Asked, Wanted

Spot = tuple[str, int]  # a node, and how many waypoints lie behind a path there
_PPB = 1_000_000_000
_BITS = 8


@frozen
class Arc:
    """One direction of a link: it leaves `tail` and comes to `head`."""

    link: Link
    tail: str
    head: str

    @property
    def is_ab(self) -> bool:
        return self.link.is_ab(self.tail)


@frozen
class Terrain:
    """One demand in one state, with its first `stages` waypoints. `page`: what others have reserved, None where nothing counts.

    It may begin at any node where its packets enter, and end at any that they are meant for.
    """

    world: World
    asked: Asked
    wanted: Wanted
    failed: Elements
    is_failure: bool
    stages: int
    page: Page | None

    @property
    def rate_bps(self) -> int:
        """Return what the demand reserves in the state."""
        rate = self.wanted.rate
        if not rate.is_committed:
            return 0
        return rate.failover_bps if self.is_failure else rate.bandwidth_bps

    @cached_property
    def sources(self) -> frozenset[str]:
        """Return the nodes that are up where the demand may begin."""
        return self._up(source for source, _ in self.wanted.choices)

    @cached_property
    def ends(self) -> frozenset[str]:
        """Return the nodes that are up where it may end."""
        return self._up(end for _, end in self.wanted.choices)

    def _up(self, nodes: Iterator[str]) -> frozenset[str]:
        planned = self.world.topology.nodes
        return frozenset(node for node in nodes if planned[node].state != "planned") - self.failed.nodes

    @cached_property
    def starts(self) -> frozenset[Spot]:
        """Return the places where a path may begin."""
        return frozenset((node, self._passed(node, None, 0)) for node in self.sources)

    @cached_property
    def goals(self) -> frozenset[Spot]:
        """Return the places where it may end."""
        return frozenset((node, self.stages) for node in self.ends)

    @cached_property
    def arcs(self) -> tuple[Arc, ...]:
        """Return both directions of every link that exists."""
        return tuple(arcs_of(self.world))

    @property
    def has_tunnels(self) -> bool:
        """Return whether any link runs over others."""
        return any(arc.link.over for arc in self.arcs)

    def after(self, arc: Arc, passed: int) -> Spot:
        """Return the place that an arc leads to."""
        return arc.head, self._passed(arc.head, arc.link.id, passed)

    @cached_property
    def _waypoints(self) -> tuple[Ban, ...]:
        own = self.asked.ground.waypoints
        return (own[::-1] if self.wanted.direction == "reverse" else own)[: self.stages]

    def _passed(self, node: str, link: str | None, passed: int) -> int:
        """Return how many waypoints lie behind at a node; a link may be several of them one after the other, then the node."""
        while link is not None and passed < self.stages and link in self._waypoints[passed].elements.links:
            passed += 1
        while passed < self.stages and node in self._waypoints[passed].elements.nodes:
            passed += 1
        return passed

    def is_usable(self, arc: Arc) -> bool:
        """Return whether nothing keeps the demand off an arc."""
        return not any(self.holds(reason, arc) for reason in _REASONS)

    def holds(self, reason: str, arc: Arc) -> bool:
        """Return whether the demand cannot use an arc for a reason."""
        link, ground = arc.link, self.asked.ground
        match reason:
            case "failed":
                return link.id in self.failed.links or not self.failed.nodes.isdisjoint((arc.tail, arc.head))
            case "drained":
                return is_drained(link, self.world.topology)
            case "excluded":
                return link.id in ground.banned_links or not ground.banned_nodes.isdisjoint((arc.tail, arc.head))
            case "fenced":
                return link.id in self._fenced
            case "unknown":
                return self._is_bounded and link.latency_ns is None
            case "transit":
                return arc.tail not in self.sources and not offers_transit(self.world, arc.tail)
            case "small":
                return self._lacks_room(arc, None)
            case _:
                return self.page is not None and self._lacks_room(arc, self.page)

    @property
    def _is_bounded(self) -> bool:
        bounds = (self.wanted.bounds, self.wanted.failover_bounds)
        return self.wanted.services is not None or any(
            bound.one_way_ns is not None or bound.round_trip_ns is not None for bound in bounds
        )

    @cached_property
    def _fenced(self) -> frozenset[str]:
        """Return the links around nodes that cannot drop packets and would have to: they are left out as a whole."""
        topology, ground = self.world.topology, self.asked.ground
        fenced = {arc.link.id for arc in self.arcs if self.holds("excluded", arc)}
        at: dict[str, set[str]] = {}
        for arc in self.arcs:
            at.setdefault(arc.tail, set()).add(arc.link.id)
        own = self._common_ends() | ground.banned_nodes
        pending = {name for name in at if topology.nodes[name].platform == "none" and name not in own}
        while found := {name for name in pending if at[name] & fenced and not at[name] <= fenced}:
            fenced.update(*(at[name] for name in found))
            pending -= found
        return frozenset(fenced)

    def _common_ends(self) -> set[str]:
        """Return the nodes where packets end whatever their address."""
        prefixes = {flow.destination for meant in self.wanted.choices.values() for flow in meant.match}
        holders = [self.world.routing().holders(prefix) for prefix in sorted(prefixes)]
        return set(frozenset.intersection(*holders)) if holders else set(self.ends)

    def _lacks_room(self, arc: Arc, page: Page | None) -> bool:
        """Return whether an arc, or one below it, cannot hold the demand beside what is on a page (None: nothing)."""
        own = arc.link.id, arc.is_ab
        topology = self.world.topology
        packet = topology.routing.mean_packet
        rates = [(own, self.rate_bps)]
        for low, around in below(topology, own) if arc.link.over else ():
            rates.append((low, -(-self.rate_bps * (packet + around) // packet)))
        reserved = {} if page is None else page.by_class
        return any(self._is_short(place, rate, reserved.get(place, {})) for place, rate in rates if rate)

    def _is_short(self, place: tuple[str, bool], rate: int, reserved: Mapping[str, int]) -> bool:
        """Return whether a direction of a link does not hold a rate beside what is reserved there."""
        name, link = self.asked.traffic_class, self.world.topology.links[place[0]]
        capacity, background = (each.towards(is_ab=place[1]) for each in (link.capacity_bps, link.background_bps))
        needs = {**reserved, name: reserved.get(name, 0) + rate}
        if sum(need_of(self.world, each, bps, capacity) for each, bps in needs.items()) > capacity - background:
            return True
        facts = class_facts(name, self.world.sources)
        limit = facts.limit_ppb if facts is not None else None
        return limit is not None and needs[name] > capacity * limit // _PPB

    def length_ns(self, arc: Arc, queueing: int) -> int:
        """Return what a hop takes at least: propagation, and one packet with `queueing` more, rounded down.

        Without a committed rate, or where packets may be paused, only propagation is promised.
        """
        link = arc.link
        propagation = link.latency_ns.towards(is_ab=arc.is_ab) if link.latency_ns is not None else 0
        facts = class_facts(self.asked.traffic_class, self.world.sources)
        if not self.wanted.rate.is_committed or (facts is not None and facts.is_lossless):
            return propagation
        bits = (1 + queueing) * link.mtu * _BITS
        return propagation + bits * _PPB // link.capacity_bps.towards(is_ab=arc.is_ab)


_REASONS = ("failed", "drained", "excluded", "fenced", "unknown", "transit", "small", "full")


def arcs_of(world: World) -> Iterator[Arc]:
    """Yield both directions of every link that exists."""
    nodes = world.topology.nodes
    for link in world.topology.links.values():
        ends = (link.a.node, link.b.node)
        if link.state != "planned" and all(nodes[end].state != "planned" for end in ends):
            yield Arc(link, *ends)
            yield Arc(link, *ends[::-1])


def offers_transit(world: World, name: str) -> bool:
    """Return whether a node carries other people's traffic."""
    node = world.topology.nodes[name]
    return node.transit and node.state == "up"
