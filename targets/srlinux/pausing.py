"""Priority flow control (IEEE 802.1Qbb) of the chassis with Trident 4 and Tomahawk 4, in both directions of a port.

A port holds as much of a class as its queue may (`limit_bytes`), then pauses the sender; what still comes lies in a part of the
buffer that is reserved for the whole device, in percent. How large that buffer is nobody publishes, so the one of the smallest
chip of the family is assumed: larger ones reserve more than is needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import pairwise

from intentc.targetkit.kit import DeviceConfig, Obstacle, PausePort

from . import escape
from .classes import Classes, class_name, queue_name
from .owned import OWN, BufferProfile, QosPort
from .owned_pausing import Complex, HeardPause, LineCard, PauseMapping, PauseQueue, PauseSize, SentPause

_SLOT, _COMPLEX = 1, "0"  # these chassis are one line card with one chip
_BUFFER_BYTES = 32 * 1024 * 1024  # Trident 3, the smallest
_LEAST_HEADROOM = 100_000  # at ports of hosts, whose lines nobody describes
_USUAL_LIMIT = 51_200  # where a class has no queue at any port
_MOST_PERCENT = 50
_PERCENT = 100
_MOST_MAPPINGS = 7
_DIGEST = 8
_BLOCK = "a lossless class"
_Sizes = tuple[PauseSize, ...]


def _ports(config: DeviceConfig) -> dict[str, list[PausePort]]:
    """Return what is paused by port, in the order of priorities."""
    found: dict[str, list[PausePort]] = {}
    for pause in sorted(config.pauses, key=lambda one: (one.interface, one.priority)):
        found.setdefault(escape.port(pause.interface).interface, []).append(pause)
    return found


def queues_of(config: DeviceConfig) -> tuple[PauseQueue, ...]:
    """Return the queues of flow control, one per priority."""
    return tuple(PauseQueue(_queue(number), number) for number in sorted({pause.priority for pause in config.pauses}))


def _queue(priority: int) -> str:
    return f"{OWN}PFC{escape.number(priority, 0, 7)}"


def mappings_of(config: DeviceConfig, classes: Classes) -> tuple[PauseMapping, ...]:
    """Return what is paused with which priority, and what a pause of that priority stops; ports with the same classes share it."""
    found = {own.name: own for pauses in _ports(config).values() for own in [_mapping(pauses, classes)]}
    return tuple(found[name] for name in sorted(found))


def _mapping(pauses: list[PausePort], classes: Classes) -> PauseMapping:
    numbers = {pause.priority: classes.number(pause.traffic_class) for pause in pauses}
    sent = tuple(SentPause(_queue(one), (class_name(number),), one) for one, number in sorted(numbers.items()))
    heard = tuple(HeardPause(queue_name(number), one, is_enabled=True) for one, number in sorted(numbers.items()))
    return PauseMapping(_by_content("F", (sent, heard)), sent, heard, pauses[0].origin)


def buffers_of(config: DeviceConfig) -> tuple[BufferProfile, ...]:
    """Return the sizes of the queues of flow control; ports with the same ones share a profile."""
    found: dict[str, BufferProfile] = {}
    for pauses in _ports(config).values():
        sizes = _sizes(config, pauses)
        found[_by_content("R", sizes)] = BufferProfile(_by_content("R", sizes), paused=sizes, origin=pauses[0].origin)
    return tuple(found[name] for name in sorted(found))


def _sizes(config: DeviceConfig, pauses: list[PausePort]) -> _Sizes:
    return tuple(
        PauseSize(_queue(pause.priority), limits_of(config)[pause.traffic_class], headroom(config, pause))
        for pause in pauses
    )


def limits_of(config: DeviceConfig) -> Mapping[str, int]:
    """Return how much of each lossless class a port holds before it pauses: what the smallest of its queues may hold."""
    sizes: dict[str, list[int]] = {pause.traffic_class: [] for pause in config.pauses}
    for queue in (queue for port in config.queueing for queue in port.queues if queue.traffic_class in sizes):
        sizes[queue.traffic_class].append(queue.limit_bytes)
    return {name: min(found, default=_USUAL_LIMIT) for name, found in sizes.items()}


def headroom(config: DeviceConfig, pause: PausePort) -> int:
    """Return what may come after a pause, in bytes; at a port of hosts as much as at the longest link."""
    return pause.headroom_bytes or max(_LEAST_HEADROOM, *(one.headroom_bytes for one in config.pauses))


def held_bytes(config: DeviceConfig, traffic_class: str) -> int:
    """Return how much of a class all ports together may hold: so much may wait in one queue, and none of it may be dropped."""
    limits = limits_of(config)
    return sum(
        limits[traffic_class] + headroom(config, pause)
        for pause in config.pauses
        if pause.traffic_class == traffic_class
    )


def linecards_of(config: DeviceConfig) -> tuple[LineCard, ...]:
    """Return the part of the buffer that is reserved for what comes after pauses."""
    if not config.pauses:
        return ()
    return (LineCard(_SLOT, (Complex(_COMPLEX, escape.number(_reserved(config), 1, _MOST_PERCENT)),)),)


def _reserved(config: DeviceConfig) -> int:
    needed = sum(headroom(config, pause) for pause in config.pauses)
    return -(-needed * _PERCENT // _BUFFER_BYTES)


def ports_of(config: DeviceConfig, classes: Classes) -> Iterator[QosPort]:
    """Yield what ports with flow control are given."""
    for name, pauses in _ports(config).items():
        yield QosPort(
            name,
            name,
            pause_mapping=_mapping(pauses, classes).name,
            is_pausing=True,
            pause_buffers=_by_content("R", _sizes(config, pauses)),
        )


def _by_content(letter: str, content: tuple[object, ...]) -> str:
    return f"{OWN}{letter}-{hashlib.sha256(repr(content).encode()).hexdigest()[:_DIGEST]}"


def obstacles_of(config: DeviceConfig) -> Iterator[Obstacle]:
    """Yield the flow control that a device has no room for."""
    for pauses in _ports(config).values():
        for one, other in pairwise(pauses):
            if one.priority == other.priority and one.traffic_class != other.traffic_class:
                why = f"the classes `{one.traffic_class}` and `{other.traffic_class}` have one priority of flow control"
                yield Obstacle(_BLOCK, why, "give them code points with different first three bits", other.origin)
    for pause in config.pauses:
        if escape.port(pause.interface).subinterface:
            why = f"packets of `{pause.interface}` have VLAN tags, and such ones are paused by a priority that nobody writes"
            yield Obstacle(_BLOCK, why, "let the port be routed without tags", pause.origin)
    if config.pauses and _reserved(config) > _MOST_PERCENT:
        why = f"what comes after pauses needs more than {_MOST_PERCENT} % of a buffer of {_BUFFER_BYTES // 2**20} MiB"
        yield Obstacle(_BLOCK, why, "use fewer ports, or shorter links, for the class", config.pauses[0].origin)
    sets = {tuple((pause.priority, pause.traffic_class) for pause in pauses) for pauses in _ports(config).values()}
    if len(sets) > _MOST_MAPPINGS:
        why = f"its ports need {len(sets)} profiles of flow control, and it has {_MOST_MAPPINGS}"
        yield Obstacle(_BLOCK, why, "let ports have the same lossless classes", config.pauses[0].origin)
