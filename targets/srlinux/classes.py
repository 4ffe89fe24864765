"""Which class has which forwarding class and queue: numbers of the whole device, given out by rank.

SR Linux tells eight forwarding classes apart. Two of them are for network control, where the device itself puts what it
sends with CS6 and CS7; the default class is the lowest one, as packets go there that nothing classifies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from intentc.targetkit.kit import DeviceConfig, Fleet, Queue

from .escape import dscp
from .owned import OWN, CodePoint, DscpPolicy, ForwardingClass, LabelClass, LabelPolicy, QueueName

DEFAULT_CLASS = "default"
CONTROL = {6: 48, 7: 56}  # forwarding class -> code point (CS6, CS7: RFC 4594, section 3.2)
ROOM = 6  # forwarding classes that are left for classes
DSCP_POLICY = f"{OWN}DSCP"
LABEL_POLICY = f"{OWN}TC"
LOW, MEDIUM = "low", "medium"  # drop probabilities: within the rate, and above it


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of a device by name, with their forwarding class; code points that are re-marked above a rate."""

    numbers: dict[str, int]
    points: dict[int, tuple[str, str]]  # code point -> class and drop probability
    labels: dict[int, str]  # traffic class field -> class

    def number(self, name: str) -> int:
        """Return the forwarding class of a class; one that no port of this device queues is served like the default one."""
        return self.numbers.get(name, 0)


def queue_name(number: int) -> str:
    """Return the name of a queue."""
    return f"{OWN}Q{number}"


def class_name(number: int) -> str:
    """Return the name of a forwarding class."""
    return f"{OWN}FC{number}"


def class_names(config: DeviceConfig) -> tuple[str, ...]:
    """Return the classes that any port of a device queues, but for the default one, sorted."""
    names = {queue.traffic_class for port in config.queueing for queue in port.queues}
    return tuple(sorted(names - {DEFAULT_CLASS}))


def classes_of(config: DeviceConfig, fleet: Fleet) -> Classes:
    """Return the classes of a device; raises `ValueError` where they are more than it can tell apart."""
    names = class_names(config)
    if len(names) >= ROOM:
        raise ValueError(f"not more than {ROOM} classes: {names!r}")
    by_rank = sorted(names, key=lambda name: (-fleet.classes[name].rank if name in fleet.classes else 0, name))
    queues = {queue.traffic_class: queue for port in config.queueing for queue in port.queues}
    points = {point: (name, drop) for name in queues for point, drop in _points(name, queues, fleet)}
    labels = {
        queue.tc: queue.traffic_class
        for port in config.queueing
        for queue in port.queues
        if queue.tc is not None and queue.traffic_class != DEFAULT_CLASS
    }
    return Classes({name: number for number, name in enumerate(by_rank, 1)}, points, labels)


def over_point(queue: Queue, fleet: Fleet) -> int | None:
    """Return the code point of packets of a queue that are above their rate; None where they have the same one."""
    own = fleet.classes.get(queue.traffic_class)
    is_other = own is not None and own.over_dscp in queue.dscps and own.over_dscp != own.dscp
    return own.over_dscp if own is not None and is_other else None


def _points(name: str, queues: dict[str, Queue], fleet: Fleet) -> Iterator[tuple[int, str]]:
    over = over_point(queues[name], fleet)
    for point in queues[name].dscps:
        if point not in CONTROL.values():
            yield dscp(point), MEDIUM if point == over else LOW


def queues_of(classes: Classes) -> tuple[QueueName, ...]:
    """Return the queues in use: those of classes, of the default class, and of network control."""
    return tuple(QueueName(queue_name(number), number) for number in _numbers(classes))


def forwarding_classes_of(classes: Classes) -> tuple[ForwardingClass, ...]:
    """Return the forwarding classes in use, each with its queue."""
    return tuple(ForwardingClass(class_name(number), number, queue_name(number)) for number in _numbers(classes))


def _numbers(classes: Classes) -> list[int]:
    return sorted({0, *classes.numbers.values(), *CONTROL})


def dscp_policy(classes: Classes) -> DscpPolicy:
    """Return which code points go where; those that are not named go to forwarding class 0, which is the default class."""
    own = [
        CodePoint(point, class_name(classes.number(name)), drop)
        for point, (name, drop) in sorted(classes.points.items())
    ]
    control = [CodePoint(point, class_name(number), LOW) for number, point in CONTROL.items()]
    return DscpPolicy(DSCP_POLICY, tuple(sorted([*own, *control], key=lambda point: point.name)))


def label_policy(classes: Classes) -> LabelPolicy | None:
    """Return where labelled packets go by their traffic class field; None where only the default class has any."""
    if not classes.labels:
        return None
    own = {field: class_name(classes.number(name)) for field, name in classes.labels.items()}
    return LabelPolicy(
        LABEL_POLICY,
        tuple(
            LabelClass(field, own.get(field, class_name(field if field in CONTROL else 0)), LOW) for field in range(8)
        ),
    )
