"""Where steered packets go: a policy per port whose classes name an address, and the static routes behind that address.

A class has one next hop. It is resolved in the routing table (`recursive`), where static routes to loopbacks of waypoints stand in order
of their distance: the first whose loopback the IGP reaches is used. The last one is Null0 where nothing else may happen.
"""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import (
    EVERYTHING,
    DeviceConfig,
    Fleet,
    PacketRule,
    PacketSet,
    SteerRule,
    decide_packets,
    joined,
    meet,
)

from . import escape, numbers
from .flows import access_list, entry, to_routers
from .owned import AccessList, ClassMap, PbrClass, PbrPolicy, Route

_STEP = 10
_FIRST_DISTANCE = 10  # below that of every routing protocol; 1 would not be printed
_NOWHERE_DISTANCE = 250
MOST_WAYPOINTS = 20
ROUTERS = f"{escape.OWN}PBR-ROUTERS"
Parts = tuple[tuple[AccessList, ...], tuple[ClassMap, ...], tuple[PbrPolicy, ...], tuple[tuple[str, str], ...]]


def key_of(rule: SteerRule) -> numbers.Key:
    """Return what rules share that have one way: their waypoints, and what happens without one."""
    return rule.waypoints, rule.is_fail_closed


def routes(config: DeviceConfig, fleet: Fleet) -> tuple[Route, ...]:
    """Return the routes behind the addresses of all lists of waypoints, sorted by address and distance."""
    rules: dict[numbers.Key, list[SteerRule]] = {}
    for rule in config.steering:
        rules.setdefault(key_of(rule), []).append(rule)
    found = [
        route
        for key, address in numbers.addresses_for(rules).items()
        for route in _ways(key, address, rules[key], fleet)
    ]
    return tuple(sorted(found, key=lambda route: (route.prefix, route.distance)))


def _ways(key: numbers.Key, address: str, rules: list[SteerRule], fleet: Fleet) -> Iterator[Route]:
    origin = joined(rule.origin for rule in rules)
    waypoints, is_fail_closed = key
    for index, waypoint in enumerate(waypoints):
        loopback = fleet.loopbacks[waypoint][0]
        if loopback is None:
            raise ValueError(f"{waypoint} has no IPv4 loopback")
        name = f"{escape.OWN}{escape.object_name(waypoint)}"
        yield Route(f"{address}/32", escape.address4(loopback), _FIRST_DISTANCE * (index + 1), name, origin)
    if is_fail_closed:
        yield Route(f"{address}/32", "Null0", _NOWHERE_DISTANCE, f"{escape.OWN}nowhere", origin)


def policies(config: DeviceConfig, fleet: Fleet) -> Parts:
    """Return the lists, classes and policies that send packets to these addresses, and the policy of each interface."""
    rules = [rule for rule in config.steering if rule.interfaces]
    if any(rule.flow.family != 4 for rule in rules):
        raise ValueError("not a rule for IPv4 packets")
    addresses = numbers.addresses_for({key_of(rule) for rule in config.steering})
    lists: list[AccessList] = []
    classes: list[ClassMap] = []
    found: list[PbrPolicy] = []
    slots: list[tuple[str, str]] = []
    for port in sorted({name for rule in rules for name in rule.interfaces}):
        own, parts = _port(port, rules, addresses)
        lists += own
        found.append(PbrPolicy(escape.port_name("PBR", port), parts))
        slots.append((escape.interface(port), escape.port_name("PBR", port)))
    if slots:
        lists.append(access_list(ROUTERS, map(entry, to_routers(fleet, 4))))
    classes = [ClassMap(one.name, list4=one.name) for one in lists]
    return tuple(lists), tuple(classes), tuple(found), tuple(slots)


def _port(
    port: str, rules: list[SteerRule], addresses: dict[numbers.Key, str]
) -> tuple[list[AccessList], tuple[PbrClass, ...]]:
    """Return the lists of a port and the classes of its policy: what no rule steers stands first or between, without a next hop."""
    own = [
        PacketRule(rule.flow, rule.excepted, addresses[key_of(rule)], rule.origin)
        for rule in sorted(rules, key=lambda one: one.precedence)
        if port in rule.interfaces
    ]
    groups = _grouped(decide_packets([own], EVERYTHING[4]))
    lists = [
        access_list(_name(port, index), (entry(one.flow, origin=one.origin) for one in group))
        for index, group in enumerate(groups, 1)
    ]
    classes = (
        PbrClass(_STEP, ROUTERS),
        *(
            PbrClass(
                _STEP * (index + 1),
                _name(port, index),
                next(iter(group[0].outcomes), None),
                joined(one.origin for one in group),
            )
            for index, group in enumerate(groups, 1)
        ),
    )
    return lists, classes


def _name(port: str, index: int) -> str:
    return f"{escape.port_name('WAY', port)}-{index}"


def _grouped(sets: list[PacketSet[str]]) -> list[list[PacketSet[str]]]:
    """Return the packets in groups with one way each, in order, without those at the end that nothing steers."""
    kept = list(sets)
    while kept and not kept[-1].outcomes:
        kept.pop()
    found: list[list[PacketSet[str]]] = []
    for one in kept:
        for group in reversed(found):
            if group[0].outcomes == one.outcomes:
                group.append(one)
                break
            if any(meet(other.flow, one.flow) is not None for other in group):
                found.append([one])
                break
        else:
            found.append([one])
    return found
