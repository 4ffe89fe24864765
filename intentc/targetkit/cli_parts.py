"""More ways in which the lines of a mode hold fields, for command lines whose modes are deeper than their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from intentc.ir.model import Origin
from intentc.targetkit.cli_shape import (
    CliBlocks,
    CliEach,
    CliFlag,
    CliLine,
    CliPart,
    CliReading,
    Kinds,
    absent,
    fields_of,
    filled,
    is_said,
    lines_of,
)
from intentc.targetkit.cli_tree import CliNode
from intentc.targetkit.xml_shape import TEXT, Kind
from intentc.values import field, frozen

Parts = tuple[CliLine | CliFlag | CliEach | CliBlocks | CliPart, ...]


@frozen
class CliWithin:
    """Fields of the same value in a mode below: `head` may have fields itself; `fixed` are those that its presence says.

    Without fields in `head` it is written where something stands in it.
    """

    head: str
    parts: Parts = ()
    kinds: Kinds = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def written(self, value: object, origin: Origin | None) -> Iterator[CliNode]:
        """Yield the mode with its lines."""
        if not is_said(self.head, value):
            return
        children = [child for part in self.parts for child in lines_of(value, part, origin)]
        if children or "{" in self.head:
            yield CliNode(filled(self.head, self.kinds, value), children, origin, is_mode=bool(self.parts))

    def read(self, reading: CliReading, node: CliNode) -> dict[str, Any]:
        """Return the fields of the first such mode; what its lines say counts even where there is none."""
        for child in node.children:
            values = fields_of(child.text, self.head, self.kinds)
            if values is not None:
                reading.known.add(id(child))
                return self._below(reading, child) | dict(self.fixed) | values
        return self._below(reading, CliNode(""))

    def _below(self, reading: CliReading, node: CliNode) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in self.parts:
            found |= reading.part(node, part)
        return found


@frozen
class CliHere:
    """A tuple of at most one value of its own whose lines stand directly in this mode."""

    name: str
    of: type
    parts: Parts

    def written(self, value: object, origin: Origin | None) -> Iterator[CliNode]:
        """Yield the lines of the value."""
        for item in getattr(value, self.name):
            for part in self.parts:
                yield from lines_of(item, part, origin)

    def read(self, reading: CliReading, node: CliNode) -> dict[str, Any]:
        """Return the value, or () where none of its lines is there."""
        before = len(reading.known)
        values = {**absent(self.of)}
        for part in self.parts:
            values |= reading.part(node, part)
        return {self.name: () if len(reading.known) == before else (self.of(**values),)}


@frozen
class CliKinds:
    """A tuple of values of several kinds whose lines stand directly in this mode: `kinds` has the parts of each by the value of `tag`.

    There is one of a kind where any of its lines is there; they are in the order of `kinds` when they are read.
    """

    name: str
    of: type
    tag: str
    kinds: Mapping[str, Parts]

    def written(self, value: object, origin: Origin | None) -> Iterator[CliNode]:
        """Yield the lines of all values; raises `ValueError` for a kind that nobody knows the lines of."""
        for item in getattr(value, self.name):
            kind = getattr(item, self.tag)
            if kind not in self.kinds:
                raise ValueError(f"no source says in which lines `{kind}` is typed")
            for part in self.kinds[kind]:
                yield from lines_of(item, part, origin)

    def read(self, reading: CliReading, node: CliNode) -> dict[str, Any]:
        """Return the values of the kinds of which lines are there."""
        found = []
        for kind, parts in self.kinds.items():
            before = len(reading.known)
            values = {**absent(self.of)}
            for part in parts:
                values |= reading.part(node, part)
            if len(reading.known) > before:
                found.append(self.of(**(values | {self.tag: kind})))
        return {self.name: tuple(found)}


@frozen
class CliWords:
    """A tuple as words of one line, of several where there are more than `most`; `form` has `{items*}`."""

    name: str
    form: str
    kind: Kind = TEXT
    most: int = 8

    def written(self, value: object, origin: Origin | None) -> Iterator[CliNode]:
        """Yield lines with at most `most` words each."""
        words = [self.kind.write(item) for item in getattr(value, self.name)]
        for start in range(0, len(words), self.most):
            yield CliNode(self.form.replace("{items*}", " ".join(words[start : start + self.most])), origin=origin)

    def read(self, reading: CliReading, node: CliNode) -> dict[str, Any]:
        """Return the words of all such lines."""
        found: list[Any] = []
        for child in node.children:
            values = fields_of(child.text, self.form, {"items": Kind(str, self._words)})
            if values is not None:
                reading.known.add(id(child))
                found += values["items"]
        return {self.name: tuple(found)}

    def _words(self, text: str) -> list[Any]:
        return [self.kind.read(word) for word in text.split()]


@frozen
class CliEnd:
    """The line by which a device shows that a mode ends; it says nothing and is never written."""

    text: str

    def written(self, _value: object, _origin: Origin | None) -> Iterator[CliNode]:
        """Yield nothing."""
        return iter(())

    def read(self, reading: CliReading, node: CliNode) -> dict[str, Any]:
        """Note the line as understood."""
        reading.known.update(id(child) for child in node.children if child.text == self.text)
        return {}
