"""The findings of what was refused, with the codes that certificates bear out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from intentc.diagnostics import Diagnostic
from intentc.place.causes import GIVEN_UP
from intentc.place.certificates.certify import Answer, certify
from intentc.place.certificates.docket import Docket
from intentc.place.certificates.queued import judge_queued
from intentc.place.chains import BudgetCause
from intentc.place.context import Context
from intentc.place.explain import describe
from intentc.place.wording import ends_text, failing_text, rate_text
from intentc.realise.model import Realised
from intentc.realise.refusals import Closed, Cut, Lists, Packing, Place, Prices, Refusal, Walks
from intentc.resolve.model import CutEnd
from intentc.topology.model import Topology
from intentc.values import replace

_CUT_OFF = "E0520"
_UNLISTING = ("E05", "E06")  # an intent with such an error has no demands in the manifest


def certified(realised: Realised, docket: Docket, findings: Iterable[Diagnostic]) -> tuple[Realised, list[Diagnostic]]:
    """Return the program with its refusals, and the findings as these bear them out."""
    judged = list(judge_queued(docket, list(findings)))
    items, queued = [item for item, _ in judged], [refusal for _, refusal in judged if refusal is not None]
    answers = certify(docket, _gone(realised, docket, items))
    refusals = [*(answer.refusal for answer in answers), *queued, *_cut_off(realised)]
    by_place = {(item.intent, item.demand, item.finding, item.state): item for item in refusals}
    by_finding: dict[tuple[str | None, str], list[Answer]] = {}
    for answer in answers:
        by_finding.setdefault((answer.refusal.intent, answer.cause.code), []).append(answer)
    told = list(_each_once(docket.context, items, by_finding))
    return replace(realised, refusals=tuple(by_place[place] for place in sorted(by_place))), told


def _each_once(
    context: Context | None, items: Iterable[Diagnostic], answers: Mapping[tuple[str | None, str], Sequence[Answer]]
) -> Iterator[Diagnostic]:
    """Yield the findings as they are borne out; two that come to the same are one."""
    pairs = [(item, _told(context, item, answers.get((item.intent, item.code), ()))) for item in items]
    seen = {(item.intent, item.code, item.state) for item, found in pairs if found is item}
    for item, found in pairs:
        place = (found.intent, found.code, found.state)
        if found is item or place not in seen:
            seen.add(place)
            yield found


def _gone(realised: Realised, docket: Docket, findings: Iterable[Diagnostic]) -> Collection[str]:
    """Return the intents that were placed first, and whose demands the manifest does not list."""
    unlisted = {item.intent for item in findings if item.is_error and item.code.startswith(_UNLISTING)}
    refused = {item.item.name for item in docket.refused}
    return ({name for name in unlisted if name is not None} | set(realised.infeasible)) - refused


def _told(context: Context | None, item: Diagnostic, answers: Sequence[Answer]) -> Diagnostic:
    """Return a finding as its certificates bear it out; one that a waiver accepts is left alone."""
    if context is None or not answers or item.waived:
        return item
    listed = (answer.refusal.certificate for answer in answers)
    lists = next((found for found in listed if isinstance(found, Lists)), None)
    if item.code == GIVEN_UP and lists is not None:
        return replace(item, message=f"{item.message}; {_unlisted(lists)}")
    if any(answer.refusal.finding == item.code and (answer.refusal.state or None) == item.state for answer in answers):
        return item
    best = max(answers, key=lambda answer: (answer.is_proof, (answer.refusal.state or None) == item.state))
    if isinstance(best.cause, BudgetCause):
        message = f"{item.message}; this is not proved of all choices of replicas and the rounding of their times"
        return replace(item, code=best.refusal.finding, message=message)
    refusal, who = best.refusal, ends_text(best.cause.verdict.task)
    when = f" when {failing_text(refusal.state)}" if refusal.state else ""
    if isinstance(refusal.certificate, Prices):
        message = f"no path from {who} has room{when}, however it and what is placed are routed"
    elif isinstance(refusal.certificate, Walks):
        message = f"no path from {who} does what is asked in both directions{when}"
    elif isinstance(refusal.certificate, Packing):
        message = f"`{refusal.certificate.service}` has no hosts for {rate_text(refusal.certificate.asked_bps)}{when}"
    elif best.is_proof and best.cause.code == GIVEN_UP:
        message = f"no path from {who} does all that is asked{when}"
    elif best.is_proof:
        message = describe(context, best.cause)
    else:
        message = f"{describe(context, best.cause)}; {_doubt(best)}"
    return replace(item, code=refusal.finding, message=message, state=refusal.state or None)


def _unlisted(lists: Lists) -> str:
    paths = "the only path is" if lists.paths == 1 else f"all {lists.paths} paths are"
    if not lists.paths:
        return "no fixed path does in any state"
    return f"no list of {lists.size} fixed paths serves every promised state ({paths} gone through)"


def _doubt(answer: Answer) -> str:
    effort = answer.effort
    if effort is None:
        return "there is no proof of it"
    tried = f"{effort.rounds} rounds of prices in {effort.states} states"
    if effort.is_split_enough:
        return f"all would fit over paths that split, so that nothing proves that single ones do not ({tried})"
    return f"it is not proved that no other routing has room ({tried})"


def _cut_off(realised: Realised) -> Iterator[Refusal]:
    """Yield the refusals of what a promised failure cuts off, which is known before anything is placed."""
    for intent in realised.model.intents:
        for cut in intent.cuts:
            yield Refusal(intent.name, cut.key, _CUT_OFF, cut.state, _lone_cut(realised.model.topology, cut))


def _lone_cut(topology: Topology, cut: CutEnd) -> Cut:
    closed = {
        Closed(link.id, node, "failed" if link.state == "up" else "drained")
        for node in cut.nodes
        for link in topology.links_of[node]
        if link.state != "planned" and topology.nodes[link.other(node)].state != "planned"
        if link.other(node) not in cut.nodes
    }
    return Cut("nothing", "source", 0, tuple(Place(node, 0) for node in sorted(cut.nodes)), tuple(sorted(closed)))
