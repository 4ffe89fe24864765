"""A file parsed again after a change: only the declarations that the change touches are cut out and parsed.

Where a block closes, a scan of the text goes on as at the beginning of a file. So between the last such place before a change and the first
one behind it, the text is parsed as a file of its own; all else is what it was, some lines further down or up. Of changes far from each other
each is parsed on its own.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from intentc.diagnostics import Findings, Source
from intentc.language import ast
from intentc.language.moving import moved, renumbered
from intentc.language.parser import parse
from intentc.language.spacing import renumbered_lines, spaced
from intentc.language.split import split
from intentc.values import frozen, mutable

if TYPE_CHECKING:
    from intentc.language.spacing import Numbers

_WITHOUT_BLOCK = (ast.Import, ast.Const, ast.Group)
_SEPARATORS = " \t;"
_FAR = 4  # declarations among which changes may be far from each other
_MOST_TOGETHER = 8  # declarations that are looked at for one that has not changed
_MOST_NEW = 4096  # characters of what is new before it
_BLOCK = 1 << 15  # characters of long texts that are compared at a time


@frozen
class Parsed:
    """A file without any mistake, and the offset at which each of its declarations ends.

    `numbers`: those that its lines have in it, where they are numbered apart (None: they have their own). `may_import`: False where none
    of its declarations is an import.
    """

    file: ast.File
    ends: Sequence[int]
    numbers: Numbers | None = None
    may_import: bool = True

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
    if not ends or len(ends) != len(file.declarations):
        return None
    return Parsed(file, ends, may_import=any(isinstance(item, ast.Import) for item in file.declarations))


def spaced_out(known: Parsed) -> Parsed:
    """Return a file with its lines numbered apart; as it is where they are too many."""
    numbers = spaced(known.text.count("\n") + 1)
    if numbers is None:
        return known
    file = _renumbered(known.file, lambda line: numbers[line - 1])
    return Parsed(file, known.ends, numbers, known.may_import)


def settled(known: Parsed) -> Parsed:
    """Return a file with its lines numbered from 1 on."""
    numbers = known.numbers
    if numbers is None:
        return known
    file = _renumbered(known.file, lambda number: bisect_left(numbers, number) + 1)
    return Parsed(file, known.ends, may_import=known.may_import)


def _renumbered(file: ast.File, number_of: Callable[[int], int]) -> ast.File:
    return ast.File(file.source, tuple(renumbered(item, number_of) for item in file.declarations), file.broken)


def alike(known: Parsed, text: str) -> tuple[int, int]:
    """Return how many characters a text and the known one begin with alike, and with how many more they end."""
    head = _common_head(known.text, text)
    return head, _common_tail(known.text, text, min(len(known.text), len(text)) - head)


def shifts(known: Parsed, text: str, same: tuple[int, int] | None = None) -> bool:
    """Return whether declarations that have not changed stand on other lines in a text; `same`: what is `alike`, where that is known."""
    before, ends = known.text, known.ends
    head, tail = same or alike(known, text)
    is_inside = len(ends) > 1 and head < ends[-2]
    return is_inside and before.count("\n", head, len(before) - tail) != text.count("\n", head, len(text) - tail)


def parse_again(known: Parsed, source: Source, same: tuple[int, int] | None = None) -> Parsed | None:
    """Return what a text is parsed to, from what was `known` of the last one of the same path; None where it has to be parsed as a whole.

    That is so where anything has to be said of the declarations that have changed, or their lines find no numbers. The others are the same
    objects, unless they stand on other lines than before, and lines have their own numbers. `same`: as in `shifts`.
    """
    before, after, ends = known.text, source.text, known.ends
    head, tail = same or alike(known, after)
    if "\r" in after[head : len(after) - tail]:  # there is none in what was known
        return None
    first = _last_closed(known, bisect_left(ends, head) - 1)
    last = _first_closed(known, bisect_left(ends, len(before) - tail + 1))
    old = known.file.declarations
    declarations: list[ast.Declaration] = list(old[: first + 1])
    new_ends = list(ends[: first + 1])
    counted = _Lines(known, after)
    may_import, lines = known.may_import, 0
    for hunk in _hunks(known, after, first, last):
        number_of = counted.of(hunk)
        if number_of is None:
            return None
        new = _parsed(known, source, hunk, number_of)
        if new is None:
            return None
        declarations += new[0]
        may_import = may_import or any(isinstance(item, ast.Import) for item in new[0])
        new_ends += new[1]
        lines += new[2]
        rest, shifted = old[hunk.behind : hunk.until], ends[hunk.behind : hunk.until]
        declarations += rest if not lines or known.numbers is not None else [moved(item, lines) for item in rest]
        new_ends += shifted if not hunk.grown else [place + hunk.grown for place in shifted]
    return Parsed(ast.File(source, tuple(declarations)), new_ends, counted.numbers(), may_import)


@mutable
class _Hunk:
    """Declarations that have changed, from number `start` to before `behind`, and where they stand by now (`end` None: to the end of the text).

    From `behind` to before `until` they are what they were, further back by `grown` characters.
    """

    start: int
    behind: int
    begin: int
    end: int | None
    grown: int
    until: int = 0


class _Lines:
    """Counts the lines of a text up to its hunks, one after the other, and tells which numbers those of each have."""

    def __init__(self, known: Parsed, after: str) -> None:
        self._known, self._after = known, after
        self._line = self._counted = self._old_line = self._old_counted = 0
        self._made = array("q")  # where lines are numbered apart
        self._taken = 0  # of the numbers before

    def of(self, hunk: _Hunk) -> Callable[[int], int] | None:
        """Return what gives the lines of a hunk, from 1 on, their numbers; None where there is no room for them."""
        self._line += self._after.count("\n", self._counted, hunk.begin)
        self._counted = hunk.begin
        return self._line.__add__ if self._known.numbers is None else self._apart(hunk, self._known.numbers)

    def numbers(self) -> Numbers | None:
        """Return those of all lines, once all hunks have theirs; the very same where all are what they were."""
        before = self._known.numbers
        if before is None:
            return None
        self._made += before[self._taken :]
        return before if self._made == before else self._made

    def _apart(self, hunk: _Hunk, numbers: Numbers) -> Callable[[int], int] | None:
        before, begin = self._known.text, _begin(self._known, hunk.start)
        self._old_line += before.count("\n", self._old_counted, begin)
        self._old_counted = begin
        old = before[begin : _old_end(self._known, hunk)].split("\n")
        new = self._after[hunk.begin : hunk.end].split("\n")
        first = self._old_line
        if begin:  # at the end of a line, which is that of the declaration before
            first, old, new = first + 1, old[1:], new[1:]
        found = renumbered_lines(numbers, old, new, first)
        if found is None:
            return None
        self._made += numbers[self._taken : first]
        self._made.extend(found)
        self._taken = first + len(old)
        made, line = self._made, self._line
        return lambda place: made[line + place - 1]


def _hunks(known: Parsed, after: str, first: int, last: int | None) -> list[_Hunk]:
    """Return what has changed, in order, behind a declaration that closes and until another one that does (-1, None: of the whole text)."""
    before, ends, every = known.text, known.ends, len(known.file.declarations)
    grown, behind = len(after) - len(before), every if last is None else last + 1
    end = None if last is None else ends[last] + grown
    found: list[_Hunk] = []
    at, place = first + 1, 0 if first < 0 else ends[first]
    if behind - at < _FAR:
        return [_Hunk(at, behind, place, end, grown, every)]
    until = len(after) if end is None else end
    while at < behind or place != until:
        begun, start = at, place
        while at < behind and after.startswith(before[_begin(known, at) : ends[at]], place):
            place += ends[at] - _begin(known, at)
            at += 1
        if at == behind and place == until and end is not None:
            break
        back = at - 1 if after[place : place + 1] == "\n" else at - 2
        at = max(_last_closed(known, back), begun - 1) + 1
        place = start + _begin(known, at) - _begin(known, begun)
        found.append(_next_hunk(known, after, at, place, behind) or _Hunk(at, behind, place, end, grown))
        at, place = found[-1].behind, until if (reached := found[-1].end) is None else reached
    for hunk, following in zip_longest(found, found[1:]):
        hunk.until = every if following is None else following.start
    return found


def _next_hunk(known: Parsed, after: str, start: int, begin: int, behind: int) -> _Hunk | None:
    """Return what has changed from a declaration on, until one not far from there that has not, which closes, and is taken with it."""
    before, ends = known.text, known.ends
    for at in range(start + 1, min(start + _MOST_TOGETHER, behind)):
        if not known.closes(at):
            continue
        same = before[_begin(known, at) : ends[at]]
        most = begin + 2 * (ends[at] - _begin(known, start)) + _MOST_NEW
        place = after.find(same + "\n", begin, most)
        if place >= 0:
            end = place + len(same)
            return _Hunk(start, at + 1, begin, end, end - ends[at])
    return None


def _old_end(known: Parsed, hunk: _Hunk) -> int | None:
    return None if hunk.end is None else known.ends[hunk.behind - 1]


def _begin(known: Parsed, number: int) -> int:
    return known.ends[number - 1] if number else 0


def _parsed(
    known: Parsed, source: Source, hunk: _Hunk, number_of: Callable[[int], int]
) -> tuple[Sequence[ast.Declaration], Sequence[int], int] | None:
    """Return what stands at a hunk by now, where each declaration ends, and by how many lines it has grown.

    None where there is anything to say of it.
    """
    ends = _ends_between(source.text, hunk.begin, hunk.end)
    if ends is None:
        return None
    part = source.text[hunk.begin : hunk.end]
    new = _declarations(Source(source.path, part), number_of)
    if new is None or len(new) != len(ends):
        return None
    lines = part.count("\n") - known.text.count("\n", _begin(known, hunk.start), _old_end(known, hunk))
    old = known.file.declarations[hunk.start : hunk.behind]
    return _with_same(old, new), ends, lines


def _with_same(old: Sequence[ast.Declaration], new: Sequence[ast.Declaration]) -> list[ast.Declaration]:
    """Return new declarations; what was touched, but means the same, is the same."""
    if len(new) == len(old):
        return [was if was == now else now for was, now in zip(old, new, strict=True)]
    found, most = list(new), min(len(old), len(new))
    for step in range(1, most + 1):  # one behind what has come or gone is taken with it (`_next_hunk`)
        if old[-step] != new[-step]:
            break
        found[-step] = old[-step]
    return found


def _declarations(part: Source, number_of: Callable[[int], int]) -> list[ast.Declaration] | None:
    """Return the declarations of a part of a file whose lines have these numbers; None where there is anything to say of them."""
    findings = Findings()
    file = parse(part, findings)
    if findings.items or file.broken:
        return None
    return [renumbered(item, number_of) for item in file.declarations]


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
    low, most = 0, min(len(one), len(other))
    high = min(_BLOCK, most)
    while high < most and one[low:high] == other[low:high]:
        low, high = high, min(high + _BLOCK, most)
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_tail(one: str, other: str, most: int) -> int:
    """Return how many characters two texts end with alike, `most` at most."""
    low, high = 0, min(_BLOCK, most)
    while high < most and one[len(one) - high : len(one) - low] == other[len(other) - high : len(other) - low]:
        low, high = high, min(high + _BLOCK, most)
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
