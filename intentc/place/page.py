"""Sums of what is reserved in one place, by class: in the normal state, and how each failure state differs from it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Generic, TypeVar

Name = TypeVar("Name", bound=Hashable)  # of a class
State = TypeVar("State", bound=Hashable)

_UNIT_BITS = 24
_UNIT, _HALF = 1 << _UNIT_BITS, 1 << (_UNIT_BITS - 1)  # room for the members of a sum, which may be less than none


class Page(Generic[Name, State]):
    """Members and bps of a sum are one integer, bps × `_UNIT` + members: sums add up, and a state is one small entry per class."""

    __slots__ = ("_moves", "_normal", "_peaks")

    def __init__(self) -> None:
        self._normal: dict[Name, int] = {}
        self._moves: dict[Name, dict[State, int]] = {}  # class -> how the sum of a state differs from the normal one
        self._peaks: dict[Name, int] = {}  # class -> its largest move in bps; not there: to be looked for

    def copy(self) -> Page[Name, State]:
        """Return the same entries, to be changed apart."""
        found = Page[Name, State]()
        found._normal = dict(self._normal)
        found._moves = {name: dict(moves) for name, moves in self._moves.items()}
        found._peaks = dict(self._peaks)
        return found

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is reserved in any state."""
        return not self._normal and not self._moves

    @property
    def states(self) -> list[State]:
        """Return the failure states in which something differs from the normal one, by class, in the order in which they came."""
        return list(dict.fromkeys(state for moves in self._moves.values() for state in moves))

    @property
    def names(self) -> AbstractSet[Name]:
        """Return the classes with an entry in any state."""
        return self._normal.keys() | self._moves.keys()

    def post(self, name: Name, bps: int, members: int) -> None:
        """Add to the sum of a class in the normal state; one without members and bps is left out."""
        found = self._normal.get(name, 0) + bps * _UNIT + members
        if found:
            self._normal[name] = found
        else:
            self._normal.pop(name, None)

    def move(self, states: Iterable[State], name: Name, bps: int, members: int) -> None:
        """Add to the sum of a class in some states."""
        by = bps * _UNIT + members
        if not by:
            return
        moves = self._moves.get(name)
        if moves is None:
            moves = self._moves[name] = {}
        known, highest, is_stale = moves.get, -_HALF, False
        peak = self._peaks.get(name)
        for state in states:
            before = known(state, 0)
            moved = before + by
            if moved:
                moves[state] = moved
            else:
                del moves[state]
            highest = max(highest, moved)
            is_stale = is_stale or (by < 0 and peak is not None and _bps_of(before) >= peak)
        if not moves:
            del self._moves[name]
        if is_stale:
            del self._peaks[name]
        elif peak is not None and by > 0:
            self._peaks[name] = max(peak, _bps_of(highest))

    @property
    def normal_bps(self) -> int:
        """Return the sum of all classes in the normal state."""
        return _bps_of(sum(self._normal.values()))

    def bps_in(self, name: Name, state: State) -> int:
        """Return what a class has reserved in a state."""
        moves = self._moves.get(name)
        return _bps_of(self._normal.get(name, 0) + (moves.get(state, 0) if moves else 0))

    def moved(self, name: Name) -> Iterator[tuple[State, int]]:
        """Yield the states in which a class differs from the normal one, and what it has reserved there."""
        normal = self._normal.get(name, 0)
        for state, by in self._moves.get(name, {}).items():
            yield state, _bps_of(normal + by)

    def reserved(self, state: State) -> dict[Name, int]:
        """Return the bps reserved by class in a state; classes without a member are left out."""
        found = dict(self._normal)
        for name, moves in self._moves.items():
            both = found.get(name, 0) + moves.get(state, 0)
            if both:
                found[name] = both
            else:
                found.pop(name, None)
        return {name: _bps_of(both) for name, both in found.items()}

    def peaks(self) -> dict[Name, int]:
        """Return the most bps that each class reserves in any state: what its queue has to be guaranteed all the time."""
        return {name: self.peak(name) for name in self.names}

    def peak(self, name: Name) -> int:
        """Return the most bps that a class reserves in any state."""
        found = self._peaks.get(name)
        if found is None:
            found = self._peaks[name] = _bps_of(max(0, *self._moves.get(name, {}).values(), 0))
        return _bps_of(self._normal.get(name, 0)) + found

    def grown(self) -> tuple[int, list[State]]:
        """Return by how much all classes together reserve more in the worst states than in the normal one, and these; (0, []) where in none."""
        found: dict[State, int] = {}
        for moves in self._moves.values():
            for state, by in moves.items():
                found[state] = found.get(state, 0) + _bps_of(by)
        most = max(found.values(), default=0)
        return (most, [state for state, by in found.items() if by == most]) if most > 0 else (0, [])

    def rows(self) -> list[tuple[Name, int, int, list[tuple[State, int, int]]]]:
        """Return all entries: class, bps, members, and per state bps and members; classes without moves first."""
        names = [*(name for name in self._normal if name not in self._moves), *self._moves]
        return [
            (
                name,
                *_parts(self._normal.get(name, 0)),
                [(state, *_parts(by)) for state, by in self._moves.get(name, {}).items()],
            )
            for name in names
        ]


def _bps_of(both: int) -> int:
    """Return the bps of a sum of members and bps."""
    return (both + _HALF) >> _UNIT_BITS


def _parts(both: int) -> tuple[int, int]:
    bps = _bps_of(both)
    return bps, both - bps * _UNIT
