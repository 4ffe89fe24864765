"""Output policies: every link end is shaped to its rate, and below that each class has its queue.

Network control is served first and capped, so are the strict classes after it. The others are sure of their guarantees: as rates
on ASR 9000; on hardware with split classification as percents of what the caps of the strict ones leave, so that each is at
least the guarantee. Where guarantees would not fit beside the cap of a strict class, it is capped lower. Packets above their rate are dropped early, so that those within it find room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from intentc.targetkit.kit import DeviceConfig, Fleet, PortQueueing, Queue, TrafficClass

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
from .words import rate

_CONTROL_SHARE = 10  # network control: at most a tenth of the link
_LEAST_CONTROL_BPS = 256_000  # 50 ms BFD on both families and padded IS-IS hellos fit in it
_CONTROL_FRAMES = 64
_BURST_FRAMES = 10
_BITS_PER_10_MS = 800  # of a rate in bps, to bytes
_EARLY_FROM, _EARLY_ALL = (
    8,
    4,
)  # packets above their rate: all enter below an eighth of the queue, none from a quarter on
_WHOLE = 100
_LEAST_BPS = 64_000  # policers and shapers want a rate
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


def control_bps(port: PortQueueing) -> int:
    """Return what network control may use of a link at most."""
    return max(port.rate_bps // _CONTROL_SHARE, min(_LEAST_CONTROL_BPS, port.rate_bps // 2))


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
    level, caps = 2, strict_caps(port, family)
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
    caps = strict_caps(port, family)
    percents = shares(port, caps)
    for queue in _ordered(port, fleet.classes):
        cap = caps.get(queue.traffic_class, queue.cap_bps)
        number = numbers[queue.traffic_class]
        known = None if number == 0 else by_traffic_class(number)
        is_strict = queue.scheduling == "strict"
        over = over_dscps(queue, fleet.classes)
        yield (
            known,
            Treatment(
                _DEFAULT_CLASS if known is None else known.name,
                remaining=() if is_strict else (Amount(percents[queue.traffic_class], "percent"),),
                level=CONTROL + 1 - number if is_strict else None,
                limits=(_limit(queue),),
                is_ecn=queue.is_ecn,
                early=(*_early(queue), *([Early(*_over_levels(queue), discard_class=OVER)] if over else [])),
                shape=(_bound(cap),) if queue.scheduling in {"strict", "share"} else (),
                origin=origin,
            ),
        )


def strict_caps(port: PortQueueing, family: Family) -> dict[str, int]:
    """Return the cap of each strict class: its own, or less where the guarantees of others could not be kept beside it.

    It is never below what the class itself is guaranteed: nothing that keeps to its rate is lost.
    """
    strict = [queue for queue in port.queues if queue.scheduling == "strict"]
    spare = max(0, _spare(port, family))
    whole = sum(queue.cap_bps for queue in strict) or 1
    return {
        queue.traffic_class: max(_LEAST_BPS, min(queue.cap_bps, queue.guarantee_bps + spare * queue.cap_bps // whole))
        for queue in strict
    }


def do_guarantees_fit(port: PortQueueing, family: Family) -> bool:
    """Return whether all guarantees can be kept beside network control, in whole percents where there are only shares."""
    return _spare(port, family) >= 0


def _spare(port: PortQueueing, family: Family) -> int:
    """Return what no class is guaranteed and network control cannot take; a share may be rounded up by a percent."""
    rounding = sum(queue.scheduling != "strict" for queue in port.queues) if family.is_split else 0
    promised = sum(queue.guarantee_bps for queue in port.queues)
    return port.rate_bps - control_bps(port) - promised - port.rate_bps * rounding // _WHOLE


def shares(port: PortQueueing, caps: Mapping[str, int]) -> dict[str, int]:
    """Return what each class that is not strict gets of what the caps of the strict ones leave, in whole percents.

    Each gets at least its guarantee where they all fit (`do_guarantees_fit`), and what is left goes by weight.
    """
    others = [queue for queue in port.queues if queue.scheduling != "strict"]
    left = max(1, port.rate_bps - sum(caps.values()) - control_bps(port))
    least = {queue.traffic_class: max(1, -(-queue.guarantee_bps * _WHOLE // left)) for queue in others}
    spare = _WHOLE - sum(least.values())
    if spare < 0:
        return {name: max(1, share * _WHOLE // sum(least.values())) for name, share in least.items()}
    weights = sum(queue.weight for queue in others) or 1
    return {queue.traffic_class: least[queue.traffic_class] + spare * queue.weight // weights for queue in others}


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
