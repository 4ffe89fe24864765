"""What is dropped at ports, read from the filters of logical interfaces; behind its last term a filter of Junos discards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from intentc.targetkit.kit import EVERYTHING, Flow, Screen, ScreenEntry

from .owned import Filter, Interface, Match, Owned, Unit
from .readback import read_back

_PASSED_ON = "term"
_NAMES = {"icmp6": "icmp"}


@dataclass(frozen=True, slots=True)
class _Words:
    """What the terms of a device refer to: prefix lists, and the code points of forwarding classes."""

    prefixes: Mapping[str, tuple[str, ...]]
    points: Mapping[str, tuple[int, ...]]


def screens(running: str, interfaces: Collection[str]) -> tuple[Screen, ...]:
    """Return what is dropped at those of `interfaces` that have filters, sorted."""
    owned = read_back(running)
    if owned is None:
        return ()
    words = _Words(
        {one.name: _fewest([entry.name for entry in one.prefixes]) for one in owned.prefix_lists}, _points(owned)
    )
    filters = {4: {one.name: one for one in owned.filters4}, 6: {one.name: one for one in owned.filters6}}
    return tuple(
        sorted(
            Screen(name, direction, family, tuple(_entries(filters[family].get(bound), family, words)))
            for port in owned.interfaces
            for unit in port.units
            if (name := _named(port, unit, interfaces)) is not None
            for direction, family, bound in (
                ("in", 4, unit.input4),
                ("out", 4, unit.output4),
                ("in", 6, unit.input6),
                ("out", 6, unit.output6),
            )
            if bound is not None
        )
    )


def _named(port: Interface, unit: Unit, interfaces: Collection[str]) -> str | None:
    """Return what the topology calls a logical interface: the first of an interface by the name of that one alone as well."""
    names = [f"{port.name}.{unit.name}", *([port.name] if unit.name == 0 else [])]
    return next((name for name in names if name in interfaces), None)


def _fewest(prefixes: Sequence[str]) -> tuple[str, ...]:
    """Return the fewest prefixes with the same addresses: a filter of routers has one for each of them."""
    found = [ip_network(one) for one in prefixes]
    ipv4 = [one for one in found if isinstance(one, IPv4Network)]
    ipv6 = [one for one in found if isinstance(one, IPv6Network)]
    return (*map(str, collapse_addresses(ipv4)), *map(str, collapse_addresses(ipv6)))


def _points(owned: Owned) -> Mapping[str, tuple[int, ...]]:
    """Return the code points by which packets are put into each forwarding class."""
    found: dict[str, set[int]] = {}
    for table in (*owned.classifiers4, *owned.rewrites4):
        for one in table.classes:
            found.setdefault(one.name, set()).update(point for item in one.codes for point in item.codes)
    return {name: tuple(sorted(points)) for name, points in found.items()}


def _entries(known: Filter | None, family: int, words: _Words) -> Iterator[ScreenEntry]:
    if known is None:
        yield ScreenEntry(EVERYTHING[family], is_dropped=True)  # no commit takes a filter that is not there
        return
    for term in known.terms:
        is_narrower = any(match.icmp_types or match.hop_limit is not None for match in term.match)
        if term.next != _PASSED_ON and (term.is_discarded or not is_narrower):
            flows = [EVERYTHING[family]] if not term.match else _flows(term.match[0], family, words)
            yield from (ScreenEntry(flow, term.is_discarded) for flow in flows)
    yield ScreenEntry(EVERYTHING[family], is_dropped=True)


def _flows(match: Match, family: int, words: _Words) -> Iterator[Flow]:
    """Yield the flows of a term: one for each prefix of its lists and each code point."""
    protocol = match.protocol or match.payload or "any"
    for source in _prefixes(match.source, match.source_list, family, words):
        for destination in _prefixes(match.destination, match.destination_list, family, words):
            for dscp in _dscps(match, words):
                yield Flow(
                    family,
                    source,
                    destination,
                    _NAMES.get(protocol, protocol),
                    match.source_ports,
                    match.destination_ports,
                    dscp,
                )


def _prefixes(prefix: str | None, known: str | None, family: int, words: _Words) -> Iterable[str]:
    if known is not None:
        return words.prefixes.get(known, ())
    return (prefix or EVERYTHING[family].source,)


def _dscps(match: Match, words: _Words) -> Iterable[int | None]:
    """Return the code points of a term: its own, which forwarding classes beside it leave as it is, or those of its classes."""
    own = match.dscp if match.traffic_class is None else match.traffic_class
    if own is not None or not match.forwarding_classes:
        return (own,)
    return tuple(point for name in match.forwarding_classes for point in words.points.get(name, ()))
