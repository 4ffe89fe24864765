"""The way from one device configuration to another, in stages that break no accepted intent whatever stage is the last."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from intentc.ir.ground import merged
from intentc.ir.model import (
    BfdPort,
    DeviceConfig,
    FenceRule,
    IsolationRule,
    Origin,
    PausePort,
    PortQueueing,
    Queue,
    RepairPort,
    SteerRule,
)
from intentc.ir.order import in_order
from intentc.resolve.model import Flow
from intentc.values import replace

Stage = tuple[str, DeviceConfig]


def stage_configs(
    old: DeviceConfig | None, new: DeviceConfig | None, *, has_both_carriers: bool = True
) -> tuple[Stage, ...]:
    """Return the whole configuration after each stage (`guard add switch remove`); each is legal by itself.

    - guard: the old one, with the fences and isolation of both: what blocks comes before what steers;
    - add: also the queues, BFD sessions, reflectors and SR policies of both, and the paths of new steering, to which nothing is sent yet;
    - switch: marking, meters, counters, measurements and steering of the new one, beside what the old one left;
    - remove: the new one.

    With `has_both_carriers` rules that pass packets on from another router are there from `add` to the end of `switch` for the
    old and the new paths: who passes on is ready before it is sent anything, and still is when nothing comes any more.

    `None` is a device on which intentc owns nothing; two of them need no stage.
    """
    known = new or old
    if known is None:
        return ()
    empty = DeviceConfig(known.node, known.platform, known.release, hardware=known.hardware)
    before, after = old or empty, new or empty
    coming, going = _carriers(before, after) if has_both_carriers else ((), ())
    guard = replace(
        before,
        platform=after.platform,
        release=after.release,
        hardware=after.hardware,
        fences=_all_fences(before, after),
        isolation=_all_isolation(before, after),
    )
    add = replace(
        guard,
        queueing=_by_port(before.queueing, after.queueing, _both_queues),
        bfd=_by_port(before.bfd, after.bfd, lambda _, session: session),
        repairs=_by_port(before.repairs, after.repairs, lambda _, repair: repair),
        steering=_with_idle(in_order((*before.steering, *coming)), after.steering),
        reflectors=_either_there(before.reflectors, after.reflectors),
        policies=_either_there(before.policies, after.policies),
        probe_reflectors=_either_there(before.probe_reflectors, after.probe_reflectors),
        pauses=_all_pauses(before.pauses, after.pauses),
        algorithm_policies=_either_there(before.algorithm_policies, after.algorithm_policies),
    )
    switch = replace(
        add,
        edges=after.edges,
        meters=after.meters,
        marking=after.marking,
        counting=after.counting,
        steering=_with_idle(in_order((*after.steering, *going)), before.steering),
        policy_steering=after.policy_steering,
        streams=after.streams,
        probes=after.probes,
    )
    return (("guard", guard), ("add", add), ("switch", switch), ("remove", after))


def _all_fences(before: DeviceConfig, after: DeviceConfig) -> tuple[FenceRule, ...]:
    """Return the fences of both; one that only moved in the sources stands once, as the new one says."""
    found = {replace(fence, origin=_NOBODY): fence for fence in (*before.fences, *after.fences)}
    return in_order(found.values())


def _all_isolation(before: DeviceConfig, after: DeviceConfig) -> tuple[IsolationRule, ...]:
    """Return the isolation of both; where both isolate a prefix, what either allows passes."""
    found: dict[tuple[str, str], IsolationRule] = {}
    for rule in (*before.isolation, *after.isolation):
        key = (rule.prefix, rule.direction)
        found[key] = _either(found[key], rule) if key in found else rule
    return in_order(found.values())


def _either(one: IsolationRule, other: IsolationRule) -> IsolationRule:
    return replace(
        other,
        interfaces=tuple(sorted({*one.interfaces, *other.interfaces})),
        allowed=tuple(sorted({*one.allowed, *other.allowed})),
        origin=merged((one.origin, other.origin)),
    )


Port = TypeVar("Port", PortQueueing, BfdPort, RepairPort)
Owned = TypeVar("Owned")


def _by_port(before: Iterable[Port], after: Iterable[Port], join: Callable[[Port, Port], Port]) -> tuple[Port, ...]:
    found = {port.interface: port for port in before}
    for port in after:
        found[port.interface] = join(found[port.interface], port) if port.interface in found else port
    return in_order(found.values())


def _both_queues(old: PortQueueing, new: PortQueueing) -> PortQueueing:
    """Return a scheduler with the queues of both. The old ones keep what they were guaranteed; new ones get what is left of

    the link until the old ones are gone.
    """
    kept = {queue.traffic_class: queue for queue in old.queues}
    wanted = {queue.traffic_class: queue for queue in new.queues}
    floor = {name: queue.guarantee_bps for name, queue in kept.items()}
    left = max(0, new.rate_bps - sum(floor.values()))
    queues: list[Queue] = []
    for name in sorted(kept.keys() | wanted.keys()):
        queue = wanted.get(name) or kept[name]
        more = min(max(0, queue.guarantee_bps - floor.get(name, 0)), left) if name in wanted else 0
        left -= more
        queues.append(_joined(queue, kept.get(name), floor.get(name, 0) + more))
    return replace(new, queues=_without_clashes(queues, kept), origin=merged((old.origin, new.origin)))


def _joined(queue: Queue, old: Queue | None, guarantee_bps: int) -> Queue:
    if old is None:
        return replace(queue, guarantee_bps=guarantee_bps)
    return replace(
        queue,
        dscps=tuple(sorted({*queue.dscps, *old.dscps})),
        guarantee_bps=guarantee_bps,
        cap_bps=max(queue.cap_bps, old.cap_bps),
        limit_bytes=max(queue.limit_bytes, old.limit_bytes),
        tc=old.tc if queue.tc is None else queue.tc,
    )


def _without_clashes(queues: list[Queue], kept: dict[str, Queue]) -> tuple[Queue, ...]:
    """Leave a code point that changes hands with its old queue until the switch is over."""
    owners = {dscp: name for name, queue in kept.items() for dscp in queue.dscps}
    cleared = (
        replace(queue, dscps=tuple(d for d in queue.dscps if owners.get(d, queue.traffic_class) == queue.traffic_class))
        for queue in queues
    )
    return in_order(cleared)


def _with_idle(active: tuple[SteerRule, ...], others: tuple[SteerRule, ...]) -> tuple[SteerRule, ...]:
    """Return the active rules and, for the paths that only `others` use, rules that nothing enters."""
    present = {_path(rule) for rule in active}
    idle: dict[tuple[object, ...], SteerRule] = {}
    for rule in others:
        if _path(rule) not in present:
            idle.setdefault(_path(rule), replace(rule, interfaces=(), excepted=()))
    return in_order((*active, *idle.values()))


def _carriers(before: DeviceConfig, after: DeviceConfig) -> tuple[tuple[SteerRule, ...], tuple[SteerRule, ...]]:
    """Return the rules for packets from other routers that only `after`, and that only `before` has.

    A rule that would act on packets for which the other configuration has one at the same port is none of them.
    """
    edges = {port.interface for config in (before, after) for port in config.edges}
    edges |= {name for config in (before, after) for rule in config.marking for name in rule.interfaces}

    def only(own: DeviceConfig, other: DeviceConfig) -> tuple[SteerRule, ...]:
        return tuple(
            rule
            for rule in own.steering
            if edges.isdisjoint(rule.interfaces) and not any(_do_clash(rule, known) for known in other.steering)
        )

    return only(after, before), only(before, after)


def _do_clash(one: SteerRule, other: SteerRule) -> bool:
    is_at_one_port = not set(one.interfaces).isdisjoint(other.interfaces)
    return is_at_one_port and one.flow.family == other.flow.family and _do_overlap(one.flow, other.flow)


def _do_overlap(one: Flow, other: Flow) -> bool:
    return (
        _in_common(one.source, other.source)
        and _in_common(one.destination, other.destination)
        and (one.protocol == other.protocol or "any" in {one.protocol, other.protocol})
        and _share(one.source_ports, other.source_ports)
        and _share(one.destination_ports, other.destination_ports)
        and (one.dscp is None or other.dscp is None or one.dscp == other.dscp)
    )


def _in_common(one: str, other: str) -> bool:
    return ipaddress.ip_network(one).overlaps(ipaddress.ip_network(other))


def _share(one: tuple[int, int] | None, other: tuple[int, int] | None) -> bool:
    return one is None or other is None or (one[0] <= other[1] and other[0] <= one[1])


def _either_there(before: Iterable[Owned], after: Iterable[Owned]) -> tuple[Owned, ...]:
    """Return what is there before or after; what only moved in the sources stands once, as it is after."""
    found: dict[object, Owned] = {_unclaimed(item): item for item in (*before, *after)}
    return in_order(found.values())


def _all_pauses(before: tuple[PausePort, ...], after: tuple[PausePort, ...]) -> tuple[PausePort, ...]:
    """Return the flow control of both: packets of the old paths are still under way while the new ones fill."""
    found = {(port.interface, port.traffic_class): port for port in (*before, *after)}
    return in_order(found.values())


def _unclaimed(item: Any) -> object:
    """Return an item without who asked for it."""
    return replace(item, origin=_NOBODY)


def _path(rule: SteerRule) -> tuple[object, ...]:
    return rule.flow.family, rule.waypoints, rule.is_fail_closed


_NOBODY = Origin((), ())
