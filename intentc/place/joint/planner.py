"""A routing for all demands of a priority at once, in all states: greedy, then improved by moving what is in the way.

The smallest go first, each to where it adds least; then everything moves to where it is cheapest by now, what found no place
is tried again, and for each that is left those in its way are taken out and put elsewhere (Dees & Karger 1982), or all of
them negotiate for what is too full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from intentc.place.joint.burdens import Burdens
from intentc.place.joint.cells import Cell, Cells
from intentc.place.joint.errands import Booking, Entry
from intentc.place.joint.pairs import Pairs
from intentc.place.joint.prospects import Prospects

MOST_ROUNDS = 3
MOST_EJECTED = 12  # entries that make room for one
_MOST_TALKED = 300  # bookings sought while others give way to one
_MOST_LOOKED_AT = 4  # states, for whether there can be room at all
_MOST_MOVES = 4_000  # bookings sought after the first round

Bookings = tuple[Booking, ...]


class Planner:
    """Plans for `entries`; `placed` are those with a place, `moves` counts the searches for one."""

    def __init__(self, cells: Cells, burdens: Burdens, entries: Iterable[Entry]) -> None:
        self._cells = cells
        self._pairs = Pairs(cells, burdens)
        self._entries = sorted(entries, key=lambda entry: (entry.rate_bps, entry.name))
        self._known = {entry.name: entry for entry in self._entries}
        self._prospects = Prospects(cells, self._entries)
        self._hopeless: set[str] = set()
        self.placed: dict[str, Bookings] = {}
        self.moves = 0

    def run(self) -> Mapping[str, Bookings]:
        """Return where everything goes that a place was found for."""
        for entry in self._entries:
            self._insert(entry)
        limit = self.moves + _MOST_MOVES
        for _ in range(MOST_ROUNDS):
            before = len(self.placed)
            if not self._missing() or self.moves > limit:
                break
            self._settle_anew(limit)
            for entry in self._missing():
                if not self._insert(entry) and self._may_fit(entry) and not self._eject_for(entry):
                    self._negotiate_for(entry, limit)
            if len(self.placed) == before:
                break
        return self.placed

    def _missing(self) -> list[Entry]:
        """Return what has no place and is not known to find none."""
        return [entry for entry in self._entries if entry.name not in self.placed and entry.name not in self._hopeless]

    def _may_fit(self, entry: Entry) -> bool:
        """Return False where an entry is too much even alone, or prices prove it beside what is placed, in a state that would lack most."""
        if not self._prospects.is_wide_enough(entry):
            self._hopeless.add(entry.name)
            return False
        if not self._insert(entry, may_overfill=True):
            return False
        states = self._tightest()
        self._remove(entry.name)
        if not self._prospects.has_room(entry, [self._known[name] for name in self.placed], states):
            self._hopeless.add(entry.name)
        return entry.name not in self._hopeless

    def _insert(self, entry: Entry, *, may_overfill: bool = False) -> bool:
        found: list[Booking] = []
        for errand in entry.errands:
            self.moves += 1
            booking = self._pairs.best(errand, may_overfill=may_overfill)
            if booking is None:
                for other in found:
                    self._cells.post(other.parts, -1)
                return False
            self._cells.post(booking.parts, 1)
            found.append(booking)
        self.placed[entry.name] = tuple(found)
        return True

    def _remove(self, name: str) -> Bookings:
        bookings = self.placed.pop(name)
        for booking in bookings:
            self._cells.post(booking.parts, -1)
        return bookings

    def _put_back(self, name: str, bookings: Bookings) -> None:
        for booking in bookings:
            self._cells.post(booking.parts, 1)
        self.placed[name] = bookings

    def _settle_anew(self, limit: int) -> None:
        """Let everything move to where it is cheapest by now, the biggest first."""
        for entry in reversed(self._entries):
            if entry.name in self.placed and self.moves <= limit:
                before = self._remove(entry.name)
                if not self._insert(entry):
                    self._put_back(entry.name, before)

    def _eject_for(self, entry: Entry) -> bool:
        """Put an entry where it is cheapest, and what is in its way elsewhere; all is as before unless everything fits."""
        if not self._insert(entry, may_overfill=True):
            return False
        gone: dict[str, Bookings] = {}
        while (lacking := self._lacking(entry.name)) and len(gone) < MOST_EJECTED:
            name = self._victim(entry.name, lacking)
            if name is None:
                break
            gone[name] = self._remove(name)
        anew: list[str] = []
        if not lacking:
            for name in sorted(gone, key=lambda name: (-self._known[name].rate_bps, name)):
                if not self._insert(self._known[name]):
                    break
                anew.append(name)
        if not lacking and len(anew) == len(gone):
            return True
        for name in (*anew, entry.name):
            self._remove(name)
        for name, bookings in gone.items():
            self._put_back(name, bookings)
        return False

    def _negotiate_for(self, entry: Entry, limit: int) -> bool:
        """Put an entry where it is cheapest, and let all that is on anything too full move for some rounds; as before unless all fits.

        What was too full in one round is dearer in all later ones, so that those for whom it is cheapest to leave do so, even
        if only with their labels (negotiated congestion, McMurchie & Ebeling 1995).
        """
        cells, before, gone = self._cells, self._cells.over_bps, dict[str, Bookings]()
        if not self._insert(entry, may_overfill=True):
            return False
        most = min(limit, self.moves + _MOST_TALKED)
        while cells.over_bps > before and self.moves <= most:
            self._talk(gone, before)
        is_done = cells.over_bps <= before
        if not is_done:
            gone.pop(entry.name, None)
            for name in (entry.name, *gone):
                self._remove(name)
            for name, bookings in gone.items():
                self._put_back(name, bookings)
        cells.make_as_ever()
        return is_done

    def _tightest(self) -> list[int]:
        """Return the states that lack most."""
        short: dict[int, int] = {}
        for (_, state), bps in self._cells.lacking().items():
            short[state] = short.get(state, 0) + bps
        return sorted(short, key=lambda state: (-short[state], state))[:_MOST_LOOKED_AT]

    def _talk(self, gone: dict[str, Bookings], enough: int) -> None:
        """Let all that is on anything too full move once, until no more than that is lacking; note where they were in the beginning."""
        lacking = self._cells.lacking()
        self._cells.make_dearer(lacking)
        for name in self._in_the_way(lacking):
            bookings = self._remove(name)
            gone.setdefault(name, bookings)
            if not self._insert(self._known[name], may_overfill=True):
                self._put_back(name, bookings)
            if self._cells.over_bps <= enough:
                break

    def _in_the_way(self, lacking: Mapping[Cell, int]) -> list[str]:
        """Return the entries that claim some of what is lacking, the biggest claims first."""
        arcs = frozenset(arc for arc, _ in lacking)
        given = {
            name: sum(_given(booking, lacking, arcs) for booking in bookings) for name, bookings in self.placed.items()
        }
        return sorted((name for name, bps in given.items() if bps), key=lambda name: (-given[name], name))

    def _lacking(self, name: str) -> dict[Cell, int]:
        return {cell: bps for booking in self.placed[name] for cell, bps in self._cells.overfull(booking.parts).items()}

    def _victim(self, name: str, lacking: Mapping[Cell, int]) -> str | None:
        """Return the entry that gives most of what is lacking for what it is itself."""
        arcs = frozenset(arc for arc, _ in lacking)
        best, victim = 0.0, None
        for other, bookings in self.placed.items():
            given = 0 if other == name else sum(_given(booking, lacking, arcs) for booking in bookings)
            worth = given / self._known[other].rate_bps
            if worth > best or (worth == best and victim is not None and other < victim):
                best, victim = worth, other
        return victim


def _given(booking: Booking, lacking: Mapping[Cell, int], arcs: frozenset[int]) -> int:
    """Return how much of what cells lack a booking would leave to them."""
    shared: Sequence[tuple[int, int, int]] = [
        (arc, state, bps)
        for part in booking.parts
        for arc, bps in zip(part.arcs, part.rates, strict=True)
        if arc in arcs
        for state in part.states
        if (arc, state) in lacking
    ]
    return sum(min(bps, lacking[arc, state]) for arc, state, bps in shared)
