"""`intentc recover`: finish or undo what a killed or cut-off transaction left behind."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping

from intentc.diagnostics import Diagnostic
from intentc.inventory.model import Device
from intentc.plan.model import Plan
from intentc.push.apply import holder
from intentc.push.audit import audited
from intentc.push.back import go_back
from intentc.push.forward import go_forward
from intentc.push.interrupts import Interrupt, catching
from intentc.push.journal import Event, Journal, JournalError
from intentc.push.opening import open_session
from intentc.push.refusal import RefusalError
from intentc.push.report import Outcome, Report
from intentc.push.store import Store, Transaction
from intentc.push.team import Member, Opener, Options, Progress, Team, silent


def recover(
    devices: Mapping[str, Device], options: Options, progress: Progress = silent, *, opener: Opener = open_session
) -> tuple[Report, ...]:
    """Bring every unfinished transaction of the state store to its end and return a report of each (none: nothing was left).

    A transaction that had decided goes forward, any other goes back. A report of outcome `UNCERTAIN` names the devices
    that could not be looked at; running `recover` again goes on from there.
    """
    store = Store(options.state, options.shared)
    try:
        with store.lease(holder(options, "recover")), catching(Interrupt()):
            return tuple(_finish(item, devices, options, progress, opener) for item in store.unfinished())
    except RefusalError as refusal:
        return (Report(Outcome.REFUSED, findings=refusal.findings),)


def _finish(
    item: Transaction, devices: Mapping[str, Device], options: Options, progress: Progress, opener: Opener
) -> Report:
    plan = item.plan()
    members = _members(item, plan, devices)
    journal = item.journal()
    reason = f"recover {item.id}"
    team = Team(members, opener, options.limits, progress, Interrupt(), options.author.words, reason)
    try:
        report = _forward(item, plan, team, journal) if item.story.is_decided else _back(item, team, journal)
    finally:
        team.close()
        journal.close()
    return audited(item.directory.parent.parent, report, item.story.opening, options.author, "recover")


def _forward(item: Transaction, plan: Plan, team: Team, journal: Journal) -> Report:
    devices, findings = go_forward(team, journal, plan.confirm_s)
    outcome = Outcome.UNCERTAIN if findings else Outcome.APPLIED
    return _ended(journal, Report(outcome, item.id, findings, devices))


def _back(item: Transaction, team: Team, journal: Journal) -> Report:
    devices, findings = go_back(team)
    outcome = Outcome.UNCERTAIN if findings else Outcome.BACK
    return _ended(journal, Report(outcome, item.id, findings, devices))


def _ended(journal: Journal, report: Report) -> Report:
    if report.outcome is not Outcome.UNCERTAIN:
        with contextlib.suppress(JournalError):  # nothing is pending any more; at worst the next run looks again
            journal.write(Event.ENDED, note=report.outcome.value)
    return report


def _members(item: Transaction, plan: Plan, devices: Mapping[str, Device]) -> tuple[Member, ...]:
    """Return the transaction's devices as they may be now: locked, changed where a commit was announced, timers running."""
    tickets = dict(item.story.opening.tickets)
    missing = [node for node in tickets if node not in devices]
    if missing:
        raise RefusalError(*(_gone(node, item.id) for node in missing))
    ends = time.monotonic() + item.story.opening.seconds
    return tuple(
        Member(
            plan.device(node),
            devices[node],
            ticket,
            is_locked=not item.story.is_decided,  # going forward takes it again: it may have been freed before the end
            is_touched=node in item.story.touched,
            timer_ends=ends,
        )
        for node, ticket in tickets.items()
    )


def _gone(node: str, identifier: str) -> Diagnostic:
    return Diagnostic(
        "E0826",
        f"`{identifier}` may have left something on `{node}`, but nothing says how to reach it any more",
        node=node,
        help=("put its `management` back into the topology until `intentc recover` has run",),
    )
