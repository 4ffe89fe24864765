"""What the bounds of all demands leave to each queue, as a kernel counts it: `allowances` of one program after the other, where they differ."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from operator import ne
from typing import TYPE_CHECKING

from intentc.delay.turning import difference, kernels
from intentc.realise.model import RealisedDemand
from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.native.careers import Careers
    from intentc.native.shares import Shares

_MOST_PARTS = 4  # one in so many demands may have come or gone, else all are counted anew
_Demands = Mapping[str, RealisedDemand]
Limits = Callable[[str, _Demands], "array[int]"]


@frozen
class _Counted:
    """What was counted of a demand: what its own bounds leave, or rows, and whether nothing is to be lost on its paths."""

    number: int
    rows: array[int] | None  # None: its own bounds, one way
    is_careful: bool


class Leeway:
    """That of one program after the other."""

    def __init__(self, careers: Careers) -> None:
        self._careers = careers
        self._shares: Shares | None = None
        self._numbers: Mapping[str, int] = {}
        self._counted: dict[str, _Counted] = {}
        self._replies: dict[str, str] = {}  # to what request
        self.changed: Sequence[tuple[int, int]] | None = (
            None  # ports and classes with other figures than before; None: any may have
        )

    def of(self, demands: _Demands, numbers: Mapping[str, int], limits: Limits) -> Shares:
        """Return what some demands, with their careers, leave to all queues; it goes on to be that of the next ones.

        `limits`: of a demand with other bounds than on its latency one way, what these leave to queues on its paths.
        """
        shares, before = self._shares, self._numbers
        self._numbers = numbers
        differing = difference(before, numbers, ne)
        others = {*differing.gone, *differing.come}
        if shares is None or _MOST_PARTS * len(others) > len(numbers):
            return self._anew(demands, limits)
        replies = {key for key, request in self._replies.items() if request in others} - others
        gone = [self._forget(key) for key in (*differing.gone, *sorted(replies))]
        for key in (*differing.come, *sorted(replies)):
            self._count(shares, key, demands, limits)
        for counted in gone:
            _enter(shares, counted, -1)
        if shares.is_short:
            items = self._counted.values()
            shares.mend(
                [item.number for item in items if item.rows is None],
                [item.rows for item in items if item.rows is not None],
            )
        self.changed = shares.changed()
        return shares

    def _anew(self, demands: _Demands, limits: Limits) -> Shares:
        shares: Shares = kernels("shares").Shares(self._careers)
        self._shares, self.changed, self._counted, self._replies = shares, None, {}, {}
        for key in self._numbers:
            self._count(shares, key, demands, limits)
        shares.changed()
        return shares

    def _count(self, shares: Shares, key: str, demands: _Demands, limits: Limits) -> None:
        demand, number = demands[key].demand, self._numbers[key]
        if not demand.has_bandwidth:
            return
        is_plain = demand.jitter_ns is None and demand.reply_to is None
        rows = None if is_plain else limits(key, demands)
        if demand.reply_to is not None:
            self._replies[key] = demand.reply_to
        self._counted[key] = counted = _Counted(number, rows, demand.loss_ppb is not None)
        _enter(shares, counted, 1)

    def _forget(self, key: str) -> _Counted | None:
        self._replies.pop(key, None)
        return self._counted.pop(key, None)


def _enter(shares: Shares, counted: _Counted | None, sign: int) -> None:
    if counted is None:
        return
    if counted.rows is None:
        shares.add((counted.number,), sign)
    else:
        shares.add_rows(counted.rows, sign)
    if counted.is_careful:
        shares.add_careful(counted.number, sign)
