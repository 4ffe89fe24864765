"""What a device cannot be given although its platform has the feature: bounds of access lists, policers, queues and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from intentc.targetkit.kit import (
    DeviceConfig,
    Fleet,
    Flow,
    Obstacle,
    Origin,
    PolicySteerRule,
    PortQueueing,
    SteerRule,
    do_guarantees_fit,
    joined,
)

from . import numbers
from .entries import has_ports_unsaid
from .guards import guards
from .marking import bundles_at, edge_ports, writing_ports
from .metering import is_beyond
from .obstacles_switching import switching_obstacles
from .steering import MOST_WAYPOINTS
from .streaming import wanted

_MOST_LIMIT = 64_000_000  # bytes
_MOST_SHAPED_BPS = 100_000_000_000


def obstacles(config: DeviceConfig, fleet: Fleet) -> tuple[Obstacle, ...]:
    """Return what stands in the way of a configuration; () where it can be rendered and means what it says."""
    return (
        *_flows(config),
        *_hosts_code_points(config),
        *_marked_code_points(config),
        *_ipv6_rides(config),
        *_waypoints(config),
        *_shared_ports(config),
        *_queues(config),
        *_meters(config),
        *_repairs(config, fleet),
        *switching_obstacles(config),
        *_numbers(config),
    )


def _flows(config: DeviceConfig) -> Iterator[Obstacle]:
    unsaid = sorted({origin for flow, origin in _asked(config) if has_ports_unsaid(flow)})
    for origin in unsaid:
        yield Obstacle(
            "telling packets apart by ports of SCTP",
            "IPv4 access lists know ports of TCP and UDP only",
            "match SCTP without ports, or over IPv6",
            origin,
        )


def _asked(config: DeviceConfig) -> Iterator[tuple[Flow, Origin]]:
    rules = (config.marking, config.steering, config.policy_steering, config.fences, config.counting)
    for items in rules:
        for item in items:
            yield from ((flow, item.origin) for flow in (item.flow, *item.excepted))
    for one in config.isolation:
        yield from ((flow, one.origin) for flow in one.allowed)


def _hosts_code_points(config: DeviceConfig) -> Iterator[Obstacle]:
    for rule in config.isolation:
        if rule.direction == "from" and any(flow.dscp is not None for flow in rule.allowed):
            yield Obstacle(
                "isolation by code point",
                "access lists see packets of hosts before they are marked",
                "allow them by addresses, protocol and ports",
                rule.origin,
            )


def _marked_code_points(config: DeviceConfig) -> Iterator[Obstacle]:
    """Yield rules that would steer by what hosts wrote into packets, where an input policy writes something else."""
    writing = set(writing_ports(config))
    rules: list[SteerRule | PolicySteerRule] = [*config.steering, *config.policy_steering]
    for rule in rules:
        flows = (rule.flow, *rule.excepted)
        if writing.intersection(rule.interfaces) and any(flow.dscp is not None for flow in flows):
            yield Obstacle(
                "steering by code point",
                "whether route maps see packets of hosts before or after these are marked is not said",
                "match them by addresses, protocol and ports",
                rule.origin,
            )


def _ipv6_rides(config: DeviceConfig) -> Iterator[Obstacle]:
    """Yield rules that would send IPv6 packets into a policy: no route of theirs leads there, nor into an algorithm."""
    for rule in config.policy_steering:
        if rule.flow.family != 4:
            yield Obstacle(
                "sending IPv6 packets into a policy",
                "a static IPv6 route leads into SRv6 policies only, not into those with labels",
                "leave room for the IGP's own path in IPv6, or steer IPv4 only",
                rule.origin,
            )


def _waypoints(config: DeviceConfig) -> Iterator[Obstacle]:
    for rule in config.steering:
        if len(rule.waypoints) > MOST_WAYPOINTS:
            yield Obstacle(
                "steering off the IGP's own path",
                f"a route has {MOST_WAYPOINTS} ways, and {len(rule.waypoints)} are needed",
                "promise fewer failures at once",
                rule.origin,
            )


def _shared_ports(config: DeviceConfig) -> Iterator[Obstacle]:
    """Yield ports that would have to queue and to count: an interface has one output policy."""
    queued = {port.interface for port in config.queueing}
    for rule in config.counting:
        for port in sorted(queued.intersection(rule.interfaces)):
            yield Obstacle(
                "counting at the destination",
                f"`{port}` has hosts and is a link, and its one output policy is that of the link",
                "attach the hosts to a port of their own",
                rule.origin,
            )


def _queues(config: DeviceConfig) -> Iterator[Obstacle]:
    for port in config.queueing:
        if not port.origin.spans:
            continue
        if not do_guarantees_fit(port):
            yield Obstacle(
                "guaranteeing the bandwidth of all classes",
                f"network control may use a tenth of `{port.interface}` first, and they do not fit into the rest in whole percents",
                "reserve less on the link",
                port.origin,
            )
        if _is_too_large(port):
            yield Obstacle(
                "queueing by class",
                f"`{port.interface}` would need more than 100 Gbit/s, or queues of more than 64 MB",
                "use a link with less capacity, or shorter queues (`queue` of the class)",
                port.origin,
            )


def _is_too_large(port: PortQueueing) -> bool:
    return port.rate_bps > _MOST_SHAPED_BPS or any(queue.limit_bytes > _MOST_LIMIT for queue in port.queues)


def _meters(config: DeviceConfig) -> Iterator[Obstacle]:
    """Yield meters beyond what policers take, and those that would have to stand in two classes, each of which counts for itself."""
    for meter in config.meters:
        origin = _metered(meter.name, config)
        if origin is not None and is_beyond(meter):
            yield Obstacle(
                "one rate for all packets of an intent",
                "policers go up to 100 Gbit/s (64 Gbit/s for a ceiling) and 512 MB at once",
                "ask for less bandwidth, or leave `ceiling` out",
                origin,
            )
    for port in edge_ports(config):
        counts = Counter(bundle.outcomes[0].meter for bundle in bundles_at(port, config) if bundle.outcomes)
        for name, count in sorted((name, count) for name, count in counts.items() if name is not None):
            origin = _metered(name, config)
            if count > 1 and origin is not None:
                yield Obstacle(
                    "one rate for several kinds of packets",
                    f"packets of another intent lie between them on `{port}`, so {count} policers would count apart",
                    "give these intents the same priority, or a rate each",
                    origin,
                )


def _metered(name: str, config: DeviceConfig) -> Origin | None:
    return joined(rule.origin for rule in config.marking if rule.meter == name)


def _repairs(config: DeviceConfig, fleet: Fleet) -> Iterator[Obstacle]:
    origin = joined(port.origin for port in config.repairs)
    if origin is None:
        return
    if any(port.igp != "isis" for port in config.repairs):
        yield Obstacle(
            "repairs by the device itself (TI-LFA)",
            "the published models have it for IS-IS only",
            "leave it out, or run IS-IS",
            origin,
        )
    elif fleet.igp_process is None:
        yield Obstacle(
            "repairs by the device itself (TI-LFA)",
            "the topology does not say what the IS-IS process is called",
            "write `process` in the section `routing` (`router isis CORE` is `CORE`)",
            origin,
        )


def _numbers(config: DeviceConfig) -> Iterator[Obstacle]:
    """Yield what needs more numbers than are reserved."""
    points = {(point, str(rule.flow.family)) for rule in config.steering for point in rule.waypoints}
    points |= {(guard.key, "") for guard in guards(config)}
    peers = {one.peer for one in config.probe_reflectors}
    needs = (
        (
            "steering off the IGP's own path",
            len(points),
            numbers.TRACKS,
            [*(rule.origin for rule in config.steering), *(guard.policy.origin for guard in guards(config))],
        ),
        ("answering delay measurements", len(peers), numbers.SESSIONS, [one.origin for one in config.probe_reflectors]),
        ("streaming telemetry", len(wanted(config)), numbers.SUBSCRIPTIONS, [one.origin for one in config.streams]),
    )
    for block, count, room, origins in needs:
        origin = joined(origins)
        if count > len(room) and origin is not None:
            yield Obstacle(
                block, f"{count} numbers are needed, and {len(room)} are reserved", "share paths or peers", origin
            )
