"""Traffic classes of a device: which queue a packet belongs to, by its code point and by the traffic class field of its label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intentc.targetkit.kit import DeviceConfig, Queue, TrafficClass

from . import escape
from .owned import ClassMap

CONTROL_CODE_POINTS = (48, 56)  # CS6 and CS7 (RFC 4594 §3.2): what routers say to each other
CONTROL_LABELS = (6, 7)
CONTROL = 7  # the traffic class of network control; its queue has priority level 1, that of class 6 level 2, and so on
DEFAULT = "default"
MOST_CLASSES = 7  # beside network control, the default class included
OVER = 1  # the discard class of packets above their rate


@dataclass(frozen=True, slots=True)
class Member:
    """A class on a device with split classification: its number, what belongs to it, and what of that is above its rate."""

    name: str
    number: int
    dscps: tuple[int, ...]
    over: tuple[int, ...]
    labels: tuple[int, ...]


def over_dscps(queue: Queue, classes: Mapping[str, TrafficClass]) -> tuple[int, ...]:
    """Return the code points of a queue that mark packets above their rate."""
    own = classes.get(queue.traffic_class)
    if own is None or own.over_dscp is None or own.over_dscp == own.dscp or own.over_dscp not in queue.dscps:
        return ()
    return (own.over_dscp,)


def members(config: DeviceConfig, classes: Mapping[str, TrafficClass]) -> tuple[Member, ...]:
    """Return the classes of all ports of a device, highest number first: strict ones, then by rank, the default one is 0.

    One number per class on all ports, for packets get it where they come in; that of a lossless class is the priority of its
    pauses.
    """
    queues: dict[str, list[Queue]] = {}
    for port in config.queueing:
        for queue in port.queues:
            queues.setdefault(queue.traffic_class, []).append(queue)
    paused = {pause.traffic_class: pause.priority for pause in config.pauses if pause.traffic_class in queues}
    ranked = sorted(queues.keys() - {DEFAULT} - paused.keys(), key=lambda name: _rank(name, queues[name][0], classes))
    free = [number for number in range(CONTROL - 1, 0, -1) if number not in paused.values()]
    numbers = {**dict(zip(ranked, free, strict=False)), **paused, DEFAULT: 0}
    ordered = sorted(queues.keys() & numbers.keys(), key=lambda name: -numbers[name])
    return tuple(_member(name, numbers[name], queues[name], classes) for name in ordered)


def _rank(name: str, queue: Queue, classes: Mapping[str, TrafficClass]) -> tuple[bool, int, str]:
    own = classes.get(name)
    return queue.scheduling != "strict", own.rank if own is not None else 0, name


def _member(name: str, number: int, queues: list[Queue], classes: Mapping[str, TrafficClass]) -> Member:
    over = {dscp for queue in queues for dscp in over_dscps(queue, classes)}
    dscps = {dscp for queue in queues for dscp in queue.dscps} - over - set(CONTROL_CODE_POINTS)
    labels = {queue.tc for queue in queues if queue.tc is not None} - set(CONTROL_LABELS)
    return Member(name, number, tuple(sorted(dscps)), tuple(sorted(over)), tuple(sorted(labels)))


def by_code_points(dscps: tuple[int, ...], labels: tuple[int, ...]) -> ClassMap:
    """Return the class of packets with these code points or labels; its name tells its content."""
    words = (*(["DSCP", *map(str, dscps)] if dscps else []), *(["MPLS", *map(str, labels)] if labels else []))
    return ClassMap(f"{escape.OWN}{'-'.join(words)}", dscps=dscps, labels=labels)


def by_traffic_class(number: int) -> ClassMap:
    """Return the class of packets that got this traffic class where they came in."""
    return ClassMap(f"{escape.OWN}TC-{number}", traffic_class=number)


CONTROL_CLASS = by_code_points(CONTROL_CODE_POINTS, CONTROL_LABELS)
