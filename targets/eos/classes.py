"""Which class has which traffic class and queue: numbers of the whole device, highest first, as queue 7 is served first.

EOS has eight. 7 and 6 are for network control (CS7, CS6), where the device puts what it sends itself; strict classes follow, for
no queue below a shared one may be strict. The default class is 1, where EOS puts packets that nothing classifies. A class
with flow control has the number of its priority, for EOS pauses the queue of that number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intentc.targetkit.kit import DeviceConfig, Fleet, Queue, TrafficClass

DEFAULT = "default"
DEFAULT_NUMBER = 1
CONTROL = {6: 48, 7: 56}  # traffic class -> code point (CS6, CS7: RFC 4594, section 3.2)
_HIGHEST = 5
_NUMBERS = range(8)


@dataclass(frozen=True, slots=True)
class Member:
    """A class of a device: its number, its code points, those that mark packets above their rate, and its label values."""

    name: str
    number: int
    dscps: tuple[int, ...]
    over: tuple[int, ...]
    labels: tuple[int, ...]
    is_strict: bool


class ClassesError(ValueError):
    """The classes cannot be numbered; the text says why."""


def over_points(queue: Queue, classes: Mapping[str, TrafficClass]) -> tuple[int, ...]:
    """Return the code points of a queue that mark packets above their rate."""
    own = classes.get(queue.traffic_class)
    if own is None or own.over_dscp is None or own.over_dscp == own.dscp or own.over_dscp not in queue.dscps:
        return ()
    return (own.over_dscp,)


def members(config: DeviceConfig, fleet: Fleet) -> tuple[Member, ...]:
    """Return the classes of all ports of a device, highest number first; raises `ClassesError` where there is no room."""
    queues: dict[str, list[Queue]] = {}
    for port in config.queueing:
        for queue in port.queues:
            queues.setdefault(queue.traffic_class, []).append(queue)
    numbers = _numbers(config, queues, fleet.classes)
    found = (_member(name, numbers[name], queues[name], fleet.classes) for name in queues)
    return tuple(sorted(found, key=lambda member: -member.number))


def number_of(own: tuple[Member, ...], name: str) -> int:
    """Return the number of a class; one that no port of the device queues is served like the default one."""
    return next((member.number for member in own if member.name == name), DEFAULT_NUMBER)


def _numbers(
    config: DeviceConfig, queues: Mapping[str, list[Queue]], classes: Mapping[str, TrafficClass]
) -> dict[str, int]:
    """Return the number of each class: strict ones from the top by rank, paused ones their priority, the others below."""

    def rank(name: str) -> tuple[int, str]:
        own = classes.get(name)
        return own.rank if own is not None else 0, name

    strict = sorted((name for name in queues if _is_strict(queues[name])), key=rank)
    shared = sorted((name for name in queues if not _is_strict(queues[name]) and name != DEFAULT), key=rank)
    found = {name: _HIGHEST - index for index, name in enumerate(strict)} | {DEFAULT: DEFAULT_NUMBER}
    wanted = {pause.traffic_class: pause.priority for pause in config.pauses}
    if len(strict) > _HIGHEST - DEFAULT_NUMBER:
        raise ClassesError(f"{len(strict)} strict classes need more queues than there are above the default class")
    for name in strict:
        if wanted.get(name, found[name]) != found[name]:
            raise ClassesError(f"the strict class `{name}` would have to be served after others to be paused by itself")
    room = [number for number in range(_HIGHEST - len(strict), -1, -1) if number != DEFAULT_NUMBER]
    for name in (name for name in shared if name in wanted):
        if wanted[name] not in room:
            raise ClassesError(f"priority {wanted[name]} of the class `{name}` is that of another queue")
        found[name] = wanted[name]
        room.remove(wanted[name])
    others = [name for name in shared if name not in wanted]
    if len(others) > len(room):
        raise ClassesError(f"{len(queues)} classes need more queues than there are beside network control")
    return found | dict(zip(others, room, strict=False))


def _is_strict(queues: list[Queue]) -> bool:
    return any(queue.scheduling == "strict" for queue in queues)


def _member(name: str, number: int, queues: list[Queue], classes: Mapping[str, TrafficClass]) -> Member:
    over = {dscp for queue in queues for dscp in over_points(queue, classes)}
    dscps = {dscp for queue in queues for dscp in queue.dscps} - over - set(CONTROL.values())
    labels = {queue.tc for queue in queues if queue.tc is not None} - CONTROL.keys()
    return Member(name, number, tuple(sorted(dscps)), tuple(sorted(over)), tuple(sorted(labels)), _is_strict(queues))


def unused(own: tuple[Member, ...]) -> tuple[int, ...]:
    """Return the numbers that no class of the device has, network control aside."""
    return tuple(sorted(set(_NUMBERS) - CONTROL.keys() - {member.number for member in own}))
