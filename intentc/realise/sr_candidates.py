"""Candidate paths of SR policies as they were meant, and where policies can begin and end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from intentc.forwarding.policy import Policy, WeightedLists
from intentc.forwarding.walk import Arcs
from intentc.values import field, frozen


@frozen
class CandidatePath:
    """A candidate path as it was meant: its ways with their weights, and a segment list with its weight for each.

    A list goes down with those of the links `pinned` that are on its way, and a segment of it ends at each of the nodes
    `stops` that is: what fails between two of them is led around between them.
    """

    ways: tuple[tuple[Arcs, int], ...]
    pinned: frozenset[int]
    stops: frozenset[int]
    lists: WeightedLists

    @property
    def end(self) -> int:
        """Return where all lists end."""
        return self.lists[0][0][-1].node


CandidatePaths = tuple[CandidatePath, ...]  # highest preference first


@frozen
class PolicyEnds:
    """Where SR policies can begin, with how many segments the node can push (`depths`), and where they can end.

    `dividers` can have candidates with several lists. Probes of `loopers` come back by themselves, so their policies can end at
    any node that speaks labels (`labelled`), others only where somebody answers (`end_points`).
    `algorithms` are those whose node segments packets with some fences may take. `policies`: how many policies, of different ends,
    a node can lead the same packets into, the next one while those before are down (one, where nothing is said).
    """

    depths: Mapping[int, int]
    end_points: frozenset[int]
    algorithms: Callable[[Collection[int]], Sequence[int]] = lambda _fences: ()
    dividers: frozenset[int] = frozenset()
    loopers: frozenset[int] = frozenset()
    labelled: frozenset[int] = frozenset()
    policies: Mapping[int, int] = field(default_factory=dict)

    def of(self, start: int) -> frozenset[int]:
        """Return the nodes where policies that begin at a node can end."""
        return self.labelled if start in self.loopers else self.end_points


def turns_of(paths: CandidatePaths) -> int:
    """Return how often the end changes from one candidate to the next."""
    return sum(one.end != other.end for one, other in pairwise(paths))


def policy_of(paths: Iterable[CandidatePath]) -> Policy:
    found = tuple(paths)
    splits = tuple((place, path.lists) for place, path in enumerate(found) if len(path.lists) > 1)
    return Policy(tuple(path.lists[0][0] for path in found), splits=splits)
