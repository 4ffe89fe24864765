"""How values of a target stand in its command lines: one table per kind of value serves writing and reading, so neither can forget what the other knows.

A `CliShape` says of a dataclass which line is its head and which lines of its mode hold which fields. `written_cli` makes the
block, `CliReading` makes the value again and notes which lines it understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from functools import cache, lru_cache
from typing import Any, Protocol

from intentc.ir.model import Origin
from intentc.patterns import pattern
from intentc.targetkit.cli_tree import CliNode
from intentc.targetkit.xml_shape import TEXT, Kind
from intentc.values import field, frozen, mutable

Kinds = Mapping[str, Kind]
_FIELD = pattern(r"\{(\w+)(\*?)\}")  # {name}: one word; {name*}: one or more
_OPTIONAL = pattern(r"\[([^\[\]]*)\]")  # [ words {name}]: there where none of its fields is None or empty
_MOST_FORMS = 512  # of all targets there are some hundred
_ABSENT = {"bool": False, "tuple": ()}  # what a field of such a type is where no line has it, else None


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


class CliPart(Protocol):
    """Any other way in which lines of a mode hold fields (see `cli_parts`)."""

    def written(self, value: object, origin: Origin | None) -> Iterator[CliNode]:
        """Yield the lines of the fields of `value`."""

    def read(self, reading: CliReading, node: CliNode) -> dict[str, Any]:
        """Return the fields that the lines below `node` hold."""


@frozen
class CliShape:
    """Which lines the fields of `of` stand in, in the order in which they are written; `fixed` are fields that the head says by itself.

    `is_mode`: the head opens a mode although nothing of `parts` stands in it. A form may have parts in square brackets, which are there or not; `{_*}` are words that are read over. With `others`, a value is written in the first of all
    shapes whose head has all it needs, and read in whichever fits.
    """

    of: type
    head: str
    parts: tuple[CliLine | CliFlag | CliEach | CliBlocks | CliPart, ...] = ()
    kinds: Kinds = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[CliShape, ...] = ()
    is_mode: bool = False


def written_cli(value: object, shape: CliShape, origin: Origin | None = None) -> CliNode:
    """Return the block of a value; what is None, False or empty has no line in it."""
    fitting = next((one for one in (shape, *shape.others) if _fits(one, value)), shape)
    own = getattr(value, "origin", None) or origin
    children = [child for part in fitting.parts for child in lines_of(value, part, own)]
    is_mode = fitting.is_mode or bool(fitting.parts)
    return CliNode(filled(fitting.head, fitting.kinds, value), children, own, is_mode=is_mode)


def lines_of(
    value: object, part: CliLine | CliFlag | CliEach | CliBlocks | CliPart, origin: Origin | None
) -> Iterator[CliNode]:
    """Yield the lines of the fields of a part."""
    if isinstance(part, CliLine):
        if is_said(part.form, value):
            yield CliNode(filled(part.form, part.kinds, value), origin=origin)
    elif isinstance(part, CliFlag):
        text = part.text if getattr(value, part.name) else part.otherwise
        if text is not None:
            yield CliNode(text, origin=origin)
    elif isinstance(part, CliEach):
        for item in getattr(value, part.name):
            before, _, after = _FIELD.sub("\0", part.form).partition("\0")
            text = f"{before}{part.kind.write(item)}{after}"
            yield CliNode(text, origin=getattr(item, "origin", None) or origin)
    elif not isinstance(part, CliBlocks):
        yield from part.written(value, origin)
    else:
        for item in getattr(value, part.name):
            yield written_cli(item, part.shape, origin)


def has_head(value: object, shape: CliShape) -> bool:
    """Return whether a first line of the shape, or of one of the others, says `value`."""
    return any(_fits(one, value) for one in (shape, *shape.others))


def _fits(shape: CliShape, value: object) -> bool:
    return is_said(shape.head, value) and all(getattr(value, name) == one for name, one in shape.fixed.items())


@lru_cache(maxsize=_MOST_FORMS)
def _names(form: str) -> tuple[str, ...]:
    return tuple(match[1] for match in _FIELD.finditer(form) if match[1] != "_")


@lru_cache(maxsize=_MOST_FORMS)
def _needed(form: str) -> tuple[str, ...]:
    """Return the fields of a form that are not in an optional part."""
    return _names(_OPTIONAL.sub("", form))


def is_said(form: str, value: object) -> bool:
    """Return whether a value has all fields that a form needs."""
    return all(getattr(value, name, None) not in {None, ()} for name in _needed(form))


def filled(form: str, kinds: Kinds, value: object) -> str:
    """Return a form with the fields of a value in it, and those of its optional parts that it has."""
    there = _OPTIONAL.sub(lambda match: match[1] if _names(match[1]) and is_said(match[1], value) else "", form)
    return _FIELD.sub(lambda match: str(kinds.get(match[1], TEXT).write(getattr(value, match[1]))), there)


@lru_cache(maxsize=_MOST_FORMS)
def _pattern(form: str) -> tuple[str, re.Pattern[str]]:
    """Return how a line of a form begins, and what it looks like, with a group for each field."""
    parts = _OPTIONAL.split(form)  # every second one is optional
    whole = "".join(f"(?:{_piece(part)})?" if at % 2 else _piece(part) for at, part in enumerate(parts))
    return _FIELD.split(parts[0], maxsplit=1)[0], re.compile(whole)


def _piece(form: str) -> str:
    parts: list[str] = []
    end = 0
    for match in _FIELD.finditer(form):
        parts += [re.escape(form[end : match.start()]), f"(?P<{match[1]}>{r'.+?' if match[2] else r'[^ ]+'})"]
        end = match.end()
    return "".join([*parts, re.escape(form[end:])])


def fields_of(text: str, form: str, kinds: Kinds) -> dict[str, Any] | None:
    """Return the fields that a line has; None where it is not of the form, or its words are not of their kinds."""
    start, whole = _pattern(form)
    found = whole.fullmatch(text) if text.startswith(start) else None
    if found is None:
        return None
    there = {name: word for name, word in found.groupdict().items() if word is not None and name != "_"}
    try:
        return {name: kinds.get(name, TEXT).read(word) for name, word in there.items()}
    except ValueError:
        return None


@cache
def absent(of: type) -> Mapping[str, Any]:
    """Return what the fields of a type are that no line has, where it does not say so itself."""
    needed = (one for one in fields(of) if one.default is MISSING and one.default_factory is MISSING)
    return {
        one.name: next((no for word, no in _ABSENT.items() if str(one.type).startswith(word)), None) for one in needed
    }


@mutable
class CliReading:
    """What has been understood of a configuration."""

    known: set[int] = field(default_factory=set)  # identities of lines

    def read(self, node: CliNode, shape: CliShape) -> Any:
        """Return the value of a block; None where its first line is not the shape's."""
        for one in (shape, *shape.others):
            values = fields_of(node.text, one.head, one.kinds)
            if values is not None:
                self.known.add(id(node))
                for part in one.parts:
                    values |= self.part(node, part)
                return one.of(**{**absent(one.of), **one.fixed, **values})
        return None

    def part(self, node: CliNode, part: CliLine | CliFlag | CliEach | CliBlocks | CliPart) -> dict[str, Any]:
        """Return the fields of a part that the lines below `node` hold."""
        if isinstance(part, CliLine):
            return self._line(node, part)
        if isinstance(part, CliFlag):
            return self._flag(node, part)
        if not isinstance(part, (CliBlocks, CliEach)):
            return part.read(self, node)
        if isinstance(part, CliBlocks):
            found = (self.read(child, part.shape) for child in node.children)
            return {part.name: tuple(item for item in found if item is not None)}
        items: list[Any] = []
        for child in node.children:
            values = fields_of(child.text, part.form, {"item": part.kind})
            if values is not None:
                self.known.add(id(child))
                items.append(values["item"])
        return {part.name: tuple(items)}

    def _line(self, node: CliNode, part: CliLine) -> dict[str, Any]:
        for child in node.children:
            values = fields_of(child.text, part.form, part.kinds)
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
