"""What runs against what should: both read as values and compared field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

from intentc.targetkit.kit import DeviceBundle, Difference, flat

from .document import Read, read_document, read_roots, roots_of
from .owned import Owned
from .owned_routing import Igp, Instance

FILE = "itc.xml"


def differences(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return where `running` is not what `expected` says; () exactly when every owned item and number is the same.

    `running` is what the device answers to `get-config`, or a payload; "" stands for nothing. What is not intentc's does not
    count (`foreign` looks at that): what has no name only counts where `expected` has it too.
    """
    wanted, found = wanted_of(expected), read_roots(roots_of(running))
    owned = _asked_about(found.owned, wanted)
    one, other = dict(places(wanted)), dict(places(owned))
    result = {
        Difference(FILE, _said(place, one), _said(place, other))
        for place in one.keys() | other.keys()
        if one.get(place) != other.get(place)
    }
    result |= {Difference(FILE, "", place) for place in found.strange}
    return tuple(sorted(result))


def _asked_about(found: Owned, wanted: Owned) -> Owned:
    """Return what a device has, of what has no name only the places that are wanted."""
    ports = {port.name for port in wanted.bfd}
    return replace(
        found,
        ecn=found.ecn if wanted.ecn else (),
        linecards=found.linecards if wanted.linecards else (),
        bfd=tuple(port for port in found.bfd if port.name in ports),
        instances=tuple(
            replace(one, igps=igps)
            for one in found.instances
            for own in wanted.instances
            if own.name == one.name and (igps := tuple(_igps(one, own)))
        ),
    )


def _igps(found: Instance, wanted: Instance) -> Iterator[Igp]:
    known = {igp.name: igp for igp in wanted.igps}
    for igp in found.igps:
        own = known.get(igp.name)
        if own is not None:
            ports = {port.name for port in own.ports}
            kept = replace(igp, ports=tuple(port for port in igp.ports if port.name in ports))
            yield kept if own.repairs else _without_repairs(kept)


def _without_repairs(igp: Igp) -> Igp:
    return replace(igp, repairs=None, topology_independent=None, most_labels=None, node_protecting=None)


def read_back(text: str) -> Owned:
    """Return what is intentc's in a document; raises `ValueError` for what is none."""
    return read_document(text).owned


def wanted_of(expected: DeviceBundle) -> Owned:
    """Return what a rendered bundle makes a device own."""
    texts = [file.text for file in expected.files if file.path.endswith(f"/{FILE}")]
    return _whole(read_document(texts[0] if texts else ""))


def _whole(read: Read) -> Owned:
    if read.strange:
        raise ValueError(f"not written by intentc: {read.strange[0]}")
    return read.owned


def places(owned: Owned) -> Iterator[tuple[str, str]]:
    """Yield every field of what is owned with its place, and, as a field may have no value, that each item is there."""
    for field in fields(owned):
        for item in getattr(owned, field.name):
            here = f"{field.name} {item.name or ''}".strip()
            yield here, "there"
            yield from flat(item, here)


def _said(place: str, of: dict[str, str]) -> str:
    return f"{place}: {of[place]}" if place in of else ""
