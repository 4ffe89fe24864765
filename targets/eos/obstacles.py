"""What a configuration asks for and EOS cannot do, although each of its building blocks it can: found before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from intentc.targetkit.kit import DeviceConfig, Fleet, Obstacle, Origin, PausePort, joined

from .classes import CONTROL, ClassesError, Member, members, over_points
from .flows import FAMILIES
from .marking import bundles, edge_ports
from .metering import LEAST_BPS, least_bps
from .queueing import spare_bps
from .steering import MOST_WAYPOINTS

_QUEUEING = "queueing by class"
_METERING = "re-marking and policing at the edge"
_BFD = "BFD on the IGP's adjacencies"
_REPAIR = "local repair"
_LOSSLESS = "a lossless class"
_DECLARE = "declare the BFD that the underlay runs with `bfd` in the section `routing`"
_BITS = 8_000_000_000  # bits in a byte, nanoseconds in a second
_RESPONSE_BYTES = 3840  # as the lowering counts it: a port stops within 60 quanta of 512 bits
_MOST_NS = 1_000  # there and back over 100 m


def obstacles(config: DeviceConfig, fleet: Fleet) -> tuple[Obstacle, ...]:
    """Return what of a configuration cannot be written, in a fixed order."""
    found = (
        *_steering(config),
        *_marks_seen(config),
        *_sessions(config),
        *_repairs(config, fleet),
        *_reflectors(config),
        *_classes(config, fleet),
        *_pauses(config),
    )
    return tuple(dict.fromkeys(found))


def _steering(config: DeviceConfig) -> Iterator[Obstacle]:
    block = "steering off the IGP's own path"
    for rule in config.steering:
        if rule.flow.family != 4:
            yield Obstacle(
                block,
                "nothing published shows a next hop of policy-based routing that follows the routing table for IPv6",
                "leave room for the IGP's own path, or let such traffic enter at another platform",
                rule.origin,
            )
        if len(rule.waypoints) > MOST_WAYPOINTS:
            yield Obstacle(
                block,
                f"{len(rule.waypoints)} waypoints are asked for, and routes for {MOST_WAYPOINTS} are written",
                "promise fewer failures at once",
                rule.origin,
            )


def _marks_seen(config: DeviceConfig) -> Iterator[Obstacle]:
    """Yield rules about code points where access lists do not see those that are meant."""
    for rule in config.isolation:
        if rule.direction == "from" and any(flow.dscp is not None for flow in rule.allowed):
            yield Obstacle(
                "isolation by code point",
                "access lists see packets of hosts before they are marked",
                "allow them by addresses, protocol and ports",
                rule.origin,
            )
    if not (config.edges or config.marking):
        return
    for fence in config.fences:
        if any(flow.dscp is not None for flow in (fence.flow, *fence.excepted)):
            yield _unseen("dropping at the border of what is allowed", fence.origin)
    for rule in config.isolation:
        if rule.direction == "to" and any(flow.dscp is not None for flow in rule.allowed):
            yield _unseen("default-deny isolation", rule.origin)
    for count in config.counting:
        if any(flow.dscp is not None for flow in (count.flow, *count.excepted)):
            yield _unseen("counting at the destination", count.origin)


def _unseen(block: str, origin: Origin) -> Obstacle:
    return Obstacle(
        block,
        "some of its chips compare code points at ports out as they came in, not as they were marked here",
        "name the traffic by addresses and ports instead of `dscp`",
        origin,
    )


def _sessions(config: DeviceConfig) -> Iterator[Obstacle]:
    for port in config.bfd:
        if port.igp != "isis":
            yield Obstacle(_BFD, "for OSPF nothing published shows the line of an interface", _DECLARE, port.origin)


def _repairs(config: DeviceConfig, fleet: Fleet) -> Iterator[Obstacle]:
    if not config.repairs:
        return
    origin = joined(port.origin for port in config.repairs) or config.repairs[0].origin
    if any(port.igp != "isis" for port in config.repairs):
        yield Obstacle(_REPAIR, "it has TI-LFA for IS-IS only", "run IS-IS, or leave repair to the IGP", origin)
    elif fleet.igp_process is None:
        yield Obstacle(
            _REPAIR,
            "the topology does not say what the IS-IS process is called",
            "write `process` in the section `routing` (`router isis CORE` is `CORE`)",
            origin,
        )
    if len({port.protects for port in config.repairs}) > 1:
        yield Obstacle(
            _REPAIR,
            "one setting of the IS-IS process holds for all ports, and they ask for links and for nodes",
            "ask for one of both at the device",
            origin,
        )


def _reflectors(config: DeviceConfig) -> Iterator[Obstacle]:
    if len(config.reflectors) > 1:
        yield Obstacle(
            "answering S-BFD",
            "it answers to one discriminator",
            "give the node one loopback",
            config.reflectors[0].origin,
        )


def _classes(config: DeviceConfig, fleet: Fleet) -> Iterator[Obstacle]:
    if not (config.edges or config.marking or config.queueing):
        return
    try:
        own = members(config, fleet)
    except ClassesError as problem:
        if (origin := _asking(config)) is not None:
            yield Obstacle(_QUEUEING, str(problem), "let intents share classes, or give them other code points", origin)
        return
    yield from _ports(config, fleet, own)
    yield from _meters(config, own)


def _asking(config: DeviceConfig) -> Origin | None:
    return joined(item.origin for items in (config.pauses, config.queueing) for item in items)


def _ports(config: DeviceConfig, fleet: Fleet, own: tuple[Member, ...]) -> Iterator[Obstacle]:
    for port in config.queueing:
        if not port.origin.spans:
            continue
        for queue in port.queues:
            points = {*queue.dscps, *over_points(queue, fleet.classes)} & set(CONTROL.values())
            if points:
                yield Obstacle(
                    _QUEUEING,
                    f"the class `{queue.traffic_class}` has a code point of network control, which has queues of its own",
                    "give the class another `dscp`",
                    port.origin,
                )
        if port.interface.startswith("Port-Channel"):
            yield Obstacle(
                _QUEUEING,
                f"queues of `{port.interface}` are those of its members, and nobody knows their share of the link",
                "give the link a port of its own",
                port.origin,
            )
        if spare_bps(port, own) < 0:
            yield Obstacle(
                "guaranteeing the bandwidth of all classes",
                f"network control may use a tenth of `{port.interface}` first, and they do not fit into the rest in whole percents",
                "reserve less on the link",
                port.origin,
            )


def _meters(config: DeviceConfig, own: tuple[Member, ...]) -> Iterator[Obstacle]:
    for meter in config.meters:
        origin = joined(rule.origin for rule in config.marking if rule.meter == meter.name)
        if origin is not None and least_bps(meter) < LEAST_BPS:
            yield Obstacle(_METERING, "its policers count no rate below 8 kbps", "allow more", origin)
    for port in edge_ports(config):
        found = [bundle for family in FAMILIES for bundle in bundles(port, family, config, own)]
        counts = Counter(bundle.outcome.meter for bundle in found if bundle.outcome.meter is not None)
        for name, count in sorted(counts.items()):
            families = {bundle.family for bundle in found if bundle.outcome.meter == name}
            origin = joined(rule.origin for rule in config.marking if rule.meter == name)
            if count > 1 and origin is not None:
                yield _apart(port, count, families, origin)


def _apart(port: str, count: int, families: set[int], origin: Origin) -> Obstacle:
    """Return why one meter would have to be several policers, each of which counts for itself."""
    if len(families) > 1:
        why, instead = "a class of packets is of one family", "give each family an intent with a rate of its own"
    else:
        why = "packets of another intent lie between them"
        instead = "give these intents the same priority, or a rate each"
    return Obstacle(
        "one rate for several kinds of packets",
        f"{why}, so {count} policers would count apart on `{port}`",
        instead,
        origin,
    )


def _pauses(config: DeviceConfig) -> Iterator[Obstacle]:
    """Yield links longer than what the device keeps room for: it does that by itself, and nothing written can tell it the length."""
    rates = {port.interface: (port.rate_bps, port.mtu) for port in config.queueing}
    for pause in config.pauses:
        if not pause.interface.startswith("Ethernet") or "." in pause.interface:
            yield Obstacle(
                _LOSSLESS,
                f"`{pause.interface}` is no port by itself, and flow control holds for whole ports",
                "give such hosts or links a port of their own",
                pause.origin,
            )
        rate_bps, mtu = rates.get(pause.interface, (0, 0))
        if pause.headroom_bytes and rate_bps and _round_trip_ns(pause, rate_bps, mtu) > _MOST_NS:
            yield Obstacle(
                _LOSSLESS,
                f"`{pause.interface}` has a line of more than 100 m, and EOS itself decides what still fits after a pause",
                "keep lossless classes on shorter links, or leave `lossless` out",
                pause.origin,
            )
    yield from _several(config.pauses)


def _several(pauses: Sequence[PausePort]) -> Iterator[Obstacle]:
    names: dict[int, set[str]] = {}
    for pause in pauses:
        names.setdefault(pause.priority, set()).add(pause.traffic_class)
    for pause in pauses:
        if len(names[pause.priority]) > 1:
            yield Obstacle(
                _LOSSLESS,
                f"several classes have the priority {pause.priority}, which is paused as a whole",
                "give them code points of different classes",
                pause.origin,
            )


def _round_trip_ns(pause: PausePort, rate_bps: int, mtu: int) -> int:
    return (pause.headroom_bytes - 2 * mtu - _RESPONSE_BYTES) * _BITS // rate_bps
