from __future__ import annotations

import ipaddress

from intentc.resolve.prefixes import network, text_of
from intentc.topology.model import IPInterface, Topology


def router_addresses(topology: Topology) -> tuple[str, ...]:
    """Return the host prefixes of all loopbacks, link addresses and management addresses, IPv4 first, in order."""
    interfaces: list[IPInterface | None] = []
    texts: set[str] = set()
    for node in topology.nodes.values():
        interfaces += [node.loopback, node.loopback6]
        if node.management is not None and _is_address(node.management.host):
            texts.add(str(ipaddress.ip_address(node.management.host)))
    for link in topology.links.values():
        for end in (link.a, link.b):
            interfaces += [end.address, end.address6]
    texts |= {str(interface.ip) for interface in interfaces if interface is not None}
    return tuple(text_of(prefix) for prefix in sorted(network(text) for text in texts))


def _is_address(host: str) -> bool:
    """Return whether a management host is an address (IPv6 without a zone), rather than a name."""
    try:
        return "%" not in str(ipaddress.ip_address(host))
    except ValueError:
        return False
