"""Results as Markdown, for the comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.ci.escaping import escaped, within_comment
from intentc.ci.model import Outcome, Outcomes
from intentc.ci.wording import details, place
from intentc.diagnostics import Diagnostic, Severity
from intentc.manifest.model import IntentEntry

_MOST_DETAILS = 8  # lines per finding
_MARKS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.NOTE: "ℹ️"}


def markdown(outcomes: Outcomes) -> str:
    """Return the verdict, the findings, and a table of the intents; what is too long for a comment is counted."""
    return within_comment(list(_lines(outcomes)), "the output of the job")


def _lines(outcomes: Outcomes) -> Iterator[str]:
    verdict = "accepted" if outcomes.is_accepted else "not accepted"
    yield f"## {'✅' if outcomes.is_accepted else '❌'} intentc: {escaped(outcomes.project)} is {verdict}"
    yield ""
    passed, failed, unknown = (outcomes.count(outcome) for outcome in Outcome)
    yield f"{passed} statements hold, {failed} do not" + (f", {unknown} are not known." if unknown else ".")
    shown = [item for item in outcomes.findings if not item.waived and item.severity is not Severity.NOTE]
    if shown:
        yield from ("", "### Findings", "")
        for item in shown:
            yield from _finding(item, outcomes)
    if outcomes.intents:
        yield from (
            "",
            "### Intents",
            "",
            "| intent | status | class | demands | least margin |",
            "| --- | --- | --- | --: | --: |",
        )
        for intent in outcomes.intents:
            yield _row(intent)
    for entry in outcomes.assertions:
        worst = f" (worst: {entry.worst.value:g} in `{entry.worst.state}`)" if entry.worst else ""
        yield from ("", f"{'✅' if entry.holds else '❌'} assertion {escaped(entry.name)}{worst}")


def _finding(item: Diagnostic, outcomes: Outcomes) -> Iterator[str]:
    where = place(item, outcomes)
    told = f" in {escaped(item.intent)}" if item.intent else ""
    yield f"* {_MARKS[item.severity]} **{item.code}**{told}: {escaped(item.message)}" + (
        f"  \n  {escaped(where)}" if where else ""
    )
    lines = details(item, outcomes)
    for line in lines[:_MOST_DETAILS]:
        yield f"  * {escaped(line)}"
    if len(lines) > _MOST_DETAILS:
        yield f"  * … and {len(lines) - _MOST_DETAILS} more"


def _row(intent: IntentEntry) -> str:
    margins = [demand.margin_us for demand in intent.demands if demand.margin_us is not None]
    margin = f"{min(margins) / 1000:.2f} ms" if margins else "–"
    cells = [intent.name, intent.status, intent.traffic_class or "–", str(len(intent.demands))]
    return f"| {' | '.join(escaped(cell) for cell in cells)} | {margin} |"
