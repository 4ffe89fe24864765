"""What SR policies are made of (RFC 9256, RFC 8402): segments, lists of them, candidate paths, and what becomes of a list in a state."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from intentc.forwarding.walk import Mishap, Trail
from intentc.values import frozen, ordered


@ordered
class Segment:
    """A segment that ends at `node`: an adjacency segment over `arc`, or without it the node segment.

    That one leads the IGP's way there, or with `algo` the way of that Flexible Algorithm.
    """

    node: int
    arc: int | None = None
    algo: int = 0


SegmentList = tuple[Segment, ...]
WeightedLists = tuple[tuple[SegmentList, int], ...]  # with their weights, the heaviest first


@frozen
class Policy:
    """The candidate paths, highest preference first. The first that is up carries.

    Those of one SR policy end at one node (RFC 9256, section 2.1): where the end changes, these are the candidates of another
    policy, into which the head-end leads packets when all of the one before are down.

    `splits` has, by its place, the lists of a candidate with more than one: `candidates` has the first of them.
    `is_by_algorithm`: the mechanism is the Flexible Algorithm of the only segment there is, and nothing supervises it but the
    IGP, by which the head-end knows whether the algorithm has a way.
    """

    candidates: tuple[SegmentList, ...]
    is_by_algorithm: bool = False
    splits: tuple[tuple[int, WeightedLists], ...] = ()

    def lists(self, position: int) -> WeightedLists:
        """Return the segment lists of a candidate with their weights."""
        found = next((lists for place, lists in self.splits if place == position), None) if self.splits else None
        return ((self.candidates[position], 1),) if found is None else found

    @property
    def end_point(self) -> int:
        """The end of the first policy."""
        return self.end_of(0)

    @property
    def end_points(self) -> tuple[int, ...]:
        """The ends of all policies, each once."""
        return tuple(dict.fromkeys(self.end_of(position) for position in range(len(self.candidates))))

    def end_of(self, position: int) -> int:
        """Return where a candidate ends."""
        return self.candidates[position][-1].node

    @property
    def labels(self) -> int:
        """Return how many labels the longest list puts in front of a packet: all, but an adjacency segment that comes first."""
        lists = (segments for position in range(len(self.candidates)) for segments, _ in self.lists(position))
        return max(len(segments) - (segments[0].arc is not None) for segments in lists)


Policies = Mapping[int, Policy]  # by the node where packets enter
NO_POLICIES: Policies = {}


class Health(Enum):
    """Whether S-BFD over a segment list is up. `TORN`: some of the packets are lost, whatever S-BFD says."""

    UP = "up"
    DOWN = "down"
    TORN = "torn"


@frozen
class Followed:
    """Where a segment list leads in a state: the paths from where it starts, none unless it is up.

    An outage that touches no element of the mask `dependence` changes nothing of it in the normal state (in others the mask
    says nothing). `mishap`: why packets are lost although it is up.
    """

    health: Health
    trails: tuple[Trail, ...]
    dependence: int
    mishap: Mishap | None = None
