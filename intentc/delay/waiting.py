"""What packets wait for along the paths of all demands, and what that makes of these: in a session, only where anything is different."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import is_
from typing import TYPE_CHECKING, Protocol

from intentc.delay.latency import BASES
from intentc.delay.turning import Difference, kernels, keys_in_place
from intentc.realise.model import QueueBound, QueueKey, RealisedDemand
from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.native.routes import Amounts, Routes

_Demands = Mapping[str, RealisedDemand]


class Waits:
    """What packets may wait for at each port and class, and its basis: that of one program's queues after the other."""

    def __init__(self, routes: Routes, ports: Mapping[tuple[str, str], int], groups: Mapping[str, int]) -> None:
        self._routes, self._ports, self._groups = routes, ports, groups
        self._last: tuple[Mapping[QueueKey, QueueBound], Amounts] | None = None

    def of(self, queues: Mapping[QueueKey, QueueBound]) -> Amounts:
        """Return what packets may wait for along paths over some queues."""
        others = None if self._last is None else keys_in_place(self._last[0], queues)
        if self._last is None or others is None:
            others, found = tuple(queues), self._empty()
        else:
            found = self._last[1].copy() if others else self._last[1]
        for key in others:
            link, node, name = key
            bound = queues[key]
            found.put(self._ports[node, link], self._groups[name], bound.queueing_us, BASES.index(bound.basis))
        self._last = queues, found
        return found

    def _empty(self) -> Amounts:
        found: Amounts = kernels("routes").Amounts(self._routes, len(self._groups))
        return found


class Crossing(Protocol):
    """Who tells in which demands two programs differ, and which have a path over a queue where packets wait for something else."""

    def difference(self, before: _Demands, after: _Demands) -> Difference: ...

    def crossing(self, before: Amounts, after: Amounts) -> Iterable[str]: ...


@frozen
class _Found:
    """What was found of the demands of a program, where packets waited for something."""

    demands: _Demands
    amounts: Amounts
    found: dict[str, RealisedDemand]


class Known:
    """What is known of all demands of one program after the other, of the same rows: those that do not keep their bounds for sure (`late`), and

    all with their queueing (`settled`). Only those are asked for that are others, or have a path over a queue that is another one.
    """

    def __init__(self) -> None:
        self._late: _Found | None = None
        self._settled: _Found | None = None
        self._asked: tuple[tuple[object, ...], tuple[set[str], bool]] | None = None

    def late(
        self, rows: Crossing, demands: _Demands, amounts: Amounts, is_late: Callable[[RealisedDemand], bool]
    ) -> dict[str, RealisedDemand]:
        """Return the demands of which `is_late` says so, in their order."""
        if self._late is None:
            found = {key: item for key, item in demands.items() if is_late(item)}
        else:
            asked = self._others(rows, self._late, demands, amounts)[0] | self._late.found.keys()
            late = {key for key in asked if key in demands and is_late(demands[key])}
            found = {key: item for key, item in demands.items() if key in late} if late else {}
        self._late = _Found(demands, amounts, found)
        return found

    def settled(
        self, rows: Crossing, demands: _Demands, amounts: Amounts, settle: Callable[[RealisedDemand], RealisedDemand]
    ) -> dict[str, RealisedDemand]:
        """Return what `settle` makes of each demand."""
        last = self._settled
        if last is None:
            found = {key: settle(item) for key, item in demands.items()}
        else:
            others, is_in_place = self._others(rows, last, demands, amounts)
            if is_in_place:
                found = dict(last.found)
                for key in others:
                    if key in demands:
                        found[key] = settle(demands[key])
            else:
                found = {
                    key: last.found[key] if key in last.found and key not in others else settle(item)
                    for key, item in demands.items()
                }
        self._settled, self._asked = _Found(demands, amounts, found), None  # the program before is let go
        return found

    def _others(self, rows: Crossing, last: _Found, demands: _Demands, amounts: Amounts) -> tuple[set[str], bool]:
        """Return the demands, gone ones among them, of which something else may hold than the last time, and whether all have the same keys.

        Mostly both questions are about the same two programs.
        """
        asked = last.demands, last.amounts, demands, amounts
        if self._asked is None or not all(map(is_, self._asked[0], asked)):
            differing = rows.difference(last.demands, demands)
            others = {*differing.gone, *differing.come}
            if last.amounts is not amounts:
                others.update(rows.crossing(last.amounts, amounts))
            self._asked = asked, (others, differing.is_in_place)
        return self._asked[1]
