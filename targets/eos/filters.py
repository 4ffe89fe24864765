"""Access lists at interfaces: fences, isolation and counting.

An interface has one list per family and direction, so everything that drops or counts there is one list; its last line permits
what no rule names, for otherwise all transit would be dropped. A remark before a line names what its count is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from intentc.targetkit.kit import EVERYTHING, DeviceConfig, Fleet, Flow, PacketRule, PacketSet, decide_packets

from . import escape
from .flows import FAMILIES, access_list, entry, from_routers, to_routers
from .owned import AccessList, Entry

INWARD, OUTWARD = "IN", "OUT"
_NEIGHBOUR = ("135", "136")  # ICMPv6 types: neighbour solicitation and advertisement


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says of a packet: it is dropped, or only counted."""

    counter: str
    is_denied: bool = False


Place = tuple[str, str, int]  # interface, direction, family
_Rules = Sequence[PacketRule[Verdict]]


def filters(config: DeviceConfig, fleet: Fleet) -> dict[Place, AccessList]:
    """Return the access lists by the slots that they fill, sorted."""
    names = {
        name for items in (config.fences, config.isolation, config.counting) for one in items for name in one.interfaces
    }
    found: dict[Place, AccessList] = {}
    for name in sorted(names):
        for direction in (INWARD, OUTWARD):
            for family in FAMILIES:
                layers = _layers(config, name, direction, family)
                if any(layers):
                    found[name, direction, family] = _list((name, direction, family), layers, config, fleet)
    return found


def list_name(place: Place) -> str:
    """Return the name of the list in a slot."""
    interface, direction, family = place
    return escape.port_name(f"{direction}{family}", interface)


def _layers(config: DeviceConfig, name: str, direction: str, family: int) -> list[_Rules]:
    """Return the rules of a slot in the order in which packets meet them: fences, isolation, and each counter by itself."""
    fences = [
        PacketRule(one.flow, one.excepted, Verdict(one.counter, is_denied=True), one.origin)
        for one in config.fences
        if direction == OUTWARD and name in one.interfaces and one.flow.family == family
    ]
    guards = [
        PacketRule(flow, one.allowed, Verdict(one.counter, is_denied=True), one.origin)
        for one in config.isolation
        if name in one.interfaces and direction == (OUTWARD if one.direction == "to" else INWARD)
        for flow in _guarded(one.prefix, one.direction, family)
    ]
    counts = [
        [PacketRule(one.flow, one.excepted, Verdict(one.counter), one.origin)]
        for one in config.counting
        if direction == OUTWARD and name in one.interfaces and one.flow.family == family
    ]
    return [fences, guards, *counts]


def _guarded(prefix: str, direction: str, family: int) -> Iterator[Flow]:
    """Yield all packets to or from an isolated prefix, if it is of the family."""
    if (":" in prefix) == (family == 6):
        every = EVERYTHING[family]
        yield replace(every, destination=prefix) if direction == "to" else replace(every, source=prefix)


def _list(place: Place, layers: list[_Rules], config: DeviceConfig, fleet: Fleet) -> AccessList:
    family = place[2]
    exempt = to_routers(fleet, family)
    if not _has_hosts(place, config):
        exempt += from_routers(fleet, family)
    sets = decide_packets(layers, EVERYTHING[family], lambda verdict: verdict.is_denied)
    while sets and not sets[-1].outcomes:
        sets.pop()
    lines = [
        *_neighbour_discovery(place, config),
        *map(entry, exempt),
        *(line for one in sets for line in _lines(one)),
        entry(EVERYTHING[family]),
    ]
    return access_list(list_name(place), lines, is_counting=True)


def _lines(one: PacketSet[Verdict]) -> Iterator[Entry]:
    """Yield the line for a set of packets, after a remark with the names of what is counted there."""
    is_denied = any(verdict.is_denied for verdict in one.outcomes)
    counters = tuple(verdict.counter for verdict in one.outcomes if verdict.is_denied or not is_denied)
    if counters:
        yield Entry(0, "remark", escape.remark(counters), origin=one.origin)
    yield entry(one.flow, "deny" if is_denied else "permit", one.origin)


def _neighbour_discovery(place: Place, config: DeviceConfig) -> Iterator[Entry]:
    """Yield solicitations and advertisements of hosts to addresses on their own link (RFC 4861, section 4.3): the router's is one."""
    interface, direction, family = place
    if family == 4 or direction == OUTWARD:
        return
    prefixes = {prefix for edge in config.edges if edge.interface == interface for prefix in edge.prefixes}
    prefixes |= {one.prefix for one in config.isolation if interface in one.interfaces}
    for prefix in sorted(prefix for prefix in prefixes if ":" in prefix):
        for kind in _NEIGHBOUR:
            yield replace(entry(Flow(6, prefix, prefix, "icmp")), kind=kind)


def _has_hosts(place: Place, config: DeviceConfig) -> bool:
    """Return whether hosts can have sent the packets: at their ports, and wherever packets leave a device with such ports."""
    interface, direction, _ = place
    ports = {edge.interface for edge in config.edges} | {port for one in config.isolation for port in one.interfaces}
    return bool(ports) if direction == OUTWARD else interface in ports
