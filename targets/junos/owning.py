"""From the configuration of a device to everything that is owned on it."""

from __future__ import annotations

from intentc.targetkit.kit import DeviceConfig, Fleet

from .classes import classes_of
from .filters import filters_of
from .instances import balancing_policy, instances_of, resolutions_of, waypoint_lists, waypoint_policy
from .interfaces import bound_of, profiles_of, tables_of, with_unit_scheduling
from .meters import policers_of
from .owned import Filter, Owned
from .probing import connections_of, responders_of
from .protection import backup_of, isis_of, ospf3_of, ospf_of
from .queueing import check, drop_profiles_of, schedulers_of
from .sr_paths import deepest, paths_of, reflectors_of
from .streaming import exports_of, sensors_of, servers_of
from .terms import prefix_lists


def owned_of(config: DeviceConfig, fleet: Fleet) -> Owned | None:
    """Return what is owned on a device; None where that is nothing."""
    check(iter(config.queueing))
    if config.pauses:
        raise ValueError("not for this platform: flow control")
    classes = classes_of(config, fleet)
    interfaces, filters = filters_of(config, fleet, classes)
    tables = tables_of(config, fleet, classes)
    ports = [schedulers_of(port, fleet, classes) for port in config.queueing]
    instances = instances_of(config, fleet)
    resolutions, waypoints = resolutions_of(instances), waypoint_lists(instances)
    lists, paths = paths_of(config, fleet)
    balancing = balancing_policy(config)
    found = Owned(
        interfaces=with_unit_scheduling(interfaces, config),
        forwarding_classes=tables.forwarding_classes,
        classifiers4=tables.classifiers,
        classifiers6=tables.classifiers,
        classifiers_exp=tables.classifiers_exp,
        drop_profiles=drop_profiles_of(config),
        profiles=profiles_of(config),
        cos_interfaces=bound_of(config, fleet, classes),
        rewrites4=tables.rewrites,
        rewrites6=tables.rewrites,
        rewrites_exp=tables.rewrites_exp,
        scheduler_maps=tuple(sorted((port.map for port in ports), key=lambda one: one.name)),
        schedulers=tuple(sorted((one for port in ports for one in port.schedulers), key=lambda one: one.name)),
        filters4=filters[4],
        filters6=filters[6],
        policers=policers_of(config, classes),
        prefix_lists=(*prefix_lists(fleet, _families(filters)), *waypoints),
        policies=(*balancing, *waypoint_policy(waypoints)),
        instances=instances,
        balancing=tuple(one.name for one in balancing),
        resolutions=resolutions,
        reflectors=reflectors_of(config),
        isis=isis_of(config, fleet),
        isis_backup=backup_of(config, "isis"),
        ospf=ospf_of(config),
        ospf_backup=backup_of(config, "ospf"),
        ospf3=ospf3_of(config, fleet),
        segment_lists=lists,
        max_depth=deepest(lists),
        paths=paths,
        servers=servers_of(config),
        exports=exports_of(config, fleet),
        sensors=sensors_of(config),
        connections=connections_of(config, fleet),
        responders=responders_of(config, fleet),
    )
    return None if found == Owned() else found


def _families(filters: dict[int, tuple[Filter, ...]]) -> list[int]:
    return [family for family, own in sorted(filters.items()) if own]
