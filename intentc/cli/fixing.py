"""`--fix`: the edits that findings offer where one answer is certain, made in the files."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from intentc.cli.console import Console
from intentc.cli.replacing import read_bytes, replace_file
from intentc.diagnostics import Diagnostic, Edit, Source
from intentc.run import Run
from intentc.whynot.texts import apply_edits, by_file


def fix_sources(run: Run, root: Path, console: Console) -> bool:
    """Make the certain edits of all findings and say where; return whether there were any.

    Raises `Refusal` where a file cannot be written or is not what was read.
    """
    changes = by_file(_edits(run.findings.sorted()))
    for path, edits in changes.items():
        _fix(root / path, Source(path, run.sources[path]), edits)
        console.err(f"{path}: {len(edits)} {'edit' if len(edits) == 1 else 'edits'} made")
    return bool(changes)


def _edits(findings: Iterable[Diagnostic]) -> list[Edit]:
    """Return the edits of findings that are not waived, each once, without those that overlap an earlier one."""
    found = sorted(
        {edit for item in findings if not item.waived for edit in item.fix}, key=lambda edit: (edit.span, edit.text)
    )
    late = {after for before, after in pairwise(found) if _overlap(before, after)}
    return [edit for edit in found if edit not in late]


def _overlap(before: Edit, after: Edit) -> bool:
    end = (before.span.file, before.span.end_line, before.span.end_column)
    return (after.span.file, after.span.line, after.span.column) < end or before.span == after.span


def _fix(path: Path, source: Source, edits: tuple[Edit, ...]) -> None:
    data = read_bytes(path)
    mark = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
    replace_file(path, (mark + apply_edits(source, edits).text.removeprefix("\ufeff")).encode())
