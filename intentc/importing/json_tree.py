"""JSON text to a tree with places: the library's reader knows no places but that of a mistake."""

from __future__ import annotations

import json
from bisect import bisect_right

from intentc.diagnostics import Findings, Source, Span
from intentc.diagnostics.model import LINE_BREAK
from intentc.patterns import pattern
from intentc.topology.tree import Entry, Items, Node, Scalar, Table
from intentc.topology.tree_builder import report_duplicate

MAX_DEPTH = 64
_DECODER = json.JSONDecoder()
_BLANK = pattern(r"[ \t\n\r]*")
_WORD = pattern(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null")
_LONE_SURROGATE = pattern("[\ud800-\udfff]")
Place = tuple[str, int, int, int, int]


class _MistakeError(Exception):
    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


def read_json(source: Source, findings: Findings) -> Node | None:
    """Return the value of a JSON text (RFC 8259), None when it is none (E0350); a key that stands twice is E0302."""
    reader = _Reader(source, findings)
    try:
        return reader.document()
    except _MistakeError as mistake:
        span = Span(*reader.place(mistake.at, mistake.at + 1))
        findings.error("E0350", f"this is not JSON: {mistake.message}", span)
        return None


class _Reader:
    def __init__(self, source: Source, findings: Findings) -> None:
        self._file, self._text, self._findings = source.path, source.text, findings
        self._starts = [0, *(match.end() for match in LINE_BREAK.finditer(source.text))]

    def place(self, start: int, end: int) -> Place:
        line, end_line = bisect_right(self._starts, start), bisect_right(self._starts, end)
        return (
            self._file,
            line,
            start - self._starts[line - 1] + 1,
            end_line,
            end - self._starts[end_line - 1] + 1,
        )

    def document(self) -> Node:
        """Return the one value of the text."""
        node, end = self.value(0, 0)
        if end != len(self._text):
            raise _MistakeError("the value ends before the text does", end)
        return node

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        """Return the value at an offset, and where the next token starts."""
        if depth > MAX_DEPTH:
            raise _MistakeError(f"nested more than {MAX_DEPTH} deep", at)
        at = self._skip(at)
        first = self._text[at : at + 1]
        if first == "{":
            return self._table(at, depth)
        if first == "[":
            return self._items(at, depth)
        if first == '"':
            return self._string(at)
        match = _WORD.match(self._text, at)
        if match is None:
            raise _MistakeError("a value is missing here", at)
        return Scalar(match[0], True, *self.place(at, match.end())), self._skip(match.end())

    def _skip(self, at: int) -> int:
        match = _BLANK.match(self._text, at)
        return at if match is None else match.end()

    def _string(self, at: int) -> tuple[Scalar, int]:
        try:
            text, end = _DECODER.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            raise _MistakeError(error.msg[:1].lower() + error.msg[1:], error.pos) from None
        if _LONE_SURROGATE.search(text):
            raise _MistakeError("half of a character (a lone surrogate)", at)
        return Scalar(text, False, *self.place(at, end)), self._skip(end)

    def _items(self, start: int, depth: int) -> tuple[Items, int]:
        found: list[Node] = []
        at = self._skip(start + 1)
        while self._text[at : at + 1] != "]":
            if found:
                at = self._expect(",", at)
            item, at = self.value(at, depth + 1)
            found.append(item)
        return Items(tuple(found), *self.place(start, at + 1)), self._skip(at + 1)

    def _table(self, start: int, depth: int) -> tuple[Table, int]:
        found: dict[str, Entry] = {}
        is_first, at = True, self._skip(start + 1)
        while self._text[at : at + 1] != "}":
            if not is_first:
                at = self._skip(self._expect(",", at))
            is_first = False
            if self._text[at : at + 1] != '"':
                raise _MistakeError("a key in double quotes is missing here", at)
            key, at = self._string(at)
            value, at = self.value(self._expect(":", at), depth + 1)
            if key.text in found:
                report_duplicate(key, found[key.text].key, self._findings)
            found.setdefault(key.text, Entry(key, value))
        return Table(found, *self.place(start, at + 1)), self._skip(at + 1)

    def _expect(self, sign: str, at: int) -> int:
        if self._text[at : at + 1] != sign:
            raise _MistakeError(f"`{sign}` is missing here", at)
        return at + 1
