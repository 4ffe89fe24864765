"""BFD on IS-IS adjacencies, answering S-BFD, and local repair by the IS-IS process."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import DeviceConfig, Fleet, joined

from . import escape
from .owned import IsisProcess, Port, Reflector, RepairFamily, RouterBfd, Sbfd

_US_PER_MS = 1000
_FAMILY = "ipv4"
MODES = {"link": "link-protection", "node": "node-protection"}


def sessions(config: DeviceConfig) -> Iterator[Port]:
    """Yield the interfaces with a BFD session: one per adjacency, which goes down with it for both families."""
    for port in config.bfd:
        interval_ms = -(-port.interval_us // _US_PER_MS)
        yield Port(
            escape.interface(port.interface),
            bfd_ms=interval_ms,
            bfd_rx_ms=interval_ms,
            bfd_multiplier=port.multiplier,
            is_isis_bfd=True,
            origin=port.origin,
        )


def reflectors(config: DeviceConfig) -> tuple[RouterBfd, ...]:
    """Return the discriminator that this node answers to."""
    if len(config.reflectors) > 1:
        raise ValueError("not more than one discriminator")
    found = tuple(Reflector(one.discriminator, one.origin) for one in config.reflectors)
    return (RouterBfd((Sbfd(found),)),) if found else ()


def repairs(config: DeviceConfig, fleet: Fleet) -> tuple[IsisProcess, ...]:
    """Return the IS-IS process that repairs by itself: IPv4, as node segments are those of IPv4 loopbacks."""
    if not config.repairs:
        return ()
    (mode,) = {MODES[port.protects] for port in config.repairs}
    family = RepairFamily(_FAMILY, mode, joined(port.origin for port in config.repairs))
    return (IsisProcess(escape.process(fleet.igp_process or ""), (family,)),)
