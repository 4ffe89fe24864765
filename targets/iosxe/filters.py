"""Access lists in the slots of interfaces: fences and isolation.

An interface has one list per family and direction, so everything that drops there is one list; its last entry permits what no
rule names, for otherwise all transit would be dropped.
"""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import (
    EVERYTHING,
    DeviceConfig,
    Fleet,
    Flow,
    PacketRule,
    decide_packets,
    from_routers,
    to_routers,
)

from . import escape
from .entries import DENY, PERMIT, access_list, entry_of
from .owned import AccessList, Entry

INWARD, OUTWARD = "in", "out"
_STEP = 10
_NEIGHBOUR = ("nd-ns", "nd-na")

Place = tuple[str, str, int]  # interface, direction, family


def filters(config: DeviceConfig, fleet: Fleet) -> dict[Place, AccessList]:
    """Return the access lists by the slots that they fill."""
    found: dict[Place, list[PacketRule[str]]] = {}
    for place, rule in _rules(config):
        found.setdefault(place, []).append(rule)
    return {place: _list(place, found[place], config, fleet) for place in sorted(found)}


def _rules(config: DeviceConfig) -> Iterator[tuple[Place, PacketRule[str]]]:
    """Yield what is dropped in which slot."""
    for fence in config.fences:
        for port in fence.interfaces:
            yield (port, OUTWARD, fence.flow.family), PacketRule(fence.flow, fence.excepted, DENY, fence.origin)
    for isolation in config.isolation:
        guarded = _guarded(isolation.prefix, isolation.direction)
        direction = OUTWARD if isolation.direction == "to" else INWARD
        for port in isolation.interfaces:
            yield (
                (port, direction, guarded.family),
                PacketRule(guarded, isolation.allowed, DENY, isolation.origin),
            )


def _guarded(prefix: str, direction: str) -> Flow:
    """Return all packets to or from an isolated prefix."""
    family = 6 if ":" in prefix else 4
    every = EVERYTHING[family]
    return Flow(family, every.source, prefix) if direction == "to" else Flow(family, prefix, every.destination)


def _list(place: Place, rules: list[PacketRule[str]], config: DeviceConfig, fleet: Fleet) -> AccessList:
    interface, direction, family = place
    exempt = to_routers(fleet.infrastructure, family)
    if not _has_hosts(place, config):
        exempt += from_routers(fleet.infrastructure, family)
    decided = decide_packets([rules], EVERYTHING[family])
    return access_list(
        escape.port_name(f"{direction.upper()}{family}", interface),
        (
            *((flow, PERMIT, None) for flow in exempt),
            *((one.flow, one.outcomes[0] if one.outcomes else PERMIT, one.origin) for one in decided),
        ),
        _neighbour_discovery(place, config),
    )


def _neighbour_discovery(place: Place, config: DeviceConfig) -> Iterator[Entry]:
    """Yield solicitations and advertisements of hosts to addresses on their own link (RFC 4861, section 4.3): the router's is one."""
    interface, direction, family = place
    if family == 4 or direction == OUTWARD:
        return
    prefixes = {one.prefix for one in config.isolation if interface in one.interfaces and ":" in one.prefix}
    wanted = ((prefix, message) for prefix in sorted(prefixes) for message in _NEIGHBOUR)
    for number, (prefix, message) in enumerate(wanted, 1):
        yield entry_of(number * _STEP, Flow(6, prefix, prefix, "icmp"), PERMIT, message=message)


def _has_hosts(place: Place, config: DeviceConfig) -> bool:
    """Return whether hosts can have sent the packets: at their ports, and wherever packets leave a device with such ports."""
    interface, direction, _ = place
    ports = {edge.interface for edge in config.edges} | {port for one in config.isolation for port in one.interfaces}
    return bool(ports) if direction == OUTWARD else interface in ports
