"""Delay between routers of this platform: IP SLA, a burst of packets with the code point of the class that they stand for.

`performance-measurement` would speak STAMP, but has one code point per end point, and each class needs its own.
"""

from __future__ import annotations

from intentc.targetkit.kit import DeviceConfig, Fleet, ProbeReflector, joined

from . import escape, numbers
from .owned_telemetry import AnsweringPort, Operation, Responder, Schedule

PLATFORM = "iosxr"
_COUNT = 10  # packets in a burst
_TIMEOUT_MS = 1000
_ECN_BITS = 2
_US_PER_MS, _MS_PER_S = 1000, 1000


def operations(config: DeviceConfig, fleet: Fleet) -> tuple[Operation, ...]:
    """Return the measurements by number. A burst ends, with its timeout, before the next one begins."""
    known = numbers.operations_for(probe.name for probe in config.probes)
    found: list[Operation] = []
    for probe in config.probes:
        interval_ms = -(-probe.interval_us // _US_PER_MS)
        found.append(
            Operation(
                known[probe.name],
                frequency_s=-(-(_COUNT * interval_ms + _TIMEOUT_MS) // _MS_PER_S),
                timeout_ms=_TIMEOUT_MS,
                source=loopback(config.node, fleet),
                destination=loopback(probe.peer, fleet),
                port=numbers.IPSLA_PORT,
                count=_COUNT,
                interval_ms=interval_ms,
                is_uncontrolled=True,
                tos=probe.dscp << _ECN_BITS,
                origin=probe.origin,
            )
        )
    return tuple(sorted(found, key=lambda operation: operation.number))


def schedules(config: DeviceConfig) -> tuple[Schedule, ...]:
    """Return the schedules of the measurements: from now on, for ever."""
    known = numbers.operations_for(probe.name for probe in config.probes)
    found = (Schedule(known[probe.name], is_forever=True, is_now=True, origin=probe.origin) for probe in config.probes)
    return tuple(sorted(found, key=lambda schedule: schedule.number))


def responders(config: DeviceConfig, fleet: Fleet) -> tuple[Responder, ...]:
    """Return where others of this platform are answered: at the loopback."""
    asked = [one for one in config.probe_reflectors if is_own(one, fleet)]
    if not asked:
        return ()
    port = AnsweringPort(numbers.IPSLA_PORT)
    return (Responder(loopback(config.node, fleet), (port,), joined(one.origin for one in asked)),)


def is_own(reflector: ProbeReflector, fleet: Fleet) -> bool:
    """Return whether the node that measures is of this platform."""
    peer = fleet.devices.get(reflector.peer)
    return peer is not None and peer.platform == PLATFORM


def loopback(node: str, fleet: Fleet) -> str:
    """Return the IPv4 loopback of a node; raises `ValueError` where it has none."""
    found = fleet.loopbacks[node][0]
    if found is None:
        raise ValueError(f"{node} has no IPv4 loopback")
    return escape.address(found)
