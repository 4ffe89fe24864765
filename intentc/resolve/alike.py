"""Whether two programs' demands ask for the same, wherever their clauses stand and in whatever order they are evaluated."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.diagnostics import Span
from intentc.resolve.model import Demand, FailoverRequirement, FailureState
from intentc.resolve.remaining import Remaining
from intentc.values import replace

_NOWHERE = Span("", 0, 0, 0, 0)
_States = Sequence[FailureState]


class Likeness:
    """Compares demands without their spans and their place in the order of evaluation, which only devices are told. Promised states are many and shared by many: two sets of them are compared once."""

    def __init__(self) -> None:
        self._states: dict[tuple[int, int], tuple[_States, _States, bool]] = {}  # kept, so that identities stay theirs

    def of_demands(self, one: Demand, other: Demand) -> bool:
        """Return whether two demands ask for the same."""
        if one is other or one == other:  # nothing has moved: the same, read over another network
            return True
        mine, others = one.failover, other.failover
        if mine is not None and others is not None and not self._of_states(mine.states, others.states):
            return False
        return _bare(one) == _bare(other)

    def _of_states(self, one: _States, other: _States) -> bool:
        if one is other:
            return True
        if isinstance(one, Remaining) and isinstance(other, Remaining):
            return one.left_out == other.left_out and self._of_states(one.whole, other.whole)
        key = id(one), id(other)
        if key not in self._states:
            self._states[key] = one, other, tuple(one) == tuple(other)
        return self._states[key][2]


def _bare(demand: Demand) -> Demand:
    """Return a demand without its promised states, its place in the order, and without where anything of it stands."""
    failover = demand.failover
    return replace(
        demand,
        precedence=0,
        span=_NOWHERE,
        clause_spans={},
        exclusions=tuple([replace(item, span=_NOWHERE) for item in demand.exclusions]),
        via=tuple([replace(item, span=_NOWHERE) for item in demand.via]),
        preferences=tuple([replace(item, span=_NOWHERE) for item in demand.preferences]),
        failover=None if failover is None else _bare_failover(failover),
    )


def _bare_failover(failover: FailoverRequirement) -> FailoverRequirement:
    switches = tuple([replace(item, span=_NOWHERE) for item in failover.switches])
    return replace(failover, states=(), span=_NOWHERE, switches=switches)
