"""Queues of ports: a strict scheduler with a cap for each queue above a weighted one, sizes, and slopes.

SR Linux reserves no rate: a queue is sure of its share of what the strict ones leave. So shares are those of the rates
that are guaranteed, with what nobody reserved added by weight. Caps are whole percents of the port: rounded down, unless
that were less than what is guaranteed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from intentc.targetkit.kit import DeviceConfig, Fleet, Origin, PortQueueing, Queue

from . import escape
from .classes import CONTROL, DSCP_POLICY, LABEL_POLICY, Classes, classes_of, over_point, queue_name
from .owned import (
    OWN,
    BufferProfile,
    EcnSwitch,
    Input,
    ProfileRef,
    QosPort,
    QueueProfile,
    Scheduler,
    SchedulerPolicy,
    Size,
    Slope,
)
from .pausing import buffers_of as paused_of
from .pausing import held_bytes

_MOST_WEIGHT = 127
_PERCENT = 100
_CONTROL_PERCENT = 10  # of the port, for each of the two queues of network control
_CONTROL_FRAMES = 64
_IDLE_PERCENT = 1  # RFC 8622 lets LE have a little, and lets it have what is idle
_ALL = "all"
_DIGEST = 8
_BELOW, _ABOVE = 4, 2  # packets above their rate are dropped from a quarter of the queue on, all of them from a half on


def schedulers_of(config: DeviceConfig, classes: Classes) -> tuple[SchedulerPolicy, ...]:
    """Return the scheduler policy of each port."""
    return tuple(
        SchedulerPolicy(name_of(port), tuple(_schedulers(port, classes)), port.origin) for port in config.queueing
    )


def name_of(port: PortQueueing) -> str:
    """Return the name of what a port has of its own."""
    return f"{OWN}{escape.port(port.interface).port_word}"


def _schedulers(port: PortQueueing, classes: Classes) -> Iterator[Scheduler]:
    strict = dict.fromkeys(CONTROL, _CONTROL_PERCENT)
    shared: dict[int, tuple[int, int]] = {}
    weights = _weights(port)
    for queue in port.queues:
        number = classes.number(queue.traffic_class)
        if queue.scheduling == "strict":
            strict[number] = percent(queue, port)
        else:
            shared[number] = percent(queue, port), weights[queue.traffic_class]
    yield Scheduler(0, "strict", tuple(_input(number, cap, None) for number, cap in sorted(strict.items())))
    yield Scheduler(1, None, tuple(_input(number, *shared[number]) for number in sorted(shared)))


def _input(number: int, cap: int, weight: int | None) -> Input:
    return Input(queue_name(number), "queue", queue_name(number), cap, weight)


def percent(queue: Queue, port: PortQueueing) -> int:
    """Return the cap of a queue in percent of its port."""
    down = queue.cap_bps * _PERCENT // port.rate_bps
    least = -(-min(queue.guarantee_bps, port.rate_bps) * _PERCENT // port.rate_bps)
    return max(1, min(_PERCENT, max(down, least)))


def _weights(port: PortQueueing) -> dict[str, int]:
    """Return the weights of the queues that are not strict: in proportion to what each gets when all are full, the strict ones up to their caps.

    Each is sure of its guarantee then, and all the more where the strict ones use no more than what is reserved for them. Where
    caps and guarantees exceed the port, weights are in proportion to guarantees: these fit beside the reservations.
    """
    shared = [queue for queue in port.queues if queue.scheduling != "strict"]
    strict_bps = sum(queue.cap_bps for queue in port.queues if queue.scheduling == "strict")
    spare = max(0, port.rate_bps - strict_bps - sum(queue.guarantee_bps for queue in shared))
    total = sum(queue.weight for queue in shared if queue.scheduling == "weight") or 1
    rates = {queue.traffic_class: _rate(queue, port, spare, total) for queue in shared}
    most = max(rates.values(), default=1) or 1
    return {name: max(1, -(-rate * _MOST_WEIGHT // most)) for name, rate in rates.items()}


def _rate(queue: Queue, port: PortQueueing, spare: int, total: int) -> int:
    if queue.scheduling == "idle":
        return max(queue.guarantee_bps, port.rate_bps * _IDLE_PERCENT // _PERCENT)
    if queue.scheduling == "share":
        return max(queue.guarantee_bps, queue.cap_bps)
    return queue.guarantee_bps + spare * queue.weight // total


def buffers_of(config: DeviceConfig, classes: Classes) -> tuple[BufferProfile, ...]:
    """Return the sizes of the queues; ports with the same ones share a profile, as a device has few."""
    found: dict[str, BufferProfile] = {}
    for port in config.queueing:
        own = _buffers(port, classes, config)
        found[own.name] = replace(own, origin=_both(found[own.name].origin, own.origin)) if own.name in found else own
    return tuple(found[name] for name in sorted(found))


def _buffers(port: PortQueueing, classes: Classes, config: DeviceConfig) -> BufferProfile:
    sizes = dict.fromkeys(CONTROL, _CONTROL_FRAMES * port.mtu)
    sizes |= {classes.number(queue.traffic_class): _limit(queue, config) for queue in port.queues}
    queues = tuple(Size(queue_name(number), size) for number, size in sorted(sizes.items()))
    return BufferProfile(_by_content("B", queues), queues, origin=port.origin)


def _limit(queue: Queue, config: DeviceConfig) -> int:
    """Return what a queue may hold: of a lossless class whatever the ports in may, since they pause and nothing is dropped here."""
    return (
        max(queue.limit_bytes, held_bytes(config, queue.traffic_class))
        if is_paused(queue, config)
        else queue.limit_bytes
    )


def is_paused(queue: Queue, config: DeviceConfig) -> bool:
    """Return whether flow control keeps the packets of a queue."""
    return any(pause.traffic_class == queue.traffic_class for pause in config.pauses)


def profiles_of(config: DeviceConfig, fleet: Fleet) -> tuple[QueueProfile, ...]:
    """Return the slopes of the queues that have any; queues with the same ones share a profile."""
    found: dict[str, QueueProfile] = {}
    for port in config.queueing:
        for queue in port.queues:
            slopes = tuple(_slopes(queue, config, fleet))
            if slopes:
                name = _by_content("W", slopes)
                before = found[name].origin if name in found else None
                found[name] = QueueProfile(name, slopes, _both(before, port.origin))
    return tuple(found[name] for name in sorted(found))


def ecn_of(config: DeviceConfig) -> tuple[EcnSwitch, ...]:
    """Return the switch for marking where any queue marks."""
    return (EcnSwitch(),) if any(queue.is_ecn for port in config.queueing for queue in port.queues) else ()


def _by_content(letter: str, content: tuple[object, ...]) -> str:
    return f"{OWN}{letter}-{hashlib.sha256(repr(content).encode()).hexdigest()[:_DIGEST]}"


def _both(one: Origin | None, other: Origin | None) -> Origin | None:
    if one is None or other is None:
        return one or other
    return Origin(tuple(sorted({*one.intents, *other.intents})), tuple(sorted({*one.spans, *other.spans})))


def _slopes(queue: Queue, config: DeviceConfig, fleet: Fleet) -> Iterator[Slope]:
    """Yield the slopes of a queue: ECN (RFC 3168) or early drops, and drop precedence for packets above their rate (RFC 2597).

    What is paused is never dropped early.
    """
    if queue.is_ecn:
        yield Slope(_ALL, _ALL, "true", queue.mark_from_bytes, queue.mark_all_bytes, "true", _PERCENT)
    if is_paused(queue, config):
        return
    if queue.drop_all_bytes and not queue.is_ecn:
        yield Slope(_ALL, _ALL, "false", queue.drop_from_bytes, queue.drop_all_bytes, "true", _PERCENT)
    if over_point(queue, fleet) is not None:
        yield Slope(_ALL, "medium", "false", queue.limit_bytes // _BELOW, queue.limit_bytes // _ABOVE, "true", _PERCENT)


def ports_of(config: DeviceConfig, fleet: Fleet, classes: Classes) -> Iterator[QosPort]:
    """Yield what ports are given for queueing, and what their subinterfaces are given to classify what comes in."""
    for port in config.queueing:
        own = escape.port(port.interface)
        profiles = tuple(
            ProfileRef(queue_name(classes.number(queue.traffic_class)), _by_content("W", slopes))
            for queue in port.queues
            if (slopes := tuple(_slopes(queue, config, fleet)))
        )
        yield QosPort(
            own.interface,
            own.interface,
            profiles=profiles,
            scheduler=name_of(port),
            buffers=_buffers(port, classes, config).name,
        )
        labels = LABEL_POLICY if classes.labels else None
        yield QosPort(own.reference, own.interface, own.subinterface, DSCP_POLICY, labels)


def count_profiles(config: DeviceConfig, fleet: Fleet) -> int:
    """Return how many profiles of queues and buffers a device needs."""
    return len(buffers_of(config, classes_of(config, fleet))) + len(profiles_of(config, fleet)) + len(paused_of(config))
