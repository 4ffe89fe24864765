"""Slots that intentc needs and somebody else holds: a port has one ACL per direction and family, and one policy of a kind."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import DeviceBundle, Difference, Path, XmlNode

from .document import entries, roots_of
from .owned import OWN, Bound, ClassifierRef, Owned
from .readback import FILE, wanted_of
from .shapes import LISTS

_PATHS = {field: path for field, path, _ in LISTS}
_Slot = tuple[str, str, str]  # the slot, what intentc wants there, and who holds it ("" for nobody)


def foreign(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return the slots that `expected` needs and others hold, sorted: what intentc wants there, and what is there.

    Such a slot is never overwritten. Raises `ValueError` for a `running` that is no document; "" stands for nothing.
    """
    roots, wanted = roots_of(running), wanted_of(expected)
    held = {
        Difference(FILE, f"{slot}: {wants}", f"{slot}: {holder}")
        for slot, wants, holder in (
            *_acls(wanted, roots),
            *_qos(wanted, roots),
            *_steering(wanted, roots),
            *_numbers(wanted, roots),
        )
        if holder and not holder.startswith(OWN)
    }
    return tuple(sorted(held))


def _acls(wanted: Owned, roots: tuple[XmlNode, ...]) -> Iterator[_Slot]:
    for port in wanted.acl_ports:
        for node in _at(roots, "acl_ports", port.name):
            yield from _bound(
                f"ACL of {port.name} at its input", port.inputs, node, ("ingress-acl-sets", "ingress-acl-set")
            )
            yield from _bound(
                f"ACL of {port.name} at its output", port.outputs, node, ("egress-acl-sets", "egress-acl-set")
            )


def _bound(slot: str, bounds: tuple[Bound, ...], node: XmlNode, path: Path) -> Iterator[_Slot]:
    for bound in bounds:
        for holder in node.all(*path):
            if (holder.value("type") or "").rpartition(":")[2] == bound.kind:
                yield f"{slot}, {bound.kind}", bound.name, holder.value("set-name") or ""


def _qos(wanted: Owned, roots: tuple[XmlNode, ...]) -> Iterator[_Slot]:
    for port in wanted.qos_ports:
        for node in _at(roots, "qos_ports", port.name):
            for reference in port.classifiers:
                yield from _classifier(port.name, reference, node)
            for profile in port.profiles:
                for queue in node.all("output", "queues", "queue"):
                    if queue.value("name") == profile.name:
                        slot = f"queue-management-profile of {profile.name} at {port.name}"
                        yield slot, profile.profile, queue.value("config", "queue-management-profile") or ""
            buffers = node.value("output", "config", "buffer-allocation-profile")
            yield f"buffer-allocation-profile of {port.name}", port.buffers or "", buffers or ""
            scheduler = node.value("output", "scheduler-policy", "config", "name")
            yield f"scheduler-policy of {port.name}", port.scheduler or "", scheduler or ""


def _classifier(port: str, reference: ClassifierRef, node: XmlNode) -> Iterator[_Slot]:
    for holder in node.all("input", "classifiers", "classifier"):
        if holder.value("type") == reference.kind:
            yield f"classifier of {port}, {reference.kind}", reference.name, holder.value("config", "name") or ""


def _steering(wanted: Owned, roots: tuple[XmlNode, ...]) -> Iterator[_Slot]:
    for port in wanted.policy_ports:
        for node in _at(roots, "policy_ports", port.name):
            for leaf in ("apply-forwarding-policy", "apply-vrf-selection-policy"):
                yield f"{leaf} of {port.name}", port.policy, node.value("config", leaf) or ""


def _numbers(wanted: Owned, roots: tuple[XmlNode, ...]) -> Iterator[_Slot]:
    names = {str(queue.number): queue.name for queue in wanted.queues}
    for node in entries(roots, _PATHS["queues"]):
        number = node.value("config", "queue-id") or ""
        if number in names:
            yield f"queue-id {number}", names[number], node.value("name") or ""


def _at(roots: tuple[XmlNode, ...], field: str, name: str) -> Iterator[XmlNode]:
    """Yield the entries of a port in a list."""
    for node in entries(roots, _PATHS[field]):
        if name in {node.value("id"), node.value("interface-id")}:
            yield node
