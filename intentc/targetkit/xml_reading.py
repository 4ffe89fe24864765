"""XML for targets: text escaped for documents that are written, documents of devices read without trusting them.

Documents are parsed by expat with DTDs refused, so no entity is ever expanded and nothing outside the text is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from xml.parsers import expat

from intentc.patterns import pattern
from intentc.values import field, frozen

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_SPECIAL = pattern("[&<>\"']")
# XML 1.0, section 2.2: what a document may hold; line breaks and tabs are left out, as values of configurations have none
_UNWRITABLE = pattern("[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u007f-\u009f]")
_DEEPEST = 100  # elements within each other; configurations have some twenty
_MOST_KEPT = 16  # documents


class XmlError(ValueError):
    """The text is not a document that may be read, or not a value that may be written."""


@frozen
class XmlNode:
    """One element: its name without namespace, the namespace ("" for none), attributes, text and children in order.

    Attribute names have no namespace either. Text is that before the first child, without white space around it.
    """

    name: str
    namespace: str = ""
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[XmlNode, ...] = field(default=())

    def all(self, *path: str) -> Iterator[XmlNode]:
        """Return the elements at a path of names below this one, in document order."""
        found: Sequence[XmlNode] = (self,)
        for name in path:
            found = [child for node in found for child in node.children if child.name == name]
        return iter(found)

    def first(self, *path: str) -> XmlNode | None:
        """Return the first element at a path of names below this one."""
        return next(self.all(*path), None)

    def value(self, *path: str) -> str | None:
        """Return the text of the first element at a path; None where there is no such element."""
        found = self.first(*path)
        return None if found is None else found.text

    def values(self, *path: str) -> tuple[str, ...]:
        """Return the texts of all elements at a path, in document order."""
        return tuple(found.text for found in self.all(*path))

    def has(self, *path: str) -> bool:
        """Return whether there is an element at a path."""
        return self.first(*path) is not None

    def attribute(self, name: str) -> str | None:
        """Return the value of an attribute by its name without namespace."""
        return dict(self.attributes).get(name)


def xml_text(value: str) -> str:
    """Return `value` as character data or attribute value; raises `XmlError` for characters that no document may hold."""
    if _UNWRITABLE.search(value):
        raise XmlError(f"not writable in XML: {value!r}")
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], value)


@lru_cache(maxsize=_MOST_KEPT)
def parse_xml(text: str) -> XmlNode:
    """Return the root of a document; raises `XmlError` for anything that is not well-formed or declares a DTD.

    What a device answered is asked about several times in a row, so the last few documents are kept.
    """
    parser, whole = expat.ParserCreate(namespace_separator="}"), _Open("", "", ())
    around = [whole]

    def start(name: str, attributes: Sequence[str]) -> None:
        if len(around) > _DEEPEST:
            raise XmlError(f"more than {_DEEPEST} elements within each other")
        namespace, _, own = name.rpartition("}")
        around.append(_Open(own, namespace, _attributes(attributes) if attributes else ()))

    def end(_name: str) -> None:
        ended = around.pop()
        around[-1].children.append(ended.node())

    def data(piece: str) -> None:
        inner = around[-1]
        if not inner.children:
            inner.text += piece

    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = _refuse_dtd
    try:
        parser.Parse(text.encode(), True)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise XmlError(f"not well-formed XML ({error})") from error
    return whole.children[0]


class _Open:
    """An element of which the end has not been read."""

    __slots__ = ("_attributes", "_name", "_namespace", "children", "text")

    def __init__(self, name: str, namespace: str, attributes: tuple[tuple[str, str], ...]) -> None:
        self._name = name
        self._namespace = namespace
        self._attributes = attributes
        self.text = ""  # before the first child
        self.children: list[XmlNode] = []

    def node(self) -> XmlNode:
        return XmlNode(self._name, self._namespace, self.text.strip(), self._attributes, tuple(self.children))


def _attributes(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return names without namespaces, and values, sorted, of what stands in turn in `given`."""
    pairs = zip(given[::2], given[1::2], strict=True)
    return tuple(sorted((name.rpartition("}")[2], value) for name, value in pairs))


def _refuse_dtd(*_: object) -> None:
    raise XmlError("a document type declaration")
