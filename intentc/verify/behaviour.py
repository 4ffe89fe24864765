"""What the packets of a demand do in one state, by simulation: at which replica they end, and over which paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.manifest.elements import NOTHING, Elements
from intentc.manifest.model import PolicyEntry, ReplicaEntry, SteeringEntry
from intentc.topology.model import Topology
from intentc.values import frozen
from intentc.verify.case import Case, World
from intentc.verify.failures import is_cut_off, up_links
from intentc.verify.ground import Ground
from intentc.verify.igp import Routing
from intentc.verify.policies import carrier, ride
from intentc.verify.simulate import Outcome, Packets, Rules, follow

Pair = tuple[str, str]  # source node, destination node


@frozen
class Course:
    """Packets of a demand that look alike: the pairs of nodes between which they run, their destinations, their steering.

    `policies` are those at the nodes where they enter.
    """

    pairs: tuple[Pair, ...]
    prefixes: tuple[str, ...]
    rules: Rules
    policies: Mapping[str, PolicyEntry]


def behaviour(world: World, case: Case, failed: Elements) -> Outcome:
    """Return where the packets of `case` go when `failed` is down.

    Hosts talk to the chosen replica as long as packets arrive there, then to the next one in order. Replies start where
    the requests end.
    """
    if failed != NOTHING and is_spared(world, case, failed):
        return behaviour(world, case, NOTHING)
    key = (case.asked.name, case.entry.id, failed)
    if key not in world.outcomes:
        world.outcomes[key] = _behaviour(world, case, _start(world, case, failed), failed)
    return world.outcomes[key]


def behaviour_from_entry(world: World, case: Case, failed: Elements) -> Outcome:
    """Return where packets go when `failed` is down that start where they do in the normal state.

    Replies to requests that end elsewhere then start elsewhere; what is reserved for them where nobody promised the state
    hangs on their own way alone.
    """
    if failed == NOTHING or _start(world, case, failed) == case.entry.source:
        return behaviour(world, case, failed)
    return _behaviour(world, case, case.entry.source, failed)


def is_spared(world: World, case: Case, failed: Elements) -> bool:
    """Return whether nothing fails that the way of the packets rests on: taking elements away makes no other way shorter."""
    key = case.asked.name, case.entry.id
    if key not in world.footings:
        world.footings[key] = _footing(world, case)
    footing = world.footings[key]
    return footing is not None and failed.nodes.isdisjoint(footing.nodes) and failed.links.isdisjoint(footing.links)


def _footing(world: World, case: Case) -> Elements | None:
    """Return all elements on the shortest ways that packets are sent along in the normal state, with all holders of their
    addresses; None where that does not settle it: where some are lost, or no candidate of their SR policy is up.

    A candidate that is up stays up, with its ways, while nothing of them fails, and what fails brings none up before it.
    """
    forward = world.requests_of(case)
    before = NOTHING if forward is None else _footing(world, forward)
    start = _start(world, case, NOTHING)
    course = next((item for item in courses(case) if start in {source for source, _ in item.pairs}), None)
    if before is None or course is None:
        return None
    outcome = _follow(world, case, course, start, NOTHING)
    if outcome.fault is not None:
        return None
    routing = world.routing(NOTHING)
    kinds = [routing.holders(prefix) for prefix in course.prefixes]
    nodes, links = {start, *before.nodes}.union(*kinds), set(before.links)
    if start in course.policies:
        carrying, relied = carrier(routing, course.policies[start])
        is_told = carrying is not None
        return Elements(frozenset(nodes) | relied.nodes, frozenset(links) | relied.links) if is_told else None
    for way, over in outcome.shares:
        for here, ingress in zip(way[:-1], (None, *over[:-1]), strict=True):
            for ahead in _ahead(routing, course.rules.get((here, ingress)), here, kinds):
                nodes |= ahead.nodes
                links |= ahead.links
    return Elements(frozenset(nodes), frozenset(links))


def _ahead(
    routing: Routing, rule: SteeringEntry | None, here: str, kinds: Sequence[frozenset[str]]
) -> Iterator[Elements]:
    """Yield what lies on the ways from `here` that packets follow next: to the first waypoint in reach, else to their ends."""
    for waypoint in rule.waypoints if rule is not None else ():
        if waypoint != here and routing.distance(here, frozenset({waypoint})) is not None:
            yield routing.ahead(here, frozenset({waypoint}))
            return
    for kind in kinds:
        yield routing.ahead(here, kind)


def _behaviour(world: World, case: Case, start: str, failed: Elements) -> Outcome:
    first: Outcome | None = None
    for course in courses(case):
        if start in {source for source, _ in course.pairs}:
            outcome = _follow(world, case, course, start, failed)
            if outcome.fault is None:
                return outcome
            first = first or outcome
    return first or Outcome({}, f"nothing runs from `{start}`")


def courses(case: Case) -> list[Course]:
    """Return the courses of a demand, that of the chosen pair first, the others by site and node."""
    groups: dict[frozenset[object], list[Pair]] = {}
    for pair, packets in case.wanted.choices.items():
        groups.setdefault(frozenset(packets.match), []).append(pair)
    chosen = (case.entry.source, case.entry.destination)
    found = [_course(case, tuple(pairs), is_chosen=chosen in pairs) for pairs in groups.values()]
    return sorted(found, key=lambda course: chosen not in course.pairs)


def _course(case: Case, pairs: tuple[Pair, ...], *, is_chosen: bool) -> Course:
    packets = case.wanted.choices[pairs[0]]
    prefixes = tuple(sorted({flow.destination for flow in packets.match}))

    def is_own(replica: ReplicaEntry | None) -> bool:
        return is_chosen if replica is None else (replica.source, replica.destination) in pairs

    rules = {(rule.node, rule.ingress): rule for rule in case.entry.steering if is_own(rule.replica)}
    policies = {policy.node: policy for policy in case.entry.policies if is_own(policy.replica)}
    return Course(pairs, prefixes, rules, policies)


def _start(world: World, case: Case, failed: Elements) -> str:
    """Return where packets start: replies where the requests end, everything else at the source that carries them.

    Where that is down, or has lost all its links, the hosts turn to the next node of their site that is not.

    Requests that split over several ends, as they may in a state that nobody promised them, have replies from where they
    came from before as long as any end there.
    """
    forward = world.requests_of(case)
    if forward is None:
        return entrance(world, case, failed)
    outcome = behaviour(world, forward, failed)
    ends = {path[-1] for path, _ in outcome.shares} if outcome.fault is None else {case.entry.source}
    return case.entry.source if case.entry.source in ends else min(outcome.shares)[0][-1]


def entrance(world: World, case: Case, failed: Elements) -> str:
    """Return where the packets of a forward demand enter: at the node that carries them, as long as it is up and has a link."""
    own = case.entry.source
    order = [own, *sorted({source for source, _ in case.wanted.choices} - {own})]
    alive = [node for node in order if node not in failed.nodes]
    linked = [node for node in alive if not is_cut_off(up_links(world.topology, node), failed)]
    return (linked or alive or [own])[0]


def _follow(world: World, case: Case, course: Course, start: str, failed: Elements) -> Outcome:
    routing = world.routing(failed)
    kinds = sorted({routing.holders(prefix) for prefix in course.prefixes}, key=sorted)
    policy = course.policies.get(start)
    ridden = ride(routing, policy, kinds) if policy is not None and routing.is_up(start) else None
    if ridden is not None:
        return ridden
    fenced = fences(world.topology, case.asked.ground, common_ends(world, case))
    return follow(routing, Packets(start, tuple(kinds), fenced), course.rules)


def common_ends(world: World, case: Case) -> frozenset[str]:
    """Return the nodes at which every packet of the demand ends, whatever its address."""
    routing = world.routing(NOTHING)
    found = [routing.holders(prefix) for course in courses(case) for prefix in course.prefixes]
    return frozenset.intersection(*found) if found else frozenset()


def fences(topology: Topology, ground: Ground, ends: frozenset[str]) -> frozenset[str]:
    """Return the links that packets never enter: the forbidden ones, and those around nodes that could let them out.

    A node that is not ours to configure cannot hold packets back from a forbidden link beside it, so they must not reach
    it, unless they end there; that in turn makes its other links forbidden for such a neighbour.
    """
    fenced = set(ground.banned_links)
    fenced |= {link.id for node in ground.banned_nodes for link in topology.links_of.get(node, ())}
    open_nodes = {name for name, node in topology.nodes.items() if node.platform == "none" and name not in ends}
    while leaky := set(_leaky(topology, open_nodes, fenced)):
        fenced |= {link.id for name in leaky for link in topology.links_of[name]}
        open_nodes -= leaky
    return frozenset(fenced)


def _leaky(topology: Topology, open_nodes: set[str], fenced: set[str]) -> Iterator[str]:
    return (name for name in open_nodes if any(link.id in fenced for link in topology.links_of[name]))
