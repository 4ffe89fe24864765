"""Repairs that change a number: the bound that can be kept, the rate that fits, the time in which traffic is back."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.diagnostics import Edit, Span
from intentc.forwarding.figures import latency_of
from intentc.language import ast
from intentc.place.book import bare_bps
from intentc.place.causes import FAILOVER_TIME, Cause
from intentc.place.diagnose import Layer
from intentc.place.wording import rate_text, time_text
from intentc.whynot.labels import labels_on
from intentc.whynot.model import Candidate
from intentc.whynot.question import Question
from intentc.whynot.texts import after, before_end

_NUMBER = 1  # rank
_PPM = 1_000_000
_US_PER_MS = 1000
_STEP_US = 100
_BPS_PER_KBPS = 1000
_BITS_PER_BYTE = 8
_US_PER_S = 1_000_000


def bounds(question: Question) -> Iterator[Candidate]:
    """Yield the bound that the best paths keep, and one with a tenth more for what queues add.

    Where queues are sure to add more than the search assumes, the first one cannot hold, and is not tried.
    """
    causes = [cause for cause in question.causes if cause.verdict.layer is Layer.LATENCY]
    wanted = [(*_needed_us(cause), cause) for cause in causes]
    wanted = [item for item in wanted if item[1] > item[0]]
    if not wanted or question.first.verdict.layer is not Layer.LATENCY:
        return
    bound, needed, cause = max(wanted, key=lambda item: item[1])
    roomy = _rounded_up(needed * 11 // 10)
    for value in dict.fromkeys((roomy,) if _is_too_near(question, cause) else (needed, roomy)):
        rank = (_NUMBER, (value - bound) * _PPM // max(bound, 1))
        yield from _bound_edit(question, value, rank)


def _is_too_near(question: Question, cause: Cause) -> bool:
    """Return whether a demand waits for longer on the best path than the search assumes, even where no other one sends."""
    verdict, network = cause.verdict, question.context.network
    route, task = verdict.route, verdict.task
    if route is None or task.ahead is None:
        return False
    waits_us, before = 0, None
    for arc in route.arcs:
        # one packet that has begun and one of network control go first, then what came at once (intentc/delay/README.md)
        mtu, burst = network.link_of(arc).mtu, task.demand.burst_bytes
        at_once = burst if before is None else min(burst, before)
        waits_us -= -(mtu + at_once) * _BITS_PER_BYTE * _US_PER_S // network.capacity_bps[arc]
        before = mtu
    return waits_us > latency_of(network, route.arcs, task.ahead).queueing


def _needed_us(cause: Cause) -> tuple[int, int]:
    """Return the bound as it is written and as it would have to be, in µs; (0, 0) where nobody knows."""
    verdict = cause.verdict
    left, route = verdict.setback.role.bound_us(verdict.outage), verdict.route
    total = verdict.task.round_trip_us(verdict.outage)
    written = verdict.task.bound_us(verdict.outage)
    if route is None or left is None:
        return 0, 0
    if total is not None and left != written:
        return total, total + route.latency_us - left
    return written or 0, route.latency_us


def _rounded_up(us: int) -> int:
    return -(-us // _STEP_US) * _STEP_US


def _bound_edit(question: Question, us: int, rank: tuple[int, int]) -> Iterator[Candidate]:
    demand, text = question.demand, time_text(us)
    if question.is_in_failure and demand.failover is not None:
        yield from _in_failover(question, demand.failover.span, "latency", text, rank)
        return
    span = demand.clause_spans.get("latency")
    yield from latency_edit(question, span, text, rank)


def latency_edit(question: Question, span: Span | None, text: str, rank: tuple[int, int]) -> Iterator[Candidate]:
    """Yield the change of a `latency` clause: in its place, or as the intent's own where it stands in a profile."""
    clause = question.texts.clause(span) if span is not None else None
    if not isinstance(clause, ast.Latency):
        return
    if question.texts.is_own(question.intent, clause.span):
        yield Candidate(rank, "bound", f"write `latency <= {text}`", (Edit(clause.bound.span, text),))
        return
    words = f"latency <= {text}" + (" rtt" if clause.mode == "rtt" else "")
    edit = question.texts.added_clause(question.intent, words)
    if edit is not None:
        yield Candidate(rank, "bound", f"give `{question.intent}` its own `{words}`", (edit,))


def _in_failover(question: Question, span: Span, keyword: str, text: str, rank: tuple[int, int]) -> Iterator[Candidate]:
    """Yield the change of a clause of a `failover` block, which is written where there is none."""
    clause = question.texts.clause(span)
    if not isinstance(clause, ast.Failover) or not question.texts.is_own(question.intent, span):
        return
    words = f"latency <= {text}" if keyword == "latency" else f"bandwidth {text}"
    inner = clause.latency if keyword == "latency" else clause.bandwidth
    if isinstance(inner, ast.Latency):
        edit = Edit(inner.bound.span, text)
    elif inner is not None:
        edit = Edit(inner.rate.span, text)
    elif question.texts.last_character(span) == "}":
        edit = Edit(before_end(span), f" {words} ")
    else:
        edit = Edit(after(span), f" {{ {words} }}")
    yield Candidate(
        rank, "bound" if keyword == "latency" else "rate", f"write `{words}` in the `failover` block", (edit,)
    )


def rates(question: Question) -> Iterator[Candidate]:
    """Yield the rate that the links have room for, for this demand alone and for all of the intent.

    Where a list of segments has to lead packets there, it is the rate that there is room for with their labels.
    """
    verdict, ledger = question.first.verdict, question.context.ledger
    claim = verdict.task.claim_in(verdict.outage)
    if not verdict.missing or not claim.rate_bps:
        return
    labels, mean_packet = labels_on(question.context, verdict), question.context.network.topology.routing.mean_packet

    def bare(arc: int, bps: int) -> int:
        return bare_bps(bps, labels.get(arc, 0), mean_packet)

    alone = min(bare(arc, claim.rate_bps - missing) for arc, missing in verdict.missing)
    rooms = (bare(arc, ledger.left_bps(arc, claim.traffic_class, verdict.outage)) for arc, _ in verdict.missing)
    for left in dict.fromkeys((alone, min(rooms) // max(question.siblings, 1))):
        if 0 < left < claim.rate_bps:
            rank = (_NUMBER, (claim.rate_bps - left) * _PPM // claim.rate_bps)
            yield from _rate_edit(question, left, claim.rate_bps, rank)


def _rate_edit(question: Question, left_bps: int, asked_bps: int, rank: tuple[int, int]) -> Iterator[Candidate]:
    demand = question.demand
    span = demand.clause_spans.get("bandwidth")
    clause = question.texts.clause(span) if span is not None else None
    if not isinstance(clause, ast.Bandwidth) or span is None:
        return
    if question.is_in_failure and demand.failover is not None:
        text = _rate_words(left_bps)
        yield from _in_failover(question, demand.failover.span, "bandwidth", text, rank)
        return
    written = clause.reverse if demand.direction == "reverse" and clause.reverse is not None else clause.rate
    if not isinstance(written, ast.Quantity) or not question.texts.is_own(question.intent, span):
        return
    text = _rate_words(written.value * left_bps // asked_bps)  # a rate for all together is more than one demand's
    yield Candidate(rank, "rate", f"write `bandwidth {text}`", (Edit(written.span, text),))


def _rate_words(bps: int) -> str:
    """Return a rate rounded down to what can be written."""
    if bps < _BPS_PER_KBPS:
        return rate_text(bps)
    digits = 10 ** max(len(str(bps)) - 4, 3)
    return rate_text(bps - bps % min(digits, 10 ** (len(str(bps)) - 1)))


def delays(question: Question) -> Iterator[Candidate]:
    """Yield the time in which traffic can be back after a failure."""
    found = [cause.protection for cause in question.causes if cause.code == FAILOVER_TIME]
    needed = max((item.detect_ms + item.repair_ms for item in found if item is not None), default=0)
    failover = question.demand.failover
    clause = question.texts.clause(failover.span) if failover is not None and needed else None
    if not isinstance(clause, ast.Failover) or clause.within is None:
        return
    text = time_text(needed * _US_PER_MS)
    edit = Edit(clause.within.span, text)
    yield Candidate((_NUMBER, 0), "within", f"write `failover within {text}`", (edit,))
