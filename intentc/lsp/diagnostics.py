"""Findings and edits of the compiler as those of the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from lsprotocol import types

from intentc.diagnostics import Diagnostic, Edit, Severity, Span
from intentc.lsp.text import Lines

_SEVERITIES: Mapping[Severity, types.DiagnosticSeverity] = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}


class Border:
    """Turns the compiler's files and spans into the editor's. `sources`: the text of each file by path."""

    def __init__(self, root: Path, sources: Mapping[str, str]) -> None:
        self._root = root.resolve()
        self._sources = sources
        self._lines: dict[str, Lines] = {}

    def uri(self, path: str) -> str:
        """Return the address of a file of the project."""
        return (self._root / path).as_uri()

    def lines(self, path: str) -> Lines:
        """Return the lines of a file."""
        if path not in self._lines:
            self._lines[path] = Lines(self._sources.get(path, ""))
        return self._lines[path]

    def range(self, span: Span) -> types.Range:
        """Return where a span is in its file."""
        lines = self.lines(span.file)
        start, end = lines.place(span.line, span.column), lines.place(span.end_line, span.end_column)
        return types.Range(types.Position(start.line, start.unit), types.Position(end.line, end.unit))

    def location(self, span: Span) -> types.Location:
        """Return a span with its file."""
        return types.Location(self.uri(span.file), self.range(span))

    def diagnostics(self, path: str, findings: Iterable[Diagnostic]) -> list[types.Diagnostic]:
        """Return the findings that stand in a file and are not waived."""
        return [self._diagnostic(item) for item in findings if item.span and item.span.file == path and not item.waived]

    def _diagnostic(self, item: Diagnostic) -> types.Diagnostic:
        assert item.span is not None  # the caller has looked  # noqa: S101
        related = [
            types.DiagnosticRelatedInformation(self.location(label.span), label.message) for label in item.related
        ]
        told = [item.message, *(f"help: {text}" for text in item.help)]
        told += [f"repair{' (proven)' if repair.is_proven else ''}: {repair.text}" for repair in item.repairs]
        return types.Diagnostic(
            range=self.range(item.span),
            message="\n".join(told),
            severity=_SEVERITIES[item.severity],
            code=item.code,
            source="intentc",
            related_information=related,
        )

    def workspace_edit(self, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        """Return edits by the files that they change."""
        changes: dict[str, list[types.TextEdit]] = {}
        for edit in edits:
            changes.setdefault(self.uri(edit.span.file), []).append(types.TextEdit(self.range(edit.span), edit.text))
        return types.WorkspaceEdit(changes=changes)
