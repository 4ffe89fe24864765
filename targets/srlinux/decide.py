"""From the vendor-neutral configuration of a device to what intentc owns there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace

from intentc.targetkit.kit import DeviceConfig, Fleet

from . import marking, measuring, pausing, queueing, routing
from .classes import classes_of, dscp_policy, forwarding_classes_of, label_policy, queues_of
from .document import canonical
from .filters import acls_of
from .owned import Owned, QosPort

_NOT_HERE = ("steering", "reflectors", "policies", "algorithm_policies", "policy_steering", "streams")


def owned_by(config: DeviceConfig, fleet: Fleet) -> Owned:
    """Return what intentc owns on a device, in the order in which it is read back.

    Raises `ValueError` for what SR Linux has no words for, which was refused before.
    """
    for name in _NOT_HERE:
        if getattr(config, name):
            raise ValueError(f"not possible on SR Linux: {name}")
    filters, acl_ports = acls_of(config, fleet)
    found = Owned(
        filters=filters,
        acl_ports=acl_ports,
        bfd=routing.bfd_of(config),
        instances=routing.instances_of(config, fleet),
        sessions=measuring.sessions_of(config, fleet),
        reflectors=measuring.reflectors_of(config, fleet),
    )
    if config.queueing or config.edges or config.marking or config.pauses:
        found = _with_classes(found, config, fleet)
    ordered: Owned = canonical(found)
    return ordered


def _with_classes(found: Owned, config: DeviceConfig, fleet: Fleet) -> Owned:
    classes = classes_of(config, fleet)
    labels = label_policy(classes)
    classifiers = marking.classifiers_of(config, fleet, classes)
    return replace(
        found,
        queues=queues_of(classes),
        forwarding_classes=forwarding_classes_of(classes),
        dscp_policies=(dscp_policy(classes),),
        label_policies=(labels,) if labels is not None else (),
        classifiers=classifiers,
        policer_templates=marking.templates_of(config, classes),
        schedulers=queueing.schedulers_of(config, classes),
        queue_profiles=queueing.profiles_of(config, fleet),
        buffers=(*queueing.buffers_of(config, classes), *pausing.buffers_of(config)),
        qos_ports=_merged(
            (
                *queueing.ports_of(config, fleet, classes),
                *marking.ports_of(config, classifiers),
                *pausing.ports_of(config, classes),
            )
        ),
        pause_queues=pausing.queues_of(config),
        pause_mappings=pausing.mappings_of(config, classes),
        ecn=queueing.ecn_of(config),
        linecards=pausing.linecards_of(config),
    )


def _merged(ports: Iterable[QosPort]) -> tuple[QosPort, ...]:
    """Return one value for each port: a subinterface may be a link and have hosts."""
    found: dict[str, QosPort] = {}
    for port in ports:
        before = found.get(port.name, port)
        given = {field.name: getattr(port, field.name) or getattr(before, field.name) for field in fields(port)}
        found[port.name] = replace(port, **{**given, "subinterface": port.subinterface})
    return tuple(found[name] for name in sorted(found))
