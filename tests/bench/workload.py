"""Seeded workloads S to XL: a Gabriel graph as a wide-area network, and intents in a fixed mix, as project files.

The Gabriel graph (Gabriel & Sokal 1969) joins two points when no third lies in the circle over them: about two links per
node, planar, no long detours, like wide-area fibre. Latency is the distance at 200 km per ms.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path

SIDE_KM = 4000.0
_US_PER_KM = 5.0
_RATES_GBPS = (100, 400, 800)


@dataclass(frozen=True)
class Size:
    """How much there is of everything."""

    nodes: int
    intents: int


SIZES = {"S": Size(20, 50), "M": Size(200, 1_000), "L": Size(1_000, 10_000), "XL": Size(10_000, 100_000)}
_CARRIED = {"S": (100, 18), "M": (100, 18), "L": (100, 18), "XL": (3, 2)}  # mean Mbps and KB of bursts
_FULL_MBPS = {"S": 20_000, "M": 4_000, "L": 1_400, "XL": 700}
_FULL_BURST_KB = 90


@dataclass(frozen=True)
class Wan:
    """A random network: points in km, links as pairs of nodes, each with a rate in Gbps and the ducts that it runs through."""

    points: list[tuple[float, float]]
    links: list[tuple[int, int]]
    rates_gbps: list[int]
    ducts: list[str | None]

    def latency_us(self, link: int) -> int:
        """Return the latency of a link, at least 1 µs."""
        a, b = (self.points[end] for end in self.links[link])
        return max(1, round(math.dist(a, b) * _US_PER_KM))


def gabriel(count: int, seed: int) -> Wan:
    """Return a connected Gabriel graph over `count` uniform points."""
    chance = random.Random(seed)  # noqa: S311  (a workload, not a secret)
    points = [(chance.uniform(0, SIDE_KM), chance.uniform(0, SIDE_KM)) for _ in range(count)]
    near = _Grid(points)
    links = sorted(
        {(a, b) for a in range(count) for b in near.around(points[a], near.reach) if a < b and near.is_gabriel(a, b)}
    )
    links = _joined(points, links)
    rates = [chance.choice(_RATES_GBPS) for _ in links]
    ducts = [f"duct-{min(a, b)}" if chance.random() < 0.15 else None for a, b in links]
    return Wan(points, links, rates, ducts)


class _Grid:
    """Points by square, so that neighbours are found without looking at all of them."""

    def __init__(self, points: list[tuple[float, float]]) -> None:
        self._points = points
        self._cell = SIDE_KM / max(1, math.isqrt(len(points)))
        self.reach = self._cell * 3.5
        self._squares: dict[tuple[int, int], list[int]] = {}
        for index, point in enumerate(points):
            self._squares.setdefault(self._square(point), []).append(index)

    def _square(self, point: tuple[float, float]) -> tuple[int, int]:
        return int(point[0] // self._cell), int(point[1] // self._cell)

    def around(self, centre: tuple[float, float], reach: float) -> Iterator[int]:
        low = self._square((centre[0] - reach, centre[1] - reach))
        high = self._square((centre[0] + reach, centre[1] + reach))
        for x in range(low[0], high[0] + 1):
            for y in range(low[1], high[1] + 1):
                for index in self._squares.get((x, y), ()):
                    if math.dist(self._points[index], centre) <= reach:
                        yield index

    def is_gabriel(self, a: int, b: int) -> bool:
        (ax, ay), (bx, by) = self._points[a], self._points[b]
        centre, radius = ((ax + bx) / 2, (ay + by) / 2), math.dist((ax, ay), (bx, by)) / 2
        return all(index in (a, b) for index in self.around(centre, radius * (1 - 1e-9)))


def _joined(points: list[tuple[float, float]], links: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the links with the shortest ones added that join the parts."""
    root = list(range(len(points)))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for a, b in links:
        root[find(a)] = find(b)
    parts: dict[int, list[int]] = {}
    for node in range(len(points)):
        parts.setdefault(find(node), []).append(node)
    main, *others = sorted(parts.values(), key=lambda part: (-len(part), part))
    bridges = (
        min(
            ((min(a, b), max(a, b)) for a in part for b in main),
            key=lambda pair: math.dist(points[pair[0]], points[pair[1]]),
        )
        for part in others
    )
    return sorted([*links, *bridges])


def topology_text(wan: Wan, platform: str, side: int = 3) -> str:
    """Return the topology file of a network: a node per point, one site and one prefix each, `side` x `side` regions in a tree."""
    world = ", ".join(f"r{index}" for index in range(side * side))
    lines = ["name: bench", "regions:", f"  world: [{world}]"]
    lines += [
        f"defaults: {{platform: {platform}}}",
        "routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}",
        "nodes:",
    ]
    for index in range(len(wan.points)):
        region = _region(wan, index, side)
        lines.append(
            f"  n{index}: {{region: r{region}, loopback: 10.{192 + (index >> 16)}.{index >> 8 & 255}.{index & 255}/32,"
            f" attached: [{{prefix: {_prefix(index)}, interface: eth0}}],"
            f" segment_routing: {{index: {index + 1}, srgb: [16000, 29999], max_sid_depth: 10}}}}"
        )
    lines.append("links:")
    used = [0] * len(wan.points)
    for link, (a, b) in enumerate(wan.links):
        used[a] += 1
        used[b] += 1
        duct = f", srlg: [{wan.ducts[link]}]" if wan.ducts[link] else ""
        base = (172 << 24) + (16 << 16) + 2 * link
        addresses = ", ".join(
            ".".join(str((base + end) >> shift & 255) for shift in (24, 16, 8, 0)) + "/31" for end in (0, 1)
        )
        lines.append(
            f'  - {{id: L{link}, a: "n{a}:eth{used[a]}", b: "n{b}:eth{used[b]}", addresses: [{addresses}],'
            f" capacity: {wan.rates_gbps[link]}Gbps, latency: {wan.latency_us(link)}us,"
            f" igp_metric: {max(1, wan.latency_us(link) // 10)}, mtu: 9000, media: fiber, crosses: []{duct}}}"
        )
    return "\n".join(lines) + "\n"


def _region(wan: Wan, node: int, side: int) -> int:
    column, row = (min(side - 1, int(side * where / SIDE_KM)) for where in wan.points[node])
    return column * side + row


def _prefix(index: int) -> str:
    return f"10.{index >> 8}.{index & 255}.0/24"


@dataclass(frozen=True)
class Mix:
    """What intents say beside bounds, protection, waypoints, and, some of them, what cannot hold.

    `avoiding`: the part that avoids a region of some four in a hundred nodes, where neither end is. `goal`: what all optimise.
    `mean_mbps`: the mean rate. `burst_kb`: what each may send at once, by itself two of the largest frames. The networks of S, M
    and L carry that load.
    """

    avoiding: float = 0.0
    goal: str | None = None
    mean_mbps: int = 100
    burst_kb: int = 18

    @property
    def side(self) -> int:
        """Return how many rows of regions there are."""
        return 5 if self.avoiding else 3


PLAIN = Mix()


def add_load(parser: argparse.ArgumentParser) -> None:
    """Add the options of which `load` makes rates and bursts."""
    parser.add_argument("--mean", type=int, metavar="MBPS", help="the mean rate of a workload's intents (100, of XL 3)")
    parser.add_argument("--burst", type=int, metavar="KB", help="what each of them may send at once (18, of XL 2)")
    parser.add_argument(
        "--overloaded", action="store_true", help="rates and bursts that fill S and M, and are too much for L and XL"
    )


def load(size: str, options: argparse.Namespace) -> Mix:
    """Return the mix of a size with the load that the options ask for, by itself one that its network carries.

    XL has ten times the intents of L over ways of some sixty hops: what each may send at once is a ninth of what L has, and
    its rates are a thirtieth, so that queues leave the bounds that may hold enough room.
    """
    mean, burst = (_FULL_MBPS[size], _FULL_BURST_KB) if options.overloaded else _CARRIED[size]
    return Mix(mean_mbps=options.mean or mean, burst_kb=options.burst or burst)


def intents_text(wan: Wan, count: int, seed: int, mix: Mix = PLAIN) -> str:
    """Return `count` intents of a mix."""
    chance = random.Random(seed)  # noqa: S311  (a workload, not a secret)
    aside = random.Random(seed + 1)  # noqa: S311  (what a mix adds changes nothing else)
    reach = _Distances(wan)
    blocks = []
    for index in range(count):
        source, target = chance.sample(range(len(wan.points)), 2)
        lines = [f"  from n{source}", f"  to n{target}", "  unidirectional", f"  match tcp/{10000 + index % 50000}"]
        lines.append("  priority " + chance.choice(("high", "normal", "low")))
        rate_mbps = max(1, round(chance.lognormvariate(0, 1) * mix.mean_mbps / 1.65))
        lines.append(f"  bandwidth {rate_mbps}Mbps burst {mix.burst_kb}KB")
        if chance.random() < 0.7:
            factor = chance.uniform(1.1, 3.0) if chance.random() > 0.03 else 0.6
            lines.append(f"  latency <= {round(reach.shortest_us(source, target) * factor) + 2000 * (factor > 1)}us")
        kind = chance.random()
        if kind < 0.5:
            lines.append("  failover within 1s { survive any 1 link latency <= 1s }")
        elif kind < 0.7:
            lines.append("  failover within 1s { survive any 1 node latency <= 1s }")
        elif kind < 0.85:
            lines.append("  failover within 1s { survive any 1 srlg latency <= 1s }")
        if chance.random() < 0.05:
            lines.append(
                f"  via node n{chance.choice([n for n in range(min(len(wan.points), 1000)) if n not in (source, target)])}"
            )
        if aside.random() < mix.avoiding:
            ends = {_region(wan, end, mix.side) for end in (source, target)}
            region = aside.choice([each for each in range(mix.side**2) if each not in ends])
            lines.append(f"  avoid region r{region}")
        if mix.goal is not None:
            lines.append(f"  optimize {mix.goal}")
        blocks.append(f"intent flow-{index} {{\n" + "\n".join(lines) + "\n}\n")
    return "\n".join(blocks)


class _Distances:
    """Shortest latencies, one tree per source that is asked for."""

    def __init__(self, wan: Wan) -> None:
        self._near: list[list[tuple[int, int]]] = [[] for _ in wan.points]
        for link, (a, b) in enumerate(wan.links):
            self._near[a].append((b, wan.latency_us(link)))
            self._near[b].append((a, wan.latency_us(link)))
        self._trees: dict[int, list[int]] = {}

    def shortest_us(self, source: int, target: int) -> int:
        """Return the least latency between two nodes."""
        if source not in self._trees:
            self._trees[source] = self._grow(source)
        return self._trees[source][target]

    def _grow(self, source: int) -> list[int]:
        far = 1 << 60
        distance = [far] * len(self._near)
        distance[source] = 0
        heap = [(0, source)]
        while heap:
            length, node = heappop(heap)
            if length > distance[node]:
                continue
            for other, cost in self._near[node]:
                if length + cost < distance[other]:
                    distance[other] = length + cost
                    heappush(heap, (length + cost, other))
        return distance


def write_project(root: Path, size: str, platform: str = "frr", seed: int = 1, mix: Mix = PLAIN) -> None:
    """Write the project of a size into `root`."""
    wan = gabriel(SIZES[size].nodes, seed)
    (root / "topology").mkdir(parents=True, exist_ok=True)
    (root / "intents").mkdir(exist_ok=True)
    (root / "intentc.toml").write_text(
        '[project]\nname = "bench"\ntopology = ["topology/*.yaml"]\nintents = ["intents/**/*.intent"]\n'
    )
    (root / "topology" / "wan.yaml").write_text(topology_text(wan, platform, mix.side))
    (root / "intents" / "flows.intent").write_text(intents_text(wan, SIZES[size].intents, seed + 1, mix))
