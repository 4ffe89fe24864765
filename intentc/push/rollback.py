"""`intentc rollback`: which apply to take back, and the plan that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from intentc.diagnostics import Diagnostic, Findings
from intentc.plan.inverse import done, invert
from intentc.plan.make import Kit, Particulars, plan_for
from intentc.plan.model import Plan, RunningState
from intentc.push.history import HistoryEntry, history
from intentc.push.refusal import RefusalError
from intentc.push.report import Outcome
from intentc.push.store import Store


def choose(state: Path, identifier: str | None) -> HistoryEntry:
    """Return the apply that `identifier` (or the start of one) names; without one the newest that is still in force.

    Raises `RefusalError` when there is none such.
    """
    entries = history(state)
    if identifier is None:
        found = [entry for entry in entries if entry.can_be_undone][-1:]
    else:
        found = [entry for entry in entries if entry.id.startswith(identifier)]
    if len(found) != 1:
        raise RefusalError(_unknown(identifier, found))
    if found[0].outcome != Outcome.APPLIED:
        raise RefusalError(_not_applied(found[0]))
    return found[0]


def plan_rollback(  # noqa: PLR0917  (the parameters of `plan_for`, and which apply of which store)
    state: Path,
    entry: HistoryEntry,
    running: Mapping[str, RunningState],
    kit: Kit,
    particulars: Particulars,
    findings: Findings,
) -> Plan:
    """Return the plan that takes `entry` back on its devices, all of which are in `running`; carried out with `apply`."""
    stored = next(item for item in Store(state).transactions() if item.id == entry.id)
    applied = [done(device) for device in stored.plan().devices]
    goals = invert(applied, running, kit, findings)
    concerned = {node: running[node] for node in entry.nodes}
    return plan_for(goals, concerned, kit, replace(particulars, undoes=entry.id, doing="rollback"), findings)


def _unknown(identifier: str | None, found: list[HistoryEntry]) -> Diagnostic:
    if identifier is None:
        return Diagnostic("E0825", "there is no apply to roll back", help=("`intentc history` lists what was applied",))
    text = "means several applies" if found else "is not in the history of this state directory"
    ids = ", ".join(entry.id for entry in found[:4])
    return Diagnostic(
        "E0825",
        f"`{identifier}` {text}",
        help=(f"one of {ids}" if found else "`intentc history` lists what was applied",),
    )


def _not_applied(entry: HistoryEntry) -> Diagnostic:
    advice = "run `intentc recover`" if entry.outcome == "unfinished" else "there is nothing to take back"
    return Diagnostic("E0825", f"`{entry.id}` ended as `{entry.outcome}`", help=(advice,))
