"""Answers to the delay measurements of others: test sessions of TWAMP Light, which STAMP senders understand (RFC 8762, section 4.6)."""

from __future__ import annotations

from intentc.targetkit.kit import DeviceConfig, Fleet

from . import numbers
from .measuring import is_own, loopback
from .owned_telemetry import Reflector, Sender, TestSession

_PORT = 862  # RFC 8762, section 4.1


def test_sessions(config: DeviceConfig, fleet: Fleet) -> tuple[TestSession, ...]:
    """Return a session for each node of another platform that measures, between the loopbacks, by their numbers."""
    peers = {one.peer: one for one in config.probe_reflectors if not is_own(one, fleet)}
    sessions = numbers.sessions_for(peers)
    found = (
        TestSession(
            sessions[name],
            (Reflector(loopback(config.node, fleet), _PORT, (Sender(loopback(one.peer, fleet), "any", "default"),)),),
            one.origin,
        )
        for name, one in peers.items()
    )
    return tuple(sorted(found, key=lambda session: session.number))
