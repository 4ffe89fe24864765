"""What some links hold of a program, and of what is left of it, by a kernel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING

from intentc.delay.promises import Elements, Promises
from intentc.delay.rows import Rows, kernels
from intentc.realise.model import Realised, RealisedDemand
from intentc.topology.model import Topology

if TYPE_CHECKING:
    from intentc.native.loads import Loads

Side = tuple[dict[int, int], int, int, dict[int, int]]  # by class, the worst, its state, the worst by class


class Numbering:
    """The failure states that a program promises, by number, with the first of their ids each."""

    def __init__(self, rows: Rows, topology: Topology, names: Mapping[Elements, str]) -> None:
        numbers = rows.states_of(names)
        # States that are numbered as in the rows: what those know of demands is taken as it is.
        self.is_of_rows = numbers is not None
        self.elements = list(names) if numbers is None else sorted(names, key=numbers.__getitem__)
        self.numbers = {elements: number for number, elements in enumerate(self.elements)}
        self._topology = topology
        self.at_node: dict[str, list[int]] = {name: [] for name in topology.nodes}
        self.at_link: dict[str, list[int]] = {name: [] for name in topology.links}
        for number, (nodes, links) in enumerate(self.elements):
            for node in nodes:
                self.at_node[node].append(number)
            for link in links:
                self.at_link[link].append(number)

    @cached_property
    def _wholes(self) -> Mapping[Elements, list[int]]:
        found: dict[Elements, list[int]] = {}
        for number, elements in enumerate(self.elements):
            found.setdefault(whole(self._topology, elements), []).append(number)
        return found

    def strays(self, item: RealisedDemand) -> Iterable[int]:
        """Return the numbers of the states in which a demand strays from its path."""
        return [number for elements in item.strays for number in self._wholes.get(elements, ())] if item.strays else ()


class Holdings:
    """What both directions of some links (`links`: a byte for each of the network) hold of a program, or of what is left of it."""

    def __init__(self, rows: Rows, realised: Realised, states: Numbering, links: bytes) -> None:
        topology = realised.model.topology
        self._classes = list(realised.model.classes)
        self._order: dict[str, int] = {}
        self._gone: set[str] = set()
        self._loads: Loads = kernels("loads").Loads(
            rows.routes,
            len(self._classes),
            len(states.elements),
            list(states.at_node.values()),
            list(states.at_link.values()),
            topology.routing.mean_packet,
            topology.routing.hash_imbalance_ppb,
            links,
        )
        coming = compress(realised.demands.items(), rows.coming(realised.demands.values(), links))
        self._enter(rows, realised.demands, coming, states)

    def _enter(
        self,
        rows: Rows,
        demands: Mapping[str, RealisedDemand],
        coming: Iterable[tuple[str, RealisedDemand]],
        states: Numbering,
    ) -> None:
        sizes = Counter((item.demand.traffic_class, item.demand.pool) for item in demands.values())
        pools = {pool: number for number, pool in enumerate(sizes)}
        groups = {name: number for number, name in enumerate(self._classes)}
        promises = Promises(states.numbers)
        for key, item in coming:
            demand = item.demand
            pool = (demand.traffic_class, demand.pool)
            rates = demand if demand.failover is None else demand.failover
            promise = promises.of(demand)
            primary, others = rows.paths_of(item)
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
                states.strays(item),
                rows.moved(item) if states.is_of_rows and not promise.has_twins else promise.moved(rows.slots(item)),
            )
        self._loads.finish()

    def rank(self, ranks: list[int]) -> None:
        """Say which of states that are alike stands for them, the least; -1: a state that nobody is promised any more."""
        self._loads.rank_states(ranks)

    def hold(self, gone: set[str]) -> list[int]:
        """Hold all but some demands; return the ports of which these claim something and did not, or the other way round."""
        gone = gone & self._order.keys()
        numbers = [[self._order[key] for key in keys] for keys in (gone - self._gone, self._gone - gone)]
        self._gone = gone
        return self._loads.change(*numbers)

    def sides(self, known: Mapping[int, Side]) -> dict[int, Side]:
        """Return what each port in use holds; what is `known` is not counted anew."""
        return {port: known.get(port) or self._loads.side(port) for port in self._loads.used_ports()}


def whole(topology: Topology, elements: Elements) -> Elements:
    """Return what fails with the links of its nodes, but for what does not exist yet."""
    nodes, links = elements
    of_nodes = {link.id for node in nodes for link in topology.links_of.get(node, ())}
    return (
        frozenset(name for name in nodes if topology.nodes[name].state != "planned"),
        frozenset(name for name in links | of_nodes if topology.links[name].state != "planned"),
    )
