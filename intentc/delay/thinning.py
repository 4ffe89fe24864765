"""Which intents go where not all can keep their bounds together: as few as is cheap to find, and what fits again comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, repeat

from intentc.delay.bounding import Bounded, Bounder
from intentc.delay.choice import Burdens, choose
from intentc.delay.rows import Rows
from intentc.delay.withdraw import Withdrawals
from intentc.values import replace

_NS_PER_US = 1000
_PACES = (100, 50)  # how much of a share is taken to go with its owner, in per cent; then all that miss a bound go
_PACES_BACK = (50, 0, 0, 0)  # likewise, of what was given back; then it is given up


def thin(bounder: Bounder, rows: Rows | None, first: Bounded) -> Bounded:
    """Return what is left of a program of which some intents miss their bounds, when all keep them.

    No rank keeps fewer than if all that miss a bound went at once, again and again. Mostly that is so by itself, as each round only some
    of these go; where it is not seen from the counts, the other way is gone too.
    """
    thinning = _Thinning(bounder, rows, first)
    return thinning.given_back(thinning.unless_enough(thinning.withdrawn(_PACES)))


class _Thinning:
    def __init__(self, bounder: Bounder, rows: Rows | None, first: Bounded) -> None:
        self._bounder, self._first = bounder, first
        self._intents = {key: item.demand.intent for key, item in first.program.demands.items()}
        self._burdens = Burdens(first.program, rows)
        self._withdrawals = Withdrawals(rows)
        self._gone: set[str] = set()  # what the burdens are without

    def withdrawn(self, paces: Sequence[int]) -> Bounded:
        """Return what is left when, round by round, some of those that miss a bound have gone, and all of them after the last of `paces`."""
        found = self._first
        for pace in chain(paces, repeat(0)):
            if not found.late:
                break
            gone = found.late if pace == 0 else self._chosen(found, found.late, pace)
            found = self._next(found, gone)
        return found

    def unless_enough(self, other: Bounded) -> Bounded:
        """Return `other`, or what is left when all that miss a bound go in each round, where some rank has more of that.

        What such a round leaves is the most that there can be in the end.
        """
        found = self._first
        while not self._is_enough(other, found):
            if not found.late:
                return found
            found = self._next(found, found.late)
        return other

    def _next(self, found: Bounded, gone: Collection[str]) -> Bounded:
        return self._bounder.bound(self._withdrawals.withdraw(found.program, gone), found.misses)

    def given_back(self, base: Bounded) -> Bounded:
        """Return the same with those that went before others did and fit now; all that `base` holds stays.

        Of a group that does not hold some go, as of the whole; where that would be all, or none helps, half of it goes: the lowest ranks.
        """
        lost = self._lost(base)
        back = self._fitting(base, lost)
        found, gone = replace(self._first, misses=base.misses), lost - back
        for pace in _PACES_BACK:
            if not back:
                break
            found = self._next(found, gone) if gone else found
            if not found.late:
                return found
            gone = set(self._chosen(found, back, pace))
            if not gone or gone == back:
                order = sorted(back, key=lambda intent: (self._burdens.rank(intent), intent))
                gone = set(order[len(order) // 2 :])
            back -= gone
        return base

    def _fitting(self, base: Bounded, lost: Collection[str]) -> set[str]:
        """Return those of what is lost that seem to fit, each by itself: with what it adds to the queues that there are."""
        self._weigh(base)
        placed, burdens = self._first.program, self._burdens
        items = [item for intent in sorted(lost) for item in burdens.items(intent)]
        found: set[str] = set()
        for intent in self._bounder.fitting(placed, items, base.queues):
            own = {
                key: replace(base.queues[key], queueing_us=base.queues[key].queueing_us + -(-share_ns // _NS_PER_US))
                for key, share_ns in burdens.shares_ns(intent, base.queues).items()
            }
            found.update(self._bounder.fitting(placed, burdens.items(intent), own))
        return found

    def _chosen(self, found: Bounded, movable: Collection[str], pace: int) -> list[str]:
        self._weigh(found)
        return choose(found, self._burdens, movable, pace)

    def _weigh(self, found: Bounded) -> None:
        """Count as burdens what is left."""
        gone = self._lost(found)
        self._burdens.count(gone - self._gone, -1)
        self._burdens.count(self._gone - gone, 1)
        self._gone = gone

    def _lost(self, found: Bounded) -> set[str]:
        return set(self._intents.values()) - self._kept(found)

    def _is_enough(self, found: Bounded, other: Bounded) -> bool:
        """Return whether every rank keeps at least as many intents as `other` has that miss nothing."""
        kept = self._by_rank(self._kept(found))
        return all(kept[rank] >= count for rank, count in self._by_rank(self._kept(other) - set(other.late)).items())

    def _kept(self, found: Bounded) -> set[str]:
        return {self._intents[key] for key in found.program.demands}

    def _by_rank(self, intents: Iterable[str]) -> Counter[int]:
        return Counter(self._burdens.rank(intent) for intent in intents)
