"""Output policies: every link end is shaped to its rate, and below that each class has its queue.

Network control is served first and capped, so are the strict classes after it. The others are sure of their guarantees: as rates
on ASR 9000; on hardware with split classification as percents of what the caps of the strict ones leave, so that each is at
least the guarantee. Where guarantees would not fit beside the cap of a strict class, it is capped lower. Packets above their rate are dropped early, so that those within it find room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from intentc.targetkit.kit import (
    DeviceConfig,
    Fleet,
    PortQueueing,
    Queue,
    TrafficClass,
    control_bps,
    shares,
    strict_caps,
)

from . import escape
from .classes import (
    CONTROL,
    CONTROL_CLASS,
    CONTROL_CODE_POINTS,
    CONTROL_LABELS,
    DEFAULT,
    OVER,
    by_code_points,
    by_traffic_class,
    members,
    over_dscps,
)
from .families import Family
from .metering import one_rate
from .owned import Amount, ClassMap, Early, PolicyMap, Treatment
from .pausing import is_paused
from .words import rate

_CONTROL_FRAMES = 64
_BURST_FRAMES = 10
_BITS_PER_10_MS = 800  # of a rate in bps, to bytes
_EARLY_FROM, _EARLY_ALL = (
    8,
    4,
)  # packets above their rate: all enter below an eighth of the queue, none from a quarter on
_DEFAULT_CLASS = "class-default"


Outputs = tuple[tuple[PolicyMap, ...], tuple[ClassMap, ...], tuple[tuple[str, str], ...]]


def outputs(config: DeviceConfig, fleet: Fleet, family: Family) -> Outputs:
    """Return policies, their classes, and the policy of each interface."""
    policies: list[PolicyMap] = []
    slots: list[tuple[str, str]] = []
    maps: list[ClassMap] = []
    for port in config.queueing:
        shaper, scheduler = escape.port_name("SHAPE", port.interface), escape.port_name("QUEUES", port.interface)
        parts = list(_split(port, family, config, fleet) if family.is_split else _whole(port, family, fleet.classes))
        origin = port.origin if port.origin.spans else None
        policies.append(PolicyMap(scheduler, tuple(treatment for _, treatment in parts)))
        policies.append(
            PolicyMap(
                shaper,
                (
                    Treatment(
                        _DEFAULT_CLASS, child=scheduler, child_kind="qos", shape=(_bound(port.rate_bps),), origin=origin
                    ),
                ),
            )
        )
        slots.append((escape.interface(port.interface), shaper))
        maps += [one for one, _ in parts if one is not None]
    return tuple(policies), tuple(maps), tuple(slots)


_Part = tuple[ClassMap | None, Treatment]


def _ordered(port: PortQueueing, classes: Mapping[str, TrafficClass]) -> list[Queue]:
    """Return the queues with strict ones first, and the default one last: it is the class of everything else."""

    def rank(queue: Queue) -> tuple[bool, bool, int, str]:
        own = classes.get(queue.traffic_class)
        is_default = queue.traffic_class == DEFAULT
        return is_default, queue.scheduling != "strict", own.rank if own is not None else 0, queue.traffic_class

    return sorted(port.queues, key=rank)


def _whole(port: PortQueueing, family: Family, classes: Mapping[str, TrafficClass]) -> Iterator[_Part]:
    """Yield the classes where egress policies see code points and labels, and where rates are guaranteed."""
    origin = port.origin if port.origin.spans else None
    cap = control_bps(port)
    yield (
        CONTROL_CLASS,
        Treatment(
            CONTROL_CLASS.name,
            level=1,
            police=(one_rate(cap, _burst(cap, port)),),
            limits=(_control_limit(port),),
            origin=origin,
        ),
    )
    level, caps = 2, strict_caps(port, are_shares=family.is_split)
    for queue in _ordered(port, classes):
        known = _seen_as(queue)
        if known is not None or queue.traffic_class == DEFAULT:
            own = replace(queue, cap_bps=caps.get(queue.traffic_class, queue.cap_bps))
            yield known, _treatment(own, port, known, level, classes)
            level += queue.scheduling == "strict"


def _seen_as(queue: Queue) -> ClassMap | None:
    """Return the class of a queue's packets; None for the default class, and where no packet would be in it."""
    dscps = tuple(dscp for dscp in queue.dscps if dscp not in CONTROL_CODE_POINTS)
    labels = (queue.tc,) if queue.tc is not None and queue.tc not in CONTROL_LABELS else ()
    return by_code_points(dscps, labels) if queue.traffic_class != DEFAULT and (dscps or labels) else None


def _treatment(
    queue: Queue, port: PortQueueing, known: ClassMap | None, level: int, classes: Mapping[str, TrafficClass]
) -> Treatment:
    is_strict = queue.scheduling == "strict"
    burst = max(queue.burst_bytes, _burst(queue.cap_bps, port))
    over = (Early(*_over_levels(queue), dscp=dscp) for dscp in over_dscps(queue, classes))
    return Treatment(
        _DEFAULT_CLASS if known is None else known.name,
        bandwidth=(_sure(queue.guarantee_bps),) if queue.guarantee_bps and not is_strict else (),
        remaining=() if is_strict else (Amount(max(queue.weight, 1), "ratio"),),
        police=(one_rate(queue.cap_bps, burst),) if is_strict else (),
        level=level if is_strict else None,
        limits=(_limit(queue),),
        is_ecn=queue.is_ecn,
        early=(*_early(queue), *over),
        shape=(_bound(queue.cap_bps),) if queue.scheduling == "share" else (),
        origin=port.origin if port.origin.spans else None,
    )


def _split(port: PortQueueing, family: Family, config: DeviceConfig, fleet: Fleet) -> Iterator[_Part]:
    """Yield the classes where egress policies see the traffic class only; each level of priority belongs to one class."""
    origin = port.origin if port.origin.spans else None
    numbers = {member.name: member.number for member in members(config, fleet.classes)}
    control = by_traffic_class(CONTROL)
    yield (
        control,
        Treatment(
            control.name, level=1, limits=(_control_limit(port),), shape=(_bound(control_bps(port)),), origin=origin
        ),
    )
    caps = strict_caps(port, are_shares=family.is_split)
    percents = shares(port, caps)
    for queue in _ordered(port, fleet.classes):
        cap = caps.get(queue.traffic_class, queue.cap_bps)
        number = numbers[queue.traffic_class]
        known = None if number == 0 else by_traffic_class(number)
        is_strict, is_sized = queue.scheduling == "strict", is_paused(config, queue.traffic_class)
        over = over_dscps(queue, fleet.classes)
        yield (
            known,
            Treatment(
                _DEFAULT_CLASS if known is None else known.name,
                remaining=() if is_strict else (Amount(percents[queue.traffic_class], "percent"),),
                level=CONTROL + 1 - number if is_strict else None,
                limits=() if is_sized else (_limit(queue),),
                is_ecn=queue.is_ecn and not is_sized,
                early=()
                if is_sized
                else (*_early(queue), *([Early(*_over_levels(queue), discard_class=OVER)] if over else [])),
                shape=(_bound(cap),) if queue.scheduling in {"strict", "share"} else (),
                origin=origin,
            ),
        )


def _early(queue: Queue) -> tuple[Early, ...]:
    """Return from where to where all packets of a queue are marked (with ECN) or dropped, each more likely than the one before."""
    levels = (queue.mark_from_bytes, queue.mark_all_bytes)
    if not queue.is_ecn:
        levels = (queue.drop_from_bytes, queue.drop_all_bytes)
    return (Early(levels[0], "bytes", levels[1], "bytes"),) if levels[1] else ()


def _over_levels(queue: Queue) -> tuple[int, str, int, str]:
    return queue.limit_bytes // _EARLY_FROM, "bytes", queue.limit_bytes // _EARLY_ALL, "bytes"


def _burst(bps: int, port: PortQueueing) -> int:
    """Return what a capped class may send at once: 10 ms of its cap, and at least ten frames."""
    return max(_BURST_FRAMES * port.mtu, bps // _BITS_PER_10_MS)


def _limit(queue: Queue) -> Amount:
    return Amount(queue.limit_bytes, "bytes")


def _control_limit(port: PortQueueing) -> Amount:
    return Amount(_CONTROL_FRAMES * port.mtu, "bytes")


def _bound(bps: int) -> Amount:
    return Amount(*rate(bps, is_bound=True))


def _sure(bps: int) -> Amount:
    return Amount(*rate(bps, is_bound=False))
