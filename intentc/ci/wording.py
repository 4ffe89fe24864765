"""Findings as plain text, for places that show no source."""

from __future__ import annotations

from intentc.ci.model import Outcomes
from intentc.diagnostics import Diagnostic
from intentc.diagnostics.text import printable


def details(item: Diagnostic, outcomes: Outcomes) -> list[str]:
    """Return what belongs to a finding beside its message, line by line: other places, help, repairs."""
    related = [
        f"{outcomes.path(label.span.file)}:{label.span.line}: {printable(label.message)}" for label in item.related
    ]
    context = [f"{key} {printable(value)}" for key, value in (("node", item.node), ("state", item.state)) if value]
    repairs = [f"repair{' (proven)' if repair.is_proven else ''}: {printable(repair.text)}" for repair in item.repairs]
    return [*context, *related, *(f"help: {printable(text)}" for text in item.help), *repairs]


def place(item: Diagnostic, outcomes: Outcomes) -> str:
    """Return `file:line:column`, or nothing for a finding that stands nowhere."""
    return f"{outcomes.path(item.span.file)}:{item.span.line}:{item.span.column}" if item.span else ""
