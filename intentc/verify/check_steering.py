"""Whether steering rules could be what they say: real places, real waypoints, closed where the intent says drop."""

from __future__ import annotations

from intentc.manifest.model import SteeringEntry
from intentc.verify.case import Case, World

_CODE = "E0570"


def check_steering(world: World, case: Case) -> None:
    """Judge mechanism and steering rules of a demand."""
    entry, court = case.entry, world.court
    is_known = entry.mechanism in {"igp", "pbr"} and not entry.segments and not entry.alternatives
    unknown = f"{case.name}: nothing here can derive what mechanism `{entry.mechanism}` does"
    court.judge("steering", _CODE, holds=is_known, otherwise=unknown)
    idle = f"{case.name}: mechanism `{entry.mechanism}` does not go with {len(entry.steering)} steering rules"
    court.judge("steering", _CODE, holds=(entry.mechanism == "pbr") == bool(entry.steering), otherwise=idle)
    for rule in entry.steering:
        flaw = _flaw(world, case, rule)
        court.judge("steering", _CODE, holds=flaw is None, otherwise=f"{case.name}: the rule at `{rule.node}` {flaw}")
    places = [(rule.node, rule.ingress) for rule in entry.steering]
    twice = f"{case.name}: two rules act at the same node and ingress"
    court.judge("steering", _CODE, holds=len(set(places)) == len(places), otherwise=twice)


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
    families = {flow.family for flow in case.entry.match}
    for name in rule.waypoints:
        waypoint = topology.nodes.get(name)
        if waypoint is None or waypoint.state == "planned":
            return f"steers towards `{name}`, which does not exist"
        if (4 in families and waypoint.loopback is None) or (6 in families and waypoint.loopback6 is None):
            return f"steers towards `{name}`, which has no loopback for it"
    if rule.fail_closed != case.asked.is_closed:
        return f"is{'' if rule.fail_closed else ' not'} fail-closed, against the intent"
    return None
