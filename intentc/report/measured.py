"""Predicted beside measured, and what a failure cost, as tables a person reads in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intentc.diagnostics.text import TextStyle
from intentc.report.columns import Cell, Column, table
from intentc.report.wording import milliseconds
from intentc.values import frozen
from intentc.verify.live import Row, Verdict

_GOOD, _BAD, _FAINT = "32", "31;1", "2"
_PREDICTED = (
    Column("demand", most=44),
    Column("predicted", is_right=True),
    Column("p50", is_right=True),
    Column("p99", is_right=True),
    Column("worst case", is_right=True),
    Column("bound", is_right=True),
    Column("lost", is_right=True),
    Column("dscp"),
    Column("path taken", most=60),
    Column("verdict"),
)
_COST = (
    Column("demand", most=44),
    Column("its path"),
    Column("outage", is_right=True),
    Column("promised", is_right=True),
    Column("lost", is_right=True),
    Column("path taken meanwhile", most=60),
    Column("verdict"),
)


@frozen
class CostRow:
    """One demand under a failure. `promised_ms` None: nothing is promised. `deviations` say what is not as predicted."""

    demand: str
    is_cut: bool
    outage_ms: float
    promised_ms: int | None
    lost: int
    sent: int
    path: tuple[str, ...] | None
    deviations: tuple[str, ...]


def comparison_table(rows: Sequence[tuple[str, Row]], style: TextStyle) -> str:
    """Return predicted against measured, a row per probe with its name."""
    return table(_PREDICTED, [[*_compared(name, row)] for name, row in rows], style)


def cost_table(rows: Sequence[CostRow], style: TextStyle) -> str:
    """Return what a failure cost each demand."""
    return table(_COST, [[*_costed(row)] for row in rows], style)


def _compared(name: str, row: Row) -> Iterator[Cell]:
    seen, said = row.measurement, row.prediction
    yield Cell(name)
    yield Cell(_span(said.median_us) if said else "–")
    yield Cell(_time(seen.p50_us if seen else None))
    yield Cell(_time(seen.p99_us if seen else None))
    yield Cell(_time(said.worst_us if said else None))
    yield Cell(_time(said.bound_us if said else None))
    yield Cell(f"{seen.sent - seen.received}/{seen.sent}" if seen else "–")
    yield Cell(" ".join(str(dscp) for dscp in seen.dscps) if seen and seen.dscps else "–")
    yield Cell(" ".join(seen.path) if seen and seen.path else "–", _FAINT)
    colour = {
        Verdict.AS_PREDICTED: _GOOD,
        Verdict.DEVIATES: _BAD,
        Verdict.NOT_MEASURED: _FAINT,
        Verdict.NOT_PROMISED: _FAINT,
    }[row.verdict]
    yield Cell(" ".join((row.verdict.value, *row.deviations)), colour)


def _costed(row: CostRow) -> Iterator[Cell]:
    yield Cell(row.demand)
    yield Cell("cut" if row.is_cut else "intact", None if row.is_cut else _FAINT)
    yield Cell(f"{row.outage_ms:.0f} ms")
    yield Cell(f"{row.promised_ms} ms" if row.promised_ms is not None else "–")
    yield Cell(f"{row.lost}/{row.sent}")
    yield Cell(" ".join(row.path) if row.path else "–", _FAINT)
    yield Cell("; ".join(row.deviations) or "as predicted", _BAD if row.deviations else _GOOD)


def _time(us: int | None) -> str:
    return "–" if us is None else milliseconds(us)


def _span(us: tuple[int, int]) -> str:
    return milliseconds(us[0]) if us[0] == us[1] else f"{milliseconds(us[0])} – {milliseconds(us[1])}"
