"""The payload: `Owned` as lines of one NETCONF `<config>`, and what is read of such a document, rendered or fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from intentc.targetkit.kit import Line, Reading, Written, XmlNode, parse_xml, written, xml_text

from .owned import OWN, REFLECTS, Owned
from .shapes import LISTS, NAMELESS, shape_of

BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
_SPACES = {
    "acl": "urn:nokia.com:srlinux:acl:acl",
    "qos": "urn:nokia.com:srlinux:qos:qos",
    "bfd": "urn:nokia.com:srlinux:bfd:bfd",
    "network-instance": "urn:nokia.com:srlinux:net-inst:network-instance",
    "oam": "urn:nokia.com:srlinux:oam:oam",
    "interface": "urn:nokia.com:srlinux:chassis:interfaces",  # never written; others may have flow control there
}
# elements of modules that augment the one around them, by what is around
_AUGMENTED = {
    ("classifiers", "multifield-classifier"): "urn:nokia.com:srlinux:acl:acl-qos",
    ("classifiers", "classifier"): "urn:nokia.com:srlinux:acl:acl-qos",
    ("qos", "policer-templates"): "urn:nokia.com:srlinux:acl:acl-policers",
    ("input", "policer-templates"): "urn:nokia.com:srlinux:acl:acl-policers",
    ("protocols", "isis"): "urn:nokia.com:srlinux:isis:isis",
    ("performance-monitoring", "ip"): "urn:nokia.com:srlinux:twamp:oam-pm-ip",
    ("oam", "stamp"): "urn:nokia.com:srlinux:twamp:stamp",
}
REPLACE = ' nc:operation="replace"'
REMOVE = ' nc:operation="remove"'


@dataclass(frozen=True, slots=True)
class Read:
    """What a document says: what is intentc's, and what stands in its objects that intentc does not write."""

    owned: Owned
    strange: tuple[str, ...]


def config_lines(item: Owned) -> Iterator[Line]:
    """Yield the lines of a payload that makes the device's own objects equal to `item`."""
    roots: dict[str, Written] = {}
    marks: dict[int, str] = {}
    for field, path, _ in LISTS:
        for value in getattr(item, field):
            element = written(path[-1], value, shape_of(field, getattr(value, "kind", "")))
            if len(path) == 1:
                roots[path[0]] = element
            else:
                place(roots, path[:-1]).children.append(element)
            if field == "reflectors" or (field not in NAMELESS and value.name.startswith(OWN)):
                marks[id(element)] = REPLACE
    yield from document_lines(roots, marks)


def document_lines(roots: Mapping[str, Written], marks: Mapping[int, str]) -> Iterator[Line]:
    """Yield the lines of top-level elements in one `<config>`; `marks` has the operations of elements by their identity."""
    yield from framed(line for name in sorted(roots) for line in _lines(roots[name], "", 1, marks))


def framed(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield lines with the `<config>` around them."""
    yield Line(f'<config xmlns="{BASE}" xmlns:nc="{BASE}">')
    yield from lines
    yield Line("</config>")


def space(parent: str, name: str) -> str:
    """Return the attribute that an element needs where its module is not that of the element around it, else ""."""
    uri = _SPACES.get(name) if not parent else _AUGMENTED.get((parent, name))
    return f' xmlns="{uri}"' if uri else ""


def _lines(element: Written, parent: str, depth: int, marks: Mapping[int, str]) -> Iterator[Line]:
    margin, origin = "  " * depth, element.origin if element.origin and element.origin.spans else None
    opening = f"{margin}<{element.name}{space(parent, element.name)}{marks.get(id(element), '')}"
    if not element.children:
        text = f">{xml_text(element.text)}</{element.name}>" if element.text else "/>"
        yield Line(f"{opening}{text}", origin)
        return
    yield Line(f"{opening}>", origin)
    for child in element.children:
        yield from _lines(child, element.name, depth + 1, marks)
    yield Line(f"{margin}</{element.name}>", origin)


def place(roots: dict[str, Written], path: Sequence[str]) -> Written:
    """Return the container at a path below the top-level elements, made where it is not there yet."""
    found = roots.setdefault(path[0], Written(path[0]))
    for name in path[1:]:
        inner = next((child for child in found.children if child.name == name), None)
        if inner is None:
            inner = Written(name)
            found.children.append(inner)
        found = inner
    return found


def roots_of(text: str) -> tuple[XmlNode, ...]:
    """Return the top-level containers of a document that hold anything of intentc's, in whatever envelope they are."""
    return tuple(_top(parse_xml(text))) if text.strip() else ()


@lru_cache(maxsize=16)  # what a device should have is compared with what it has, and looked through for slots
def read_document(text: str) -> Read:
    """Return what is intentc's in a document: a payload, or what a device answers to `get-config`. Nothing is an empty one."""
    return read_roots(roots_of(text))


def read_roots(roots: tuple[XmlNode, ...]) -> Read:
    """Return what is intentc's in top-level containers."""
    lists: dict[str, tuple[Any, ...]] = {}
    strange: list[str] = []
    for root in roots:
        for field, path, _ in LISTS:
            if path[0] == root.name:
                items = [_read(field, node, strange) for node in root.all(*path[1:])]
                lists[field] = (*lists.get(field, ()), *(item for item in items if item is not None))
    return Read(canonical(Owned(**lists)), tuple(sorted(strange)))


def _top(root: XmlNode) -> Iterator[XmlNode]:
    if root.name in _SPACES:
        yield root
    elif root.name in {"config", "data", "rpc", "rpc-reply", "edit-config"}:
        for child in root.children:
            yield from _top(child)


def _read(field: str, node: XmlNode, strange: list[str]) -> Any:
    """Return the value of an element if it is ours: by its name, or, for a port, by what is bound to it."""
    reading = Reading()
    if field in {"acl_ports", "qos_ports"}:
        return _only_own(reading.read(node, shape_of(field, "")))
    if field in NAMELESS:
        return _said(field, reading.read(node, shape_of(field, "")))
    if not _is_named(field, node):
        return None
    value = reading.read(node, shape_of(field, _kind(node)))
    strange.extend(reading.unread(node))
    return value


_KEYS = {"sessions": "session-name", "pause_queues": "pfc-queue-name"}  # of lists whose key is no `name`


def key_of(field: str) -> str:
    """Return the element that names an entry of a list."""
    return _KEYS.get(field, "name")


def _is_named(field: str, node: XmlNode) -> bool:
    """Return whether an entry is intentc's: by its name; the reflector, which has none of its own, by its description."""
    if field == "reflectors":
        return node.value("description") == REFLECTS
    return (node.value(key_of(field)) or "").startswith(OWN)


def _said(field: str, value: Any) -> Any:
    """Return what of an entry without a name is of the kind that intentc writes; None where nothing is."""
    if field == "instances":
        igps = tuple(replace(igp, ports=tuple(port for port in igp.ports if _says(port))) for igp in value.igps)
        kept = tuple(igp for igp in igps if _says(igp))
        return replace(value, igps=kept) if kept else None
    if field == "linecards":
        complexes = tuple(one for one in value.complexes if _says(one))
        return replace(value, complexes=complexes) if complexes else None
    return value


def _says(value: Any) -> bool:
    """Return whether a value has anything beside its name."""
    contents = [getattr(value, one.name) for one in fields(value) if one.compare and one.name != "name"]
    return any(content is not None and content != () for content in contents)


def _kind(node: XmlNode) -> str:
    return "ipv6" if node.value("type") == "ipv6" else "ipv4"


def _only_own(port: Any) -> Any:
    """Return a port with what is intentc's of it; None where nothing is."""
    changes: dict[str, Any] = {}
    for field in fields(port):
        content = getattr(port, field.name)
        if isinstance(content, tuple):
            changes[field.name] = tuple(item for item in content if _is_own(getattr(item, "profile", item.name)))
        elif field.name not in _PORT_FACTS:
            changes[field.name] = content if _is_own(content) else None
    if "pause_mapping" in changes:
        changes["is_pausing"] = port.is_pausing if changes["pause_mapping"] else None
    return replace(port, **changes) if any(changes.values()) else None


_PORT_FACTS = frozenset(("name", "interface", "subinterface", "is_pausing"))


def _is_own(name: object) -> bool:
    return isinstance(name, str) and name.startswith(OWN)


def canonical(value: Any) -> Any:
    """Return a value whose lists stand in the order of their keys."""
    changes = {
        field.name: tuple(sorted((canonical(item) if is_dataclass(item) else item for item in content), key=_key))
        for field in fields(value)
        if isinstance(content := getattr(value, field.name), tuple) and content
    }
    return replace(value, **changes) if changes else value


def _key(item: Any) -> tuple[tuple[int, str], ...]:
    """Return what tells an item of a list from the others: its first fields, numbers by their size."""
    parts = [getattr(item, field.name) for field in fields(item)[:3]] if is_dataclass(item) else [item]
    return tuple((part, "") if isinstance(part, int) else (0, str(part)) for part in parts)
