"""From the device IR to what is owned on an IOS XE device."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.targetkit.kit import DeviceConfig, Fleet, Origin, joined

from . import escape, measuring, sr_policies, streaming, switching
from .counting import counters
from .filters import INWARD, OUTWARD, Place, filters
from .inputs import FAMILIES, Classified, exempt_list
from .marking import inputs
from .owned import AccessList, Filter6, Owned, Port
from .owned_qos import ClassMap
from .protection import processes, repaired, sessions
from .queueing import outputs
from .steering import route_maps, routes, timers, tracks

Maps = dict[tuple[str, int], str]


def compose(config: DeviceConfig, fleet: Fleet) -> Owned:
    """Return everything that a device is given."""
    lists, coming, counted = filters(config, fleet), inputs(config, fleet), counters(config)
    policies, maps, leaving = outputs(config, fleet)
    steps, steered, slots = route_maps(config)
    local, own_steps, probing = switching.local_policy(config, fleet)
    outgoing = dict(counted.slots) | dict(leaving)
    return Owned(
        lists4=_lists(4, lists, (coming, counted, steered, probing), slots, fleet),
        lists6=_lists(6, lists, (coming, counted, steered), slots, fleet),
        class_maps=_once((*coming.class_maps, *counted.class_maps, *maps)),
        policy_maps=tuple(sorted((*coming.policies, *counted.policies, *policies), key=lambda policy: policy.name)),
        local=local,
        operations=switching.operations(config, fleet),
        schedules=switching.schedules(config, fleet),
        tracks=tuple(
            sorted((*tracks(config, fleet), *switching.delay_tracks(config, fleet)), key=lambda one: one.number)
        ),
        timers=timers(config),
        segment_lists=sr_policies.segment_lists(config, fleet),
        policy_profiles=sr_policies.profiles(config),
        policies=sr_policies.policies(config, fleet),
        routes4=routes(config, fleet, 4),
        routes6=routes(config, fleet, 6),
        route_maps=(*own_steps, *steps),
        probe_profiles=measuring.profiles(config),
        end_points=measuring.end_points(config, fleet),
        responders=measuring.responders(config, fleet),
        processes=processes(config, fleet),
        ports=_ports(config, lists, dict(coming.slots), outgoing, slots),
        subscriptions=streaming.subscriptions(config, fleet),
    )


def _lists(
    family: int, own: dict[Place, AccessList], parts: Iterable[Classified], maps: Maps, fleet: Fleet
) -> tuple[AccessList, ...]:
    """Return the access lists of a family by name."""
    found = [own[place] for place in own if place[2] == family]
    for part in parts:
        found += part.lists4 if family == 4 else part.lists6
    if any(place[1] == family for place in maps):
        found.append(exempt_list(fleet, family))
    return tuple({one.name: one for one in sorted(found, key=lambda one: one.name)}.values())


def _once(maps: Iterable[ClassMap]) -> tuple[ClassMap, ...]:
    """Return each class once, by name; names tell the content, so equal names are equal classes."""
    found = {one.name: one for one in maps}
    return tuple(found[name] for name in sorted(found))


def _ports(
    config: DeviceConfig,
    lists: dict[Place, AccessList],
    coming: dict[str, str],
    leaving: dict[str, str],
    maps: Maps,
) -> tuple[Port, ...]:
    """Return the slots of every interface that has any, sorted."""
    watched, levels = sessions(config), repaired(config)
    names = {place[0] for place in lists} | {place[0] for place in maps}
    names |= coming.keys() | leaving.keys() | watched.keys() | levels.keys()

    def listed(name: str, direction: str, family: int) -> str | None:
        found = lists.get((name, direction, family))
        return None if found is None else found.name

    return tuple(
        Port(
            name=escape.interface(name),
            in4=listed(name, INWARD, 4),
            is_in4=listed(name, INWARD, 4) is not None,
            out4=listed(name, OUTWARD, 4),
            is_out4=listed(name, OUTWARD, 4) is not None,
            map4=maps.get((name, FAMILIES[0])),
            is_ospf_bfd=name in watched and watched[name][0] == "ospf",
            map6=maps.get((name, FAMILIES[1])),
            filters6=tuple(
                Filter6(way, found) for way in (INWARD, OUTWARD) if (found := listed(name, way, 6)) is not None
            ),
            bfd=(watched[name][1],) if name in watched else (),
            is_isis_bfd=name in watched and watched[name][0] == "isis",
            repaired=levels.get(name, ()),
            input=coming.get(name),
            output=leaving.get(name),
            origin=_asking(name, config),
        )
        for name in sorted(names)
    )


def _asking(interface: str, config: DeviceConfig) -> Origin | None:
    """Return who asked for anything at an interface."""
    rules = (config.marking, config.steering, config.policy_steering, config.fences, config.isolation, config.counting)
    found = [item.origin for items in rules for item in items if interface in item.interfaces]
    ports = (config.queueing, config.bfd, config.repairs)
    return joined([*found, *(port.origin for many in ports for port in many if port.interface == interface)])
