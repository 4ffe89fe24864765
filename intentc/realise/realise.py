"""What the network will really do, in the words of everyone else: names instead of indices, states derived once more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial

from intentc.forwarding.figures import KnownPaths, ends_of, paths_of, worst_latency
from intentc.forwarding.igp import UNREACHABLE
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.policies import SegmentRouter
from intentc.forwarding.walk import OWN_PORTS, Key, Packets, Walk, walk
from intentc.place.bound import Bound
from intentc.place.model import Carried, PlacedCourse, PlacedDemand, Placement
from intentc.place.settled import SettledStates
from intentc.realise.derived import Derived
from intentc.realise.ids import demand_id
from intentc.realise.model import (
    Alternative,
    Floor,
    Path,
    Realised,
    RealisedDemand,
    SegmentPolicy,
    StateResult,
    SteeringRule,
)
from intentc.realise.policies import PolicyNames, carrier, preference_of
from intentc.realise.results import Results, SettledResults
from intentc.recall import changed_keys
from intentc.resolve.model import Candidate
from intentc.values import Later, replace

_NOWHERE = frozenset[tuple[frozenset[str], frozenset[str]]]()  # the same for most demands: an empty set takes 216 bytes


class Memory:
    """What the last placement over some network came to, for the next one over the very same."""

    def __init__(self) -> None:
        self._placed: Mapping[str, PlacedDemand] = {}
        self._demands: Mapping[str, RealisedDemand] = {}

    def fork(self) -> Memory:
        """Return the same, to be changed apart."""
        found = Memory()
        found._placed, found._demands = self._placed, self._demands
        return found

    def each(
        self, placed: Mapping[str, PlacedDemand], simulated: Callable[[PlacedDemand], RealisedDemand]
    ) -> Mapping[str, RealisedDemand]:
        """Return what demands come to: what they came to the last time where they were placed as they are now, else as simulated."""
        before, demands = self._placed, self._demands
        changed = changed_keys(before, placed)
        if changed is None:
            demands = {key: self._recall(before.get(key), item) or simulated(item) for key, item in placed.items()}
        elif changed:
            anew = {key: self._recall(before[key], placed[key]) or simulated(placed[key]) for key in changed}
            demands = {**demands, **anew}
        self._placed, self._demands = placed, demands
        return demands

    def _recall(self, before: PlacedDemand | None, placed: PlacedDemand) -> RealisedDemand | None:
        """Return what a demand came to if it was placed as it is now; None where it has to be simulated."""
        if before is None:
            return None
        found = self._demands[placed.demand.key]
        if placed is before:
            return found
        if placed.demand.failover is not None and placed.demand.failover.switches:
            return None
        is_same = placed.normal is before.normal and placed.courses is before.courses
        return replace(found, demand=placed.demand) if is_same and _are_alike(placed.states, before.states) else None


def _are_alike(states: Sequence[Carried], before: Sequence[Carried]) -> bool:
    return states.is_like(before) if isinstance(states, SettledStates) else states is before


def realise(placement: Placement, memory: Memory | None = None, router: SegmentRouter | None = None) -> Realised:
    """Return the placed program by name. Every path in it is simulated once more from the final steering rules.

    But for what was placed as it was the last time, which `memory` has. `router`: one over the very IGP of the placement; where
    a segment list leads in a state depends on nothing else, so that what it has followed is not followed again.
    """
    router, results = router or SegmentRouter(placement.igp), Results(placement.igp.network)

    def simulated(item: PlacedDemand) -> RealisedDemand:
        return _Demand(placement, router, results, item).realised()

    demands = (memory or Memory()).each(placement.demands, simulated)
    floor_among = partial(_floor, placement.bound, placement.igp.network.links)
    return Realised(
        model=placement.model,
        demands=demands,
        loads=placement.loads,
        infeasible=placement.infeasible,
        max_utilisation_ppm=placement.max_utilisation_ppm,
        floor=Later(partial(floor_among, demands.keys())),
        floor_among=floor_among,
    )


def _floor(bound: Callable[[Collection[str]], Bound], links: Sequence[str], kept: Collection[str]) -> Floor:
    found = bound(kept)
    prices = {(links[arc >> 1], arc & 1 == 0): price for arc, price in found.prices.items()}
    return Floor(found.ppm, prices, found.effort)


class _Demand:
    def __init__(self, placement: Placement, router: SegmentRouter, results: Results, placed: PlacedDemand) -> None:
        self._router = router
        self._results = results
        self._is_steered = any(course.rules or course.policies for course in placed.courses)
        self._paths: KnownPaths | None = {} if self._is_steered else None  # of others none is met again
        self._names = PolicyNames(router.network)
        self._igp = placement.igp
        self._network = placement.igp.network
        self._placed = placed
        self._derived = Derived(placement.igp, router, placed)

    def realised(self) -> RealisedDemand:
        placed, normal = self._placed, self._derived.normal()
        primary, latency = self._results.told(normal, placed.ahead, self._paths)
        chosen = self._candidate(normal)
        steering, policies = self._steering(chosen) if self._is_steered else ((), ())
        return RealisedDemand(
            demand=placed.demand,
            id=demand_id(placed.demand, chosen),
            chosen=chosen,
            mechanism=_mechanism(steering, policies),
            segments=self._segments(normal) if self._is_steered else (),
            primary=primary,
            latency=latency,
            steering=steering,
            alternatives=tuple(self._alternatives(normal)) if self._is_steered else (),
            states=self._states(normal),
            unprotected=placed.unprotected,
            protection=placed.protection,
            reason=placed.reason,
            policies=policies,
            standings=placed.standings,
            strays=frozenset([self._elements(outage) for outage in placed.strays]) if placed.strays else _NOWHERE,
        )

    def _steering(self, chosen: Candidate) -> tuple[tuple[SteeringRule, ...], tuple[SegmentPolicy, ...]]:
        """Return the rules and the policies of a demand that goes to a replica in the normal state."""
        placed = self._placed
        rules = [rule for course in placed.courses for rule in self._rules(course, chosen)]
        policies = tuple([found for course in placed.courses for found in self._names.policies(course, chosen)])
        switches = placed.demand.failover.switches if placed.demand.failover is not None else ()
        if switches:
            policies = tuple([replace(found, switches=switches, back_us=self._back_us(found)) for found in policies])
        return tuple(sorted(rules, key=_place_of)), policies

    def _back_us(self, policy: SegmentPolicy) -> int:
        """Return what the IGP's slowest way takes from the end of a policy to its head-end, in the normal state."""
        nodes = self._network.nodes
        head_end, end = nodes.index(policy.node), nodes.index(policy.end_point)
        answers = Packets((frozenset({head_end}),), frozenset(), is_fail_closed=False)
        taken = walk(self._igp, answers, {}, end, NORMAL)
        return worst_latency(self._network, taken.trails, None).propagation if taken.trails else 0

    def _elements(self, outage: Outage) -> tuple[frozenset[str], frozenset[str]]:
        nodes, links = self._network.nodes, self._network.links
        return frozenset(nodes[index] for index in outage.nodes), frozenset(links[index] for index in outage.links)

    def _candidate(self, normal: Walk) -> Candidate:
        """Return the ends that packets go between in the normal state: those of the first path by name."""
        nodes = self._network.nodes
        start, stop = nodes[normal.start], nodes[ends_of(self._network, normal)[0]]
        candidates = self._placed.courses[self._placed.normal.course].candidates
        return next(
            candidate
            for candidate in candidates
            if candidate.source.node == start and candidate.destination.node == stop
        )

    def _states(self, normal: Walk) -> Sequence[StateResult]:
        """Return what happens in the promised states in which the demand does not go as normally, by the first id of each result."""
        placed, results = self._placed, self._results
        settled = None if results.teller is None else self._derived.settled(results.teller, normal)
        if settled is None:
            return results.of(self._derived.ways(normal), placed.ahead, self._paths)
        return SettledResults(results, settled, placed.promised, placed.ahead) if settled.count else ()

    def _rules(self, course: PlacedCourse, chosen: Candidate) -> Iterator[SteeringRule]:
        network = self._network
        other = None if chosen.flows == course.candidates[0].flows else course.candidates[0]
        for (node, ingress), waypoints in course.rules.items():
            yield SteeringRule(
                node=network.nodes[node],
                ingress=None if ingress == OWN_PORTS else network.links[ingress >> 1],
                waypoints=tuple(network.nodes[waypoint] for waypoint in waypoints),
                is_fail_closed=course.packets.is_fail_closed,
                candidate=other,
            )

    def _met(self, taken: Walk) -> Sequence[Key]:
        """Return the places with a rule that packets come to in the normal state, in the order of the first path."""
        rules = self._placed.courses[self._placed.normal.course].rules
        if not rules:
            return ()
        arcs = taken.trails[0].arcs
        nodes = self._network.nodes_along(taken.start, arcs)
        keys = zip(nodes, (OWN_PORTS, *arcs), strict=True)
        return [key for key in keys if key in rules]

    def _segments(self, normal: Walk) -> tuple[str, ...]:
        """Return the segments of the candidate that carries in the normal state, or the waypoints that packets are sent
        towards one after the other.
        """
        policy = self._placed.courses[self._placed.normal.course].policies.get(normal.start)
        if policy is not None:
            position = carrier(self._router, normal.start, policy, NORMAL)
            return () if position is None else self._names.segments(policy.candidates[position])
        rules = self._placed.courses[self._placed.normal.course].rules
        return tuple(self._network.nodes[rules[key][0]] for key in self._met(normal))

    def _alternatives(self, normal: Walk) -> Iterator[Alternative]:
        """Yield the candidates of the policy, or the waypoints of the first rule that packets meet, as the device there tries them."""
        protection = self._placed.protection
        course = self._placed.courses[self._placed.normal.course]
        policy = course.policies.get(normal.start)
        for position, path in enumerate(self._names.candidates(policy) if policy is not None else ()):
            liveness = "igp" if policy is not None and policy.is_by_algorithm else "bfd"
            yield Alternative(path.preference, path.segments, liveness, self._paths_of_candidate(position, normal))
        for key in self._met(normal)[:1]:
            for position, waypoint in enumerate(course.rules[key]):
                yield Alternative(
                    preference=preference_of(position),
                    segments=(self._network.nodes[waypoint],),
                    liveness="bfd" if protection is not None and protection.detector == "bfd" else "igp",
                    paths=self._paths_by(key, position, normal),
                )

    def _paths_of_candidate(self, position: int, normal: Walk) -> tuple[Path, ...]:
        """Return the paths in the first state in which a candidate carries."""
        placed = self._placed
        policy = placed.courses[placed.normal.course].policies[normal.start]
        for carried in (placed.normal, *placed.states):
            is_here = carried.course == placed.normal.course and carried.taken.start == normal.start
            if is_here and carrier(self._router, normal.start, policy, carried.outage) == position:
                return paths_of(self._network, carried.taken)
        return ()

    def _paths_by(self, key: Key, position: int, normal: Walk) -> tuple[Path, ...]:
        """Return the paths in the first state in which a rule's waypoint is the one in use."""
        placed = self._placed
        waypoints = placed.courses[placed.normal.course].rules[key]
        if position == 0:
            return paths_of(self._network, normal)
        for carried in placed.states:
            trees = [self._igp.towards_node(node, carried.outage) for node in waypoints[: position + 1]]
            alive = [tree.distance(key[0]) != UNREACHABLE for tree in trees]
            if key in carried.taken.decisions and alive == [False] * position + [True]:
                return paths_of(self._network, carried.taken)
        return ()


def _place_of(rule: SteeringRule) -> tuple[str, str, tuple[str, ...]]:
    return rule.node, rule.ingress or "", rule.waypoints


def _mechanism(steering: Sequence[SteeringRule], policies: Sequence[SegmentPolicy]) -> str:
    if policies:
        return "flex-algo" if all(policy.algorithm is not None for policy in policies) else "sr-policy"
    return "pbr" if steering else "igp"
