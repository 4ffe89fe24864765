"""Slots that intentc needs and somebody else holds: one ACL per direction and family, one policy of a kind, one name per number."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import DeviceBundle, Difference, XmlNode

from .document import roots_of
from .owned import OWN, Owned
from .readback import FILE, wanted_of


def foreign(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return the slots that `expected` needs and others hold, sorted: what intentc wants there, and what is there.

    Such a slot is never overwritten. Raises `ValueError` for a `running` that is no document; "" stands for nothing.
    """
    found = _held(wanted_of(expected), roots_of(running))
    return tuple(Difference(FILE, wants, holds) for wants, holds in sorted(found))


def _held(wanted: Owned, roots: tuple[XmlNode, ...]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for place in roots:
        found |= set(_bound(place, wanted) if place.name == "acl" else _policies(place, wanted))
        if place.name == "qos":
            found |= set(_numbers(place, wanted))
    return found


def _bound(acl: XmlNode, wanted: Owned) -> Iterator[tuple[str, str]]:
    for port in wanted.acl_ports:
        for node in _entries(acl, ("interface",), port.name):
            for direction, bounds in (("input", port.inputs), ("output", port.outputs)):
                kinds = {bound.kind: bound.name for bound in bounds}
                for holder in node.all(direction, "acl-filter"):
                    name, kind = holder.value("name") or "", holder.value("type") or ""
                    if kind in kinds and not name.startswith(OWN):
                        slot = f"{direction} ACL of {port.name}, {kind}"
                        yield f"{slot}: {kinds[kind]}", f"{slot}: {name}"


SLOTS = (
    ("dscp_policy", ("input", "classifiers", "dscp-policy")),
    ("label_policy", ("input", "classifiers", "mpls-traffic-class-policy")),
    ("policers", ("input", "policer-templates", "policer-template")),
    ("scheduler", ("output", "scheduler", "scheduler-policy")),
    ("buffers", ("output", "buffer-allocation-profile")),
)


def _policies(qos: XmlNode, wanted: Owned) -> Iterator[tuple[str, str]]:
    for port in wanted.qos_ports:
        for node in _entries(qos, ("interfaces", "interface"), port.name):
            needs = [(path, getattr(port, field)) for field, path in SLOTS]
            for path, name in needs:
                holder = node.value(*path)
                if name is not None and holder is not None and not holder.startswith(OWN):
                    slot = f"{path[-1]} of {port.name}"
                    yield f"{slot}: {name}", f"{slot}: {holder}"
            for reference in port.classifiers:
                for one in node.all("input", "classifiers", "classifier"):
                    holder = one.value("name") or ""
                    if one.value("type") == reference.kind and not holder.startswith(OWN):
                        slot = f"classifier of {port.name}, {reference.kind}"
                        yield f"{slot}: {reference.name}", f"{slot}: {holder}"


def _numbers(qos: XmlNode, wanted: Owned) -> Iterator[tuple[str, str]]:
    queues = {str(item.index): item.name for item in wanted.queues}
    classes = {str(item.index): item.name for item in wanted.forwarding_classes}
    for path, key, known in (
        (("queues", "queue"), "queue-index", queues),
        (("forwarding-classes", "forwarding-class"), "forwarding-class-index", classes),
    ):
        for node in qos.all(*path):
            name, number = node.value("name") or "", node.value(key) or ""
            if number in known and not name.startswith(OWN):
                yield f"{path[-1]} {number}: {known[number]}", f"{path[-1]} {number}: {name}"


def _entries(place: XmlNode, path: tuple[str, ...], name: str) -> Iterator[XmlNode]:
    return (node for node in place.all(*path) if node.value("interface-id") == name)
