"""From the vendor-neutral configuration of a device to what intentc owns there."""

from __future__ import annotations

from dataclasses import fields, replace

from intentc.targetkit.kit import DeviceConfig, Fleet

from . import queueing, streaming
from .acls import acls_of
from .document import canonical
from .owned import Owned
from .steering import instances_of, policies_of

_WRITTEN = frozenset(("queueing", "steering", "fences", "isolation", "counting", "streams"))
_FACTS = frozenset(("node", "platform", "release", "hardware"))


def owned_by(config: DeviceConfig, fleet: Fleet) -> Owned:
    """Return what intentc owns on a device, in the order in which it is read back.

    Raises `ValueError` for what the models have no words for, which was refused before.
    """
    for field in fields(config):
        if field.name not in _WRITTEN | _FACTS and getattr(config, field.name):
            raise ValueError(f"not possible with the models: {field.name}")
    sets, acl_ports = acls_of(config, fleet)
    policies, policy_ports = policies_of(config, fleet)
    found = Owned(
        acl_sets=sets,
        acl_ports=acl_ports,
        policies=policies,
        policy_ports=policy_ports,
        instances=instances_of(config, fleet),
        sensors=streaming.sensors_of(config),
        collectors=streaming.collectors_of(config),
        subscriptions=streaming.subscriptions_of(config),
    )
    ordered: Owned = canonical(_with_queues(found, config, fleet) if config.queueing else found)
    return ordered


def _with_queues(found: Owned, config: DeviceConfig, fleet: Fleet) -> Owned:
    classes = queueing.classes_of(config, fleet)
    classifiers = queueing.classifiers_of(classes)
    return replace(
        found,
        queues=queueing.queues_of(classes),
        groups=queueing.groups_of(classes),
        classifiers=classifiers,
        schedulers=queueing.schedulers_of(config),
        buffers=queueing.buffers_of(config),
        slopes=queueing.slopes_of(config),
        qos_ports=queueing.ports_of(config, classifiers),
    )
