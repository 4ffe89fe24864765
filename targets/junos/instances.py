"""Forwarding instances: where filters send packets that leave the IGP's own path.

An instance has static routes only. What is preferred has longer prefixes: a route whose next hop cannot be resolved, or
whose SR path is down, is not active, and the next shorter one carries. The default route is what happens behind the last.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable, Iterator

from intentc.targetkit.kit import AlgorithmPolicy, DeviceConfig, Fleet, Origin, SrPolicy, SteerRule

from . import escape
from .owned import Choice, Entry, Instance, Policy, PrefixList, Resolution, Rib, Route

_DIGEST = 10
_TABLE = {4: "inet.0", 6: "inet6.0"}
_ALL = {4: ipaddress.ip_network("0.0.0.0/0"), 6: ipaddress.ip_network("::/0")}
WAYPOINTS, BALANCE = "ITC-WAYPOINTS", "ITC-BALANCE"
_Way = dict[str, object]  # the fields of a route that say where to


def steering_instance(rule: SteerRule) -> str:
    """Return the name of the instance for a list of waypoints and what happens behind the last: it tells its content."""
    words = "\0".join((*rule.waypoints, "drop" if rule.is_fail_closed else "igp"))
    return f"ITC-S-{hashlib.sha256(words.encode()).hexdigest()[:_DIGEST]}"


def policy_instance(policy: str) -> str:
    """Return the name of the instance that leads into an SR policy."""
    return f"ITC-P-{escape.object_name(policy).removeprefix('ITC-')}"


def policies_instance(policies: tuple[str, ...]) -> str:
    """Return the name of the instance that leads into the first of some SR policies that is up: that of one is its own."""
    if len(policies) == 1:
        return policy_instance(policies[0])
    return f"ITC-P-{hashlib.sha256(chr(0).join(policies).encode()).hexdigest()[:_DIGEST]}"


def path_name(policy: SrPolicy, preference: int) -> str:
    """Return the name of a candidate path."""
    return f"{escape.object_name(policy.name)}-{escape.number(preference, 0, 2**32 - 1)}"


def algorithm_path_name(policy: AlgorithmPolicy) -> str:
    """Return the name of the path that goes the way of an algorithm."""
    return f"{escape.object_name(policy.name)}-{escape.number(policy.algorithm, 128, 255)}"


def instances_of(config: DeviceConfig, fleet: Fleet) -> tuple[Instance, ...]:
    """Return the instances of all lists of waypoints and of all SR and algorithm policies."""
    return tuple(sorted([*_waypoint_instances(config, fleet), *_policy_instances(config)], key=lambda one: one.name))


def resolutions_of(instances: Iterable[Instance]) -> tuple[Resolution, ...]:
    """Return, for the tables whose routes are looked up again, that host routes of the IGP alone count."""
    found = []
    for instance in instances:
        if any(route.is_resolved for route in instance.routes):
            found.append(Resolution(f"{instance.name}.inet.0", (_TABLE[4],), (WAYPOINTS,)))
        found += [
            Resolution(rib.name, (_TABLE[6],), (WAYPOINTS,))
            for rib in instance.ribs
            if any(route.is_resolved for route in rib.routes)
        ]
    return tuple(sorted(found, key=lambda one: one.name))


def waypoint_lists(instances: Iterable[Instance]) -> tuple[PrefixList, ...]:
    """Return the host routes to the next hops that are looked up again, by family."""
    routes = [
        route for own in instances for route in (*own.routes, *(route for rib in own.ribs for route in rib.routes))
    ]
    hosts = {ipaddress.ip_network(route.next_hop) for route in routes if route.next_hop is not None}
    return tuple(
        PrefixList(
            f"{WAYPOINTS}{family}",
            tuple(Entry(str(host)) for host in sorted(host for host in hosts if host.version == family)),
        )
        for family in sorted({host.version for host in hosts})
    )


def waypoint_policy(lists: Iterable[PrefixList]) -> tuple[Policy, ...]:
    """Return the policy by which next hops resolve: an unreachable waypoint must not be found by a shorter prefix."""
    names = tuple(Entry(own.name) for own in lists)
    if not names:
        return ()
    return (
        Policy(WAYPOINTS, (Choice("HOST-ROUTES", lists=names, is_accepted=True), Choice("REST", is_rejected=True))),
    )


def balancing_policy(config: DeviceConfig) -> tuple[Policy, ...]:
    """Return the policy by which routes into paths with several lists use all of them: without it Junos takes one next hop.

    It says nothing of any other route of the router.
    """
    split = {policy.name for policy in config.policies if any(one.lists for one in policy.candidates)}
    names = {policy_instance(name) for name in split}
    names |= {policies_instance(rule.policies) for rule in config.policy_steering if split & set(rule.policies)}
    terms = (Choice(name.removeprefix("ITC-"), instance=name, is_balanced=True) for name in sorted(names))
    return (Policy(BALANCE, tuple(terms)),) if names else ()


def _waypoint_instances(config: DeviceConfig, fleet: Fleet) -> Iterator[Instance]:
    rules: dict[str, list[SteerRule]] = {}
    for rule in config.steering:
        rules.setdefault(steering_instance(rule), []).append(rule)
    for name, same in rules.items():
        first = same[0]
        tables = {
            family: _routes(
                family,
                [{"next_hop": _loopback(node, family, fleet), "is_resolved": True} for node in first.waypoints],
                _merged([rule.origin for rule in same]),
                is_fail_closed=first.is_fail_closed,
            )
            for family in sorted({rule.flow.family for rule in same})
        }
        yield _instance(name, tables)


def _policy_instances(config: DeviceConfig) -> Iterator[Instance]:
    known = {policy.name: policy for policy in config.policies}
    for policy in config.policies:
        yield _policy_instance(config, policy, _paths(policy))
    lists = {rule.policies for rule in config.policy_steering if rule.others}
    for names in sorted(lists):
        yield _turning_instance(config, [known[name] for name in names])
    for own in config.algorithm_policies:
        yield _policy_instance(config, own, [algorithm_path_name(own)])


def _paths(policy: SrPolicy) -> list[str]:
    """Return the names of the candidate paths, the best one first."""
    best = sorted(policy.candidates, key=lambda candidate: -candidate.preference)
    return [path_name(policy, candidate.preference) for candidate in best]


def _turning_instance(config: DeviceConfig, policies: list[SrPolicy]) -> Instance:
    """Return the instance that leads into the paths of one policy after the other; the last one says what happens without any."""
    last, names = policies[-1], tuple(policy.name for policy in policies)
    rules = [rule for rule in config.policy_steering if rule.policies == names]
    if any(rule.flow.family != 4 for rule in rules):
        raise ValueError("IPv6 packets cannot be sent into an SR policy here")
    ways: list[_Way] = [{"lsp": path, "is_static_lsp": True} for policy in policies for path in _paths(policy)]
    origin = _merged([rule.origin for rule in rules])
    return _instance(policies_instance(names), {4: _routes(4, ways, origin, is_fail_closed=last.is_fail_closed)})


def _policy_instance(config: DeviceConfig, policy: SrPolicy | AlgorithmPolicy, paths: list[str]) -> Instance:
    """Return the instance that leads into the first of some paths that is up."""
    if any(rule.flow.family != 4 for rule in config.policy_steering if rule.policy == policy.name):
        raise ValueError("IPv6 packets cannot be sent into an SR policy here")
    ways: list[_Way] = [{"lsp": path, "is_static_lsp": True} for path in paths]
    return _instance(
        policy_instance(policy.name), {4: _routes(4, ways, policy.origin, is_fail_closed=policy.is_fail_closed)}
    )


def _instance(name: str, tables: dict[int, tuple[Route, ...]]) -> Instance:
    ribs = (Rib(f"{name}.inet6.0", tables[6]),) if 6 in tables else ()
    return Instance(name, "forwarding", ribs, tables.get(4, ()))


def _routes(family: int, ways: list[_Way], origin: Origin, *, is_fail_closed: bool) -> tuple[Route, ...]:
    """Return the routes of one table, shortest prefix first: 2ⁿ for the first of n ways, one for the last resort."""
    asked = origin if origin.spans else None
    last: _Way = {"is_discarded": True} if is_fail_closed else {"next_table": _TABLE[family]}
    levels = [last, *reversed(ways)]
    return tuple(
        Route(str(prefix), **way, origin=asked)  # type: ignore[arg-type]  # names and types are those of the fields
        for length, way in enumerate(levels)
        for prefix in _ALL[family].subnets(new_prefix=length)
    )


def _loopback(node: str, family: int, fleet: Fleet) -> str:
    found = fleet.loopbacks[node][0 if family == 4 else 1]
    if found is None:
        raise ValueError(f"{node} has no loopback for IPv{family}")
    return escape.address(found)


def _merged(origins: list[Origin]) -> Origin:
    return Origin(
        tuple(sorted({intent for origin in origins for intent in origin.intents})),
        tuple(sorted({span for origin in origins for span in origin.spans})),
    )
