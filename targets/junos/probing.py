"""Delay and loss between loopbacks: clients of TWAMP Light with the code point of their class, and the responder.

Packets of TWAMP Light are those of STAMP (RFC 8762, section 4.6), so either end may be of another make. A client sends once a second at most.
"""

from __future__ import annotations

import hashlib

from intentc.targetkit.kit import DeviceConfig, Fleet, Origin, Probe

from . import escape
from .owned_services import Connection, Peer, Peers, Responder, Session

_US_PER_S = 1_000_000
_LONGEST = 32  # characters of a name, here
_DIGEST = 8
_PACKETS = 60  # of a test; results are kept for each test
_ENDLESS, _PAUSE_S = 0, 1
_PEERS = "ITC-PEERS"


def connections_of(config: DeviceConfig, fleet: Fleet) -> tuple[Connection, ...]:
    """Return the clients, one for each peer and class."""
    found = [
        Connection(
            name := _name(probe), "light", _ENDLESS, _PAUSE_S, (_session(name, probe, config, fleet),), probe.origin
        )
        for probe in config.probes
    ]
    return tuple(sorted(found, key=lambda one: one.name))


def _session(name: str, probe: Probe, config: DeviceConfig, fleet: Fleet) -> Session:
    source, target = _ends(config.node, probe.peer, fleet)
    interval_s = max(1, -(-probe.interval_us // _US_PER_S))
    return Session(name, source, target, escape.number(probe.dscp, 0, 63), _PACKETS, escape.number(interval_s, 1, 255))


def responders_of(config: DeviceConfig, fleet: Fleet) -> tuple[Responder, ...]:
    """Return the responder, where anyone measures towards this device, with the addresses of who does."""
    if not config.probe_reflectors:
        return ()
    peers = {_ends(config.node, own.peer, fleet)[1] for own in config.probe_reflectors}
    addresses = tuple(Peer(escape.prefix(text)) for text in sorted(peers))
    origins = [own.origin for own in config.probe_reflectors]
    origin = Origin(
        tuple(sorted({intent for one in origins for intent in one.intents})),
        tuple(sorted({span for one in origins for span in one.spans})),
    )
    return (Responder(is_open=True, peers=(Peers(_PEERS, addresses),), is_light=True, origin=origin),)


def _ends(node: str, peer: str, fleet: Fleet) -> tuple[str, str]:
    """Return the loopbacks of two nodes in a family that both have, IPv4 where they can."""
    for own, other in zip(fleet.loopbacks[node], fleet.loopbacks[peer], strict=True):
        if own is not None and other is not None:
            return escape.address(own), escape.address(other)
    raise ValueError(f"{node} and {peer} have no loopbacks of one family")


def _name(probe: Probe) -> str:
    """Return a name that is short enough here; different probes of a device have different ones."""
    name = escape.object_name(probe.name)
    if len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{name[: _LONGEST - _DIGEST - 1].rstrip('-')}-{digest}"
