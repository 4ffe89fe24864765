"""Taking away what is intentc's: what binds it to ports and the objects, in one edit that is valid as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from intentc.targetkit.kit import DeviceBundle, Written

from .document import document_lines, place, read_document
from .owned import AclPort, Bound, Owned, PolicyPort, QosPort
from .shapes import LISTS, PORTS_OF

_KEYS = {"policies": "policy-id", "sensors": "sensor-group-id", "collectors": "group-id"}


def removal(expected: DeviceBundle, running: str, before: DeviceBundle | None = None) -> str:  # noqa: ARG001  (of the protocol)
    """Return the edit that takes away everything of intentc's in `running`; "" where there is nothing.

    References of ports stand first; the entries of ports themselves stay, as they may be of use to others.
    The payload of `expected` puts back what stays, in the same candidate; everything has a name, so nobody need know what was given `before`.
    """
    owned = read_document(running).owned
    if not any(getattr(owned, field.name) for field in fields(owned)):
        return ""
    roots: dict[str, Written] = {}
    for field, path, _ in LISTS:
        for item in getattr(owned, field):
            element = _reference(item) if field in PORTS_OF else _object(field, path[-1], item.name, owned)
            place(roots, path[:-1]).children.append(element)
    return "".join(f"{line.text}\n" for line in document_lines(roots))


def _object(field: str, element: str, name: str, owned: Owned) -> Written:
    keys = [Written(_KEYS.get(field, "name"), name)]
    if field == "acl_sets":
        keys.append(Written("type", next(one.kind for one in owned.acl_sets if one.name == name)))
    return Written(element, children=keys, operation="remove")


def _reference(port: AclPort | PolicyPort | QosPort) -> Written:
    """Return the entry of a port with what is bound to it, each to be removed."""
    key = "id" if isinstance(port, AclPort) else "interface-id"
    config = Written("config", children=[Written(key, port.name)])
    entry = Written("interface", children=[Written(key, port.name), config])
    if isinstance(port, PolicyPort):
        config.children.append(Written("apply-forwarding-policy", port.policy, operation="remove"))
    elif isinstance(port, AclPort):
        entry.children += _acls(port)
    else:
        entry.children += _qos(port)
    return entry


def _acls(port: AclPort) -> Iterator[Written]:
    for way, bounds in (("ingress", port.inputs), ("egress", port.outputs)):
        if bounds:
            yield Written(f"{way}-acl-sets", children=[_acl(f"{way}-acl-set", bound) for bound in bounds])


def _acl(element: str, bound: Bound) -> Written:
    keys = [Written("set-name", bound.name), Written("type", bound.kind)]
    return Written(element, children=keys, operation="remove")


def _qos(port: QosPort) -> Iterator[Written]:
    if port.classifiers:
        kinds = [
            Written("classifier", children=[Written("type", one.kind)], operation="remove") for one in port.classifiers
        ]
        yield Written("input", children=[Written("classifiers", children=kinds)])
    output: list[Written] = []
    if port.buffers is not None:
        buffers = Written("buffer-allocation-profile", port.buffers, operation="remove")
        output.append(Written("config", children=[buffers]))
    if port.profiles:
        queues = [Written("queue", children=[Written("name", one.name)], operation="remove") for one in port.profiles]
        output.append(Written("queues", children=queues))
    if port.scheduler is not None:
        name = Written("name", port.scheduler, operation="remove")
        output.append(Written("scheduler-policy", children=[Written("config", children=[name])]))
    if output:
        yield Written("output", children=output)
