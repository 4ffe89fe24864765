"""Rip-up and re-route: room for an intent that found none is made by moving those of its own priority that are in its way.

The classic way to get a sequential router out of a corner (Dees and Karger 1982), here on reservations in all states.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence

from intentc.place.causes import Cause
from intentc.place.context import Context
from intentc.place.intents import Effort, IntentTask, PlacedIntent
from intentc.place.reservation import Shortage
from intentc.values import frozen, replace

MOST_MOVED = 24  # intents that have to make room for one other


@frozen
class Placer:
    """How intents are placed: one, or several in their order (those that were placed by name). `effort` tells how many were."""

    one: Callable[[Context, IntentTask], PlacedIntent | list[Cause]]
    several: Callable[[Context, Sequence[IntentTask]], Mapping[str, PlacedIntent]]
    effort: Effort


def without(context: Context, placed: Mapping[str, PlacedIntent]) -> Context:
    """Return the context with books of its own in which some intents are not that the others are in."""
    ledger, tables, services = context.ledger.copy(), context.tables.copy(), context.services.copy()
    found = replace(context, ledger=ledger, tables=tables, services=services)
    for item in reversed([*placed.values()]):  # what came last goes first, which books find easiest
        for trial in reversed(item.trials):
            trial.take_out_of(found)
    return found


class Displacer:
    """Makes room in the books of one priority; `placed` are its intents that have a place, in `alone` none of them is in the books."""

    def __init__(
        self,
        context: Context,
        order: Sequence[IntentTask],
        placed: Mapping[str, PlacedIntent],
        placer: Placer,
        alone: Context,
    ) -> None:
        self._context = context
        self._order = order
        self._placer = placer
        self._users: dict[int, array[int]] | None = (
            None  # by arc, as numbers: there are millions; once somebody has to leave one
        )
        self._names: list[str] = []  # by these
        self._numbers: dict[str, int] = {}
        self.placed = dict(placed)
        self._alone = alone

    def close(self) -> None:
        """Let go of the books in which nothing of this priority is: what was placed by them is in others, but still knows them."""
        self._alone.ledger.clear()

    def make_room(self, item: IntentTask) -> bool:
        """Place an intent where it goes best if it is the first of its priority, and those in its way anew.

        Everything is as before unless all of them find a place.
        """
        self._context.splits.clear()
        if self._make_room(item, is_lean=False):
            return True
        return self._may_differ() and self._make_room(item, is_lean=True)

    def _may_differ(self) -> bool:
        """Return whether single paths would be other ones than those of the last attempt: somebody's would be one of several."""
        return bool(self._context.splits)

    def _make_room(self, item: IntentTask, *, is_lean: bool) -> bool:
        self._placer.effort.left -= 1
        found = self._placer.one(replace(self._alone, is_lean=is_lean), item)
        if not isinstance(found, PlacedIntent):
            return False
        for trial in found.trials:
            trial.move_to(self._context)
        moved = self._clear_way(found)
        if moved is not None:
            context = replace(self._context, is_lean=is_lean)
            others = [other for other in self._order if other.name in moved]
            self._placer.effort.left -= len(others)
            anew = self._placer.several(context, others)
            if len(anew) == len(moved):
                self._put({**anew, item.name: found})
                return True
            _withdraw(anew.values())
        _withdraw([found])
        for placed in (moved or {}).values():
            placed.enter()
        return False

    def _clear_way(self, found: PlacedIntent) -> dict[str, PlacedIntent] | None:
        """Take intents out of the books until everything of `found` fits; None (and all as before) where that is not enough."""
        moved: dict[str, PlacedIntent] = {}
        while (lack := _first_lack(found)) is not None:
            name = self._victim(lack, moved.keys()) if isinstance(lack, Shortage) and len(moved) < MOST_MOVED else None
            if name is None:
                for placed in moved.values():
                    placed.enter()
                return None
            moved[name] = self.placed[name]
            moved[name].withdraw()
        return moved

    def _victim(self, lack: Shortage, gone: Iterable[str]) -> str | None:
        """Return the intent that gives what is missing and no more than needed, else the one that gives most."""
        given = {name: self._gives(name, lack) for name in sorted(self._users_of(lack.arc).difference(gone))}
        able = [name for name, bps in given.items() if bps >= lack.missing_bps]
        if able:
            return min(able, key=lambda name: (given[name], name))
        return max((name for name, bps in given.items() if bps), key=lambda name: (given[name], name), default=None)

    def _gives(self, name: str, lack: Shortage) -> int:
        trials = self.placed[name].trials
        return sum(trial.reservation().claim_bps(lack.arc, lack.outage, lack.traffic_class) for trial in trials)

    def _put(self, placed: Mapping[str, PlacedIntent]) -> None:
        self.placed.update(placed)
        if self._users is not None:
            for name in placed:
                self._index(name, self._users)

    def _users_of(self, arc: int) -> set[str]:
        if self._users is None:
            self._users = {}
            for name in self.placed:
                self._index(name, self._users)
        return {self._names[number] for number in self._users.get(arc, ())}

    def _index(self, name: str, users: dict[int, array[int]]) -> None:
        """Note which arcs an intent uses in any state; arcs that it used before stay noted, which costs a look only."""
        is_new = name not in self._numbers
        if is_new:
            self._numbers[name] = len(self._names)
            self._names.append(name)
        number = self._numbers[name]
        for arc in {arc for trial in self.placed[name].trials for arc in trial.all_arcs}:
            known = users.get(arc)
            if known is None:
                users[arc] = array("i", (number,))
            elif is_new or number not in known:
                known.append(number)


def _first_lack(found: PlacedIntent) -> Shortage | frozenset[int] | None:
    """Return what an intent in the books lacks: room on an arc, or steering tables on some nodes (none: another thing)."""
    for trial in found.trials:
        if overfull := trial.overfull():
            return overfull
        if (clash := trial.clash()) is not None:
            return clash
        if trial.crowd() is not None:  # nobody's leaving some link makes a service serve more
            return frozenset()
    return None


def _withdraw(placed: Iterable[PlacedIntent]) -> None:
    for intent in placed:
        intent.withdraw()
