"""Whether steering rules could be what they say, and whether segments and alternatives are what they or policies amount to."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.manifest.model import AlternativeEntry, PathEntry, SteeringEntry
from intentc.verify.case import Case, World
from intentc.verify.check_policies import check_candidates, check_policies, own_policy, replica_flaw
from intentc.verify.check_states import claimed

_CODE = "E0570"


def check_steering(world: World, case: Case) -> None:
    """Judge mechanism and steering rules of a demand."""
    entry, court = case.entry, world.court
    meant = ("sr-policy", "flex-algo") if entry.policies else ("pbr",) if entry.steering else ("igp",)
    idle = (
        f"{case.name}: mechanism `{entry.mechanism}` does not go with {len(entry.steering)} steering rules and"
        f" {len(entry.policies)} SR policies"
    )
    court.judge("steering", _CODE, holds=entry.mechanism in meant, otherwise=idle)
    for rule in entry.steering:
        flaw = _flaw(world, case, rule)
        court.judge("steering", _CODE, holds=flaw is None, otherwise=f"{case.name}: the rule at `{rule.node}` {flaw}")
    places = [(rule.node, rule.ingress, rule.replica) for rule in entry.steering]
    twice = f"{case.name}: two rules act at the same node and ingress"
    court.judge("steering", _CODE, holds=len(set(places)) == len(places), otherwise=twice)
    check_policies(world, case)


def check_alternatives(world: World, case: Case) -> None:
    """Judge segments and alternatives of sound primary paths: they are the candidates of the policy where packets enter, or
    the waypoints of the rules that packets meet. Where there are several paths, they are those of one of them.
    """
    entry, court = case.entry, world.court
    policy = own_policy(case)
    if policy is not None:
        check_candidates(world, case, policy)
        return
    found = [_met(case, path) for path in entry.primary.paths]
    said = f"{case.name}: `segments` are {list(entry.segments)}, but the rules met make {_segments(found[0])}"
    met = next((rules for rules in found if _segments(rules) == list(entry.segments)), None)
    if not court.judge("steering", _CODE, holds=met is not None, otherwise=said) or met is None:
        return
    waypoints = met[0].waypoints if met else ()
    count = f"{case.name}: there are {len(entry.alternatives)} alternatives for {len(waypoints)} waypoints"
    if not court.judge("steering", _CODE, holds=len(entry.alternatives) == len(waypoints), otherwise=count):
        return
    preferences = [item.preference for item in entry.alternatives]
    order = f"{case.name}: `preference` does not fall from one alternative to the next"
    is_falling = preferences == sorted(set(preferences), reverse=True)
    court.judge("steering", _CODE, holds=is_falling, otherwise=order)
    for at, item in enumerate(entry.alternatives):
        flaw = _alternative_flaw(world, case, met[0], at, item)
        court.judge("steering", _CODE, holds=flaw is None, otherwise=f"{case.name}: alternative {at + 1} {flaw}")


def _flaw(world: World, case: Case, rule: SteeringEntry) -> str | None:
    topology = world.topology
    node = topology.nodes.get(rule.node)
    if node is None or node.platform == "none" or node.state == "planned":
        return "is at a node that cannot be configured"
    if rule.ingress is not None:
        link = topology.links.get(rule.ingress)
        if link is None or rule.node not in {link.a.node, link.b.node}:
            return f"is bound to `{rule.ingress}`, which does not end there"
    if not rule.waypoints:
        return "has no waypoint"
    return _waypoint_flaw(world, case, rule) or replica_flaw(case, rule.replica)


def _waypoint_flaw(world: World, case: Case, rule: SteeringEntry) -> str | None:
    families = {flow.family for flow in (rule.replica.match if rule.replica is not None else case.entry.match)}
    for name in rule.waypoints:
        waypoint = world.topology.nodes.get(name)
        if waypoint is None or waypoint.state == "planned":
            return f"steers towards `{name}`, which does not exist"
        if (4 in families and waypoint.loopback is None) or (6 in families and waypoint.loopback6 is None):
            return f"steers towards `{name}`, which has no loopback for it"
    if rule.fail_closed != case.asked.is_closed:
        return f"is{'' if rule.fail_closed else ' not'} fail-closed, against the intent"
    return None


def _met(case: Case, path: PathEntry) -> list[SteeringEntry]:
    """Return the rules that packets on a path come to, in order."""
    rules = {(rule.node, rule.ingress): rule for rule in case.entry.steering if rule.replica is None and rule.waypoints}
    return [rules[place] for place in _places(path) if place in rules]


def _places(path: PathEntry) -> list[tuple[str, str | None]]:
    """Return the nodes at which packets on a path are sent on, each with the link that they came in by."""
    return list(zip(path.path[:-1], (None, *path.links[:-1]), strict=False))


def _segments(met: list[SteeringEntry]) -> list[str]:
    return [rule.waypoints[0] for rule in met]


def _alternative_flaw(world: World, case: Case, rule: SteeringEntry, at: int, item: AlternativeEntry) -> str | None:
    """Return what is wrong with the alternative for the waypoint number `at` of the first rule met."""
    if item.segments != (rule.waypoints[at],):
        return f"is for {list(item.segments)}, where the rule has `{rule.waypoints[at]}`"
    told = case.entry.protection
    liveness = "bfd" if told is not None and told.detector == "bfd" else "igp"
    if item.liveness != liveness:
        return f"is said to live by {item.liveness}, not by {liveness}"
    if at == 0:
        return None if item.paths == case.entry.primary.paths else "has other paths than the primary"
    possible = list(_paths_by(world, case, rule, at))
    if not item.paths:
        return "leaves out the paths of the states in which it leads" if any(moved for _, moved in possible) else None
    if item.paths not in [paths for paths, _ in possible]:
        return "has paths that the demand takes in no state in which this waypoint is the first in reach"
    return None


def _paths_by(world: World, case: Case, rule: SteeringEntry, at: int) -> Iterator[tuple[tuple[PathEntry, ...], bool]]:
    """Yield the paths, and whether they are not the normal ones, of the promised states in which `at` leads.

    Packets come to the rule then, and the waypoint is the first in reach.
    """
    for state in case.wanted.promised.states:
        routing = world.routing(state.failed)
        is_up = [routing.distance(rule.node, frozenset({name})) is not None for name in rule.waypoints[: at + 1]]
        told = claimed(case, state)
        paths = case.entry.primary.paths if told is None else told.paths
        is_met = any((rule.node, rule.ingress) in _places(path) for path in paths)
        if is_met and is_up == [False] * at + [True]:
            yield paths, told is not None
