"""BFD on the IGP's adjacencies, and repairs by the device itself (TI-LFA)."""

from __future__ import annotations

from intentc.targetkit.kit import DeviceConfig, Fleet, joined

from . import escape
from .owned import Bfd, Level, Process

_US_PER_MS = 1000
_LEVELS = ("level-1", "level-2")
_NODE_FIRST = 10  # among the ties; the lowest decides first


def sessions(config: DeviceConfig) -> dict[str, tuple[str, Bfd]]:
    """Return the IGP and the timers of BFD by interface."""
    found = {}
    for port in config.bfd:
        interval = -(-port.interval_us // _US_PER_MS)
        found[escape.interface(port.interface)] = port.igp, Bfd(interval, interval, port.multiplier)
    return found


def repaired(config: DeviceConfig) -> dict[str, tuple[Level, ...]]:
    """Return the levels of IS-IS by interface whose failure is repaired: both, of which a router has one or two."""
    return {escape.interface(port.interface): tuple(map(Level, _LEVELS)) for port in config.repairs}


def processes(config: DeviceConfig, fleet: Fleet) -> tuple[Process, ...]:
    """Return the IS-IS process with its repairs; nothing where intentc asks for none.

    Alternates that avoid the next node are preferred where any port asks for that; where there are none, those that avoid the
    link serve.
    """
    if not config.repairs:
        return ()
    rank = _NODE_FIRST if any(port.protects == "node" for port in config.repairs) else None
    return (
        Process(
            escape.process(fleet.igp_process or ""),
            is_repaired1=True,
            is_repaired2=True,
            node_rank1=rank,
            node_rank2=rank,
            is_ti_lfa1=True,
            is_ti_lfa2=True,
            origin=joined(port.origin for port in config.repairs),
        ),
    )
