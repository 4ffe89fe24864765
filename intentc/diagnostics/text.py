"""Findings as a person reads them in a terminal: the place in the source, a caret under it, and what would help."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from intentc.diagnostics.model import LINE_BREAK, Diagnostic, Severity, Span
from intentc.values import frozen

TAB_WIDTH = 4
WIDEST = 160  # characters of a source line that are shown; of a longer one those around the place
LIMIT = 50  # findings shown in text; the rest is counted

_COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.NOTE: "36;1"}


@frozen
class TextStyle:
    """How text is shown; `is_coloured` writes ANSI colours."""

    is_coloured: bool = False

    def paint(self, text: str, code: str) -> str:
        """Return `text` in the ANSI colour `code`, or plain."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.is_coloured else text


def render_text(findings: Sequence[Diagnostic], sources: Mapping[str, str], style: TextStyle) -> str:
    """Return the findings as text, capped at `LIMIT` (and saying so), with a closing line that counts them."""
    shown = [item for item in findings if not item.waived]
    texts = _Texts(sources)
    blocks = [_block(item, texts, style) for item in shown[:LIMIT]]
    if len(shown) > LIMIT:
        blocks.append(f"… and {len(shown) - LIMIT} more findings (`--format json` lists them all)\n")
    return "\n".join([*blocks, summary(findings)]) if findings else ""


class _Texts:
    """The lines of the sources: findings by the dozen stand in the same large file."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._lines: dict[str, Sequence[str]] = {}

    def lines(self, path: str) -> Sequence[str]:
        """Return the lines of a source, none of one that is not there."""
        if path not in self._lines:
            self._lines[path] = _lines(self._sources.get(path, ""))
        return self._lines[path]


def summary(findings: Sequence[Diagnostic]) -> str:
    """Return one line that counts errors, warnings, notes and waived findings."""
    counts = dict.fromkeys(Severity, 0)
    waived = 0
    for item in findings:
        if item.waived:
            waived += 1
        else:
            counts[item.severity] += 1
    parts = [_count(counts[severity], severity.value) for severity in Severity if counts[severity]]
    return ", ".join([*parts, *([f"{waived} waived"] if waived else [])]) + "\n" if parts or waived else ""


def printable(text: str) -> str:
    """Return `text` with control characters escaped, so that no input can drive the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _block(item: Diagnostic, texts: _Texts, style: TextStyle) -> str:
    head = style.paint(f"{item.severity.value}[{item.code}]", _COLOURS[item.severity])
    lines = [f"{head}: {style.paint(printable(item.message), '1')}"]
    context = [f"{key} `{printable(value)}`" for key, value in _context(item) if value]
    if item.span:
        lines += _snippet(item.span, "", texts, style, _COLOURS[item.severity])
    for label in item.related:
        lines += _snippet(label.span, printable(label.message), texts, style, "34;1")
    if context:
        lines.append(f"  = in: {', '.join(context)}")
    lines += [f"  = help: {printable(text)}" for text in item.help]
    lines += [
        f"  = repair{' (proven)' if repair.is_proven else ''}: {printable(repair.text)}" for repair in item.repairs
    ]
    return "\n".join(lines) + "\n"


def _context(item: Diagnostic) -> list[tuple[str, str | None]]:
    return [("intent", item.intent), ("node", item.node), ("state", item.state)]


def _snippet(span: Span, message: str, texts: _Texts, style: TextStyle, colour: str) -> list[str]:
    where = f"{span.file}:{span.line}:{span.column}"
    lines = texts.lines(span.file)
    if span.line > len(lines):
        return [f"  --> {where}" + (f": {message}" if message else "")]
    raw = lines[span.line - 1].lstrip("\ufeff") if span.line == 1 else lines[span.line - 1]
    last = span.end_column if span.end_line == span.line else len(raw) + 1
    shown, first, last = _window(raw, span.column - 1, last - 1)
    pad = _width(shown[:first])
    carets = "^" * max(1, _width(shown[first:last]))
    gutter = " " * len(str(span.line))
    return [
        f"{gutter}--> {where}",
        f"{gutter} |",
        f"{span.line} | {_expanded(shown)}",
        f"{gutter} | {' ' * pad}{style.paint(carets + (f' {message}' if message else ''), colour)}",
    ]


def _window(line: str, first: int, last: int) -> tuple[str, int, int]:
    """Return what is shown of a line, with an ellipsis where it is cut, and where its characters `first` up to before `last` are in that."""
    if len(line) <= WIDEST:
        return line, first, last
    begin = max(0, min(first - WIDEST // 4, len(line) - WIDEST))
    end = begin + WIDEST
    left, right = "…" if begin else "", "…" if end < len(line) else ""
    moved = len(left) - begin
    return left + line[begin:end] + right, first + moved, min(last, end) + moved


def _lines(text: str) -> list[str]:
    lines = LINE_BREAK.split(text) if "\r" in text else text.split("\n")  # the same, in a twentieth of the time
    return lines if lines[-1] else lines[:-1]


def _expanded(text: str) -> str:
    return "".join(" " * TAB_WIDTH if c == "\t" else c if c.isprintable() else "\ufffd" for c in text)


def _width(text: str) -> int:
    """Columns on the screen: a tab counts `TAB_WIDTH`, wide characters two, combining ones none."""
    return sum(_cell(c) for c in text)


def _cell(character: str) -> int:
    if character == "\t":
        return TAB_WIDTH
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
