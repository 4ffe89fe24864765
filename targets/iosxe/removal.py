"""What leaves a device: owned objects that nothing asks for any more, detached from interfaces first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from intentc.targetkit.kit import NETCONF, DeviceBundle, Leaf, Section, name_of, nested, xml_text

from .owned import Owned, Port, Timer
from .readback import SLOTS, is_own, own_part, read, read_bundle
from .shapes import ELEMENTS, SECTIONS

_REMOVED = ' nc:operation="remove"'
_SLOT_PATHS = {
    "in4": ("ip", "access-group", "in", "acl"),
    "out4": ("ip", "access-group", "out", "acl"),
    "map4": ("ip", "policy", "route-map"),
    "map6": ("ipv6", "policy", "route-map"),
    "input": ("qos:service-policy", "input"),
    "output": ("qos:service-policy", "output"),
}
# What is ours on a port without a name: fields that say that it is there, and where it stands
_NAMELESS = {
    "bfd": (("bfd", "bfd:interval-interface"),),
    "is_isis_bfd": (("isis", "isis:bfd"),),
    "is_ospf_bfd": (("ip", "ospf:router-ospf", "ospf", "bfd"),),
    "repaired": (("isis", "isis:fast-reroute", "ti-lfa"),),
}
_REPAIRS = (
    ("per-prefix",),
    ("tie-break", "level-1", "node-protecting"),
    ("tie-break", "level-2", "node-protecting"),
    ("ti-lfa",),
)
# Referring objects first: policies before classes, classes and route maps before access lists
_ORDER = (
    "subscriptions",
    "route_maps",
    "policy_maps",
    "class_maps",
    "routes4",
    "routes6",
    "tracks",
    "schedules",
    "operations",
    "policies",
    "policy_profiles",
    "segment_lists",
    "end_points",
    "probe_profiles",
    "responders",
    "lists4",
    "lists6",
)
_TIMERS = {("ip", "route"): "seconds4", ("ip", "sla"): "seconds_sla", ("ipv6", "route"): "seconds6"}
_TWO_KEYS = frozenset({"routes4"})


def removal(expected: DeviceBundle, running: str, before: DeviceBundle | None = None) -> str:
    """Return a payload that removes what runs and `expected` no longer has; "" where there is nothing.

    Slots of interfaces are freed first. What bears no name or number of ours is removed only if `before`, the bundle that was
    applied last, had just that. Foreign objects are never in it.
    """
    wanted, found = read_bundle(expected).owned, read(running).owned
    earlier = Owned() if before is None else read_bundle(before).owned
    lines = [
        *_detached(wanted, found, earlier),
        *_unlocal(wanted, found),
        *_unrepaired(wanted, found, earlier),
        *_deleted(wanted, found),
    ]
    lines += _untimed(wanted, found, earlier)
    if not lines:
        return ""
    tagged = map(ELEMENTS.tagged, lines)
    return "\n".join([f'<config xmlns="{NETCONF}" xmlns:nc="{NETCONF}">', *tagged, "</config>", ""])


def _detached(wanted: Owned, found: Owned, earlier: Owned) -> Iterator[str]:
    """Yield an element for each slot that holds an object of ours and should not, and for what was ours on a port."""
    asked, ours = ({port.name: port for port in owned.ports} for owned in (wanted, earlier))
    for section in SECTIONS:
        if section.name == "ports":
            for port in filter(section.takes, found.ports):
                kept = asked.get(port.name, Port(port.name))
                for inner in (*_freed(port, kept), *_unwatched(port, kept, ours.get(port.name, Port(port.name)))):
                    yield from nested(section.path, _keys(section, port), inner)


def _freed(port: Port, kept: Port) -> Iterator[list[str]]:
    for name in SLOTS:
        if is_own(getattr(port, name)) and getattr(kept, name) is None:
            path = _SLOT_PATHS[name]
            yield nested(path[:-1], (), [f"<{path[-1]}{_REMOVED}/>"])
    for one in port.filters6:
        if is_own(one.name) and one.direction not in {other.direction for other in kept.filters6}:
            gone = [f"<traffic-filter{_REMOVED}>", f"<direction>{one.direction}</direction>", "</traffic-filter>"]
            yield nested(("ipv6",), (), gone)


def _unwatched(port: Port, kept: Port, before: Port) -> Iterator[list[str]]:
    for name, paths in _NAMELESS.items():
        if getattr(port, name) and getattr(port, name) == getattr(before, name) and not getattr(kept, name):
            for path in paths:
                yield nested(path[:-1], (), [_removed(path[-1])])


def _removed(element: str) -> str:
    """Return an empty element that is removed; its namespace, if it is another one, is written by `tagged`."""
    return f"<{element}{_REMOVED}/>"


def _unlocal(wanted: Owned, found: Owned) -> Iterator[str]:
    """Yield an element for the route map of the router's own packets where it is ours and nothing needs it."""
    section = next(one for one in SECTIONS if one.name == "local")
    if not wanted.local and any(is_own(one.name) for one in found.local):
        yield from nested(section.path, (), [_removed("route-map")])


def _unrepaired(wanted: Owned, found: Owned, earlier: Owned) -> Iterator[str]:
    """Yield an element for each IS-IS process whose repairs were ours and are no longer wanted."""
    kept = {process.name for process in wanted.processes}
    section = next(one for one in SECTIONS if one.name == "processes")
    for process in found.processes:
        if process in earlier.processes and process.name not in kept:
            for path in _REPAIRS:
                gone = nested(("fast-reroute", *path[:-1]), (), [_removed(path[-1])])
                yield from nested(section.path, _keys(section, process), gone)


def _deleted(wanted: Owned, found: Owned) -> Iterator[str]:
    """Yield an element for each object that nothing refers to once the slots are free."""
    sections = {section.name: section for section in SECTIONS}
    for name in _ORDER:
        section = sections[name]
        kept = {name_of(value) for value in getattr(wanted, name)}
        for value in getattr(found, name):
            if name_of(value) not in kept and own_part(section, value, wanted) is not None:
                element = section.path[-1]
                gone = [f"<{element}{_REMOVED}>", *_keys(section, value), f"</{element}>"]
                yield from nested(section.path[:-1], (), gone)


def _untimed(wanted: Owned, found: Owned, earlier: Owned) -> Iterator[str]:
    """Yield an element for each interval of tracking that was ours and is no longer wanted."""
    section = next(one for one in SECTIONS if one.name == "timers")
    there, ours, kept = (next(iter(owned.timers), Timer()) for owned in (found, earlier, wanted))
    gone = [
        place
        for place, name in _TIMERS.items()
        if getattr(there, name) is not None
        and getattr(there, name) == getattr(ours, name)
        and getattr(kept, name) is None
    ]
    if gone and there == ours and kept == Timer():
        yield from nested(section.path[:-1], (), [_removed(section.path[-1])])
        return
    for family, what in gone:
        yield from nested((*section.path, family), (), [_removed(what)])


def _keys(section: Section, value: Any) -> list[str]:
    """Return the leaves by which an object is found, written: its name or number, or the address and mask of a route."""
    count = 2 if section.name in _TWO_KEYS else 1
    parts = [part for part in section.shape.parts[:count] if isinstance(part, Leaf)]
    return [
        f"<{part.path[-1]}>{xml_text(part.kind.write(getattr(value, part.name)))}</{part.path[-1]}>" for part in parts
    ]
