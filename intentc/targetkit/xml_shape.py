"""How values of a target stand in its XML: one table per kind of value serves writing and reading, so neither can forget what the other knows.

A `Shape` says of a dataclass where each field stands below its element. `written` makes the element, `read` makes the
value again and notes which elements it understood; `unread` names the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from intentc.ir.model import Origin
from intentc.targetkit.xml_reading import XmlNode, xml_text
from intentc.values import field, frozen, mutable

Path = tuple[str, ...]


@frozen
class Kind:
    """The words of one kind of value; `read` raises `ValueError` for words that are none of them."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


TEXT = Kind(str, str)
NUMBER = Kind(str, int)


@frozen
class Leaf:
    """A field as the text of one element; None has no element."""

    name: str
    path: Path
    kind: Kind = TEXT


@frozen
class Flag:
    """A truth as an empty element that is there or not."""

    name: str
    path: Path


@frozen
class Many:
    """A tuple as elements of one name that follow each other."""

    name: str
    path: Path
    kind: Kind = TEXT


@frozen
class Items:
    """A tuple of values, each an element with its own shape; an `origin` of theirs is that of all its lines."""

    name: str
    path: Path
    shape: Shape


@frozen
class Shape:
    """Where the fields of `of` stand, in the order in which they are written."""

    of: type
    parts: tuple[Leaf | Flag | Many | Items, ...]


@mutable
class Written:
    """An element to be written: text or children, and who asked for it."""

    name: str
    text: str = ""
    children: list[Written] = field(default_factory=list)
    origin: Origin | None = None
    namespace: str = ""  # where it is another one than that around it
    operation: str = ""  # of NETCONF (RFC 6241, section 7.2), where it is another one than that around it

    def lines(self, depth: int = 0) -> Iterator[tuple[str, Origin | None]]:
        """Yield the lines of the element, two blanks deeper for each level, each with who asked for it."""
        margin = "  " * depth
        start = f'{self.name} xmlns="{xml_text(self.namespace)}"' if self.namespace else self.name
        start += f' nc:operation="{xml_text(self.operation)}"' if self.operation else ""
        if self.children:
            yield f"{margin}<{start}>", self.origin
            for child in self.children:
                yield from child.lines(depth + 1)
            yield f"{margin}</{self.name}>", self.origin
        elif self.text:
            yield f"{margin}<{start}>{xml_text(self.text)}</{self.name}>", self.origin
        else:
            yield f"{margin}<{start}/>", self.origin


def written(name: str, value: object, shape: Shape, origin: Origin | None = None) -> Written:
    """Return the element of a value; what is None, False or empty has no element below it."""
    own = getattr(value, "origin", None) or origin
    root = Written(name, origin=own)
    for part in shape.parts:
        content = getattr(value, part.name)
        if content is None or content is False or content == ():
            continue
        place = _descend(root, part.path[:-1])
        last = part.path[-1]
        if isinstance(part, Flag):
            place.children.append(Written(last, origin=own))
        elif isinstance(part, Leaf):
            place.children.append(Written(last, part.kind.write(content), origin=own))
        elif isinstance(part, Many):
            place.children += [Written(last, part.kind.write(item), origin=own) for item in content]
        else:
            place.children += [written(last, item, part.shape, own) for item in content]
    return root


def _descend(place: Written, path: Path) -> Written:
    """Return the container at a path; it is one with that of the part before where their paths agree."""
    for name in path:
        if not place.children or place.children[-1].name != name:
            place.children.append(Written(name, origin=place.origin))
        place = place.children[-1]
    return place


@mutable
class Reading:
    """What has been understood of a document."""

    known: set[int] = field(default_factory=set)  # identities of elements

    def read(self, node: XmlNode, shape: Shape) -> Any:
        """Return the value that an element holds; words that are none of their kind are kept as they are."""
        return shape.of(**{part.name: self._part(node, part) for part in shape.parts})

    def _part(self, node: XmlNode, part: Leaf | Flag | Many | Items) -> Any:
        found = tuple(self._at(node, part.path))
        if isinstance(part, Items):
            return tuple(self.read(item, part.shape) for item in found)
        if isinstance(part, Flag):
            self.known.update(map(id, found[:1]))
            return bool(found)
        if isinstance(part, Many):
            self.known.update(map(id, found))
            return tuple(_words(item, part.kind) for item in found)
        self.known.update(map(id, found[:1]))
        return _words(found[0], part.kind) if found else None

    def _at(self, node: XmlNode, path: Path) -> Iterator[XmlNode]:
        return node.all(*path)

    def unread(self, node: XmlNode, path: Path = ()) -> Iterator[str]:
        """Yield the place and text of every element without children that nobody asked about."""
        here = (*path, _label(node))
        if not node.children:
            if id(node) not in self.known:
                yield f"{' '.join(here)} {node.text}".strip()
            return
        for child in node.children:
            yield from self.unread(child, here)


def _label(node: XmlNode) -> str:
    name = node.value("name")
    return node.name if name is None else f"{node.name} {name}"


def _words(node: XmlNode, kind: Kind) -> Any:
    try:
        return kind.read(node.text)
    except ValueError:
        return node.text


def flat(value: object, path: str = "", *, ordered: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield every field of a value, with where it stands; items of the fields `ordered` also with their position.

    Fields that are None, False or empty, and those that do not count in comparisons, are left out.
    """
    for item in fields(value):  # type: ignore[arg-type]  # every value of a shape is a dataclass
        content = getattr(value, item.name)
        if not item.compare or content is None or content is False or content == ():
            continue
        here = f"{path} {item.name}".strip()
        if isinstance(content, tuple) and is_dataclass(content[0]):
            for index, part in enumerate(content, 1):
                position = f" #{index}" if item.name in ordered else ""
                yield from flat(part, f"{here}{position} {getattr(part, 'name', index)}", ordered=ordered)
        else:
            yield here, _said(content)


def _said(content: object) -> str:
    return ", ".join(map(str, content)) if isinstance(content, tuple) else str(content)
