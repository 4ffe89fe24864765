"""Queueing: the egress scheduler of every link end, with what is reserved there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from operator import attrgetter

from intentc.delay.service import guarantee_bps, open_limit_bytes
from intentc.ir.columns import Columns, Facts, Last, Sizes, Users
from intentc.ir.ground import DEFAULT_CLASS, Ground
from intentc.ir.model import Origin, PortQueueing, Queue
from intentc.ir.usage import Usage, User, find_usage
from intentc.resolve.model import Scheduling, TrafficClass
from intentc.topology.model import Link
from intentc.values import frozen, replace

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
    columns: Columns = ground.again("columns", "", (ends,), lambda: Columns(ends))
    facts = columns.facts(usage, ground.realised.loads, ground.realised.queues, ground.classes)
    origins = ground.each("origins", (facts.users,), lambda at: _origin(usage, facts.users[at], columns.last, at))
    made_of = _MadeOf(ground, usage, facts, origins, columns.last)
    rows = ground.each("queueing", facts.columns, lambda at: _made(made_of, ends[at], at))
    columns.last = Last(facts, origins, rows)
    return ground.grouped("queueing", ground.each("ports", (rows,), lambda at: [(ends[at][0], (rows[at],))]))


def _ends(ground: Ground) -> Sequence[tuple[str, Link, str]]:
    """Return every link end of a device that queues, with its port."""
    nodes = ground.nodes_that_can("queueing")
    return [(node, link, interface) for node in nodes for link, interface in ground.core_ports(node)]


def _origin(usage: Usage, users: Users, last: Last | None, at: int) -> Origin:
    """Return who asked for the queues of a link end."""
    found = last.origin(at, users, usage.is_named) if last is not None else None
    return found or usage.roll().merged([*map(_ORIGIN, chain.from_iterable(users.values()))])


@frozen
class _MadeOf:
    """What all schedulers are made of; `last`: those of the last program, over the same network."""

    ground: Ground
    usage: Usage
    facts: Facts
    origins: Sequence[Origin]
    last: Last | None


def _made(of: _MadeOf, place: tuple[str, Link, str], at: int) -> PortQueueing:
    """Return the scheduler of a link end."""
    (node, link, interface), facts = place, of.facts
    like = of.last.like(at, facts) if of.last is not None else None
    if like is not None and of.last is not None and of.last.is_resized(at, facts):
        return _resized(like, of.ground.classes, of.last.facts.sizes[at], facts.sizes[at])
    end = _End(
        of.ground,
        of.usage,
        link,
        of.origins[at],
        rate_bps=link.capacity_bps.towards(is_ab=link.is_ab(node)),
        reserved_bps=facts.rates[at],
        sizes=facts.sizes[at],
        demands=facts.users[at],
    )
    return _port(end, interface, end.labelled() if like is None else _labelled(like, of.ground.classes))


def _labelled(like: PortQueueing, classes: Mapping[str, TrafficClass]) -> list[tuple[TrafficClass, int | None]]:
    """Return the classes of a scheduler by rank, with the traffic class field of their labelled packets."""
    return [(classes[queue.traffic_class], queue.tc) for queue in like.queues]


def _resized(like: PortQueueing, classes: Mapping[str, TrafficClass], was: Sizes, now: Sizes) -> PortQueueing:
    """Return a scheduler with queues of other sizes."""
    queues = [
        replace(queue, **_bytes(classes[name], *now[name])) if was.get(name) != now.get(name) else queue
        for queue, name in [(queue, queue.traffic_class) for queue in like.queues]
    ]
    return replace(like, queues=tuple(queues))


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
    sizes: Sizes
    demands: Users

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

    def labelled(self) -> list[tuple[TrafficClass, int | None]]:
        """Return the classes by rank, each with the traffic class field of its labelled packets."""
        return [(own, self.label_class(own)) for own in self.classes()]

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


def _port(end: _End, interface: str, labelled: Sequence[tuple[TrafficClass, int | None]]) -> PortQueueing:
    classes = [one for one, _ in labelled]
    guarantees = [end.guarantee_bps(one) for one in classes]
    spare = max(0, end.rate_bps - sum(guarantees))
    weights = sum(one.weight for one in classes) or 1
    return PortQueueing(
        interface=interface,
        link=end.link.id,
        rate_bps=end.rate_bps,
        mtu=end.link.mtu,
        queues=tuple(
            _queue(end, one, tc, guarantee, spare * one.weight // weights)
            for (one, tc), guarantee in zip(labelled, guarantees, strict=True)
        ),
        origin=end.origin,
    )


def _queue(end: _End, own: TrafficClass, tc: int | None, guarantee: int, part_bps: int) -> Queue:
    """Return the queue of a class that has `tc` in its labels, is sure of its guarantee (bps) and gets `part_bps` of what nobody reserved."""
    is_capped = own.scheduling is Scheduling.STRICT or own.scheduling is Scheduling.SHARE
    cap = end.rate_bps * own.share_ppb // _PPB if is_capped else end.rate_bps
    served = cap if own.scheduling is Scheduling.STRICT else guarantee + part_bps
    return Queue(
        traffic_class=own.name,
        dscps=end.ground.points[own.name],
        scheduling=own.scheduling.value,
        guarantee_bps=guarantee,
        cap_bps=cap,
        weight=own.weight,
        is_ecn=own.is_ecn,
        tc=tc,
        **_bytes(own, *(end.known(own) or (_limit(end, own, served), 0))),
    )


def _bytes(own: TrafficClass, limit: int, burst: int) -> dict[str, int]:
    """Return what follows for a queue of a class from how many bytes it holds, and lets leave at once."""
    first, last = _QUARTERS[own.drop] if own.drops_early else (0, 0)
    return {
        "limit_bytes": limit,
        "burst_bytes": burst,
        "mark_from_bytes": limit // _MARK_FROM if own.is_ecn else 0,
        "mark_all_bytes": limit * _MARK_ALL // _MARK_FROM if own.is_ecn else 0,
        "drop_from_bytes": limit * first // 4,
        "drop_all_bytes": limit * last // 4,
    }


def _limit(end: _End, own: TrafficClass, served_bps: int) -> int:
    """Return the size in bytes of a queue in which nothing is promised: room for bursts and a bounded time of service."""
    bursts = sum(map(_BURST_BYTES, end.users(own.name)))
    wanted = open_limit_bytes(own, end.link.mtu, served_bps, bursts)
    return wanted if end.link.queue_bytes is None else max(end.link.mtu, min(wanted, end.link.queue_bytes))
