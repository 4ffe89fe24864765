"""What leaves a device: owned objects that nothing asks for any more, detached from interfaces first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from intentc.targetkit.kit import DeviceBundle, Leaf, Many, Path, Section, xml_text

from .document import tagged
from .numbers import IPSLA_PORT
from .owned import Owned, Port, Session
from .pausing import ON
from .readback import is_own, name_of, own_part, read, read_bundle
from .shapes import NETCONF, SECTIONS

_FAMILY = ("address-families", "address-family")
_REMOVED = ' nc:operation="remove"'
_NAMELESS = ("discriminators", "remotes", "processes")  # ours only as far as an earlier bundle says so


def removal(expected: DeviceBundle, running: str, before: DeviceBundle | None = None) -> str:
    """Return a payload that removes what runs and `expected` no longer has; "" where there is nothing.

    Slots of interfaces are freed first. What bears no name of ours is removed only if `before`, the bundle that was applied last,
    had it. Foreign objects are never in it.
    """
    wanted, found = read_bundle(expected).owned, read(running).owned
    earlier = Owned() if before is None else read_bundle(before).owned
    lines = [*_detached(wanted, found, earlier), *_deleted(wanted, found, earlier)]
    if not lines:
        return ""
    return "\n".join([f'<config xmlns="{NETCONF}" xmlns:nc="{NETCONF}">', *map(tagged, lines), "</config>", ""])


def _detached(wanted: Owned, found: Owned, earlier: Owned) -> Iterator[str]:
    """Yield an element for each slot that holds an object of ours and should not, and for flow control that was switched on earlier."""
    section = next(one for one in SECTIONS if one.name == "ports")
    asked = {port.name: port for port in wanted.ports}
    for port in found.ports:
        for part in section.shape.parts[1:]:
            keys = [("interface-name", port.name)]
            if part.name == "pausing":
                if _is_ended(port.name, wanted, found, earlier):
                    yield from _nested(
                        section.path, keys, _nested(part.path[:-1], [], [f"<{part.path[-1]}{_REMOVED}/>"])
                    )
                continue
            if isinstance(part, Leaf) and is_own(getattr(port, part.name)) and not _asks(asked, port, part.name):
                yield from _nested(section.path, keys, _nested(part.path[:-2], [], [f"<{part.path[-2]}{_REMOVED}/>"]))
            if isinstance(part, Many):
                for name in getattr(port, part.name):
                    if is_own(name) and name not in _all(asked, port, part.name):
                        gone = _nested(part.path[:-2], [], _gone(part.path[-2], [(part.path[-1], name)]))
                        yield from _nested(section.path, keys, gone)


def _asks(asked: dict[str, Port], port: Port, slot: str) -> bool:
    return port.name in asked and getattr(asked[port.name], slot) is not None


def _all(asked: dict[str, Port], port: Port, slot: str) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(asked[port.name], slot) if port.name in asked else ()
    return names


def _deleted(wanted: Owned, found: Owned, earlier: Owned) -> Iterator[str]:
    """Yield an element for each object that nothing refers to once the slots are free."""
    for section in SECTIONS:
        if section.name == "ports":
            continue
        if section.name == "processes":
            yield from _unwatched(section, wanted, found, earlier)
            continue
        if section.name == "pause_cards":
            yield from _unpaused(section, wanted, found, earlier)
            continue
        if section.name == "responders":
            yield from _unanswered(section, wanted, found, earlier)
            continue
        kept = {name_of(value) for value in getattr(wanted, section.name)}
        known = earlier if section.name in _NAMELESS else found
        ours = {name_of(value) for value in getattr(known, section.name)}
        for value in getattr(found, section.name):
            if name_of(value) in ours - kept and own_part(section, value, known) is not None:
                yield from _nested(section.path[:-1], [], _gone(section.path[-1], _keys(section, value)))


def _unwatched(section: Section, wanted: Owned, found: Owned, earlier: Owned) -> Iterator[str]:
    """Yield an element for each BFD session, and for each local repair, that was ours and is no longer wanted."""
    for has_it, path in ((_is_watched, ()), (_is_repaired, _FAMILY)):
        gone = _asked(earlier, has_it) - _asked(wanted, has_it)
        for name, interface in sorted(_asked(found, has_it) & gone):
            element = f"<{'fast-reroute' if path else 'bfd'}{_REMOVED}/>"
            inner = _nested(path, [("af-name", "ipv4"), ("saf-name", "unicast")], [element]) if path else [element]
            inner = _nested(("interfaces", "interface"), [("interface-name", interface)], inner)
            yield from _nested(section.path, [("process-id", name)], inner)


def _is_ended(port: str, wanted: Owned, found: Owned, earlier: Owned) -> bool:
    """Return whether flow control that was ours runs at a port and is no longer wanted."""
    has, had, wants = (
        any(one.name == port and one.pausing == ON for one in owned.ports) for owned in (found, earlier, wanted)
    )
    return has and had and not wants


def _unpaused(section: Section, wanted: Owned, found: Owned, earlier: Owned) -> Iterator[str]:
    """Yield an element for each traffic class of a line card whose sizes were ours and are no longer wanted."""
    gone = _classes(earlier) - _classes(wanted)
    for card, number in sorted(_classes(found) & gone):
        inner = _nested(("buffer-internal",), [], _gone("traffic-class", [("traffic-class-id", str(number))]))
        yield from _nested(section.path, [("location-name", card)], inner)


def _classes(owned: Owned) -> set[tuple[str, int]]:
    return {(card.name, one.number) for card in owned.pause_cards for one in card.classes}


def _unanswered(section: Section, wanted: Owned, found: Owned, earlier: Owned) -> Iterator[str]:
    """Yield an element for our port of each address that was to answer and is no longer."""
    gone = {one.address for one in earlier.responders} - {one.address for one in wanted.responders}
    for responder in found.responders:
        if responder.address in gone and any(port.number == IPSLA_PORT for port in responder.ports):
            port = _gone("port", [("port-number", str(IPSLA_PORT))])
            yield from _nested(section.path, [("address", responder.address)], port)


def _asked(owned: Owned, has_it: Callable[[Session], bool]) -> set[tuple[str, str]]:
    """Return process and name of the interfaces in IS-IS of which something is true."""
    return {(process.name, one.name) for process in owned.processes for one in process.sessions if has_it(one)}


def _is_watched(session: Session) -> bool:
    return session.interval_ms is not None


def _is_repaired(session: Session) -> bool:
    return any(repair.is_ti_lfa or repair.is_per_prefix for repair in session.repairs)


def _keys(section: Section, value: Any) -> list[tuple[str, str]]:
    """Return the leaves by which an object is found: its name, or the address and length of a route."""
    count = 2 if section.name in {"routes4", "routes6"} else 1
    parts = [part for part in section.shape.parts[:count] if isinstance(part, Leaf)]
    return [(part.path[-1], part.kind.write(getattr(value, part.name))) for part in parts]


def _gone(element: str, keys: list[tuple[str, str]]) -> list[str]:
    return [f"<{element}{_REMOVED}>", *_leaves(keys), f"</{element}>"]


def _leaves(keys: list[tuple[str, str]]) -> list[str]:
    return [f"<{name}>{xml_text(text)}</{name}>" for name, text in keys]


def _nested(path: Path, keys: list[tuple[str, str]], inner: Iterator[str] | list[str]) -> list[str]:
    """Return the elements at a path around others, the innermost with the leaves by which it is found."""
    opened = [f"<{name}>" for name in path]
    closed = [f"</{name}>" for name in reversed(path)]
    return [*opened, *_leaves(keys), *inner, *closed]
