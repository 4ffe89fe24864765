"""What an earlier build did with a demand, in the words of its manifest."""

from __future__ import annotations

from intentc.realise.model import WeightedSegments
from intentc.values import frozen


@frozen
class EarlierRule:
    """A steering rule by names; `replica`: source and destination node of the replica whose packets it is for, else None."""

    node: str
    ingress: str | None
    waypoints: tuple[str, ...]
    replica: tuple[str, str] | None


@frozen
class EarlierPolicy:
    """An SR policy by names: the segments of its candidate paths, highest preference first; `replica` as of a rule.

    `lists` are those of each candidate with their weights, none where it has one list.
    `is_by_algorithm`: the mechanism was the Flexible Algorithm of its only segment.
    """

    node: str
    candidates: tuple[tuple[str, ...], ...]
    replica: tuple[str, str] | None
    is_by_algorithm: bool = False
    lists: tuple[tuple[WeightedSegments, ...], ...] = ()


@frozen
class Earlier:
    """Where a demand began and ended, what steered it, and its rate (None: nobody says)."""

    source: str
    destination: str
    rules: tuple[EarlierRule, ...]
    policies: tuple[EarlierPolicy, ...] = ()
    bandwidth_bps: int | None = None

    @property
    def is_steered(self) -> bool:
        return bool(self.rules or self.policies)
