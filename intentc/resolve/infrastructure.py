from __future__ import annotations

import ipaddress

from intentc.resolve.prefixes import WIDTH, address_text
from intentc.topology.model import IPInterface, Topology


def router_addresses(topology: Topology) -> tuple[str, ...]:
    """Return the host prefixes of all loopbacks, link addresses and management addresses, IPv4 first, in order."""
    interfaces: list[IPInterface | None] = []
    found: set[tuple[int, int]] = set()  # family and address
    for node in topology.nodes.values():
        interfaces += [node.loopback, node.loopback6]
        if node.management is not None and _is_address(node.management.host):
            host = ipaddress.ip_address(node.management.host)
            found.add((host.version, int(host)))
    for link in topology.links.values():
        for end in (link.a, link.b):
            interfaces += [end.address, end.address6]
    found.update((interface.version, int(interface)) for interface in interfaces if interface is not None)
    return tuple(f"{address_text(family, address)}/{WIDTH[family]}" for family, address in sorted(found))


def _is_address(host: str) -> bool:
    """Return whether a management host is an address (IPv6 without a zone), rather than a name."""
    try:
        return "%" not in str(ipaddress.ip_address(host))
    except ValueError:
        return False
