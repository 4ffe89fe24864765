"""A file parsed again after a change: only the declarations that the change touches are cut out and parsed.

Where a block closes, a scan of the text goes on as at the beginning of a file. So between the last such place before a change and the first
one behind it, the text is parsed as a file of its own; all else is what it was, some lines further down or up.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from intentc.diagnostics import Findings, Source
from intentc.language import ast
from intentc.language.moving import moved
from intentc.language.parser import parse
from intentc.language.split import split
from intentc.values import frozen

_WITHOUT_BLOCK = (ast.Import, ast.Const, ast.Group)
_SEPARATORS = " \t;"


@frozen
class Parsed:
    """A file without any mistake, and the offset at which each of its declarations ends."""

    file: ast.File
    ends: Sequence[int]

    @property
    def text(self) -> str:
        return self.file.source.text

    def closes(self, number: int) -> bool:
        """Return whether a declaration ends with its block, and its line with it."""
        text, end = self.text, self.ends[number]
        if text[end : end + 1] != "\n" or isinstance(self.file.declarations[number], _WITHOUT_BLOCK):
            return False
        while text[end - 1] in _SEPARATORS:
            end -= 1
        return text[end - 1] == "}"


def parsed(file: ast.File) -> Parsed | None:
    """Return a file in which the parser found nothing, with the ends of its declarations; None where its lines do not end in one way."""
    text = file.source.text
    ends = [] if "\r" in text else [piece.end for piece in split(text)]
    return Parsed(file, ends) if ends and len(ends) == len(file.declarations) else None


def parse_again(known: Parsed, source: Source) -> Parsed | None:
    """Return what a text is parsed to, from what was `known` of the last one of the same path; None where it has to be parsed as a whole.

    That is so where anything has to be said of the declarations that have changed. The others are the same objects, unless they stand on
    other lines than before.
    """
    before, after, ends = known.text, source.text, known.ends
    if "\r" in after:
        return None
    head = _common_head(before, after)
    tail = _common_tail(before, after, min(len(before), len(after)) - head)
    first = _last_closed(known, bisect_left(ends, head) - 1)
    last = _first_closed(known, bisect_left(ends, len(before) - tail + 1))
    grown = len(after) - len(before)
    begin = 0 if first < 0 else ends[first]
    end = None if last is None else ends[last] + grown
    new_ends = _ends_between(after, begin, end)
    if new_ends is None:
        return None
    line = after.count("\n", 0, begin)
    part = after[begin:end]
    new = _declarations(Source(source.path, part), line)
    if new is None or len(new) != len(new_ends):
        return None
    old = known.file.declarations
    behind = len(old) if last is None else last + 1
    if len(new) == behind - first - 1:  # what was touched, but means the same, is the same
        new = [was if was == now else now for was, now in zip(old[first + 1 : behind], new, strict=True)]
    lines = part.count("\n") - before.count("\n", begin, None if last is None else ends[last])
    rest = old[behind:] if not lines else tuple(moved(item, lines) for item in old[behind:])
    shifted = ends[behind:] if not grown else [place + grown for place in ends[behind:]]
    file = ast.File(source, (*old[: first + 1], *new, *rest))
    return Parsed(file, [*ends[: first + 1], *new_ends, *shifted])


def _declarations(part: Source, lines: int) -> list[ast.Declaration] | None:
    """Return the declarations of a part of a file that begins so many lines further down; None where there is anything to say of them."""
    findings = Findings()
    file = parse(part, findings)
    if findings.items or file.broken:
        return None
    return [moved(item, lines) if lines else item for item in file.declarations]


def _ends_between(text: str, begin: int, end: int | None) -> list[int] | None:
    """Return where the declarations end from one offset to another, None where none ends there."""
    found: list[int] = []
    if end is not None and end <= begin:
        return found if end == begin else None
    for piece in split(text, begin):
        found.append(piece.end)
        if piece.keyword is None:
            return None
        if end is not None and piece.end >= end:
            return found if piece.end == end else None
    return found if end is None else None


def _last_closed(known: Parsed, number: int) -> int:
    """Return the last declaration that closes, from one backwards; -1: none does."""
    while number >= 0 and not known.closes(number):
        number -= 1
    return number


def _first_closed(known: Parsed, number: int) -> int | None:
    """Return the first declaration that closes, from one on."""
    return next((each for each in range(number, len(known.ends)) if known.closes(each)), None)


def _common_head(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_tail(one: str, other: str, most: int) -> int:
    """Return how many characters two texts end with alike, `most` at most."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
