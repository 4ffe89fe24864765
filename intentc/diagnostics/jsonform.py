"""Findings in the JSON form that the contract promises (`--format json` and the manifest)."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.diagnostics.model import Diagnostic, Edit, Severity, Span

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]


def findings_document(findings: Sequence[Diagnostic]) -> dict[str, Json]:
    """Return `{"schema": 1, "findings": […], "summary": {…}}`."""
    rows: list[Json] = [*findings_rows(findings)]
    counts: dict[str, Json] = {
        f"{severity.value}s": sum(1 for item in findings if item.severity is severity and not item.waived)
        for severity in Severity
    }
    counts["waived"] = sum(1 for item in findings if item.waived)
    return {"schema": 1, "findings": rows, "summary": counts}


def findings_rows(findings: Sequence[Diagnostic]) -> list[dict[str, Json]]:
    """Return one JSON object per finding; ids are stable when lines move, and unique within the list."""
    seen: dict[str, int] = {}
    rows = []
    for item in findings:
        base = _fingerprint(item)
        seen[base] = seen.get(base, 0) + 1
        rows.append(_row(item, base if seen[base] == 1 else f"{base}-{seen[base]}"))
    return rows


def _fingerprint(item: Diagnostic) -> str:
    """Identify a finding by what it says, not by where: code, file, intent, node, state and message."""
    file = item.span.file if item.span else ""
    parts = (item.code, file, item.intent or "", item.node or "", item.state or "", item.message)
    import hashlib  # noqa: PLC0415  (only where something was found: start-up)

    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _row(item: Diagnostic, identity: str) -> dict[str, Json]:
    return {
        "id": identity,
        "code": item.code,
        "severity": item.severity.value,
        "message": item.message,
        **_place(item.span),
        "intent": item.intent,
        "node": item.node,
        "state": item.state,
        "waived": item.waived,
        "related": [{"message": label.message, **_place(label.span)} for label in item.related],
        "help": list(item.help),
        "repairs": [
            {"text": repair.text, "edits": _edits(repair.edits), "proven": repair.is_proven} for repair in item.repairs
        ],
        "fix": {"edits": _edits(item.fix)} if item.fix else None,
    }


def _place(span: Span | None) -> dict[str, Json]:
    if span is None:
        return {"file": None, "line": None, "column": None, "end_line": None, "end_column": None}
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _edits(edits: Sequence[Edit]) -> list[Json]:
    rows: list[Json] = []
    for edit in edits:
        place = _place(edit.span)
        file = place.pop("file")
        rows.append({"file": file, "range": place, "text": edit.text})
    return rows
