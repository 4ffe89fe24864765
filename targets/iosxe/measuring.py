"""Measurements of delay between routers (TWAMP light, which reflectors of STAMP answer too: RFC 8762, section 4.6), with the code point of the class."""

from __future__ import annotations

from intentc.targetkit.kit import DeviceConfig, Fleet, numbers_for

from . import escape, numbers
from .owned_probing import EndPoint, ProbeProfile, Responder
from .steering import loopback

_US_PER_MS = 1000
_TWO_WAY = "two-way"
_PORT = 862


def profiles(config: DeviceConfig) -> tuple[ProbeProfile, ...]:
    """Return how each end point is probed, by name."""
    return tuple(
        ProbeProfile(_name(probe.name), _TWO_WAY, -(-probe.interval_us // _US_PER_MS), probe.dscp, probe.origin)
        for probe in config.probes
    )


def end_points(config: DeviceConfig, fleet: Fleet) -> tuple[EndPoint, ...]:
    """Return what is probed, by name."""
    return tuple(
        EndPoint(
            _name(probe.name),
            _name(probe.name),
            loopback(probe.peer, 4, fleet),
            loopback(config.node, 4, fleet),
            probe.origin,
        )
        for probe in config.probes
    )


def responders(config: DeviceConfig, fleet: Fleet) -> tuple[Responder, ...]:
    """Return the sessions that are answered, by number."""
    known = numbers_for((one.peer for one in config.probe_reflectors), numbers.SESSIONS)
    found = (
        Responder(
            known[one.peer],
            loopback(config.node, 4, fleet),
            _PORT,
            loopback(one.peer, 4, fleet),
            is_any_port=True,
            origin=one.origin,
        )
        for one in config.probe_reflectors
    )
    return tuple(sorted(found, key=lambda one: one.number))


def _name(name: str) -> str:
    return escape.own_name(name)
