"""Who has reserved what on every link and direction, in the normal state and in every promised failure state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.book import Book, Claim, bps_of
from intentc.place.caps import Caps
from intentc.place.fill import Fill
from intentc.place.outlook import PPM, Outlook, Room, Rooms, Row
from intentc.place.reservation import Reservation, Shortage
from intentc.resolve.model import Scheduling, TrafficClass

PPB = 1_000_000_000
_GUARANTEED_BY_RESERVATION = (Scheduling.WEIGHT, Scheduling.STRICT)
_IDLE_PPB = 10_000_000  # RFC 8622: background must not starve for ever


class Ledger:
    """The books of all arcs. Reservations are added and removed as a whole; nothing is refused here, only counted."""

    def __init__(self, network: Network, classes: Mapping[str, TrafficClass], caps: Caps | None = None) -> None:
        self._network = network
        self._classes = classes
        self._books: dict[int, Book] = {}
        self._rooms: dict[int, Room] = {}
        self._fill = Fill()
        self._under, self._above = network.under, network.above
        self._mean_packet = network.topology.routing.mean_packet
        self._outlook = Outlook(network, self._room_of)
        self._sharing = frozenset(name for name, item in classes.items() if item.scheduling is Scheduling.WEIGHT)
        self._caps = caps or Caps(network, ())
        self._is_capped = True

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
        self._rooms.clear()
        self._outlook.forget_all()

    def copy(self) -> Ledger:
        """Return the same books, to be changed apart."""
        found = Ledger(self._network, self._classes, self._caps)
        found._books = {arc: book.copy() for arc, book in self._books.items()}
        found._is_capped = self._is_capped
        found._fill.forget(found._books)
        return found

    def add(self, reservation: Reservation) -> None:
        """Enter a reservation."""
        self._enter(reservation, 1)

    def remove(self, reservation: Reservation) -> None:
        """Take out a reservation that was added before."""
        self._enter(reservation, -1)

    def _enter(self, reservation: Reservation, sign: int) -> None:
        touched = reservation.all_arcs
        if self._above:
            touched = touched.union(*(self._above.get(arc, ()) for arc in touched))
        for arc in touched:
            self._forget(arc)
        for arc in reservation.arcs:
            book, normal = self._books.setdefault(arc, Book()), reservation.claim_on(arc)
            book.post(normal, sign)
            link = arc >> 1  # what is down carries nothing anyway
            book.post_changes([outage for outage in reservation.states if link not in outage.links], normal, -sign)
        moved: dict[int, list[Outage]] = {}
        for outage, arcs in reservation.states.items():
            for arc in arcs:
                moved.setdefault(arc, []).append(outage)
        for arc, outages in moved.items():
            book = self._books.setdefault(arc, Book())
            for claim, those in reservation.claims_in(arc, outages):
                book.post_changes(those, claim, sign)
        self._fill.forget(touched)
        self._outlook.forget(touched)

    def reserved(self, arc: int, outage: Outage = NORMAL, further: Claim | None = None) -> Mapping[str, int]:
        """Return the bps that each class has reserved on an arc in a state, classes that only use it with 0.

        `further` is counted as if it were there in that state already.
        """
        return self._book(arc).reserved(outage, further)

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
        book, background = self._book(arc), self._network.background_bps[arc]
        reserved = book.reserved(outage)
        left = self._open_bps(arc, name, book.peaks()) - self._guarantee(arc, name, reserved.get(name, 0))
        most = self._most(arc, outage)
        if most is not None:
            left = min(left, most - background - sum(reserved.values()))
        packet = self._mean_packet
        below = (
            self.left_bps(low, name, outage) * packet // (packet + extra) for low, extra in self._under.get(arc, ())
        )
        return min(left, *below) if arc in self._under else left

    def has_room(self, arc: int, outage: Outage = NORMAL, further: Claim | None = None) -> bool:
        """Return whether everything fits on an arc in a state; with `further`, whether that does, also below a tunnel."""
        if not self._under or further is None or arc not in self._under:
            return self._has_room(arc, outage, further)
        is_room = self._has_room(arc, outage, further)
        return is_room and all(self.has_room(low, outage, claim) for low, claim in self._below(arc, further))

    def _has_room(self, arc: int, outage: Outage, further: Claim | None) -> bool:
        room = self._rooms.get(arc) or self._room_of(arc)
        if further is None:
            if room.is_enough:
                return True
            if room.by_class is not None:
                return self._lack(arc, outage, None) is None
            return all(row.bps_in(outage) <= row.most_bps for row in room.rows.values())
        if further.traffic_class not in self._sharing:
            return self._is_roomy(arc, room, further) or self._lack(arc, outage, further) is None
        if room.is_enough and further.rate_bps <= room.left_bps:
            return True
        if room.by_class is not None:
            return self._lack(arc, outage, further) is None
        growth = further.own_bps if further.is_lone else self._book(arc).growth(outage, further)
        row = room.row(further.traffic_class)
        return row.bps_in(outage) + growth <= row.most_bps

    def is_kept_for_failures(self, arc: int, outage: Outage, further: Claim) -> bool:
        """Return whether a claim would fit in a state, were it not for what other classes' queues are guaranteed for other states."""
        capacity, reserved = self._network.capacity_bps[arc], self._book(arc).reserved(outage, further)
        need = sum(self._guarantee(arc, name, bps) for name, bps in reserved.items())
        missing = need - (capacity - self._network.background_bps[arc])
        return self._first_lack(arc, missing, reserved, self._most(arc, outage)) is None

    def is_outlined(self, claim: Claim) -> bool:
        """Return whether a claim's room can be told for all arcs at once: of a class that shares all of a link, in no pool."""
        return claim.is_lone and claim.traffic_class in self._sharing

    def open_to(self, claim: Claim, outage: Outage) -> Callable[[int], bool]:
        """Return the test whether a claim fits on an arc in a state; it has to be one that `is_outlined`.

        It holds until anything is entered.
        """
        return self._outlook.open_to(
            claim.traffic_class, claim.own_bps, outage, lambda arc: self.has_room(arc, outage, claim)
        )

    def short_anywhere(self, claim: Claim) -> Callable[[int], bool]:
        """Return the test whether a claim would not fit on an arc in some state; it has to be one that `is_outlined`."""
        is_tight = self._outlook.is_tight_for(claim.own_bps)
        return lambda arc: is_tight(arc) and self.is_short_anywhere(arc, claim)

    def below(self, claim: Claim, level_ppm: int) -> Callable[[int], bool]:
        """Return the test whether a claim fills an arc no further than to a level in the normal state; it is to be `is_outlined`."""
        return self._outlook.below(claim.own_bps, level_ppm)

    def _lack(self, arc: int, outage: Outage, further: Claim | None) -> tuple[int, str | None] | None:
        """Return what is missing in a state, and of which class's share: next to what other classes' queues are guaranteed."""
        book = self._book(arc)
        reserved, peaks = book.reserved(outage, further), book.peaks()
        names = reserved if further is None else (further.traffic_class,)
        needs = (self._guarantee(arc, name, reserved[name]) - self._open_bps(arc, name, peaks) for name in names)
        return self._first_lack(arc, max(needs, default=0), reserved, self._most(arc, outage))

    def _most(self, arc: int, outage: Outage) -> int | None:
        return self._caps.most_bps(arc, outage) if self._is_capped else None

    def _open_bps(self, arc: int, name: str, peaks: Mapping[str, int]) -> int:
        """Return what the other classes leave to one: their queues are guaranteed their worst state's reservations all the time."""
        others = sum(self._guarantee(arc, other, bps) for other, bps in peaks.items() if other != name)
        return self._network.capacity_bps[arc] - self._network.background_bps[arc] - others

    def has_room_always(self, arc: int, further: Claim) -> bool:
        """Return True where a claim fits on an arc in any state, even if the worst of all came together; False proves nothing."""
        below = self._below(arc, further) if self._under else ()
        is_roomy = self._is_roomy(arc, self._room_of(arc), further)
        return is_roomy and all(self.has_room_always(low, claim) for low, claim in below)

    def rooms(self, arc: int, claim: Claim) -> Rooms | None:
        """Return in which states a claim fits on an arc, as `has_room` tells of each; None where each has to be asked for."""
        if arc in self._under:
            return None
        room = self._rooms.get(arc) or self._room_of(arc)
        if self._is_roomy(arc, room, claim):
            return Rooms(is_enough=True)
        if room.by_class is not None or not self.is_outlined(claim):
            return None
        row = room.row(claim.traffic_class)
        most = row.most_bps - claim.own_bps
        is_enough = bps_of(row.normal) <= most
        unlike = [outage for outage, by in row.moves.items() if (bps_of(row.normal + by) <= most) is not is_enough]
        return Rooms(is_enough, tuple(unlike))

    def is_short_anywhere(self, arc: int, further: Claim) -> bool:
        """Return whether a claim on an arc would not fit in some state, the normal one included, be it below a tunnel."""
        if self._under and any(self.is_short_anywhere(low, claim) for low, claim in self._below(arc, further)):
            return True
        room = self._rooms.get(arc) or self._room_of(arc)
        if self._is_roomy(arc, room, further):
            return False
        book = self._book(arc)
        if room.by_class is None and further.is_lone and further.traffic_class in self._sharing:
            peak = book.peaks().get(further.traffic_class, 0)
            return peak + further.own_bps > room.row(further.traffic_class).most_bps
        return not all(self.has_room(arc, outage, further) for outage in (NORMAL, *book.outages))

    def clash_beyond(self, arcs: Iterable[int], mask: int, claim: Claim) -> Shortage | None:
        """Return the first thing that some arcs lack for a claim, in the normal state or in one that touches nothing of a mask.

        Looked for only for claims that are `is_outlined`, on arcs of which sums tell all.
        """
        if not self.is_outlined(claim):
            return None
        own = claim.own_bps
        for arc in sorted(arcs):
            room = self._rooms.get(arc) or self._room_of(arc)
            if room.by_class is not None or not self.is_short_anywhere(arc, claim):
                continue
            row = room.row(claim.traffic_class)
            for outage, by in row.moves.items():
                if bps_of(row.normal + by) + own > row.most_bps and not outage.mask & mask:
                    found = self.shortage(arc, outage, claim)
                    if found is not None:
                        return found
        return None

    def shortages(self, reservation: Reservation) -> Iterator[Shortage]:
        """Yield what the arcs of a reservation that was added lack, in the normal state and in all states it can weigh on."""
        for arc in sorted(reservation.arcs):
            if not self._room_of(arc).is_enough:
                yield from self._shortages_in(arc, (NORMAL, *self._book(arc).outages))
        for outage, arcs in reservation.states.items():
            for arc in sorted(arc for arc in arcs if arc not in reservation.arcs):
                yield from self._shortages_in(arc, (outage,))

    def _shortages_in(self, arc: int, outages: tuple[Outage, ...]) -> Iterator[Shortage]:
        for outage in outages:
            found = self.shortage(arc, outage)
            if found is not None:
                yield found

    def _room_of(self, arc: int) -> Room:
        found = self._rooms.get(arc)
        if found is None:
            found = self._rooms[arc] = self._room(arc, self._book(arc))
        return found

    def _forget(self, arc: int) -> None:
        self._rooms.pop(arc, None)

    def _is_roomy(self, arc: int, room: Room, further: Claim) -> bool:
        """Return whether everything fits even if the worst of all states came together, which is quick to tell."""
        if room.by_class is None and further.traffic_class in self._sharing:
            return room.is_enough and further.rate_bps <= room.left_bps
        if self._classes[further.traffic_class].scheduling in _GUARANTEED_BY_RESERVATION:
            left = room.by_class.get(further.traffic_class) if room.by_class is not None else None
            share = self._share(arc, further.traffic_class) if left is None else left
            return room.is_enough and further.rate_bps <= min(room.left_bps, share)
        peaks = dict(self._book(arc).peaks())
        peaks[further.traffic_class] = peaks.get(further.traffic_class, 0) + further.rate_bps
        return self._worst_lack(arc, peaks) is None

    def _least(self, arc: int) -> int | None:
        return self._caps.least_bps(arc) if self._is_capped else None

    def _room(self, arc: int, book: Book) -> Room:
        """Return what is left; where only classes are in use that share all of the link, sums say it."""
        peaks = book.peaks()
        if self._caps_count or not book.classes <= self._sharing:
            return self._mixed_room(arc, book, peaks)
        left_bps = self._network.capacity_bps[arc] - self._network.background_bps[arc] - sum(peaks.values())
        rows = {name: Row(*book.row(name), left_bps + bps) for name, bps in peaks.items()}
        return Room(left_bps >= 0, left_bps, None, book.normal_sum, rows, Row(0, {}, left_bps))

    def _mixed_room(self, arc: int, book: Book, peaks: Mapping[str, int]) -> Room:
        background, least = self._network.background_bps[arc], self._least(arc)
        need = sum(self._guarantee(arc, name, bps) for name, bps in peaks.items())
        left_bps = self._network.capacity_bps[arc] - background - need
        return Room(
            is_enough=self._worst_lack(arc, peaks) is None,
            left_bps=left_bps if least is None else min(left_bps, least - background - sum(peaks.values())),
            by_class={name: self._share(arc, name) - bps for name, bps in peaks.items()},
            normal=book.normal_sum,
            rows={},
            blank=Row(0, {}, left_bps),
        )

    @property
    def _caps_count(self) -> bool:
        return self._is_capped and self._caps.is_any

    def _share(self, arc: int, name: str) -> int:
        """Return what a class may have reserved of an arc: its share, or all of it."""
        capacity, traffic_class = self._network.capacity_bps[arc], self._classes[name]
        if traffic_class.scheduling in (Scheduling.STRICT, Scheduling.SHARE):
            return capacity * traffic_class.share_ppb // PPB
        return capacity

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

    def _guarantee(self, arc: int, name: str, reserved_bps: int) -> int:
        """Return what the scheduler has to set aside for a class that uses the link."""
        traffic_class, capacity_bps = self._classes[name], self._network.capacity_bps[arc]
        if traffic_class.scheduling is Scheduling.SHARE:
            return -(-capacity_bps * traffic_class.share_ppb // PPB)
        if traffic_class.scheduling is Scheduling.IDLE:
            return max(reserved_bps, -(-capacity_bps * _IDLE_PPB // PPB))
        return reserved_bps

    def utilisation_ppm(self, arc: int, further: Claim | None = None) -> int:
        """Return reservations and background over the capacity of an arc in the normal state, rounded up."""
        reserved = bps_of(self._room_of(arc).normal)
        if further is not None:
            reserved += further.own_bps if further.is_lone else self._book(arc).growth(NORMAL, further)
        return -(-(reserved + self._network.background_bps[arc]) * PPM // self._network.capacity_bps[arc])

    def fullest_ppm(self) -> int:
        """Return the utilisation of the fullest arc with an entry in any state, 0 where there is none."""
        return self._fill.most(lambda arc: None if self._book(arc).is_empty else self.utilisation_ppm(arc))

    def used_arcs(self) -> list[int]:
        """Return the arcs with an entry in any state, sorted."""
        return sorted(arc for arc, book in self._books.items() if not book.is_empty)

    def states_at(self, arc: int) -> tuple[Outage, ...]:
        """Return the failure states in which an arc carries something else than normally."""
        return self._book(arc).outages

    def _book(self, arc: int) -> Book:
        return self._books.get(arc) or _BLANK


_BLANK = Book()
