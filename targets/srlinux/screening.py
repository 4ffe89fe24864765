"""What is dropped at ports, read from the ACLs that are bound there; behind its last entry an ACL of SR Linux accepts."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from intentc.targetkit.kit import EVERYTHING, Flow, Screen, ScreenEntry

from . import escape
from .filters import KINDS
from .owned import AclPort, Entry, Filter
from .readback import read_back

_FAMILIES = {kind: family for family, kind in KINDS.items()}


def screens(running: str, interfaces: Collection[str]) -> tuple[Screen, ...]:
    """Return what is dropped at those of `interfaces` that have ACLs, sorted."""
    owned = read_back(running)
    filters = {(one.name, one.kind): one for one in owned.filters}
    ports = {one.name: one for one in owned.acl_ports}
    found: list[Screen] = []
    for interface in interfaces:
        port = ports.get(escape.port(interface).reference)
        found += () if port is None else _of_port(interface, port, filters)
    return tuple(sorted(found))


def _of_port(interface: str, port: AclPort, filters: dict[tuple[str, str], Filter]) -> Iterator[Screen]:
    for direction, bound in (("in", port.inputs), ("out", port.outputs)):
        for one in bound:
            known = filters.get((one.name, one.kind))
            family = _FAMILIES[one.kind]
            entries = sorted(() if known is None else known.entries, key=lambda entry: entry.name)
            yield Screen(
                interface,
                direction,
                family,
                tuple(
                    ScreenEntry(flow, one.is_dropped)
                    for one in entries
                    if one.is_dropped or not any(match.message for match in one.match)
                    for flow in _flows(one, family)
                ),
            )


def _flows(one: Entry, family: int) -> Iterator[Flow]:
    """Yield the flows of an entry: one for each of its code points."""
    if not one.match:
        yield EVERYTHING[family]
    for match in one.match:
        for dscp in match.dscps or (None,):
            yield Flow(
                family,
                match.source or EVERYTHING[family].source,
                match.destination or EVERYTHING[family].destination,
                "icmp" if match.protocol == "icmp6" else match.protocol or "any",
                _ports(match.source_first, match.source_last),
                _ports(match.destination_first, match.destination_last),
                dscp,
            )


def _ports(first: int | None, last: int | None) -> tuple[int, int] | None:
    return None if first is None or last is None else (first, last)
