"""What devices cannot express is placed no more, as what misses its bounds in queues is: what is told of the others are their own figures.

So is whatever asks the same of the same packets as an intent that is not placed, for whichever reason: both are one demand.
"""

from __future__ import annotations

from collections.abc import Mapping

from intentc import pipeline
from intentc.delay.settle import Memory, settle_queueing
from intentc.delay.withdraw import Withdrawals
from intentc.diagnostics import Diagnostic, Label, Span
from intentc.resolve.waive import apply_waivers
from intentc.run import Run

_UNABLE = "E06"
_UNPLACED = ("E05", _UNABLE)
SHARED = "E0539"


def leave_out(run: Run) -> bool:
    """Withdraw placed intents with errors E06xx, and who shares a demand that is not placed, until no more are found; return whether there was any.

    Each has a finding that says why. Less load may make longer delays (intentc/delay/README.md), so that each time all that follows from
    it is found anew. What has been refused stays refused, also where there is room for it now. Waivers of all findings so far are to be
    applied, as far as there are errors E06xx.
    """
    is_any, items = False, run.findings.items
    items += _of_guests(run, _unexplained(run))
    while run.realised is not None and (lost := _lost(run)):
        is_any, items = True, run.findings.items
        items += _of_guests(run, {name: cause for name, cause in lost.items() if cause.intent != name})
        known, since = set(map(_told, items)), len(items)
        memory = pipeline.queued(run) or Memory()
        left = Withdrawals(memory.rows_of(run.realised)).withdraw(run.realised, lost)
        run.realised = settle_queueing(left, run.findings, memory)
        pipeline.settle_chains(run)
        pipeline.ask_targets(run)
        news = (item for item in run.findings.items[since:] if _told(item) not in known)
        run.findings.items[since:] = apply_waivers(news, run.realised.model.waivers, run.request.today)
        run.findings.items += _of_guests(run, _unexplained(run))
    return is_any


def _unexplained(run: Run) -> Mapping[str, Diagnostic]:
    """Return the intents that are not placed because one is not with which they share a demand, each with a finding of that."""
    if run.realised is None or run.model is None or not run.realised.infeasible:
        return {}
    causes: dict[str | None, Diagnostic] = {}
    for item in run.findings.items:
        if item.code.startswith(_UNPLACED) and item.is_error:
            causes.setdefault(item.intent, item)
    silent = set(run.realised.infeasible) - causes.keys()
    shared = [demand for demand in run.model.demands.values() if demand.shared_with] if silent else []
    hosts = [(name, demand.intent) for demand in shared for name in demand.shared_with if name in silent]
    return {name: causes[host] for name, host in sorted(hosts) if host in causes}


def _lost(run: Run) -> Mapping[str, Diagnostic]:
    """Return the placed intents that are to go, each with a finding that says why; who shares a demand with one of them is one, too."""
    placed = run.realised.demands.values() if run.realised is not None else ()
    refused = () if run.realised is None else run.realised.infeasible
    left = {item.demand.intent for item in placed}.intersection(refused)
    found: dict[str, Diagnostic] = {}
    for item in run.findings.items:
        if item.is_error and item.intent is not None and (item.code.startswith(_UNABLE) or item.intent in left):
            found.setdefault(item.intent, item)
    sharing = [(item.demand.intent, *item.demand.shared_with) for item in placed if item.demand.shared_with]
    pending = list(found)
    for name in pending:  # grows meanwhile
        more = {other for names in sharing if name in names for other in names} - found.keys()
        found |= dict.fromkeys(sorted(more), found[name])
        pending += sorted(more)
    standing = {item.demand.intent for item in placed}.union(*sharing)
    return {name: cause for name, cause in found.items() if name in standing}


def _of_guests(run: Run, causes: Mapping[str, Diagnostic]) -> list[Diagnostic]:
    """Return the findings of intents that go with the ones that their causes are about."""
    return [_of_guest(run, name, cause) for name, cause in causes.items()]


def _of_guest(run: Run, name: str, cause: Diagnostic) -> Diagnostic:
    intents = run.model.intents if run.model is not None else ()
    span = next((intent.span for intent in intents if intent.name == name), None)
    message = f"`{cause.intent}`, with which this is one demand, is not placed: both match the same packets and treat them alike"
    related = () if cause.span is None else (Label(cause.span, f"this is why `{cause.intent}` is not"),)
    help_ = f"mend what is said of `{cause.intent}`, in both, or have them match different packets"
    return Diagnostic(SHARED, message, span, related, (help_,), name)


def _told(item: Diagnostic) -> tuple[str, str | None, str | None, Span | None]:
    """Return what makes two findings one where only figures are others: of an intent its code."""
    return (item.code, item.intent, None, None) if item.intent is not None else (item.code, None, item.node, item.span)
