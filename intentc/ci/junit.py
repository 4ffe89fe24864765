"""Results as JUnit XML, in the dialect that GitLab, Jenkins and GitHub's test reporters share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from intentc.ci.model import Case, Outcome, Outcomes
from intentc.ci.wording import details, place
from intentc.patterns import pattern

_NO_XML = pattern(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


def junit(outcomes: Outcomes) -> str:
    """Return one suite per intent and assertion, one test per state; `classname` and `name` together are unique.

    There are no times in it: equal results are equal bytes.
    """
    totals = _counts(outcomes.cases)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites name={_text(outcomes.project)} {totals}>"]
    for group, members in groupby(outcomes.cases, key=lambda case: case.group):
        found = list(members)
        lines.append(f"  <testsuite name={_text(group)} {_counts(found)}>")
        lines += [line for case in found for line in _case(case, outcomes)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _counts(cases: Iterable[Case]) -> str:
    found = [case.outcome for case in cases]
    failed, unknown = found.count(Outcome.FAILED), found.count(Outcome.UNKNOWN)
    return f'tests="{len(found)}" failures="{failed}" errors="0" skipped="{unknown}"'


def _case(case: Case, outcomes: Outcomes) -> Iterator[str]:
    where = "" if case.file is None else f" file={_text(outcomes.path(case.file))} line={_text(str(case.line))}"
    head = f"    <testcase classname={_text(f'{outcomes.project}.{case.group}')} name={_text(case.name)}{where}"
    if case.outcome is Outcome.PASSED:
        yield f"{head}/>"
        return
    yield f"{head}>"
    if case.outcome is Outcome.UNKNOWN:
        yield '      <skipped message="not known: it does not hold in another state"/>'
    else:
        yield _failure(case, outcomes)
    yield "    </testcase>"


def _failure(case: Case, outcomes: Outcomes) -> str:
    message = "; ".join(f"{item.code} {item.message}" for item in case.findings) or "it does not hold"
    lines = [
        line for item in case.findings for line in (f"{place(item, outcomes)} {item.code}", *details(item, outcomes))
    ]
    kind = case.findings[0].code if case.findings else "refused"
    return f"      <failure type={_text(kind)} message={_text(message)}>{_plain(chr(10).join(lines))}</failure>"


def _text(value: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", value))


def _plain(value: str) -> str:
    return escape(_NO_XML.sub("\ufffd", value))
