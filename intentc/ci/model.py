"""What a compilation says, as tests that CI systems can count."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from intentc.diagnostics import Diagnostic
from intentc.manifest.model import AssertionEntry, IntentEntry
from intentc.values import frozen


class Outcome(StrEnum):
    """`UNKNOWN`: nothing was found against it, and what it belongs to does not hold."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@frozen
class Case:
    """One statement with an identity that is stable and unique: `group` (`intent chat`) and `name` (`normal`, `link:L7`)."""

    group: str
    name: str
    file: str | None
    line: int | None
    outcome: Outcome
    findings: tuple[Diagnostic, ...] = ()


@frozen
class Outcomes:
    """All that a report shows. Paths of files are relative to the project's root, which lies at `prefix` in its repository."""

    project: str
    prefix: str  # "" or "path/to/project/"
    findings: tuple[Diagnostic, ...]
    cases: tuple[Case, ...]
    intents: tuple[IntentEntry, ...]
    assertions: tuple[AssertionEntry, ...]
    is_accepted: bool
    version: str  # of intentc

    def path(self, file: str) -> str:
        """Return where a file lies in the repository."""
        return f"{self.prefix}{file}"

    def count(self, outcome: Outcome) -> int:
        """Return how many cases came out so."""
        return sum(1 for case in self.cases if case.outcome is outcome)


def open_errors(findings: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the errors that nobody waived."""
    return tuple(item for item in findings if item.is_error)
