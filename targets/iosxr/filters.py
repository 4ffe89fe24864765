"""Access lists at interfaces: fences, isolation, forwarding to next hops and counting.

An interface has one list per family and direction, so everything that wants to drop, steer or count there is one list; its last
entry permits what no rule names, for otherwise all transit would be dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from intentc.targetkit.kit import (
    EVERYTHING,
    DeviceConfig,
    Fleet,
    Flow,
    PacketRule,
    PolicySteerRule,
    SteerRule,
    decide_packets,
    from_routers,
    to_routers,
)

from . import escape
from .owned import AccessList, Match
from .sequences import access_list, match_of
from .steering import hops_of, policy_hops

INWARD, OUTWARD = "IN", "OUT"
_NEIGHBOUR = (135, 136)  # ICMPv6 types


@dataclass(frozen=True, slots=True)
class Verdict:
    is_permitted: bool
    hops: tuple[str, ...] = ()


PERMIT, DENY = Verdict(is_permitted=True), Verdict(is_permitted=False)
Place = tuple[str, str, int]  # interface, direction, family


def filters(config: DeviceConfig, fleet: Fleet) -> dict[Place, AccessList]:
    """Return the access lists by the slots that they fill."""
    found: dict[Place, list[PacketRule[Verdict]]] = {}
    for place, rule in _rules(config, fleet):
        found.setdefault(place, []).append(rule)
    return {place: _list(place, found[place], config, fleet) for place in sorted(found)}


def list_name(place: Place) -> str:
    """Return the name of the list in a slot."""
    interface, direction, family = place
    return escape.port_name(f"{direction}{family}", interface)


def _rules(config: DeviceConfig, fleet: Fleet) -> Iterator[tuple[Place, PacketRule[Verdict]]]:
    """Yield what is wanted in which slot, in the order that counts: what drops, then what steers, then what counts."""
    for fence in config.fences:
        for port in fence.interfaces:
            yield (port, OUTWARD, fence.flow.family), PacketRule(fence.flow, fence.excepted, DENY, fence.origin)
    for isolation in config.isolation:
        guarded = _guarded(isolation.prefix, isolation.direction)
        direction = OUTWARD if isolation.direction == "to" else INWARD
        for port in isolation.interfaces:
            yield (port, direction, guarded.family), PacketRule(guarded, isolation.allowed, DENY, isolation.origin)
    steering: list[SteerRule | PolicySteerRule] = [*config.steering, *config.policy_steering]
    for rule in sorted(steering, key=lambda one: one.precedence):
        if rule.interfaces:
            hops = hops_of(rule, fleet) if isinstance(rule, SteerRule) else policy_hops(rule, config)
            verdict = Verdict(is_permitted=True, hops=hops)
            for port in rule.interfaces:
                yield (port, INWARD, rule.flow.family), PacketRule(rule.flow, rule.excepted, verdict, rule.origin)
    for count in config.counting:
        for port in count.interfaces:
            yield (port, OUTWARD, count.flow.family), PacketRule(count.flow, count.excepted, PERMIT, count.origin)


def _guarded(prefix: str, direction: str) -> Flow:
    """Return all packets to or from an isolated prefix."""
    family = 6 if ":" in prefix else 4
    every = EVERYTHING[family]
    return Flow(family, every.source, prefix) if direction == "to" else Flow(family, prefix, every.destination)


def _list(place: Place, rules: list[PacketRule[Verdict]], config: DeviceConfig, fleet: Fleet) -> AccessList:
    family = place[2]
    exempt = to_routers(fleet.infrastructure, family)
    if not _has_hosts(place, config):
        exempt += from_routers(fleet.infrastructure, family)
    decided = (
        (one, one.outcomes[0] if one.outcomes else PERMIT) for one in decide_packets([rules], EVERYTHING[family])
    )
    entries = [
        *((flow, True, (), None) for flow in exempt),
        *((one.flow, verdict.is_permitted, verdict.hops, one.origin) for one, verdict in decided),
    ]
    return access_list(list_name(place), entries, _neighbour_discovery(place, config))


def _neighbour_discovery(place: Place, config: DeviceConfig) -> Iterator[Match]:
    """Yield solicitations and advertisements of hosts to addresses on their own link (RFC 4861, section 4.3): the router's is one."""
    interface, direction, family = place
    if family == 4 or direction == OUTWARD:
        return
    prefixes = {prefix for edge in config.edges if edge.interface == interface for prefix in edge.prefixes}
    prefixes |= {one.prefix for one in config.isolation if interface in one.interfaces}
    for prefix in sorted(prefix for prefix in prefixes if ":" in prefix):
        for kind in _NEIGHBOUR:
            yield replace(match_of(Flow(6, prefix, prefix, "icmp")), icmp_type=kind)


def _has_hosts(place: Place, config: DeviceConfig) -> bool:
    """Return whether hosts can have sent the packets: at their ports, and wherever packets leave a device with such ports."""
    interface, direction, _ = place
    ports = {edge.interface for edge in config.edges} | {port for one in config.isolation for port in one.interfaces}
    return bool(ports) if direction == OUTWARD else interface in ports
