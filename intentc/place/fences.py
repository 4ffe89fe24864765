"""Which links a demand's packets must never enter, so that nothing can carry them over an excluded one."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.forwarding.network import Network
from intentc.place.model import Realiser
from intentc.resolve.model import Exclusion


def exclude(network: Network, exclusions: Iterable[Exclusion]) -> frozenset[int]:
    """Return the links that are excluded, or end at an excluded node."""
    found: set[int] = set()
    for exclusion in exclusions:
        found.update(network.link_index[name] for name in exclusion.links if name in network.link_index)
        for name in exclusion.nodes:
            if name in network.node_index:
                found.update(links_at(network, network.node_index[name]))
    return frozenset(found)


def links_at(network: Network, node: int) -> frozenset[int]:
    """Return the links at a node."""
    return frozenset(arc >> 1 for arc in network.leaving[node])


def find_fences(
    realiser: Realiser, exclusions: Iterable[Exclusion], ends: frozenset[int]
) -> tuple[frozenset[int], tuple[int, ...]]:
    """Return the fenced links, and the nodes that leak: they cannot drop, and could send packets over a fenced link.

    All links around a leaking node are fenced, which may make its neighbours leak. Packets never leave the nodes where
    they end (`ends`), so these may touch a fenced link.
    """
    network = realiser.igp.network
    fences = set(exclude(network, exclusions))
    leaks: list[int] = []
    pending = [node for node in range(len(network.nodes)) if not realiser.can_fence(node) and node not in ends]
    is_growing = bool(fences)
    while is_growing:
        found = [node for node in pending if links_at(network, node) & fences and not links_at(network, node) <= fences]
        for node in found:
            fences |= links_at(network, node)
        leaks += found
        pending = [node for node in pending if node not in found]
        is_growing = bool(found)
    return frozenset(fences), tuple(sorted(leaks))
