"""ACLs: one per subinterface, family and direction, with everything that happens there: there is room for one.

What goes out is dropped at fences and guards, and counted. What comes in from hosts is dropped by guards, and counted. An
ACL of SR Linux lets pass what no entry names; the last entry says so, that nobody has to know.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from intentc.targetkit.kit import EVERYTHING, DeviceConfig, Fleet, Flow, IsolationRule

from . import escape
from .cells import Cell, Decision, decided
from .match import match_of
from .owned import OWN, AclPort, Bound, Entry, Filter, Rule

_Numbered = TypeVar("_Numbered", Entry, Rule)
KINDS = {4: "ipv4", 6: "ipv6"}
_LOCAL = {4: ("224.0.0.0/4", "255.255.255.255/32", "169.254.0.0/16"), 6: ("fe80::/10", "ff00::/8")}
_LAST = 65535
_NEIGHBOUR = (135, 136)  # ICMPv6 types
_STEP = 10


@dataclass(frozen=True, slots=True)
class _Place:
    """One direction of one subinterface in one family."""

    interface: str
    family: int
    is_input: bool

    @property
    def name(self) -> str:
        word = "IN" if self.is_input else "OUT"
        return f"{OWN}{word}{self.family}-{escape.port(self.interface).word}"


def acls_of(config: DeviceConfig, fleet: Fleet) -> tuple[tuple[Filter, ...], tuple[AclPort, ...]]:
    """Return the ACLs of a device and where they are bound."""
    outgoing = _found(config, fleet, is_input=False)
    incoming = _found(config, fleet, is_input=True)
    filters = tuple(sorted((*outgoing.values(), *incoming.values()), key=lambda item: item.name))
    names = sorted({place.interface for place in (*outgoing, *incoming)})
    return filters, tuple(_port(name, incoming, outgoing) for name in names)


def _port(name: str, incoming: dict[_Place, Filter], outgoing: dict[_Place, Filter]) -> AclPort:
    own = escape.port(name)

    def bound(filters: dict[_Place, Filter]) -> tuple[Bound, ...]:
        return tuple(Bound(item.name, item.kind) for place, item in filters.items() if place.interface == name)

    return AclPort(own.reference, own.interface, own.subinterface, bound(incoming), bound(outgoing))


def _found(config: DeviceConfig, fleet: Fleet, *, is_input: bool) -> dict[_Place, Filter]:
    rules = _incoming if is_input else _outgoing
    found: dict[_Place, Filter] = {}
    for name in sorted(_interfaces(config, is_input=is_input)):
        for family, kind in KINDS.items():
            place = _Place(name, family, is_input)
            cells = _cells(family, rules(config, name))
            is_guard = is_input and has_outputs(config)
            if cells or is_guard:
                first = [*_neighbours(place, config), *exempt(fleet, family), *_sources(fleet, place, config)]
                entries = _entries(cells, first)
                found[place] = Filter(place.name, kind, is_counting=True, entries=entries)
    return found


def has_outputs(config: DeviceConfig) -> bool:
    """Return whether anything is decided about packets as they leave: there nobody sees where they came from."""
    return bool(config.fences or config.counting or any(rule.direction == "to" for rule in config.isolation))


def host_ports(config: DeviceConfig) -> tuple[str, ...]:
    """Return the ports behind which hosts hang, sorted."""
    marked = {name for rule in config.marking for name in rule.interfaces}
    isolated = {name for rule in config.isolation for name in rule.interfaces}
    return tuple(sorted({edge.interface for edge in config.edges} | marked | isolated))


def _interfaces(config: DeviceConfig, *, is_input: bool) -> set[str]:
    if is_input:
        return set(host_ports(config))
    names = {name for fence in config.fences for name in fence.interfaces}
    names |= {name for rule in config.isolation if rule.direction == "to" for name in rule.interfaces}
    return names | {name for count in config.counting for name in count.interfaces}


def _outgoing(config: DeviceConfig, name: str) -> Iterator[Sequence[Decision]]:
    """Yield the kinds of rules that packets meet as they leave by a port, one after the other."""
    yield [
        Decision(fence.flow, fence.excepted, fence.origin, fence.counter, is_refused=True)
        for fence in config.fences
        if name in fence.interfaces
    ]
    yield [_guard(rule) for rule in config.isolation if name in rule.interfaces and rule.direction == "to"]
    for count in config.counting:
        if name in count.interfaces:
            yield [Decision(count.flow, count.excepted, count.origin, count.counter)]


def _incoming(config: DeviceConfig, name: str) -> Iterator[Sequence[Decision]]:
    yield [_guard(rule) for rule in config.isolation if name in rule.interfaces and rule.direction == "from"]
    yield [
        Decision(rule.flow, rule.excepted, rule.origin, rule.counter)
        for rule in config.marking
        if name in rule.interfaces
    ]


def _guard(rule: IsolationRule) -> Decision:
    family = ipaddress.ip_network(rule.prefix).version
    everything = EVERYTHING[family]
    is_to = rule.direction == "to"
    flow = replace(everything, destination=rule.prefix) if is_to else replace(everything, source=rule.prefix)
    return Decision(flow, rule.allowed, rule.origin, rule.counter, is_refused=True)


def _cells(family: int, kinds: Iterable[Sequence[Decision]]) -> list[Cell]:
    """Return the packets about which anything is decided, in the order in which they are asked for."""
    cells = [Cell(EVERYTHING[family])]
    for rules in kinds:
        cells = decided(cells, [rule for rule in rules if rule.flow.family == family])
    while cells and cells[-1].is_plain:
        cells.pop()
    return cells


def _entries(cells: Sequence[Cell], first: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries of an ACL: what is exempt, the cells, and that all else passes."""
    own = [
        Entry(
            0,
            escape.counters(cell.counters) or None,
            match_of(cell.flow),
            is_accepted=not cell.is_refused,
            is_dropped=cell.is_refused,
            origin=cell.origin,
        )
        for cell in cells
    ]
    return (*numbered([*first, *own]), Entry(_LAST, is_accepted=True))


def numbered(entries: Sequence[_Numbered]) -> list[_Numbered]:
    """Return the entries with their numbers; raises `ValueError` where there are more than a list can have."""
    step = _STEP if len(entries) * _STEP < _LAST else 1
    if len(entries) >= _LAST:
        raise ValueError(f"not an ACL: {len(entries)} entries")
    return [replace(entry, name=step * index) for index, entry in enumerate(entries, 1)]


def exempt(fleet: Fleet, family: int) -> list[Entry]:
    """Return the entries for what the network says to itself: to routers, neighbours and groups."""
    prefixes = [*_LOCAL[family], *_routers(fleet.infrastructure, family)]
    return [
        Entry(0, None, match_of(replace(EVERYTHING[family], destination=one)), is_accepted=True) for one in prefixes
    ]


@lru_cache(maxsize=8)  # all devices of a network have the same
def _routers(infrastructure: tuple[str, ...], family: int) -> tuple[str, ...]:
    """Return the addresses of all routers of a family, in as few prefixes as say exactly them."""
    found = [ipaddress.ip_network(text) for text in infrastructure]
    if family == 4:
        ipv4 = [network for network in found if isinstance(network, ipaddress.IPv4Network)]
        return tuple(map(str, ipaddress.collapse_addresses(ipv4)))
    ipv6 = [network for network in found if isinstance(network, ipaddress.IPv6Network)]
    return tuple(map(str, ipaddress.collapse_addresses(ipv6)))


def _neighbours(place: _Place, config: DeviceConfig) -> Iterator[Entry]:
    """Yield solicitations and advertisements of hosts to addresses on their own link (RFC 4861, section 4.3): the router's is one."""
    if not place.is_input or place.family != 6:
        return
    guards = (rule for rule in config.isolation if rule.direction == "from" and place.interface in rule.interfaces)
    for prefix in sorted(rule.prefix for rule in guards if ":" in rule.prefix):
        (match,) = match_of(Flow(6, prefix, prefix, "icmp"))
        yield from (Entry(0, None, (replace(match, message=kind),), is_accepted=True) for kind in _NEIGHBOUR)


def _sources(fleet: Fleet, place: _Place, config: DeviceConfig) -> list[Entry]:
    """Return the entries for what comes from a router's address: believed as it leaves, and forged where hosts hang.

    As it leaves nobody knows where it came from, so such packets are dropped at the ports of hosts.
    """
    is_forged = place.is_input
    if is_forged and not has_outputs(config):
        return []
    matches = [
        match_of(Flow(place.family, one, EVERYTHING[place.family].destination))
        for one in _routers(fleet.infrastructure, place.family)
    ]
    forged = [Entry(0, "itc-forged", match, is_dropped=True) for match in matches]
    return forged if is_forged else [Entry(0, None, match, is_accepted=True) for match in matches]
