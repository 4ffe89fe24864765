"""The fixed point by kernels: what `solve.Solver` does, with the same result; what the scheduler owes each class is still said here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from intentc.delay.ends import make_ends
from intentc.delay.rows import Rows, kernels
from intentc.delay.service import End, Recipe, hold_ns, least_limit_bytes, loosened, recipes
from intentc.delay.streams import Web
from intentc.delay.verdicts import ASSUMED, PROVED, QUEUE_LIMIT
from intentc.delay.wiring import beside, find_siblings
from intentc.realise.model import QueueBound, QueueKey, Realised

if TYPE_CHECKING:
    from intentc.native.queues import Case, Solver
    from intentc.native.queues import Recipe as Row

_BASES = (PROVED, QUEUE_LIMIT, ASSUMED)
_NS_PER_US = 1000
_NORMAL = -1
_NO_CASE = (0, 0, 0, 0, 0, False, False, 0)
Worst = Mapping[QueueKey, frozenset[int]]
_Menu = list[tuple[int, int]] | None
_Dish = list["Row"]


def solved(rows: Rows, realised: Realised, hints: Worst) -> tuple[Mapping[QueueKey, QueueBound], Worst] | None:
    """Return the bounds of all queues, sorted, and the states that proved the worst; None where numbers grow too large for kernels."""
    return _Program(rows, realised).settled(hints)


class _Program:
    def __init__(self, rows: Rows, realised: Realised) -> None:
        self._rows = rows
        self._web = rows.web(realised)
        self._keys = rows.keys(self._web)
        marks = self._web.marks()
        self._bursts = [bursts for *_, bursts in marks]
        self._is_unknown = [is_unknown for _, _, is_unknown, _ in marks]
        self._table = Web(
            keys=self._keys,
            is_open=[is_open for is_open, *_ in marks],
            is_policed=[not is_unpoliced for _, is_unpoliced, *_ in marks],
        )
        self._ends = dict(make_ends(realised, self._table, rows.ends))
        rows.served.begin()
        self._siblings = find_siblings(self._table)
        self._nodes = realised.model.topology.nodes
        self._places = self._web.places_of()
        self._allowances = rows.allowances(realised)
        self._lossless = {number for number, place in enumerate(self._places) if self._allowances.get(*place)[1] > 0}
        self._web.finish([self._ends[key[:2]].may_be_tight for key in self._keys])
        self._menus: list[_Menu] = [None] * len(self._keys)
        self._dishes: list[list[_Dish]] = [[] for _ in self._keys]
        self._cases: list[Case] = [_NO_CASE] * len(self._keys)

    def settled(self, hints: Worst) -> tuple[Mapping[QueueKey, QueueBound], Worst] | None:
        solver: Solver = kernels("queues").Solver(self._web, self._rows.line_bps, self._rows.mtu)
        known = [hints.get(key) for key in self._keys]
        due = list(range(len(self._keys)))
        while True:
            for queue in due:
                self._serve(queue)
            next_to = beside(self._table, self._siblings, [self._ends[key[:2]] for key in self._keys])
            solver.serve(self._menus, self._dishes, next_to, self._cases, known)
            overflowing = solver.settle()
            if overflowing is None:
                return None
            if not overflowing:
                break
            due = self._limit(solver, overflowing)
        return self._bounds(solver), self._worst(solver)

    def _limit(self, solver: Solver, overflowing: Iterable[int]) -> list[int]:
        """Take queues as in `solve.Solver._limit`; return those that are served otherwise now."""
        due: set[int] = set()
        for queue in overflowing:
            if queue in self._lossless:
                self._lossless.remove(queue)
                due.add(queue)
            else:
                link, node, name = self._keys[queue]
                solver.limit(queue)
                self._ends[link, node] = loosened(self._ends[link, node], name)
                due.update(self._siblings[link, node].values())
        return sorted(due)

    def _serve(self, queue: int) -> None:
        """Find what a queue is served, and what bounds it."""
        link, node, name = self._keys[queue]
        end = self._ends[link, node]
        share, most = end.shares[name], -1
        if queue not in self._lossless:
            most, waiting_us = hold_ns(share.own), self._allowances.get(*self._places[queue])[0]
            if waiting_us >= 0:
                most = min(most, waiting_us * _NS_PER_US + end.packet_ns)
        self._cases[queue] = (
            most,
            least_limit_bytes(share.own, end.mtu),
            self._bursts[queue],
            -1 if end.queue_bytes is None else end.queue_bytes,
            end.mtu,
            share.is_held,
            share.own.drops_early,
            hold_ns(share.own) // _NS_PER_US,
        )
        if end.is_tight:
            self._menus[queue], self._dishes[queue] = self._tight(queue, end)
        else:
            self._dishes[queue] = [self._known(queue, end)]

    def _tight(self, queue: int, end: End) -> tuple[_Menu, list[_Dish]]:
        """Return the states that may count and what a queue is served in each (`servers.Servers`)."""
        link, node, name = self._keys[queue]
        loads: dict[int, dict[str, int]] = {0: {}}
        found = {other: self._web.loads(number) for other, number in self._siblings[link, node].items()}
        loads[0] = normal = {other: bps for other, (bps, _) in found.items()}
        for other, (bps, changes) in found.items():
            for states, growth_bps in changes:
                for state in states:
                    loads.setdefault(state, dict(normal))[other] = bps + growth_bps
        of_state = {state: change for change, (states, _) in enumerate(found[name][1]) for state in states}
        menu: dict[tuple[int, tuple[int, ...]], tuple[int, int]] = {}
        dishes: list[_Dish] = []
        for state, own in loads.items():
            kind = (of_state.get(state, _NORMAL), tuple([bps for other, bps in own.items() if other != name]))
            if kind not in menu:
                menu[kind] = (kind[0], len(dishes))
                dishes.append(self._dish(queue, recipes(end, name, own)))
        return list(menu.values()), dishes

    def _known(self, queue: int, end: End) -> _Dish:
        """Return what a queue is served in any state: that of the last time where its end is the same, with the same queues."""
        key = self._keys[queue]
        make = partial(self._any, queue, end, key[2])
        return self._rows.served.of(key, (end,), make, self._siblings[key[:2]])

    def _any(self, queue: int, end: End, name: str) -> _Dish:
        return self._dish(queue, recipes(end, name, None))

    def _dish(self, queue: int, own: tuple[Recipe, ...]) -> _Dish:
        siblings = self._siblings[self._keys[queue][:2]]
        return [
            (
                recipe.rate_bps,
                recipe.left_bps,
                recipe.ahead,
                recipe.extra_ns,
                [(siblings.get(term.name, -1), term.is_leaving, term.least) for term in recipe.terms],
            )
            for recipe in own
        ]

    def _bounds(self, solver: Solver) -> Mapping[QueueKey, QueueBound]:
        found: dict[QueueKey, QueueBound] = {}
        rows = solver.bounds()
        for queue in sorted(range(len(self._keys)), key=self._keys.__getitem__):
            key = self._keys[queue]
            delay_ns, backlog, limit, burst, basis = rows[queue]
            is_known = not self._is_unknown[queue] and self._nodes[key[1]].platform != "none"
            packet_ns = self._ends[key[:2]].packet_ns
            found[key] = QueueBound(
                delay_ns=delay_ns,
                queueing_us=-(-max(0, delay_ns - packet_ns) // _NS_PER_US),
                backlog_bytes=backlog,
                limit_bytes=limit,
                burst_bytes=burst,
                basis=_BASES[basis] if is_known else ASSUMED,
            )
        return found

    def _worst(self, solver: Solver) -> Worst:
        return {key: frozenset(states) for key, states in zip(self._keys, solver.worst(), strict=True)}
