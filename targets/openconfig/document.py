"""The payload: `Owned` as lines of one NETCONF `<config>`, and what is read of such a document, rendered or fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from intentc.targetkit.kit import Line, Path, Reading, Written, XmlNode, parse_xml, written

from .owned import OWN, AclPort, Owned, PolicyPort, QosPort
from .shapes import DEFAULT, LISTS, PORTS_OF
from .words import PREFIXES

BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
_SPACES = {
    "acl": "http://openconfig.net/yang/acl",
    "network-instances": "http://openconfig.net/yang/network-instance",
    "qos": "http://openconfig.net/yang/qos",
    "telemetry-system": "http://openconfig.net/yang/telemetry",
}
_AUGMENTED = {"nh-network-instance": "http://openconfig.net/yang/local-routing-netinst"}
_ENVELOPES = frozenset(("config", "data", "rpc", "rpc-reply", "edit-config"))


@dataclass(frozen=True, slots=True)
class Read:
    """What a document says: what is intentc's, and what stands in its objects that intentc does not write."""

    owned: Owned
    strange: tuple[str, ...]


def config_lines(item: Owned) -> Iterator[Line]:
    """Yield the lines of a payload that makes the device's own objects equal to `item`; none where it owns nothing."""
    roots: dict[str, Written] = {}
    for field, path, shape in LISTS:
        for value in getattr(item, field):
            element = written(path[-1], value, shape)
            element.operation = "" if field in PORTS_OF else "replace"
            place(roots, path[:-1]).children.append(element)
    yield from document_lines(roots)


def document_lines(roots: dict[str, Written]) -> Iterator[Line]:
    """Yield the lines of top-level elements in one `<config>`; none where there are none."""
    if not roots:
        return
    prefixes = "".join(f' xmlns:{name}="{uri}"' for name, uri in sorted(PREFIXES.items()))
    yield Line(f'<config xmlns="{BASE}" xmlns:nc="{BASE}"{prefixes}>')
    for name in _SPACES:
        if name in roots:
            _give_spaces(roots[name])
            for text, origin in roots[name].lines(1):
                yield Line(text, origin if origin and origin.spans else None)
    yield Line("</config>")


def _give_spaces(element: Written) -> None:
    """Name the module of each element that is of another one than that around it; top-level elements have names of their own."""
    element.namespace = _SPACES.get(element.name, "") or _AUGMENTED.get(element.name, "")
    for child in element.children:
        _give_spaces(child)


def place(roots: dict[str, Written], path: Path) -> Written:
    """Return the container at a path below the top-level elements, made where it is not there yet."""
    found = roots.setdefault(path[0], Written(path[0]))
    for name in path[1:]:
        inner = next((child for child in found.children if _is_called(child, name)), None)
        if inner is None:
            inner = _default_instance() if name == DEFAULT else Written(name)
            found.children.append(inner)
        found = inner
    return found


def _is_called(element: Written, name: str) -> bool:
    if name != DEFAULT:
        return element.name == name
    return element.name == "network-instance" and element.children[0].text == DEFAULT


def _default_instance() -> Written:
    name = Written("name", DEFAULT)
    return Written("network-instance", children=[name, Written("config", children=[Written("name", DEFAULT)])])


def roots_of(text: str) -> tuple[XmlNode, ...]:
    """Return the top-level containers of a document that hold anything of intentc's, in whatever envelope they are."""
    return tuple(_top(parse_xml(text))) if text.strip() else ()


def _top(root: XmlNode) -> Iterator[XmlNode]:
    if root.name in _SPACES:
        yield root
    elif root.name in _ENVELOPES:
        for child in root.children:
            yield from _top(child)


def entries(roots: Iterable[XmlNode], path: Path) -> Iterator[XmlNode]:
    """Yield the entries of a list, given its path from the top-level element on."""
    for root in roots:
        if root.name == path[0]:
            yield from _below(root, path[1:])


def _below(node: XmlNode, path: Path) -> Iterator[XmlNode]:
    if DEFAULT not in path:
        yield from node.all(*path)
        return
    for instance in node.all("network-instance"):
        if instance.value("name") == DEFAULT:
            yield from instance.all(*path[path.index(DEFAULT) + 1 :])


@lru_cache(maxsize=16)  # what a device should have is compared with what it has, and looked through for slots
def read_document(text: str) -> Read:
    """Return what is intentc's in a document: a payload, or what a device answers to `get-config`. Nothing is an empty one."""
    return read_roots(roots_of(text))


def read_roots(roots: tuple[XmlNode, ...]) -> Read:
    """Return what is intentc's in top-level containers."""
    strange: list[str] = []
    lists: dict[str, tuple[Any, ...]] = {}
    for field, path, shape in LISTS:
        items: list[Any] = []
        for node in entries(roots, path):
            reading = Reading()
            value = reading.read(node, shape)
            if field in PORTS_OF:
                value = _only_own(value)
            elif not (value.name or "").startswith(OWN):
                value = None
            else:
                strange += reading.unread(node)
            if value is not None:
                items.append(value)
                strange += _unlike_keys(node)
        lists[field] = tuple(items)
    return Read(canonical(Owned(**lists)), tuple(sorted(strange)))


def _unlike_keys(node: XmlNode) -> Iterator[str]:
    """Yield the keys that are another one beside `config` than in it: which a device would refuse."""
    config = node.first("config")
    for child in node.children:
        inside = config.value(child.name) if config is not None and not child.children else None
        if inside is not None and inside != child.text:
            yield f"{node.name} {child.name} {child.text}, but {inside} in its config"
        yield from _unlike_keys(child)


def _only_own(port: AclPort | PolicyPort | QosPort) -> AclPort | PolicyPort | QosPort | None:
    """Return a port with what is intentc's of it; None where nothing is."""
    if isinstance(port, PolicyPort):
        return port if _is_own(port.policy) else None
    if isinstance(port, AclPort):
        inputs, outputs = (tuple(one for one in some if _is_own(one.name)) for some in (port.inputs, port.outputs))
        return replace(port, inputs=inputs, outputs=outputs) if inputs or outputs else None
    own = replace(
        port,
        classifiers=tuple(one for one in port.classifiers if _is_own(one.name)),
        profiles=tuple(one for one in port.profiles if _is_own(one.profile)),
        buffers=port.buffers if _is_own(port.buffers) else None,
        scheduler=port.scheduler if _is_own(port.scheduler) else None,
    )
    return own if any((own.classifiers, own.profiles, own.buffers, own.scheduler)) else None


def _is_own(name: str | None) -> bool:
    return name is not None and name.startswith(OWN)


def canonical(value: Any) -> Any:
    """Return a value whose lists stand in the order of their keys: the models give them no other one."""
    changes = {
        field.name: tuple(sorted((canonical(item) if is_dataclass(item) else item for item in content), key=_order))
        for field in fields(value)
        if isinstance(content := getattr(value, field.name), tuple) and content
    }
    return replace(value, **changes) if changes else value


def _order(item: Any) -> tuple[tuple[int, str], ...]:
    """Return what tells an item of a list from the others: its first fields, numbers by their size."""
    parts = [getattr(item, field.name) for field in fields(item)[:2]] if is_dataclass(item) else [item]
    return tuple((part, "") if isinstance(part, int) else (0, str(part)) for part in parts)
