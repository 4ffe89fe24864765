"""Flows as entries of access lists."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from intentc.targetkit.kit import Flow, Origin, plain_network

from .owned import AccessList, Entry
from .words import SCTP

PERMIT, DENY = "permit", "deny"
_STEP = 10
_PROTOCOLS = {
    4: {"any": "ip", "tcp": "tcp", "udp": "udp", "sctp": SCTP, "icmp": "icmp"},
    6: {"any": "ipv6", "tcp": "tcp", "udp": "udp", "sctp": SCTP, "icmp": "icmp"},
}
_WITH_PORTS = {4: {"tcp", "udp"}, 6: {"tcp", "udp", "sctp"}}
_Asked = tuple[Flow, str, Origin | None]


def access_list(name: str, asked: Iterable[_Asked], first: Iterable[Entry] = ()) -> AccessList:
    """Return an access list that has the entries `first`, numbered already, and then these flows in order."""
    known = tuple(first)
    rest = (
        entry_of(number * _STEP, flow, action, origin)
        for number, (flow, action, origin) in enumerate(asked, len(known) + 1)
    )
    return AccessList(name, (*known, *rest))


def has_ports_unsaid(flow: Flow) -> bool:
    """Return whether an entry cannot say the ports of a flow: IPv4 access lists know those of TCP and UDP only."""
    return bool(flow.source_ports or flow.destination_ports) and flow.protocol not in _WITH_PORTS[flow.family]


def entry_of(
    number: int, flow: Flow, action: str, origin: Origin | None = None, *, message: str | None = None
) -> Entry:
    """Return an entry that matches all parts of a flow; raises `ValueError` for what is not of the known form."""
    protocol = _PROTOCOLS[flow.family].get(flow.protocol)
    if protocol is None:
        raise ValueError(f"not a protocol: {flow.protocol!r}")
    if flow.protocol in {"any", "icmp"}:
        flow = Flow(flow.family, flow.source, flow.destination, flow.protocol, None, None, flow.dscp)
    if has_ports_unsaid(flow):
        raise ValueError(f"not a protocol with ports: {flow.protocol!r}")
    source, destination = plain_network(flow.source), plain_network(flow.destination)
    from_one, from_first, from_last = _ports(flow.source_ports)
    to_one, to_first, to_last = _ports(flow.destination_ports)
    return Entry(
        number,
        action,
        protocol,
        is_from_any=source.prefixlen == 0,
        from_host=_host(source),
        from_prefix=_prefix(source),
        from_mask=_mask(source),
        from_port=from_one,
        from_first=from_first,
        from_last=from_last,
        is_to_any=destination.prefixlen == 0,
        to_host=_host(destination),
        to_prefix=_prefix(destination),
        to_mask=_mask(destination),
        to_port=to_one,
        to_first=to_first,
        to_last=to_last,
        dscp=flow.dscp,
        message=message,
        origin=origin,
    )


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _is_host(network: _Network) -> bool:
    return network.prefixlen == network.max_prefixlen


def _host(network: _Network) -> str | None:
    return str(network.network_address) if _is_host(network) else None


def _prefix(network: _Network) -> str | None:
    if network.prefixlen == 0 or _is_host(network):
        return None
    return str(network.network_address) if network.version == 4 else str(network)


def _mask(network: _Network) -> str | None:
    """Return the wildcard mask of a prefix, whose bits are those that do not count (IPv4 only)."""
    return None if network.version == 6 or _prefix(network) is None else str(network.hostmask)


def _ports(ports: tuple[int, int] | None) -> tuple[int | None, int | None, int | None]:
    low, high = ports or (None, None)
    return (low, None, None) if low == high else (None, low, high)
