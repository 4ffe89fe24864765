"""Which nodes of a site packets to an address come to: those that have the longest prefix around it."""

from __future__ import annotations

import ipaddress
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import pairwise

from intentc.topology.model import IPNetwork

Span = tuple[int, int]  # the first address, and the one behind the last


class Holders:
    """The address space, cut at both ends of every prefix attached to some nodes: in each piece one set of nodes is nearest."""

    def __init__(self, attached: Mapping[str, Iterable[IPNetwork]]) -> None:
        self._nodes: dict[IPNetwork, set[str]] = {}
        for node, prefixes in attached.items():
            for prefix in prefixes:
                self._nodes.setdefault(prefix, set()).add(node)
        self._cuts = {
            version: sorted({at for prefix in self._nodes if prefix.version == version for at in _span(prefix)})
            for version in (4, 6)
        }

    @property
    def are_plain(self) -> bool:
        """Whether no prefix lies in another one that other nodes have."""
        sorts = sorted((prefix.version, _span(prefix)[0], prefix.prefixlen, prefix) for prefix in self._nodes)
        if not any(one.version == other.version and one.overlaps(other) for (*_, one), (*_, other) in pairwise(sorts)):
            return True  # one within another sorts behind it, at once or after others within it
        return not any(
            self._nodes[one] != self._nodes[other] and one.version == other.version and one.overlaps(other)
            for one in self._nodes
            for other in self._nodes
        )

    def kept(self, node: str, prefixes: Iterable[IPNetwork]) -> tuple[IPNetwork, ...]:
        """Return what of some prefixes comes to a node.

        Pieces stay apart at every cut, so that those of two nodes are the same or have nothing in common.
        """
        found: dict[IPNetwork, None] = {}
        for prefix in prefixes:
            low, high = _span(prefix)
            cuts = self._cuts[prefix.version]
            inner = cuts[bisect_left(cuts, low + 1) : bisect_left(cuts, high)]
            for start, stop in pairwise([low, *inner, high]):
                if node in self._nearest(prefix.version, start):
                    found.update(dict.fromkeys(_between(prefix.version, start, stop)))
        return tuple(found)

    def _nearest(self, version: int, address: int) -> set[str]:
        around = (
            prefix
            for prefix in self._nodes
            if prefix.version == version and _span(prefix)[0] <= address < _span(prefix)[1]
        )
        return self._nodes[max(around, key=lambda prefix: prefix.prefixlen)]


def _span(prefix: IPNetwork) -> Span:
    return int(prefix.network_address), int(prefix.broadcast_address) + 1


def _between(version: int, start: int, stop: int) -> Iterable[IPNetwork]:
    """Return the prefixes that cover the addresses from one up to another."""
    if version == 4:
        return ipaddress.summarize_address_range(ipaddress.IPv4Address(start), ipaddress.IPv4Address(stop - 1))
    return ipaddress.summarize_address_range(ipaddress.IPv6Address(start), ipaddress.IPv6Address(stop - 1))
