"""Who reserves what on every link and direction: the normal state, and every failure state that anyone is promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from intentc.manifest.elements import NOTHING, Elements
from intentc.manifest.model import PathEntry
from intentc.values import frozen
from intentc.verify.behaviour import behaviour, behaviour_from_entry, is_spared
from intentc.verify.case import Case, World
from intentc.verify.check_states import claimed
from intentc.verify.failures import State
from intentc.verify.shares import Held, held_on
from intentc.verify.tunnels import Arc

_Row = tuple[tuple[PathEntry, ...], "Claim"]
_Pools = dict[tuple[str, str], dict[int, Held]]  # class and pool -> demand -> what it reserves


@frozen
class Claim:
    """What one demand asks for, and with its labels reserves on each link; members of a pool together no more than the largest."""

    pool: str
    traffic_class: str
    rate_bps: int
    is_spread: bool


@frozen
class Page:
    """Reservations of one state: bps per direction of a link and class; a class that only uses a link has 0."""

    by_class: Mapping[Arc, Mapping[str, int]]

    def total(self, arc: Arc) -> int:
        """Return what is reserved on one direction of a link."""
        return sum(self.by_class.get(arc, {}).values())


@frozen
class Books:
    """The normal page, and one per distinct set of failed elements with the ids of the states that fail them."""

    normal: Page
    failures: tuple[tuple[tuple[str, ...], Page], ...]

    @cached_property
    def rows(self) -> Mapping[Arc, Sequence[Mapping[str, int]]]:
        """Return what is reserved on each arc by class, page by page; what a page shares with the normal one stands there once."""
        found: dict[Arc, list[Mapping[str, int]]] = {arc: [row] for arc, row in self.normal.by_class.items()}
        for _, page in self.failures:
            for arc, row in page.by_class.items():
                if row is not self.normal.by_class.get(arc):
                    found.setdefault(arc, []).append(row)
        return found

    def peaks(self, arc: Arc) -> dict[str, int]:
        """Return what each class reserves on an arc in its worst state: what its queue is guaranteed all the time."""
        found: dict[str, int] = {}
        for row in self.rows.get(arc, ()):
            for name, bps in row.items():
                found[name] = max(bps, found.get(name, 0))
        return {name: found[name] for name in sorted(found)}

    def worst(self, arc: Arc) -> int:
        """Return what is reserved on an arc in its worst state."""
        return max((sum(row.values()) for row in self.rows.get(arc, ())), default=0)

    def beside(self, page: Page, name: str) -> Page:
        """Return a page on which all classes but one have what their queues are guaranteed."""
        arcs = {*self.rows, *page.by_class}
        return Page({arc: _replaced(self.peaks(arc), name, page.by_class.get(arc, {})) for arc in arcs})


def _replaced(peaks: Mapping[str, int], name: str, reserved: Mapping[str, int]) -> dict[str, int]:
    others = {each: bps for each, bps in peaks.items() if each != name}
    return {**others, name: reserved[name]} if name in reserved else others


def keep_books(world: World, cases: Mapping[str, tuple[Case, ...]]) -> Books:
    """Return the books of the demands in `cases` (all cases of one id are one demand with their rates added)."""
    states: dict[Elements, list[str]] = {}
    for group in cases.values():
        for state in group[0].wanted.promised.states:
            known = states.setdefault(state.failed, [])
            if state.id not in known:
                known.append(state.id)
    normal = _Normal(world, cases)
    failures = [(tuple(sorted(ids)), normal.page_in(State(ids[0], failed))) for failed, ids in states.items()]
    return Books(normal.page, tuple(sorted(failures, key=lambda item: item[0])))


def failed_page(world: World, cases: Mapping[str, tuple[Case, ...]], state: State) -> Page:
    """Return what is reserved in a failure state, promised to anyone or not."""
    rows = []
    for group in cases.values():
        row = row_in(world, group, state)
        if row is not None:
            rows.append((group, *row))
    return _page(world, rows, state.failed)


def normal_row(group: tuple[Case, ...]) -> tuple[tuple[PathEntry, ...], Claim]:
    """Return the paths and the claim of a demand in the normal state."""
    return group[0].entry.primary.paths, _normal(group)


def row_in(world: World, group: tuple[Case, ...], state: State) -> tuple[tuple[PathEntry, ...], Claim] | None:
    """Return the paths and the claim of a demand in a state; None where it reserves nothing."""
    own = next((each for each in group[0].wanted.promised.states if each.failed == state.failed), None)
    return _row(world, group, state.failed, own)


def _row(
    world: World, group: tuple[Case, ...], failed: Elements, own: State | None
) -> tuple[tuple[PathEntry, ...], Claim] | None:
    """Return the paths and the claim of a demand that is promised a state as its `own`, or not at all."""
    case, paths = group[0], group[0].entry.primary.paths
    if own is None:
        # Not promised anything: it keeps its reservation only where nothing happens to it.
        if failed.breaks(paths):
            return None  # whatever its packets do, they do not take what has failed
        outcome = behaviour_from_entry(world, case, failed)
        is_moved = outcome.fault is not None or {(p.path, p.links) for p in outcome.paths()} != {
            (p.path, p.links) for p in paths
        }
        return None if is_moved else (paths, _normal(group))
    told = claimed(case, own)
    if told is not None and told.paths != paths:
        return told.paths, _failover(group)
    if own.id in case.entry.unprotected or own.failed.breaks(paths):
        return None
    normal, failover = _normal(group), _failover(group)
    return paths, max(normal, failover, key=lambda claim: claim.rate_bps)


def _normal(group: tuple[Case, ...]) -> Claim:
    return _claim(group, [case.wanted.rate.bandwidth_bps for case in group])


def _failover(group: tuple[Case, ...]) -> Claim:
    return _claim(group, [case.wanted.rate.failover_bps for case in group])


def _claim(group: tuple[Case, ...], rates: Iterable[int]) -> Claim:
    case = group[0]
    pool = f"{case.asked.name}/{case.wanted.rate.pool}"
    return Claim(pool, case.asked.traffic_class, sum(rates), case.asked.is_spread)


def _page(
    world: World, rows: Iterable[tuple[tuple[Case, ...], tuple[PathEntry, ...], Claim]], failed: Elements
) -> Page:
    pools: dict[Arc, _Pools] = {}
    for number, (group, paths, claim) in enumerate(rows):
        for arc, held in _held(world, group, paths, claim, failed).items():
            pools.setdefault(arc, {}).setdefault((claim.traffic_class, claim.pool), {})[number] = held
    return Page({arc: _by_class(found) for arc, found in pools.items()})


def _held(
    world: World, group: tuple[Case, ...], paths: tuple[PathEntry, ...], claim: Claim, failed: Elements
) -> Mapping[Arc, Held]:
    """Return by direction of a link what a demand reserves there when `failed` is down."""
    case = group[0]
    found = behaviour_from_entry if paths == case.entry.primary.paths else behaviour
    labels = found(world, case, failed).labels if case.entry.policies else {}
    return held_on(world.topology, paths, claim.rate_bps, labels, is_spread=claim.is_spread)


def _by_class(pools: _Pools) -> dict[str, int]:
    found: dict[str, int] = {}
    for (traffic_class, _), members in pools.items():
        found[traffic_class] = found.get(traffic_class, 0) + _of_pool(members)
    return found


def _of_pool(members: Mapping[int, Held]) -> int:
    """Return what a pool reserves. The hose model: its limit is its rate, which every member may use alone."""
    most = max([held.whole for held in members.values()])
    return min(sum([held.bps for held in members.values()]), most)


def _named(case: Case) -> frozenset[str]:
    """Return the states of which the manifest says something of a demand by name."""
    return frozenset(case.entry.unprotected).union(*(entry.when for entry in case.entry.states))


class _Normal:
    """The normal page, from which those of failure states differ on few links."""

    def __init__(self, world: World, cases: Mapping[str, tuple[Case, ...]]) -> None:
        self._world = world
        self._rows = [(group, *normal_row(group)) for group in cases.values()]
        self._held = [_held(world, *row, NOTHING) for row in self._rows]
        self._promised: list[dict[Elements, State]] = []
        for group, _, _ in self._rows:
            states = group[0].wanted.promised.states
            self._promised.append({state.failed: state for state in reversed(states)})  # the first of equal ones
        self._pools: dict[Arc, _Pools] = {}
        for number, (_, _, claim) in enumerate(self._rows):
            for arc, held in self._held[number].items():
                self._pools.setdefault(arc, {}).setdefault((claim.traffic_class, claim.pool), {})[number] = held
        self.page = Page({arc: _by_class(pools) for arc, pools in self._pools.items()})
        self._counts = {arc: Counter(name for name, _ in pools) for arc, pools in self._pools.items()}
        self._idle: dict[int, _Row | None] = {}
        self._kept: dict[int, _Row | None] = {}
        self._named = [_named(group[0]) for group, _, _ in self._rows]

    def page_in(self, state: State) -> Page:
        """Return what is reserved in a failure state: links on which nobody reserves anything else have what they normally have."""
        changed: dict[Arc, _Pools] = {}
        for number, (_, paths, claim) in enumerate(self._rows):
            row = self._row(number, state.failed)
            if row != (paths, claim):
                place = claim.traffic_class, claim.pool
                for arc in self._held[number]:
                    del self._members(arc, place, changed)[number]
                if row is not None:
                    self._enter(number, row, state.failed, changed)
        found = dict(self.page.by_class)
        for arc, pools in changed.items():
            row_now = self._changed(arc, pools)
            if row_now:
                found[arc] = row_now
            else:
                found.pop(arc, None)
        return Page(found)

    def _changed(self, arc: Arc, pools: _Pools) -> dict[str, int]:
        """Return what is reserved on an arc by class where some pools have other members than normally."""
        before, found = self._pools.get(arc, {}), dict(self.page.by_class.get(arc, {}))
        counts = Counter(self._counts.get(arc, {}))
        for place, members in pools.items():
            name, normally = place[0], before.get(place)
            counts[name] += bool(members) - (normally is not None)
            more = (_of_pool(members) if members else 0) - (_of_pool(normally) if normally else 0)
            found[name] = found.get(name, 0) + more
        return {name: bps for name, bps in found.items() if counts[name]}

    def _row(self, number: int, failed: Elements) -> _Row | None:
        """Return what `_row` of a demand comes to; the same for all states that touch nothing of it."""
        group = self._rows[number][0]
        own = self._promised[number].get(failed)
        if own is None:
            if not is_spared(self._world, group[0], failed):
                return _row(self._world, group, failed, None)
            if number not in self._idle:
                self._idle[number] = _row(self._world, group, NOTHING, None)
            return self._idle[number]
        if own.id in self._named[number] or failed.breaks(self._rows[number][1]):
            return _row(self._world, group, failed, own)
        if number not in self._kept:
            self._kept[number] = _row(self._world, group, failed, own)
        return self._kept[number]

    def _enter(
        self, number: int, row: tuple[tuple[PathEntry, ...], Claim], failed: Elements, changed: dict[Arc, _Pools]
    ) -> None:
        place = row[1].traffic_class, row[1].pool
        for arc, held in _held(self._world, self._rows[number][0], *row, failed).items():
            self._members(arc, place, changed)[number] = held

    def _members(self, arc: Arc, place: tuple[str, str], changed: dict[Arc, _Pools]) -> dict[int, Held]:
        """Return what the members of a pool reserve on an arc, to be changed."""
        pools = changed.setdefault(arc, {})
        if place not in pools:
            pools[place] = dict(self._pools.get(arc, {}).get(place, {}))
        return pools[place]
