"""How values of a target stand in its XML: one table per kind of value serves writing and reading, so neither can forget what the other knows.

A `Shape` says of a dataclass where each field stands below its element. `written` makes the element, `read` makes the
value again and notes which elements it understood; `unread` names the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from typing import Any

from intentc.ir.model import Origin
from intentc.targetkit.xml_reading import XmlNode, xml_text
from intentc.values import field, frozen, mutable

Path = tuple[str, ...]
_WrittenLine = tuple[str, Origin | None]  # with who asked for it
_MOST_SHARED = 32  # elements, and texts of them, that are kept


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
    """A tuple of values, each an element with its own shape; an `origin` of theirs is that of all its lines.

    `are_shared`: nobody asked for them, and many devices have the very same ones, whose lines are made once.
    """

    name: str
    path: Path
    shape: Shape
    are_shared: bool = False


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

    is_shared: bool = False  # by many documents; never changed

    def lines(self, depth: int = 0) -> Iterator[_WrittenLine]:
        """Yield the lines of the element, two blanks deeper for each level, each with who asked for it; those of a shared one as one text."""
        found: list[_WrittenLine] = []
        _add_lines(self, "  " * depth, found)
        return iter(found)


def _add_lines(element: Written, margin: str, found: list[_WrittenLine]) -> None:
    if element.is_shared:
        found.append((_text_of(_Same(element), margin), None))
    else:
        _add_own(element, margin, found)


def _add_own(element: Written, margin: str, found: list[_WrittenLine]) -> None:
    name, origin = element.name, element.origin
    start = f'{name} xmlns="{xml_text(element.namespace)}"' if element.namespace else name
    start += f' nc:operation="{xml_text(element.operation)}"' if element.operation else ""
    if element.children:
        found.append((f"{margin}<{start}>", origin))
        deeper = margin + "  "
        for child in element.children:
            _add_lines(child, deeper, found)
        found.append((f"{margin}</{name}>", origin))
    elif element.text:
        found.append((f"{margin}<{start}>{xml_text(element.text)}</{name}>", origin))
    else:
        found.append((f"{margin}<{start}/>", origin))


class _Same:
    """A value that equals itself alone: what is made of it is found again without a look at its parts."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value


@lru_cache(maxsize=_MOST_SHARED)
def _text_of(element: _Same, margin: str) -> str:
    found: list[_WrittenLine] = []
    _add_own(element.value, margin, found)
    return "\n".join(text for text, _ in found)


@lru_cache(maxsize=_MOST_SHARED)
def _shared(name: str, value: _Same, shape: _Same) -> Written:
    found = written(name, value.value, shape.value)
    found.is_shared = True
    return found


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
        elif part.are_shared and own is None:
            place.children += [_shared(last, _Same(item), _Same(part.shape)) for item in content]
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
        return shape.of(**{part.name: self.part(node, part) for part in shape.parts})

    def part(self, node: XmlNode, part: Leaf | Flag | Many | Items) -> Any:
        """Return what a field of that value holds."""
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
    kind: Any = type(value)
    for name in _compared(kind):
        content = getattr(value, name)
        if content is None or content is False or content == ():
            continue
        here = f"{path} {name}".strip()
        if isinstance(content, tuple) and is_dataclass(content[0]):
            for index, part in enumerate(content, 1):
                position = f" #{index}" if name in ordered else ""
                yield from flat(part, f"{here}{position} {getattr(part, 'name', index)}", ordered=ordered)
        else:
            yield here, _said(content)


@cache
def _compared(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of the fields of a class that count in comparisons."""
    return tuple(item.name for item in fields(kind) if item.compare)  # every value of a shape is a dataclass


def _said(content: object) -> str:
    return ", ".join(map(str, content)) if isinstance(content, tuple) else str(content)
