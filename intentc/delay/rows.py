"""A placed program as rows of numbers, as the kernels want it: ports, paths, failure states, and what each demand does.

The rows stay while intents are withdrawn: only the kernel's web is woven anew from those that are left.
"""

from __future__ import annotations

from collections import Counter
from types import ModuleType
from typing import TYPE_CHECKING, Any

from intentc.delay.courses import States, is_metered
from intentc.native import compiled
from intentc.realise.labels import most_labels, with_labels
from intentc.realise.model import Path, QueueKey, Realised, RealisedDemand
from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.native.routes import Routes
    from intentc.native.weave import Web

_RATE_BITS, _BURST_BITS, _TIME_BITS = 45, 42, 44  # what is larger is for the twin: products of these fit into 128 bits


@frozen
class _Row:
    """A demand: what the kernel is told before and after the number of its pool, which changes as others are withdrawn."""

    pool: str
    group: int
    rest: tuple[Any, ...]


class Rows:
    """The ports, paths, states and demands of a program, by number."""

    def __init__(self, realised: Realised) -> None:
        topology = self._topology = realised.model.topology
        self._classes = realised.model.classes
        self._states = States(realised)
        self._links = {name: number for number, name in enumerate(topology.links)}
        self._nodes = {name: number for number, name in enumerate(topology.nodes)}
        self._groups = {name: number for number, name in enumerate(self._classes)}
        self._ports: dict[tuple[str, str], int] = {}
        self.senders: list[tuple[str, str]] = []  # per port: the link, and the node that sends
        self.line_bps: list[int] = []
        self.mtu = [link.mtu for link in topology.links.values()]
        tail, head, latency_ns = list[int](), list[int](), list[int]()
        for link in topology.links.values():
            for is_ab, end, other in ((True, link.a.node, link.b.node), (False, link.b.node, link.a.node)):
                self._ports.setdefault((end, link.id), len(self.senders))
                self.senders.append((link.id, end))
                self.line_bps.append(link.capacity_bps.towards(is_ab=is_ab))
                tail.append(self._nodes[end])
                head.append(self._nodes[other])
                latency_ns.append(link.latency_ns.towards(is_ab=is_ab) if link.latency_ns is not None else 0)
        self._routes: Routes = kernels("routes").Routes(tail, head, latency_ns, len(self._nodes))
        self._paths: dict[Path, int] = {}
        self._rows: dict[str, _Row] = {}
        self._names = list(self._classes)

    def web(self, realised: Realised) -> Web:
        """Return the kernel's web of a program: this one, or what is left of it."""
        topology, demands = self._topology, realised.demands
        sizes = Counter(item.demand.pool for item in demands.values())
        pools = {name: number for number, name in enumerate(sizes)}
        left = self._states.left(realised)
        at_node = [[number for number in self._states.at_node.get(name, ()) if number in left] for name in self._nodes]
        at_link = [[number for number in self._states.at_link.get(name, ()) if number in left] for name in self._links]
        web: Web = kernels("weave").Web(
            self._routes,
            len(self._groups),
            len(self._states.numbers) + 1,
            sizes.values(),
            at_node,
            at_link,
            topology.routing.mean_packet,
            topology.routing.hash_imbalance_ppb,
        )
        for key in sorted(demands):
            row = self._rows.get(key)
            if row is None:
                row = self._rows[key] = self._row(demands[key])
            web.enter(row.group, pools[row.pool], *row.rest)
        web.finish()
        return web

    def keys(self, web: Web) -> list[QueueKey]:
        """Return link, sending node and class of every queue of a web."""
        return [(*self.senders[port], self._names[group]) for port, group in web.places_of()]

    def _row(self, item: RealisedDemand) -> _Row:
        demand, topology = item.demand, self._topology
        rate, pool, failover = demand.bandwidth_bps, demand.pool_bps, demand.failover
        rate_after = rate if failover is None else min(rate, failover.bandwidth_bps)
        pool_after = pool if failover is None else min(pool, failover.pool_bps)
        is_policed = failover is None or failover.bandwidth_bps >= rate
        burst = with_labels(demand.burst_bytes, most_labels(item), topology.routing.mean_packet)
        entry = item.chosen.source.node
        promised = self._states.promised_to(demand)
        slots: dict[tuple[Path, ...], int] = {}
        moved = [
            (slots.setdefault(result.paths, len(slots)), [promised[name] for name in result.when if name in promised])
            for result in item.states
        ]
        return _Row(
            demand.pool,
            self._groups[demand.traffic_class],
            (
                self._nodes[entry],
                not is_metered(demand, self._classes[demand.traffic_class]),
                is_policed,
                is_policed and (rate_after, pool_after) == (rate, pool),
                demand.is_spread,
                topology.nodes[entry].platform == "none",
                burst if demand.has_bandwidth else 0,
                burst,
                rate,
                pool,
                rate_after,
                pool_after,
                self._numbers(item.primary),
                [self._numbers(paths) for paths in slots],
                moved,
            ),
        )

    def _numbers(self, paths: tuple[Path, ...]) -> list[int]:
        return [self._number(path) for path in paths]

    def _number(self, path: Path) -> int:
        found = self._paths.get(path)
        if found is None:
            ports = [*map(self._ports.__getitem__, zip(path.nodes, path.links, strict=False))]
            found = self._paths[path] = self._routes.add(ports, path.labels, path.share_ppm)
        return found


def rows_of(realised: Realised) -> Rows | None:
    """Return the rows of a program; None where there are no kernels, or it is for the twin: tunnels, or numbers that are too large."""
    return Rows(realised) if compiled("queues") is not None and _is_forkernels(realised) else None


def _is_forkernels(realised: Realised) -> bool:
    links, demands = realised.model.topology.links.values(), realised.demands.values()
    return (
        not any(link.over for link in links)
        and all(
            max(link.capacity_bps.ab, link.capacity_bps.ba, link.queue_bytes or 0).bit_length() <= _RATE_BITS
            and (link.latency_ns is None or max(link.latency_ns.ab, link.latency_ns.ba).bit_length() <= _TIME_BITS)
            for link in links
        )
        and all(
            max(item.demand.bandwidth_bps, item.demand.pool_bps).bit_length() <= _RATE_BITS
            and item.demand.burst_bytes.bit_length() <= _BURST_BITS
            for item in demands
        )
    )


def kernels(name: str) -> ModuleType:
    """Return kernels that are there."""
    found = compiled(name)
    if found is None:
        raise ModuleNotFoundError(name)
    return found
