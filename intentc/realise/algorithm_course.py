"""Packets that ride a Flexible Algorithm: one segment at the head-end, and no state anywhere else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from intentc.forwarding.igp import UNREACHABLE
from intentc.forwarding.outage import Outage
from intentc.forwarding.policies import SegmentRouter
from intentc.forwarding.policy import Policies, Policy, Segment
from intentc.forwarding.walk import Arcs, Fault, Mishap, Packets, Rules, Walk
from intentc.place.model import Hop, Way


class AlgorithmCourse:
    """Packets that are sent the way of one algorithm where they enter; see `intentc.place.model.Course` for the methods.

    There is nothing to choose but where the algorithm's way ends. Failures are left to the algorithm, which re-converges by
    itself; where it has no way left, the head-end drops packets that are fail-closed, and gives the others to the IGP.
    """

    def __init__(
        self, router: SegmentRouter, packets: Packets, number: int, heads: Collection[int], ends: Sequence[int]
    ) -> None:
        self._router = router
        self._packets = packets
        self._number = number
        self._heads = heads
        self._ends = ends
        self._policies: dict[int, Policy] = {}
        self._fixed: dict[Outage, Walk] = {}
        self._moved: dict[Outage, Walk] = {}

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
    def single(self) -> None:
        return None

    def walk(self, outage: Outage, start: int) -> Walk:
        return self._router.walk(self._packets, self._policies, start, outage)

    def hops(self, outage: Outage, node: int, arrival: Arcs) -> Sequence[Hop]:  # noqa: ARG002  (the algorithm chooses)
        return ()

    def resume(self, rules: Rules, policies: Policies) -> None:  # noqa: ARG002  (there are none)
        """Put the policies in force that are still of this algorithm and its ends."""
        for start, policy in policies.items():
            segments = policy.candidates[0]
            is_own = policy.is_by_algorithm and len(policy.candidates) == len(segments) == 1
            if is_own and start in self._heads and segments[0] in [self._segment(end) for end in self._ends]:
                self._policies = {**self._policies, start: policy}

    def keep(self, outage: Outage, taken: Walk) -> None:
        self._fixed[outage] = taken

    def keep_same(self, outages: Sequence[Outage]) -> None:
        """Do nothing: as long as nothing on the ways of the normal state fails, packets follow them."""

    def may_turn(self, start: int) -> bool:  # noqa: ARG002  (its segment is all there is)
        return False

    def ends(self, start: int) -> frozenset[int] | None:
        policy = self._policies.get(start)
        return None if policy is None else frozenset({policy.end_point})

    def steer(self, outage: Outage, start: int, hops: Sequence[Hop]) -> Walk:  # noqa: ARG002  (there are no steps)
        """Return what packets do by themselves."""
        return self.walk(outage, start)

    def may_steer(self, outage: Outage, start: int) -> bool:  # noqa: ARG002  (it is the algorithm's to say)
        return True

    def most_ways(self, start: int) -> int:  # noqa: ARG002  (there is one)
        return 1

    def divide(self, start: int, ways: Sequence[tuple[Arcs, int]]) -> Walk:  # noqa: ARG002  (the algorithm chooses)
        return Walk(start, (), {}, 0, Fault(Mishap.DEPTH, start))

    def ways(self, outage: Outage, start: int) -> Iterator[Way]:
        """Yield the algorithm's way to each end, the nearest first, where packets of the start are not in it yet."""
        plane = self._router.plane(self._number)
        if plane is None or start in self._policies or start not in self._heads:
            return
        away = {end: plane.igp.towards_node(end, outage).distance(start) for end in self._ends}
        for end in sorted(self._ends, key=lambda end: (away[end], end)):
            if 0 < away[end] < UNREACHABLE and end not in outage.nodes:
                taken = self._router.walk(self._packets, {start: self._policy(end)}, start, outage)
                if taken.fault is None:
                    yield Way(taken, ())

    def adopt(self, outage: Outage, way: Way) -> None:
        start = way.taken.start
        end = self._router.network.head[way.taken.trails[0].arcs[-1]]
        self._policies = {**self._policies, start: self._policy(end)}
        for other, taken in list(self._fixed.items()):
            if taken.start == start and other is not outage:
                now = self.walk(other, start)
                if not now.is_like(taken) and (now.fault is None or taken.fault is None):
                    self._moved[other] = now
                    del self._fixed[other]
        self._fixed[outage] = way.taken

    def moved(self) -> Mapping[Outage, Walk]:
        found, self._moved = self._moved, {}
        return found

    def _segment(self, end: int) -> Segment:
        return Segment(end, algo=self._number)

    def _policy(self, end: int) -> Policy:
        return Policy(((self._segment(end),),), is_by_algorithm=True)
