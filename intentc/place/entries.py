"""What stands in the books: reservations of all demands, as sums by class and state on every arc, and the members of pools."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage, Watch
from intentc.forwarding.walk import Arcs
from intentc.place.book import Claim, Pools
from intentc.place.reservation import Reservation
from intentc.place.sums import Sums, make_sums
from intentc.resolve.model import Scheduling, TrafficClass

if TYPE_CHECKING:
    from intentc.native.ways import Ways

    Taken = tuple[Ways, Watch]  # the ways in some states, which are places of a watch

_MOST_WATCHES = 64


class _Members(Pools):
    """The pools of one arc, whose sums stand with those of all arcs."""

    def __init__(self, arc: int, entries: Entries) -> None:
        super().__init__()
        self._arc = arc
        self._entries = entries

    def copy(self, entries: Entries) -> _Members:
        """Return the same members, in books of their own."""
        found = _Members(self._arc, entries)
        self._copy_to(found)
        return found

    def _post(self, name: str, bps: int, members: int) -> None:
        self._entries.sums.post(self._arc, self._entries.class_number(name), bps, members)

    def _move(self, outages: Iterable[Outage], name: str, bps: int, members: int) -> None:
        number = self._entries.class_number(name)
        for outage in outages:
            self._entries.sums.move(self._arc, number, self._entries.number_of(outage), bps, members)


class Entries:
    """Reservations are added and removed as a whole.

    `sums` has the classes and states by number, and what is reserved on all arcs.
    """

    def __init__(self, network: Network, classes: Mapping[str, TrafficClass]) -> None:
        self._network = network
        self._classes = classes
        self._names = tuple(classes)
        self._numbers = {name: number for number, name in enumerate(self._names)}
        self._sharing = frozenset(name for name, item in classes.items() if item.scheduling is Scheduling.WEIGHT)
        self.clear()

    def clear(self) -> None:
        """Begin anew: nothing is in the books."""
        network, sharing = self._network, [name in self._sharing for name in self._names]
        self._outages: dict[Outage, int] = {NORMAL: 0}
        self._numbered = [NORMAL]
        self._by_place: dict[Watch, tuple[int, array[int]]] = {}  # how many states there were, and their numbers
        self._pools: dict[int, _Members] = {}
        self.sums = make_sums(network.capacity_bps, network.background_bps, sharing, tuple(network.under))

    def _copy_to(self, found: Entries) -> None:
        found._outages, found._numbered = dict(self._outages), list(self._numbered)
        found.sums = self.sums.copy()
        found._pools = {arc: members.copy(found) for arc, members in self._pools.items()}

    def class_number(self, name: str) -> int:
        """Return the number of a class."""
        return self._numbers[name]

    def number_of(self, outage: Outage) -> int:
        """Return the number of a state, that of the next one where it has none."""
        found = self._outages.get(outage)
        if found is None:
            found = self._outages[outage] = len(self._numbered)
            self._numbered.append(outage)
            self.sums.add_state(sorted(outage.links))
        return found

    def numbers_of(self, watch: Watch) -> array[int]:
        """Return the numbers of the states of a watch by their places, -1 where nothing of one is in the books."""
        whole, outages = watch.whole, self._outages
        count, found = self._by_place.get(whole, (0, array("i")))
        if len(found) != len(whole.all):
            found = array("i", [outages.get(outage, -1) for outage in whole.all])
        elif count != len(self._numbered):
            for outage in self._numbered[count:]:
                place = whole.place_of(outage)
                if place is not None:
                    found[place] = outages[outage]
        else:
            return found
        if len(self._by_place) > _MOST_WATCHES:  # books may stand for many placements
            self._by_place.clear()
        self._by_place[whole] = len(self._numbered), found
        return found

    def enter_ways(
        self, claims: tuple[Claim, Claim], arcs: Arcs, taken: Taken, freed: Sequence[Outage], sign: int
    ) -> bool:
        """Enter (`sign` 1) or take out (-1) what a reservation would hold: the first claim on some arcs, the second on the ways of states.

        `freed`: states in which nothing is claimed. Return False, and nothing is done, where only a reservation will do.
        """
        (normal, failed), (ways, watch) = claims, taken
        if isinstance(self.sums, Sums) or not (normal.is_lone and failed.is_lone):
            return False
        numbers = self.numbers_of(watch)
        new = [place for place in ways.places() if numbers[place] < 0]
        others = [self._outages.get(outage, -1) for outage in freed]
        if new or -1 in others:
            others = [self.number_of(outage) for outage in [*watch.at(new), *freed]][len(new) :]
            numbers = self.numbers_of(watch)
        return self.sums.enter_ways(
            (self._numbers[normal.traffic_class], normal.own_bps),
            (self._numbers[failed.traffic_class], failed.own_bps),
            arcs,
            ways,
            numbers,
            others,
            sign,
        )

    def add(self, reservation: Reservation) -> None:
        """Enter a reservation."""
        self._enter(reservation, 1)

    def remove(self, reservation: Reservation) -> None:
        """Take out a reservation that was added before."""
        self._enter(reservation, -1)

    def _enter(self, reservation: Reservation, sign: int) -> None:
        for outage in reservation.states:
            if outage not in self._outages:
                self.number_of(outage)
        normal, failed = reservation.normal, reservation.failed
        if not (normal.is_lone and failed.is_lone):
            self._enter_pools(reservation, sign)
        else:
            while not self._enter_lone(reservation, sign):
                self._widen()

    def _enter_lone(self, reservation: Reservation, sign: int) -> bool:
        normal, failed, parts = reservation.normal, reservation.failed, reservation.parts
        return self.sums.enter(
            (self._numbers[normal.traffic_class], normal.own_bps, reservation.normal_bps),
            (self._numbers[failed.traffic_class], failed.own_bps, reservation.failed_bps),
            reservation.arcs,
            reservation.states,
            self._outages,
            parts,
            parts.get(NORMAL),
            sign,
        )

    def _widen(self) -> None:
        """Go on with sums of any size."""
        network, sharing = self._network, [name in self._sharing for name in self._names]
        wide = Sums(network.capacity_bps, network.background_bps, sharing, tuple(network.under))
        for outage in self._numbered[1:]:
            wide.add_state(outage.links)
        self.sums = self.sums if isinstance(self.sums, Sums) else wide.load(self.sums)

    def _enter_pools(self, reservation: Reservation, sign: int) -> None:
        """Enter a reservation claim by claim; that of one pool is limited by what others of it reserve."""
        claims = (reservation.normal, reservation.failed, *reservation.each_part())
        if not self.sums.weigh(sum(claim.rate_bps for claim in claims), sign):
            self._widen()
        for arc in reservation.arcs:
            members, normal = self._members(arc), reservation.claim_on(arc)
            members.post(normal, sign)
            link = arc >> 1  # what is down carries nothing anyway
            members.post_changes([outage for outage in reservation.states if link not in outage.links], normal, -sign)
        moved: dict[int, list[Outage]] = {}
        for outage, arcs in reservation.states.items():
            for arc in arcs:
                moved.setdefault(arc, []).append(outage)
        for arc, outages in moved.items():
            members = self._members(arc)
            for claim, those in reservation.claims_in(arc, outages):
                members.post_changes(those, claim, sign)

    def _members(self, arc: int) -> _Members:
        found = self._pools.get(arc)
        if found is None:
            found = self._pools[arc] = _Members(arc, self)
        return found

    def _growth(self, arc: int, outage: Outage, further: Claim) -> int:
        """Return by how much a claim adds to what its pool has reserved on an arc in a state."""
        if further.is_lone or arc not in self._pools:
            return further.own_bps
        return self._pools[arc].growth(outage, further)

    def reserved(self, arc: int, outage: Outage = NORMAL, further: Claim | None = None) -> Mapping[str, int]:
        """Return the bps that each class has reserved on an arc in a state, classes that only use it with 0.

        `further` is counted as if it were there in that state already.
        """
        names = self._names
        found = {names[of]: bps for of, bps in self.sums.reserved(arc, self._outages.get(outage, -1)).items()}
        if further is not None:
            own = self._growth(arc, outage, further)
            found[further.traffic_class] = found.get(further.traffic_class, 0) + own
        return found

    def _peaks(self, arc: int) -> Mapping[str, int]:
        """Return the most bps that each class reserves in any state."""
        names = self._names
        return {names[of]: bps for of, bps in sorted(self.sums.peaks(arc).items())}

    def worst(self, arc: int, name_of: Callable[[Outage], str]) -> tuple[int, str, Mapping[str, int]]:
        """Return by how much an arc has more bps reserved in its worst state than normally, that state, and the most of each class.

        Of equally bad states it is the first by what `name_of` calls them, "" where none is worse than the normal one.
        """
        grown_bps, states = self.sums.grown(arc)
        return grown_bps, min((name_of(self._numbered[state]) for state in states), default=""), self._peaks(arc)

    def rows(self, arc: int) -> Iterator[tuple[str, int, Sequence[tuple[int, int, int]]]]:
        """Yield each class in use on an arc, its bps in the normal state, and per state its number and how bps and members differ."""
        return ((self._names[of], bps, moves) for of, bps, _, moves in self.sums.rows(arc))

    def used_arcs(self) -> list[int]:
        """Return the arcs with an entry in any state, sorted."""
        return self.sums.used_arcs()

    def states_at(self, arc: int) -> tuple[Outage, ...]:
        """Return the failure states in which an arc carries something else than normally."""
        return tuple([self._numbered[number] for number in self.sums.states(arc)])
