"""Output policies: every link end is shaped to its rate, and below that each class has its queue.

Network control is served first and capped, a strict class after it. The others share what the caps of these leave, in whole
percents, so that each has at least its guarantee; where guarantees would not fit beside the cap of a strict class, it is capped
lower. Packets above their rate are dropped early, so that those within it find room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
from .classes import CONTROL_CLASS, DEFAULT, DEFAULT_CLASS, dscps_of, over_dscps, seen_as
from .metering import one_rate, policing
from .owned_qos import Action, ClassMap, Early, PolicyMap, Treatment

_CONTROL_FRAMES = 64
_BURST_FRAMES = 10
_BITS_PER_10_MS = 800  # of a rate in bps, to bytes
_EARLY_FROM, _EARLY_ALL = (
    8,
    4,
)  # packets above their rate: all enter below an eighth of the queue, none from a quarter on
_CONTROL_LEVEL, _STRICT_LEVEL = 1, 2
_BYTES = "bytes"
_ALL = 1  # of packets at the upper threshold

Outputs = tuple[tuple[PolicyMap, ...], tuple[ClassMap, ...], tuple[tuple[str, str], ...]]
_Part = tuple[ClassMap | None, Treatment]


def outputs(config: DeviceConfig, fleet: Fleet) -> Outputs:
    """Return policies, their classes, and the policy of each interface."""
    policies: list[PolicyMap] = []
    slots: list[tuple[str, str]] = []
    maps: list[ClassMap] = []
    for port in config.queueing:
        shaper, scheduler = escape.port_name("SHAPE", port.interface), escape.port_name("QUEUES", port.interface)
        parts = list(_parts(port, fleet.classes))
        origin = port.origin if port.origin.spans else None
        whole = (Action("shape", shape=port.rate_bps), Action("service-policy", child=scheduler))
        policies.append(PolicyMap(scheduler, tuple(treatment for _, treatment in parts)))
        policies.append(PolicyMap(shaper, (Treatment(DEFAULT_CLASS, whole, origin),)))
        slots.append((escape.interface(port.interface), shaper))
        maps += [one for one, _ in parts if one is not None]
    return tuple(policies), tuple(maps), tuple(slots)


def _parts(port: PortQueueing, classes: Mapping[str, TrafficClass]) -> Iterator[_Part]:
    """Yield the classes of a port in the order in which packets are looked at, the default one last."""
    origin = port.origin if port.origin.spans else None
    cap = control_bps(port)
    control = (
        Action("priority", level=_CONTROL_LEVEL),
        policing(one_rate(cap, _burst(cap, port))),
        _limit(_CONTROL_FRAMES * port.mtu),
    )
    yield CONTROL_CLASS, Treatment(CONTROL_CLASS.name, control, origin)
    caps = strict_caps(port)
    percents = shares(port, caps)
    for queue in _ordered(port, classes):
        known = seen_as(queue, port)
        if known is None and queue.traffic_class != DEFAULT:
            continue
        name = DEFAULT_CLASS if known is None else known.name
        if queue.scheduling == "strict":
            actions = _strict(queue, caps[queue.traffic_class], port)
        else:
            actions = _shared(queue, percents[queue.traffic_class], port, classes)
        yield known, Treatment(name, tuple(actions), origin)


def _ordered(port: PortQueueing, classes: Mapping[str, TrafficClass]) -> list[Queue]:
    """Return the queues with strict ones first, and the default one last: it is the class of everything else."""

    def rank(queue: Queue) -> tuple[bool, bool, int, str]:
        own = classes.get(queue.traffic_class)
        is_default = queue.traffic_class == DEFAULT
        return is_default, queue.scheduling != "strict", own.rank if own is not None else 0, queue.traffic_class

    return sorted(port.queues, key=rank)


def _strict(queue: Queue, cap_bps: int, port: PortQueueing) -> Iterator[Action]:
    yield Action("priority", level=_STRICT_LEVEL)
    yield policing(one_rate(cap_bps, max(queue.burst_bytes, _burst(cap_bps, port))))
    yield _limit(queue.limit_bytes)


def _shared(queue: Queue, percent: int, port: PortQueueing, classes: Mapping[str, TrafficClass]) -> Iterator[Action]:
    yield Action("bandwidth", remaining_kind="percent", remaining=percent)
    yield _limit(queue.limit_bytes)
    if queue.scheduling == "share":
        yield Action("shape", shape=queue.cap_bps)
    early = tuple(_early(queue, port, over_dscps(queue, classes)))
    if early:
        yield Action("random-detect", is_by_dscp=True, early=early, is_ecn=queue.is_ecn)


def _early(queue: Queue, port: PortQueueing, over: tuple[int, ...]) -> Iterator[Early]:
    """Yield what becomes of each code point as a queue fills; all of them are written, for others get thresholds of the platform."""
    if not (queue.is_ecn or queue.drop_all_bytes or over):
        return
    for dscp in dscps_of(queue, port):
        if dscp in over:
            low, high = queue.limit_bytes // _EARLY_FROM, queue.limit_bytes // _EARLY_ALL
        elif queue.is_ecn:
            low, high = queue.mark_from_bytes, queue.mark_all_bytes
        elif queue.drop_all_bytes:
            low, high = queue.drop_from_bytes, queue.drop_all_bytes
        else:
            low, high = queue.limit_bytes - 1, queue.limit_bytes
        yield Early(dscp, max(low, 1), _BYTES, max(high, low + 1, 2), _BYTES, _ALL)


def _limit(size: int) -> Action:
    return Action("queue-limit", limit=size, limit_unit=_BYTES)


def _burst(bps: int, port: PortQueueing) -> int:
    """Return what a capped class may send at once: 10 ms of its cap, and at least ten frames."""
    return max(_BURST_FRAMES * port.mtu, bps // _BITS_PER_10_MS)
