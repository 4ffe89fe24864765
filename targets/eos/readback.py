"""What runs against what should: both read as values and compared field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from intentc.targetkit.kit import DeviceBundle, Difference, flat

from .document import completed, read_document
from .owned import IsisProcess, Owned, Port, Route, RouterBfd

FILE = "itc.cfg"
_ORDERED = ("entries", "classes")


def differences(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return where `running` is not what `expected` says; () exactly when every owned item and number is the same.

    `running` is what `show running-config` prints, or a file of ours; "" stands for nothing. What is not intentc's does not
    count (`foreign` looks at that).
    """
    wanted, found = wanted_of(expected), read_document(running)
    expects, runs = _placed(wanted), _placed(claimed(found.owned, wanted))
    one, other = dict(_flat(expects, runs)), dict(_flat(runs, expects))
    result = {
        Difference(FILE, _said(place, one), _said(place, other))
        for place in one.keys() | other.keys()
        if one.get(place) != other.get(place)
    }
    result |= {Difference(FILE, "", place) for place in found.strange}
    return tuple(sorted(result))


def read_back(text: str) -> Owned:
    """Return what is intentc's in a configuration; raises `ValueError` for what is none."""
    return read_document(text).owned


def wanted_of(expected: DeviceBundle) -> Owned:
    """Return what a rendered bundle makes a device own."""
    texts = [file.text for file in expected.files if file.path.endswith(f"/{FILE}")]
    read = read_document(texts[0] if texts else "")
    if read.strange:
        raise ValueError(f"not written by intentc: {read.strange[0]}")
    return replace(read.owned, labels=completed(read.owned.labels) if read.owned.labels else ())


def claimed(found: Owned, wanted: Owned) -> Owned:
    """Return what runs, with those places without a name only that `wanted` claims; they are others' elsewhere."""
    processes = {process.name: process for process in wanted.processes}
    sessions = {port.name for port in wanted.ports if port.is_isis_bfd}
    return replace(
        found,
        labels=completed(found.labels) if wanted.labels else (),
        bfd=tuple(one for one in found.bfd if _has_reflector(one)) if wanted.bfd else (),
        processes=tuple(_families(one, processes[one.name]) for one in found.processes if one.name in processes),
        ports=tuple(
            port for one in found.ports if (port := one if one.name in sessions else _unnamed(one)) is not None
        ),
    )


def _has_reflector(one: RouterBfd) -> bool:
    return any(service.reflectors for service in one.services)


def _families(found: IsisProcess, wanted: IsisProcess) -> IsisProcess:
    names = {family.name for family in wanted.families}
    return replace(found, families=tuple(family for family in found.families if family.name in names))


def _unnamed(port: Port) -> Port | None:
    """Return a port without its BFD, which is others' there; None where nothing is left."""
    rest = replace(port, bfd_ms=None, bfd_rx_ms=None, bfd_multiplier=None, is_isis_bfd=False)
    return rest if rest != Port(port.name) else None


def _placed(owned: Owned) -> dict[str, Any]:
    """Return every item by its place; one that stands twice has a place for each time."""
    found: dict[str, Any] = {}
    for field in fields(owned):
        for item in getattr(owned, field.name):
            here, times = f"{field.name} {_label(item)}".strip(), 2
            place = here
            while place in found:
                place, times = f"{here}, the {times}. time", times + 1
            found[place] = item
    return found


def _flat(items: dict[str, Any], others: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every field of the items that `others` has otherwise or not, and, as a field may have no value, that each item is there."""
    for place, item in items.items():
        if others.get(place) != item:
            yield place, "there"
            yield from flat(item, place, ordered=_ORDERED)


def _label(item: Any) -> str:
    if isinstance(item, Route):
        return f"{item.prefix} {item.next_hop} {item.distance}"
    return str(getattr(item, "name", getattr(item, "field", "")))


def _said(place: str, of: dict[str, str]) -> str:
    return f"{place}: {of[place]}" if place in of else ""
