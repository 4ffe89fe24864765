"""Who has reserved what on every link and direction, in the normal state and in every promised failure state."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.walk import Arcs
from intentc.native import compiled
from intentc.place.book import Claim
from intentc.place.caps import Caps
from intentc.place.openness import Fills, unknown_fills
from intentc.place.reservation import Reservation, Shortage
from intentc.place.room import Room
from intentc.place.sums import Sums
from intentc.resolve.model import TrafficClass
from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.native.ways import Ways
    from intentc.place.entries import Taken

_MOST_ROWS = 64  # a byte per arc each: what the tries of one demand ask for again and again


@frozen
class Rooms:
    """Whether a claim fits on an arc where nothing differs from the normal state, and the states in which it is the other way."""

    is_enough: bool
    unlike: tuple[Outage, ...] = ()


class Ledger(Room):
    """The books of all arcs, and what fits on many of them, in many states, beside what stands there."""

    def __init__(self, network: Network, classes: Mapping[str, TrafficClass], caps: Caps | None = None) -> None:
        super().__init__(network, classes, caps)
        self._rows = None if network.graph is None else compiled("rows")

    def clear(self) -> None:
        """Begin anew: nothing is in the books."""
        super().clear()
        self._open_rows: dict[tuple[str, int, int, bool], bytearray] = {}  # told, as long as the books stay as they are

    def _forget(self) -> None:
        super()._forget()
        self._open_rows.clear()

    def _enter(self, reservation: Reservation, sign: int) -> None:
        super()._enter(reservation, sign)
        self._open_rows.clear()

    def enter_ways(
        self, claims: tuple[Claim, Claim], arcs: Arcs, taken: Taken, freed: Sequence[Outage], sign: int
    ) -> bool:
        """Enter or take out claims as `Entries` does."""
        is_done = super().enter_ways(claims, arcs, taken, freed, sign)
        self._open_rows.clear()
        return is_done

    def copy(self) -> Ledger:
        """Return the same books, to be changed apart."""
        found = Ledger(self._network, self._classes, self._caps)
        self._copy_to(found)
        found._set_capped(is_capped=self._is_capped)
        return found

    def fitting(self, taken: Taken, claim: Claim) -> int:
        """Return in how many states, from the first on, a claim that `is_outlined` surely fits on the ways that are taken in them."""
        sums, (ways, watch) = self.sums, taken
        if isinstance(sums, Sums):
            return 0
        return sums.fitting_ways(ways, self.numbers_of(watch), self._numbers[claim.traffic_class], claim.own_bps)

    def are_sure(self, arcs: Arcs, ways: Ways) -> bool:
        """Return True where everything on some arcs and ways fits in any state; False proves nothing."""
        return not isinstance(self.sums, Sums) and self.sums.are_enough(arcs, ways)

    def may_have_room(self, arcs: Arcs, outage: Outage, further: Claim) -> bool:
        """Return False where some of the arcs surely has no room for a claim, which has to be one that `is_outlined`, in a state."""
        name, state, own_bps = self._numbers[further.traffic_class], self._outages.get(outage, -1), further.own_bps
        fits = self.sums.fits
        return all(fits(arc, name, state, own_bps) for arc in arcs)  # below zero: they do not tell

    def open_to(self, claim: Claim, outage: Outage) -> Callable[[int], bool]:
        """Return the test whether a claim fits on an arc in a state; it has to be one that `is_outlined`.

        It holds until anything is entered.
        """
        return lambda arc: self.has_room(arc, outage, claim)

    def short_anywhere(self, claim: Claim) -> Callable[[int], bool]:
        """Return the test whether a claim would not fit on an arc in some state; it has to be one that `is_outlined`."""
        return lambda arc: self.is_short_anywhere(arc, claim)

    def open_row(self, claim: Claim, outage: Outage, *, is_wary: bool) -> bytearray | None:
        """Return the row (`openness`) of arcs on which a claim fits in a state, and in any state if `is_wary`.

        Arcs are left to be asked for where sums do not tell; None: all are.
        """
        if isinstance(self.sums, Sums) or not self.is_outlined(claim):
            return None
        key = claim.traffic_class, claim.own_bps, -1 if is_wary else self._outages.get(outage, -1), is_wary
        found = self._open_rows.get(key)
        if found is None:
            if len(self._open_rows) == _MOST_ROWS:
                self._open_rows.clear()
            name, state = self._numbers[claim.traffic_class], self._outages.get(outage, -1)
            found = self._open_rows[key] = self.sums.fitting(name, state, claim.own_bps, is_wary)
        return bytearray(found)

    def fills(self, claim: Claim) -> Fills:
        """Return how full each arc gets in the normal state with a claim on it; it holds until anything is entered."""
        row = None if isinstance(self.sums, Sums) or not claim.is_lone else self.sums.fills(claim.own_bps)
        return Fills(
            row or unknown_fills(len(self._network.head)), partial(self.utilisation_ppm, further=claim), self._rows
        )

    def doubtful(self, arcs: Collection[int], name: str, bps: int) -> Collection[int]:
        """Return those of some arcs of which it is not sure that so much more of a class fits in any state."""
        return self.sums.tight(arcs, bps) if name in self._sharing else arcs

    def tight_among(self, arcs: Collection[int], claim: Claim, parts: Mapping[int, Claim]) -> list[int]:
        """Return those of some arcs, sorted, of which `has_room_always` is not True for a claim, or the part of it that is claimed there."""
        most_bps = max([claim.rate_bps, *[part.rate_bps for part in parts.values()]]) if parts else claim.rate_bps
        doubtful = self.doubtful(arcs, claim.traffic_class, most_bps)
        return [arc for arc in sorted(doubtful) if not self.has_room_always(arc, parts.get(arc, claim))]

    def rooms(self, arc: int, claim: Claim) -> Rooms | None:
        """Return in which states a claim fits on an arc, as `has_room` tells of each; None where each has to be asked for."""
        if arc in self._under:
            return None
        name = claim.traffic_class
        told = self.sums.unlike(arc, self._numbers[name], claim.own_bps) if self.is_outlined(claim) else None
        if told is not None:
            return Rooms(told[0], tuple([self._numbered[number] for number in told[1]]))
        return Rooms(is_enough=True) if self._is_roomy(arc, claim) else None

    def clash_beyond(self, arcs: Iterable[int], mask: int, claim: Claim) -> Shortage | None:
        """Return the first thing that some arcs lack for a claim, in the normal state or in one that touches nothing of a mask.

        Looked for only for claims that are `is_outlined`, on arcs of which sums tell all.
        """
        if not self.is_outlined(claim):
            return None
        own, name = claim.own_bps, self._numbers[claim.traffic_class]
        for arc in sorted(self.sums.tight(arcs, own)):
            for number in self.sums.over(arc, name, own):
                outage = self._numbered[number]
                found = None if outage.mask & mask else self.shortage(arc, outage, claim)
                if found is not None:
                    return found
        return None

    def shortages(self, reservation: Reservation) -> Iterator[Shortage]:
        """Yield what the arcs of a reservation that was added lack, in the normal state and in all states it can weigh on."""
        doubtful = {arc for arc in self.sums.tight(reservation.all_arcs, 0) if not self._is_enough(arc)}
        if not doubtful:
            return
        for arc in sorted(doubtful.intersection(reservation.arcs)):
            yield from self._shortages_in(arc, (NORMAL, *self.states_at(arc)))
        for outage, arcs in reservation.states.items():
            for arc in sorted(doubtful.difference(reservation.arcs).intersection(arcs)):
                yield from self._shortages_in(arc, (outage,))

    def are_enough(self, arcs: Iterable[int]) -> bool:
        """Return whether everything on some arcs fits, even if the worst of all states came together."""
        return all(self._is_enough(arc) for arc in self.sums.tight(arcs, 0))

    def _shortages_in(self, arc: int, outages: Sequence[Outage]) -> Iterator[Shortage]:
        for outage in outages:
            found = self.shortage(arc, outage)
            if found is not None:
                yield found

    def fullest_ppm(self) -> int:
        """Return the utilisation of the fullest arc with an entry in any state, 0 where there is none."""
        return self.sums.fullest_ppm()
