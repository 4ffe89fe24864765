"""The findings of what was refused, with the codes that certificates bear out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from intentc.diagnostics import Diagnostic, Label
from intentc.forwarding.outage import Outage
from intentc.place.causes import GIVEN_UP
from intentc.place.certificates.certify import Answer, certify
from intentc.place.certificates.docket import Docket
from intentc.place.certificates.queued import Place as FindingPlace
from intentc.place.certificates.queued import borne_out, judge_queued, place_of
from intentc.place.chains import BudgetCause
from intentc.place.context import Context
from intentc.place.explain import describe
from intentc.place.tasks import Task
from intentc.place.wording import ends_text, failing_text, rate_text
from intentc.realise.model import Realised
from intentc.realise.refusals import Closed, Cut, Lists, Packing, Place, Prices, Refusal, Walks
from intentc.resolve.model import CutEnd
from intentc.topology.model import Topology
from intentc.values import frozen, replace

_CUT_OFF = "E0520"
_UNLISTING = ("E05", "E06")  # an intent with such an error has no demands in the manifest


@frozen
class Proofs:
    """What bears out the findings of what was refused: the answers by intent and code, and what became of bounds that queues alone made be missed."""

    context: Context | None
    answers: Mapping[tuple[str | None, str], Sequence[Answer]]
    queued: Mapping[FindingPlace, Refusal]


def proved(realised: Realised, docket: Docket, findings: Sequence[Diagnostic]) -> tuple[Realised, Proofs]:
    """Return the program with its refusals, and what these bear out of the findings."""
    queued = judge_queued(docket, findings)
    answers = certify(docket, _gone(realised, docket, findings))
    refusals = [*(answer.refusal for answer in answers), *queued.values(), *_cut_off(realised)]
    by_place = {(item.intent, item.demand, item.finding, item.state): item for item in refusals}
    by_finding: dict[tuple[str | None, str], list[Answer]] = {}
    for answer in answers:
        by_finding.setdefault((answer.refusal.intent, answer.cause.code), []).append(answer)
    told = replace(realised, refusals=tuple(by_place[place] for place in sorted(by_place)))
    return told, Proofs(docket.context, by_finding, queued)


def certified(proofs: Proofs, findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the findings as they are borne out."""
    items = [
        borne_out(item, proofs.queued[place]) if (place := place_of(item)) in proofs.queued else item
        for item in findings
    ]
    return list(_each_once(proofs.context, items, proofs.answers))


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
    if isinstance(best.refusal.certificate, Prices):
        return _too_much(context, item, best, best.refusal.certificate)
    return replace(item, code=best.refusal.finding, message=_message(context, best), state=best.refusal.state or None)


def _message(context: Context, best: Answer) -> str:
    """Return what is said of a refusal now."""
    refusal, who = best.refusal, ends_text(best.cause.verdict.task)
    when = f" when {failing_text(refusal.state)}" if refusal.state else ""
    if isinstance(refusal.certificate, Walks):
        return f"no path from {who} does what is asked in both directions{when}"
    if isinstance(refusal.certificate, Packing):
        return f"`{refusal.certificate.service}` has no hosts for {rate_text(refusal.certificate.asked_bps)}{when}"
    if best.is_proof and best.cause.code == GIVEN_UP:
        return f"no path from {who} does all that is asked{when}"
    if best.is_proof:
        return describe(context, best.cause)
    return f"{describe(context, best.cause)}; {_doubt(best)}"


def _too_much(context: Context, item: Diagnostic, best: Answer, prices: Prices) -> Diagnostic:
    """Return the finding that prices prove, with the link that lacks most by them."""
    task, state = best.cause.verdict.task, best.refusal.state
    when = f" when {failing_text(state)}" if state else ""
    message = f"no path from {ends_text(task)} has room{when}, however it and what is placed are routed"
    related, scarce = item.related, scarcest(context, task, prices, best.outage)
    if scarce is not None:
        link, lack = context.network.topology.links[scarce[0]], rate_text(scarce[1])
        message, related = f"{message}; `{link.id}` lacks {lack}", (Label(link.span, f"`{link.id}` lacks {lack}"),)
    return replace(item, code=best.refusal.finding, message=message, state=state or None, related=related)


def scarcest(context: Context, task: Task, prices: Prices, outage: Outage) -> tuple[str, int] | None:
    """Return the link that a proof rests on most, with what it lacks for a demand: the largest price × lack.

    None where each of them alone would hold the demand: it is all of them together that cannot.
    """
    index, claim = context.network.link_index, task.claim_in(outage)
    found: tuple[int, str, int] | None = None
    down = outage.links | context.network.drained
    for item in (item for item in prices.prices if index[item.link] not in down):
        for arc, price in ((2 * index[item.link], item.ab), (2 * index[item.link] + 1, item.ba)):
            lack = claim.own_bps - context.ledger.left_bps(arc, claim.traffic_class, outage)
            if price and lack > 0 and (found is None or price * lack > found[0]):
                found = price * lack, item.link, lack
    return None if found is None else found[1:]


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
