"""ACLs: fences, isolation and counters as entries of which the first that matches decides.

What the network says to itself is let through first. As packets leave, nobody knows where they came in: those with a router's
address as source are believed there, and so they are dropped where hosts hang and send them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from intentc.targetkit.kit import (
    EVERYTHING,
    CountRule,
    DeviceConfig,
    FenceRule,
    Fleet,
    Flow,
    IsolationRule,
    PacketRule,
    PacketSet,
    decide_packets,
)

from . import escape
from .owned import OWN, AclPort, AclSet, Bound, Entry, Match

KINDS = {4: "ACL_IPV4", 6: "ACL_IPV6"}
FORGED = "itc-forged"  # the counter of packets of hosts with a router's address as source
_LOCAL = {4: ("224.0.0.0/4", "255.255.255.255/32", "169.254.0.0/16"), 6: ("fe80::/10", "ff00::/8")}
_STEP = 10
_NEIGHBOUR = ("SOLICITATION", "ADVERTISEMENT")


@dataclass(frozen=True, slots=True)
class _Verdict:
    counter: str
    is_refused: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """One direction of one port in one family."""

    port: str
    family: int
    is_input: bool

    @property
    def name(self) -> str:
        return f"{OWN}{'IN' if self.is_input else 'OUT'}{self.family}-{escape.port(self.port).word}"


def acls_of(config: DeviceConfig, fleet: Fleet) -> tuple[tuple[AclSet, ...], tuple[AclPort, ...]]:
    """Return the ACLs of a device and where they are bound."""
    sets = {place: _set(place, config, fleet) for place in _places(config)}
    found = {place: own for place, own in sets.items() if own.entries}
    ports = sorted({place.port for place in found})
    return tuple(found.values()), tuple(_port(name, found) for name in ports)


def match_of(flow: Flow) -> Match:
    """Return the conditions of a flow in the header of its family."""
    return Match(
        source=escape.prefix(flow.source),
        destination=escape.prefix(flow.destination),
        protocol=escape.protocol(flow.protocol, flow.family),
        dscp=None if flow.dscp is None else escape.dscp(flow.dscp),
    )


def local_flows(fleet: Fleet, family: int) -> tuple[Flow, ...]:
    """Return what the network says to itself: packets to routers, neighbours and groups."""
    everything = EVERYTHING[family]
    return tuple(
        replace(everything, destination=one) for one in (*_LOCAL[family], *_routers(fleet.infrastructure, family))
    )


@lru_cache(maxsize=8)  # all devices of a network have the same
def _routers(infrastructure: tuple[str, ...], family: int) -> tuple[str, ...]:
    """Return the addresses of all routers of a family, in as few prefixes as say exactly them."""
    if family == 4:
        return tuple(map(str, ipaddress.collapse_addresses(map(ipaddress.IPv4Network, _of(infrastructure, ".")))))
    return tuple(map(str, ipaddress.collapse_addresses(map(ipaddress.IPv6Network, _of(infrastructure, ":")))))


def _of(infrastructure: tuple[str, ...], sign: str) -> list[str]:
    return [one for one in infrastructure if sign in one]


def _places(config: DeviceConfig) -> tuple[_Place, ...]:
    leaving = {name for fence in config.fences for name in fence.interfaces}
    leaving |= {name for count in config.counting for name in count.interfaces}
    leaving |= {name for rule in config.isolation if rule.direction == "to" for name in rule.interfaces}
    entering = {name for rule in config.isolation if rule.direction == "from" for name in rule.interfaces}
    if config.fences or any(rule.direction == "to" for rule in config.isolation):
        entering |= _host_ports(config)
    found = [
        _Place(name, family, is_input)
        for is_input, names in ((True, entering), (False, leaving))
        for name in sorted(names)
        for family in KINDS
    ]
    return tuple(found)


def _host_ports(config: DeviceConfig) -> set[str]:
    """Return the ports of which a rule says that hosts hang there."""
    found = {name for rule in config.isolation for name in rule.interfaces}
    return found | {name for rule in config.counting for name in rule.interfaces}


def _port(name: str, found: dict[_Place, AclSet]) -> AclPort:
    own = escape.port(name)
    inputs, outputs = (
        tuple(Bound(one.name, one.kind) for place, one in found.items() if (place.port, place.is_input) == (name, way))
        for way in (True, False)
    )
    return AclPort(own.name, own.interface, own.subinterface, inputs, outputs)


def _set(place: _Place, config: DeviceConfig, fleet: Fleet) -> AclSet:
    """Return the ACL of a place; one that would let everything through has no entries."""
    sets = decide_packets(_layers(place, config), EVERYTHING[place.family], lambda verdict: verdict.is_refused)
    while sets and not sets[-1].outcomes:
        sets.pop()
    routers = [replace(EVERYTHING[place.family], source=one) for one in _routers(fleet.infrastructure, place.family)]
    if not sets and not (place.is_input and routers):
        return AclSet(place.name, KINDS[place.family], ())
    entries = [*_neighbours(place, config), *(_entry(flow) for flow in local_flows(fleet, place.family))]
    entries += [_from_router(flow, place) for flow in routers]
    entries += [_decided(one) for one in sets]
    entries.append(_entry(EVERYTHING[place.family]))
    numbered = tuple(replace(entry, name=_STEP * number) for number, entry in enumerate(entries, 1))
    return AclSet(place.name, KINDS[place.family], numbered)


def _neighbours(place: _Place, config: DeviceConfig) -> Iterator[Entry]:
    """Yield solicitations and advertisements of hosts to addresses on their own link (RFC 4861, section 4.3): the router's is one."""
    if not place.is_input or place.family != 6:
        return
    guards = (rule for rule in config.isolation if rule.direction == "from" and place.port in rule.interfaces)
    for prefix in sorted(rule.prefix for rule in guards if ":" in rule.prefix):
        asked = _entry(Flow(6, prefix, prefix, "icmp"))
        yield from (replace(asked, message=f"NEIGHBOR_{kind}") for kind in _NEIGHBOUR)


def _from_router(flow: Flow, place: _Place) -> Entry:
    return replace(_entry(flow), action="DROP", counters=FORGED) if place.is_input else _entry(flow)


def _layers(place: _Place, config: DeviceConfig) -> Iterator[Sequence[PacketRule[_Verdict]]]:
    """Yield the rules that packets meet at a place, one kind of them after the other."""
    here = [rule for rule in config.isolation if place.port in rule.interfaces]
    if place.is_input:
        yield [_guard(rule) for rule in here if rule.direction == "from"]
        return
    yield [_fence(rule) for rule in config.fences if place.port in rule.interfaces]
    yield [_guard(rule) for rule in here if rule.direction == "to"]
    for rule in config.counting:
        if place.port in rule.interfaces:
            yield [_count(rule)]


def _fence(rule: FenceRule) -> PacketRule[_Verdict]:
    return PacketRule(rule.flow, rule.excepted, _Verdict(rule.counter, is_refused=True), rule.origin)


def _count(rule: CountRule) -> PacketRule[_Verdict]:
    return PacketRule(rule.flow, rule.excepted, _Verdict(rule.counter, is_refused=False), rule.origin)


def _guard(rule: IsolationRule) -> PacketRule[_Verdict]:
    everything = EVERYTHING[ipaddress.ip_network(rule.prefix).version]
    is_to = rule.direction == "to"
    flow = replace(everything, destination=rule.prefix) if is_to else replace(everything, source=rule.prefix)
    return PacketRule(flow, rule.allowed, _Verdict(rule.counter, is_refused=True), rule.origin)


def _decided(one: PacketSet[_Verdict]) -> Entry:
    is_refused = any(verdict.is_refused for verdict in one.outcomes)
    counters = " ".join(escape.object_name(verdict.counter) for verdict in one.outcomes)
    return replace(
        _entry(one.flow), action="DROP" if is_refused else "ACCEPT", counters=counters or None, origin=one.origin
    )


def _entry(flow: Flow) -> Entry:
    """Return an entry that lets a flow through, without its number."""
    match = (match_of(flow),)
    return Entry(
        0,
        "ACCEPT",
        ipv4=match if flow.family == 4 else (),
        ipv6=match if flow.family == 6 else (),
        source_ports=flow.source_ports,
        destination_ports=flow.destination_ports,
    )
