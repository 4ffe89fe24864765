"""SNDlib's native notation: sections of rows, `NODES ( Berlin ( 13.4 52.5 ) )`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from intentc.diagnostics import Span
from intentc.diagnostics.model import LINE_BREAK
from intentc.importing.desk import Desk
from intentc.patterns import pattern
from intentc.values import frozen

_TOKEN = pattern(r"#[^\r\n]*|[()]|[^\s()#]+")
_HEADER = pattern(r"\s*\?SNDlib native format;\s*type:\s*network;[^\r\n]*")
_NAMES = ("META", "NODES", "LINKS", "DEMANDS", "ADMISSIBLE_PATHS")


@frozen
class Word:
    text: str
    span: Span


Item = Word | list[Word]


def read_sections(desk: Desk) -> dict[str, list[Item]] | None:
    """Return the words and groups in parentheses of each section, None with a finding; groups within these are flat."""
    header = _HEADER.match(desk.source.text)
    if header is not None:
        return _sections(desk, header.end())
    desk.unreadable("this is no SNDlib network: no `<`, and no `?SNDlib native format; type: network`", desk.start)
    return None


def _sections(desk: Desk, start: int) -> dict[str, list[Item]] | None:
    text = desk.source.text
    starts = [0, *(match.end() for match in LINE_BREAK.finditer(text))]
    found: dict[str, list[Item]] = {}
    name, depth, group = "", 0, list[Word]()
    for match in _TOKEN.finditer(text, start):
        word = match[0]
        line = bisect_right(starts, match.start())
        column = match.start() - starts[line - 1] + 1
        span = Span(desk.source.path, line, column, line, column + len(word))
        if word.startswith("#"):
            continue
        if (depth == 0 and word not in _NAMES and not (word == "(" and name)) or (word == ")" and depth == 0):
            desk.unreadable(f"`{word}` stands where a section should begin", span, f"as in `{_NAMES[1]} (`")
            return None
        if word == "(":
            depth += 1
            if depth == 2:
                group = []
                found[name].append(group)
        elif word == ")":
            depth -= 1
            name = name if depth else ""
        elif depth == 0:
            name = word
            found[name] = []
        elif depth == 1:
            found[name].append(Word(word, span))
        else:
            group.append(Word(word, span))
    if depth or name:
        line = len(starts)
        desk.unreadable(f"the section `{name}` does not end", Span(desk.source.path, line, 1, line, 1))
        return None
    return found


def rows_of(
    items: list[Item], words: int, groups: int, desk: Desk
) -> Iterator[tuple[Word, list[Word], list[list[Word]]]]:
    """Yield rows: an identifier, then at least so many words and so many groups in parentheses before the next one."""
    at = 0
    while at < len(items):
        head = items[at]
        if not isinstance(head, Word):
            at += 1
            continue
        end, plain, inner = at + 1, list[Word](), list[list[Word]]()
        while end < len(items) and (len(plain) < words or not isinstance(items[end], Word)):
            item = items[end]
            if isinstance(item, Word):
                plain.append(item)
            else:
                inner.append(item)
            end += 1
        if len(plain) < words or len(inner) < groups:
            desk.unreadable(f"the row of `{head.text}` is not whole", head.span)
            return
        yield head, plain, inner[:groups]
        at = end
