"""SR policies in the words of everyone else: names instead of indices."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage
from intentc.forwarding.policies import SegmentRouter
from intentc.forwarding.policy import Health, Policy, SegmentList
from intentc.forwarding.segments import segment_name
from intentc.place.model import PlacedCourse
from intentc.realise.model import CandidatePath, SegmentPolicy, WeightedSegments
from intentc.resolve.model import Candidate

_HIGHEST_PREFERENCE, _PREFERENCE_STEP = 100, 10


def preference_of(position: int) -> int:
    """Return the preference of an alternative by its place in the order; the higher one wins (RFC 9256 section 2.7)."""
    return max(_HIGHEST_PREFERENCE - position * _PREFERENCE_STEP, 1)


def carrier(router: SegmentRouter, start: int, policy: Policy, outage: Outage) -> int | None:
    """Return which candidate of a policy carries in a state, None if none is up."""
    for position in range(len(policy.candidates)):
        if router.follow_candidate(start, policy, position, outage).health is not Health.DOWN:
            return position
    return None


class PolicyNames:
    """Names segments, candidates and policies of one network."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def segments(self, segments: SegmentList) -> tuple[str, ...]:
        """Return the names of segments."""
        return tuple(segment_name(self._network, segment) for segment in segments)

    def candidates(self, policy: Policy) -> tuple[CandidatePath, ...]:
        """Return the candidate paths, highest preference first."""
        return tuple(
            CandidatePath(
                preference_of(position),
                self.segments(segments),
                self._lists(policy, position),
                self._network.nodes[policy.end_of(position)],
            )
            for position, segments in enumerate(policy.candidates)
        )

    def _lists(self, policy: Policy, position: int) -> tuple[WeightedSegments, ...]:
        """Return the lists of a candidate that has several; nothing else is said of the only one."""
        lists = policy.lists(position)
        found = tuple(WeightedSegments(weight, self.segments(segments)) for segments, weight in lists)
        return found if len(found) > 1 else ()

    def policies(self, course: PlacedCourse, chosen: Candidate) -> Iterator[SegmentPolicy]:
        """Yield the policies of a course by their head-ends; `chosen` is the replica that the demand goes to normally."""
        other = None if chosen.flows == course.candidates[0].flows else course.candidates[0]
        for node, policy in sorted(course.policies.items()):
            yield SegmentPolicy(
                node=self._network.nodes[node],
                end_point=self._network.nodes[policy.end_point],
                candidates=self.candidates(policy),
                is_fail_closed=course.packets.is_fail_closed,
                candidate=other,
                algorithm=policy.candidates[0][0].algo if policy.is_by_algorithm else None,
            )
