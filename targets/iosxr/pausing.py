"""Priority flow control (IEEE 802.1Qbb) on line cards of Cisco 8800, in their internal memory, and in both directions of a port.

Sizes belong to a line card and a traffic class, whose number is the priority of the pauses: so a lossless class has the traffic
class of its priority. There queues have no length of their own, and marking has its thresholds beside those of pauses. A card
takes a traffic class that is new there, or gone, when it is reloaded, which intentc never does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.targetkit.kit import DeviceConfig, Fleet, Obstacle, Origin, PausePort, Queue, joined

from . import escape
from .classes import CONTROL, CONTROL_LABELS, members
from .owned_pausing import PauseCard, PausedClass

# what the published model takes (Cisco-IOS-XR-um-8000-hw-module-profile-cfg)
PAUSES = (307_200, 1_574_400)
HEADROOMS = (345_600, 1_651_200)
MARKS_FROM = (153_600, 897_408)
MARKS_ALL = (153_600, 1_495_680)
ON = "on"
_ALL_PERCENT = 100
_TOLERATED = 50  # of a queue: marking may be complete so much of it sooner
_BLOCK = "a lossless class"
_PORTS = "use physical ports of 10 Gbps or more, without VLAN tags, for the class"


def cards_of(config: DeviceConfig) -> tuple[PauseCard, ...]:
    """Return what each line card with paused ports is told, sorted."""
    cards: dict[str, dict[int, list[PausePort]]] = {}
    for pause in config.pauses:
        cards.setdefault(escape.card(pause.interface), {}).setdefault(pause.priority, []).append(pause)
    return tuple(
        PauseCard(
            name,
            tuple(_class(config, name, pauses) for _, pauses in sorted(cards[name].items())),
            origin=joined(pause.origin for pauses in cards[name].values() for pause in pauses),
        )
        for name in sorted(cards)
    )


def _class(config: DeviceConfig, card: str, pauses: list[PausePort]) -> PausedClass:
    queues = _queues(config, card, pauses[0].traffic_class)
    pause = min((queue.limit_bytes for queue in queues), default=PAUSES[1])
    headroom = max(HEADROOMS[0], *(one.headroom_bytes for one in pauses))
    marked = next((queue for queue in queues if queue.is_ecn), None)
    return PausedClass(
        pauses[0].priority,
        escape.within(min(pause, PAUSES[1]), PAUSES),
        escape.within(headroom, HEADROOMS),
        None if marked is None else escape.within(marked.mark_from_bytes, MARKS_FROM),
        None if marked is None else escape.within(min(marked.mark_all_bytes, MARKS_ALL[1]), MARKS_ALL),
        None if marked is None else _ALL_PERCENT,
    )


def _queues(config: DeviceConfig, card: str, traffic_class: str) -> list[Queue]:
    """Return the queues of a class at the ports of a line card."""
    return [
        queue
        for port in config.queueing
        if escape.card(port.interface) == card
        for queue in port.queues
        if queue.traffic_class == traffic_class
    ]


def paused_ports(config: DeviceConfig) -> Mapping[str, Origin]:
    """Return the interfaces with flow control, with who asked for it."""
    return {pause.interface: pause.origin for pause in config.pauses}


def is_paused(config: DeviceConfig, traffic_class: str) -> bool:
    """Return whether a class is lossless there: its queues are then sized by its line cards."""
    return any(pause.traffic_class == traffic_class for pause in config.pauses)


def obstacles_of(config: DeviceConfig, fleet: Fleet) -> Iterator[Obstacle]:
    """Yield the flow control that a router cannot be told, each at who asked for it."""
    for pause in config.pauses:
        if not escape.is_pausing(pause.interface):
            why = f"`{pause.interface}` is a bundle, a subinterface or of less than 10 Gbps, and such ports have none"
            yield Obstacle(_BLOCK, why, _PORTS, pause.origin)
        if pause.headroom_bytes > HEADROOMS[1]:
            why = f"{pause.headroom_bytes} bytes may come after a pause at `{pause.interface}`, and there is room for {HEADROOMS[1]}"
            yield Obstacle(_BLOCK, why, "use a shorter link for the class", pause.origin)
    yield from _numbers(config, fleet)
    yield from _sizes(config)


def _numbers(config: DeviceConfig, fleet: Fleet) -> Iterator[Obstacle]:
    """Yield classes whose priority cannot be their traffic class."""
    own = {member.name: member.number for member in members(config, fleet.classes)}
    strict = {queue.traffic_class for port in config.queueing for queue in port.queues if queue.scheduling == "strict"}
    lowest = min((own[name] for name in strict if name in own), default=CONTROL)
    taken: dict[int, str] = {}
    for pause in config.pauses:
        number, name = pause.priority, pause.traffic_class
        if number == 0 or number in CONTROL_LABELS or number >= lowest:
            why = f"the priority of its pauses, {number}, has to be its traffic class, below those of strict classes and above 0"
            yield Obstacle(_BLOCK, why, "give the class a code point with other first three bits", pause.origin)
        elif taken.setdefault(number, name) != name:
            why = f"the classes `{taken[number]}` and `{name}` have one priority of flow control"
            yield Obstacle(_BLOCK, why, "give them code points with different first three bits", pause.origin)


def _sizes(config: DeviceConfig) -> Iterator[Obstacle]:
    """Yield, once for each class, queues that are shorter than where pausing can begin, and marking that a line card cannot be told."""
    for name in sorted({pause.traffic_class for pause in config.pauses}):
        origin = joined(pause.origin for pause in config.pauses if pause.traffic_class == name)
        queues = [(port.interface, one) for port in config.queueing for one in port.queues if one.traffic_class == name]
        if origin is None:
            continue
        short = [port for port, queue in queues if queue.limit_bytes < PAUSES[0]]
        if short:
            why = f"pausing begins at {PAUSES[0]} bytes at least, and the queue of {_ports(short)} is shorter"
            yield Obstacle(_BLOCK, why, "write a longer `queue` for the link", origin)
        unmarked = list(_unmarked([(port, queue) for port, queue in queues if queue.is_ecn]))
        if unmarked:
            why = (
                f"marking begins at {MARKS_FROM[0]} to {MARKS_FROM[1]} bytes, is complete at {MARKS_ALL[1]} at most, and is"
                f" the same for a line card: not what {_ports(unmarked)} would need"
            )
            yield Obstacle(_BLOCK, why, "write `queue: 2MB` for all links of the line card", origin)


def _unmarked(queues: list[tuple[str, Queue]]) -> Iterator[str]:
    """Yield the ports whose marking a line card cannot be told, or that differ from the first one of their card."""
    seen: dict[str, tuple[int, int]] = {}
    for port, queue in queues:
        marks = queue.mark_from_bytes, queue.mark_all_bytes
        if seen.setdefault(escape.card(port), marks) != marks or not _can_mark(queue):
            yield port


def _ports(names: list[str]) -> str:
    return f"`{names[0]}`" + (f" and {len(names) - 1} more ports" if len(names) > 1 else "")


def _can_mark(queue: Queue) -> bool:
    is_begun = MARKS_FROM[0] <= queue.mark_from_bytes <= MARKS_FROM[1]
    return is_begun and queue.mark_all_bytes - MARKS_ALL[1] <= queue.limit_bytes // _TOLERATED
