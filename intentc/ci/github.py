"""Findings as workflow commands, which GitHub Actions shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.ci.model import Outcomes
from intentc.ci.wording import details
from intentc.diagnostics import Diagnostic, Severity
from intentc.diagnostics.text import printable

_COMMANDS: Mapping[Severity, str] = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def github(outcomes: Outcomes) -> str:
    """Return one command per finding, errors first: GitHub shows ten of a kind per step. What is waived is left out."""
    order = list(_COMMANDS)
    shown = sorted((item for item in outcomes.findings if not item.waived), key=lambda item: order.index(item.severity))
    return "".join(f"{_command(item, outcomes)}\n" for item in shown)


def _command(item: Diagnostic, outcomes: Outcomes) -> str:
    properties = {}
    if item.span is not None:
        properties = {"file": outcomes.path(item.span.file), "line": str(item.span.line)}
        if item.span.line == item.span.end_line:  # columns count only within a line, and the last one is inclusive
            last = max(item.span.column, item.span.end_column - 1)
            properties |= {"col": str(item.span.column), "endColumn": str(last)}
        else:
            properties |= {"endLine": str(item.span.end_line)}
    properties["title"] = printable(f"{item.code} {item.intent}" if item.intent else item.code)
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[item.severity]} {told}::{_data(chr(10).join([printable(item.message), *details(item, outcomes)]))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
