"""Stage assess: whether the assertions hold over what was placed, in every state that they speak of."""

from __future__ import annotations

from intentc.assertions.connection import find_division
from intentc.assertions.context import STATES_PER_CHUNK, Context
from intentc.assertions.findings import divided, too_full, too_long, trespassing
from intentc.assertions.model import AssertionResult, Measure, Worst
from intentc.assertions.traffic import find_longest, find_trespass
from intentc.assertions.utilisation import find_fullest
from intentc.diagnostics import Findings
from intentc.executor.model import Executor
from intentc.realise.model import Realised
from intentc.resolve.assertion_model import Assertion, Connection, LengthBound, TrafficBan, UtilisationBound


def check_assertions(
    realised: Realised,
    findings: Findings,
    executor: Executor | None = None,
    states_per_chunk: int = STATES_PER_CHUNK,
) -> tuple[AssertionResult, ...]:
    """Return how the assertions of a placed program fare, by name; one that does not hold is a finding.

    Every state that an assertion names is accounted for, and the normal one, with exact results, the same whatever
    `executor` looks at them (None: this process) and in chunks of whatever size. An intent that was not placed has no
    traffic here.
    """
    context = Context(realised, executor, states_per_chunk)
    return tuple(_check(context, assertion, findings) for assertion in realised.model.assertions)


def _check(context: Context, assertion: Assertion, findings: Findings) -> AssertionResult:
    match assertion.property:
        case UtilisationBound() as bound:
            return _check_utilisation(context, assertion, bound, findings)
        case Connection() as connection:
            return _check_connection(context, assertion, connection, findings)
        case TrafficBan() as ban:
            return _check_ban(context, assertion, ban, findings)
        case LengthBound() as length:
            return _check_length(context, assertion, length, findings)


def _check_utilisation(
    context: Context, assertion: Assertion, bound: UtilisationBound, findings: Findings
) -> AssertionResult:
    found = find_fullest(context, assertion, bound)
    holds = found.worst.keeps(bound)
    if not holds:
        findings.add(too_full(context, assertion, found))
    return AssertionResult(assertion.name, holds, Measure.UTILISATION, Worst(found.worst.state, found.worst.ppm))


def _check_connection(
    context: Context, assertion: Assertion, connection: Connection, findings: Findings
) -> AssertionResult:
    found = find_division(context, assertion, connection)
    holds = not found.worst.value
    if not holds:
        findings.add(divided(context, assertion, found))
    return AssertionResult(assertion.name, holds, Measure.PAIRS, found.worst)


def _check_ban(context: Context, assertion: Assertion, ban: TrafficBan, findings: Findings) -> AssertionResult:
    found = find_trespass(context, assertion, ban)
    if found.offences:
        findings.add(trespassing(context, assertion, found))
    return AssertionResult(assertion.name, not found.offences, Measure.ELEMENTS, found.worst)


def _check_length(context: Context, assertion: Assertion, length: LengthBound, findings: Findings) -> AssertionResult:
    found = find_longest(context, assertion, length)
    if found.offences:
        findings.add(too_long(context, assertion, length, found))
    return AssertionResult(assertion.name, not found.offences, Measure.LINKS, found.worst)
