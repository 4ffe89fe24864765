"""What devices cannot express is placed no more, as what misses its bounds in queues is: what is told of the others are their own figures."""

from __future__ import annotations

from collections.abc import Mapping

from intentc import pipeline
from intentc.delay.settle import Memory, settle_queueing
from intentc.delay.withdraw import Withdrawals
from intentc.diagnostics import Diagnostic, Label, Span
from intentc.resolve.waive import apply_waivers

_UNABLE = "E06"


def leave_out(run: pipeline.Run) -> bool:
    """Withdraw placed intents with errors E06xx until no more are found; return whether there was any.

    Less load may make longer delays (intentc/delay/README.md), so that each time all that follows from it is found anew. What has been
    refused stays refused, also where there is room for it now. Waivers of all findings so far are to be applied.
    """
    is_any = False
    while run.realised is not None and (lost := _lost(run)):
        is_any, items = True, run.findings.items
        items += (_of_guest(run, name, cause) for name, cause in lost.items() if cause.intent != name)
        known, since = set(map(_told, items)), len(items)
        memory = pipeline.queued(run) or Memory()
        left = Withdrawals(memory.rows_of(run.realised)).withdraw(run.realised, lost)
        run.realised = settle_queueing(left, run.findings, memory)
        pipeline.settle_chains(run)
        pipeline.ask_targets(run)
        news = (item for item in run.findings.items[since:] if _told(item) not in known)
        run.findings.items[since:] = apply_waivers(news, run.realised.model.waivers, run.request.today)
    return is_any


def _lost(run: pipeline.Run) -> Mapping[str, Diagnostic]:
    """Return the placed intents that are to go, each with a finding that says why; who shares a demand with one of them is one, too."""
    placed = run.realised.demands.values() if run.realised is not None else ()
    found: dict[str, Diagnostic] = {}
    for item in run.findings.items:
        if item.is_error and item.code.startswith(_UNABLE) and item.intent is not None:
            found.setdefault(item.intent, item)
    sharing = [(item.demand.intent, *item.demand.shared_with) for item in placed if item.demand.shared_with]
    pending = list(found)
    for name in pending:  # grows meanwhile
        more = {other for names in sharing if name in names for other in names} - found.keys()
        found |= dict.fromkeys(sorted(more), found[name])
        pending += sorted(more)
    standing = {item.demand.intent for item in placed}.union(*sharing)
    return {name: cause for name, cause in found.items() if name in standing}


def _of_guest(run: pipeline.Run, name: str, cause: Diagnostic) -> Diagnostic:
    """Return the finding of an intent that goes with the one that `cause` is about."""
    intents = run.model.intents if run.model is not None else ()
    span = next((intent.span for intent in intents if intent.name == name), None)
    said = f"asked for here by `{cause.intent}`, whose packets are treated alike"
    related = () if cause.span is None else (Label(cause.span, said),)
    return Diagnostic(cause.code, cause.message, span, related, cause.help, name, cause.node)


def _told(item: Diagnostic) -> tuple[str, str | None, str | None, Span | None]:
    """Return what makes two findings one where only figures are others: of an intent its code."""
    return (item.code, item.intent, None, None) if item.intent is not None else (item.code, None, item.node, item.span)
