"""What runs against what should, for targets whose devices answer with XML: read back to values and compared by meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from intentc.render.model import DeviceBundle
from intentc.targetkit.difference import Difference
from intentc.targetkit.xml_reading import XmlError, parse_xml
from intentc.targetkit.xml_sections import NamedElements, Section
from intentc.targetkit.xml_shape import flat
from intentc.values import frozen

Owned = TypeVar("Owned")
_KEYS = ("name", "number", "address")
_MOST_KEPT = (
    16  # documents: an answer is compared with several bundles, a bundle in several ways, and a few devices at once
)


@frozen
class XmlDocument(Generic[Owned]):
    """What was read, and by section and name what stands in our objects that nobody asks for."""

    owned: Owned
    unread: Mapping[str, tuple[str, ...]]


def name_of(value: object) -> str:
    """Return what tells an object from others of its kind: its name, number or address."""
    return str(next((getattr(value, name) for name in _KEYS if hasattr(value, name)), ""))


class XmlReadback(Generic[Owned]):
    """Reads the one file of a target, rendered or as a device gives it.

    `make` makes what is owned from its fields, `settled` puts a value into one spelling, `own_part(section, value, wanted)` returns the
    part of an object that is ours by what `wanted` says (None: nothing), `ordered` names the fields whose order counts.
    """

    def __init__(
        self,
        file: str,
        elements: NamedElements,
        make: Callable[..., Owned],
        *,
        settled: Callable[[Any], Any],
        own_part: Callable[[Section, Any, Owned], Any],
        ordered: Sequence[str],
    ) -> None:
        self._file = file
        self._elements = elements
        self._make = make
        self._settled = settled
        self._own_part = own_part
        self._ordered = ordered
        self._known = lru_cache(maxsize=_MOST_KEPT)(self._read)

    def read(self, text: str) -> XmlDocument[Owned]:
        """Return what a document holds in the places where intentc writes; raises `XmlError` for what is no document."""
        return self._known(text)

    def _read(self, text: str) -> XmlDocument[Owned]:
        if not text.strip():
            return XmlDocument(self._make(), {})
        found, unread = self._elements.read(parse_xml(text), self._settled, name_of)
        return XmlDocument(self._make(**found), unread)

    def of_bundle(self, bundle: DeviceBundle) -> XmlDocument[Owned]:
        """Return what a rendered device is given."""
        return self.read(next((one.text for one in bundle.files if one.path.endswith(f"/{self._file}")), ""))

    def differences(self, expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
        """Return where `running` is not what `expected` says; () exactly when every owned item and number is the same.

        `running` is the answer to `<get-config>`, with whatever else the device has.
        """
        try:
            found = self.read(running)
        except XmlError as problem:
            return (Difference(self._file, "", f"cannot be read: {problem}"),)
        wanted = self.of_bundle(expected)
        one, other = self._items(wanted, wanted.owned), self._items(found, wanted.owned)
        places = sorted(place for place in one.keys() | other.keys() if one.get(place) != other.get(place))
        return tuple(sorted(Difference(self._file, _said(place, one), _said(place, other)) for place in places))

    def _items(self, document: XmlDocument[Owned], wanted: Owned) -> dict[str, str]:
        """Return every owned field by its place: what is ours by itself, and what `wanted` has a say in."""
        found: dict[str, str] = {}
        for name, section in {section.name: section for section in self._elements.sections}.items():
            for value in getattr(document.owned, name):
                kept = self._own_part(section, value, wanted)
                if kept is not None:
                    here = f"{name} {name_of(value)}"
                    found[here] = "there" if section.is_whole else ""
                    found |= {f"{here} {place}": text for place, text in flat(kept, ordered=self._ordered)}
                    found |= {f"{here} unasked {text}": text for text in document.unread.get(here, ())}
        return {place: text for place, text in found.items() if text}


def _said(place: str, items: Mapping[str, str]) -> str:
    return f"{place}: {items[place]}" if place in items else ""
