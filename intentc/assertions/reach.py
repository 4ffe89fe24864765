"""Which nodes reach each other in one state, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage
from intentc.values import frozen


@frozen
class Division:
    """How many pairs of nodes that are up do not reach each other in a state, and the first such pair by name."""

    pairs: int
    example: tuple[str, str] | None


class Survey:
    """The nodes of one assertion: which of them reach each other, and what that rests on.

    Nodes that carry transit traffic make up *islands*, joined by links in use. A node that carries none is on the shore of
    every island that it has a link to. Two nodes reach each other if they share an island or are neighbours.
    """

    def __init__(self, network: Network, members: Iterable[int]) -> None:
        self._network = network
        self._members = tuple(members)

    def division(self, outage: Outage) -> Division:
        """Return what is divided in a state."""
        shores = self._shores(outage)
        if _common(shores.values()):
            return Division(0, None)
        groups: dict[frozenset[int], list[int]] = {}
        for node, shore in shores.items():
            groups.setdefault(shore, []).append(node)
        apart = [
            (one, other)
            for position, (shore, found) in enumerate(groups.items())
            for one, other in _pairs(shore, found, list(groups.items())[position + 1 :])
            if not self._are_neighbours(one, other, outage)
        ]
        names = [tuple(sorted((self._network.nodes[one], self._network.nodes[other]))) for one, other in apart]
        first = min(names, default=None)
        return Division(len(apart), (first[0], first[1]) if first is not None else None)

    def mask(self, outage: Outage) -> int:
        """Return what the answer in a state rests on: the members that are up, and a tree that joins those of each island.

        Where one island has them all, its tree is enough. Further failures join nothing, so what is divided stays so.
        """
        network = self._network
        shores = self._shores(outage)
        shared = _common(shores.values())
        islands = {min(shared)} if shared else frozenset[int]().union(*shores.values())
        mask = 0
        for member in shores:
            mask |= network.node_bit(member)
            if not shared and not network.has_transit[member]:  # what it is a neighbour of counts too
                mask |= sum(network.link_bit(link) for link in {arc >> 1 for arc in self._live(member, outage)})
        for island in islands:
            mask |= self._tree(island, [member for member, shore in shores.items() if island in shore], outage)
        return mask

    def _tree(self, root: int, members: Iterable[int], outage: Outage) -> int:
        """Return the mask of the ways from some members to a node of an island that they share."""
        came_by = self._search(root, outage)
        mask = self._network.node_bit(root)
        for member in members:
            node = member
            while node != root:
                arc = came_by[node]
                mask |= self._network.node_bit(node) | self._network.link_bit(arc >> 1)
                node = self._network.tail[arc]
        return mask

    def _search(self, root: int, outage: Outage) -> dict[int, int]:
        """Return the arc by which each node is reached first from a root: members without transit only at the end of a way."""
        network = self._network
        came_by: dict[int, int] = {}
        seen, pending = {root}, [root]
        for node in pending:  # it grows while it is read: breadth first
            for arc in self._live(node, outage):
                if network.head[arc] not in seen:
                    seen.add(network.head[arc])
                    came_by[network.head[arc]] = arc
                    if network.has_transit[network.head[arc]]:
                        pending.append(network.head[arc])
        return came_by

    def _shores(self, outage: Outage) -> dict[int, frozenset[int]]:
        """Return for each member that is up the islands that it is on, each named by its smallest node."""
        island = self._islands(outage)
        found: dict[int, frozenset[int]] = {}
        for member in self._members:
            if member in outage.nodes:
                continue
            near = [member, *(self._network.head[arc] for arc in self._live(member, outage))]
            found[member] = frozenset(island[node] for node in near if node in island)
        return found

    def _islands(self, outage: Outage) -> dict[int, int]:
        """Return the island of every transit node that a member can be on."""
        network, found = self._network, dict[int, int]()
        for root, has_transit in enumerate(network.has_transit):
            if not has_transit or root in outage.nodes or root in found:
                continue
            found[root] = root
            pending = [root]
            while pending:
                for arc in self._live(pending.pop(), outage):
                    head = network.head[arc]
                    if network.has_transit[head] and head not in found:
                        found[head] = root
                        pending.append(head)
        return found

    def _live(self, node: int, outage: Outage) -> Iterator[int]:
        """Yield the arcs that leave a node over links in use to nodes that are up."""
        down, drained = outage.links, self._network.drained
        return (arc for arc in self._network.leaving[node] if arc >> 1 not in down and arc >> 1 not in drained)

    def _are_neighbours(self, one: int, other: int, outage: Outage) -> bool:
        return any(self._network.head[arc] == other for arc in self._live(one, outage))


def _common(shores: Iterable[frozenset[int]]) -> frozenset[int]:
    """Return the islands that all are on."""
    found = list(shores)
    return frozenset.intersection(*found) if found else frozenset()


def _pairs(
    shore: frozenset[int], nodes: list[int], others: list[tuple[frozenset[int], list[int]]]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of some nodes on one shore, with each other and with those of other shores, that share no island."""
    if not shore:
        yield from ((one, other) for position, one in enumerate(nodes) for other in nodes[position + 1 :])
    for beside, found in others:
        if not shore & beside:
            yield from ((one, other) for one in nodes for other in found)
