"""Taking away what is intentc's: what binds it to ports and the objects, in one edit that is valid as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from intentc.targetkit.kit import DeviceBundle, Written, XmlNode

from .document import REMOVE, document_lines, key_of, place, read_document, roots_of
from .foreign import SLOTS
from .owned import OWN, AclPort, Owned, QosPort
from .owned_routing import Igp, IgpPort
from .readback import wanted_of
from .shapes import LISTS, NAMELESS

_PORTS = ("acl_ports", "qos_ports")
_SHARED = (*_PORTS, *NAMELESS)  # entries that others may use too


def removal(expected: DeviceBundle, running: str, before: DeviceBundle | None = None) -> str:  # noqa: ARG001  (of the protocol)
    """Return the edit that takes away everything of intentc's in `running`; "" where there is nothing.

    What belongs to others stays: an entry of a port goes only where nobody else uses it, else intentc's references in it
    do. They stand first. `before` is what was given last: only that tells whose timers of BFD, repairs
    reserved buffers and the switch for ECN are, since these have no names. Without it they stay. The payload of `expected`
    puts back what stays, in the same candidate.
    """
    owned, told = read_document(running).owned, Owned() if before is None else wanted_of(before)
    roots: dict[str, Written] = {}
    marks: dict[int, str] = {}
    for element, path in (*_references(owned, _shared_entries(running)), *_objects(owned), *_nameless(told)):
        if path:
            place(roots, path).children.append(element)
        else:
            roots[element.name] = element
        marks |= {id(gone): REMOVE for gone in _ends(element)}
    return "".join(f"{line.text}\n" for line in document_lines(roots, marks)) if roots else ""


def _shared_entries(running: str) -> set[tuple[str, str]]:
    """Return the entries of ports in which others have something too, by their list and name."""
    return {
        (field, entry.value("interface-id") or "")
        for root in roots_of(running)
        for field, path, _ in LISTS
        if field in _PORTS and path[0] == root.name
        for entry in root.all(*path[1:])
        if not all(_is_ours(child) for child in entry.children if child.name not in {"interface-id", "interface-ref"})
    }


def _is_ours(node: XmlNode) -> bool:
    """Return whether all that an element says are references to intentc's objects."""
    if node.name == "pfc":
        return (node.value("pfc-mapping-profile") or "").startswith(OWN)
    if not node.children:
        return node.text.startswith(OWN)
    is_named = (node.value("name") or "").startswith(OWN)
    return all(_is_ours(child) or (is_named and child.name == "type") for child in node.children)


_Element = tuple[Written, tuple[str, ...]]  # with the path of what is around it


def _objects(owned: Owned) -> Iterator[_Element]:
    """Yield the entries that are removed as a whole."""
    for field, path, _ in LISTS:
        if field not in _SHARED:
            for item in getattr(owned, field):
                keys = _keys(item, has_kind=field == "filters", key=key_of(field))
                yield Written(path[-1], children=keys), path[:-1]


def _keys(item: Any, *, has_kind: bool, key: str = "name") -> list[Written]:
    return [Written(key, item.name), *([Written("type", item.kind)] if has_kind else [])]


def _nameless(told: Owned) -> Iterator[_Element]:
    """Yield the places of what has no name."""
    if told.ecn:
        yield Written("explicit-congestion-notification"), ("qos",)
    for port in told.bfd:
        yield Written("subinterface", children=[Written("id", port.name)]), ("bfd",)
    for instance in told.instances:
        isis = Written("isis", children=[_process(igp) for igp in instance.igps])
        yield (
            Written(
                "network-instance", children=[Written("name", instance.name), Written("protocols", children=[isis])]
            ),
            (),
        )
    for card in told.linecards:
        complexes = [
            Written(
                "forwarding-complex",
                children=[
                    Written("name", one.name),
                    Written("input", children=[Written("pfc-buffer-reservation", str(one.reserved_percent))]),
                ],
            )
            for one in card.complexes
        ]
        yield Written("linecard", children=[Written("slot", str(card.name)), *complexes]), ("qos",)


def _process(igp: Igp) -> Written:
    """Return the places of a process of the IGP, which itself is not intentc's."""
    repairs = [Written("loopfree-alternate")] if igp.repairs else []
    return Written(
        "instance", children=[Written("name", igp.name), *repairs, *(_adjacency(port) for port in igp.ports)]
    )


def _adjacency(port: IgpPort) -> Written:
    families = (("ipv4-unicast", port.has_bfd), ("ipv6-unicast", port.has_bfd6))
    switches = [Written(name, children=[Written("enable-bfd", "true")]) for name, is_on in families if is_on]
    return Written("interface", children=[Written("interface-name", port.name), *switches])


def _references(owned: Owned, shared: set[tuple[str, str]]) -> Iterator[_Element]:
    """Yield the entries of ports with what is bound to them."""
    paths = {field: path[:-1] for field, path, _ in LISTS}
    for field, path in (("acl_ports", paths["acl_ports"]), ("qos_ports", paths["qos_ports"])):
        for port in getattr(owned, field):
            key = Written("interface-id", port.name)
            is_whole = (field, port.name) not in shared
            yield Written("interface", children=[key] if is_whole else [key, _same(port), *_bound(port)]), path


def _same(port: AclPort | QosPort) -> Written:
    """Return which port an entry is about, as it says already: what is in it is checked against that."""
    found = [Written("interface", port.interface)]
    if port.subinterface is not None:
        found.append(Written("subinterface", str(port.subinterface)))
    return Written("interface-ref", children=found)


def _bound(port: AclPort | QosPort) -> Iterator[Written]:
    return _bounds(port) if isinstance(port, AclPort) else _policies(port)


def _bounds(port: AclPort) -> Iterator[Written]:
    for direction, bounds in (("input", port.inputs), ("output", port.outputs)):
        if bounds:
            yield Written(
                direction, children=[Written("acl-filter", children=_keys(one, has_kind=True)) for one in bounds]
            )


def _policies(port: QosPort) -> Iterator[Written]:
    root = {"interface": Written("interface")}
    for field, path in SLOTS:
        name = getattr(port, field)
        if name is not None:
            place(root, ("interface", *path[:-1])).children.append(Written(path[-1], name))
    if port.is_pausing:
        place(root, ("interface", "pfc")).children.append(Written("pfc-enable", "true"))
    for one in port.classifiers:
        keys = [Written("type", one.kind)]
        place(root, ("interface", "input", "classifiers")).children.append(Written("classifier", children=keys))
    for profile in port.profiles:
        keys = [Written("queue-name", profile.name)]
        place(root, ("interface", "output", "queues")).children.append(Written("queue", children=keys))
    yield from root["interface"].children


_KEYS = frozenset(
    (
        "interface-id",
        "name",
        "type",
        "queue-name",
        "interface-name",
        "id",
        "slot",
        "session-name",
        "pfc-queue-name",
    )
)


def _ends(element: Written) -> Iterator[Written]:
    """Yield the elements to be marked: entries that are nothing but keys, and leaves that are none."""
    if all(child.name in _KEYS and not child.children for child in element.children):
        if element.children or element.name not in _KEYS:
            yield element
        return
    for child in element.children:
        if child.name != "interface-ref" and (child.children or child.name not in _KEYS):
            yield from _ends(child)
