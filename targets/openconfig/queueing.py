"""Queues: a strict scheduler with a rate for each strict class, one with weights for the others, sizes and marking.

The models reserve no rate: a queue is sure of its share of what the strict ones leave. So weights are the rates that are
guaranteed, with what nobody reserved added in proportion. Every code point, and every traffic class field of labels, belongs
to exactly one term of a classifier: the models give terms no order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from intentc.targetkit.kit import DeviceConfig, Fleet, PortQueueing, Queue, joined

from . import escape
from .owned import (
    OWN,
    Buffers,
    Classifier,
    ClassifierRef,
    Group,
    Input,
    ProfileRef,
    QosPort,
    QueueName,
    Scheduler,
    SchedulerPolicy,
    Size,
    Slope,
    Term,
)

DEFAULT_CLASS = "default"
CONTROL = (48, 56)  # code points of network control (CS6, CS7: RFC 4594, section 3.2)
_CONTROL_NAME = "CONTROL"  # no class has capital letters
_CONTROL_FRAMES = 64
_CONTROL_NUMBER = 7
_IDLE_SHARE = 100  # RFC 8622 lets LE have a little, and lets it have what is idle
_BPS_PER_WEIGHT = 1000
_DIGEST = 8
_PERCENT = 100
_MOST_BURST = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes that any port of a device queues, by number of their queue; where code points and labels belong."""

    numbers: Mapping[str, int]
    points: Mapping[int, str]  # code point -> class; those that are not there belong to the default one
    labels: Mapping[int, str]  # traffic class field -> class


def classes_of(config: DeviceConfig, fleet: Fleet) -> Classes:
    """Return the classes of a device: the default one is number 0, the others follow by rank, the lowest first."""
    queues = [queue for port in config.queueing for queue in port.queues]
    names = {queue.traffic_class for queue in queues} - {DEFAULT_CLASS}
    by_rank = sorted(names, key=lambda name: (-fleet.classes[name].rank, name))
    numbers = {DEFAULT_CLASS: 0} | {name: number for number, name in enumerate(by_rank, 1)}
    if len(numbers) > _CONTROL_NUMBER:
        raise ValueError(f"not more than {_CONTROL_NUMBER} classes: {by_rank!r}")
    points = {escape.dscp(point): queue.traffic_class for queue in queues for point in queue.dscps}
    labels = {queue.tc: queue.traffic_class for queue in queues if queue.tc is not None}
    return Classes(numbers, points, labels)


def queue_name(name: str) -> str:
    """Return the name of the queue, and of the forwarding group, of a class."""
    return f"{OWN}{name if name == _CONTROL_NAME else escape.object_name(name)}"


def queues_of(classes: Classes) -> tuple[QueueName, ...]:
    """Return the queues in use: those of classes, and that of network control."""
    numbers = {**classes.numbers, _CONTROL_NAME: _CONTROL_NUMBER}
    return tuple(QueueName(queue_name(name), number) for name, number in numbers.items())


def groups_of(classes: Classes) -> tuple[Group, ...]:
    """Return the forwarding groups in use, each with its queue."""
    return tuple(Group(queue_name(name), queue_name(name)) for name in (*classes.numbers, _CONTROL_NAME))


def classifiers_of(classes: Classes) -> tuple[Classifier, ...]:
    """Return the classifiers of ports of links: of both families by code point, of labelled packets where there may be any."""
    by_class: dict[str, list[int]] = {}
    for point in range(64):
        name = _CONTROL_NAME if point in CONTROL else classes.points.get(point, DEFAULT_CLASS)
        by_class.setdefault(name, []).append(point)
    terms = [Term(queue_name(name), queue_name(name)) for name in by_class]
    points = [tuple(found) for found in by_class.values()]
    both = (
        Classifier(f"{OWN}IPV4", "IPV4", tuple(replace(t, dscps4=p) for t, p in zip(terms, points, strict=True))),
        Classifier(f"{OWN}IPV6", "IPV6", tuple(replace(t, dscps6=p) for t, p in zip(terms, points, strict=True))),
    )
    return (*both, _of_labels(classes)) if classes.labels else both


def _of_labels(classes: Classes) -> Classifier:
    def name(field: int) -> str:
        return _CONTROL_NAME if field * 8 in CONTROL else classes.labels.get(field, DEFAULT_CLASS)

    terms = (Term(f"{OWN}TC{field}", queue_name(name(field)), traffic_class=field) for field in range(8))
    return Classifier(f"{OWN}MPLS", "MPLS", tuple(terms))


def schedulers_of(config: DeviceConfig) -> tuple[SchedulerPolicy, ...]:
    """Return the scheduler policy of each port."""
    return tuple(SchedulerPolicy(_name_of(port), tuple(_schedulers(port)), port.origin) for port in config.queueing)


def _name_of(port: PortQueueing) -> str:
    return f"{OWN}{escape.port(port.interface).word}"


def _schedulers(port: PortQueueing) -> Iterator[Scheduler]:
    yield Scheduler(0, None, "STRICT", (_input(_CONTROL_NAME, None),))
    strict = [queue for queue in port.queues if queue.scheduling == "strict"]
    for number, queue in enumerate(strict, 1):
        own = (_input(queue.traffic_class, None),)
        burst = min(_MOST_BURST, max(queue.burst_bytes, port.mtu))
        yield Scheduler(number, "ONE_RATE_TWO_COLOR", "STRICT", own, queue.cap_bps, burst, "SHAPE")
    weights = _weights(port)
    inputs = tuple(_input(name, weights[name]) for name in sorted(weights))
    yield Scheduler(len(strict) + 1, None, None, inputs)


def _input(name: str, weight: int | None) -> Input:
    return Input(queue_name(name), "QUEUE", queue_name(name), weight)


def _weights(port: PortQueueing) -> dict[str, int]:
    """Return the weights of the queues that are not strict, in kbps of what each gets when all are full, the strict ones up to their caps.

    Each is sure of its guarantee then, and all the more where the strict ones use no more than what is reserved for them. Where
    caps and guarantees exceed the port, weights are in proportion to guarantees: these fit beside the reservations.
    """
    shared = [queue for queue in port.queues if queue.scheduling != "strict"]
    strict_bps = sum(queue.cap_bps for queue in port.queues if queue.scheduling == "strict")
    spare = max(0, port.rate_bps - strict_bps - sum(queue.guarantee_bps for queue in shared))
    total = sum(queue.weight for queue in shared if queue.scheduling == "weight") or 1
    return {queue.traffic_class: max(1, -(-_rate(queue, port, spare, total) // _BPS_PER_WEIGHT)) for queue in shared}


def _rate(queue: Queue, port: PortQueueing, spare: int, total: int) -> int:
    if queue.scheduling == "idle":
        return max(queue.guarantee_bps, port.rate_bps // _IDLE_SHARE)
    return queue.guarantee_bps + spare * queue.weight // total


def buffers_of(config: DeviceConfig) -> tuple[Buffers, ...]:
    """Return the sizes of the queues; ports with the same ones share a profile."""
    found: dict[str, Buffers] = {}
    for port in config.queueing:
        name = _buffers_name(port)
        origin = joined((port.origin, found[name].origin if name in found else None))
        found[name] = Buffers(name, _sizes(port), origin)
    return tuple(found.values())


def _buffers_name(port: PortQueueing) -> str:
    return _by_content("B", _sizes(port))


def _sizes(port: PortQueueing) -> tuple[Size, ...]:
    sizes = {_CONTROL_NAME: _CONTROL_FRAMES * port.mtu}
    sizes |= {queue.traffic_class: queue.limit_bytes for queue in port.queues}
    return tuple(Size(queue_name(name), size, "false") for name, size in sorted(sizes.items()))


def slopes_of(config: DeviceConfig) -> tuple[Slope, ...]:
    """Return the profiles of queues that mark or drop early; queues that do it alike share one."""
    found: dict[str, Slope] = {}
    for port in config.queueing:
        for own in (_slope(queue) for queue in port.queues):
            if own is not None:
                before = found[own.name].origin if own.name in found else None
                found[own.name] = replace(own, origin=joined((port.origin, before)))
    return tuple(found.values())


def _slope(queue: Queue) -> Slope | None:
    """Return the profile of a queue, without who asked for it; None where its packets are dropped at its end only."""
    if queue.is_ecn:
        ends, words = (queue.mark_from_bytes, queue.mark_all_bytes), ("true", "false")
    elif queue.drop_all_bytes:
        ends, words = (queue.drop_from_bytes, queue.drop_all_bytes), ("false", "true")
    else:
        return None
    return Slope(_by_content("W", (*ends, *words)), *ends, *words, _PERCENT)


def _by_content(letter: str, content: tuple[object, ...]) -> str:
    return f"{OWN}{letter}-{hashlib.sha256(repr(content).encode()).hexdigest()[:_DIGEST]}"


def ports_of(config: DeviceConfig, classifiers: tuple[Classifier, ...]) -> tuple[QosPort, ...]:
    """Return what ports of links are given."""
    references = tuple(ClassifierRef(one.kind, one.name) for one in classifiers)
    return tuple(_port(port, references) for port in config.queueing)


def _port(port: PortQueueing, references: tuple[ClassifierRef, ...]) -> QosPort:
    own = escape.port(port.interface)
    slopes = [(one.traffic_class, _slope(one)) for one in port.queues]
    profiles = (ProfileRef(queue_name(name), slope.name) for name, slope in slopes if slope is not None)
    return QosPort(
        own.name, own.interface, own.subinterface, references, _buffers_name(port), tuple(profiles), _name_of(port)
    )
