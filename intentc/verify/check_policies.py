"""Whether SR policies could be what they say, and whether segments and alternatives are what they amount to."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.language import ast
from intentc.manifest.elements import NOTHING, Elements
from intentc.manifest.model import AlternativeEntry, CandidateEntry, PathEntry, PolicyEntry, ReplicaEntry
from intentc.values import replace
from intentc.verify.behaviour import common_ends, fences
from intentc.verify.case import Case, World
from intentc.verify.check_states import claimed
from intentc.verify.flex_algos import definition_of, leads_over, node_of, takes_part
from intentc.verify.packets import NotAFlow, stray
from intentc.verify.policies import Carrier, carrier, lists_of, speaks_labels, split

_CODE = "E0570"


def check_policies(world: World, case: Case) -> None:
    """Judge the SR policies of a demand."""
    court = world.court
    for policy in case.entry.policies:
        flaw = _flaw(world, case, policy) or _ride_flaw(case, policy) or replica_flaw(case, policy.replica)
        court.judge(
            "steering", _CODE, holds=flaw is None, otherwise=f"{case.name}: the SR policy at `{policy.node}` {flaw}"
        )
    places = [(policy.node, policy.replica) for policy in case.entry.policies]
    twice = f"{case.name}: two SR policies are for the same packets at one node"
    court.judge("steering", _CODE, holds=len(set(places)) == len(places), otherwise=twice)


def own_policy(case: Case) -> PolicyEntry | None:
    """Return the policy that packets of the normal state come to."""
    meant = (policy for policy in case.entry.policies if policy.node == case.entry.source and policy.replica is None)
    return next(meant, None)


def check_candidates(world: World, case: Case, policy: PolicyEntry) -> None:
    """Judge segments and alternatives: they are the candidate paths, with what they do."""
    entry, court = case.entry, world.court
    found, _ = carrier(world.routing(NOTHING), policy)
    segments = policy.candidates[found.at].segments if found is not None else ()
    said = (
        f"{case.name}: `segments` are {list(entry.segments)}, but the candidate path that carries has {list(segments)}"
    )
    court.judge("steering", _CODE, holds=entry.segments == segments, otherwise=said)
    told = [(item.preference, item.segments) for item in entry.alternatives]
    meant = [(item.preference, item.segments) for item in policy.candidates]
    other = f"{case.name}: `alternatives` are not the candidate paths of the SR policy at `{policy.node}`"
    if not court.judge("steering", _CODE, holds=told == meant, otherwise=other):
        return
    for at, item in enumerate(entry.alternatives):
        flaw = _alternative_flaw(world, case, policy, at, item)
        court.judge("steering", _CODE, holds=flaw is None, otherwise=f"{case.name}: alternative {at + 1} {flaw}")


def relies_on_igp(world: World, case: Case) -> bool:
    """Return whether in some promised state packets are carried where the IGP re-converged to, not by a whole candidate path."""
    policy = own_policy(case)
    if policy is None:
        return True
    for state in case.wanted.promised.states:
        if state.id in case.entry.unprotected or not state.failed.breaks(case.entry.primary.paths):
            continue
        found, _ = carrier(world.routing(state.failed), policy)
        if found is None:
            return True
        # Of several lists some may be down: S-BFD tells. The others have to lead where they always do.
        for _, segments in lists_of(policy.candidates[found.at]):
            alone = replace(policy, candidates=(CandidateEntry(1, tuple(segments)),))
            now = _links(carrier(world.routing(state.failed), alone)[0])
            if now is not None and now != _links(carrier(world.routing(NOTHING), alone)[0]):
                return True
    return False


def _links(found: Carrier | None) -> frozenset[str] | None:
    """Return the links that packets run over, None where nothing is up."""
    return None if found is None else frozenset(link for stage in found.stages for _, link, _, _ in stage.hops)


def replica_flaw(case: Case, replica: ReplicaEntry | None) -> str | None:
    """Return what is wrong with the packets of steering for those to a replica which stands by."""
    if replica is None:
        return None
    meant = case.wanted.choices.get((replica.source, replica.destination))
    if meant is None:
        return f"is for `{replica.source}` to `{replica.destination}`, which the intent does not ask for"
    try:
        one = stray(replica.match, replica.excepted, meant.match, meant.excepted)
        other = stray(meant.match, meant.excepted, replica.match, replica.excepted)
    except NotAFlow as error:
        return f"has a `match` with something that is no flow: {error}"
    return "steers other packets than those of its replica" if one or other else None


def _flaw(world: World, case: Case, policy: PolicyEntry) -> str | None:
    node = world.topology.nodes.get(policy.node)
    if node is None or node.platform == "none" or node.state == "planned":
        return "is at a node that cannot be configured"
    if not speaks_labels(world.topology, policy.node):
        return "is at a node without segment routing"
    if policy.node not in {source for source, _ in case.wanted.choices}:
        return "is where no packets of the demand enter"
    if policy.fail_closed != case.asked.is_closed:
        return f"is{'' if policy.fail_closed else ' not'} fail-closed, against the intent"
    preferences = [item.preference for item in policy.candidates]
    if not preferences or preferences != sorted(set(preferences), reverse=True):
        return "has no candidate paths with falling `preference`"
    return next((flaw for flaw in _list_flaws(world, case, policy) if flaw is not None), None)


def _list_flaws(world: World, case: Case, policy: PolicyEntry) -> Iterator[str | None]:
    """Yield what is wrong with the segment lists of a policy."""
    routing = world.topology.nodes[policy.node].segment_routing
    most = routing.max_sid_depth if routing is not None else None
    fenced = fences(world.topology, case.asked.ground, common_ends(world, case))
    for item in policy.candidates:
        yield _weight_flaw(item, is_spread=case.asked.is_spread)
        ends: set[str] = set()
        for _, segments in lists_of(item):
            if not segments:
                yield "has an empty segment list"
            if most is not None and len(segments) > most:
                yield f"has {len(segments)} segments in a list, more than the {most} that the node can push"
            here = policy.node
            for segment in segments:
                pair = split(segment)
                yield _segment_flaw(world, here, segment, fenced)
                link = world.topology.links.get(pair[0]) if pair is not None else None
                here = node_of(segment)[0] if pair is None else link.other(pair[1]) if link is not None else here
            ends.add(here)
        yield _end_flaw(case, policy, ends, is_first=item is policy.candidates[0])


def _end_flaw(case: Case, policy: PolicyEntry, ends: set[str], *, is_first: bool) -> str | None:
    """Return what is wrong with where the lists of a candidate end.

    The first candidate ends where the policy does, and all lists of one together (RFC 9256, section 2.1). Others may end where
    else the packets belong: they are of policies that packets are led into while the one before is down, which nobody probes.
    """
    failover = case.asked.clauses.one(ast.Failover)
    is_bound = is_first or (failover is not None and bool(failover.switch))
    known = {stop for start, stop in case.wanted.choices if start == policy.node and not is_bound}
    if len(ends) == 1 and ends <= {*known, policy.end_point}:
        return None
    return f"has a segment list that does not end at `{policy.end_point}`"


def _weight_flaw(item: CandidateEntry, *, is_spread: bool) -> str | None:
    """Return what is wrong with the lists of a candidate that has several."""
    if not item.lists:
        return None
    if not is_spread:
        return "divides packets over several lists, which `spread` does not ask for"
    if len(item.lists) < 2 or item.lists[0].segments != item.segments:
        return "has `lists` that are not several, or that `segments` is not the first of"
    if len({one.segments for one in item.lists}) < len(item.lists):
        return "has the same segment list twice in a candidate"
    return None if all(one.weight > 0 for one in item.lists) else "has a weight that is not above 0"


def _segment_flaw(world: World, here: str, segment: str, fenced: frozenset[str]) -> str | None:
    pair = split(segment)
    if pair is None and node_of(segment)[1] is not None:
        return _algorithm_flaw(world, segment, fenced)
    if pair is None:
        if fenced:
            return f"has the node segment `{segment}`, whose packets no fence holds back from what is forbidden"
        return None if speaks_labels(world.topology, segment) else f"has `{segment}`, which has no prefix SID"
    link = world.topology.links.get(pair[0])
    if link is None or pair[1] not in {link.a.node, link.b.node}:
        return f"has `{segment}`, which is no link of that node"
    return None if pair[1] == here else f"has `{segment}` where the packets are at `{here}`"


def _algorithm_flaw(world: World, segment: str, fenced: frozenset[str]) -> str | None:
    """Return what is wrong with the node segment of an algorithm: a way of it over what is forbidden, in any state, is."""
    name, number = node_of(segment)
    algorithm = definition_of(world.topology, number or "")
    if algorithm is None:
        return f"has `{segment}`, of an algorithm that the network does not define"
    if not takes_part(world.topology, name, algorithm.number):
        return f"has `{segment}`, but `{name}` has no SID in that algorithm"
    stray = leads_over(world.topology, algorithm, fenced)
    return None if stray is None else f"has `{segment}`, and that algorithm may lead over `{stray}`, which is forbidden"


def _ride_flaw(case: Case, policy: PolicyEntry) -> str | None:
    """Return why a policy is no way of a Flexible Algorithm, where the mechanism is said to be that."""
    if case.entry.mechanism != "flex-algo":
        return None
    lists = [item.segments for item in policy.candidates]
    is_ride = len(lists) == 1 and len(lists[0]) == 1 and split(lists[0][0]) is None
    is_ride = is_ride and node_of(lists[0][0])[1] is not None
    return None if is_ride else "is more than one segment of an algorithm"


def _alternative_flaw(world: World, case: Case, policy: PolicyEntry, at: int, item: AlternativeEntry) -> str | None:
    liveness = "igp" if case.entry.mechanism == "flex-algo" else "bfd"
    if item.liveness != liveness:
        return f"is said to live by {item.liveness}, not by {liveness}"
    possible = list(_paths_by(world, case, policy, at))
    if not item.paths:
        return "leaves out the paths of the states in which it carries" if possible else None
    return None if item.paths in possible else "has paths that the demand takes in no state in which it carries"


def _paths_by(world: World, case: Case, policy: PolicyEntry, at: int) -> Iterator[tuple[PathEntry, ...]]:
    """Yield the paths told for the states in which a candidate carries."""

    def carries(failed: Elements) -> bool:
        found, _ = carrier(world.routing(failed), policy)
        return found is not None and found.at == at

    if carries(NOTHING):
        yield case.entry.primary.paths
    for state in case.wanted.promised.states:
        told = claimed(case, state)
        if told is not None and carries(state.failed):
            yield told.paths
