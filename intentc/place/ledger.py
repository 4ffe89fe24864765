"""Who has reserved what on every link and direction, in the normal state and in every promised failure state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.resolve.model import Scheduling, TrafficClass

PPB = 1_000_000_000
PPM = 1_000_000
_IDLE_PPB = 10_000_000  # RFC 8622: background must not starve for ever


@dataclass(frozen=True, slots=True)
class Claim:
    """What one demand reserves on each arc of its paths: `rate_bps`, but its pool together no more than `limit_bps`."""

    pool: str
    traffic_class: str
    rate_bps: int
    limit_bps: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """A demand's claims: `normal` on `arcs`; in each of `states` it leaves these arcs and claims `failed` on the given ones.

    A state with no arcs releases the claim (the demand is not promised anything then, or has no path).
    """

    normal: Claim
    arcs: frozenset[int]
    failed: Claim
    states: Mapping[Outage, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Shortage:
    """An arc that cannot hold what is claimed in a state: `missing_bps` of the whole, or of one class's share."""

    arc: int
    outage: Outage
    missing_bps: int
    traffic_class: str | None


@dataclass(slots=True)
class _Share:
    """Members of one pool on one arc: how many, the sum of their rates, and the limits that hold for them."""

    traffic_class: str
    count: int = 0
    rate_bps: int = 0
    limits: dict[int, int] = field(default_factory=dict)  # limit -> members

    def add(self, claim: Claim, sign: int) -> None:
        self.count += sign
        self.rate_bps += sign * claim.rate_bps
        members = self.limits.get(claim.limit_bps, 0) + sign
        if members:
            self.limits[claim.limit_bps] = members
        else:
            del self.limits[claim.limit_bps]

    def merged(self, other: _Share) -> _Share:
        limits = dict(self.limits)
        for limit, members in other.limits.items():
            limits[limit] = limits.get(limit, 0) + members
        return _Share(self.traffic_class, self.count + other.count, self.rate_bps + other.rate_bps, limits)

    @property
    def reserved_bps(self) -> int:
        limit = max((limit for limit, members in self.limits.items() if members > 0), default=0)
        return min(self.rate_bps, limit)


@dataclass(slots=True)
class _Book:
    """One arc: pools in the normal state, and per state the difference to it (counts may be negative there)."""

    normal: dict[str, _Share] = field(default_factory=dict)
    changes: dict[Outage, dict[str, _Share]] = field(default_factory=dict)
    by_class: dict[str, list[int]] = field(default_factory=dict)  # class -> [members, reserved bps] in the normal state


class Ledger:
    """The books of all arcs. Reservations are added and removed as a whole; nothing is refused here, only counted."""

    def __init__(self, network: Network, classes: Mapping[str, TrafficClass]) -> None:
        self._network = network
        self._classes = classes
        self._books: dict[int, _Book] = {}

    def add(self, reservation: Reservation) -> None:
        """Enter a reservation."""
        self._enter(reservation, 1)

    def remove(self, reservation: Reservation) -> None:
        """Take out a reservation that was added before."""
        self._enter(reservation, -1)

    def _enter(self, reservation: Reservation, sign: int) -> None:
        for arc in reservation.arcs:
            book = self._books.setdefault(arc, _Book())
            _post(book.normal, reservation.normal, sign)
            self._recount(book, reservation.normal.traffic_class)
            for outage in reservation.states:
                _post_change(book, outage, reservation.normal, -sign)
        for outage, arcs in reservation.states.items():
            for arc in arcs:
                _post_change(self._books.setdefault(arc, _Book()), outage, reservation.failed, sign)

    def _recount(self, book: _Book, traffic_class: str) -> None:
        shares = [share for share in book.normal.values() if share.traffic_class == traffic_class]
        book.by_class[traffic_class] = [
            sum(share.count for share in shares),
            sum(share.reserved_bps for share in shares),
        ]
        if not shares:
            del book.by_class[traffic_class]

    def reserved(self, arc: int, outage: Outage = NORMAL, further: Claim | None = None) -> dict[str, int]:
        """Return the bps that each class has reserved on an arc in a state, classes that only use it with 0.

        `further` is counted as if it were there in that state already.
        """
        book = self._books.get(arc)
        found = {name: list(counted) for name, counted in book.by_class.items()} if book is not None else {}
        for before, after in self._moved(book, outage, further).values():
            counted = found.setdefault(after.traffic_class, [0, 0])
            counted[0] += after.count - before.count
            counted[1] += after.reserved_bps - before.reserved_bps
        return {name: bps for name, (members, bps) in sorted(found.items()) if members}

    def _moved(self, book: _Book | None, outage: Outage, further: Claim | None) -> dict[str, tuple[_Share, _Share]]:
        """Return the pools that are not as in the normal state: as they are there, and as they are in `outage`."""
        normal = book.normal if book is not None else {}
        changes = book.changes.get(outage, {}) if book is not None else {}
        moved = {}
        for pool, change in changes.items():
            before = normal.get(pool, _Share(change.traffic_class))
            moved[pool] = (before, before.merged(change))
        if further is not None:
            before = normal.get(further.pool, _Share(further.traffic_class))
            extra = _Share(further.traffic_class)
            extra.add(further, 1)
            moved[further.pool] = (before, moved.get(further.pool, (before, before))[1].merged(extra))
        return moved

    def shortage(self, arc: int, outage: Outage = NORMAL, further: Claim | None = None) -> Shortage | None:
        """Return what an arc lacks in a state, the whole before any class's share; None when everything fits."""
        reserved = self.reserved(arc, outage, further)
        capacity = self._network.capacity_bps[arc]
        need = sum(self._guarantee(name, bps, capacity) for name, bps in reserved.items())
        missing = need - (capacity - self._network.background_bps[arc])
        if missing > 0:
            return Shortage(arc, outage, missing, None)
        for name, bps in reserved.items():
            scheduling = self._classes[name].scheduling
            if scheduling in (Scheduling.STRICT, Scheduling.SHARE):
                missing = bps - capacity * self._classes[name].share_ppb // PPB
                if missing > 0:
                    return Shortage(arc, outage, missing, name)
        return None

    def _guarantee(self, name: str, reserved_bps: int, capacity_bps: int) -> int:
        """Return what the scheduler has to set aside for a class that uses the link."""
        traffic_class = self._classes[name]
        if traffic_class.scheduling is Scheduling.SHARE:
            return -(-capacity_bps * traffic_class.share_ppb // PPB)
        if traffic_class.scheduling is Scheduling.IDLE:
            return max(reserved_bps, -(-capacity_bps * _IDLE_PPB // PPB))
        return reserved_bps

    def shortages(self, reservation: Reservation) -> Iterator[Shortage]:
        """Yield what the arcs of a reservation that was added lack, in the normal state and in all states it can weigh on."""
        for arc in sorted(reservation.arcs):
            for outage in (NORMAL, *self._books[arc].changes):
                found = self.shortage(arc, outage)
                if found is not None:
                    yield found
        for outage, arcs in reservation.states.items():
            for arc in sorted(arcs - reservation.arcs):
                found = self.shortage(arc, outage)
                if found is not None:
                    yield found

    def utilisation_ppm(self, arc: int, further: Claim | None = None) -> int:
        """Return reservations and background over the capacity of an arc in the normal state, rounded up."""
        reserved = sum(self.reserved(arc, NORMAL, further).values())
        return -(-(reserved + self._network.background_bps[arc]) * PPM // self._network.capacity_bps[arc])

    def used_arcs(self) -> list[int]:
        """Return the arcs with an entry in any state, sorted."""
        return sorted(arc for arc, book in self._books.items() if book.normal or any(book.changes.values()))

    def states_at(self, arc: int) -> tuple[Outage, ...]:
        """Return the failure states in which an arc carries something else than normally."""
        book = self._books.get(arc)
        return tuple(book.changes) if book is not None else ()


def _post(shares: dict[str, _Share], claim: Claim, sign: int) -> None:
    share = shares.setdefault(claim.pool, _Share(claim.traffic_class))
    share.add(claim, sign)
    if not share.count and not share.limits and not share.rate_bps:
        del shares[claim.pool]


def _post_change(book: _Book, outage: Outage, claim: Claim, sign: int) -> None:
    shares = book.changes.setdefault(outage, {})
    _post(shares, claim, sign)
    if not shares:
        del book.changes[outage]
