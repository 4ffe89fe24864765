"""What runs against what should: both read as values and compared field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from intentc.targetkit.kit import DeviceBundle, Difference, flat

from .document import completed, read_document
from .owned import IsisProcess, Owned, Port, RouterBfd

FILE = "itc.cfg"
_ORDERED = ("entries", "classes")


def differences(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return where `running` is not what `expected` says; () exactly when every owned item and number is the same.

    `running` is what `show running-config` prints, or a file of ours; "" stands for nothing. What is not intentc's does not
    count (`foreign` looks at that).
    """
    wanted, found = wanted_of(expected), read_document(running)
    one, other = dict(_flat(wanted)), dict(_flat(claimed(found.owned, wanted)))
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


def _flat(owned: Owned) -> Iterator[tuple[str, str]]:
    """Yield every field of what is owned with its place, and, as a field may have no value, that each item is there."""
    for field in fields(owned):
        for index, item in enumerate(getattr(owned, field.name)):
            here = f"{field.name} {_label(item) or index}"
            yield here, "there"
            yield from flat(item, here, ordered=_ORDERED)


def _label(item: Any) -> str:
    prefix, distance = getattr(item, "prefix", ""), getattr(item, "distance", "")
    name = getattr(item, "name", None) or getattr(item, "field", "")
    return f"{prefix} {distance}".strip() or str(name)


def _said(place: str, of: dict[str, str]) -> str:
    return f"{place}: {of[place]}" if place in of else ""
