"""Findings as data: where, what, how bad, what else belongs to it, what would help."""

from __future__ import annotations

from enum import StrEnum

from intentc.patterns import pattern
from intentc.values import acyclic, frozen, ordered, replace

LINE_BREAK = pattern(r"\r\n?|\n")  # what ends a line for every span; a form feed or U+2028 does not


@ordered
class Span:
    """A stretch of one file. Lines and columns count from 1, columns in characters; the end is exclusive in columns."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """Return the span from the start of this one to the end of `other` (same file)."""
        return Span(self.file, self.line, self.column, other.end_line, other.end_column)


@acyclic
class Source:
    """One input file: `path` is relative to the project's root with `/` separators, `text` is decoded UTF-8."""

    path: str
    text: str


class Severity(StrEnum):
    """How bad a finding is; `error` decides the exit status."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@frozen
class Label:
    """A secondary place that belongs to a finding, maybe in another file."""

    span: Span
    message: str


@frozen
class Edit:
    """Replace the text of `span` by `text`."""

    span: Span
    text: str


@frozen
class Repair:
    """A way out that the compiler can name; `is_proven` when it was compiled and holds."""

    text: str
    edits: tuple[Edit, ...] = ()
    is_proven: bool = False


@frozen
class Diagnostic:
    """One finding. `code` is in the catalogue and gives the severity; `message` is one line, lower case, without a period."""

    code: str
    message: str
    span: Span | None = None
    related: tuple[Label, ...] = ()
    help: tuple[str, ...] = ()
    intent: str | None = None
    node: str | None = None
    state: str | None = None
    repairs: tuple[Repair, ...] = ()
    fix: tuple[Edit, ...] = ()
    waived: bool = False

    @property
    def severity(self) -> Severity:
        """Return the severity that the first letter of the code stands for (E, W or N)."""
        return {"E": Severity.ERROR, "W": Severity.WARNING, "N": Severity.NOTE}[self.code[0]]

    @property
    def is_error(self) -> bool:
        """Return whether the finding makes the program unacceptable (a waived error does not)."""
        return self.severity is Severity.ERROR and not self.waived


class Findings:
    """Collects the findings of a run; stages add, the border sorts and prints."""

    __slots__ = ("items",)

    def __init__(self, items: list[Diagnostic] | None = None) -> None:
        self.items: list[Diagnostic] = [] if items is None else items

    def add(self, diagnostic: Diagnostic) -> None:
        """Append one finding."""
        self.items.append(diagnostic)

    def error(self, code: str, message: str, span: Span | None = None, **rest: object) -> None:
        """Append a finding built from its parts (the keywords are those of `Diagnostic`)."""
        self.items.append(replace(Diagnostic(code, message, span), **rest))

    @property
    def has_errors(self) -> bool:
        """Return whether any finding is an error that is not waived."""
        return any(item.is_error for item in self.items)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return the findings once each, in the order of file, place, code and message."""
        if len(self.items) < 2:
            return tuple(self.items)
        unique = dict.fromkeys(self.items)
        return tuple(sorted(unique, key=_order))


def _order(item: Diagnostic) -> tuple[str, int, int, str, str, str, str]:
    span = item.span or Span("", 0, 0, 0, 0)
    return (span.file, span.line, span.column, item.code, item.intent or "", item.state or "", item.message)
