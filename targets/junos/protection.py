"""BFD (RFC 5880) on the IGP's adjacencies, and TI-LFA (RFC 9855) for what leaves by their ports.

Names in angle brackets are patterns: a group gives timers and repairs to ports that the IGP has, and never a port to the IGP.
"""

from __future__ import annotations

from dataclasses import replace

from intentc.targetkit.kit import BfdPort, DeviceConfig, Fleet, Origin, RepairPort

from . import escape
from .owned_protocols import Area, BackupSpf, Family, IsisPort, Level, OspfPort

_US_PER_MS = 1000
_ANY_AREA = "<*>"
_LEVELS = (1, 2)  # a level that the port does not have takes no notice
_NODE = "node"
_MOST_LABELS = 8  # what Junos takes; how many a port pushes (`max_sid_depth`) is the underlay's, and 3 by default


def isis_of(config: DeviceConfig, fleet: Fleet) -> tuple[IsisPort, ...]:
    """Return the ports of IS-IS with their timers, in both families where the network has IPv6, and their repairs."""
    families = ("inet", "inet6") if _has_ipv6(fleet) else ("inet",)
    found = {
        port.interface: IsisPort(
            _pattern(port), tuple(Family(name, _interval(port), port.multiplier) for name in families), (), port.origin
        )
        for port in config.bfd
        if port.igp == "isis"
    }
    for repair in _repairs(config, "isis"):
        own = found.get(repair.interface, IsisPort(_pattern(repair), (), (), None))
        levels = tuple(Level(level, is_repaired=True, is_node=repair.protects == _NODE) for level in _LEVELS)
        found[repair.interface] = replace(own, levels=levels, origin=_both(own.origin, repair.origin))
    return tuple(sorted(found.values(), key=lambda port: port.name))


def ospf_of(config: DeviceConfig) -> tuple[Area, ...]:
    """Return the ports of OSPF with their timers and repairs, in whatever area they are."""
    found = {port.interface: _ospf_port(port) for port in config.bfd if port.igp != "isis"}
    for repair in _repairs(config, "ospf"):
        own = found.get(repair.interface, OspfPort(_pattern(repair)))
        is_node = repair.protects == _NODE
        found[repair.interface] = replace(
            own, is_repaired=True, is_node=is_node, origin=_both(own.origin, repair.origin)
        )
    return _area(found)


def ospf3_of(config: DeviceConfig, fleet: Fleet) -> tuple[Area, ...]:
    """Return the timers of OSPFv3, where the network has IPv6. It has no segments to repair with."""
    if not _has_ipv6(fleet):
        return ()
    return _area({port.interface: _ospf_port(port) for port in config.bfd if port.igp != "isis"})


def backup_of(config: DeviceConfig, igp: str) -> tuple[BackupSpf, ...]:
    """Return how an IGP computes repairs, which is said once for all of its ports; nothing where there are none."""
    origins = [repair.origin for repair in _repairs(config, igp)]
    if not origins:
        return ()
    origin = origins[0]
    for other in origins[1:]:
        origin = _both(origin, other)
    return (BackupSpf(is_post_convergence=True, most_labels=_MOST_LABELS, has_segments=True, origin=origin),)


def _repairs(config: DeviceConfig, igp: str) -> list[RepairPort]:
    return [repair for repair in config.repairs if (repair.igp == "isis") == (igp == "isis")]


def _area(ports: dict[str, OspfPort]) -> tuple[Area, ...]:
    return (Area(_ANY_AREA, tuple(sorted(ports.values(), key=lambda port: port.name))),) if ports else ()


def _ospf_port(port: BfdPort) -> OspfPort:
    return OspfPort(_pattern(port), _interval(port), port.multiplier, origin=port.origin)


def _both(one: Origin | None, other: Origin) -> Origin:
    if one is None:
        return other
    return Origin(tuple(sorted({*one.intents, *other.intents})), tuple(sorted({*one.spans, *other.spans})))


def _has_ipv6(fleet: Fleet) -> bool:
    return any(loopback6 is not None for _, loopback6 in fleet.loopbacks.values())


def _pattern(port: BfdPort | RepairPort) -> str:
    physical, unit = escape.port(port.interface)
    return f"<{physical}.{unit}>"


def _interval(port: BfdPort) -> int:
    return -(-port.interval_us // _US_PER_MS)
