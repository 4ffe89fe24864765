"""Stage queue: what was placed, with bounded queueing; what no longer keeps its bounds is placed no more, and says why."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.delay.bounds import bound_rows
from intentc.delay.breaches import Breach, find_breaches
from intentc.delay.findings import report
from intentc.delay.latency import with_queueing
from intentc.delay.rows import rows_of
from intentc.delay.solve import Hints
from intentc.delay.withdraw import Withdrawals
from intentc.diagnostics import Findings
from intentc.realise.model import Realised
from intentc.values import replace


def settle_queueing(realised: Realised, findings: Findings) -> Realised:
    """Return the placed program with the queueing of every demand bounded, and the queues that this takes.

    A demand that misses a bound with it is a finding, and its intent is withdrawn with all it reserves; then the queues of
    the others are bounded anew, as they have less to hold. What a waiver accepts stays placed.
    """
    known = {(item.intent, item.code) for item in findings.items if item.is_error}
    accepted = {(waiver.intent, waiver.code) for waiver in realised.model.waivers}
    rows = rows_of(realised)
    hints: Hints = {}
    withdrawals = Withdrawals(rows)
    while True:
        found = bound_rows(rows, realised, hints)
        queues, hints = found.queues, found.worst
        demands = with_queueing(realised, queues, rows)
        broken = _by_intent(find_breaches(realised.model.topology, demands, queues))
        for intent, breaches in broken.items():
            for item in report(realised.model, intent, breaches):
                if (intent, item.code) not in known:
                    known.add((intent, item.code))
                    findings.add(item)
        lost = [
            intent
            for intent, breaches in broken.items()
            if any((intent, breach.code) not in accepted for breach in breaches)
        ]
        if not lost:
            return replace(realised, demands=demands, queues=queues)
        realised = withdrawals.withdraw(realised, lost)


def _by_intent(breaches: Iterable[Breach]) -> dict[str, list[Breach]]:
    found: dict[str, list[Breach]] = {}
    for breach in breaches:
        found.setdefault(breach.item.demand.intent, []).append(breach)
    return {intent: found[intent] for intent in sorted(found)}
