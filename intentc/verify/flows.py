"""Which packets an intent means between two nodes: what both ends have attached, cut by `match`."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence

from intentc.language import ast
from intentc.manifest.model import FlowEntry
from intentc.topology.model import IPNetwork
from intentc.values import frozen
from intentc.verify.classes import code_points
from intentc.verify.sets import ALL_TRAFFIC, Sets, common
from intentc.verify.sources import Unprovable

PortRange = tuple[int, int] | None
Ports = tuple[str, PortRange]

_ANY: tuple[Ports, ...] = (("any", None),)


@frozen
class Meant:
    """Packets: those of `match` that are in none of `excepted`."""

    match: tuple[FlowEntry, ...]
    excepted: tuple[FlowEntry, ...]

    def reversed(self) -> Meant:
        """Return the packets of the replies."""
        return Meant(tuple(map(_swapped, self.match)), tuple(map(_swapped, self.excepted)))


@frozen
class Offer:
    """Prefixes of a node and the ports that answer there."""

    prefixes: tuple[IPNetwork, ...]
    ports: tuple[Ports, ...]
    service: str = ALL_TRAFFIC


def offers_of(node: str, services: frozenset[str], sets: Sets) -> tuple[Offer, ...]:
    """Return what a node stands for as an end; nothing where it has nothing of it attached."""
    wanted = frozenset({ALL_TRAFFIC}) if ALL_TRAFFIC in services else services
    found = (
        Offer(prefixes, _ports_of(service, sets), service)
        for service, prefixes in sets.prefixes(node, wanted).items()
        if prefixes
    )
    return tuple(found)


def meant(sources: Sequence[Offer], destinations: Sequence[Offer], match: ast.Match | None) -> Meant:
    """Return the packets from one end to the other."""
    if match is None:
        return Meant(tuple(_flows(sources, destinations, None, is_exception=False)), ())
    return Meant(
        tuple(flow for part in match.flows for flow in _flows(sources, destinations, part, is_exception=False)),
        tuple(flow for part in match.excepted for flow in _flows(sources, destinations, part, is_exception=True)),
    )


def _flows(
    sources: Sequence[Offer], destinations: Sequence[Offer], part: ast.FlowExpression | None, *, is_exception: bool
) -> Iterator[FlowEntry]:
    """Yield the flows of one FLOW; what it does not say keeps its default, but an exception takes out every port."""
    given = part.parts if part is not None else ()
    pair = next((item for item in given if isinstance(item, ast.PrefixPair)), None)
    ports = next((_range(item) for item in given if isinstance(item, ast.Ports)), None)
    dscp = next((_dscp(item) for item in given if isinstance(item, ast.DscpMatch)), None)
    starts = [net for offer in sources for net in _cut(offer.prefixes, pair.source if pair else None)]
    for offer in destinations:
        answered = (ports,) if ports is not None else _ANY if is_exception else offer.ports
        for stop in _cut(offer.prefixes, pair.destination if pair else None):
            for start in (net for net in starts if net.version == stop.version):
                for protocol, span in answered:
                    yield FlowEntry(stop.version, str(start), str(stop), protocol, None, span, dscp)


def _ports_of(service: str, sets: Sets) -> tuple[Ports, ...]:
    if service == ALL_TRAFFIC:
        return _ANY
    return tuple(_range(item) for item in sets.sources.services[service].ports) or _ANY


def _range(ports: ast.Ports) -> Ports:
    if ports.low is None:
        return ports.protocol, None
    high = ports.low if ports.high is None else ports.high
    return ports.protocol, None if (ports.low, high) == (0, 65535) else (ports.low, high)


def _dscp(match: ast.DscpMatch) -> int:
    if isinstance(match.value, ast.Quantity):
        return match.value.value // 1_000_000_000
    found = code_points().get(match.value.text.upper())
    if found is None:
        raise Unprovable(f"no code point is named `{match.value.text}`", match.span)
    return found


def _cut(prefixes: Sequence[IPNetwork], wanted: ast.Prefix | None) -> list[IPNetwork]:
    if wanted is None:
        return list(prefixes)
    limit = ipaddress.ip_network(wanted.text, strict=False)
    return [found for prefix in prefixes if (found := common(prefix, limit)) is not None]


def _swapped(flow: FlowEntry) -> FlowEntry:
    return FlowEntry(
        flow.family,
        flow.destination,
        flow.source,
        flow.protocol,
        flow.destination_ports,
        flow.source_ports,
        flow.dscp,
    )
