"""Profiles of ports: every link end is shaped to its rate, and each class has its queue.

Network control is served first and capped, so are strict classes after it. The others share what these leave, in whole percents: each
at least its guarantee. Where guarantees would not fit beside the cap of a strict class, it is capped lower, never below
its own. All eight queues are written, so that none has a share or a priority that nobody gave it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from intentc.targetkit.kit import DeviceConfig, Fleet, PortQueueing, Queue, TrafficClass, joined

from . import escape
from .classes import CONTROL, Member, members, number_of, over_points, unused
from .owned import QosProfile, TxQueue

_CONTROL_SHARE = 20  # each of the two queues of network control: at most a twentieth of the link
_LEAST_CONTROL_BPS = 256_000  # 50 ms BFD on both families and padded IS-IS hellos fit in it
_KBPS = 1_000
_WHOLE = 100
_MOST_BYTES = 256_000_000  # of a threshold
_LEAST_BPS = 64_000  # shapers want a rate
_OVER = 1  # drop precedence
_OVER_FROM, _OVER_ALL = 4, 2  # packets above their rate: all enter below a quarter of the queue, none from a half on
_FULL_FROM = 8  # packets of classes without ECN: from seven eighths of the queue on some are dropped
_NUMBERS = range(7, -1, -1)  # highest first
_KINDS = {"r-series": "tx-queue", "x-series": "uc-tx-queue"}


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A port with its queues by number, and what each of them gets."""

    kind: str
    port: PortQueueing
    queues: Mapping[int, Queue]
    strict: frozenset[int]  # numbers of strict classes of the device
    caps: Mapping[str, int]
    percents: Mapping[int, int]
    paused: frozenset[str]
    classes: Mapping[str, TrafficClass]


def profiles(config: DeviceConfig, fleet: Fleet) -> tuple[QosProfile, ...]:
    """Return the profile of each port that queues or pauses, sorted by port."""
    ports = {port.interface: port for port in config.queueing if not is_idle_bundle(port)}
    names = sorted(ports.keys() | {pause.interface for pause in config.pauses})
    own = members(config, fleet)
    return tuple(
        _profile(name, _shelf(ports[name], own, config, fleet) if name in ports else None, config) for name in names
    )


def is_idle_bundle(port: PortQueueing) -> bool:
    """Return whether a port is a bundle that no intent uses: it has no queues of its own, and keeps what it has."""
    return port.interface.startswith("Port-Channel") and not port.origin.spans


def profile_name(port: str) -> str:
    """Return the name of the profile of a port."""
    return escape.port_name("PORT", port)


def _shelf(port: PortQueueing, own: tuple[Member, ...], config: DeviceConfig, fleet: Fleet) -> _Shelf:
    return _Shelf(
        _KINDS[config.hardware or ""],
        port,
        {number_of(own, queue.traffic_class): queue for queue in port.queues},
        frozenset(member.number for member in own if member.is_strict),
        strict_caps(port, own),
        shares(port, own),
        frozenset(pause.traffic_class for pause in config.pauses),
        fleet.classes,
    )


def _profile(name: str, shelf: _Shelf | None, config: DeviceConfig) -> QosProfile:
    pauses = [pause for pause in config.pauses if pause.interface == name]
    asking = [*(pause.origin for pause in pauses), *([] if shelf is None else [shelf.port.origin])]
    return QosProfile(
        profile_name(name),
        rate_bps=None if shelf is None else _down(shelf.port.rate_bps),
        is_pausing=bool(pauses),
        paused=tuple(sorted({pause.priority for pause in pauses})),
        queues=() if shelf is None else tuple(_queue(number, shelf) for number in _NUMBERS),
        origin=joined(asking),
    )


def _queue(number: int, shelf: _Shelf) -> TxQueue:
    """Return a queue of a port; one that no class of the port has gets next to nothing of what comes there from elsewhere."""
    queue = shelf.queues.get(number)
    if number in CONTROL:
        return TxQueue(shelf.kind, number, is_shared=False, cap_bps=_down(control_bps(shelf.port)))
    if queue is not None:
        return _own(number, queue, shelf)
    if number in shelf.strict:
        return TxQueue(shelf.kind, number, is_shared=False, cap_bps=_down(_idle_bps(shelf.port)))
    return TxQueue(shelf.kind, number, is_shared=True, percent=shelf.percents[number])


def _own(number: int, queue: Queue, shelf: _Shelf) -> TxQueue:
    is_strict = queue.scheduling == "strict"
    cap = shelf.caps[queue.traffic_class] if is_strict else queue.cap_bps
    is_capped = is_strict or (queue.scheduling == "share" and cap < shelf.port.rate_bps)
    one = TxQueue(
        shelf.kind,
        number,
        is_shared=not is_strict,
        percent=None if is_strict else shelf.percents[number],
        cap_bps=_down(cap) if is_capped else None,
    )
    return _bounded(one, queue, shelf)


def _bounded(one: TxQueue, queue: Queue, shelf: _Shelf) -> TxQueue:
    """Return a queue with what happens as it fills: EOS has one such line for a queue, and no other for its size."""
    limit = queue.limit_bytes
    if queue.is_ecn:
        first, last = _size(queue.mark_from_bytes), _size(queue.mark_all_bytes)
        return replace(one, ecn_from=first, ecn_all=last, ecn_percent=_WHOLE)
    if queue.traffic_class in shelf.paused:
        return one  # what is lossless is never dropped early
    if queue.drop_all_bytes:
        return _dropping(one, queue.drop_from_bytes, queue.drop_all_bytes)
    if over_points(queue, shelf.classes):
        first, last = _size(limit // _OVER_FROM), _size(limit // _OVER_ALL)
        return replace(one, over_precedence=_OVER, over_from=first, over_all=last, over_percent=_WHOLE)
    if limit > _MOST_BYTES:
        return one  # no line says as much, and no chip has it
    return _dropping(one, limit - limit // _FULL_FROM, limit)


def _dropping(one: TxQueue, first: int, last: int) -> TxQueue:
    return replace(one, drop_from=_size(first), drop_all=_size(last), drop_percent=_WHOLE)


def _size(size: int) -> int:
    """Return a threshold that a line can say."""
    return max(1, min(size, _MOST_BYTES))


def control_bps(port: PortQueueing) -> int:
    """Return what each of the two queues of network control may use of a link at most."""
    return max(port.rate_bps // _CONTROL_SHARE, min(_LEAST_CONTROL_BPS, port.rate_bps // 4))


def _idle_bps(port: PortQueueing) -> int:
    return max(_LEAST_BPS, port.rate_bps // _WHOLE)


def strict_caps(port: PortQueueing, own: tuple[Member, ...]) -> dict[str, int]:
    """Return the cap of each strict class: its own, or less where the guarantees of others could not be kept beside it.

    It is never below what the class itself is guaranteed: nothing that keeps to its rate is lost.
    """
    strict = [queue for queue in port.queues if queue.scheduling == "strict"]
    spare = max(0, spare_bps(port, own))
    whole = sum(queue.cap_bps for queue in strict) or 1
    return {
        queue.traffic_class: max(_LEAST_BPS, min(queue.cap_bps, queue.guarantee_bps + spare * queue.cap_bps // whole))
        for queue in strict
    }


def spare_bps(port: PortQueueing, own: tuple[Member, ...]) -> int:
    """Return what no class is guaranteed and network control cannot take; below 0 the guarantees do not fit.

    A share may be rounded up by a percent, and queues that no class of the port has keep one.
    """
    idle = len(_idle(port, own))
    strict_idle = sum(_idle_bps(port) for member in own if member.is_strict and not _has(port, member.name))
    shared = sum(queue.scheduling != "strict" for queue in port.queues)
    promised = sum(queue.guarantee_bps for queue in port.queues)
    control = len(CONTROL) * control_bps(port)
    return port.rate_bps - control - strict_idle - promised - port.rate_bps * (shared + idle) // _WHOLE


def shares(port: PortQueueing, own: tuple[Member, ...]) -> dict[int, int]:
    """Return what each queue that is not strict gets of what the caps of strict ones leave, in whole percents, by number.

    Each gets at least its guarantee where they all fit, and what is left goes by weight.
    """
    others = {number_of(own, queue.traffic_class): queue for queue in port.queues if queue.scheduling != "strict"}
    strict_idle = sum(_idle_bps(port) for member in own if member.is_strict and not _has(port, member.name))
    taken = sum(strict_caps(port, own).values()) + len(CONTROL) * control_bps(port) + strict_idle
    left = max(1, port.rate_bps - taken)
    least = {number: max(1, -(-queue.guarantee_bps * _WHOLE // left)) for number, queue in others.items()}
    least |= dict.fromkeys(_idle(port, own), 1)
    spare = _WHOLE - sum(least.values())
    if spare < 0:
        whole = sum(least.values())
        return {number: max(1, share * _WHOLE // whole) for number, share in least.items()}
    weights = sum(queue.weight for queue in others.values()) or 1
    return {
        number: share + (spare * others[number].weight // weights if number in others else 0)
        for number, share in least.items()
    }


def _has(port: PortQueueing, name: str) -> bool:
    return any(queue.traffic_class == name for queue in port.queues)


def _idle(port: PortQueueing, own: tuple[Member, ...]) -> list[int]:
    """Return the numbers of shared queues that no class of the port has."""
    absent = [member.number for member in own if not member.is_strict and not _has(port, member.name)]
    return [*unused(own), *absent]


def _down(bps: int) -> int:
    return max(bps // _KBPS, 1) * _KBPS
