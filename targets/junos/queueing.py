"""Schedulers: what each class gets on a port.

A strict class is served first up to its cap. All others are sure of their guarantee and of their part of what nobody
reserved, and share what is idle by weight; what is above its rate and idle classes take what is left of that. Every class of the
device is scheduled on every port, as Junos serves no queue without a scheduler.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from intentc.targetkit.kit import DeviceConfig, Fleet, Origin, PortQueueing, Queue

from . import escape
from .classes import BEST_EFFORT, NETWORK_CONTROL, OVER_QUEUE, Classes, first_code, over_code
from .owned_cos import ClassScheduler, DropMap, DropProfile, Scheduler, SchedulerMap

_LEAST_BPS = 8_000  # so little is a guarantee to nobody
_LEAST_CONTROL_BPS = 256_000
_CONTROL_SHARE, _CONTROL_CAP = 50, 10  # network control: 2 % of the link, at most 10 %
_CONTROL_FRAMES = 64
_OVER_SHARE = 100  # what is above its rate has 1 % of the link, so that its queue moves
_LONGEST_BUFFER_US = 200_000
_BITS_US = 8 * 1_000_000
_MOST_PROPORTION = 1000
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class PortSchedulers:
    """The scheduler map of one port with its schedulers."""

    map: SchedulerMap
    schedulers: tuple[Scheduler, ...]


def schedulers_of(port: PortQueueing, fleet: Fleet, classes: Classes) -> PortSchedulers:
    """Return what serves the classes of a device on a port."""
    word = escape.port_word(port.interface)
    own = {queue.traffic_class: queue for queue in port.queues}
    parts = _parts(port)
    origin = port.origin if port.origin.spans else None
    schedulers = [
        _control(port, f"ITC-{word}-NC"),
        *(_scheduler(f"ITC-{word}-D{first_code(queue, fleet)}", queue, port, parts, origin) for queue in own.values()),
        _remainder(f"ITC-{word}-OVER", port, _over_limit(port, fleet), port.rate_bps // _OVER_SHARE),
        _remainder(f"ITC-{word}-REST", port, _CONTROL_FRAMES * port.mtu, 0),
    ]
    known = {dscp: f"ITC-{word}-D{first_code(queue, fleet)}" for queue in own.values() for dscp in queue.dscps}
    over = {code for queue in own.values() if (code := over_code(queue, fleet)) is not None}
    known.update(dict.fromkeys(over, f"ITC-{word}-OVER"))
    mapped = {
        classes.forwarding_class(dscp): known.get(dscp, f"ITC-{word}-{'OVER' if queue == OVER_QUEUE else 'REST'}")
        for dscp, queue in classes.queues.items()
    }
    mapped |= {BEST_EFFORT: known.get(0, f"ITC-{word}-REST"), NETWORK_CONTROL: f"ITC-{word}-NC"}
    used = set(mapped.values())
    return PortSchedulers(
        SchedulerMap(f"ITC-{word}", tuple(ClassScheduler(name, mapped[name]) for name in sorted(mapped))),
        tuple(scheduler for scheduler in sorted(schedulers, key=lambda one: one.name) if scheduler.name in used),
    )


def drop_profiles_of(config: DeviceConfig) -> tuple[DropProfile, ...]:
    """Return the profiles by which queues mark packets (RFC 3168) or drop them early, one for each pair of thresholds."""
    found = {profile.name: profile for port in config.queueing for queue in port.queues for profile in _profile(queue)}
    return tuple(found[name] for name in sorted(found))


def _profile(queue: Queue) -> tuple[DropProfile, ...]:
    """Return how a queue marks, or drops early: nothing below the first fill level, everything from the second on."""
    word, lowest, highest = "ECN", queue.mark_from_bytes, queue.mark_all_bytes
    if not queue.is_ecn:
        word, lowest, highest = "DROP", queue.drop_from_bytes, queue.drop_all_bytes
    if not highest:
        return ()
    size = max(queue.limit_bytes, 1)
    first = min(_PERCENT - 1, lowest * _PERCENT // size)
    last = min(_PERCENT, max(first + 1, -(-highest * _PERCENT // size)))
    return (DropProfile(f"ITC-{word}-{first}-{last}", (first, last), (0, _PERCENT)),)


def _parts(port: PortQueueing) -> dict[str, int]:
    """Return the rate that each class but the strict ones is sure of: its guarantee and its part of what nobody reserved."""
    weighted = [queue for queue in port.queues if queue.scheduling != "strict"]
    strict = sum(queue.cap_bps for queue in port.queues if queue.scheduling == "strict")
    reserved = (
        strict + _control_bps(port) + port.rate_bps // _OVER_SHARE + sum(queue.guarantee_bps for queue in weighted)
    )
    spare = max(0, port.rate_bps - reserved)
    weights = sum(queue.weight for queue in weighted) or 1
    return {queue.traffic_class: queue.guarantee_bps + spare * queue.weight // weights for queue in weighted}


def _control_bps(port: PortQueueing) -> int:
    return max(min(_LEAST_CONTROL_BPS, port.rate_bps // 2), port.rate_bps // _CONTROL_SHARE)


def _control(port: PortQueueing, name: str) -> Scheduler:
    rate = _control_bps(port)
    return Scheduler(
        name=name,
        transmit_bps=rate,
        shaping_bps=max(rate, port.rate_bps // _CONTROL_CAP),
        shaping_burst_bytes=None,
        excess_proportion=None,
        buffer_us=_buffer(_CONTROL_FRAMES * port.mtu, rate),
        is_buffer_exact=False,
        priority="high",
        excess_priority=None,
    )


def _scheduler(name: str, queue: Queue, port: PortQueueing, parts: dict[str, int], origin: Origin | None) -> Scheduler:
    is_strict = queue.scheduling == "strict"
    rate = max(_LEAST_BPS, queue.cap_bps if is_strict else parts[queue.traffic_class])
    is_capped = is_strict or queue.cap_bps < port.rate_bps
    return Scheduler(
        name=name,
        transmit_bps=rate,
        shaping_bps=max(_LEAST_BPS, queue.cap_bps) if is_capped else None,
        shaping_burst_bytes=queue.burst_bytes if is_capped and queue.burst_bytes > 0 else None,
        excess_proportion=None if is_strict else max(1, min(_MOST_PROPORTION, queue.weight)),
        buffer_us=_buffer(queue.limit_bytes, rate),
        is_buffer_exact=True,
        priority="strict-high" if is_strict else "low",
        excess_priority=None if is_strict else "low" if queue.scheduling == "idle" else "high",
        drop_profiles=tuple(DropMap("any", "any", profile.name) for profile in _profile(queue)),
        is_ecn=queue.is_ecn,
        origin=origin,
    )


def _over_limit(port: PortQueueing, fleet: Fleet) -> int:
    return sum(queue.limit_bytes for queue in port.queues if over_code(queue, fleet) is not None)


def _remainder(name: str, port: PortQueueing, limit_bytes: int, rate_bps: int) -> Scheduler:
    """Return the scheduler of packets to which nothing is promised: what is above its rate, and classes not meant to come here."""
    rate = max(_LEAST_BPS, rate_bps)
    buffer = min(_LONGEST_BUFFER_US, _buffer(max(limit_bytes, port.mtu), rate))
    return Scheduler(
        name=name,
        transmit_bps=rate,
        shaping_bps=None,
        shaping_burst_bytes=None,
        excess_proportion=1,
        buffer_us=buffer,
        is_buffer_exact=True,
        priority="low",
        excess_priority="low",
    )


def _buffer(limit_bytes: int, rate_bps: int) -> int:
    """Return the time in which a rate sends so many bytes: Junos multiplies it with the rate again."""
    return max(1, -(-limit_bytes * _BITS_US // rate_bps))


def check(ports: Iterator[PortQueueing]) -> None:
    """Raise `ValueError` where two classes of a port would be strict: Junos serves one queue so."""
    for port in ports:
        if sum(queue.scheduling == "strict" for queue in port.queues) > 1:
            raise ValueError(f"more than one strict class on {port.interface}")
