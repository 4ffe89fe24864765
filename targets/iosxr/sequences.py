"""Flows as entries of access lists."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.targetkit.kit import Flow, Origin, plain_network

from .owned import AccessList, Match, Sequence, Side

_STEP = 10
_PROTOCOLS = {4: {"icmp": "icmp"}, 6: {"icmp": "icmpv6"}}
_Entry = tuple[Flow, bool, tuple[str, ...], Origin | None]  # is it permitted, and over which next hops


def access_list(name: str, entries: Iterable[_Entry], exempt: Iterable[Match] = ()) -> AccessList:
    """Return an access list that permits what is exempt, and then has these entries in order."""
    first = [Sequence(number * _STEP, permit=(match,)) for number, match in enumerate(exempt, 1)]
    rest = (_sequence(number * _STEP, *entry) for number, entry in enumerate(entries, len(first) + 1))
    return AccessList(name, (*first, *rest))


def _sequence(number: int, flow: Flow, is_permitted: bool, hops: tuple[str, ...], origin: Origin | None) -> Sequence:
    match = match_of(flow, hops)
    return (
        Sequence(number, permit=(match,), origin=origin)
        if is_permitted
        else Sequence(number, deny=(match,), origin=origin)
    )


def match_of(flow: Flow, hops: tuple[str, ...] = ()) -> Match:
    """Return a match on all parts of a flow; raises `ValueError` for what is not of the known form."""
    if flow.protocol not in {"any", "tcp", "udp", "sctp", "icmp"}:
        raise ValueError(f"not a protocol: {flow.protocol!r}")
    protocol = "ip" if flow.protocol == "any" else _PROTOCOLS[flow.family].get(flow.protocol, flow.protocol)
    has_ports = flow.protocol in {"tcp", "udp", "sctp"}
    first, second, third = (*hops, None, None, None)[:3]
    return Match(
        protocol=protocol,
        source=(_side(flow.source, flow.source_ports if has_ports else None),),
        destination=(_side(flow.destination, flow.destination_ports if has_ports else None),),
        dscp=flow.dscp,
        hop1=first,
        hop2=second,
        hop3=third,
    )


def _side(text: str, ports: tuple[int, int] | None) -> Side:
    network = plain_network(text)
    low, high = ports or (None, None)
    is_one = low == high
    port, first, last = (low, None, None) if is_one else (None, low, high)
    if network.prefixlen == 0:
        return Side(is_any=True, port=port, first_port=first, last_port=last)
    if network.prefixlen == network.max_prefixlen:
        return Side(host=str(network.network_address), port=port, first_port=first, last_port=last)
    return Side(
        address=str(network.network_address), length=network.prefixlen, port=port, first_port=first, last_port=last
    )
