"""How much of the offered load is accepted, against what no placement could exceed; found without intentc's own searches.

What cannot hold alone on the empty network is left out first: the fastest way (past its waypoints, off what it excludes) takes longer than
the bound, or a state that is to be survived leaves no way at all. What is left is bounded by the dual of the linear program
for the largest throughput of divisible flows, which knows neither latency nor failures: for any prices y >= 0,
Σ y x capacity + Σ rate x max(0, 1 - distance(y)).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from quality import Library, duals

from intentc.forwarding.network import Network
from intentc.realise.model import Realised
from intentc.resolve.model import Demand, FailureState

_Row = tuple[int, int, float]  # source, destination, bps


@dataclass(frozen=True)
class Acceptance:
    """Rates in bps: `offered` by all demands that were resolved, `possible` of those alone on the empty network, `bound`: no more can be

    carried together, `accepted`: what is placed and keeps its bounds. `impossible`: how many demands are left out.
    """

    offered: float
    possible: float
    bound: float
    accepted: float
    impossible: int

    @property
    def ratio(self) -> float:
        """Return what is accepted of what might be at best."""
        return self.accepted / self.bound if self.bound else 1.0


def accept(realised: Realised, network: Network) -> Acceptance:
    """Return what is accepted of the demands of a program, chains and pools of several aside."""
    demands = [demand for demand in realised.model.demands.values() if len(demand.candidates) == 1]
    cuts = _cuts(network, demands)
    empty = _Fastest(network)
    possible = [demand for demand in demands if _is_possible(demand, empty, cuts)]
    held = realised.demands.keys()
    rows = sorted(_row(network, demand) for demand in possible)
    return Acceptance(
        offered=sum(_rate(demand) for demand in demands),
        possible=sum(row[2] for row in rows),
        bound=_most(network, rows),
        accepted=sum(_rate(demand) for demand in demands if demand.key in held),
        impossible=len(demands) - len(possible),
    )


def _rate(demand: Demand) -> float:
    return float(min(demand.bandwidth_bps, demand.pool_bps))


def _row(network: Network, demand: Demand) -> _Row:
    return (*_ends(network, demand), _rate(demand))


def _ends(network: Network, demand: Demand) -> tuple[int, int]:
    only = demand.candidates[0]
    return network.node_index[only.source.node], network.node_index[only.destination.node]


def _is_possible(demand: Demand, empty: _Fastest, cuts: Mapping[str, Sequence[int]]) -> bool:
    """Return whether a demand alone might hold; what is asked of its ways in failure states but to be there is not looked at."""
    source, target = _ends(empty.network, demand)
    stops = [source, *(empty.one_of(waypoint.nodes) for waypoint in demand.via if not waypoint.links), target]
    fenced = frozenset(name for each in demand.exclusions for name in (*each.nodes, *each.links))
    if demand.bound_ns is not None:
        legs = [empty.ns(begin, end, fenced) for begin, end in pairwise(stops) if begin is not None and end is not None]
        if None in legs or (None not in stops and sum(leg or 0 for leg in legs) > demand.bound_ns):
            return False
    promised = demand.failover.states if demand.failover is not None else ()
    return not any(state.id in cuts and cuts[state.id][source] != cuts[state.id][target] for state in promised)


class _Fastest:
    """Least propagation delays, one tree per source and set of excluded names."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._trees: dict[tuple[int, frozenset[str]], dict[int, int]] = {}

    def one_of(self, nodes: Iterable[str]) -> int | None:
        """Return the only node of a waypoint; None where there are several: then nothing is concluded from it."""
        names = sorted(nodes)
        return self.network.node_index[names[0]] if len(names) == 1 else None

    def ns(self, source: int, target: int, fenced: frozenset[str]) -> int | None:
        """Return the least delay of a way off what is fenced, in ns; None where there is none."""
        key = (source, fenced)
        if key not in self._trees:
            self._trees[key] = self._grow(source, fenced)
        return self._trees[key].get(target)

    def _grow(self, source: int, fenced: frozenset[str]) -> dict[int, int]:
        network = self.network
        done: dict[int, int] = {}
        heap = [(0, source)]
        while heap:
            length, node = heappop(heap)
            if node in done:
                continue
            done[node] = length
            for arc in network.leaving[node]:
                end = network.head[arc]
                if end in done or network.links[arc // 2] in fenced or network.nodes[end] in fenced:
                    continue
                heappush(heap, (length + (network.propagation_ns[arc] or 0), end))
        return done


def _cuts(network: Network, demands: Iterable[Demand]) -> dict[str, list[int]]:
    """Return the ids of promised states that leave more than one part, and each node's part in them (-1: it is down)."""
    states = {state.id: state for demand in demands if demand.failover is not None for state in demand.failover.states}
    parts = {name: _parts(network, state) for name, state in states.items()}
    return {name: part for name, part in parts.items() if max(part) > 0}


def _parts(network: Network, state: FailureState) -> list[int]:
    down = {network.node_index[name] for name in state.nodes}
    part = [-1] * len(network.nodes)
    count = 0
    for first in (node for node in range(len(part)) if node not in down):
        if part[first] >= 0:
            continue
        reached = [first]
        part[first] = count
        for node in reached:
            for arc in network.leaving[node]:
                end = network.head[arc]
                if part[end] < 0 and end not in down and network.links[arc // 2] not in state.links:
                    part[end] = count
                    reached.append(end)
        count += 1
    return part


def _most(network: Network, rows: Sequence[_Row]) -> float:
    """Return the best of many bounds on the rates that can be carried together, in bps."""
    best = sum(row[2] for row in rows)
    columns = [array(code, column) for code, column in zip("iid", zip(*rows, strict=True), strict=True)]
    with TemporaryDirectory() as folder:
        library = Library(network, Path(folder))
        for weight, _, far in duals(library, network, (columns[0], columns[1], columns[2])):
            priced = sum(price * network.capacity_bps[arc] for price, arc in zip(weight, library.order, strict=True))
            best = min(best, _least(priced, sorted(zip(far, columns[2], strict=True), reverse=True)))
    return best


def _least(priced: float, demands: Sequence[tuple[float, float]]) -> float:
    """Return the least of λ x `priced` + Σ rate x max(0, 1 - λ x distance) over λ >= 0; the farthest demands come first.

    It is convex, and straight between the λ at which a demand's distance comes to 1: the least is at one of these, or at 0.
    """
    left = sum(rate for _, rate in demands)
    slope = priced - sum(far * rate for far, rate in demands)
    at, value = 0.0, left
    for far, rate in demands:
        if slope >= 0 or far <= 0:
            break
        value += slope * (1 / far - at)
        at, slope = 1 / far, slope + far * rate
    return value
