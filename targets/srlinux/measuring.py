"""Delay and loss between loopbacks: STAMP (RFC 8762) sessions with the code point of their class, and the reflector."""

from __future__ import annotations

from intentc.targetkit.kit import DeviceConfig, Fleet, Origin, Probe

from . import escape
from .owned import REFLECTS
from .owned_routing import Peer, Reflector, Session
from .routing import DEFAULT_INSTANCE

_PORT = 862
_LONGEST = 32  # characters of a session's name
# what an interval may be, in microseconds: the longest that is not above the one asked for
_INTERVALS = {50_000: "50ms", **{100_000 * n: f"{n}00ms" for n in range(1, 10)}, 1_000_000: "1s", 10_000_000: "10s"}


def sessions_of(config: DeviceConfig, fleet: Fleet) -> tuple[Session, ...]:
    """Return the sessions, one for each peer and class."""
    return tuple(_session(probe, config, fleet) for probe in config.probes)


def _session(probe: Probe, config: DeviceConfig, fleet: Fleet) -> Session:
    source, target = _ends(config.node, probe.peer, fleet)
    return Session(
        name=escape.object_name(probe.name, _LONGEST),
        target=target,
        target_port=_PORT,
        source=source,
        instance=DEFAULT_INSTANCE,
        dscp=escape.dscp(probe.dscp),
        state="enable",
        interval=_INTERVALS[max((us for us in _INTERVALS if us <= probe.interval_us), default=min(_INTERVALS))],
        origin=probe.origin,
    )


def reflectors_of(config: DeviceConfig, fleet: Fleet) -> tuple[Reflector, ...]:
    """Return the reflector, where anyone measures towards this device; it answers those and nobody else."""
    if not config.probe_reflectors:
        return ()
    peers = {_ends(config.node, own.peer, fleet)[1] for own in config.probe_reflectors}
    origins = [own.origin for own in config.probe_reflectors]
    origin = Origin(
        tuple(sorted({intent for one in origins for intent in one.intents})),
        tuple(sorted({span for one in origins for span in one.spans})),
    )
    prefixes = tuple(Peer(escape.prefix(text)) for text in sorted(peers))
    return (Reflector(DEFAULT_INSTANCE, REFLECTS, "enable", prefixes, _PORT, origin),)


def _ends(node: str, peer: str, fleet: Fleet) -> tuple[str, str]:
    """Return the loopbacks of two nodes in a family that both have, IPv4 where they can."""
    for own, other in zip(fleet.loopbacks[node], fleet.loopbacks[peer], strict=True):
        if own is not None and other is not None:
            return escape.address(own), escape.address(other)
    raise ValueError(f"{node} and {peer} have no loopbacks of one family")
