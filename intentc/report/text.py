"""What a compile came to, as tables a person reads in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.diagnostics.text import TextStyle
from intentc.manifest.model import AssertionEntry, DemandEntry, IntentEntry, LinkEntry, PathEntry
from intentc.report.columns import Cell, Column, table
from intentc.report.view import utilisation_ppm
from intentc.report.wording import milliseconds, percent, worst_value
from intentc.values import frozen

_GOOD, _WARM, _HOT, _FAINT = "32", "33", "31;1", "2"
_STATUS = {"placed": _GOOD, "waived": _WARM, "degraded": _WARM}
_NEAR = 100_000  # ppm of the bound left, below which a margin is shown as tight
_LIMIT = 800_000  # ppm, the default utilisation limit

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


def compile_summary(intents: Iterable[IntentEntry], links: Iterable[LinkEntry], style: TextStyle) -> str:
    """Return one row per intent: status, class, latency against its bound, mechanism, protection, the fullest link it uses."""
    loads = {link.id: _Load(link.id, utilisation_ppm(link, link.reserved_bps), _worst(link)) for link in links}
    return table(_COLUMNS, [_row(intent, loads) for intent in intents], style)


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


def _row(intent: IntentEntry, loads: Mapping[str, _Load]) -> list[Cell]:
    status = Cell(intent.status, _STATUS.get(intent.status, _HOT))
    start = [Cell(intent.name), status, Cell(intent.traffic_class or "–")]
    if not intent.demands:
        return [*start, Cell("0"), *(Cell("–", _FAINT) for _ in range(6))]
    tightest = min(intent.demands, key=_slack)
    return [
        *start,
        Cell(str(len(intent.demands))),
        *_latency(intent.demands, tightest),
        Cell(", ".join(sorted({demand.mechanism for demand in intent.demands}))),
        _protection(intent.demands),
        _fullest(intent.demands, loads),
    ]


def _slack(demand: DemandEntry) -> tuple[int, int]:
    """Order demands by the share of their bound that is left, those without a bound last, then by latency."""
    left = 2_000_000 if demand.bound_us is None else _left(demand)
    return left, -demand.primary.latency_us.total


def _left(demand: DemandEntry) -> int:
    return (demand.margin_us or 0) * 1_000_000 // max(demand.bound_us or 1, 1)


def _latency(demands: Sequence[DemandEntry], tightest: DemandEntry) -> Iterator[Cell]:
    if tightest.bound_us is None or tightest.margin_us is None:
        yield Cell(milliseconds(max(demand.primary.latency_us.total for demand in demands)))
        yield from (Cell("–", _FAINT), Cell("–", _FAINT))
        return
    yield Cell(milliseconds(tightest.primary.latency_us.total))
    yield Cell(milliseconds(tightest.bound_us))
    left = _left(tightest)
    yield Cell(f"{milliseconds(tightest.margin_us)}", _HOT if left < 0 else _WARM if left < _NEAR else _GOOD)


def _protection(demands: Sequence[DemandEntry]) -> Cell:
    lost = sum(len(demand.unprotected) for demand in demands)
    if lost:
        return Cell(f"{lost} states without path", _HOT)
    times = [
        (kept.detect_ms + kept.repair_ms, kept.detector + (", local repair" if demand.repairs else ""))
        for demand in demands
        if (kept := demand.protection)
    ]
    if not times:
        return Cell("none promised", _FAINT)
    slowest, detector = max(times)
    return Cell(f"{slowest} ms ({detector})")


def _fullest(demands: Sequence[DemandEntry], loads: Mapping[str, _Load]) -> Cell:
    used = {link for demand in demands for path in _all_paths(demand) for link in path.links}
    found = [loads[link] for link in sorted(used) if link in loads]
    if not found:
        return Cell("–", _FAINT)
    worst = max(found, key=lambda load: load.worst)
    words = f"{worst.link} {percent(worst.normal)}"
    if worst.worst > worst.normal:
        words += f", {percent(worst.worst)} under failure"
    return Cell(words, _HOT if worst.worst > 1_000_000 else _WARM if worst.normal > _LIMIT else None)


def _all_paths(demand: DemandEntry) -> Iterator[PathEntry]:
    yield from demand.primary.paths
    for state in demand.states:
        yield from state.paths
