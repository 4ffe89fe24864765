"""Chains for people: how each budget is spent, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from intentc.diagnostics.text import TextStyle
from intentc.manifest.model import ChainEntry, ChainStepEntry
from intentc.report.columns import Cell, Column, table
from intentc.report.wording import milliseconds

_GOOD, _WARM, _HOT, _FAINT = "32", "33", "31;1", "2"
_NEAR_PERCENT = 10  # of the budget left, below which it is shown as tight

_COLUMNS = (
    Column("chain", most=40),
    Column("from", most=24),
    Column("budget", is_right=True),
    Column("network", is_right=True),
    Column("spent", is_right=True),
    Column("slack", is_right=True),
    Column("slack under failure", is_right=True),
    Column("replicas", most=60),
)

STEP_HEADS = ("chain", "from", "step", "replica", "#calls", "#network", "#processing", "#slack of the step")


def chain_summary(chains: Iterable[ChainEntry], style: TextStyle) -> str:
    """Return one row per chain and source site: budget, what of it is spent, what is left; empty without any."""
    return table(_COLUMNS, [_row(entry) for entry in chains], style)


def chain_steps(chains: Iterable[ChainEntry]) -> Iterator[tuple[str, ...]]:
    """Yield a row of plain texts per step, under `STEP_HEADS`, and one for the sum of each chain."""
    for entry in chains:
        for step in entry.steps:
            yield (
                entry.name,
                entry.source_site,
                str(step.step),
                step.replica,
                str(step.calls),
                milliseconds(step.network_us),
                milliseconds(step.processing_us),
                milliseconds(step.slack_us),
            )
        spent = f"{milliseconds(entry.budget_us - entry.slack_us)} of {milliseconds(entry.budget_us)}"
        yield entry.name, entry.source_site, "all", spent, "", "", "", milliseconds(entry.slack_us)


def chain_lines(chains: Iterable[ChainEntry]) -> Iterator[str]:
    """Yield the lines that explain chains: the sum for each source site, then its steps."""
    for entry in chains:
        spent = milliseconds(entry.budget_us - entry.slack_us)
        yield ""
        yield (
            f"  from {entry.source_site}: {spent} of {milliseconds(entry.budget_us)} spent,"
            f" {milliseconds(entry.slack_us)} left{_under_failure(entry)}"
        )
        yield from map(_step_line, entry.steps)


def _step_line(step: ChainStepEntry) -> str:
    calls = f" in {step.calls} calls" if step.calls > 1 else ""
    way = f"{milliseconds(step.network_us)} on the network{calls}" if step.demands else "on the spot"
    return (
        f"    step {step.step} at {step.replica}: {way}, {milliseconds(step.processing_us)} processing,"
        f" slack {milliseconds(step.slack_us)}"
    )


def _under_failure(entry: ChainEntry) -> str:
    if entry.worst is None:
        return ""
    return f"; {milliseconds(entry.worst.slack_us)} left in {entry.worst.state}"


def _row(entry: ChainEntry) -> list[Cell]:
    network = sum(step.network_us for step in entry.steps)
    replicas = dict.fromkeys(step.replica for step in entry.steps)
    return [
        Cell(entry.name),
        Cell(entry.source_site),
        Cell(milliseconds(entry.budget_us)),
        Cell(milliseconds(network)),
        Cell(milliseconds(entry.budget_us - entry.slack_us)),
        _left(entry.slack_us, entry.budget_us),
        _left(entry.worst.slack_us, entry.budget_us) if entry.worst is not None else Cell("–", _FAINT),
        Cell(", ".join(replicas)),
    ]


def _left(slack_us: int, budget_us: int) -> Cell:
    is_near = slack_us * 100 < budget_us * _NEAR_PERCENT
    return Cell(milliseconds(slack_us), _HOT if slack_us < 0 else _WARM if is_near else _GOOD)
