"""Failure states as sets of indices, each one object, so that they are cheap to hash and to compare."""

from __future__ import annotations

from dataclasses import dataclass

from intentc.forwarding.network import Network
from intentc.resolve.model import FailureState


@dataclass(frozen=True, slots=True, eq=False)
class Outage:
    """What is down together: `links` with those of the failed `nodes`; `mask` has a bit for each element.

    `name` is the first id under which the state was met (other ids may denote the same elements).
    """

    name: str
    nodes: frozenset[int]
    links: frozenset[int]
    mask: int


NORMAL = Outage("", frozenset(), frozenset(), 0)


class Outages:
    """All failure states of a run: equal sets of elements are one `Outage`, whatever their ids."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._known: dict[tuple[frozenset[int], frozenset[int]], Outage] = {}

    def of(self, state: FailureState) -> Outage:
        """Return the outage of a failure state; elements that do not exist yet (`planned`) cannot fail."""
        network = self._network
        nodes = frozenset(network.node_index[name] for name in state.nodes if name in network.node_index)
        own = frozenset(network.link_index[name] for name in state.links if name in network.link_index)
        links = own.union(*(frozenset(arc >> 1 for arc in network.leaving[node]) for node in nodes))
        if not nodes and not links:
            return NORMAL
        if (nodes, links) not in self._known:
            mask = sum(map(network.link_bit, links)) + sum(map(network.node_bit, nodes))
            self._known[nodes, links] = Outage(state.id, nodes, links, mask)
        return self._known[nodes, links]

    def all(self) -> tuple[Outage, ...]:
        """Return every outage met so far, in the order in which they were met."""
        return tuple(self._known.values())
