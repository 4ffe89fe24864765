"""Lists of owned objects at their places in one NETCONF document (RFC 6241, the content of `<config>`), written and read by the same table.

`word:name` in a path or shape is an element whose namespace is not that of the element around it; the words are the target's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from intentc.ir.model import Origin
from intentc.patterns import pattern
from intentc.targetkit.xml_reading import XmlError, XmlNode
from intentc.targetkit.xml_shape import Path, Reading, Shape, written
from intentc.values import frozen

NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"
_WRAPPERS = frozenset({"rpc-reply", "data", "config", "rpc", "edit-config"})
_INDENT = "  "
_TAG = pattern(r"<(/?)(\w+):([\w.-]+)")


def _everything(_: object) -> bool:
    return True


@frozen
class Section:
    """A list of owned objects: the field that has them, where they stand, and whether each is ours as a whole.

    Several sections may share a field; each writes what it `takes`.
    """

    name: str
    path: Path
    shape: Shape
    is_whole: bool = True
    takes: Callable[[Any], bool] = _everything


@frozen
class NamedElements:
    """The sections of a target, and the namespaces by the words that paths have for them."""

    sections: tuple[Section, ...]
    namespaces: Mapping[str, str]

    def tagged(self, text: str) -> str:
        """Return a line with the namespace written where it changes."""
        return _TAG.sub(
            lambda tag: f"</{tag[3]}" if tag[1] else f'<{tag[3]} xmlns="{self.namespaces[tag[2]]}"',
            text,
        )

    def lines(self, owned: object) -> Iterator[tuple[str, Origin | None]]:
        """Yield the lines within `<config>`, each with who asked for it; nothing where nothing is owned.

        Objects that are ours as a whole take the place of what has their name; everything else is only added to.
        """
        open_: Path = ()
        for section in self.sections:
            values = [value for value in getattr(owned, section.name) if section.takes(value)]
            if not values:
                continue
            frame = section.path[:-1]
            shared = _shared(open_, frame)
            yield from self._closing(open_, shared)
            for depth in range(shared, len(frame)):
                yield self.tagged(f"{_INDENT * (depth + 1)}<{frame[depth]}>"), None
            for value in values:
                yield from self._object(value, section)
            open_ = frame
        yield from self._closing(open_, 0)

    def _closing(self, open_: Path, kept: int) -> Iterator[tuple[str, None]]:
        for depth in range(len(open_) - 1, kept - 1, -1):
            yield self.tagged(f"{_INDENT * (depth + 1)}</{open_[depth]}>"), None

    def _object(self, value: object, section: Section) -> Iterator[tuple[str, Origin | None]]:
        element = written(section.path[-1], value, section.shape)
        for number, (text, origin) in enumerate(element.lines(len(section.path))):
            is_head = section.is_whole and number == 0
            yield self.tagged(text.replace(">", ' nc:operation="replace">', 1) if is_head else text), origin

    def content(self, root: XmlNode) -> XmlNode:
        """Return the element whose children are configuration, named as in the paths; raises `XmlError` where there is none."""
        inner: XmlNode | None = root
        node = root
        while inner is not None:
            node = inner
            if node.name not in _WRAPPERS or node.namespace != NETCONF:
                raise XmlError(f"`{node.name}` is no element around configuration")
            inner = next(
                (child for child in node.children if child.namespace == NETCONF and child.name in _WRAPPERS), None
            )
        words = {space: word for word, space in self.namespaces.items()}
        return XmlNode("config", children=tuple(_worded(child, "", words) for child in node.children))

    def read(
        self, root: XmlNode, settled: Callable[[Any], Any], name_of: Callable[[object], str]
    ) -> tuple[dict[str, tuple[Any, ...]], dict[str, tuple[str, ...]]]:
        """Return the values of each field, in one spelling and by name, and what stands in whole objects that nobody asks for."""
        content, reading = self.content(root), Reading()
        found: dict[str, list[Any]] = {}
        unread: dict[str, tuple[str, ...]] = {}
        for section in self.sections:
            values = found.setdefault(section.name, [])
            for node in content.all(*section.path):
                value = settled(reading.read(node, section.shape))
                values.append(value)
                if section.is_whole and (rest := tuple(sorted(reading.unread(node)))):
                    unread[f"{section.name} {name_of(value)}"] = rest
        return {name: tuple(sorted(values, key=name_of)) for name, values in found.items()}, unread


def _shared(one: Path, other: Path) -> int:
    """Return how many containers two places have in common, from the outside."""
    depth = 0
    while depth < min(len(one), len(other)) and one[depth] == other[depth]:
        depth += 1
    return depth


def _worded(node: XmlNode, around: str, words: Mapping[str, str]) -> XmlNode:
    """Return an element named as in the shapes: with the word of its namespace where that is not the one around it."""
    name = node.name if node.namespace == around else f"{words.get(node.namespace, '?')}:{node.name}"
    children = tuple(_worded(child, node.namespace, words) for child in node.children)
    return XmlNode(name, node.namespace, node.text, node.attributes, children)


def nested(path: Sequence[str], keys: Sequence[str], inner: Sequence[str]) -> list[str]:
    """Return the elements at a path around others, the innermost with the leaves (already written) by which it is found."""
    opened = [f"<{name}>" for name in path]
    closed = [f"</{name}>" for name in reversed(path)]
    return [*opened, *keys, *inner, *closed]
