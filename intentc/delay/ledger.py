"""The books of what is left of a program by a kernel: what `withdraw._Books` keeps, with the same result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from intentc.delay.promises import Promised, Promises, names_of, promised_by
from intentc.delay.rows import Rows, kernels
from intentc.realise.model import LinkLoad, Realised, RealisedDemand
from intentc.topology.model import Directional, Topology

if TYPE_CHECKING:
    from intentc.native.loads import Loads

_PPM = 1_000_000
_Elements = tuple[frozenset[str], frozenset[str]]  # nodes, links
_Side = tuple[dict[int, int], int, int, dict[int, int]]  # by class, the worst, its state, the worst by class


class Ledger:
    """What each direction of a link holds; of what is withdrawn only the links are counted anew."""

    def __init__(self, rows: Rows, realised: Realised) -> None:
        self._rows, self._topology = rows, realised.model.topology
        self._classes, self._links = list(realised.model.classes), list(self._topology.links)
        self._held, self._promised = realised.demands, promised_by(realised.demands)
        names = names_of(self._promised)
        numbers = rows.states_of(names)
        # States that are numbered as in the rows: what those know of demands is taken as it is.
        self._is_of_rows = numbers is not None
        self._names = (
            names
            if numbers is None
            else {elements: names[elements] for elements in sorted(names, key=numbers.__getitem__)}
        )
        self._number = {elements: number for number, elements in enumerate(self._names)}
        self._elements = list(self._names)
        self._wholes: dict[_Elements, list[int]] | None = None
        self._known: dict[str, LinkLoad] = {}
        self._sides: dict[int, _Side] = {}
        topology = self._topology
        at_node: dict[str, list[int]] = {name: [] for name in topology.nodes}
        at_link: dict[str, list[int]] = {name: [] for name in topology.links}
        for number, (nodes, links) in enumerate(self._names):
            for node in nodes:
                at_node[node].append(number)
            for link in links:
                at_link[link].append(number)
        self._loads: Loads = kernels("loads").Loads(
            rows.routes,
            len(self._classes),
            len(self._names),
            list(at_node.values()),
            list(at_link.values()),
            topology.routing.mean_packet,
            topology.routing.hash_imbalance_ppb,
        )
        self._enter(realised.demands)
        self._rank()

    def _enter(self, demands: Mapping[str, RealisedDemand]) -> None:
        sizes = Counter((item.demand.traffic_class, item.demand.pool) for item in demands.values())
        pools = {pool: number for number, pool in enumerate(sizes)}
        groups = {name: number for number, name in enumerate(self._classes)}
        promises = Promises(self._number)
        self._order: dict[str, int] = {}
        for key, item in demands.items():
            demand = item.demand
            pool = (demand.traffic_class, demand.pool)
            rates = demand if demand.failover is None else demand.failover
            promise = promises.of(demand)
            primary, others = self._rows.paths_of(item)
            self._order[key] = len(self._order)
            self._loads.enter(
                groups[demand.traffic_class],
                pools[pool],
                sizes[pool] == 1,
                demand.is_spread,
                demand.bandwidth_bps,
                demand.pool_bps,
                rates.bandwidth_bps,
                rates.pool_bps,
                primary,
                others,
                promise.numbers() if rates.bandwidth_bps > demand.bandwidth_bps else (),
                self._strays(item),
                self._rows.moved(item)
                if self._is_of_rows and not promise.has_twins
                else promise.moved(self._rows.slots(item)),
            )
        self._loads.finish()

    def _strays(self, item: RealisedDemand) -> Iterable[int]:
        if not item.strays:
            return ()
        if self._wholes is None:
            self._wholes = {}
            for number, elements in enumerate(self._names):
                self._wholes.setdefault(whole(self._topology, elements), []).append(number)
        return [number for elements in item.strays for number in self._wholes.get(elements, ())]

    def _rank(self) -> None:
        """Rank the states by name; those that nobody is promised any more have no rank."""
        ranks = {name: rank for rank, name in enumerate(sorted(set(self._names.values())))}
        self._loads.rank_states([ranks.get(self._names.get(elements, ""), -1) for elements in self._number])

    def hold(self, kept: Mapping[str, RealisedDemand]) -> bool:
        """Hold these demands of those that it was made with, and no others."""
        promised = promised_by(kept)
        if promised.keys() != self._promised.keys():
            self._promise(promised)
        gone = [self._order[key] for key in self._held.keys() - kept.keys()]
        back = [self._order[key] for key in kept.keys() - self._held.keys()]
        for port in self._loads.change(gone, back):
            self._sides.pop(port, None)
            self._known.pop(self._links[port // 2], None)
        self._held = kept
        return True

    def _promise(self, promised: Promised) -> None:
        names = names_of(promised)
        self._promised = promised
        if names != self._names:
            self._names = names
            self._rank()
            self._sides.clear()
            self._known.clear()

    def loads(self) -> dict[str, LinkLoad]:
        """Return the loads of all links in use, sorted."""
        known, links = self._known, self._links
        self._sides = {port: self._sides.get(port) or self._loads.side(port) for port in self._loads.used_ports()}
        numbers = {links[port // 2]: port // 2 * 2 for port in self._sides}
        self._known = {name: known.get(name) or self._load(name, numbers[name]) for name in sorted(numbers)}
        return dict(self._known)

    def _load(self, name: str, port: int) -> LinkLoad:
        nothing: _Side = ({}, 0, -1, {})
        sides = [self._sides.get(port, nothing), self._sides.get(port + 1, nothing)]
        (ab, worst_ab, state_ab, peaks_ab), (ba, worst_ba, state_ba, peaks_ba) = sides
        return LinkLoad(
            link=name,
            reserved=Directional(sum(ab.values()), sum(ba.values())),
            by_class=pairs(self._named(ab), self._named(ba)),
            worst=Directional(worst_ab, worst_ba),
            worst_state=(self._state(state_ab), self._state(state_ba)),
            worst_by_class=pairs(self._named(peaks_ab), self._named(peaks_ba)),
        )

    def _named(self, by_group: Mapping[int, int]) -> dict[str, int]:
        return {self._classes[group]: bps for group, bps in by_group.items()}

    def _state(self, number: int) -> str:
        return "" if number < 0 else self._names[self._elements[number]]

    def fullest_ppm(self) -> int:
        """Return how full the fullest direction of a link that is in use in the normal state is, in ppm."""
        found, links = [0], list(self._topology.links.values())
        for port, (normal, *_) in self._sides.items():
            if normal:
                link, is_ab = links[port // 2], port % 2 == 0
                used = sum(normal.values()) + link.background_bps.towards(is_ab=is_ab)
                found.append(-(-used * _PPM // link.capacity_bps.towards(is_ab=is_ab)))
        return max(found)


def whole(topology: Topology, elements: _Elements) -> _Elements:
    """Return what fails with the links of its nodes, but for what does not exist yet."""
    nodes, links = elements
    of_nodes = {link.id for node in nodes for link in topology.links_of.get(node, ())}
    return (
        frozenset(name for name in nodes if topology.nodes[name].state != "planned"),
        frozenset(name for name in links | of_nodes if topology.links[name].state != "planned"),
    )


def pairs(ab: Mapping[str, int], ba: Mapping[str, int]) -> dict[str, Directional]:
    """Return the amounts of both directions by name, sorted."""
    return {name: Directional(ab.get(name, 0), ba.get(name, 0)) for name in sorted(ab.keys() | ba.keys())}
