"""Steering: a policy per port whose rules send packets to network instances with routes towards waypoints.

A route of such an instance leads to the loopback of a waypoint, which is looked up in the default instance and so follows the
IGP. Of several the one with the least metric carries that can be reached; behind the last packets are dropped, or looked up
in the default instance as if nothing had been asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from intentc.targetkit.kit import EVERYTHING, DeviceConfig, Fleet, Flow, PacketRule, SteerRule, decide_packets, joined

from . import escape
from .acls import local_flows, match_of
from .owned import OWN, Instance, NextHop, PolicyPort, Route, Steer, SteerPolicy
from .shapes import DEFAULT

_DIGEST = 10
_LAST_METRIC = 250
_STEP = 10


def policies_of(config: DeviceConfig, fleet: Fleet) -> tuple[tuple[SteerPolicy, ...], tuple[PolicyPort, ...]]:
    """Return the policies of a device and where they are applied."""
    names = sorted({name for rule in config.steering for name in rule.interfaces})
    ports = [escape.port(name) for name in names]
    policies = tuple(SteerPolicy(f"{OWN}{port.word}", "PBR_POLICY", _rules(port.name, config, fleet)) for port in ports)
    bound = (PolicyPort(port.name, f"{OWN}{port.word}", port.interface, port.subinterface) for port in ports)
    return policies, tuple(bound)


def _rules(port: str, config: DeviceConfig, fleet: Fleet) -> tuple[Steer, ...]:
    rules = [rule for rule in config.steering if port in rule.interfaces]
    steers: list[Steer] = []
    for family in sorted({rule.flow.family for rule in rules}):
        steers += [_steer(flow) for flow in local_flows(fleet, family)]
        for one in decide_packets([_decisions(rules, family)], EVERYTHING[family]):
            if one.outcomes or one.flow != EVERYTHING[family]:
                instance = one.outcomes[0] if one.outcomes else None
                steers.append(replace(_steer(one.flow), instance=instance, origin=one.origin))
    return tuple(replace(steer, name=_STEP * number) for number, steer in enumerate(steers, 1))


def _decisions(rules: Sequence[SteerRule], family: int) -> list[PacketRule[str]]:
    ordered = sorted((rule for rule in rules if rule.flow.family == family), key=lambda rule: rule.precedence)
    return [PacketRule(rule.flow, rule.excepted, instance_name(rule), rule.origin) for rule in ordered]


def _steer(flow: Flow) -> Steer:
    match = (match_of(flow),)
    return Steer(
        0,
        ipv4=match if flow.family == 4 else (),
        ipv6=match if flow.family == 6 else (),
        source_ports=flow.source_ports,
        destination_ports=flow.destination_ports,
    )


def instance_name(rule: SteerRule) -> str:
    """Return the name of the instance for a list of waypoints and what happens behind the last: it tells its content."""
    words = "\0".join((*rule.waypoints, "drop" if rule.is_fail_closed else "igp"))
    return f"{OWN}S-{hashlib.sha256(words.encode()).hexdigest()[:_DIGEST]}"


def instances_of(config: DeviceConfig, fleet: Fleet) -> tuple[Instance, ...]:
    """Return the instances of all lists of waypoints."""
    found: dict[str, list[SteerRule]] = {}
    for rule in config.steering:
        found.setdefault(instance_name(rule), []).append(rule)
    return tuple(_instance(name, rules, fleet) for name, rules in sorted(found.items()))


def _instance(name: str, rules: Sequence[SteerRule], fleet: Fleet) -> Instance:
    first = rules[0]
    families = sorted({rule.flow.family for rule in rules})
    origin = joined(rule.origin for rule in rules)
    routes = tuple(
        Route(EVERYTHING[family].destination, tuple(_next_hops(first, family, fleet))) for family in families
    )
    fallback = None if first.is_fail_closed else DEFAULT
    return Instance(name, "L3VRF", fallback, "STATIC", f"{OWN}STATIC", routes, origin)


def _next_hops(rule: SteerRule, family: int, fleet: Fleet) -> Iterator[NextHop]:
    for metric, node in enumerate(rule.waypoints, 1):
        loopback = fleet.loopbacks[node][0 if family == 4 else 1]
        if loopback is None:
            raise ValueError(f"no loopback of family {family}: {node!r}")
        yield NextHop(str(metric), escape.address(loopback), "true", metric, DEFAULT)
    if rule.is_fail_closed:
        yield NextHop(str(_LAST_METRIC), "DROP", None, _LAST_METRIC, None)
