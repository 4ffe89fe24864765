"""Steering by SR policies at the nodes where packets enter: which candidate paths make them go right in every state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.policies import SegmentRouter
from intentc.forwarding.policy import Health, Policies, Policy, SegmentList, WeightedLists
from intentc.forwarding.walk import Arcs, Fault, Mishap, Packets, Rules, Walk
from intentc.forwarding.weighted import MOST_LISTS
from intentc.place.model import Hop, Way
from intentc.realise.sr_candidates import CandidatePath, CandidatePaths, PolicyEnds, policy_of, turns_of
from intentc.realise.sr_steps import Steps

MOST_CANDIDATES = 4
_NO_STOPS = frozenset[int]()


class SrCourse:
    """Packets steered by SR policies; see `intentc.place.model.Course` for what each method promises.

    As long as nothing on it fails, a candidate follows one fixed path in every state, whatever links are pinned. When
    something on it fails it goes down if an adjacency segment does, else it goes another way; a link gets pinned where that
    way is not right. States fixed before that move by it are handed back (`moved`), so nothing is ever taken on trust.
    """

    def __init__(self, router: SegmentRouter, packets: Packets, ends: PolicyEnds, steps: Steps) -> None:
        self._router = router
        self._packets = packets
        self._ends = ends
        self._steps = steps
        self._is_strict = bool(packets.fences)  # no filter sees labels, and nobody knows where they may re-converge to
        self._algorithms = ends.algorithms(packets.fences)
        self._paths: dict[int, CandidatePaths] = {}
        self._policies: dict[int, Policy] = {}
        self._normal: Walk | None = None
        self._walked: Walk | None = None  # where packets go in the normal state by now
        self._fixed: dict[Outage, Walk] = {}
        self._moved: dict[Outage, Walk] = {}
        self._own: dict[int, CandidatePaths | None] = {}  # what the IGP's path would be as a candidate
        self._cleared: tuple[int, Outage, CandidatePaths, list[CandidatePaths], int | None] | None = (
            None  # the last one asked for
        )

    def resume(self, rules: Rules, policies: Policies) -> None:  # noqa: ARG002  (there are none)
        """Put policies in force whose candidates are still what one path each was written as; the others not at all."""
        for start, policy in policies.items():
            paths = [self._resumed(start, policy.lists(position)) for position in range(len(policy.candidates))]
            if all(path is not None for path in paths):
                self._put(start, tuple(path for path in paths if path is not None))

    def _resumed(self, start: int, lists: WeightedLists) -> CandidatePath | None:
        followed = [(self._router.follow(start, segments, NORMAL).trails, weight) for segments, weight in lists]
        if any(len(trails) != 1 for trails, _ in followed) or len(lists) > self.most_ways(start):
            return None
        segments = [segment for each, _ in lists for segment in each]
        pinned = frozenset(segment.arc >> 1 for segment in segments if segment.arc is not None)
        stops = frozenset(segment.node for segment in segments if segment.arc is None)
        ways = tuple((trails[0].arcs, weight) for trails, weight in followed)
        paths = (self._path(start, ways, pinned, kept) for kept in (_NO_STOPS, stops))
        return next((path for path in paths if path is not None and path.lists == lists), None)

    @property
    def rules(self) -> Rules:
        return {}

    @property
    def policies(self) -> Policies:
        return self._policies

    @property
    def is_free(self) -> bool:
        return True

    @property
    def single(self) -> bytes:
        return self._steps.single

    def walk(self, outage: Outage, start: int) -> Walk:
        if outage is not NORMAL:
            return self._router.walk(self._packets, self._policies, start, outage)
        if self._walked is None or self._walked.start != start:  # it is asked for again and again
            self._walked = self._router.walk(self._packets, self._policies, start, outage)
        return self._walked

    def hops(self, outage: Outage, node: int, arrival: Arcs) -> Sequence[Hop]:  # noqa: ARG002  (the same whatever they came over)
        return self._steps.at(node, outage)

    def keep(self, outage: Outage, taken: Walk) -> None:
        if outage is NORMAL:
            self._normal = taken
            self._own.clear()
        else:
            self._fixed[outage] = taken
        self._cleared = None

    def keep_same(self, outages: Sequence[Outage]) -> None:
        """Do nothing: as long as nothing on the path of the normal state fails, packets follow it."""

    def ends(self, start: int) -> frozenset[int] | None:
        paths = self._meant(start)
        return frozenset({paths[0].end}) if paths else None

    def may_turn(self, start: int) -> bool:
        return self._most_policies(start) > 1

    def _most_policies(self, start: int) -> int:
        return 1 if self._packets.is_probed else self._ends.policies.get(start, 1)

    def ways(self, outage: Outage, start: int) -> Iterator[Way]:
        """Yield what happens when the candidate that goes astray leads around the failure from closer by, or goes down instead.

        Then one candidate after the other that goes astray is made to go down.
        """
        for paths in self._closer(outage, start):
            yield self._way(outage, start, paths)
        steps, _ = self._clear(outage, start, self._paths.get(start, ()))
        for paths in steps:
            yield self._way(outage, start, paths)

    def _way(self, outage: Outage, start: int, paths: CandidatePaths) -> Way:
        taken = self._router.walk(self._packets, {start: policy_of(paths)}, start, outage)
        return Way(taken, tuple((path.pinned, path.stops) for path in paths))

    def may_steer(self, outage: Outage, start: int) -> bool:
        """Return False where no further candidate can be had: there are as many as can be, or the first one cannot go down."""
        paths = self._meant(start)
        if outage is NORMAL or not paths:
            return paths is not None
        _, stuck = self._clear(outage, start, paths)
        is_first_stuck = stuck == 0 and self._normal is not None and self._normal.start == start
        return len(paths) < MOST_CANDIDATES and not is_first_stuck

    def adopt(self, outage: Outage, way: Way) -> None:
        start = way.taken.start
        made = [
            self._path(start, path.ways, pinned, stops)
            for path, (pinned, stops) in zip(self._meant(start) or (), way.marks, strict=True)
        ]
        paths = tuple(path for path in made if path is not None)
        if len(paths) < len(made):
            raise ValueError("this is no way of these candidates")
        self._fixed[outage] = way.taken
        self._put(start, paths, outage)

    def most_ways(self, start: int) -> int:
        return MOST_LISTS if start in self._ends.dividers else 1

    def divide(self, start: int, ways: Sequence[tuple[Arcs, int]]) -> Walk:
        return self._steer(NORMAL, start, ways)

    def steer(self, outage: Outage, start: int, hops: Sequence[Hop]) -> Walk:
        return self._steer(outage, start, ((tuple(hop.arcs[0] for hop in hops), 1),))

    def _steer(self, outage: Outage, start: int, ways: Sequence[tuple[Arcs, int]]) -> Walk:
        wanted = self._path(start, tuple(ways), frozenset(), _NO_STOPS)
        paths = None
        if wanted is not None:
            paths = (wanted,) if outage is NORMAL else self._with_path(start, wanted, outage)
        if paths is None or len(paths) > MOST_CANDIDATES or not self._is_normal_kept(start, paths, outage):
            return Walk(start, (), {}, 0, Fault(Mishap.DEPTH, start))
        taken = self._router.walk(self._packets, {start: policy_of(paths)}, start, outage)
        self.keep(outage, taken)
        self._put(start, paths, outage)
        return taken

    def moved(self) -> Mapping[Outage, Walk]:
        found, self._moved = self._moved, {}
        return found

    def _put(self, start: int, paths: CandidatePaths, fixed: Outage = NORMAL) -> None:
        """Put candidates in force; what was fixed and goes another way now is fixed no more. `fixed`: what they were made for."""
        self._cleared = self._walked = None
        self._paths[start] = paths
        self._policies = {**self._policies, start: policy_of(paths)}
        for outage, taken in list(self._fixed.items()):
            if taken.start == start and outage is not fixed:
                now = self.walk(outage, start)
                if not now.is_like(taken) and (now.fault is None or taken.fault is None):
                    self._moved[outage] = now
                    del self._fixed[outage]

    def _path(
        self, start: int, ways: tuple[tuple[Arcs, int], ...], pinned: frozenset[int], stops: frozenset[int]
    ) -> CandidatePath | None:
        """Return a candidate path, None where it cannot end or takes more lists, or longer ones, than the node can have."""
        ends = {self._router.network.head[arcs[-1]] for arcs, _ in ways}
        if len(ends) > 1 or not ends <= self._ends.of(start) or len(ways) > self.most_ways(start):
            return None
        lists: list[tuple[SegmentList, int]] = []
        for arcs, weight in ways:
            segments = self._router.encode(
                start, arcs, pinned, stops, is_strict=self._is_strict, algorithms=self._algorithms
            )
            if segments is None or len(segments) > self._ends.depths.get(start, 0):
                return None
            lists.append((segments, weight))
        return CandidatePath(ways, pinned, stops, tuple(lists))

    def _meant(self, start: int) -> CandidatePaths | None:
        """Return the candidates there are, or the one that the IGP's path would be; None where it cannot be one."""
        if start in self._paths or self._normal is None or self._normal.start != start:
            return self._paths.get(start, ())
        if start not in self._own:
            trails = self._normal.trails
            own = self._path(start, ((trails[0].arcs, 1),), frozenset(), _NO_STOPS) if len(trails) == 1 else None
            self._own[start] = None if own is None else (own,)
        return self._own[start]

    def _with_path(self, start: int, wanted: CandidatePath, outage: Outage) -> CandidatePaths | None:
        """Return the candidates with one more that carries in a state: the last one, or before one that cannot go down then.

        None where it is there already, as `ways` would have found it: candidates never change places, so that states which
        want them in another order each come to an end.
        """
        paths = self._meant(start)
        if paths is None:
            return None
        if any(path.ways == wanted.ways for path in paths):
            return None
        steps, stuck = self._clear(outage, start, paths)
        paths = steps[-1] if steps else paths
        found = (*paths, wanted) if stuck is None else (*paths[:stuck], wanted, *paths[stuck:])
        return found if turns_of(found) < self._most_policies(start) else None

    def _closer(self, outage: Outage, start: int) -> Iterator[CandidatePaths]:
        """Yield the candidates where a segment of the one that carries in a state ends behind what failed on it, begins before it, or both."""
        paths = self._meant(start)
        position = self._carrier(start, paths, outage) if paths else None
        if not paths or position is None or self._is_strict or len(paths[position].ways) > 1:
            return
        path, network = paths[position], self._router.network
        arcs = path.ways[0][0]
        broken = [place for place, arc in enumerate(arcs) if arc >> 1 in outage.links]
        if not broken:
            return
        before, behind = network.tail[arcs[broken[0]]], network.head[arcs[broken[-1]]]
        fixed = path.stops | outage.nodes | {start, path.end}
        for added in ({behind} - fixed, {before} - fixed, {before, behind} - fixed):
            made = self._path(start, path.ways, path.pinned, path.stops | added) if added else None
            if made is not None and made.lists != path.lists:
                yield (*paths[:position], made, *paths[position + 1 :])

    def _clear(self, outage: Outage, start: int, paths: CandidatePaths) -> tuple[list[CandidatePaths], int | None]:
        """Return candidates as one after the other of those that carry in a state is made to go down there, and which one cannot be."""
        known = self._cleared
        if known is not None and known[0] == start and known[1] is outage and known[2] is paths:
            return known[3], known[4]
        steps, stuck, now = list[CandidatePaths](), None, paths
        while (carrier := self._carrier(start, now, outage)) is not None:
            pinned = self._with_pin(start, now, carrier, outage)
            if pinned is None:
                stuck = carrier
                break
            steps.append(pinned)
            now = pinned
        self._cleared = start, outage, paths, steps, stuck
        return steps, stuck

    def _is_normal_kept(self, start: int, paths: CandidatePaths, outage: Outage) -> bool:
        if outage is NORMAL or self._normal is None or self._normal.start != start:
            return True
        return self._router.walk(self._packets, {start: policy_of(paths)}, start, NORMAL).is_like(self._normal)

    def _carrier(self, start: int, paths: CandidatePaths, outage: Outage) -> int | None:
        for position, path in enumerate(paths):
            if self._router.follow_lists(start, path.lists, outage).health is not Health.DOWN:
                return position
        return None

    def _with_pin(self, start: int, paths: CandidatePaths, position: int, outage: Outage) -> CandidatePaths | None:
        """Return the candidates where one of a candidate's lists goes down in a state, by the link that this changes least for in others.

        None where none of those that are up runs over a link that failed.
        """
        path = paths[position]
        broken = {
            arc >> 1
            for (arcs, _), (segments, _) in zip(path.ways, path.lists, strict=True)
            if self._router.follow(start, segments, outage).health is not Health.DOWN
            for arc in arcs
        } & outage.links
        uses = {link: sum(link in other.links for other in self._fixed) for link in broken}
        for link in sorted(broken, key=lambda link: (uses[link], link)):
            pinned = self._path(start, path.ways, path.pinned | {link}, path.stops)
            if pinned is not None:
                return (*paths[:position], pinned, *paths[position + 1 :])
        return None
