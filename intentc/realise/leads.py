"""What courses over one network share: where the IGP leads at a node in each state, found once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intentc.forwarding.first_hops import FirstHops
from intentc.forwarding.igp import Igp
from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage, Watch
from intentc.forwarding.walk import Arcs
from intentc.place.model import Hop

_MOST_KEPT = 400_000  # lists of a few items each


class Leads:
    """Neighbours, and the states that matter; both are asked for many times by each of many courses."""

    def __init__(self, igp: Igp) -> None:
        self.igp = igp
        self.single = tuple(frozenset({node}) for node in range(len(igp.network.nodes)))
        self._watch = Watch()
        self._touching: dict[tuple[int, frozenset[int]], tuple[int, Sequence[Outage]]] = {}
        self._neighbours: dict[tuple[int, Outage], tuple[Hop, ...]] = {}

    def note(self, outages: Iterable[Outage]) -> None:
        """Have `touching` tell of some states from now on."""
        for outage in outages:
            self._watch.add(outage)

    def touching(self, node: int, targets: frozenset[int]) -> Sequence[Outage]:
        """Return the states noted that touch the IGP's normal paths from a node to the nearest of some: in all others it does as normally."""
        count, found = len(self._watch), self._touching.get((node, targets))
        if found is None or found[0] != count:
            if len(self._touching) > _MOST_KEPT:
                self._touching.clear()
            mask = self.igp.whole(targets).footprint(node)
            found = self._touching[node, targets] = (count, self._watch.touching(mask))
        return found[1]

    def at(self, node: int, outage: Outage) -> FirstHops:
        """Return where packets to each node leave a node."""
        return self.igp.first_hops.at(node, outage)

    def neighbours(self, node: int, outage: Outage) -> tuple[Hop, ...]:
        """Return the steered steps to all neighbours to which packets leave over just the arcs to them."""
        found = self._neighbours.get((node, outage))
        if found is None:
            if len(self._neighbours) > _MOST_KEPT:
                self._neighbours.clear()
            network, is_direct = self.igp.network, self.igp.first_hops.is_direct
            bundles = (arcs for arcs in bundles_at(network, node, outage) if is_direct(arcs, outage))
            found = tuple([Hop(arcs, network.head[arcs[0]], is_steered=True) for arcs in bundles])
            self._neighbours[node, outage] = found
        return found


def bundles_at(network: Network, node: int, outage: Outage) -> list[Arcs]:
    """Return, per neighbour, the cheapest of the arcs to it that are up: the IGP never uses one of them alone."""
    best: dict[int, list[int]] = {}
    for arc in network.leaving[node]:
        if arc >> 1 in outage.links:
            continue
        arcs = best.setdefault(network.head[arc], [arc])
        if network.metric[arc] < network.metric[arcs[0]]:
            best[network.head[arc]] = [arc]
        elif arc != arcs[0] and network.metric[arc] == network.metric[arcs[0]]:
            arcs.append(arc)
    return [tuple(best[head]) for head in sorted(best)]
