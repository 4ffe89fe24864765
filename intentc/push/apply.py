"""`intentc apply`: carry a plan out as one network-wide transaction."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping

from intentc.diagnostics import Diagnostic
from intentc.inventory.model import Device
from intentc.plan.file import plan_hash
from intentc.plan.model import Plan
from intentc.push.audit import audited
from intentc.push.interrupts import Interrupt, catching
from intentc.push.journal import Opening
from intentc.push.opening import open_session
from intentc.push.refusal import RefusalError
from intentc.push.report import Outcome, Report
from intentc.push.store import Holder, Store, new_id, new_ticket
from intentc.push.store import Transaction as Stored
from intentc.push.team import Member, Opener, Options, Progress, Team, silent
from intentc.push.transaction import Transaction
from intentc.push.waiting import waiting


def apply(
    plan: Plan,
    devices: Mapping[str, Device],
    options: Options,
    progress: Progress = silent,
    *,
    interrupt: Interrupt | None = None,
    opener: Opener = open_session,
) -> Report:
    """Carry `plan` out on `devices` (by node) and report; every failure is in the report, whose status is the exit status.

    SIGINT and SIGTERM lead back while it runs in the main thread; elsewhere the caller asks `interrupt`.
    """
    if plan.is_empty:
        return Report(Outcome.NOTHING)
    interrupt = interrupt or Interrupt()
    return waiting(lambda: _try(plan, devices, options, progress, interrupt, opener), options, interrupt, progress)


def _try(  # noqa: PLR0917  (the parameters of `apply`)
    plan: Plan,
    devices: Mapping[str, Device],
    options: Options,
    progress: Progress,
    interrupt: Interrupt,
    opener: Opener,
) -> Report:
    store = Store(options.state, options.shared)
    try:
        members = _members(plan, devices)
        with catching(interrupt), store.lease(holder(options, "apply")):
            refuse_unfinished(store)
            opening = _opening(plan, members, options)
            team = Team(members, opener, options.limits, progress, interrupt, options.author.words, reason_of(opening))
            report = _carry_out(store, opening, plan, team)
            return audited(store.root, report, opening, options.author, opening.doing)
    except RefusalError as refusal:
        return Report(Outcome.REFUSED, findings=refusal.findings)


def holder(options: Options, doing: str) -> Holder:
    """Return who asks for the lease, as others will see it."""
    since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return Holder(options.author.who, options.author.host, os.getpid(), since, doing, new_ticket())


def reason_of(opening: Opening) -> str:
    """Return what others read who find a lock, and what stands as a comment on the devices that keep one with a commit."""
    return f"{opening.doing} {opening.id}" + (f" of commit {opening.commit}" if opening.commit else "")


def _carry_out(store: Store, opening: Opening, plan: Plan, team: Team) -> Report:
    journal = store.begin(opening, plan)
    try:
        return Transaction(opening.id, plan, team, journal).carry_out()
    finally:
        team.close()
        journal.close()


def _opening(plan: Plan, members: tuple[Member, ...], options: Options) -> Opening:
    return Opening(
        id=new_id(dt.datetime.now(dt.UTC)),
        doing=plan.doing,
        who=options.author.who,
        host=options.author.host,
        commit=options.author.commit,
        plan_hash=plan_hash(plan),
        seconds=plan.longest_s,
        tickets=tuple((member.node, member.ticket) for member in members),
        undoes=plan.undoes,
        about=plan.about,
    )


def _members(plan: Plan, devices: Mapping[str, Device]) -> tuple[Member, ...]:
    missing = [device.node for device in plan.devices if device.node not in devices]
    if missing:
        raise RefusalError(*(_unmanaged(node) for node in missing))
    return tuple(Member(device, devices[device.node], new_ticket()) for device in plan.devices)


def _unmanaged(node: str) -> Diagnostic:
    return Diagnostic(
        "E0826",
        f"the plan changes `{node}`, but nothing says how to reach it",
        node=node,
        help=("give it `management` in the topology, or make a new plan",),
    )


def refuse_unfinished(store: Store) -> None:
    """Raise `RefusalError` while a transaction of the store is not finished: nothing else is begun before `recover` has run."""
    unfinished = store.unfinished()
    if unfinished:
        raise RefusalError(*(unfinished_finding(item) for item in unfinished))


def unfinished_finding(item: Stored) -> Diagnostic:
    """Return the finding that a transaction of before was interrupted."""
    opening = item.story.opening
    return Diagnostic(
        "E0817",
        f"the {opening.doing} `{opening.id}` of {opening.who}, begun {item.story.began_at}, was never finished",
        help=("run `intentc recover` first: it finishes or undoes it on every device",),
    )
