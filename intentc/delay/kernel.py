"""The fixed point by kernels: what `solve.Solver` does, with the same result; what the scheduler owes each class is still said here."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from intentc.delay.columns import BASES, Bounds, Cases, Worsts
from intentc.delay.dishes import Dish, Kind
from intentc.delay.fitness import has_two_cpus
from intentc.delay.last import Facts, Found, Kept, Offers, Sender, Worst, columns_of, marks_of
from intentc.delay.rows import Rows, kernels
from intentc.delay.service import End, loosened
from intentc.delay.streams import BITS
from intentc.delay.verdicts import ASSUMED
from intentc.realise.model import QueueBound, QueueKey, Realised

if TYPE_CHECKING:
    from intentc.native.queues import Menu, Offered, Row, Solver
    from intentc.native.replay import Replay

MANY_QUEUES = 2_000  # of which two threads finish half each
MANY_LOOKS = 512  # at queues, in a sweep, which two CPUs share
_NS_PER_US = 1000
_NORMAL = -1
_NO_ROW: Row = (None, (), (), (0, 0, 0, 0, 0, False, False, 0), None)


def solved(rows: Rows, realised: Realised, hints: Worst) -> tuple[Mapping[QueueKey, QueueBound], Worst] | None:
    """Return the bounds of all queues, sorted, and the states that proved the worst; None where numbers grow too large for kernels."""
    return _Program(rows, realised).settled(hints)


class _Program:
    def __init__(self, rows: Rows, realised: Realised) -> None:
        self._rows = rows
        last, self._web = rows.last, rows.web(realised)
        self._keys = rows.keys(self._web)
        shares = rows.allowances(realised)
        if rows.is_lasting:
            self._marks = last.marks = marks_of(self._web, self._keys, shares, rows.leeway.changed, last.marks)
        else:
            self._marks = columns_of(self._web, self._keys, shares)
        self._cases = self._marks.cases
        ends, may_be_tight = rows.ends.of(realised, self._marks.table)
        self._ends = ends
        self._topology = realised.model.topology
        self._replay: Replay | None = None  # what iterates, in a session
        rows.finish(self._web, realised, self._is_wide(may_be_tight), is_shared=self._is_for_two())

    def _is_wide(self, may_be_tight: Mapping[Sender, bool]) -> Sequence[bool] | None:
        """Return of each queue whether its end may be tight; None where all is as it was with the last program."""
        last, web = self._rows.last, self._web
        known, last.wide = last.wide, (may_be_tight, web, web.layout)
        if known is not None and known[0] is may_be_tight and known[1] is web and known[2] == web.layout:
            return None
        return [may_be_tight[link, node] for link, node, _ in self._keys]

    def _is_for_two(self) -> bool:
        """Return whether a second thread has a CPU to run on, and so much to do that it is worth it."""
        return len(self._keys) >= MANY_QUEUES and has_two_cpus()

    def settled(self, hints: Worst) -> tuple[Mapping[QueueKey, QueueBound], Worst] | None:
        last, solver = self._rows.last, self._solver(hints)
        while True:
            overflowing = solver.settle()
            if overflowing is None:
                return None
            if not overflowing:
                break
            self._limit(solver, overflowing)
            if self._rows.is_lasting:
                solver.serve(self._offers(hints)[0])
            else:
                self._serve(solver, hints)
        if not self._rows.is_lasting:
            columns = self._columns(solver)
            self._keep(solver)
            return columns
        found, last.replay = last.found, self._replay
        if last.replay is not None and found is not None and found.keys == self._keys:
            last.found = self._changed(solver, found, [*last.replay.changed(), *self._told_otherwise(found)])
        else:
            last.found = Found(self._keys, self._bounds(solver), self._worst(solver), self._marks.is_unknown)
        return last.found.bounds, last.found.worst

    def _solver(self, hints: Worst) -> Solver:
        """Return what iterates, with what all queues are served: in a session by what the last iteration went through."""
        rows, last = self._rows, self._rows.last
        if not rows.is_lasting:
            many = MANY_LOOKS if self._is_for_two() else 0
            plain: Solver = kernels("queues").Solver(self._web, rows.line_bps, rows.mtu, many)
            kept, last.kept = last.kept, None
            self._serve(plain, hints, kept)
            return plain
        offered, changed = self._offers(hints)
        known, last.replay = last.replay, None  # what fails on the way is of no use any more
        if known is not None and changed is not None and known.turn(rows.line_bps, rows.mtu):
            known.serve_few(changed, [offered[queue] for queue in changed])
            self._replay = known
            return known
        found: Replay = kernels("replay").Replay(self._web, rows.line_bps, rows.mtu, known)
        found.serve([(*row[:4], hints.get(key)) for row, key in zip(offered, self._keys, strict=True)])
        self._replay = found
        return found

    def _limit(self, solver: Solver, overflowing: Sequence[int]) -> None:
        """Take queues as in `solve.Solver._limit`."""
        cases = self._cases
        lossless = [queue for queue in overflowing if cases[queue][2]]
        ends = dict(self._ends)
        for queue in overflowing:
            if not cases[queue][2]:
                link, node, name = self._keys[queue]
                solver.limit(queue)
                ends[link, node] = loosened(ends[link, node], name)
        self._ends = ends
        if isinstance(cases, Cases):
            self._cases = cases.without_loss(lossless)
            return
        changed = list(cases)
        for queue in lossless:
            number, bursts, _, waiting_us = changed[queue]
            changed[queue] = number, bursts, False, waiting_us
        self._cases = changed

    def _offers(self, hints: Worst) -> tuple[Sequence[Row], Sequence[int] | None]:
        """Return what each queue is served, and what bounds it: that of the last time where its end and the queues there are the same.

        And which queues may be served something else, or in other states, than the last time (None: all).
        """
        last, due, cases = self._rows.last, self._web.due(), self._cases
        known, last.offers = last.offers, None  # its rows are no use any more if this fails on the way
        if known is not None and known.keys == self._keys:
            rows, senders, tight = known.rows, known.changed(self._ends, cases, due), set(known.tight)
        else:
            self._rows.offered.begin()
            rows, senders, tight = [_NO_ROW] * len(self._keys), set(self._ends), set()
        tight -= senders
        for sender in sorted(senders):
            end, own = self._ends[sender], self._marks.siblings[sender]
            make = partial(self._offered, end, own)
            if end.is_tight:
                tight.add(sender)
                offered = make()
            else:
                offered = self._rows.offered.of(sender, (end,), make, [cases[number] for number in own.values()])
            for number, row in zip(own.values(), offered, strict=True):
                rows[number] = (*row, None)
        for number in range(len(rows)) if due is None else due:
            hint = hints.get(self._keys[number])
            if rows[number][4] is not hint:
                rows[number] = (*rows[number][:4], hint)
        last.offers = Offers(self._keys, self._ends, cases, tight, rows)
        if known is None or known.keys is not self._keys or due is None:
            return rows, None
        return rows, sorted({*due, *(number for sender in senders for number in self._marks.siblings[sender].values())})

    def _again(self, kept: Kept | None) -> bytearray | None:
        """Return of each queue whether it is served as it was in what is `kept`; None: there is nothing of this web."""
        if kept is None or kept.web is not self._web or not isinstance(self._cases, Cases):
            return None
        return kept.again(self._keys, self._ends, self._cases)

    def _serve(self, solver: Solver, hints: Worst, kept: Kept | None = None) -> None:
        """Say what each queue is served, where there will be no other program: no rows are kept. `kept`: what was, in the round before."""
        again = self._again(kept)
        served = None if kept is None or again is None else kept.served
        if isinstance(hints, Worsts):
            solver.serve(self._served({}, again), served, again, hints.columns(self._keys))
        else:
            solver.serve(self._served(hints, again), served, again)

    def _served(self, hints: Worst, again: bytearray | None) -> Iterator[Row]:
        """Yield what each queue is served, and what bounds it, but for those that are served `again` what they were."""
        dishes, kinds = self._rows.dishes, dict[Sender, Kind | None]()
        for queue, key in enumerate(self._keys):
            if again is not None and again[queue]:
                continue
            sender, name = key[:2], key[2]
            end, own = self._ends[sender], self._marks.siblings[sender]
            if sender not in kinds:
                kinds[sender] = None if end.is_tight else dishes.kind(end)
            yield (*self._offer(end, name, queue, own, kinds[sender]), hints.get(key))

    def _keep(self, solver: Solver) -> None:
        """Keep what all queues were served, for the round that may come."""
        if isinstance(self._cases, Cases):
            tight = {sender for sender, end in self._ends.items() if end.is_tight}
            self._rows.last.kept = Kept(solver.keep(), self._web, self._keys, self._ends, self._cases, tight)

    def _offer(self, end: End, name: str, queue: int, own: Mapping[str, int], kind: Kind | None) -> Offered:
        """Return what a queue is served, and what bounds it; `kind`: that of an end that is not tight."""
        dishes = self._rows.dishes
        menu: Menu | None = None
        if kind is None:
            kind = dishes.kind(end)
            menu, served = self._tight(queue, end)
        else:
            served = [dishes.served(kind, end, name)]
        _, bursts, is_lossless, waiting_us = self._cases[queue]
        case = kind.case(end, end.shares[name], bursts, waiting_us, is_lossless=is_lossless)
        return menu, served, kind.delayed(name, own), case

    def _offered(self, end: End, own: Mapping[str, int]) -> list[Offered]:
        kind = None if end.is_tight else self._rows.dishes.kind(end)
        return [self._offer(end, name, queue, own, kind) for name, queue in own.items()]

    def _tight(self, queue: int, end: End) -> tuple[Menu, list[Dish]]:
        """Return the states that may count and what a queue is served in each (`servers.Servers`)."""
        link, node, name = self._keys[queue]
        loads: dict[int, dict[str, int]] = {0: {}}
        found = {other: self._web.loads(number) for other, number in self._marks.siblings[link, node].items()}
        loads[0] = normal = {other: bps for other, (bps, _) in found.items()}
        for other, (bps, changes) in found.items():
            for states, growth_bps in changes:
                for state in states:
                    loads.setdefault(state, dict(normal))[other] = bps + growth_bps
        of_state = {state: change for change, (states, _) in enumerate(found[name][1]) for state in states}
        menu: dict[tuple[int, tuple[int, ...]], tuple[int, int]] = {}
        dishes: list[Dish] = []
        for state, own in loads.items():
            kind = (of_state.get(state, _NORMAL), tuple([bps for other, bps in own.items() if other != name]))
            if kind not in menu:
                menu[kind] = (kind[0], len(dishes))
                dishes.append(self._rows.dishes.dish(end, name, own))
        return list(menu.values()), dishes

    def _told_otherwise(self, found: Found) -> list[int]:
        """Return the queues of whose basis more or less is known than the last time, which no iteration tells."""
        known, now = found.is_unknown, self._marks.is_unknown
        return [] if known is now else [queue for queue, is_unknown in enumerate(now) if is_unknown != known[queue]]

    def _changed(self, solver: Solver, found: Found, changed: Collection[int]) -> Found:
        """Return what was found the last time, but for some queues."""
        keys = self._keys
        bounds = {keys[queue]: self._known(solver, queue, self._rows.last.bounds) for queue in changed}
        bounds = {key: bound for key, bound in bounds.items() if bound is not found.bounds[key]}
        for queue in changed:
            found.worst[keys[queue]] = frozenset(solver.worst(queue))
        told = {**found.bounds, **bounds} if bounds else found.bounds
        return Found(keys, told, found.worst, self._marks.is_unknown)

    def _columns(self, solver: Solver) -> tuple[Bounds, Worsts]:
        """Return what was found as columns, in the order of keys."""
        last, web, mtu, line_bps = self._rows.last, self._web, self._rows.mtu, self._rows.line_bps
        order = last.keys.order(self._keys)
        *words, bases = solver.columns(order)
        basis, is_unknown = bytearray(bases), self._marks.is_unknown
        topology = self._topology
        is_sure = not (topology.sharers or topology.shapers) and all(
            node.platform != "none" for node in topology.nodes.values()
        )
        for place, queue in () if is_sure and not any(is_unknown) else enumerate(order):
            if is_unknown[queue] or self._is_assumed(self._keys[queue]):
                basis[place] = BASES.index(ASSUMED)
        packet_ns = array("q", [-(-mtu[port >> 1] * BITS // line_bps[port]) for port, _ in web.places_of(order)])
        places = last.keys.places(self._keys)
        begins, states = solver.worsts(order)
        return (
            Bounds(places, [array("q", column) for column in words], packet_ns, bytes(basis)),
            Worsts(places, array("i", begins), array("i", states)),
        )

    def _bounds(self, solver: Solver) -> Mapping[QueueKey, QueueBound]:
        last, keys = self._rows.last, self._keys
        known = {key: last.bounds[key] for key in keys if key in last.bounds}
        found = [self._known(solver, queue, known) for queue in range(len(keys))]  # as they lie in memory
        last.bounds = known
        return {keys[queue]: found[queue] for queue in last.keys.order(keys)}

    def _known(self, solver: Solver, queue: int, known: dict[QueueKey, tuple[Facts, QueueBound]]) -> QueueBound:
        """Return the bound of a queue: the one that is known where it is made of the same."""
        key, facts = self._keys[queue], (solver.bound(queue), self._marks.is_unknown[queue])
        before = known.get(key)
        if before is None or before[0] != facts:
            before = known[key] = facts, self._bound(key, facts)
        return before[1]

    def _bound(self, key: QueueKey, facts: Facts) -> QueueBound:
        (delay_ns, backlog, limit, burst, basis), is_unknown = facts
        packet_ns = self._ends[key[:2]].packet_ns
        is_known = not is_unknown and not self._is_assumed(key)
        return QueueBound(
            delay_ns=delay_ns,
            queueing_us=-(-max(0, delay_ns - packet_ns) // _NS_PER_US),
            backlog_bytes=backlog,
            limit_bytes=limit,
            burst_bytes=burst,
            basis=BASES[basis] if is_known else ASSUMED,
        )

    def _is_assumed(self, key: QueueKey) -> bool:
        """Return whether nothing is proved of a queue, whoever sends to it: nobody configures it, or knows what its scheduler does."""
        return self._topology.nodes[key[1]].platform == "none" or self._ends[key[:2]].is_assumed(key[2])

    def _worst(self, solver: Solver) -> dict[QueueKey, frozenset[int]]:
        found: dict[tuple[int, ...], frozenset[int]] = {}  # many are the same
        worst: dict[QueueKey, frozenset[int]] = {}
        for queue, key in enumerate(self._keys):
            states = tuple(solver.worst(queue))
            known = found.get(states)
            worst[key] = found.setdefault(states, frozenset(states)) if known is None else known
        return worst
