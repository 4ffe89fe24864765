"""The reservations on one direction of one link: pools in the normal state, and what differs in each failure state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from intentc.forwarding.outage import Outage
from intentc.realise.labels import LABEL_BYTES, with_bytes
from intentc.values import field, frozen, mutable, replace


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


_NOTHING: Mapping[Outage, int] = {}
_UNIT_BITS = 24
_UNIT, _HALF = 1 << _UNIT_BITS, 1 << (_UNIT_BITS - 1)  # room for the members of a sum, which may be less than none


class Book:
    """One arc's pools, with sums by class that are kept up to date.

    Members and bps of a sum are one integer, bps × `_UNIT` + members: sums add up, and a state is one small entry per class.
    """

    def __init__(self) -> None:
        self._normal: dict[str, _Share] = {}
        self._changes: dict[Outage, dict[str, _Share]] = {}
        self._by_class: dict[str, int] = {}
        self._moves: dict[str, dict[Outage, int]] = {}  # class -> how the sum of a state differs from the normal one
        self._peaks: dict[str, int] = {}  # class -> its largest move in bps; not there: to be looked for

    def copy(self) -> Book:
        """Return the same entries, to be changed apart."""
        found = Book()
        found._normal = {pool: share.copy() for pool, share in self._normal.items()}
        found._changes = {
            outage: {pool: share.copy() for pool, share in changes.items()} for outage, changes in self._changes.items()
        }
        found._by_class = dict(self._by_class)
        found._moves = {name: dict(moves) for name, moves in self._moves.items()}
        found._peaks = dict(self._peaks)
        return found

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is reserved in any state."""
        return not self._by_class and not self._moves

    @property
    def outages(self) -> tuple[Outage, ...]:
        """Return the failure states in which something differs from the normal one."""
        if len(self._moves) == 1:
            return tuple(*self._moves.values())
        return tuple(dict.fromkeys(outage for moves in self._moves.values() for outage in moves))

    @property
    def classes(self) -> AbstractSet[str]:
        """Return the classes with an entry in any state."""
        return self._by_class.keys() | self._moves.keys()

    def post(self, claim: Claim, sign: int) -> None:
        """Enter (`sign` 1) or take out (-1) a claim of the normal state."""
        pool, name = claim.pool, claim.traffic_class
        if claim.is_lone:
            _add(self._by_class, name, sign * (claim.own_bps * _UNIT + 1))
            return
        moved = [outage for outage, changes in self._changes.items() if pool in changes]
        for outage in moved:
            self._count(name, pool, outage, -1)
        before = _reserved_bps(self._normal.get(pool), None)
        _post(self._normal, claim, sign)
        _add(self._by_class, name, (_reserved_bps(self._normal.get(pool), None) - before) * _UNIT + sign)
        for outage in moved:
            self._count(name, pool, outage, 1)

    def post_changes(self, outages: Iterable[Outage], claim: Claim, sign: int) -> None:
        """Enter or take out the same claim of several failure states; taking out one of the normal state releases it there."""
        if claim.is_lone:
            self._move(outages, claim.traffic_class, sign * (claim.own_bps * _UNIT + 1))
            return
        pool, name = claim.pool, claim.traffic_class
        for outage in outages:
            changes = self._changes.setdefault(outage, {})
            self._count(name, pool, outage, -1)
            _post(changes, claim, sign)
            self._count(name, pool, outage, 1)
            if not changes:
                del self._changes[outage]

    def _move(self, outages: Iterable[Outage], name: str, by: int) -> None:
        """Add to the sum of a class in some states."""
        if not by:
            return
        moves = self._moves.get(name)
        if moves is None:
            moves = self._moves[name] = {}
        known, highest, is_stale = moves.get, -_HALF, False
        peak = self._peaks.get(name)
        for outage in outages:
            before = known(outage, 0)
            moved = before + by
            if moved:
                moves[outage] = moved
            else:
                del moves[outage]
            highest = max(highest, moved)
            is_stale = is_stale or (by < 0 and peak is not None and bps_of(before) >= peak)
        if not moves:
            del self._moves[name]
        if is_stale:
            del self._peaks[name]
        elif peak is not None and by > 0:
            self._peaks[name] = max(peak, bps_of(highest))

    def _count(self, name: str, pool: str, outage: Outage, sign: int) -> None:
        """Add, or take away, what a pool contributes to the difference of a state."""
        change = self._changes[outage].get(pool)
        if change is not None:
            own = self._normal.get(pool)
            grown = _reserved_bps(own, change) - _reserved_bps(own, None)
            self._move((outage,), name, sign * (grown * _UNIT + change.count))

    @property
    def normal_sum(self) -> int:
        """Return the sum of members and bps of all classes in the normal state."""
        return sum(self._by_class.values())

    def row(self, name: str) -> tuple[int, Mapping[Outage, int]]:
        """Return a class's sum in the normal state, and how states differ from it; both are good until the next entry."""
        return self._by_class.get(name, 0), self._moves.get(name, _NOTHING)

    def reserved(self, outage: Outage, further: Claim | None = None) -> Mapping[str, int]:
        """Return the bps reserved by class in a state, `further` included; classes without a member are left out."""
        found = dict(self._by_class)
        for name, moves in self._moves.items():
            _add(found, name, moves.get(outage, 0))
        if further is not None:
            _add(found, further.traffic_class, self.growth(outage, further) * _UNIT + 1)
        return {name: bps_of(both) for name, both in found.items()}

    def peaks(self) -> Mapping[str, int]:
        """Return the most bps that each class reserves in any state: what its queue has to be guaranteed all the time."""
        return {name: bps_of(self._by_class.get(name, 0)) + self._highest(name) for name in sorted(self.classes)}

    def _highest(self, name: str) -> int:
        found = self._peaks.get(name)
        if found is None:
            found = self._peaks[name] = bps_of(max(0, *self._moves.get(name, _NOTHING).values(), 0))
        return found

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


def bps_of(both: int) -> int:
    """Return the bps of a sum of members and bps."""
    return (both + _HALF) >> _UNIT_BITS


def _add(sums: dict[str, int], name: str, both: int) -> None:
    """Add to a class; one without members and bps is left out."""
    found = sums.get(name, 0) + both
    if found:
        sums[name] = found
    else:
        sums.pop(name, None)


def _post(shares: dict[str, _Share], claim: Claim, sign: int) -> None:
    share = shares.setdefault(claim.pool, _Share())
    share.add(claim, sign)
    if share.is_blank:
        del shares[claim.pool]
