"""Findings as SARIF 2.1.0 (OASIS Standard, 27 March 2020), for code scanning and editors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

from intentc.ci.model import Outcomes
from intentc.diagnostics import Diagnostic, Severity, Span
from intentc.diagnostics.catalogue import CATALOGUE
from intentc.diagnostics.jsonform import Json, findings_rows

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Mapping[Severity, str] = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(outcomes: Outcomes) -> str:
    """Return a log with one run. Fingerprints are the findings' ids, which do not change when lines move.

    Paths are relative to the root of the repository; a finding that stands in no file points at `intentc.toml`, since
    viewers drop results without a place. What a waiver accepts is there, suppressed.
    """
    codes = sorted({item.code for item in outcomes.findings})
    rows = findings_rows(outcomes.findings)
    results: list[Json] = [
        _result(item, str(row["id"]), codes.index(item.code), outcomes)
        for item, row in zip(outcomes.findings, rows, strict=True)
    ]
    driver: Json = {
        "name": "intentc",
        "semanticVersion": outcomes.version,
        "rules": [_rule(code) for code in codes],
    }
    run: Json = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log: Json = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str) -> Json:
    entry = CATALOGUE[code]
    severity = Diagnostic(code, "").severity
    return {
        "id": code,
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": entry.explanation.strip()},
        "help": {"text": f"{entry.explanation.strip()}\n\nintentc explain {code}"},
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }


def _result(item: Diagnostic, identity: str, rule: int, outcomes: Outcomes) -> Json:
    result: dict[str, Json] = {
        "ruleId": item.code,
        "ruleIndex": rule,
        "level": _LEVELS[item.severity],
        "message": {"text": "\n".join([item.message, *(f"help: {text}" for text in item.help)])},
        "locations": [_location(item.span, outcomes)],
        "partialFingerprints": {"intentc/v1": identity},
    }
    if item.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": label.message}, **_location(label.span, outcomes)}
            for number, label in enumerate(item.related, 1)
        ]
    if item.waived:
        result["suppressions"] = [{"kind": "inSource", "justification": "accepted by a `waive` clause"}]
    if item.fix:
        result["fixes"] = [_fix(item, outcomes)]
    about = {
        key: value for key, value in (("intent", item.intent), ("node", item.node), ("state", item.state)) if value
    }
    if about:
        result["properties"] = dict(about)
    return result


def _location(span: Span | None, outcomes: Outcomes) -> dict[str, Json]:
    file = "intentc.toml" if span is None else span.file
    physical: dict[str, Json] = {"artifactLocation": _artifact(file, outcomes)}
    if span is not None:
        physical["region"] = _region(span)
    return {"physicalLocation": physical}


def _artifact(file: str, outcomes: Outcomes) -> Json:
    return {"uri": quote(outcomes.path(file)), "uriBaseId": "%SRCROOT%"}


def _region(span: Span) -> Json:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fix(item: Diagnostic, outcomes: Outcomes) -> Json:
    changes: list[Json] = [
        {
            "artifactLocation": _artifact(edit.span.file, outcomes),
            "replacements": [{"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}],
        }
        for edit in item.fix
    ]
    return {"description": {"text": "the one certain answer"}, "artifactChanges": changes}
