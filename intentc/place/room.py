"""What one arc has room for beside what stands in the books: by scheduling, shares and guarantees, and below tunnels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.walk import Arcs
from intentc.place.book import Claim
from intentc.place.caps import Caps
from intentc.place.entries import Entries
from intentc.place.reservation import Reservation, Shortage
from intentc.resolve.model import Scheduling, TrafficClass
from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.place.entries import Taken

PPB = 1_000_000_000
_GUARANTEED_BY_RESERVATION = (Scheduling.WEIGHT, Scheduling.STRICT)
_IDLE_PPB = 10_000_000  # RFC 8622: background must not starve for ever


@frozen
class Mixed:
    """What is left on an arc with classes that share it in several ways: of the whole, whatever fails, and of what each class may have."""

    is_enough: bool
    left_bps: int
    by_class: Mapping[str, int]


class Room(Entries):
    """The books of all arcs, and what fits on each of them. Nothing is refused here, only counted."""

    def __init__(self, network: Network, classes: Mapping[str, TrafficClass], caps: Caps | None = None) -> None:
        super().__init__(network, classes)
        self._under = network.under
        self._mean_packet = network.topology.routing.mean_packet
        self._caps = caps or Caps(network, ())
        self._set_capped(is_capped=True)

    @property
    def has_caps(self) -> bool:
        """Return whether assertions leave less of some link than its capacity."""
        return self._caps.is_any

    @contextmanager
    def without_caps(self) -> Iterator[None]:
        """Count, for a while, as if no assertion left less of a link than its capacity."""
        self._set_capped(is_capped=False)
        yield
        self._set_capped(is_capped=True)

    def _set_capped(self, *, is_capped: bool) -> None:
        self._is_capped = is_capped
        self._forget()
        self.sums.is_told = not (is_capped and self._caps.is_any)

    def _forget(self) -> None:
        """Know nothing any more that rests on what is counted."""
        self._rooms.clear()

    def lie_over(self, network: Network, caps: Caps) -> None:
        """Be the books of another network with the same arcs, which hold the same, and of which assertions leave the same."""
        self._network, self._caps = network, caps
        self._forget()

    def clear(self) -> None:
        """Begin anew: nothing is in the books."""
        super().clear()
        self._rooms: dict[int, Mixed] = {}

    def _enter(self, reservation: Reservation, sign: int) -> None:
        super()._enter(reservation, sign)
        if self._rooms:
            for arc in reservation.all_arcs:
                self._rooms.pop(arc, None)

    def enter_ways(
        self, claims: tuple[Claim, Claim], arcs: Arcs, taken: Taken, freed: Sequence[Outage], sign: int
    ) -> bool:
        """Enter or take out claims as `Entries` does."""
        is_done = super().enter_ways(claims, arcs, taken, freed, sign)
        if self._rooms and is_done:
            for arc in (*arcs, *(arc for way in range(taken[0].kinds) for arc in taken[0].arcs(way))):
                self._rooms.pop(arc, None)
        return is_done

    def shortage(self, arc: int, outage: Outage = NORMAL, further: Claim | None = None) -> Shortage | None:
        """Return what an arc lacks in a state, the whole before any class's share; None when everything fits."""
        if self.has_room(arc, outage, further):
            return None
        lack = self._lack(arc, outage, further)
        if lack is None and further is not None:
            below = (self.shortage(low, outage, claim) for low, claim in self._below(arc, further))
            return next((found for found in below if found is not None), None)
        return None if lack is None else Shortage(arc, outage, *lack)

    def _below(self, arc: int, claim: Claim) -> Iterator[tuple[int, Claim]]:
        """Yield what a claim on an arc of a tunnel comes to on each arc below it."""
        for low, extra in self._under.get(arc, ()):
            yield low, claim.with_bytes(extra, self._mean_packet)

    def left_bps(self, arc: int, name: str, outage: Outage = NORMAL) -> int:
        """Return what a class finds left of an arc in a state, whatever its share leaves; below zero where it has too much."""
        background = self._network.background_bps[arc]
        reserved = self.reserved(arc, outage)
        left = self._open_bps(arc, name, self._peaks(arc)) - self._guarantee(arc, name, reserved.get(name, 0))
        most = self._most(arc, outage)
        if most is not None:
            left = min(left, most - background - sum(reserved.values()))
        packet = self._mean_packet
        below = (
            self.left_bps(low, name, outage) * packet // (packet + extra) for low, extra in self._under.get(arc, ())
        )
        return min(left, *below) if arc in self._under else left

    def lefts(self, arc: int, name: str) -> tuple[int, Mapping[Outage, int]] | None:
        """Return what a class finds left of an arc normally, and in each state in which that is something else.

        None: each state has to be asked for.
        """
        if arc in self._under or (self._is_capped and self._caps.is_any):
            return None
        room, found = self._open_bps(arc, name, self._peaks(arc)), [row[1:] for row in self.rows(arc) if row[0] == name]
        (bps, moves) = found[0] if found else (0, ())
        return room - self._guarantee(arc, name, bps), {
            self._numbered[number]: room - self._guarantee(arc, name, bps + more) for number, more, _ in moves
        }

    def has_room(self, arc: int, outage: Outage = NORMAL, further: Claim | None = None) -> bool:
        """Return whether everything fits on an arc in a state; with `further`, whether that does, also below a tunnel."""
        if not self._under or further is None or arc not in self._under:
            return self._has_room(arc, outage, further)
        is_room = self._has_room(arc, outage, further)
        return is_room and all(self.has_room(low, outage, claim) for low, claim in self._below(arc, further))

    def _has_room(self, arc: int, outage: Outage, further: Claim | None) -> bool:
        if further is None:
            told = self.sums.holds(arc, self._outages.get(outage, -1))
            return bool(told) if told >= 0 else self._room_of(arc).is_enough or self._lack(arc, outage, None) is None
        name = further.traffic_class
        if name in self._sharing:
            own = further.own_bps if further.is_lone else self._growth(arc, outage, further)
            told = self.sums.fits(arc, self._numbers[name], self._outages.get(outage, -1), own)
            if told >= 0:
                return bool(told)
        return self._is_roomy(arc, further) or self._lack(arc, outage, further) is None

    def has_room_always(self, arc: int, further: Claim) -> bool:
        """Return True where a claim fits on an arc in any state, even if the worst of all came together; False proves nothing."""
        below = self._below(arc, further) if self._under else ()
        return self._is_roomy(arc, further) and all(self.has_room_always(low, claim) for low, claim in below)

    def is_short_anywhere(self, arc: int, further: Claim) -> bool:
        """Return whether a claim on an arc would not fit in some state, the normal one included, be it below a tunnel."""
        if self._under and any(self.is_short_anywhere(low, claim) for low, claim in self._below(arc, further)):
            return True
        if further.is_lone and further.traffic_class in self._sharing:
            left = self.sums.left(arc)
            if left is not None:
                return further.own_bps > left
        if self._is_roomy(arc, further):
            return False
        return not all(self.has_room(arc, outage, further) for outage in (NORMAL, *self.states_at(arc)))

    def is_kept_for_failures(self, arc: int, outage: Outage, further: Claim) -> bool:
        """Return whether a claim would fit in a state, were it not for what other classes' queues are guaranteed for other states."""
        capacity, reserved = self._network.capacity_bps[arc], self.reserved(arc, outage, further)
        need = sum(self._guarantee(arc, name, bps) for name, bps in reserved.items())
        missing = need - (capacity - self._network.background_bps[arc])
        return self._first_lack(arc, missing, reserved, self._most(arc, outage)) is None

    def is_outlined(self, claim: Claim) -> bool:
        """Return whether a claim's room can be told for all arcs at once: of a class that shares all of a link, in no pool."""
        return claim.is_lone and claim.traffic_class in self._sharing

    def utilisation_ppm(self, arc: int, further: Claim | None = None) -> int:
        """Return reservations and background over the capacity of an arc in the normal state, rounded up."""
        return self.sums.utilisation_ppm(arc, 0 if further is None else self._growth(arc, NORMAL, further))

    def _is_enough(self, arc: int) -> bool:
        """Return whether everything on an arc fits, even if the worst of all states came together."""
        left = self.sums.left(arc)
        return left >= 0 if left is not None else self._room_of(arc).is_enough

    def _is_roomy(self, arc: int, further: Claim) -> bool:
        """Return whether everything fits even if the worst of all states came together, which is quick to tell."""
        name, left = further.traffic_class, self.sums.left(arc)
        if left is not None and name in self._sharing:
            return left >= 0 and further.rate_bps <= left
        if self._classes[name].scheduling in _GUARANTEED_BY_RESERVATION:
            if left is not None:
                return left >= 0 and further.rate_bps <= min(left, self._share(arc, name))
            room = self._room_of(arc)
            share = room.by_class.get(name, self._share(arc, name))
            return room.is_enough and further.rate_bps <= min(room.left_bps, share)
        peaks = dict(self._peaks(arc))
        peaks[name] = peaks.get(name, 0) + further.rate_bps
        return self._worst_lack(arc, peaks) is None

    def _room_of(self, arc: int) -> Mixed:
        """Return what is left of an arc of which sums do not tell it."""
        found = self._rooms.get(arc)
        if found is None:
            found = self._rooms[arc] = self._mixed_room(arc, self._peaks(arc))
        return found

    def _mixed_room(self, arc: int, peaks: Mapping[str, int]) -> Mixed:
        background, least = self._network.background_bps[arc], self._least(arc)
        need = sum(self._guarantee(arc, name, bps) for name, bps in peaks.items())
        left_bps = self._network.capacity_bps[arc] - background - need
        return Mixed(
            is_enough=self._worst_lack(arc, peaks) is None,
            left_bps=left_bps if least is None else min(left_bps, least - background - sum(peaks.values())),
            by_class={name: self._share(arc, name) - bps for name, bps in peaks.items()},
        )

    def _lack(self, arc: int, outage: Outage, further: Claim | None) -> tuple[int, str | None] | None:
        """Return what is missing in a state, and of which class's share: next to what other classes' queues are guaranteed."""
        reserved, peaks = self.reserved(arc, outage, further), self._peaks(arc)
        names = reserved if further is None else (further.traffic_class,)
        needs = (self._guarantee(arc, name, reserved[name]) - self._open_bps(arc, name, peaks) for name in names)
        return self._first_lack(arc, max(needs, default=0), reserved, self._most(arc, outage))

    def _open_bps(self, arc: int, name: str, peaks: Mapping[str, int]) -> int:
        """Return what the other classes leave to one: their queues are guaranteed their worst state's reservations all the time."""
        others = sum(self._guarantee(arc, other, bps) for other, bps in peaks.items() if other != name)
        return self._network.capacity_bps[arc] - self._network.background_bps[arc] - others

    def _worst_lack(self, arc: int, peaks: Mapping[str, int]) -> tuple[int, str | None] | None:
        """Return what would be missing, and of which class's share, if the worst states of all classes came together."""
        need = sum(self._guarantee(arc, name, bps) for name, bps in peaks.items())
        missing = need - (self._network.capacity_bps[arc] - self._network.background_bps[arc])
        return self._first_lack(arc, missing, peaks, self._least(arc))

    def _first_lack(
        self, arc: int, missing: int, reserved: Mapping[str, int], most_bps: int | None
    ) -> tuple[int, str | None] | None:
        """Return what is missing of the whole, else of a class's share; `most_bps`: an assertion's limit on all that is reserved."""
        if most_bps is not None:
            missing = max(missing, sum(reserved.values()) + self._network.background_bps[arc] - most_bps)
        if missing > 0:
            return missing, None
        for name, bps in sorted(reserved.items()):
            if bps > self._share(arc, name):
                return bps - self._share(arc, name), name
        return None

    def _most(self, arc: int, outage: Outage) -> int | None:
        return self._caps.most_bps(arc, outage) if self._is_capped else None

    def _least(self, arc: int) -> int | None:
        return self._caps.least_bps(arc) if self._is_capped else None

    def _share(self, arc: int, name: str) -> int:
        """Return what a class may have reserved of an arc: its share, or all of it."""
        capacity, traffic_class = self._network.capacity_bps[arc], self._classes[name]
        if traffic_class.scheduling in (Scheduling.STRICT, Scheduling.SHARE):
            return capacity * traffic_class.share_ppb // PPB
        return capacity

    def _guarantee(self, arc: int, name: str, reserved_bps: int) -> int:
        """Return what the scheduler has to set aside for a class that uses the link."""
        traffic_class, capacity_bps = self._classes[name], self._network.capacity_bps[arc]
        if traffic_class.scheduling is Scheduling.SHARE:
            return -(-capacity_bps * traffic_class.share_ppb // PPB)
        if traffic_class.scheduling is Scheduling.IDLE:
            return max(reserved_bps, -(-capacity_bps * _IDLE_PPB // PPB))
        return reserved_bps
