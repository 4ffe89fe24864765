"""From what was compiled to test cases: an intent in each state that it is promised for, each assertion, each file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.ci.model import Case, Outcome, open_errors
from intentc.diagnostics import Diagnostic
from intentc.diagnostics.jsonform import findings_rows
from intentc.manifest.model import ANY_STATE, AssertionEntry, IntentEntry
from intentc.resolve.model import Model

_NORMAL = "normal"
_HOLDING = frozenset({"placed", "waived", "degraded"})


def cases(
    findings: Sequence[Diagnostic],
    promised: Mapping[str, Sequence[str]],
    intents: Sequence[IntentEntry],
    assertions: Sequence[AssertionEntry],
) -> Iterator[Case]:
    """Yield one case per intent and promised state, per assertion, and per error that belongs to neither.

    `promised`: the failure states of each intent, by id. Of an intent that does not hold the states that a finding names
    fail, and the others are unknown.
    """
    errors = open_errors(findings)
    for intent in intents:
        own = [item for item in errors if item.intent == intent.name]
        yield from _of_intent(intent, promised.get(intent.name, ()), own)
    for result in assertions:
        own = [item for item in errors if item.code.startswith("E07") and item.intent == result.name]
        place = own[0].span if own else None
        outcome = Outcome.PASSED if result.holds or not own else Outcome.FAILED
        file, line = (place.file, place.line) if place else (None, None)
        yield Case(f"assert {result.name}", "holds", file, line, outcome, tuple(own))
    known = {intent.name for intent in intents} | {result.name for result in assertions}
    yield from _of_sources([item for item in errors if item.intent not in known])


def promised_of_model(model: Model) -> dict[str, list[str]]:
    """Return the failure states that each intent is promised for, in their order."""
    by_demand = {
        demand.key: [state.id for state in demand.failover.states] if demand.failover else []
        for demand in model.demands.values()
    }
    return {
        intent.name: list(dict.fromkeys(state for key in intent.demands for state in by_demand.get(key, [])))
        for intent in model.intents
    }


def promised_of_manifest(intents: Sequence[IntentEntry]) -> dict[str, list[str]]:
    """Return the failure states that a manifest tells of: those that break a primary path, and those without a path."""
    return {
        intent.name: sorted(
            {
                state
                for demand in intent.demands
                for state in (*(state for entry in demand.states for state in entry.when), *demand.unprotected)
                if state != ANY_STATE
            }
        )
        for intent in intents
    }


def _of_intent(intent: IntentEntry, states: Sequence[str], own: Sequence[Diagnostic]) -> Iterator[Case]:
    by_state: dict[str, list[Diagnostic]] = {}
    for item in own:
        by_state.setdefault(item.state or _NORMAL, []).append(item)
    is_holding = intent.status in _HOLDING and not own
    if not is_holding and not by_state:
        by_state[_NORMAL] = []
    for state in dict.fromkeys([_NORMAL, *states, *sorted(by_state)]):
        outcome = Outcome.PASSED if is_holding else Outcome.FAILED if state in by_state else Outcome.UNKNOWN
        found = tuple(by_state.get(state, ()))
        yield Case(f"intent {intent.name}", state, intent.file, intent.line, outcome, found)


def _of_sources(errors: Sequence[Diagnostic]) -> Iterator[Case]:
    """Yield the errors of files and of the network; one case that passes says that there are none."""
    if not errors:
        yield Case("program", "no other errors", None, None, Outcome.PASSED)
    for item, row in zip(errors, findings_rows(errors), strict=True):
        file, line = (item.span.file, item.span.line) if item.span else (None, None)
        yield Case("program", f"{item.code} {row['id']}", file, line, Outcome.FAILED, (item,))
