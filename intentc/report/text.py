"""What a compile came to, as tables a person reads in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from intentc.diagnostics.text import TextStyle
from intentc.manifest.build import ListedIntent
from intentc.manifest.model import AssertionEntry, LinkEntry
from intentc.realise.model import Path, RealisedDemand
from intentc.report.columns import Cell, Column, table
from intentc.report.view import utilisation_ppm
from intentc.report.wording import milliseconds, percent, worst_value
from intentc.values import frozen

_GOOD, _WARM, _HOT, _FAINT = "32", "33", "31;1", "2"
_STATUS = {"placed": _GOOD, "waived": _WARM, "degraded": _WARM}
_NEAR = 100_000  # ppm of the bound left, below which a margin is shown as tight
_LIMIT = 800_000  # ppm, the default utilisation limit
_NS_PER_US = 1000

_COLUMNS = (
    Column("intent", most=40),
    Column("status"),
    Column("class", most=16),
    Column("demands", is_right=True),
    Column("latency", is_right=True),
    Column("bound", is_right=True),
    Column("margin", is_right=True),
    Column("by", most=16),
    Column("protection", most=24),
    Column("fullest link", most=40),
)
_ASSERTION_COLUMNS = (
    Column("assertion", most=40),
    Column("status"),
    Column("worst", is_right=True),
    Column("in state", most=60),
)


@frozen
class _Load:
    """A link and its utilisation in ppm, normal and in its worst state."""

    link: str
    normal: int
    worst: int


def compile_summary(intents: Iterable[ListedIntent], links: Iterable[LinkEntry], style: TextStyle) -> str:
    """Return one row per intent: status, class, latency against its bound, mechanism, protection, the fullest link it uses."""
    loads = _Loads(_Load(link.id, utilisation_ppm(link, link.reserved_bps), _worst(link)) for link in links)
    return table(_COLUMNS, [_row(item, loads) for item in intents], style)


class _Loads:
    """Links, the fullest one in its worst state first."""

    def __init__(self, loads: Iterable[_Load]) -> None:
        self._loads = sorted(loads, key=lambda load: (-load.worst, load.link))
        self._places = {load.link: place for place, load in enumerate(self._loads)}

    def fullest(self, demands: Iterable[RealisedDemand]) -> _Load | None:
        """Return the fullest link that some demands use in any state; None: they use none."""
        places = self._places
        found = min(
            [
                places[link]
                for demand in demands
                for path in _all_paths(demand)
                for link in path.links
                if link in places
            ],
            default=None,
        )
        return None if found is None else self._loads[found]


def assertion_summary(assertions: Iterable[AssertionEntry], style: TextStyle) -> str:
    """Return one row per assertion: whether it holds, its worst value and the state of that; empty without any."""
    return table(_ASSERTION_COLUMNS, [_assertion_row(item) for item in assertions], style)


def _assertion_row(item: AssertionEntry) -> list[Cell]:
    status = Cell("holds", _GOOD) if item.holds else Cell("broken", _HOT)
    if item.worst is None:
        return [Cell(item.name), status, Cell("–", _FAINT), Cell("–", _FAINT)]
    return [Cell(item.name), status, Cell(worst_value(item.worst.value)), Cell(item.worst.state)]


def _worst(link: LinkEntry) -> int:
    return utilisation_ppm(link, link.worst_bps)


def _row(item: ListedIntent, loads: _Loads) -> list[Cell]:
    status = Cell(item.status, _STATUS.get(item.status, _HOT))
    start = [Cell(item.intent.name), status, Cell(item.intent.traffic_class or "–")]
    if not item.demands:
        return [*start, Cell("0"), *(Cell("–", _FAINT) for _ in range(6))]
    return [
        *start,
        Cell(str(len(item.demands))),
        *_latency(item.demands),
        Cell(", ".join(sorted({demand.mechanism for demand in item.demands}))),
        _protection(item.demands),
        _fullest(loads.fullest(item.demands)),
    ]


def _bound_us(item: RealisedDemand) -> int | None:
    bound_ns = item.demand.bound_ns
    return None if bound_ns is None else bound_ns // _NS_PER_US


def _slack(item: RealisedDemand) -> tuple[int, int]:
    """Order demands by the share of their bound that is left, those without a bound last, then by latency."""
    bound_us = _bound_us(item)
    return 2_000_000 if bound_us is None else _left(item, bound_us), -item.latency.total


def _left(item: RealisedDemand, bound_us: int) -> int:
    return (bound_us - item.latency.total) * 1_000_000 // max(bound_us, 1)


def _latency(demands: Sequence[RealisedDemand]) -> Iterator[Cell]:
    tightest = min(demands, key=_slack)
    bound_us = _bound_us(tightest)
    if bound_us is None:
        yield Cell(milliseconds(max(item.latency.total for item in demands)))
        yield from (Cell("–", _FAINT), Cell("–", _FAINT))
        return
    yield Cell(milliseconds(tightest.latency.total))
    yield Cell(milliseconds(bound_us))
    left = _left(tightest, bound_us)
    yield Cell(milliseconds(bound_us - tightest.latency.total), _HOT if left < 0 else _WARM if left < _NEAR else _GOOD)


def _protection(demands: Sequence[RealisedDemand]) -> Cell:
    lost = sum(len(item.unprotected) for item in demands)
    if lost:
        return Cell(f"{lost} states without path", _HOT)
    times = [
        (kept.detect_ms + kept.repair_ms, kept.detector + (", local repair" if kept.repairs else ""))
        for item in demands
        if (kept := item.protection)
    ]
    if not times:
        return Cell("none promised", _FAINT)
    slowest, detector = max(times)
    return Cell(f"{slowest} ms ({detector})")


def _fullest(worst: _Load | None) -> Cell:
    if worst is None:
        return Cell("–", _FAINT)
    words = f"{worst.link} {percent(worst.normal)}"
    if worst.worst > worst.normal:
        words += f", {percent(worst.worst)} under failure"
    return Cell(words, _HOT if worst.worst > 1_000_000 else _WARM if worst.normal > _LIMIT else None)


def _all_paths(item: RealisedDemand) -> Iterator[Path]:
    yield from item.primary
    for state in item.states:
        yield from state.paths
