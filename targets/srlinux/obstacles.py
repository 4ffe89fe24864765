"""What a configuration asks for and SR Linux cannot do, although each of its building blocks it can: found before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.targetkit.kit import DeviceConfig, Fleet, MarkRule, Meter, Obstacle, Origin, PortQueueing

from . import escape, pausing, queueing, routing
from .classes import CONTROL, DEFAULT_CLASS
from .marking import marked_ports, rules_at

_MOST_PROFILES = 62  # of queues and buffers, in all (7220 IXR)
_ETHERNET_GBPS = (1, 10, 25, 40, 50, 100, 200, 400, 800)
_GBPS = 1_000_000_000
_MOST_BYTES = (1 << 32) - 1  # `maximum-burst-size` has 32 bits
_QUEUEING = "queueing by class"
_METERING = "re-marking and policing at the edge"
_FENCE = "dropping at the border of what is allowed"
_ISOLATION = "default-deny isolation"
_COUNTING = "counting at the destination"


def obstacles(config: DeviceConfig, fleet: Fleet) -> tuple[Obstacle, ...]:
    """Return what of a configuration cannot be written, in a fixed order."""
    asked = tuple(port for port in config.queueing if port.origin.spans)
    found = (
        *_reserved(asked, fleet),
        *_shared(asked),
        *_speeds(asked),
        *_sizes(asked),
        *_profiles(config, asked, fleet),
        *_meters(config),
        *_marks_seen_at_exit(config),
        *pausing.obstacles_of(config),
        *routing.obstacles_of(config, fleet),
    )
    return tuple(dict.fromkeys(found))


def _reserved(ports: tuple[PortQueueing, ...], fleet: Fleet) -> Iterator[Obstacle]:
    for port in ports:
        for queue in port.queues:
            own = fleet.classes.get(queue.traffic_class)
            if own is not None and {own.dscp, own.over_dscp} & set(CONTROL.values()):
                yield Obstacle(
                    block=_QUEUEING,
                    reason=f"the class `{own.name}` has a code point of network control, which has queues of its own",
                    instead="give the class another `dscp`",
                    origin=port.origin,
                )


def _sizes(ports: tuple[PortQueueing, ...]) -> Iterator[Obstacle]:
    for port in ports:
        if any(queue.limit_bytes > _MOST_BYTES for queue in port.queues):
            yield Obstacle(
                block=_QUEUEING,
                reason=f"a queue of the link `{port.link}` would be longer than SR Linux can say: {_MOST_BYTES} bytes",
                instead="write the link's `queue`, as in `queue: 16MB`",
                origin=port.origin,
            )


def _shared(ports: tuple[PortQueueing, ...]) -> Iterator[Obstacle]:
    seen: dict[str, str] = {}
    for port in ports:
        name = escape.port(port.interface).interface
        if seen.setdefault(name, port.link) != port.link:
            yield Obstacle(
                block=_QUEUEING,
                reason=f"the links `{seen[name]}` and `{port.link}` share a port, which has one scheduler",
                instead="give each link a port of its own",
                origin=port.origin,
            )


def _speeds(ports: tuple[PortQueueing, ...]) -> Iterator[Obstacle]:
    for port in ports:
        if port.rate_bps not in {gbps * _GBPS for gbps in _ETHERNET_GBPS}:
            yield Obstacle(
                block=_QUEUEING,
                reason=f"the capacity of the link `{port.link}` is no speed of a port, and ports are not shaped below their speed",
                instead="write the speed of the port as capacity, or end the link at a platform that shapes ports",
                origin=port.origin,
            )


def _profiles(config: DeviceConfig, asked: tuple[PortQueueing, ...], fleet: Fleet) -> Iterator[Obstacle]:
    count = queueing.count_profiles(config, fleet)
    if count > _MOST_PROFILES and asked:
        yield Obstacle(
            block=_QUEUEING,
            reason=f"its queues need {count} different profiles, and it has {_MOST_PROFILES}",
            instead="give links of one kind one capacity and one `queue`",
            origin=asked[0].origin,
        )


def _meters(config: DeviceConfig) -> Iterator[Obstacle]:
    meters = {meter.name: meter for meter in config.meters}
    queued = {queue.traffic_class for port in config.queueing for queue in port.queues} - {DEFAULT_CLASS}
    trusted = {edge.interface for edge in config.edges if edge.trust != "none"}
    for port in marked_ports(config):
        for name, rules in rules_at(config, port).items():
            metered = next((rule for rule in rules if rule.meter is not None), None)
            if metered is None:
                continue
            for rule in rules:
                yield from _remarks(rule, meters)
            if len({rule.meter for rule in rules}) > 1:
                yield _unmetered(metered, f"packets of the class `{name}` with different rates enter by port `{port}`")
            elif name not in queued:
                yield _unmetered(metered, f"the class `{name}` shares its forwarding class with others")
            elif port in trusted:
                yield _unmetered(metered, f"other packets of the class `{name}` are trusted at port `{port}`")


def _remarks(rule: MarkRule, meters: Mapping[str, Meter]) -> Iterator[Obstacle]:
    meter = meters.get(str(rule.meter))
    if meter is not None and meter.committed_bps is not None and meter.over_dscp is not None:
        yield Obstacle(
            block=_METERING,
            reason=(
                "what is above a rate gets another code point only by a rewrite policy of ports out, which writes 0 into all "
                "packets that no class has"
            ),
            instead="use a class whose excess is dropped, such as `critical`, or let such traffic enter at another platform",
            origin=rule.origin,
        )


def _unmetered(rule: MarkRule, why: str) -> Obstacle:
    return Obstacle(
        block=_METERING,
        reason=f"{why}, and it counts the rate of a class per port",
        instead="give packets of one class at a port one rate in common, or let such traffic enter at another platform",
        origin=rule.origin,
    )


def _marks_seen_at_exit(config: DeviceConfig) -> Iterator[Obstacle]:
    """Yield rules about code points at ports out, on a device that writes code points: nobody says which ones it sees there."""
    if not (config.edges or config.marking):
        return
    for fence in config.fences:
        if any(flow.dscp is not None for flow in (fence.flow, *fence.excepted)):
            yield _unseen(_FENCE, fence.origin)
    for rule in config.isolation:
        if rule.direction == "to" and any(flow.dscp is not None for flow in rule.allowed):
            yield _unseen(_ISOLATION, rule.origin)
    for count in config.counting:
        if any(flow.dscp is not None for flow in (count.flow, *count.excepted)):
            yield _unseen(_COUNTING, count.origin)


def _unseen(block: str, origin: Origin) -> Obstacle:
    return Obstacle(
        block=block,
        reason="it is not documented whether ACLs at ports out see the code points that came in or those that were written",
        instead="name the traffic by addresses and ports instead of `dscp`",
        origin=origin,
    )
