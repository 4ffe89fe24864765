"""What runs against what should, and what others configured in places that intentc needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from intentc.targetkit.kit import DeviceBundle, Difference, Reading, XmlError, XmlNode, flat, parse_xml

from .owned import GROUP, Owned
from .shapes import GROUP as SHAPE
from .shapes import ORDERED

FILE = "config.xml"
_INACTIVE = "inactive"
_APPLIED = "apply-groups"


def differences(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return where `running` is not what `expected` says; () exactly when every owned statement and number is the same.

    `running` is configuration in XML as `<get-config>` gives it; only the group and whether it is applied count. "" is a device
    without either. What cannot be read at all is one difference.
    """
    wanted = _rendered(next((file.text for file in expected.files), ""))
    try:
        found = _statements(configuration(running))
    except XmlError as error:
        return (Difference(FILE, "a configuration in XML", str(error)),)
    return tuple(
        sorted(
            Difference(FILE, _shown(place, wanted), _shown(place, found))
            for place in wanted.keys() | found.keys()
            if wanted.get(place) != found.get(place)
        )
    )


def read_back(text: str) -> Owned | None:
    """Return what is owned in a configuration in XML, rendered or fetched; None where there is no such group."""
    root = configuration(text)
    group = None if root is None else _group(root)
    found = None if group is None else Reading().read(group, SHAPE)
    return found if isinstance(found, Owned) else None


def configuration(text: str) -> XmlNode | None:
    """Return the `<configuration>` of a document, in whatever reply it stands, without what is deactivated; None where there is none.

    Raises `XmlError` for what is no document.
    """
    if not text.strip():
        return None
    root = parse_xml(text)
    found = next((node for node in _walk(root) if node.name == "configuration"), None)
    return None if found is None else _active(found)


def has_ours(root: XmlNode | None) -> tuple[bool, bool]:
    """Return whether the group is applied, and whether there is such a group."""
    return (False, False) if root is None else (GROUP in root.values(_APPLIED), _group(root) is not None)


def _group(root: XmlNode) -> XmlNode | None:
    return next((node for node in root.all("groups") if node.value("name") == GROUP), None)


@lru_cache(maxsize=16)  # a device is compared several times in a row
def _rendered(text: str) -> Mapping[str, str]:
    return _statements(configuration(text))


def _statements(root: XmlNode | None) -> Mapping[str, str]:
    """Return every owned statement by its place."""
    if root is None:
        return {}
    found: dict[str, str] = {_APPLIED: GROUP} if GROUP in root.values(_APPLIED) else {}
    group = _group(root)
    if group is not None:
        reading = Reading()
        found.update(flat(reading.read(group, SHAPE), ordered=ORDERED))
        found.update((f"unknown {place}", "") for place in reading.unread(group))
    return found


def _shown(place: str, items: Mapping[str, str]) -> str:
    return f"{place}: {items[place]}" if place in items else ""


def _walk(node: XmlNode) -> Iterator[XmlNode]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _active(node: XmlNode) -> XmlNode:
    """Return an element without what is deactivated in it: such statements stand there and do nothing."""
    return XmlNode(
        node.name,
        node.namespace,
        node.text,
        node.attributes,
        tuple(_active(child) for child in node.children if child.attribute(_INACTIVE) is None),
    )
