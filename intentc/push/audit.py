"""The audit log: one line for each transaction that ended or was taken up again, appended to `audit.jsonl` in the state store.

Lines are never changed or removed; a line has who, when, from which commit, which plan, which devices, and what came of it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from intentc.diagnostics import Diagnostic
from intentc.push.journal import Opening
from intentc.push.report import Report
from intentc.push.team import Author

FILE = "audit.jsonl"


def audited(root: Path, report: Report, opening: Opening, author: Author, doing: str) -> Report:
    """Return `report` once its line is on disk; with a finding more where it could not be written."""
    return _appended(root, report, _line(report, opening, author, doing))


def audit_break(root: Path, author: Author, words: str) -> tuple[Diagnostic, ...]:
    """Write down that `author` has broken the lease of `words`; return the finding that this could not be written."""
    return _append(root, {"at": _now(), "who": author.who, "host": author.host, "doing": "break-lease", "lease": words})


def audit_adoption(
    root: Path, identifier: str, author: Author, lines: Mapping[str, Sequence[str]]
) -> tuple[Diagnostic, ...]:
    """Write down that `author` adopted `lines` of drift, by device; return the finding that this could not be written."""
    return _append(
        root,
        {
            "at": _now(),
            "who": author.who,
            "host": author.host,
            "doing": "adopt",
            "id": identifier,
            "commit": author.commit,
            "outcome": "adopted",
            "devices": sorted(lines),
            "lines": {node: list(found) for node, found in sorted(lines.items())},
        },
    )


def _line(report: Report, opening: Opening, author: Author, doing: str) -> dict[str, object]:
    return {
        "at": _now(),
        "who": author.who,
        "host": author.host,
        "doing": doing,
        "id": opening.id,
        "commit": opening.commit,
        "plan": opening.plan_hash,
        "outcome": report.outcome.value,
        "devices": [node for node, _ in opening.tickets],
        "unknown": list(report.unknown),
        "findings": _codes(report.findings),
        "mixed_ms": report.mixed_ms,
    }


def _appended(root: Path, report: Report, line: dict[str, object]) -> Report:
    unwritten = _append(root, line)
    return replace(report, findings=(*report.findings, *unwritten)) if unwritten else report


def _append(root: Path, line: dict[str, object]) -> tuple[Diagnostic, ...]:
    data = (json.dumps(line, ensure_ascii=False) + "\n").encode()
    try:
        descriptor = os.open(root / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        text = f"the audit log `{root / FILE}` cannot be written: {error.strerror}"
        return (Diagnostic("E0822", text, help=("free space on, or restore, the state directory",)),)
    return ()


def _codes(findings: Iterable[Diagnostic]) -> list[str]:
    return sorted({found.code for found in findings})


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
