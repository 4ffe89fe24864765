"""BFD and local repair on the IS-IS adjacencies of link ports."""

from __future__ import annotations

from intentc.targetkit.kit import BfdPort, DeviceConfig, Fleet, RepairPort, joined

from . import escape
from .owned import Process, Repair, Session

_US_PER_MS = 1000
_NODE_INDEX = (
    100  # of the only tiebreaker there is: without it ways around the link are as good as those around the node
)


def processes(config: DeviceConfig, fleet: Fleet) -> tuple[Process, ...]:
    """Return the IS-IS process with what is asked of its interfaces; nothing where intentc asks for nothing.

    One session per adjacency, over IPv4: when it goes down, so does the adjacency, which carries both families. Repairs are of
    IPv4 routes, whose SIDs the topology has.
    """
    sessions = {port.interface: port for port in config.bfd}
    repairs = {port.interface: port for port in config.repairs}
    names = sorted(sessions.keys() | repairs.keys())
    if not names:
        return ()
    asked = tuple(_session(name, sessions.get(name), repairs.get(name)) for name in names)
    return (Process(escape.process(fleet.igp_process or ""), asked),)


def _session(name: str, bfd: BfdPort | None, repair: RepairPort | None) -> Session:
    return Session(
        escape.interface(name),
        is_ipv4=bfd is not None,
        interval_ms=None if bfd is None else -(-bfd.interval_us // _US_PER_MS),
        multiplier=None if bfd is None else bfd.multiplier,
        repairs=() if repair is None else (_repair(repair),),
        origin=joined(port.origin for port in (bfd, repair) if port is not None),
    )


def _repair(port: RepairPort) -> Repair:
    return Repair(
        "ipv4",
        "unicast",
        is_per_prefix=True,
        is_ti_lfa=True,
        node_index=_NODE_INDEX if port.protects == "node" else None,
    )
