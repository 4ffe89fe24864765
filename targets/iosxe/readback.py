"""What runs against what should: configuration as rendered, or as a device gives it, read back to values and compared by meaning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from intentc.targetkit.kit import DeviceBundle, Difference, Section, XmlReadback

from . import escape, numbers
from .owned import Owned, Port
from .shapes import ELEMENTS
from .spelling import settled

FILE = "config.xml"
# Their order on the device counts; ways of routes have been put in order
_ORDERED = ("classes", "entries", "steps", "segments", "tracked", "untracked")
# What bears no name of ours, but a number or an address that is reserved for us
_NUMBERED = {
    "operations": numbers.OPERATIONS,
    "schedules": numbers.OPERATIONS,
    "tracks": numbers.TRACKS,
    "responders": numbers.SESSIONS,
    "subscriptions": numbers.SUBSCRIPTIONS,
}
# Fields of a port that say one thing together: they count where any of them is wanted
_IGP_FIELDS = (("bfd", "is_isis_bfd", "is_isis_bfd_off"), ("is_ospf_bfd", "is_ospf_bfd_off"), ("repaired",))
_FLAGS = {"in4": "is_in4", "out4": "is_out4"}
SLOTS = {
    "in4": "the IPv4 access list inwards",
    "out4": "the IPv4 access list outwards",
    "map4": "the IPv4 route map",
    "map6": "the IPv6 route map",
    "input": "the input policy",
    "output": "the output policy",
}
_TIMERS = {
    "seconds4": "tracked IPv4 routes",
    "seconds6": "tracked IPv6 routes",
    "seconds_sla": "tracked operations",
}
SLOTS6 = {"in": "the IPv6 access list inwards", "out": "the IPv6 access list outwards"}


def is_own(name: str | None) -> bool:
    """Return whether an object of this name is intentc's."""
    return name is not None and name.startswith(escape.OWN)


def own_part(section: Section, value: Any, wanted: Owned) -> Any:
    """Return the part of an object that intentc owns, where it has no name of ours by what `wanted` says; None if it is nothing."""
    if section.name == "ports":
        return _own_slots(value, next((port for port in wanted.ports if port.name == value.name), None))
    if section.name == "timers":
        return value if wanted.timers else None
    if section.name == "local":
        return value if is_own(value.name) or wanted.local else None
    if section.name == "processes":
        return value if value.name in {one.name for one in wanted.processes} else None
    if section.name in _NUMBERED:
        return value if value.number in _NUMBERED[section.name] else None
    if section.name in {"routes4", "routes6"}:
        return value if _is_reserved(value.address) else None
    return value if is_own(value.name) else None


def _own_slots(port: Port, wanted: Port | None) -> Port | None:
    """Return the slots with names of ours in them, and those that should have one, whatever they hold; None if there is none."""
    kept: dict[str, Any] = {}
    for name in SLOTS:
        held = getattr(port, name)
        if is_own(held) or (wanted is not None and getattr(wanted, name) is not None):
            kept[name] = held
            if name in _FLAGS:
                kept[_FLAGS[name]] = getattr(port, _FLAGS[name])
    asked = set() if wanted is None else {one.direction for one in wanted.filters6}
    kept["filters6"] = tuple(one for one in port.filters6 if is_own(one.name) or one.direction in asked)
    for names in _IGP_FIELDS:
        if wanted is not None and any(getattr(wanted, name) for name in names):
            kept |= {name: getattr(port, name) for name in names}
    found = Port(port.name, **kept)
    return None if found == Port(port.name) else found


def _is_reserved(address: str) -> bool:
    try:
        return numbers.is_reserved(address)
    except ValueError:
        return False


_READBACK = XmlReadback(FILE, ELEMENTS, Owned, settled=settled, own_part=own_part, ordered=_ORDERED)
read = _READBACK.read
read_bundle = _READBACK.of_bundle
differences = _READBACK.differences


def foreign(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return the slots that `expected` needs and somebody else holds: which slot, and whose name is in it. Sorted.

    Raises `ValueError` where `running` is no configuration.
    """
    there, wanted = read(running).owned, read_bundle(expected).owned
    held = {port.name: port for port in there.ports}
    return tuple(
        sorted(
            (
                *(found for port in wanted.ports if port.name in held for found in _held(port, held[port.name])),
                *_other_timers(wanted, there),
                *_other_local(wanted, there),
            )
        )
    )


def _held(wanted: Port, running: Port) -> Iterator[Difference]:
    for name, slot in SLOTS.items():
        there = getattr(running, name)
        if getattr(wanted, name) and there and not is_own(there):
            yield Difference(FILE, f"{wanted.name}: {slot}", there)
    asked = {one.direction for one in wanted.filters6}
    for one in running.filters6:
        if one.direction in asked and not is_own(one.name):
            yield Difference(FILE, f"{wanted.name}: {SLOTS6[one.direction]}", one.name)
    if wanted.bfd and running.bfd and wanted.bfd != running.bfd:
        yield Difference(FILE, f"{wanted.name}: the timers of BFD", _timers(running))


def _timers(port: Port) -> str:
    return ", ".join(f"{one.interval_ms} ms times {one.multiplier}" for one in port.bfd)


def _other_timers(wanted: Owned, there: Owned) -> Iterator[Difference]:
    """Yield an interval of tracking where somebody set another one: it is one for all tracks of a device."""
    for mine in wanted.timers:
        for theirs in there.timers:
            for name, what in _TIMERS.items():
                asked, found = getattr(mine, name), getattr(theirs, name)
                if None not in (asked, found) and asked != found:
                    yield Difference(FILE, f"how often {what} are looked at", f"{found} s")


def _other_local(wanted: Owned, there: Owned) -> Iterator[Difference]:
    """Yield the route map of the router's own packets where it is somebody else's: there is one."""
    for theirs in there.local if wanted.local else ():
        if not is_own(theirs.name):
            yield Difference(FILE, "the route map of the router's own packets", theirs.name)
