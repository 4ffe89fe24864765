"""What a proof comes to: how many statements held, and a finding for every one that did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from intentc.diagnostics import Diagnostic, Span
from intentc.values import field, frozen, mutable, replace


@frozen
class Proof:
    """The result: `statements` counts what was proved, by kind; `findings` say what was not."""

    findings: tuple[Diagnostic, ...]
    statements: Mapping[str, int]

    @property
    def holds(self) -> bool:
        """Return whether nothing contradicts the manifest."""
        return not any(item.is_error for item in self.findings)


@mutable
class Court:
    """Collects statements while they are judged; `about` and `span` are those of the intent in hand."""

    findings: list[Diagnostic] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)
    intent: str | None = None
    span: Span | None = None

    def judge(
        self, kind: str, code: str, *, holds: bool, otherwise: str, state: str | None = None, hint: str = ""
    ) -> bool:
        """Count a statement of `kind` that holds, else make the finding `code` that says `otherwise`; return `holds`."""
        if holds:
            self.held[kind] += 1
        else:
            self.deny(code, otherwise, state=state, hint=hint)
        return holds

    def deny(self, code: str, message: str, *, state: str | None = None, hint: str = "") -> None:
        """Make a finding about the intent in hand."""
        hints = (hint,) if hint else ()
        self.findings.append(Diagnostic(code, message, self.span, help=hints, intent=self.intent, state=state))

    def merge(self, since: int, rest: str) -> None:
        """Make one finding of all that were made after the first `since`: one mistake. `rest` says what the others are, in the singular."""
        made = self.findings[since:]
        if len(made) > 1:
            first = made[0]
            message = f"{first.message}; and {len(made) - 1} more {rest}{'s' * (len(made) > 2)}"
            self.findings[since:] = [replace(first, message=message)]

    def verdict(self) -> Proof:
        """Return what was found, findings in order of place and code."""
        ordered = sorted(dict.fromkeys(self.findings), key=_order)
        return Proof(tuple(ordered), dict(sorted(self.held.items())))


def _order(item: Diagnostic) -> tuple[str, int, str, str, str, str]:
    place = (item.span.file, item.span.line) if item.span else ("", 0)
    return (*place, item.intent or "", item.code, item.state or "", item.message)
