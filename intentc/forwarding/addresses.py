"""Where destination addresses are: the nodes to which the IGP carries a packet."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from intentc.forwarding.network import Network
from intentc.topology.model import IPNetwork


class Attachments:
    """The attached prefixes of a network, by the nodes that announce them into the IGP."""

    def __init__(self, network: Network) -> None:
        found: dict[IPNetwork, set[int]] = {}
        for index, name in enumerate(network.nodes):
            for attachment in network.topology.nodes[name].attached:
                found.setdefault(attachment.prefix, set()).add(index)
        self._nodes = {prefix: frozenset(nodes) for prefix, nodes in found.items()}
        self._known: dict[str, frozenset[int]] = {}

    def nodes_of(self, prefix: str) -> frozenset[int]:
        """Return the nodes that have attached the longest prefix around `prefix` (several of them: anycast)."""
        if prefix not in self._known:
            self._known[prefix] = self._longest(ipaddress.ip_network(prefix))
        return self._known[prefix]

    def sets_of(self, prefixes: Iterable[str]) -> tuple[frozenset[int], ...]:
        """Return the distinct node sets of some prefixes, sorted; prefixes that nobody has attached have none."""
        found = {self.nodes_of(prefix) for prefix in prefixes} - {frozenset()}
        return tuple(sorted(found, key=sorted))

    def _longest(self, prefix: IPNetwork) -> frozenset[int]:
        for length in range(prefix.prefixlen, -1, -1):
            nodes = self._nodes.get(prefix.supernet(new_prefix=length))
            if nodes is not None:
                return nodes
        return frozenset()
