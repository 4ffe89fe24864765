"""The reservations on one direction of one link: pools in the normal state, and what differs in each failure state."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from intentc.forwarding.outage import NORMAL, Outage
from intentc.values import frozen


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

    @property
    def own_bps(self) -> int:
        """Return what the claim reserves where its pool has no other member."""
        return min(self.rate_bps, self.limit_bps)


@dataclass(slots=True)
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


_Counts = dict[str, tuple[int, int]]  # class -> members, reserved bps
_NOTHING: _Counts = {}


class Book:
    """One arc's pools, with sums by class that are kept up to date."""

    def __init__(self) -> None:
        self._normal: dict[str, _Share] = {}
        self._changes: dict[Outage, dict[str, _Share]] = {}
        self._by_class: _Counts = {}
        self._moves: dict[Outage, _Counts] = {}  # how the sums of a state differ from the normal ones
        self._peaks: dict[str, int] = {}  # class -> at least its largest move; may be stale, then too high

    def copy(self) -> Book:
        """Return the same entries, to be changed apart."""
        found = Book()
        found._normal = {pool: share.copy() for pool, share in self._normal.items()}
        found._changes = {
            outage: {pool: share.copy() for pool, share in changes.items()} for outage, changes in self._changes.items()
        }
        found._by_class = dict(self._by_class)
        found._moves = {outage: dict(moves) for outage, moves in self._moves.items()}
        found._peaks = dict(self._peaks)
        return found

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is reserved in any state."""
        return not self._by_class and not self._moves

    @property
    def outages(self) -> tuple[Outage, ...]:
        """Return the failure states in which something differs from the normal one."""
        return tuple(self._moves)

    def post(self, claim: Claim, sign: int) -> None:
        """Enter (`sign` 1) or take out (-1) a claim of the normal state."""
        pool, name = claim.pool, claim.traffic_class
        if claim.is_lone:
            _add(self._by_class, name, sign, sign * claim.own_bps)
            return
        moved = [outage for outage, changes in self._changes.items() if pool in changes]
        for outage in moved:
            self._count(self._moves[outage], name, pool, outage, -1)
        before = _reserved_bps(self._normal.get(pool), None)
        _post(self._normal, claim, sign)
        _add(self._by_class, name, sign, _reserved_bps(self._normal.get(pool), None) - before)
        for outage in moved:
            self._count(self._moves[outage], name, pool, outage, 1)

    def post_change(self, outage: Outage, claim: Claim, sign: int) -> None:
        """Enter or take out a claim of one failure state; taking out one of the normal state releases it there."""
        pool, name = claim.pool, claim.traffic_class
        moves = self._moves.setdefault(outage, {})
        if claim.is_lone:
            _add(moves, name, sign, sign * claim.own_bps)
            self._raise_peak(name, moves)
        else:
            changes = self._changes.setdefault(outage, {})
            self._count(moves, name, pool, outage, -1)
            _post(changes, claim, sign)
            self._count(moves, name, pool, outage, 1)
            if not changes:
                del self._changes[outage]
        if not moves and outage not in self._changes:
            del self._moves[outage]

    def post_changes(self, outages: Iterable[Outage], claim: Claim, sign: int) -> None:
        """Enter or take out the same claim of several failure states."""
        if not claim.is_lone:
            for outage in outages:
                self.post_change(outage, claim, sign)
            return
        all_moves, name, bps = self._moves, claim.traffic_class, sign * claim.own_bps
        peak = self._peaks.get(name, 0)
        for outage in outages:
            moves = all_moves.get(outage)
            if moves is None:
                moves = all_moves[outage] = {}
            members, moved = moves.get(name, (0, 0))
            members, moved = members + sign, moved + bps
            if members or moved:
                moves[name] = members, moved
                peak = max(peak, moved)
            else:
                del moves[name]
                if not moves and outage not in self._changes:
                    del all_moves[outage]
        if peak:
            self._peaks[name] = peak

    def need_bps(self, outage: Outage, classes: Container[str]) -> int | None:
        """Return the sum of all that is reserved in a state, None where a class is in use that is not one of `classes`."""
        total = 0
        for name, (_, bps) in self._by_class.items():
            if name not in classes:
                return None
            total += bps
        for name, (_, bps) in self._moves.get(outage, _NOTHING).items():
            if name not in classes:
                return None
            total += bps
        return total

    def _raise_peak(self, name: str, moves: _Counts) -> None:
        moved = moves.get(name)
        if moved is not None and moved[1] > self._peaks.get(name, 0):
            self._peaks[name] = moved[1]

    def _count(self, moves: _Counts, name: str, pool: str, outage: Outage, sign: int) -> None:
        """Add, or take away, what a pool contributes to the difference of a state."""
        change = self._changes[outage].get(pool)
        if change is not None:
            own = self._normal.get(pool)
            grown = _reserved_bps(own, change) - _reserved_bps(own, None)
            _add(moves, name, sign * change.count, sign * grown)
            self._raise_peak(name, moves)

    def reserved(self, outage: Outage, further: Claim | None = None) -> Mapping[str, int]:
        """Return the bps reserved by class in a state, `further` included; classes without a member are left out."""
        found = dict(self._by_class)
        for name, (members, bps) in (self._moves.get(outage, {}) if outage is not NORMAL else {}).items():
            _add(found, name, members, bps)
        if further is not None:
            _add(found, further.traffic_class, 1, self.growth(outage, further))
        return {name: bps for name, (_, bps) in found.items()}

    def ceiling(self) -> Mapping[str, int]:
        """Return per class at least what is reserved in any state; the worst of each class may be that of another state."""
        names = self._by_class.keys() | self._peaks.keys()
        return {name: self._by_class.get(name, (0, 0))[1] + self._peaks.get(name, 0) for name in names}

    def settle_ceiling(self) -> None:
        """Make the ceiling as low as it can be: what was taken out again may still count in it."""
        self._peaks = {}
        for moves in self._moves.values():
            for name, (_, bps) in moves.items():
                self._peaks[name] = max(self._peaks.get(name, 0), bps)

    def total_bps(self, further: Claim | None = None) -> int:
        """Return all that is reserved in the normal state, `further` included."""
        total = sum(bps for _, bps in self._by_class.values())
        return total if further is None else total + self.growth(NORMAL, further)

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


def _add(counts: _Counts, name: str, members: int, bps: int) -> None:
    """Add to a class; one without members and bps is left out."""
    own = counts.get(name, (0, 0))
    found = own[0] + members, own[1] + bps
    if found == (0, 0):
        counts.pop(name, None)
    else:
        counts[name] = found


def _post(shares: dict[str, _Share], claim: Claim, sign: int) -> None:
    share = shares.setdefault(claim.pool, _Share())
    share.add(claim, sign)
    if share.is_blank:
        del shares[claim.pool]
