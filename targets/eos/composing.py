"""From the device IR to what is owned on an EOS device."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from intentc.targetkit.kit import DeviceConfig, Fleet, Origin, joined

from . import escape
from .classes import CONTROL, DEFAULT_NUMBER, members
from .filters import INWARD, OUTWARD, Place, filters
from .marking import Inputs, inputs
from .owned import AccessList, LabelClass, Owned, Port
from .protection import reflectors, repairs, sessions
from .queueing import is_idle_bundle, profile_name, profiles
from .steering import policies, routes

_NOT_HERE = ("policies", "algorithm_policies", "policy_steering", "streams", "probes", "probe_reflectors")
_FIELDS = range(8)  # of the traffic class field (RFC 5462)
_SLOTS = {(INWARD, 4): "in4", (OUTWARD, 4): "out4", (INWARD, 6): "in6", (OUTWARD, 6): "out6"}


def compose(config: DeviceConfig, fleet: Fleet) -> Owned:
    """Return everything that a device is given; raises `ValueError` for what EOS has no words for, which was refused before."""
    for name in _NOT_HERE:
        if getattr(config, name):
            raise ValueError(f"not possible on EOS: {name}")
    lists = filters(config, fleet)
    coming = inputs(config, fleet) if config.edges or config.marking or config.queueing else Inputs()
    ways, classes, steering, steered = policies(config, fleet)
    ports = [*sessions(config), *(Port(name, qos=policy) for name, policy in coming.slots)]
    ports += [Port(name, pbr=policy) for name, policy in steered]
    ports += [_listed(place, one) for place, one in lists.items()]
    queueing = {port.interface for port in config.queueing if not is_idle_bundle(port)}
    queueing |= {pause.interface for pause in config.pauses}
    ports += [Port(escape.interface(name), profile=profile_name(name)) for name in sorted(queueing)]
    return Owned(
        lists4=_by_name((*coming.lists4, *ways, *(one for place, one in lists.items() if place[2] == 4))),
        lists6=_by_name((*coming.lists6, *(one for place, one in lists.items() if place[2] == 6))),
        qos_classes=tuple(sorted(coming.classes, key=lambda one: one.name)),
        pbr_classes=tuple(sorted(classes, key=lambda one: one.name)),
        qos_policies=tuple(sorted(coming.policies, key=lambda one: one.name)),
        pbr_policies=steering,
        profiles=profiles(config, fleet),
        routes=routes(config, fleet),
        labels=_labels(config, fleet),
        bfd=reflectors(config),
        processes=repairs(config, fleet),
        ports=_merged(ports, config),
    )


def _listed(place: Place, one: AccessList) -> Port:
    own: dict[str, Any] = {_SLOTS[place[1:]]: one.name}
    return Port(escape.interface(place[0]), **own)


def _by_name(lists: Iterable[AccessList]) -> tuple[AccessList, ...]:
    return tuple(sorted(lists, key=lambda one: one.name))


def _labels(config: DeviceConfig, fleet: Fleet) -> tuple[LabelClass, ...]:
    """Return the class of labelled packets by their traffic class field; nothing where none come here."""
    found = {field: member.number for member in members(config, fleet) for field in member.labels}
    if not found:
        return ()
    found |= dict(zip(CONTROL, CONTROL, strict=True))
    return tuple(LabelClass(field, found.get(field, DEFAULT_NUMBER)) for field in _FIELDS)


def _merged(ports: Iterable[Port], config: DeviceConfig) -> tuple[Port, ...]:
    """Return one value for each interface, sorted by name."""
    found: dict[str, Port] = {}
    for port in ports:
        before = found.get(port.name, Port(port.name))
        given = {
            name: getattr(port, name) or getattr(before, name)
            for name in Port.__dataclass_fields__
            if name not in {"name", "origin"}
        }
        found[port.name] = replace(before, **given)
    return tuple(replace(found[name], origin=_asking(name, config)) for name in sorted(found))


def _asking(interface: str, config: DeviceConfig) -> Origin | None:
    """Return who asked for anything at an interface."""
    many = (config.marking, config.steering, config.fences, config.isolation, config.counting)
    single = (config.queueing, config.bfd, config.pauses)
    found = [item.origin for items in many for item in items if interface in item.interfaces]
    return joined([*found, *(item.origin for items in single for item in items if item.interface == interface)])
