"""What really happens to packets: a simulation of steering rules, fences and the IGP, hop by hop, in one state."""

from __future__ import annotations

from collections.abc import Collection, ItemsView, Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction

from intentc.forwarding.equal_parts import WHOLE, part
from intentc.forwarding.igp import UNREACHABLE, Igp, Tree, Ways
from intentc.forwarding.outage import NORMAL, Outage
from intentc.native import compiled
from intentc.values import acyclic, frozen

Arcs = tuple[int, ...]
OWN_PORTS = -1  # the ingress of packets from attached hosts
Key = tuple[int, int]  # node, and the arc over which the packets came in (or OWN_PORTS)
Rules = Mapping[Key, tuple[int, ...]]  # where packets are steered: the waypoints in order of preference
NO_RULES: Rules = {}

MOST_TRAILS = 64
_KERNELS = compiled("figures")


@frozen
class Packets:
    """What forwarding needs to know of some packets.

    `addresses`: for each kind of destination address among them the nodes that have it attached. `fences`: links over
    which they never leave. `is_fail_closed`: a steered packet with no waypoint left is dropped.
    """

    addresses: tuple[frozenset[int], ...]
    fences: frozenset[int]
    is_fail_closed: bool
    is_probed: bool = False  # paths that are found wanting are left: their SR policy is one with one end


class Mishap(Enum):
    """Why packets do not arrive."""

    DOWN = "the node where they start is down"
    NO_ROUTE = "there is no route"
    FENCE = "they are dropped at a fence"
    CLOSED = "no waypoint is left and they are dropped"
    LOOP = "they run in a loop"
    WIDTH = "they spread over too many paths to follow"
    TORN = "a segment leads some of them over nodes without segment routing"
    DEPTH = "their path cannot be written as an SR policy of the node where they enter"


@frozen
class Fault:
    """A mishap and where: the node, and the link that they would have taken or had come by."""

    mishap: Mishap
    node: int
    link: int | None = None


@acyclic
class Trail:
    """One path that some of the packets take, with their share of the whole; `labels` in front of them, by arc (none: none anywhere)."""

    arcs: Arcs
    share: Fraction
    labels: tuple[int, ...] = ()


Decision = tuple[tuple[int, Arcs], ...]  # per kind of address (its index in `Packets.addresses`): the arcs taken


class Unsteered(Mapping[Key, Decision]):
    """The decisions along the paths that packets of one kind take: what they are follows from these, and is mostly not asked."""

    __slots__ = ("_head", "_start", "_ways")

    @property
    def mask(self) -> int:
        """Return the bits of all that the paths lead over: links first, of which there are half as many as arcs, then nodes."""
        every = self._ways[0] if len(self._ways) == 1 else frozenset().union(*self._ways)
        if _KERNELS is not None:
            found: int = _KERNELS.mask_along(self._start, every, self._head)
            return found
        return mask_along(self._start, every, self._head)

    def __init__(self, start: int, ways: Sequence[Arcs], head: Sequence[int]) -> None:
        self._start = start
        self._ways = ways
        self._head = head

    def _made(self) -> dict[Key, Decision]:
        found: dict[Key, set[int]] = {}
        for arcs in self._ways:
            key = (self._start, OWN_PORTS)
            for arc in arcs:
                found.setdefault(key, set()).add(arc)
                key = (self._head[arc], arc)
        return {key: ((0, tuple(sorted(arcs))),) for key, arcs in found.items()}

    def __getitem__(self, key: Key) -> Decision:
        return self._made()[key]

    def items(self) -> ItemsView[Key, Decision]:
        return self._made().items()

    def __iter__(self) -> Iterator[Key]:
        return iter(self._made())

    def __len__(self) -> int:
        return len(self._ways[0]) if len(self._ways) == 1 else len(self._made())


@acyclic
class Walk:
    """Where packets that start at a node go in one state; `trails` are sorted; none with a `fault`.

    `decisions` holds what was decided at each (node, ingress) they met. An outage that touches no element of the mask
    `dependence` leaves a walk in the normal state as it is (walks in other states have the mask 0). `seen` is that mask; None: of packets
    that nothing steers, what their paths lead over, which is made anew each time: it is as long as the network is large.
    """

    start: int
    trails: tuple[Trail, ...]
    decisions: Mapping[Key, Decision]
    seen: int | None
    fault: Fault | None

    @property
    def dependence(self) -> int:
        if self.seen is not None:
            return self.seen
        return self.decisions.mask if isinstance(self.decisions, Unsteered) else 0

    @property
    def arcs(self) -> frozenset[int]:
        """Return the arcs of all trails."""
        trails = self.trails
        return (
            frozenset(trails[0].arcs) if len(trails) == 1 else frozenset([arc for item in trails for arc in item.arcs])
        )

    @property
    def each_arc(self) -> Arcs:
        """Return the same once each, in some order that is always the same; of one trail the very tuple, as no trail circles."""
        return self.trails[0].arcs if len(self.trails) == 1 else tuple(sorted(self.arcs))

    def is_like(self, other: Walk) -> bool:
        """Return whether packets take the same paths here as there, whatever labels they have."""
        if self.start != other.start or self.fault is not None or other.fault is not None:
            return False
        mine, others = self.trails, other.trails
        if len(mine) == len(others) == 1:
            return mine[0].arcs == others[0].arcs
        return len(mine) == len(others) and all(
            (one.arcs, one.share) == (two.arcs, two.share) for one, two in zip(mine, others, strict=True)
        )


def mask_along(start: int, arcs: Collection[int], head: Sequence[int]) -> int:
    """Return the bits of a node, and of some arcs with the nodes that they lead to: `head` is of all arcs, two for each link."""
    links, heads = {arc >> 1 for arc in arcs}, {head[arc] for arc in arcs}
    return sum(1 << link for link in links) + sum(1 << (len(head) >> 1) + node for node in heads | {start})


def walk(igp: Igp, packets: Packets, rules: Rules, start: int, outage: Outage) -> Walk:
    """Return where packets go that enter at `start` from attached hosts.

    A rule is bound to the ingress (Linux: `ip rule … iif`), so a packet that comes back over another link is decided anew;
    the same (node, ingress) twice is a loop. Equal-cost next hops share equally (RFC 2991: by flow).
    """
    if len(packets.addresses) == 1 and not rules and start not in outage.nodes:
        tree = igp.towards(packets.addresses[0], outage)
        trails = unsteered(tree, start, packets.fences)
        if trails is not None:
            ways = [trail.arcs for trail in trails]
            seen = None if outage is NORMAL else 0
            return Walk(start, trails, Unsteered(start, ways, igp.network.head), seen, None)
    return _Tracer(igp, packets, rules, start, outage).run()


def unsteered(tree: Tree, start: int, fences: frozenset[int]) -> tuple[Trail, ...] | None:
    """Return the paths of packets that nothing steers, None where some do not arrive, or they are too many: most walks, made quickly."""
    arcs = tree.only_way(start)
    if arcs is not None and not fences:
        return (Trail(arcs, WHOLE),)
    ways = tree.ways(start, MOST_TRAILS) if arcs is None else ((arcs, 1),)
    if ways is None or (fences and any(arc >> 1 in fences for arcs, _ in ways for arc in arcs)):
        return None
    return trails_of(ways)


def trails_of(ways: Ways) -> tuple[Trail, ...]:
    """Return the trails of packets that were split into equal parts."""
    return tuple([Trail(arcs, part(parts)) for arcs, parts in ways])


def walk_along(start: int, trails: tuple[Trail, ...], head: Sequence[int]) -> Walk:
    """Return the walk of packets in a failure state that nothing steers."""
    return Walk(start, trails, Unsteered(start, [trail.arcs for trail in trails], head), 0, None)


class _Tracer:
    def __init__(self, igp: Igp, packets: Packets, rules: Rules, start: int, outage: Outage) -> None:
        self._igp = igp
        self._packets = packets
        self._rules = rules
        self._start = start
        self._outage = outage
        self._parts: dict[Arcs, list[int]] = {}  # path -> into how many equal parts the packets that take it were split
        self._decisions: dict[Key, dict[int, Arcs]] = {}
        self._dependence = igp.network.node_bit(start) if outage is NORMAL else 0

    def run(self) -> Walk:
        fault = self._trace()
        parts = self._parts if fault is None else {}
        return Walk(
            start=self._start,
            trails=tuple(
                Trail(
                    arcs,
                    part(parts[arcs][0]) if len(parts[arcs]) == 1 else sum(map(part, parts[arcs]), Fraction(0)),
                )
                for arcs in sorted(parts)
            ),
            decisions={key: tuple(sorted(found.items())) for key, found in self._decisions.items()},
            seen=self._dependence,
            fault=fault,
        )

    def _trace(self) -> Fault | None:
        """Follow every path depth first; return the first fault met. A path that takes an arc twice is a loop."""
        if self._start in self._outage.nodes:
            return Fault(Mishap.DOWN, self._start)
        head, addresses = self._igp.network.head, self._packets.addresses
        pending: list[tuple[int, Key, Arcs, int]] = [
            (kind, (self._start, OWN_PORTS), (), len(addresses)) for kind in range(len(addresses))
        ]
        while pending:
            kind, key, arcs, parts = pending.pop()
            if key[0] in addresses[kind]:
                self._parts.setdefault(arcs, []).append(parts)
                continue
            taken = self._decisions.get(key, {}).get(kind) or self._decide(key, kind)
            if isinstance(taken, Fault):
                return taken
            if len(self._parts) + len(pending) + len(taken) > MOST_TRAILS:
                return Fault(Mishap.WIDTH, key[0])
            for arc in taken:
                if arc in arcs:
                    return Fault(Mishap.LOOP, head[arc], arc >> 1)
                pending.append((kind, (head[arc], arc), (*arcs, arc), parts * len(taken)))
        return None

    def _decide(self, key: Key, kind: int) -> Arcs | Fault:
        node = key[0]
        tree = self._tree_at(key, kind)
        if tree is None:
            return Fault(Mishap.CLOSED, node)
        if self._outage is NORMAL:
            self._dependence |= tree.footprint(node)
        arcs = tree.next_arcs(node)
        if not arcs:
            return Fault(Mishap.NO_ROUTE, node)
        for arc in arcs:
            if arc >> 1 in self._packets.fences:
                return Fault(Mishap.FENCE, node, arc >> 1)
        self._decisions.setdefault(key, {})[kind] = arcs
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
