"""BFD on the IS-IS adjacencies of link ports."""

from __future__ import annotations

from intentc.targetkit.kit import DeviceConfig, Fleet

from . import escape
from .owned import Process, Session

_US_PER_MS = 1000


def processes(config: DeviceConfig, fleet: Fleet) -> tuple[Process, ...]:
    """Return the IS-IS process with the sessions on its interfaces; nothing where intentc owns none.

    One session per adjacency, over IPv4: when it goes down, so does the adjacency, which carries both families.
    """
    if not config.bfd:
        return ()
    return (
        Process(
            escape.process(fleet.igp_process or ""),
            tuple(
                Session(
                    escape.interface(port.interface),
                    is_ipv4=True,
                    interval_ms=-(-port.interval_us // _US_PER_MS),
                    multiplier=port.multiplier,
                    origin=port.origin,
                )
                for port in config.bfd
            ),
        ),
    )
