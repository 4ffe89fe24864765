"""XML text to the tree of mappings that all readers take: no entities, no documents from elsewhere, no depth without end."""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

from intentc.diagnostics import Findings, Source, Span
from intentc.topology.tree import Entry, Items, Node, Scalar, Table
from intentc.values import field, mutable

MAX_DEPTH = 64
TEXT = "#text"  # the key of an element's text; attributes are `@name`, elements below it a list by name


@mutable
class _Element:
    name: str
    place: tuple[str, int, int, int, int]
    attributes: Mapping[str, str]
    below: dict[str, list[Table]] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)


class _RefusedError(Exception):
    pass


def read_xml(source: Source, root: str, findings: Findings) -> Table | None:
    """Return the document as a mapping, None when it is no XML or another document than `root` (E0350).

    An element is a mapping of its attributes (`@id`), its text (`#text`), and a list per name of the elements below it;
    names are without their namespaces.
    """
    return _Builder(source, root, findings).build()


class _Builder:
    def __init__(self, source: Source, root: str, findings: Findings) -> None:
        self._source, self._root, self._findings = source, root, findings
        self._stack: list[_Element] = []
        self._document: Table | None = None
        self._parser = expat.ParserCreate("utf-8", " ")
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._close
        self._parser.CharacterDataHandler = self._add
        self._parser.EntityDeclHandler = self._entity

    def build(self) -> Table | None:
        try:
            self._parser.Parse(self._source.text.encode(), True)
        except expat.ExpatError as error:
            self._say(f"this is not XML: {expat.ErrorString(error.code)}", error.lineno, error.offset)
            return None
        except _RefusedError:
            return None
        return self._document

    def _refuse(self, message: str) -> _RefusedError:
        self._say(message, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber)
        return _RefusedError()

    def _say(self, message: str, line: int, offset: int) -> None:
        span = Span(self._source.path, line, offset + 1, line, offset + 2)
        self._findings.error("E0350", message, span)

    def _entity(self, *_: object) -> None:
        raise self._refuse("entities of one's own are not read")

    def _open(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if not self._stack and local != self._root:
            raise self._refuse(f"the document is `{local}`, not `{self._root}`")
        if len(self._stack) >= MAX_DEPTH:
            raise self._refuse(f"nested more than {MAX_DEPTH} deep")
        line, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1
        place = (self._source.path, line, column, line, column + len(local) + 1)
        self._stack.append(_Element(local, place, attributes))

    def _close(self, _: str) -> None:
        element = self._stack.pop()
        table = _table(element)
        if self._stack:
            self._stack[-1].below.setdefault(element.name, []).append(table)
        else:
            self._document = table

    def _add(self, text: str) -> None:
        if self._stack:
            self._stack[-1].text.append(text)


def _table(element: _Element) -> Table:
    place = element.place
    values: dict[str, Node] = {
        f"@{name.rpartition(' ')[2]}": Scalar(text, False, *place) for name, text in element.attributes.items()
    }
    text = "".join(element.text).strip()
    if text:
        values[TEXT] = Scalar(text, False, *place)
    for name, tables in element.below.items():
        values[name] = Items(tuple(tables), *tables[0][-5:])
    return Table({key: Entry(Scalar(key, False, *place), value) for key, value in values.items()}, *place)
