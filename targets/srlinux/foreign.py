"""Slots that intentc needs and somebody else holds: one ACL per direction and family, one policy of a kind, one name per number."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from intentc.targetkit.kit import DeviceBundle, Difference, XmlNode

from .document import roots_of
from .foreign_routing import (
    pauses_of_others,
    reflector_of_others,
    repairs_of_others,
    reserved_by_others,
    timers_of_others,
)
from .owned import OWN, Owned
from .readback import FILE, wanted_of

_Look = Callable[[XmlNode, Owned], Iterator[tuple[str, str]]]
_MAPPING = ("pfc", "pfc-mapping-profile")


def foreign(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return the slots that `expected` needs and others hold, sorted: what intentc wants there, and what is there.

    Such a slot is never overwritten. Raises `ValueError` for a `running` that is no document; "" stands for nothing.
    """
    found = _held(wanted_of(expected), roots_of(running))
    return tuple(Difference(FILE, wants, holds) for wants, holds in sorted(found))


def _held(wanted: Owned, roots: tuple[XmlNode, ...]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for place in roots:
        looks = _LOOKS.get(place.name, ())
        found |= {held for look in looks for held in look(place, wanted)}
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
    ("pause_mapping", ("pfc", "pfc-mapping-profile")),
    ("pause_buffers", ("input", "pfc-buffer-allocation-profile")),
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
            if port.is_pausing and node.value("pfc", "pfc-enable") == "true" and not node.has(*_MAPPING):
                yield f"flow control of {port.name}: {port.pause_mapping}", f"flow control of {port.name}: default"
            for reference in port.classifiers:
                for one in node.all("input", "classifiers", "classifier"):
                    holder = one.value("name") or ""
                    if one.value("type") == reference.kind and not holder.startswith(OWN):
                        slot = f"classifier of {port.name}, {reference.kind}"
                        yield f"{slot}: {reference.name}", f"{slot}: {holder}"


def _numbers(qos: XmlNode, wanted: Owned) -> Iterator[tuple[str, str]]:
    queues = {str(item.index): item.name for item in wanted.queues}
    classes = {str(item.index): item.name for item in wanted.forwarding_classes}
    paused = {str(item.index): item.name for item in wanted.pause_queues}
    for path, key, known, named in (
        (("queues", "queue"), "queue-index", queues, "name"),
        (("forwarding-classes", "forwarding-class"), "forwarding-class-index", classes, "name"),
        (("queues", "pfc-queue"), "queue-index", paused, "pfc-queue-name"),
    ):
        for node in qos.all(*path):
            name, number = node.value(named) or "", node.value(key) or ""
            if number in known and not name.startswith(OWN):
                yield f"{path[-1]} {number}: {known[number]}", f"{path[-1]} {number}: {name}"


def _entries(place: XmlNode, path: tuple[str, ...], name: str) -> Iterator[XmlNode]:
    return (node for node in place.all(*path) if node.value("interface-id") == name)


_LOOKS: dict[str, tuple[_Look, ...]] = {
    "acl": (_bound,),
    "qos": (_policies, _numbers, reserved_by_others),
    "bfd": (timers_of_others,),
    "network-instance": (repairs_of_others,),
    "oam": (reflector_of_others,),
    "interface": (pauses_of_others,),
}
