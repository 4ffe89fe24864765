"""What is dropped at ports, read from the ACLs that are bound there; the models say of nothing that it passes behind the last entry."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from intentc.targetkit.kit import EVERYTHING, Flow, Screen, ScreenEntry

from . import escape
from .acls import KINDS
from .owned import AclPort, AclSet, Entry
from .readback import read_back

_FAMILIES = {kind: family for family, kind in KINDS.items()}


def screens(running: str, interfaces: Collection[str]) -> tuple[Screen, ...]:
    """Return what is dropped at those of `interfaces` that have ACLs, sorted."""
    owned = read_back(running)
    sets = {(one.name, one.kind): one for one in owned.acl_sets}
    ports = {one.name: one for one in owned.acl_ports}
    found: list[Screen] = []
    for interface in interfaces:
        port = ports.get(escape.port(interface).name)
        found += () if port is None else _of_port(interface, port, sets)
    return tuple(sorted(found))


def _of_port(interface: str, port: AclPort, sets: dict[tuple[str, str], AclSet]) -> Iterator[Screen]:
    for direction, bound in (("in", port.inputs), ("out", port.outputs)):
        for one in bound:
            known = sets.get((one.name, one.kind))
            entries = () if known is None else known.entries
            yield Screen(interface, direction, _FAMILIES[one.kind], tuple(_entries(entries, _FAMILIES[one.kind])))


def _entries(entries: tuple[Entry, ...], family: int) -> Iterator[ScreenEntry]:
    for one in sorted(entries, key=lambda entry: entry.name):
        if one.message is not None and one.action == "ACCEPT":
            continue
        yield ScreenEntry(_flow(one, family), one.action != "ACCEPT")
    yield ScreenEntry(EVERYTHING[family], is_dropped=True)


def _flow(one: Entry, family: int) -> Flow:
    matches = one.ipv4 if family == 4 else one.ipv6
    if not matches:
        return EVERYTHING[family]
    (match,) = matches
    return Flow(
        family,
        match.source,
        match.destination,
        escape.protocol_name(match.protocol, family),
        one.source_ports,
        one.destination_ports,
        match.dscp,
    )
