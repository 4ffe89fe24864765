"""Queueing: the egress scheduler of every link end, with what is reserved there."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import TypeVar

from intentc.delay.service import guarantee_bps, open_limit_bytes
from intentc.ir.ground import DEFAULT_CLASS, Ground
from intentc.ir.model import Origin, PortQueueing, Queue
from intentc.ir.usage import Direction, Usage, User, find_usage
from intentc.realise.model import LinkLoad, QueueBound
from intentc.recall import differing_keys
from intentc.resolve.model import Scheduling, TrafficClass
from intentc.topology.model import Directional, Link
from intentc.values import frozen

_Fact = TypeVar("_Fact")
_Queue = tuple[str, str, str]  # link, sending node, class
_Sizes = Mapping[str, tuple[int, int]]  # by class: bytes that the queue holds, and that leave it at once
_PPB = 1_000_000_000
_TC_SHIFT = 3
_MARK_FROM, _MARK_ALL = (
    4,
    3,
)  # from a quarter of the queue on, and all from three quarters: RED wants a factor of 3 between the two
_QUARTERS = {
    "medium": (2, 4),
    "high": (1, 3),
}  # of the queue: from where packets are dropped early, and from where all are
_IS_LABELLED, _BURST_BYTES, _ORIGIN = attrgetter("is_labelled"), attrgetter("burst_bytes"), attrgetter("origin")
_BY_RANK = attrgetter("rank", "name")


def lower_queueing(ground: Ground) -> Mapping[str, tuple[PortQueueing, ...]]:
    """Return the schedulers of every link end of every device that queues, whether or not a demand uses the link now.

    Host-facing ports have none: what leaves there has arrived. Nothing is scheduled while nothing is placed.
    """
    if not ground.demands:
        return {}
    usage = find_usage(ground) if ground.usage is None else ground.usage.usage(ground)
    ends: Sequence[tuple[str, Link, str]] = ground.again("link ends", "", (), lambda: _ends(ground))
    columns: _Columns = ground.again("columns", "", (ends,), lambda: _Columns(ends))
    users, sizes = columns.users(usage.demands), columns.sizes(ground.realised.queues, ground.classes)
    origins = ground.each("origins", (users,), lambda at: _origin(usage, users[at]))
    facts = users, sizes, columns.loads(ground.realised.loads), *columns.shared(usage)
    rows = ground.each("queueing", facts, lambda at: _made(ground, usage, ends[at], origins[at], sizes[at]))
    return ground.grouped("queueing", ground.each("ports", (rows,), lambda at: [(ends[at][0], (rows[at],))]))


def _ends(ground: Ground) -> Sequence[tuple[str, Link, str]]:
    """Return every link end of a device that queues, with its port."""
    nodes = ground.nodes_that_can("queueing")
    return [(node, link, interface) for node in nodes for link, interface in ground.core_ports(node)]


class _Columns:
    """What schedulers are made of beside what holds for the network, by link end: a column stays the very same one where nothing in it changes."""

    def __init__(self, ends: Sequence[tuple[str, Link, str]]) -> None:
        self._at = {(link.id, node): at for at, (node, link, _) in enumerate(ends)}
        self._nodes = {link.id: (link.a.node, link.b.node) for _, link, _ in ends}
        self._demands: Mapping[Direction, Mapping[str, tuple[User, ...]]] = {}
        self._users: Sequence[Mapping[str, tuple[User, ...]]] = [{}] * len(ends)
        self._queues: Mapping[_Queue, QueueBound] = {}
        self._sizes: Sequence[_Sizes] = [{}] * len(ends)
        self._by_link: Mapping[str, LinkLoad] = {}
        self._reserved: Sequence[Mapping[str, Directional]] = [{}] * len(ends)
        self._shared: tuple[tuple[frozenset[str], bool], Sequence[Sequence[object]]] | None = None

    def users(
        self, demands: Mapping[Direction, Mapping[str, tuple[User, ...]]]
    ) -> Sequence[Mapping[str, tuple[User, ...]]]:
        """Return the demands that may be sent at each link end, by class."""
        places = ((self._at.get(direction), direction) for direction in differing_keys(self._demands, demands))
        changes = {at: demands.get(direction, {}) for at, direction in places if at is not None}
        self._demands, self._users = demands, _with(self._users, changes)
        return self._users

    def sizes(self, queues: Mapping[_Queue, QueueBound], classes: Container[str]) -> Sequence[_Sizes]:
        """Return what is known of the queues of each link end: how long packets wait is none of a scheduler's business."""
        changes: dict[int, dict[str, tuple[int, int]]] = {}
        for key in differing_keys(self._queues, queues):
            (link, node, name), sizes = key, _sizes(queues.get(key))
            at = self._at.get((link, node))
            if at is None or name not in classes or sizes == self._sizes[at].get(name):
                continue
            row = changes.setdefault(at, dict(self._sizes[at]))  # not the one that was there: who has it compares
            if sizes is None:
                del row[name]
            else:
                row[name] = sizes
        self._queues, self._sizes = queues, _with(self._sizes, changes)
        return self._sizes

    def loads(self, loads: Mapping[str, LinkLoad]) -> Sequence[Mapping[str, Directional]]:
        """Return the reservations of the worst promised state at each link end, by class."""
        changes: dict[int, Mapping[str, Directional]] = {}
        for name in differing_keys(self._by_link, loads):
            reserved = _reserved(loads.get(name))
            places = (self._at.get((name, node)) for node in self._nodes.get(name, ()))
            changes |= {at: reserved for at in places if at is not None and self._reserved[at] != reserved}
        self._by_link, self._reserved = loads, _with(self._reserved, changes)
        return self._reserved

    def shared(self, usage: Usage) -> Sequence[Sequence[object]]:
        """Return what all ends have in common, as columns."""
        facts = usage.strict, usage.is_repaired
        if self._shared is None or self._shared[0] != facts:
            self._shared = facts, [[fact] * len(self._at) for fact in facts]
        return self._shared[1]


def _with(column: Sequence[_Fact], changes: Mapping[int, _Fact]) -> Sequence[_Fact]:
    """Return a column with some changes."""
    if not changes:
        return column
    found = list(column)
    for at, fact in changes.items():
        found[at] = fact
    return found


def _sizes(bound: QueueBound | None) -> tuple[int, int] | None:
    return None if bound is None else (bound.limit_bytes, bound.burst_bytes)


def _reserved(load: LinkLoad | None) -> Mapping[str, Directional]:
    """Return the reservations of the worst promised state by class."""
    return {} if load is None else load.worst_by_class


def _origin(usage: Usage, users: Mapping[str, tuple[User, ...]]) -> Origin:
    """Return who asked for the queues of a link end."""
    return usage.roll().merged([*map(_ORIGIN, chain.from_iterable(users.values()))])


def _made(
    ground: Ground,
    usage: Usage,
    place: tuple[str, Link, str],
    origin: Origin,
    sizes: _Sizes,
) -> PortQueueing:
    node, link, interface = place
    is_ab, reserved = link.is_ab(node), _reserved(ground.realised.loads.get(link.id))
    end = _End(
        ground,
        usage,
        link,
        origin,
        rate_bps=link.capacity_bps.towards(is_ab=is_ab),
        reserved_bps={name: rates.towards(is_ab=is_ab) for name, rates in reserved.items()},
        sizes=sizes,
        demands=usage.demands.get((link.id, node), {}),
    )
    return _port(end, interface)


@frozen
class _End:
    """One link end as sender: what of it is reserved in the worst promised state by class, the sizes of its queues,

    and the demands that may be sent here by class.
    """

    ground: Ground
    usage: Usage
    link: Link
    origin: Origin
    rate_bps: int
    reserved_bps: Mapping[str, int]
    sizes: _Sizes
    demands: Mapping[str, tuple[User, ...]]

    def users(self, traffic_class: str) -> tuple[User, ...]:
        """Return the demands of a class that may be sent here."""
        return self.demands.get(traffic_class, ())

    def classes(self) -> list[TrafficClass]:
        """Return the classes by rank: those in use here, the strict ones of the network, and the default one.

        A strict class is capped on every link, also where only an unpromised state could bring its packets; but a code
        point belongs to the class in use.
        """
        reserving = {name for name, rate in self.reserved_bps.items() if rate > 0}
        used = self.demands.keys() | reserving | {DEFAULT_CLASS}
        known = self.ground.classes
        chosen = [known[name] for name in sorted(used) if name in known]
        taken = {dscp for one in chosen for dscp in self.ground.points[one.name]}
        for name in sorted(self.usage.strict - used):
            if taken.isdisjoint(self.ground.points[name]):
                chosen.append(known[name])
                taken.update(self.ground.points[name])
        return sorted(chosen, key=_BY_RANK)

    def guarantee_bps(self, own: TrafficClass) -> int:
        """Return what a class is sure of: its reservations in the worst promised state, or its fixed share."""
        return guarantee_bps(own, self.rate_bps, self.reserved_bps.get(own.name, 0))

    def label_class(self, own: TrafficClass) -> int | None:
        """Return the traffic class field of labelled packets of a class: the first three bits of the code point.

        That is what routers copy by default (RFC 3270, section 3.3), where such packets come here at all. The default class
        has whatever else is labelled; packets that look like it wait with it (RFC 8622 lets LE be served like DF).
        """
        field = own.dscp >> _TC_SHIFT
        if own.name == DEFAULT_CLASS:
            return field
        default = self.ground.classes.get(DEFAULT_CLASS)
        is_alike = default is not None and default.dscp >> _TC_SHIFT == field and not self.users(DEFAULT_CLASS)
        # what a device repairs locally it labels, whoever sent it
        has_labels = not is_alike and (self.usage.is_repaired or any(map(_IS_LABELLED, self.users(own.name))))
        return field if has_labels else None

    def known(self, own: TrafficClass) -> tuple[int, int] | None:
        """Return what is known of the queue of a class; None where no placed demand is promised anything in it."""
        return self.sizes.get(own.name)


def _port(end: _End, interface: str) -> PortQueueing:
    classes = end.classes()
    guarantees = [end.guarantee_bps(one) for one in classes]
    spare = max(0, end.rate_bps - sum(guarantees))
    weights = sum(one.weight for one in classes) or 1
    return PortQueueing(
        interface=interface,
        link=end.link.id,
        rate_bps=end.rate_bps,
        mtu=end.link.mtu,
        queues=tuple(
            _queue(end, one, guarantee, spare * one.weight // weights)
            for one, guarantee in zip(classes, guarantees, strict=True)
        ),
        origin=end.origin,
    )


def _queue(end: _End, own: TrafficClass, guarantee: int, part_bps: int) -> Queue:
    """Return the queue of a class that is sure of its guarantee (bps) and gets `part_bps` of what nobody reserved."""
    is_capped = own.scheduling is Scheduling.STRICT or own.scheduling is Scheduling.SHARE
    cap = end.rate_bps * own.share_ppb // _PPB if is_capped else end.rate_bps
    served = cap if own.scheduling is Scheduling.STRICT else guarantee + part_bps
    limit = _limit(end, own, served)
    first, last = _QUARTERS[own.drop] if own.drops_early else (0, 0)
    return Queue(
        traffic_class=own.name,
        dscps=end.ground.points[own.name],
        scheduling=own.scheduling.value,
        guarantee_bps=guarantee,
        cap_bps=cap,
        weight=own.weight,
        limit_bytes=limit,
        is_ecn=own.is_ecn,
        burst_bytes=known[1] if (known := end.known(own)) is not None else 0,
        mark_from_bytes=limit // _MARK_FROM if own.is_ecn else 0,
        mark_all_bytes=limit * _MARK_ALL // _MARK_FROM if own.is_ecn else 0,
        tc=end.label_class(own),
        drop_from_bytes=limit * first // 4,
        drop_all_bytes=limit * last // 4,
    )


def _limit(end: _End, own: TrafficClass, served_bps: int) -> int:
    """Return the size of the queue in bytes: what its bound takes, else room for bursts and a bounded time of service."""
    known = end.known(own)
    if known is not None:
        return known[0]
    bursts = sum(map(_BURST_BYTES, end.users(own.name)))
    wanted = open_limit_bytes(own, end.link.mtu, served_bps, bursts)
    return wanted if end.link.queue_bytes is None else max(end.link.mtu, min(wanted, end.link.queue_bytes))
