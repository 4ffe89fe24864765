"""Places that intentc needs and somebody else holds: explicit configuration beats what a group says, silently.

Looked at are the configuration outside the group and all other groups that are applied anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import DeviceBundle, Difference, XmlError, XmlNode

from .foreign_protocols import balancing_held, entries, protocols_held, services_held
from .owned import GROUP, Owned
from .owned_cos import CosUnit
from .readback import FILE, configuration, read_back

_STANDARD = {("best-effort", 0), ("network-control", 3)}  # classes that Junos has by itself, where it has them
_PREFIX = "ITC-"


def foreign(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return what others configured where `expected` has to stand: what is needed there, and who holds it. Sorted.

    `running` is the whole configuration in XML, groups not expanded. Raises `ValueError` if it is none.
    """
    wanted = read_back(next((file.text for file in expected.files), ""))
    root = configuration(running)
    if root is None:
        if running.strip():
            raise XmlError("no <configuration> in it")
        return ()
    found = {
        Difference(FILE, need, f"{what} in {holder}")
        for holder, place in _holders(root)
        for need, what in _clashes(wanted or Owned(), place)
    }
    return tuple(sorted(found))


def _holders(root: XmlNode) -> Iterator[tuple[str, XmlNode]]:
    """Yield everything but our group that has a say: the configuration itself, and groups that are applied somewhere."""
    own = tuple(child for child in root.children if child.name not in {"groups", "apply-groups"})
    yield "the configuration", XmlNode(root.name, children=own)
    applied = set(_applied(root))
    for group in root.all("groups"):
        name = group.value("name")
        if name != GROUP and name in applied:
            yield f"group {name}", XmlNode(group.name, children=group.children[1:])


def _applied(node: XmlNode) -> Iterator[str]:
    for child in node.children:
        if child.name == "apply-groups":
            yield child.text
        yield from _applied(child)


def _clashes(wanted: Owned, place: XmlNode) -> Iterator[tuple[str, str]]:
    yield from _named(place)
    for interface in wanted.interfaces:
        for unit in interface.units:
            for family, direction, name in (
                ("inet", "input", unit.input4),
                ("inet", "output", unit.output4),
                ("inet6", "input", unit.input6),
                ("inet6", "output", unit.output6),
            ):
                if name is not None:
                    yield from _filters(place, interface.name, unit.name, family, direction)
    for own in wanted.cos_interfaces:
        for at in entries(place, ("class-of-service", "interfaces", "interface"), own.name):
            if own.scheduler_map is not None:
                yield from _held(at, own.name, ("scheduler-map", "shaping-rate", "output-traffic-control-profile"))
            for logical in own.units:
                yield from _unit(at, own.name, logical)
    yield from _queues(wanted, place)
    yield from protocols_held(wanted, place)
    yield from services_held(wanted, place)
    yield from balancing_held(wanted, place)


def _named(place: XmlNode) -> Iterator[tuple[str, str]]:
    """Yield objects outside the group that have names of ours: Junos would merge them with those of the group."""
    for child in place.children:
        name = child.value("name")
        if name is not None and name.startswith(_PREFIX):
            yield f"the name {name}", f"{child.name} {name}"
        yield from _named(child)


def _filters(place: XmlNode, interface: str, unit: int, family: str, direction: str) -> Iterator[tuple[str, str]]:
    for port in entries(place, ("interfaces", "interface"), interface):
        for logical in entries(port, ("unit",), str(unit)):
            for words in (direction, f"{direction}-list", f"{direction}-chain"):
                for held in logical.all("family", family, "filter", words):
                    name = held.value("filter-name") or held.text
                    yield f"filter {direction} of {interface}.{unit} {family}", f"filter {words} {name}"


def _held(at: XmlNode, where: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in names:
        for held in at.all(name):
            yield (
                f"{name} of {where}",
                f"{name} {held.text or held.value('rate') or held.value('profile-name') or ''}".strip(),
            )


def _unit(at: XmlNode, port: str, unit: CosUnit) -> Iterator[tuple[str, str]]:
    for logical in entries(at, ("unit",), str(unit.name)):
        where = f"{port}.{unit.name}"
        yield from _held(
            logical, where, ("scheduler-map", "shaping-rate", "output-traffic-control-profile", "forwarding-class")
        )
        for kind in ("classifiers", *(("rewrite-rules",) if unit.rewrite4 else ())):
            for table in logical.all(kind):
                for held in table.children:
                    name = held.value("name") or held.value("classifier-name") or held.value("rewrite-rule-name") or ""
                    yield f"{kind} of {where}", f"{kind} {held.name} {name}".strip()


def _queues(wanted: Owned, place: XmlNode) -> Iterator[tuple[str, str]]:
    """Yield forwarding classes of others on queues that are ours."""
    ours = {str(own.queue) for own in wanted.forwarding_classes}
    for own in place.all("class-of-service", "forwarding-classes", "class"):
        name, queue = own.value("name") or "", own.value("queue-num") or ""
        if queue in ours and (name, int(queue)) not in _STANDARD:
            yield f"queue {queue}", f"forwarding class {name} on queue {queue}"
    for own in place.all("class-of-service", "forwarding-classes", "queue"):
        name, queue = own.value("class-name") or "", own.value("name") or ""
        if queue in ours and (name, int(queue)) not in _STANDARD:
            yield f"queue {queue}", f"forwarding class {name} on queue {queue}"
