"""What runs against what should: both read as values and compared field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from intentc.targetkit.kit import DeviceBundle, Difference, flat

from .document import read_document
from .owned import Owned

FILE = "itc.xml"


def differences(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return where `running` is not what `expected` says; () exactly when every owned item and number is the same.

    `running` is what the device answers to `get-config`, or a payload; "" stands for nothing. What is not intentc's does not
    count (`foreign` looks at that).
    """
    found = read_document(running)
    one, other = dict(_flat(wanted_of(expected))), dict(_flat(found.owned))
    result = {
        Difference(FILE, _said(place, one), _said(place, other))
        for place in one.keys() | other.keys()
        if one.get(place) != other.get(place)
    }
    result |= {Difference(FILE, "", place) for place in found.strange}
    return tuple(sorted(result))


def read_back(text: str) -> Owned:
    """Return what is intentc's in a document; raises `ValueError` for what is none."""
    return read_document(text).owned


def wanted_of(expected: DeviceBundle) -> Owned:
    """Return what a rendered bundle makes a device own."""
    texts = [file.text for file in expected.files if file.path.endswith(f"/{FILE}")]
    read = read_document(texts[0] if texts else "")
    if read.strange:
        raise ValueError(f"not written by intentc: {read.strange[0]}")
    return read.owned


def _flat(owned: Owned) -> Iterator[tuple[str, str]]:
    """Yield every field of what is owned with its place, and, as a field may have no value, that each item is there."""
    for field in fields(owned):
        for item in getattr(owned, field.name):
            here = f"{field.name} {item.name}"
            yield here, "there"
            yield from flat(item, here)


def _said(place: str, of: dict[str, str]) -> str:
    return f"{place}: {of[place]}" if place in of else ""
