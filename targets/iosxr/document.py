"""What is owned as the lines of a NETCONF payload (RFC 6241, the content of `<config>`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intentc.targetkit.kit import Line, Path, Section, Written, written

from .owned import Owned
from .shapes import NAMESPACES, SECTIONS

_INDENT = "  "
_TAG = re.compile(r"<(/?)(\w+):([\w-]+)")


@dataclass(frozen=True, slots=True)
class DocumentView:
    lines: tuple[Line, ...]


def document(owned: Owned) -> DocumentView | None:
    """Return what `config.xml` shows; None where nothing is owned.

    Objects that are ours as a whole take the place of what has their name; interfaces and routing processes are only added to.
    """
    filled = [section for section in SECTIONS if getattr(owned, section.name)]
    if not filled:
        return None
    lines: list[Line] = []
    open_: Path = ()
    for section in filled:
        frame = section.path[:-1]
        shared = _shared(open_, frame)
        lines += _closing(open_, shared)
        lines += [Line(tagged(f"{_INDENT * (depth + 1)}<{frame[depth]}>")) for depth in range(shared, len(frame))]
        for value in getattr(owned, section.name):
            lines += _object(value, section, len(section.path))
        open_ = frame
    return DocumentView((*lines, *_closing(open_, 0)))


def _shared(one: Path, other: Path) -> int:
    """Return how many containers two places have in common, from the outside."""
    depth = 0
    while depth < min(len(one), len(other)) and one[depth] == other[depth]:
        depth += 1
    return depth


def _closing(open_: Path, kept: int) -> Iterator[Line]:
    for depth in range(len(open_) - 1, kept - 1, -1):
        yield Line(tagged(f"{_INDENT * (depth + 1)}</{open_[depth]}>"))


def _object(value: object, section: Section, depth: int) -> Iterator[Line]:
    element: Written = written(section.path[-1], value, section.shape)
    for number, (text, origin) in enumerate(element.lines(depth)):
        whole = section.is_whole and number == 0
        yield Line(tagged(text.replace(">", ' nc:operation="replace">', 1) if whole else text), origin)


def tagged(text: str) -> str:
    """Return a line with the namespace written where it changes."""
    return _TAG.sub(lambda tag: f"</{tag[3]}" if tag[1] else f'<{tag[3]} xmlns="{NAMESPACES[tag[2]]}"', text)
