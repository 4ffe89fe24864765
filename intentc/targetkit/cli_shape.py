"""How values of a target stand in its command lines: one table per kind of value serves writing and reading, so neither can forget what the other knows.

A `CliShape` says of a dataclass which line is its head and which lines of its mode hold which fields. `written_cli` makes the
block, `CliReading` makes the value again and notes which lines it understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from intentc.ir.model import Origin
from intentc.patterns import pattern
from intentc.targetkit.cli_tree import CliNode
from intentc.targetkit.xml_shape import TEXT, Kind
from intentc.values import field, frozen, mutable

Kinds = Mapping[str, Kind]
_FIELD = pattern(r"\{(\w+)(\*?)\}")  # {name}: one word; {name*}: one or more


@frozen
class CliLine:
    """Fields on one line, in braces in its `form`; it is written where none of them is None."""

    form: str
    kinds: Kinds = field(default_factory=dict)


@frozen
class CliFlag:
    """A truth as a line that is there or not; with `otherwise` the opposite is a line too, or none at all."""

    name: str
    text: str
    otherwise: str | None = None


@frozen
class CliEach:
    """A tuple as lines that follow each other; `form` has `{item}` or `{item*}`."""

    name: str
    form: str
    kind: Kind = TEXT


@frozen
class CliBlocks:
    """A tuple of values, each with a line or a mode of its own; an `origin` of theirs is that of all its lines."""

    name: str
    shape: CliShape


@frozen
class CliShape:
    """Which lines the fields of `of` stand in, in the order in which they are written."""

    of: type
    head: str
    parts: tuple[CliLine | CliFlag | CliEach | CliBlocks, ...] = ()
    kinds: Kinds = field(default_factory=dict)


def written_cli(value: object, shape: CliShape, origin: Origin | None = None) -> CliNode:
    """Return the block of a value; what is None, False or empty has no line in it."""
    own = getattr(value, "origin", None) or origin
    children = [child for part in shape.parts for child in _written(value, part, own)]
    return CliNode(_filled(shape.head, shape.kinds, value), children, own)


def _written(value: object, part: CliLine | CliFlag | CliEach | CliBlocks, origin: Origin | None) -> Iterator[CliNode]:
    if isinstance(part, CliLine):
        if all(getattr(value, name) is not None for name in _names(part.form)):
            yield CliNode(_filled(part.form, part.kinds, value), origin=origin)
    elif isinstance(part, CliFlag):
        text = part.text if getattr(value, part.name) else part.otherwise
        if text is not None:
            yield CliNode(text, origin=origin)
    elif isinstance(part, CliEach):
        for item in getattr(value, part.name):
            before, _, after = _FIELD.sub("\0", part.form).partition("\0")
            text = f"{before}{part.kind.write(item)}{after}"
            yield CliNode(text, origin=getattr(item, "origin", None) or origin)
    else:
        for item in getattr(value, part.name):
            yield written_cli(item, part.shape, origin)


def _names(form: str) -> list[str]:
    return [match[1] for match in _FIELD.finditer(form)]


def _filled(form: str, kinds: Kinds, value: object) -> str:
    return _FIELD.sub(lambda match: str(kinds.get(match[1], TEXT).write(getattr(value, match[1]))), form)


@lru_cache(maxsize=256)
def _pattern(form: str) -> re.Pattern[str]:
    """Return what a line of a form looks like, with a group for each field."""
    parts: list[str] = []
    end = 0
    for match in _FIELD.finditer(form):
        parts += [re.escape(form[end : match.start()]), f"(?P<{match[1]}>{r'.+?' if match[2] else r'[^ ]+'})"]
        end = match.end()
    return re.compile("".join([*parts, re.escape(form[end:])]))


def _read(text: str, form: str, kinds: Kinds) -> dict[str, Any] | None:
    """Return the fields of a line; None where it is not of the form, or its words are not of their kinds."""
    found = _pattern(form).fullmatch(text)
    if found is None:
        return None
    try:
        return {name: kinds.get(name, TEXT).read(word) for name, word in found.groupdict().items()}
    except ValueError:
        return None


@mutable
class CliReading:
    """What has been understood of a configuration."""

    known: set[int] = field(default_factory=set)  # identities of lines

    def read(self, node: CliNode, shape: CliShape) -> Any:
        """Return the value of a block; None where its first line is not the shape's."""
        values = _read(node.text, shape.head, shape.kinds)
        if values is None:
            return None
        self.known.add(id(node))
        for part in shape.parts:
            values |= self._part(node, part)
        return shape.of(**values)

    def _part(self, node: CliNode, part: CliLine | CliFlag | CliEach | CliBlocks) -> dict[str, Any]:
        if isinstance(part, CliLine):
            return self._line(node, part)
        if isinstance(part, CliFlag):
            return self._flag(node, part)
        if isinstance(part, CliBlocks):
            found = (self.read(child, part.shape) for child in node.children)
            return {part.name: tuple(item for item in found if item is not None)}
        items: list[Any] = []
        for child in node.children:
            values = _read(child.text, part.form, {"item": part.kind})
            if values is not None:
                self.known.add(id(child))
                items.append(values["item"])
        return {part.name: tuple(items)}

    def _line(self, node: CliNode, part: CliLine) -> dict[str, Any]:
        for child in node.children:
            values = _read(child.text, part.form, part.kinds)
            if values is not None:
                self.known.add(id(child))
                return values
        return dict.fromkeys(_names(part.form))

    def _flag(self, node: CliNode, part: CliFlag) -> dict[str, Any]:
        said = [child for child in node.children if child.text in {part.text, part.otherwise}]
        self.known.update(map(id, said))
        return {part.name: any(child.text == part.text for child in said)}

    def unread(self, node: CliNode, place: str = "") -> Iterator[str]:
        """Yield every line of a block that nobody asked about, with the lines of the modes around it."""
        here = f"{place} {node.text}".strip()
        if id(node) not in self.known:
            yield here
            return
        for child in node.children:
            yield from self.unread(child, here)
