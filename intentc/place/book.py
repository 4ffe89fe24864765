"""Pools in one place: their members in the normal state, and what differs in each failure state."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping

from intentc.forwarding.outage import Outage
from intentc.place.page import Page
from intentc.realise.labels import LABEL_BYTES, with_bytes
from intentc.values import field, frozen, mutable, replace


def bare_bps(bps: int, labels: int, mean_packet: int) -> int:
    """Return the largest rate of packets that comes to no more than `bps` with so many labels in front of them."""
    return bps * mean_packet // (mean_packet + LABEL_BYTES * labels)


@frozen
class Claim:
    """What one demand reserves on each arc of its paths: `rate_bps`, but its pool together no more than `limit_bps`.

    `is_lone`: the pool has no other member, so its claims are simply added up. `is_spread`: of several paths an arc takes its
    share (`parts.py`).
    """

    pool: str
    traffic_class: str
    rate_bps: int
    limit_bps: int
    is_lone: bool = False
    is_spread: bool = False

    def with_labels(self, labels: int, mean_packet: int) -> Claim:
        """Return the claim of packets with so many labels in front of them."""
        return self.with_bytes(LABEL_BYTES * labels, mean_packet)

    def with_bytes(self, extra: int, mean_packet: int) -> Claim:
        """Return the claim of packets with so many bytes around them."""
        if not extra:
            return self
        rate, limit = (with_bytes(bps, extra, mean_packet) for bps in (self.rate_bps, self.limit_bps))
        return replace(self, rate_bps=rate, limit_bps=limit)

    def beside(self, other: Claim | None) -> Claim:
        """Return what the same demand claims that takes an arc in both ways, by itself and below a tunnel."""
        if other is None:
            return self
        return replace(self, rate_bps=self.rate_bps + other.rate_bps, limit_bps=self.limit_bps + other.limit_bps)

    @property
    def own_bps(self) -> int:
        """Return what the claim reserves where its pool has no other member."""
        return min(self.rate_bps, self.limit_bps)


@mutable
class _Share:
    """Members of one pool: how many, the sum of their rates, and how many have which limit (differences may be negative)."""

    count: int = 0
    rate_bps: int = 0
    limits: dict[int, int] = field(default_factory=dict)

    def add(self, claim: Claim, sign: int) -> None:
        self.count += sign
        self.rate_bps += sign * claim.rate_bps
        members = self.limits.get(claim.limit_bps, 0) + sign
        if members:
            self.limits[claim.limit_bps] = members
        else:
            del self.limits[claim.limit_bps]

    def copy(self) -> _Share:
        return _Share(self.count, self.rate_bps, dict(self.limits))

    def merge(self, other: _Share) -> None:
        self.count += other.count
        self.rate_bps += other.rate_bps
        for limit, members in other.limits.items():
            self.limits[limit] = self.limits.get(limit, 0) + members

    @property
    def is_blank(self) -> bool:
        return not self.count and not self.rate_bps and not self.limits


class Pools(ABC):
    """The members of pools in one place. What a pool reserves grows by less than a claim where it comes to a limit; what it does to
    the sums by class is told to `_post` and `_move`.
    """

    def __init__(self) -> None:
        self._normal: dict[str, _Share] = {}
        self._changes: dict[Outage, dict[str, _Share]] = {}

    def _copy_to(self, found: Pools) -> None:
        found._normal = {pool: share.copy() for pool, share in self._normal.items()}
        found._changes = {
            outage: {pool: share.copy() for pool, share in changes.items()} for outage, changes in self._changes.items()
        }

    @abstractmethod
    def _post(self, name: str, bps: int, members: int) -> None:
        """Add to the sum of a class in the normal state."""

    @abstractmethod
    def _move(self, outages: Iterable[Outage], name: str, bps: int, members: int) -> None:
        """Add to how the sum of a class differs in some states."""

    def post(self, claim: Claim, sign: int) -> None:
        """Enter (`sign` 1) or take out (-1) a claim of the normal state."""
        pool, name = claim.pool, claim.traffic_class
        if claim.is_lone:
            self._post(name, sign * claim.own_bps, sign)
            return
        moved = [outage for outage, changes in self._changes.items() if pool in changes]
        for outage in moved:
            self._count(name, pool, outage, -1)
        before = _reserved_bps(self._normal.get(pool), None)
        _enter(self._normal, claim, sign)
        self._post(name, _reserved_bps(self._normal.get(pool), None) - before, sign)
        for outage in moved:
            self._count(name, pool, outage, 1)

    def post_changes(self, outages: Iterable[Outage], claim: Claim, sign: int) -> None:
        """Enter or take out the same claim of several failure states; taking out one of the normal state releases it there."""
        if claim.is_lone:
            self._move(outages, claim.traffic_class, sign * claim.own_bps, sign)
            return
        pool, name = claim.pool, claim.traffic_class
        for outage in outages:
            changes = self._changes.setdefault(outage, {})
            self._count(name, pool, outage, -1)
            _enter(changes, claim, sign)
            self._count(name, pool, outage, 1)
            if not changes:
                del self._changes[outage]

    def _count(self, name: str, pool: str, outage: Outage, sign: int) -> None:
        """Add, or take away, what a pool contributes to the difference of a state."""
        change = self._changes[outage].get(pool)
        if change is not None:
            own = self._normal.get(pool)
            grown = _reserved_bps(own, change) - _reserved_bps(own, None)
            self._move((outage,), name, sign * grown, sign * change.count)

    def growth(self, outage: Outage, further: Claim) -> int:
        """Return by how much a claim adds to what its pool has reserved in a state."""
        if further.is_lone:
            return further.own_bps
        own, change = self._normal.get(further.pool), self._changes.get(outage, {}).get(further.pool)
        if own is None and change is None:
            return min(further.rate_bps, further.limit_bps)
        extra = _Share()
        extra.add(further, 1)
        if change is not None:
            extra.merge(change)
        return _reserved_bps(own, extra) - _reserved_bps(own, change)


class Book(Pools):
    """Pools with sums by class of their own."""

    def __init__(self) -> None:
        super().__init__()
        self._page: Page[str, Outage] = Page()

    def copy(self) -> Book:
        """Return the same entries, to be changed apart."""
        found = Book()
        self._copy_to(found)
        found._page = self._page.copy()
        return found

    def _post(self, name: str, bps: int, members: int) -> None:
        self._page.post(name, bps, members)

    def _move(self, outages: Iterable[Outage], name: str, bps: int, members: int) -> None:
        self._page.move(outages, name, bps, members)

    @property
    def outages(self) -> tuple[Outage, ...]:
        """Return the failure states in which something differs from the normal one."""
        return tuple(self._page.states)

    def reserved(self, outage: Outage) -> Mapping[str, int]:
        """Return the bps reserved by class in a state; classes without a member are left out."""
        return self._page.reserved(outage)


def _reserved_bps(own: _Share | None, change: _Share | None) -> int:
    """Return what a pool reserves: the sum of its rates, but no more than the largest limit that holds for a member."""
    count = (own.count if own is not None else 0) + (change.count if change is not None else 0)
    if not count:
        return 0
    rate = (own.rate_bps if own is not None else 0) + (change.rate_bps if change is not None else 0)
    members = own.limits if own is not None else {}
    moved = change.limits if change is not None else {}
    limits = [limit for limit, count in members.items() if count + moved.get(limit, 0) > 0]
    limits += [limit for limit, count in moved.items() if count > 0 and limit not in members]
    return min(rate, max(limits, default=0))


def _enter(shares: dict[str, _Share], claim: Claim, sign: int) -> None:
    share = shares.setdefault(claim.pool, _Share())
    share.add(claim, sign)
    if share.is_blank:
        del shares[claim.pool]
