"""Whether every link holds what is reserved on it in every state, and whether the manifest's link figures are right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.language import ast
from intentc.manifest.model import NORMAL_STATE, LinkEntry, RateEntry
from intentc.topology.model import Link
from intentc.values import frozen
from intentc.verify.books import Books, Page
from intentc.verify.case import World
from intentc.verify.classes import class_facts
from intentc.verify.tunnels import Arc

_FULL, _SHARE, _TABLE = "E0575", "E0576", "E0577"
_PPB = 1_000_000_000
_IDLE = "background"
_IDLE_PPB = 10_000_000  # language.md: what is idle, at least 1 %


def check_capacity(world: World, books: Books) -> None:
    """Judge every link, in both directions, in the normal state and in every failure state that anyone is promised."""
    proved = {arc: _check_arc(world, books.normal, arc, None) for arc in sorted(books.normal.by_class)}
    for ids, page in books.failures:
        for arc in sorted(page.by_class):
            if page.by_class[arc] is books.normal.by_class.get(arc) and proved[arc]:
                world.court.held["capacity"] += proved[arc]  # what was judged already holds here as well
            else:
                _check_arc(world, page, arc, ids[0])
    for arc in sorted(_used(books)):
        _check_queues(world, books, arc)


def check_table(world: World, books: Books) -> None:
    """Judge the manifest's `links` and the worst utilisation in `objective` against the books."""
    court, told = world.court, {entry.id: entry for entry in world.manifest.links}
    since = len(court.findings)
    court.judge(
        "links", _TABLE, holds=len(told) == len(world.manifest.links), otherwise="a link stands twice in `links`"
    )
    used = {name for name, _ in _used(books)}
    for name in sorted(used | set(told)):
        link = world.topology.links.get(name)
        if link is None:
            court.deny(_TABLE, f"`links` has `{name}`, which is no link of the topology")
        elif name not in told:
            court.deny(_TABLE, f"`links` leaves out `{name}`, which demands use")
        else:
            for side in _sides(link, told[name]):
                _check_side(world, books, side)
    told_max = world.manifest.objective.max_utilisation
    worst = worst_utilisation(world, books)
    said = f"`max_utilisation` is {told_max}, but the fullest link is at {worst}"
    world.court.judge("links", _TABLE, holds=told_max == worst, otherwise=said)
    court.merge(since, "such figure")


@frozen
class _Side:
    """One direction of a link, with what the manifest says of it."""

    arc: Arc
    word: str
    end: str
    told_end: str
    capacity_bps: int
    told_capacity: int
    reserved: int
    by_class: Mapping[str, int]
    worst: int
    worst_state: str
    worst_by_class: Mapping[str, int]


def _sides(link: Link, entry: LinkEntry) -> Iterator[_Side]:
    for is_ab, word in ((True, "ab"), (False, "ba")):
        capacity = entry.capacity_bps
        yield _Side(
            arc=(link.id, is_ab),
            word=word,
            end=link.a.node if is_ab else link.b.node,
            told_end=entry.a if is_ab else entry.b,
            capacity_bps=link.capacity_bps.towards(is_ab=is_ab),
            told_capacity=_pick(capacity, is_ab=is_ab) if isinstance(capacity, RateEntry) else capacity,
            reserved=_pick(entry.reserved_bps, is_ab=is_ab),
            by_class={name: _pick(rate, is_ab=is_ab) for name, rate in entry.by_class.items()},
            worst=_pick(entry.worst_bps, is_ab=is_ab),
            worst_state=entry.worst_state.ab if is_ab else entry.worst_state.ba,
            worst_by_class={name: _pick(rate, is_ab=is_ab) for name, rate in entry.worst_by_class.items()},
        )


def _check_side(world: World, books: Books, side: _Side) -> None:
    arc = side.arc
    worst = books.worst(arc)
    peaks = books.peaks(arc)
    pairs: list[tuple[str, object, object]] = [
        ("end", side.end, side.told_end),
        ("capacity_bps", side.capacity_bps, side.told_capacity),
        ("reserved_bps", books.normal.total(arc), side.reserved),
        ("by_class", _some(books.normal.by_class.get(arc, {})), _some(side.by_class)),
        ("worst_bps", worst, side.worst),
        ("worst_by_class", _some(peaks), _some(side.worst_by_class)),
    ]
    for key, expected, found in pairs:
        said = f"link `{arc[0]}`: `{key}.{side.word}` is {found}, but the demands come to {expected}"
        world.court.judge("links", _TABLE, holds=expected == found, otherwise=said)
    at = _page_of(books, side.worst_state)
    said = f"link `{arc[0]}`: `worst_state.{side.word}` is `{side.worst_state}`, where it is not the heaviest"
    world.court.judge("links", _TABLE, holds=at is not None and at.total(arc) == worst, otherwise=said)


def _check_queues(world: World, books: Books, arc: Arc) -> None:
    """Judge that a link has what its queues are guaranteed all the time, unless it is too full in one state already."""
    capacity, left, where = _side_of(world, arc)
    if any(_total(world, row, capacity) > left for row in books.rows.get(arc, ())):
        return
    total = _total(world, books.peaks(arc), capacity)
    full = (
        f"{where}: its queues are guaranteed {total} bps, each what its class reserves in the worst state, of the {left} bps"
        " that it has to give"
    )
    world.court.judge("capacity", _FULL, holds=total <= left, otherwise=full)


def _side_of(world: World, arc: Arc) -> tuple[int, int, str]:
    """Return an arc's capacity, what it has to give beside background traffic, and its name."""
    link = world.topology.links[arc[0]]
    capacity, background = link.capacity_bps.towards(is_ab=arc[1]), link.background_bps.towards(is_ab=arc[1])
    return capacity, capacity - background, f"link `{link.id}` ({'a to b' if arc[1] else 'b to a'})"


def _total(world: World, reserved: Mapping[str, int], capacity: int) -> int:
    return sum(need_of(world, name, bps, capacity) for name, bps in reserved.items())


def _check_arc(world: World, page: Page, arc: Arc, state: str | None) -> int:
    """Judge a link in one state; return how many statements held, 0 where one does not."""
    capacity, left, where = _side_of(world, arc)
    total = _total(world, page.by_class[arc], capacity)
    where += f" in `{state}`" if state else ""
    full = f"{where}: {total} bps are reserved of the {left} bps that it has to give"
    held = [world.court.judge("capacity", _FULL, holds=total <= left, otherwise=full, state=state)]
    for name, bps in sorted(page.by_class[arc].items()):
        facts = class_facts(name, world.sources)
        if facts is not None and facts.limit_ppb is not None:
            limit = capacity * facts.limit_ppb // _PPB
            over = f"{where}: class `{name}` reserves {bps} bps of the {limit} bps that it may have"
            held.append(world.court.judge("capacity", _SHARE, holds=bps <= limit, otherwise=over, state=state))
    return len(held) if all(held) else 0


def need_of(world: World, name: str, bps: int, capacity: int) -> int:
    """Return what a class that uses a link takes of it: its reservation, or the fixed share of `queue N%`."""
    declared = world.sources.classes.get(name)
    if declared is not None and declared.queue is not None:
        if declared.queue.is_strict or declared.queue.share is None:
            return bps
        return -(-capacity * world.sources.quantity(declared.queue.share, ast.Unit.RATIO) // _PPB)
    return max(bps, -(-capacity * _IDLE_PPB // _PPB)) if name == _IDLE else bps


def worst_utilisation(world: World, books: Books) -> float:
    """Return how full the fullest link is in the normal state, background included."""

    def utilisation(arc: Arc) -> float:
        link = world.topology.links[arc[0]]
        load = books.normal.total(arc) + link.background_bps.towards(is_ab=arc[1])
        return -(-load * 1_000_000 // link.capacity_bps.towards(is_ab=arc[1])) / 1_000_000

    return max((utilisation(arc) for arc in books.normal.by_class), default=0.0)


def _used(books: Books) -> set[Arc]:
    return set(books.rows)


def _page_of(books: Books, state: str) -> Page | None:
    if state == NORMAL_STATE:
        return books.normal
    return next((page for ids, page in books.failures if state in ids), None)


def _pick(rate: RateEntry, *, is_ab: bool) -> int:
    return rate.ab if is_ab else rate.ba


def _some(rates: Mapping[str, int]) -> dict[str, int]:
    """Return the classes that have something reserved."""
    return {name: rates[name] for name in sorted(rates) if rates[name]}
