"""What really happens to packets: a simulation of steering rules, fences and the IGP, hop by hop, in one state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from intentc.forwarding.igp import UNREACHABLE, Igp, Tree
from intentc.forwarding.outage import Outage

Arcs = tuple[int, ...]
OWN_PORTS = -1  # the ingress of packets from attached hosts
Key = tuple[int, int]  # node, and the arc over which the packets came in (or OWN_PORTS)
Rules = Mapping[Key, tuple[int, ...]]  # where packets are steered: the waypoints in order of preference

MOST_TRAILS = 64


@dataclass(frozen=True, slots=True)
class Packets:
    """What forwarding needs to know of some packets.

    `addresses`: for each kind of destination address among them the nodes that have it attached. `fences`: links over
    which they never leave. `is_fail_closed`: a steered packet with no waypoint left is dropped.
    """

    addresses: tuple[frozenset[int], ...]
    fences: frozenset[int]
    is_fail_closed: bool


class Mishap(Enum):
    """Why packets do not arrive."""

    DOWN = "the node where they start is down"
    NO_ROUTE = "there is no route"
    FENCE = "they are dropped at a fence"
    CLOSED = "no waypoint is left and they are dropped"
    LOOP = "they run in a loop"
    WIDTH = "they spread over too many paths to follow"


@dataclass(frozen=True, slots=True)
class Fault:
    """A mishap and where: the node, and the link that they would have taken or had come by."""

    mishap: Mishap
    node: int
    link: int | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """One path that some of the packets take, with their share of the whole."""

    arcs: Arcs
    share: Fraction


Decision = tuple[tuple[int, Arcs], ...]  # per kind of address (its index in `Packets.addresses`): the arcs taken


@dataclass(frozen=True, slots=True)
class Walk:
    """Where packets that start at a node go in one state; `trails` are sorted and complete only without a `fault`.

    `decisions` holds what was decided at each (node, ingress) they met. Any outage (beyond the one of the walk) that
    touches no element of the mask `dependence` leaves the walk as it is.
    """

    start: int
    trails: tuple[Trail, ...]
    decisions: Mapping[Key, Decision]
    dependence: int
    fault: Fault | None

    @property
    def arcs(self) -> frozenset[int]:
        """Return all arcs that carry some of the packets."""
        return frozenset(arc for trail in self.trails for arc in trail.arcs)

    def is_like(self, other: Walk) -> bool:
        """Return whether packets take the same paths here as there."""
        return (self.start, self.trails, self.fault) == (other.start, other.trails, other.fault)


def walk(igp: Igp, packets: Packets, rules: Rules, start: int, outage: Outage) -> Walk:
    """Return where packets go that enter at `start` from attached hosts.

    A rule is bound to the ingress (Linux: `ip rule … iif`), so a packet that comes back over another link is decided anew;
    the same (node, ingress) twice is a loop. Equal-cost next hops share equally (RFC 2991: by flow).
    """
    return _Tracer(igp, packets, rules, start, outage).run()


class _Tracer:
    def __init__(self, igp: Igp, packets: Packets, rules: Rules, start: int, outage: Outage) -> None:
        self._igp = igp
        self._packets = packets
        self._rules = rules
        self._start = start
        self._outage = outage
        self._trails: dict[Arcs, Fraction] = {}
        self._decisions: dict[Key, dict[int, Arcs]] = {}
        self._dependence = igp.network.node_bit(start)

    def run(self) -> Walk:
        fault = self._trace()
        return Walk(
            start=self._start,
            trails=tuple(Trail(arcs, self._trails[arcs]) for arcs in sorted(self._trails)),
            decisions={key: tuple(sorted(found.items())) for key, found in self._decisions.items()},
            dependence=self._dependence,
            fault=fault,
        )

    def _trace(self) -> Fault | None:
        """Follow every path depth first; return the first fault met."""
        if self._start in self._outage.nodes:
            return Fault(Mishap.DOWN, self._start)
        head = self._igp.network.head
        kinds = len(self._packets.addresses)
        pending: list[tuple[int, Key, Arcs, Fraction, frozenset[Key]]] = [
            (kind, (self._start, OWN_PORTS), (), Fraction(1, kinds), frozenset()) for kind in range(kinds)
        ]
        while pending:
            kind, key, arcs, share, seen = pending.pop()
            node, ingress = key
            if node in self._packets.addresses[kind]:
                self._trails[arcs] = self._trails.get(arcs, Fraction(0)) + share
                continue
            if key in seen:
                return Fault(Mishap.LOOP, node, ingress >> 1 if ingress != OWN_PORTS else None)
            taken = self._decide(key, kind)
            if isinstance(taken, Fault):
                return taken
            if len(self._trails) + len(pending) + len(taken) > MOST_TRAILS:
                return Fault(Mishap.WIDTH, node)
            part = share / len(taken)
            pending.extend((kind, (head[arc], arc), (*arcs, arc), part, seen | {key}) for arc in taken)
        return None

    def _decide(self, key: Key, kind: int) -> Arcs | Fault:
        known = self._decisions.setdefault(key, {})
        if kind in known:
            return known[kind]
        node = key[0]
        tree = self._tree_at(key, kind)
        if tree is None:
            return Fault(Mishap.CLOSED, node)
        self._dependence |= tree.footprint(node)
        arcs = tree.next_arcs(node)
        if not arcs:
            return Fault(Mishap.NO_ROUTE, node)
        for arc in arcs:
            if arc >> 1 in self._packets.fences:
                return Fault(Mishap.FENCE, node, arc >> 1)
        known[kind] = arcs
        return arcs

    def _tree_at(self, key: Key, kind: int) -> Tree | None:
        """Return the tree that the packets follow here: to the first waypoint in reach, else to their destination."""
        for waypoint in self._rules.get(key, ()):
            tree = self._igp.towards_node(waypoint, self._outage)
            if tree.distance(key[0]) not in (0, UNREACHABLE):
                return tree
        if self._packets.is_fail_closed and key in self._rules:
            return None
        return self._igp.towards(self._packets.addresses[kind], self._outage)
