"""What the bench finds by itself about a placement: a bound on the worst utilisation, stretch, and the floor of all times.

The trees are C (`floor.c`, compiled on the spot); nothing here asks intentc but for what was placed.
"""

from __future__ import annotations

import ctypes
import math
import statistics
import subprocess
import time
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from intentc.forwarding.network import Network
from intentc.realise.model import Path as RealisedPath
from intentc.realise.model import Realised

_ROUNDS, _BETAS = 300, (20.0, 30.0, 40.0)
_FLAT_EACH, _LEVELS = (
    20,
    (2, 8, 64, 1024),
)  # now and then the prices of the dearest links alone, all alike: those of a cut

Columns = tuple[array, array, array]  # source, destination, bps of each demand, by source


@dataclass(frozen=True)
class Quality:
    """`floor_s`: CPU seconds of one C tree from each distinct source, the median of five. `bound`: no routing of the placed demands,

    not even one that divides them, has a lower worst utilisation. Stretch is the latency of primary paths over that of the fastest way.
    """

    sources: int
    floor_s: float
    worst: float
    bound: float
    stretch_median: float
    stretch_p99: float


class Library:
    """The arcs of a network sorted by where they begin, and the functions of `floor.c` over them."""

    def __init__(self, network: Network, folder: Path) -> None:
        module = folder / "floor.so"
        source = Path(__file__).with_name("floor.c")
        subprocess.run(["cc", "-O3", "-shared", "-fPIC", str(source), "-lm", "-o", str(module)], check=True)
        self._carry = ctypes.CDLL(str(module)).carry
        self._carry.restype = ctypes.c_double
        self.nodes, self.order = len(network.nodes), [arc for arcs in network.leaving for arc in arcs]
        starts = [0]
        for arcs in network.leaving:
            starts.append(starts[-1] + len(arcs))
        self._first = _ints(starts)
        self._tail = _ints([network.tail[arc] for arc in self.order])
        self._head = _ints([network.head[arc] for arc in self.order])

    def carry(
        self,
        weight: array[float],
        demands: Columns,
        load: array[float] | None = None,
    ) -> tuple[float, array[float]]:
        """Return Σ rate x distance and the distance of each demand; add their rates to `load` along the trees."""
        far = array("d", bytes(8 * len(demands[0])))
        sizes = (self.nodes, len(self.order))
        rows = [_at(row) if row is not None else None for row in (self._first, self._tail, self._head, weight)]
        ends = [_at(row) for row in demands]
        found = self._carry(*sizes, *rows, len(demands[0]), *ends, None if load is None else _at(load), _at(far))
        return float(found), far


def assess(realised: Realised, network: Network) -> Quality:
    """Return what the bench finds of a placement."""
    with TemporaryDirectory() as folder:
        library = Library(network, Path(folder))
        flows, latencies = _flows(realised, network)
        ends = _ints([flow[0] for flow in flows]), _ints([flow[1] for flow in flows])
        demands = (*ends, array("d", [flow[2] for flow in flows]))
        delays = array("d", [float(network.propagation_ns[arc] or 0) for arc in library.order])
        far = library.carry(delays, demands)[1]
        stretch = sorted(own / least for own, least in zip(latencies, far, strict=True) if least > 0)
        once = [index for index, source in enumerate(ends[0]) if not index or ends[0][index - 1] != source]
        alone = tuple(type(row)(row.typecode, [row[index] for index in once]) for row in demands)
        return Quality(
            sources=len(once),
            floor_s=statistics.median(_timed(lambda: library.carry(delays, alone)) for _ in range(5)),
            worst=realised.max_utilisation_ppm / 1e6,
            bound=_bound(library, network, demands),
            stretch_median=statistics.median(stretch) if stretch else math.nan,
            stretch_p99=stretch[min(len(stretch) - 1, len(stretch) * 99 // 100)] if stretch else math.nan,
        )


def _flows(realised: Realised, network: Network) -> tuple[list[tuple[int, int, float]], list[float]]:
    """Return source, destination and bps of each placed demand, by source, and the propagation of its slowest primary path.

    What shares a pool with others counts with no rate: how much of it is on a link depends on the others.
    """
    members = Counter(demand.pool for demand in realised.model.demands.values())
    rows = []
    for name in sorted(realised.demands):
        found = realised.demands[name]
        if not found.primary:
            continue
        rate_bps = min(found.demand.bandwidth_bps, found.demand.pool_bps)
        is_alone = members[found.demand.pool] == 1
        ends = (network.node_index[found.primary[0].nodes[place]] for place in (0, -1))
        slowest = max(_propagation_ns(network, path) for path in found.primary)
        rows.append(((*ends, float(rate_bps) if is_alone else 0.0), float(slowest)))
    rows.sort()
    return [row[0] for row in rows], [row[1] for row in rows]


def _propagation_ns(network: Network, path: RealisedPath) -> int:
    places = [network.node_index[node] for node in path.nodes]
    arcs = [2 * network.link_index[link] for link in path.links]
    return sum(
        network.propagation_ns[arc + (network.tail[arc] != node)] or 0 for arc, node in zip(arcs, places, strict=False)
    )


def _bound(library: Library, network: Network, demands: Columns) -> float:
    """Return the best of many duals: for any prices y, Σ rate x distance(y) <= worst utilisation x Σ y x capacity."""
    capacity = [float(network.capacity_bps[arc]) for arc in library.order]
    return max(
        priced / sum(map(float.__mul__, weight, capacity)) for weight, priced, _ in duals(library, network, demands)
    )


def duals(library: Library, network: Network, demands: Columns) -> Iterator[tuple[array[float], float, array[float]]]:
    """Yield prices of arcs, in the library's order, Σ rate x distance with them, and the distance of each demand.

    Prices follow the mean load of all rounds so far, exp(β (utilisation ÷ worst − 1)) ÷ capacity (Young 1995).
    """
    capacity = [float(network.capacity_bps[arc]) for arc in library.order]
    for beta in _BETAS:
        total = array("d", bytes(8 * len(capacity)))
        weight = array("d", [1 / size for size in capacity])
        for turn in range(_ROUNDS):
            load = array("d", bytes(8 * len(capacity)))
            yield weight, *library.carry(weight, demands, load)
            if turn % _FLAT_EACH == 0:
                most = max(weight)
                flats = (array("d", [float(each * level >= most) for each in weight]) for level in _LEVELS)
                yield from ((flat, *library.carry(flat, demands)) for flat in flats)
            total = array("d", map(float.__add__, total, load))
            fill = [all_of_it / size for all_of_it, size in zip(total, capacity, strict=True)]
            worst = max(fill) or 1.0
            weight = array(
                "d", [math.exp(beta * (each / worst - 1)) / size for each, size in zip(fill, capacity, strict=True)]
            )


def _timed(work) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _ints(values: list[int]) -> array[int]:
    return array("i", values)


def _at(row: array) -> ctypes.c_void_p:
    return ctypes.c_void_p(row.buffer_info()[0])
