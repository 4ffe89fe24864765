"""What has no room in some state however everything is routed: by prices, as certificates are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intentc.place.certificates.market import Cargo, Market
from intentc.place.certificates.prices import ROUNDS, Survey, survey
from intentc.place.certificates.whole import WholeRooms
from intentc.place.joint.cells import Cells
from intentc.place.joint.errands import Entry, Errand


class Prospects:
    """Knows how tight states are with what had a place when they were first asked for: more may have one since, never less.

    `entries` are all that there are, with a place or without. Labels count nowhere.
    """

    def __init__(self, cells: Cells, entries: Sequence[Entry]) -> None:
        self._cells = cells
        self._entries = entries
        self._rooms = WholeRooms(cells.network)
        self._known: dict[int, tuple[Market, Survey]] = {}

    def is_wide_enough(self, entry: Entry) -> bool:
        """Return False where an entry has no path with room even if nothing else had a place, in a state that it is promised."""
        return all(self._has_way(errand, state) for errand in entry.errands for state in (0, *sorted(errand.promised)))

    def _has_way(self, errand: Errand, state: int) -> bool:
        network, room, bps = self._cells.network, self._cells.room, least_bps(errand, state)
        barred, found = errand.task.barred, {errand.start}
        pending = [errand.start]
        for node in pending:  # which grows meanwhile
            if node in errand.targets:
                return True
            for arc in network.leaving[node]:
                head = network.head[arc]
                if head not in found and arc >> 1 not in barred and room[arc][state] >= bps:
                    found.add(head)
                    pending.append(head)
        return False

    def has_room(self, entry: Entry, placed: Iterable[Entry], states: Iterable[int]) -> bool:
        """Return False where an entry is too much beside what is placed, in one of some states."""
        return not any(self._is_too_much(entry, placed, state) for state in states)

    def _is_too_much(self, entry: Entry, placed: Iterable[Entry], state: int) -> bool:
        own = self._cargo((entry,), state)
        market, found = self._survey(placed, state)
        for gap in found.gaps:
            crossing = (item.rate_bps for item in own if item.starts <= gap.inside and not item.goals & gap.inside)
            if gap.crossing_bps + sum(crossing) > gap.room_bps:
                return True
        return any(
            bill.paid + sum(item.rate_bps * market.fare(bill.prices, item) for item in own) > bill.worth
            for bill in found.bills
        )

    def _survey(self, placed: Iterable[Entry], state: int) -> tuple[Market, Survey]:
        if state not in self._known:
            room = [row[state] for row in self._cells.room]
            whole = self._rooms.of(self._cargo(self._entries, state), room)
            market = Market(self._cells.network, self._cargo(placed, state), whole)
            self._known[state] = market, survey(market, ROUNDS)
        return self._known[state]

    def _cargo(self, entries: Iterable[Entry], state: int) -> list[Cargo]:
        """Return what entries claim in a state at least."""
        down = self._cells.outages[state].links
        found = []
        for errand in (errand for entry in entries for errand in entry.errands):
            bps = least_bps(errand, state)
            if bps and not errand.targets & {errand.start}:
                shut = frozenset(arc for link in errand.task.barred | down for arc in (2 * link, 2 * link + 1))
                starts = frozenset({errand.start})
                found.append(Cargo(bps, starts, errand.targets, shut, is_whole=True, is_direct=True))
        return found


def least_bps(errand: Errand, state: int) -> int:
    """Return what an errand claims in a state at least, whether its path is whole or broken then."""
    if state == 0:
        return errand.rate_bps
    return errand.failed_bps if state in errand.promised else 0
