"""What runs against what should: configuration as rendered, or as a device gives it, read back to values and compared by meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from ipaddress import ip_network
from operator import is_
from typing import Any

from intentc.targetkit.kit import DeviceBundle, Difference, Reading, Section, XmlError, XmlNode, flat, parse_xml

from . import escape, numbers
from .owned import Amount, Owned, Policy, Port, Session, Side, Treatment
from .owned_pausing import PauseCard
from .owned_telemetry import Sensors
from .shapes import NAMESPACES, NETCONF, SECTIONS
from .words import in_bps

FILE = "config.xml"
_WORDS = {space: word for word, space in NAMESPACES.items()}
_WRAPPERS = frozenset({"rpc-reply", "data", "config", "rpc", "edit-config"})
_ORDERED = ("classes", "sequences", "segments")  # their order on the device counts


@dataclass(frozen=True, slots=True)
class Document:
    """What was read, and by section and name what stands in our objects that nobody asks for."""

    owned: Owned
    unread: Mapping[str, tuple[str, ...]]


def differences(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return where `running` is not what `expected` says; () exactly when every owned item and number is the same.

    `running` is the answer to `<get-config>`, with whatever else the device has. A slot that another one holds is a difference too.
    """
    try:
        found = read(running)
    except XmlError as problem:
        return (Difference(FILE, "", f"cannot be read: {problem}"),)
    wanted = read_bundle(expected)
    one, other = _items(wanted, wanted.owned), _items(found, wanted.owned)
    places = sorted(place for place in one.keys() | other.keys() if one.get(place) != other.get(place))
    return tuple(sorted(Difference(FILE, _said(place, one), _said(place, other)) for place in places))


def read_bundle(bundle: DeviceBundle) -> Document:
    """Return what a rendered device is given."""
    return read(next((file.text for file in bundle.files if file.path.endswith(f"/{FILE}")), ""))


@lru_cache(
    maxsize=16
)  # one answer is compared with several bundles, a bundle in several ways, and a few devices at once
def read(text: str) -> Document:
    """Return what a document holds in the places where intentc writes; raises `XmlError` for what is no document."""
    if not text.strip():
        return Document(Owned(), {})
    root = content(parse_xml(text))
    reading = Reading()
    found: dict[str, tuple[Any, ...]] = {}
    unread: dict[str, tuple[str, ...]] = {}
    for section in SECTIONS:
        values = []
        for node in root.all(*section.path):
            value = settled(reading.read(node, section.shape))
            values.append(value)
            if section.is_whole and (rest := tuple(sorted(reading.unread(node)))):
                unread[f"{section.name} {name_of(value)}"] = rest
        found[section.name] = tuple(sorted(values, key=name_of))
    return Document(Owned(**found), unread)


def content(node: XmlNode) -> XmlNode:
    """Return the element whose children are configuration, with the words of their namespaces."""
    inner: XmlNode | None = node
    while inner is not None:
        node = inner
        if node.name not in _WRAPPERS or node.namespace != NETCONF:
            raise XmlError(f"`{node.name}` is no element around configuration")
        inner = next((child for child in node.children if child.namespace == NETCONF and child.name in _WRAPPERS), None)
    return XmlNode("config", children=tuple(_worded(child, "") for child in node.children))


def _worded(node: XmlNode, around: str) -> XmlNode:
    """Return an element named as in the shapes: with the word of its namespace where that is not the one around it."""
    name = node.name if node.namespace == around else f"{_WORDS.get(node.namespace, '?')}:{node.name}"
    children = tuple(_worded(child, node.namespace) for child in node.children)
    return XmlNode(name, node.namespace, node.text, node.attributes, children)


def settled(value: Any) -> Any:
    """Return a value in one spelling: rates in bps, prefixes with a length, in our order what has none."""
    if isinstance(value, Amount):
        return Amount(*in_bps(value.value, value.unit)) if isinstance(value.value, int) else value
    if isinstance(value, tuple):
        items = tuple([settled(item) for item in value])
        return value if all(map(is_, items, value)) else items
    if not is_dataclass(value) or isinstance(value, type):
        return value
    before = {item.name: getattr(value, item.name) for item in fields(value)}
    after = {name: settled(item) for name, item in before.items() if item is not None and not isinstance(item, str)}
    changed = {name: item for name, item in after.items() if item is not before[name]}
    whole = replace(value, **changed) if changed else value
    return _in_order(_one_spelling(whole) if isinstance(whole, Side) else whole)


def _in_order(value: Any) -> Any:
    """Return a value whose parts stand in our order, where the router has one of its own and none counts."""
    if isinstance(value, Sensors):
        return replace(value, paths=tuple(sorted(value.paths, key=lambda sensor: sensor.path)))
    if isinstance(value, Policy):
        return replace(value, candidates=tuple(sorted(value.candidates, key=lambda one: -(one.preference or 0))))
    if isinstance(value, Treatment):
        return replace(value, early=tuple(sorted(value.early, key=str)))
    return value


def _one_spelling(side: Side) -> Side:
    if side.address is None or (side.wildcard is None and side.length is None):
        return side
    behind = side.length if side.wildcard is None else side.wildcard
    try:
        network = ip_network(f"{side.address}/{behind}")
    except ValueError:
        return side
    if network.prefixlen == network.max_prefixlen:
        return replace(side, host=str(network.network_address), address=None, length=None, wildcard=None)
    return replace(side, address=str(network.network_address), length=network.prefixlen, wildcard=None)


def name_of(value: object) -> str:
    """Return what tells an object from others of its kind."""
    return str(next((getattr(value, name) for name in ("name", "address", "number") if hasattr(value, name)), ""))


def is_own(name: str | None) -> bool:
    """Return whether an object of this name is intentc's."""
    return name is not None and name.startswith(escape.OWN)


def _items(document: Document, wanted: Owned) -> dict[str, str]:
    """Return every owned field by its place: what bears our names, our reserved addresses, and what `wanted` has a say in."""
    found: dict[str, str] = {}
    for section in SECTIONS:
        for value in getattr(document.owned, section.name):
            kept = own_part(section, value, wanted)
            if kept is not None:
                here = f"{section.name} {name_of(value)}"
                found[here] = "there" if section.is_whole else ""
                found |= {f"{here} {place}": text for place, text in flat(kept, ordered=_ORDERED)}
                found |= {f"{here} unasked {text}": text for text in document.unread.get(here, ())}
    return {place: text for place, text in found.items() if text}


def own_part(section: Section, value: Any, wanted: Owned) -> Any:
    """Return the part of an object that intentc owns, where it has no name of ours by what `wanted` says; None if it is nothing."""
    known = {name_of(one) for one in getattr(wanted, section.name)}
    if section.name == "ports":
        return _own_slots(value, next((port for port in wanted.ports if port.name == value.name), None))
    if section.name == "processes":
        asked = {session.name: session for process in wanted.processes for session in process.sessions}
        sessions = tuple(_own_parts(one, asked[one.name]) for one in value.sessions if one.name in asked)
        return replace(value, sessions=sessions) if known else None
    if section.name == "pause_cards":
        return _own_classes(value, wanted)
    if section.name in {"operations", "schedules"}:
        return value if numbers.is_own_operation(value.number) else None
    if section.name == "responders":
        own = tuple(port for port in value.ports if port.number == numbers.IPSLA_PORT)
        return replace(value, ports=own) if own else None
    if section.name == "test_sessions":
        return value if numbers.is_own_session(value.number) else None
    if section.name in {"routes4", "routes6"}:
        return value if _is_reserved(value.address) else None
    if section.name in {"discriminators", "remotes"}:
        return value if name_of(value) in known else None
    return value if is_own(value.name) else None


def _own_parts(session: Session, wanted: Session) -> Session:
    """Return what of an interface in IS-IS intentc has a say in: BFD, local repair, or both."""
    found = session if wanted.interval_ms is not None else Session(session.name, repairs=session.repairs)
    return replace(found, repairs=found.repairs if wanted.repairs else ())


def _own_classes(card: PauseCard, wanted: Owned) -> PauseCard | None:
    """Return what of the flow control of a line card intentc has a say in: the sizes of its traffic classes; None if it is nothing."""
    own = next((one for one in wanted.pause_cards if one.name == card.name), None)
    asked = {one.number for one in own.classes} if own is not None else set()
    return PauseCard(card.name, tuple(one for one in card.classes if one.number in asked)) if own is not None else None


def _own_slots(port: Port, wanted: Port | None) -> Port | None:
    """Return the slots with names of ours in them, and those that should have one, whatever they hold; None if there is none."""

    def one(name: str) -> str | None:
        held: str | None = getattr(port, name)
        return held if is_own(held) or (wanted is not None and getattr(wanted, name) is not None) else None

    def many(name: str) -> tuple[str, ...]:
        held: tuple[str, ...] = getattr(port, name)
        return tuple(item for item in held if is_own(item) or (wanted is not None and getattr(wanted, name)))

    found = Port(
        port.name,
        in4=one("in4"),
        out4=one("out4"),
        in6=one("in6"),
        out6=one("out6"),
        pausing=one("pausing"),
        inputs=many("inputs"),
        outputs=many("outputs"),
    )
    return None if found == Port(port.name) else found


def _is_reserved(address: str) -> bool:
    try:
        return numbers.is_reserved(address)
    except ValueError:
        return False


def _said(place: str, items: Mapping[str, str]) -> str:
    return f"{place}: {items[place]}" if place in items else ""


def foreign(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return the slots that `expected` needs and somebody else holds: which slot, and whose name is in it. Sorted.

    Raises `ValueError` where `running` is no configuration.
    """
    held = {port.name: port for port in read(running).owned.ports}
    ports = read_bundle(expected).owned.ports
    found = [one for port in ports for one in _held(port, held.get(port.name))]
    cards = {card.name: card for card in read(running).owned.pause_cards}
    found += [one for card in read_bundle(expected).owned.pause_cards for one in _sized(card, cards.get(card.name))]
    return tuple(sorted(found))


_SLOTS = {
    "in4": "the IPv4 access list inwards",
    "out4": "the IPv4 access list outwards",
    "in6": "the IPv6 access list inwards",
    "out6": "the IPv6 access list outwards",
    "pausing": "priority flow control",
    "inputs": "the input policy",
    "outputs": "the output policy",
}


def _held(wanted: Port, running: Port | None) -> Iterator[Difference]:
    if running is None:
        return
    for field, slot in _SLOTS.items():
        asked, there = getattr(wanted, field), getattr(running, field)
        for name in there if isinstance(there, tuple) else (there,):
            if asked and name and name != asked and not is_own(name):
                yield Difference(FILE, f"{wanted.name}: {slot}", name)


def _sized(wanted: PauseCard, running: PauseCard | None) -> Iterator[Difference]:
    """Yield the traffic classes of a line card that have other sizes, and other ways of buffering: a card has one of them."""
    if running is None:
        return
    for way, there in (
        ("buffer-extended", (*running.external, *running.external_usual)),
        ("buffer-internal", running.usual),
    ):
        for one in there:
            yield Difference(
                FILE, f"{wanted.name}: flow control of the line card", f"{way}, traffic class {one.number}"
            )
    sizes = {one.number: one for one in running.classes}
    for asked in wanted.classes:
        found = sizes.get(asked.number)
        if found is not None and found != asked:
            place = f"{wanted.name}: flow control of traffic class {asked.number}"
            yield Difference(FILE, place, f"pause at {found.pause}, headroom {found.headroom}, ecn {found.mark_from}")
