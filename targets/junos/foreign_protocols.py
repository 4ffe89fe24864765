"""Places of routing protocols and of telemetry that others hold: timers, repairs, discriminators, and what a device has once."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from intentc.targetkit.kit import XmlNode

from .owned import Owned

_Held = tuple[str, str]  # what is needed, and what is there
_BFD = "bfd-liveness-detection"
_REPAIRS = ("post-convergence-lfa", "link-protection", "node-link-protection")
_SERVER = ("services", "rpm", "twamp", "server")


def protocols_held(wanted: Owned, place: XmlNode) -> Iterator[_Held]:
    """Yield the places of routing protocols that are held."""
    for port in wanted.isis:
        found = tuple(entries(place, ("protocols", "isis", "interface"), port.name))
        yield from _sessions("IS-IS", port.name, found) if port.families else ()
        yield from _repairs("IS-IS", port.name, found) if port.levels else ()
    for protocol, areas in (("ospf", wanted.ospf), ("ospf3", wanted.ospf3)):
        for own in (port for area in areas for port in area.ports):
            for area in place.all("protocols", protocol, "area"):
                found = tuple(entries(area, ("interface",), own.name))
                yield from _sessions(protocol, own.name, found) if own.interval_ms is not None else ()
                yield from _repairs(protocol, own.name, found) if own.is_repaired else ()
    yield from _once(wanted, place)


def _once(wanted: Owned, place: XmlNode) -> Iterator[_Held]:
    """Yield what a device says once: how repairs are computed, what it answers to, how long segment lists may be."""
    for protocol, backup in (("isis", wanted.isis_backup), ("ospf", wanted.ospf_backup)):
        for held in place.all("protocols", protocol, "backup-spf-options") if backup else ():
            yield f"backup-spf-options of {protocol}", f"backup-spf-options {_words(held)}".strip()
    for reflector in wanted.reflectors:
        for _ in entries(place, ("protocols", "bfd", "sbfd", "local-discriminator"), str(reflector.name)):
            yield f"S-BFD discriminator {reflector.name}", f"local-discriminator {reflector.name}"
    if wanted.max_depth is not None:
        for held in place.all("protocols", "source-packet-routing", "maximum-segment-list-depth"):
            yield "maximum-segment-list-depth", f"maximum-segment-list-depth {held.text}"


def balancing_held(wanted: Owned, place: XmlNode) -> Iterator[_Held]:
    """Yield policies of the forwarding table that stand before ours and may end what it says; those that balance all routes do it no harm."""
    own = {policy.value("name"): policy for policy in place.all("policy-options", "policy-statement")}
    for held in place.all("routing-options", "forwarding-table", "export") if wanted.balancing else ():
        policy = own.get(held.text)
        if policy is None or policy.has("term") or not policy.has("then", "load-balance", "per-packet"):
            yield "the policy of the forwarding table", f"forwarding-table export {held.text}"


def services_held(wanted: Owned, place: XmlNode) -> Iterator[_Held]:
    """Yield the TWAMP server, which a device has once, where others say how it authenticates or where it listens."""
    for held in place.all(*_SERVER) if wanted.responders else ():
        if any(not mode.has("none") for mode in held.all("authentication-mode")):
            yield "the TWAMP server without authentication", f"authentication-mode {_words(held)}"
        for port in (*held.all("port"), *held.all("light", "port")):
            yield "the TWAMP server on port 862", f"port {port.text}"


def entries(place: XmlNode, path: tuple[str, ...], name: str) -> Iterator[XmlNode]:
    """Yield the entries of a list that are meant by a name: also those of groups whose names are patterns."""
    for found in place.all(*path):
        own = found.value("name") or ""
        if own == _plain(name) or (own.startswith("<") and fnmatchcase(_plain(name), _plain(own))):
            yield found


def _sessions(protocol: str, port: str, places: tuple[XmlNode, ...]) -> Iterator[_Held]:
    for at in places:
        if at.has(_BFD) or at.has("family", _BFD):
            yield f"BFD of {protocol} on {_plain(port)}", f"{_BFD} on {at.value('name')}"


def _repairs(protocol: str, port: str, places: tuple[XmlNode, ...]) -> Iterator[_Held]:
    for at in places:
        for word in _REPAIRS:
            if at.has(word) or at.has("level", word):
                yield f"repairs of {protocol} on {_plain(port)}", f"{word} on {at.value('name')}"


def _words(node: XmlNode) -> str:
    return " ".join(child.name for child in node.children)


def _plain(name: str) -> str:
    return name.removeprefix("<").removesuffix(">")
