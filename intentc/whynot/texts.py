"""Where to change the sources: clauses found again by their spans, fields of a link or node written or rewritten."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import overload

from intentc.diagnostics import Edit, Source, Span
from intentc.diagnostics.model import LINE_BREAK
from intentc.language import ast
from intentc.patterns import pattern
from intentc.topology.model import Topology

_FIELD = pattern(r"(,?)\s*[\w-]+\s*:\s*$")
_KEY = pattern(r"[\w-]+\s*:\s*$")
_OWNERS = (ast.Intent, ast.Chain, ast.Profile)
_BLOCK = 64  # lines
_BLOCK_OF_LINES = pattern(rf"(?:[^\r\n]*+(?>\r\n?|\n)){{{_BLOCK}}}")

_Owner = ast.Intent | ast.Chain | ast.Profile


class Lines(Sequence[str]):
    """The lines of a text, cut out when they are asked for: a long program has a million, of which a few are shown."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = array("q", (0,))  # of each block
        while (
            found := _BLOCK_OF_LINES.match(text, self._starts[-1])
        ) is not None:  # not sought: the last lines are no whole block
            self._starts.append(found.end())

    def _block(self, number: int) -> list[str]:
        is_last = number + 1 == len(self._starts)
        end = len(self._text) if is_last else self._starts[number + 1]
        return LINE_BREAK.split(self._text[self._starts[number] : end])

    def __len__(self) -> int:
        last = len(self._starts) - 1
        return last * _BLOCK + len(self._block(last))

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[line] for line in range(*index.indices(len(self)))]
        block, line = divmod(index, _BLOCK)
        if not 0 <= block < len(self._starts):
            raise IndexError(index)
        return self._block(block)[line]


class Texts:
    """All sources of a run by path, and the clauses of their intents, profiles and chains as they stand there."""

    def __init__(self, files: Sequence[ast.File], topology: Topology, sources: Iterable[Source]) -> None:
        self._topology = topology
        self._lines = {source.path: Lines(source.text.removeprefix("\ufeff")) for source in sources}
        self._owners: dict[str, list[_Owner]] = {}  # by file, in order: hardly any is asked for its clauses
        for owner in (item for file in files for item in file.declarations if isinstance(item, _OWNERS)):
            self._owners.setdefault(owner.span.file, []).append(owner)
        for owners in self._owners.values():
            owners.sort(key=_place)
        self._intents: dict[str, ast.Intent | ast.Chain] = {}
        self._services: dict[str, ast.Service] = {}
        for declaration in (item for file in files for item in file.declarations):
            if isinstance(declaration, ast.Intent | ast.Chain):
                self._intents.setdefault(declaration.name.text, declaration)
            elif isinstance(declaration, ast.Service):
                self._services.setdefault(declaration.name.text, declaration)

    def clause(self, span: Span) -> ast.Clause | None:
        """Return the clause that stands at a span."""
        return next((clause for clause in self._clauses_at(span) if clause.span == span), None)

    def avoided(self, span: Span) -> ast.Avoid | ast.Via | None:
        """Return the clause that has an element at a span."""
        for clause in self._clauses_at(span):
            if isinstance(clause, ast.Avoid | ast.Via) and any(item.span == span for item in clause.elements):
                return clause
        return None

    def _clauses_at(self, span: Span) -> Sequence[ast.Clause]:
        """Return the clauses of the declaration in which a span is, or of the last one before it."""
        owners = self._owners.get(span.file, [])
        at = bisect_right(owners, (span.line, span.column), key=_place)
        return owners[at - 1].clauses if at else ()

    def is_own(self, intent: str, span: Span) -> bool:
        """Return whether a clause stands in the intent itself, not in a profile that others may extend."""
        found = self._intents.get(intent)
        return found is not None and any(clause.span == span for clause in found.clauses)

    def service(self, name: str) -> ast.Service | None:
        """Return the declaration of a service."""
        return self._services.get(name)

    def text(self, span: Span) -> str:
        """Return what stands at a span of one line, else an empty text."""
        lines = self._lines.get(span.file, ())
        if span.line != span.end_line or span.line > len(lines):
            return ""
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]

    def last_character(self, span: Span) -> str:
        """Return the last character of a span."""
        lines = self._lines.get(span.file, ())
        return lines[span.end_line - 1][span.end_column - 2] if span.end_line <= len(lines) else ""

    def added_clause(self, intent: str, text: str) -> Edit | None:
        """Return the edit that writes one more clause into an intent: before its closing brace."""
        found = self._intents.get(intent)
        if found is None or self.last_character(found.span) != "}":
            return None
        is_long = found.span.line != found.span.end_line
        return Edit(before_end(found.span), f"  {text}\n" if is_long else f" {text} ")

    def field(self, kind: str, name: str, field: str, value: str) -> Edit | None:
        """Return the edit that gives a field of a link or node a value, written over the one that stands there or added."""
        places = self._topology.places.get((kind, name), {})
        if field in places:
            return Edit(places[field], value)
        for other in ("id", "a", "site", "role", "loopback", "platform", "capacity"):
            edit = self._added_field(places[other], f"{field}: {value}") if other in places else None
            if edit is not None:
                return edit
        return None

    def no_field(self, kind: str, name: str, field: str) -> Edit | None:
        """Return the edit that leaves out a field that stands on one line, its key and a comma before it included."""
        span = self._topology.places.get((kind, name), {}).get(field)
        if span is None or not self.text(span):
            return None
        before = self._lines[span.file][span.line - 1][: span.column - 1]
        key = _FIELD.search(before)
        if key is None or (key.group(1) == "" and before[: key.start()].strip()):
            return None
        return Edit(Span(span.file, span.line, key.start() + 1, span.line, span.end_column), "")

    def _added_field(self, span: Span, text: str) -> Edit | None:
        """Return the edit that writes a field after another one's value, on its line in `{…}`, else on one of its own."""
        lines = self._lines.get(span.file, ())
        if span.line != span.end_line or span.line > len(lines):
            return None
        line = lines[span.line - 1]
        key = _KEY.search(line[: span.column - 1].rstrip("\"'"))
        if key is None:
            return None
        before = line[: key.start()]
        if before.rstrip().endswith(("{", ",")):
            return Edit(_point(span.file, span.line, _after_quote(line, span)), f", {text}")
        if before.replace("- ", "  ").strip():
            return None
        return Edit(_point(span.file, span.line, len(line) + 1), f"\n{' ' * len(before)}{text}")


def _after_quote(line: str, span: Span) -> int:
    rest = line[span.end_column - 1 :]
    return span.end_column + (1 if rest[:1] in {'"', "'"} else 0)


def _point(file: str, line: int, column: int) -> Span:
    return Span(file, line, column, line, column)


def before_end(span: Span) -> Span:
    """Return the point before the last character of a span."""
    return _point(span.file, span.end_line, span.end_column - 1)


def after(span: Span) -> Span:
    """Return the point after a span."""
    return _point(span.file, span.end_line, span.end_column)


def _place(owner: _Owner) -> tuple[int, int]:
    return owner.span.line, owner.span.column


def apply_edits(source: Source, edits: Iterable[Edit]) -> Source:
    """Return a source with the edits of its file made; edits must not overlap."""
    bom = "\ufeff" if source.text.startswith("\ufeff") else ""
    text = source.text.removeprefix(bom)
    starts = [0, *(found.end() for found in LINE_BREAK.finditer(text))]
    own = sorted((edit for edit in edits if edit.span.file == source.path), key=lambda edit: edit.span, reverse=True)
    for edit in own:
        span = edit.span
        start = starts[span.line - 1] + span.column - 1
        end = starts[span.end_line - 1] + span.end_column - 1
        text = text[:start] + edit.text + text[end:]
    return Source(source.path, bom + text)


def by_file(edits: Iterable[Edit]) -> Mapping[str, tuple[Edit, ...]]:
    """Return edits by the file that they change."""
    found: dict[str, list[Edit]] = {}
    for edit in edits:
        found.setdefault(edit.span.file, []).append(edit)
    return {file: tuple(items) for file, items in sorted(found.items())}
