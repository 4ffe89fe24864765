"""BFD (RFC 5880) on the IGP's adjacencies.

Names in angle brackets are patterns: a group gives timers to ports that the IGP has, and never a port to the IGP.
"""

from __future__ import annotations

from intentc.targetkit.kit import BfdPort, DeviceConfig, Fleet

from . import escape
from .owned import Area, Family, IsisPort, OspfPort

_US_PER_MS = 1000
_ANY_AREA = "<*>"


def isis_of(config: DeviceConfig, fleet: Fleet) -> tuple[IsisPort, ...]:
    """Return the ports of IS-IS with their timers, in both families where the network has IPv6."""
    families = ("inet", "inet6") if _has_ipv6(fleet) else ("inet",)
    return tuple(
        IsisPort(
            _pattern(port), tuple(Family(name, _interval(port), port.multiplier) for name in families), port.origin
        )
        for port in config.bfd
        if port.igp == "isis"
    )


def ospf_of(config: DeviceConfig) -> tuple[Area, ...]:
    """Return the ports of OSPF with their timers, in whatever area they are."""
    ports = tuple(
        OspfPort(_pattern(port), _interval(port), port.multiplier, port.origin)
        for port in config.bfd
        if port.igp != "isis"
    )
    return (Area(_ANY_AREA, ports),) if ports else ()


def ospf3_of(config: DeviceConfig, fleet: Fleet) -> tuple[Area, ...]:
    """Return the same for OSPFv3, where the network has IPv6."""
    return ospf_of(config) if _has_ipv6(fleet) else ()


def _has_ipv6(fleet: Fleet) -> bool:
    return any(loopback6 is not None for _, loopback6 in fleet.loopbacks.values())


def _pattern(port: BfdPort) -> str:
    physical, unit = escape.port(port.interface)
    return f"<{physical}.{unit}>"


def _interval(port: BfdPort) -> int:
    return -(-port.interval_us // _US_PER_MS)
