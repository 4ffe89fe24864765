"""From the device IR to what is owned on an IOS XR device."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.targetkit.kit import DeviceConfig, Fleet, Origin, joined

from . import escape
from .families import family_of
from .filters import INWARD, OUTWARD, Place, filters
from .marking import Inputs, inputs
from .measuring import operations, responders, schedules
from .owned import AccessList, ClassMap, Owned, Port
from .pausing import ON, cards_of, paused_ports
from .protection import processes
from .queueing import Outputs, outputs
from .reflecting import test_sessions
from .steering import discriminators, remotes, routes, segment_lists, sr_policies
from .streaming import collectors, sensors, subscriptions

_NO_OUTPUTS: Outputs = ((), (), ())


def compose(config: DeviceConfig, fleet: Fleet) -> Owned:
    """Return everything that a device is given."""
    lists = filters(config, fleet)
    coming, (policies, maps, leaving) = Inputs(), _NO_OUTPUTS
    if config.edges or config.marking or config.queueing:
        family = family_of(config.hardware)
        coming, (policies, maps, leaving) = inputs(config, fleet, family), outputs(config, fleet, family)
    return Owned(
        lists4=_by_name((*coming.lists4, *(lists[place] for place in lists if place[2] == 4))),
        lists6=_by_name((*coming.lists6, *(lists[place] for place in lists if place[2] == 6))),
        class_maps=_once((*coming.class_maps, *maps)),
        policy_maps=tuple(sorted((*coming.policies, *policies), key=lambda policy: policy.name)),
        routes4=routes(config, fleet, 4),
        routes6=routes(config, fleet, 6),
        segment_lists=segment_lists(config, fleet),
        policies=sr_policies(config, fleet),
        discriminators=discriminators(config),
        remotes=remotes(config, fleet),
        processes=processes(config, fleet),
        operations=operations(config, fleet),
        schedules=schedules(config),
        responders=responders(config, fleet),
        test_sessions=test_sessions(config, fleet),
        collectors=collectors(config),
        sensors=sensors(config),
        subscriptions=subscriptions(config),
        pause_cards=cards_of(config),
        ports=_ports(lists, dict(coming.slots), dict(leaving), config),
    )


def _by_name(lists: Iterable[AccessList]) -> tuple[AccessList, ...]:
    return tuple(sorted(lists, key=lambda one: one.name))


def _once(maps: Iterable[ClassMap]) -> tuple[ClassMap, ...]:
    """Return each class once, by name; names tell the content, so equal names are equal classes."""
    found = {one.name: one for one in maps}
    return tuple(found[name] for name in sorted(found))


def _ports(
    lists: dict[Place, AccessList], coming: dict[str, str], leaving: dict[str, str], config: DeviceConfig
) -> tuple[Port, ...]:
    """Return the slots of every interface that has any, sorted."""
    paused = paused_ports(config)
    names = {place[0] for place in lists} | coming.keys() | leaving.keys() | paused.keys()

    def listed(name: str, direction: str, family: int) -> str | None:
        found = lists.get((name, direction, family))
        return None if found is None else found.name

    return tuple(
        Port(
            escape.interface(name),
            in4=listed(name, INWARD, 4),
            out4=listed(name, OUTWARD, 4),
            in6=listed(name, INWARD, 6),
            out6=listed(name, OUTWARD, 6),
            pausing=ON if name in paused else None,
            inputs=(coming[name],) if name in coming else (),
            outputs=(leaving[name],) if name in leaving else (),
            origin=_asking(name, config),
        )
        for name in sorted(names)
    )


def _asking(interface: str, config: DeviceConfig) -> Origin | None:
    """Return who asked for anything at an interface."""
    many = (config.marking, config.steering, config.policy_steering, config.fences, config.isolation, config.counting)
    found = [item.origin for items in many for item in items if interface in item.interfaces]
    found += [port.origin for port in config.queueing if port.interface == interface]
    found += [pause.origin for pause in config.pauses if pause.interface == interface]
    return joined(found)
