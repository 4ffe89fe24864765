"""A second opinion on forwarding, written in another way than the product: by name, by recursion, by Bellman and Ford."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from intentc.resolve.model import Demand
from intentc.topology.model import Topology

Taken = tuple[tuple[str, ...], tuple[str, ...]]
NOTHING: frozenset[str] = frozenset()


@dataclass
class Plain:
    """A network of the tests: IS-IS, everything up but `down_nodes` and `down_links`."""

    topology: Topology
    down_nodes: frozenset[str] = NOTHING
    down_links: frozenset[str] = NOTHING
    _known: dict[frozenset[str], dict[str, int]] = field(default_factory=dict)

    def steps(self, node: str) -> list[tuple[str, str, int]]:
        """Links that are up at a node that is up: link, far node, metric."""
        found = []
        for name in sorted(self.topology.links):
            item = self.topology.links[name]
            if node in (item.a.node, item.b.node) and name not in self.down_links:
                far = item.b.node if item.a.node == node else item.a.node
                if node not in self.down_nodes and far not in self.down_nodes:
                    metric = item.igp_metric.ab if item.a.node == node else item.igp_metric.ba
                    found.append((name, far, 16_777_214 if item.state == "drained" else metric))
        return found

    def distances(self, targets: frozenset[str]) -> dict[str, int]:
        if targets not in self._known:
            best = {target: 0 for target in targets if target not in self.down_nodes}
            for _ in self.topology.nodes:
                for node in self.topology.nodes:
                    for _, far, metric in self.steps(node):
                        is_passable = far in targets or self.topology.nodes[far].transit
                        if is_passable and far in best and best[far] + metric < best.get(node, 1 << 60):
                            best[node] = best[far] + metric
            self._known[targets] = best
        return self._known[targets]

    def next_hops(self, node: str, targets: frozenset[str]) -> list[tuple[str, str]]:
        best = self.distances(targets)
        return [
            (name, far)
            for name, far, metric in self.steps(node)
            if node not in targets
            and node in best
            and far in best
            and best[far] + metric == best[node]
            and (far in targets or self.topology.nodes[far].transit)
        ]

    def follow(
        self,
        source: str,
        targets: frozenset[str],
        rules: Mapping[tuple[str, str | None], tuple[tuple[str, ...], bool]],
        fences: Iterable[str] = (),
    ) -> dict[Taken, Fraction] | None:
        """Where packets go, with shares; None if any of them is lost."""
        found: dict[Taken, Fraction] = {}
        fences = set(fences)

        def step(nodes: tuple[str, ...], links: tuple[str, ...], places: frozenset, share: Fraction) -> bool:
            here = nodes[-1]
            if here in targets:
                found[nodes, links] = found.get((nodes, links), Fraction(0)) + share
                return True
            place = (here, links[-1] if links else None)
            if place in places:
                return False
            hops = None
            if place in rules:
                waypoints, is_closed = rules[place]
                for waypoint in waypoints:
                    if waypoint != here and here in self.distances(frozenset({waypoint})):
                        hops = self.next_hops(here, frozenset({waypoint}))
                        break
                if hops is None and is_closed:
                    return False
            hops = self.next_hops(here, targets) if hops is None else hops
            if not hops or any(name in fences for name, _ in hops):
                return False
            return all(step((*nodes, far), (*links, name), places | {place}, share / len(hops)) for name, far in hops)

        if source in self.down_nodes or not step((source,), (), frozenset(), Fraction(1)):
            return None
        return found

    def walks(self, source: str, targets: frozenset[str]) -> Iterator[Taken]:
        """Every path without a repeated node, over single links."""

        def extend(nodes: tuple[str, ...], links: tuple[str, ...]) -> Iterator[Taken]:
            here = nodes[-1]
            if here in targets:
                yield nodes, links
                return
            if len(nodes) > 1 and not self.topology.nodes[here].transit:
                return
            for name, far, _ in self.steps(here):
                if far not in nodes:
                    yield from extend((*nodes, far), (*links, name))

        if source not in self.down_nodes:
            yield from extend((source,), ())

    def bundles(
        self, node: str, targets: frozenset[str], waypoints: Iterable[str]
    ) -> list[tuple[str, tuple[str, ...]]]:
        """What a node can be made to do in this state: sets of links to one neighbour that the IGP uses towards something."""
        found = set()
        for goal in (targets, *(frozenset({name}) for name in waypoints)):
            hops = self.next_hops(node, goal)
            if hops and len({far for _, far in hops}) == 1:
                found.add((hops[0][1], tuple(sorted(name for name, _ in hops))))
        return sorted(found)

    def expressible(self, source: str, targets: frozenset[str], waypoints: Iterable[str]) -> Iterator[list[Taken]]:
        """Every path (as the set of its parallel variants) that steering can produce, no (node, ingress) twice."""

        def extend(variants: list[Taken], seen: frozenset) -> Iterator[list[Taken]]:
            here = variants[0][0][-1]
            if here in targets:
                yield variants
                return
            if len(variants[0][0]) > 1 and not self.topology.nodes[here].transit:
                return
            for far, names in self.bundles(here, targets, waypoints):
                arrival = (far, names)
                if arrival not in seen:
                    longer = [((*nodes, far), (*links, name)) for nodes, links in variants for name in names]
                    yield from extend(longer, seen | {arrival})

        yield from extend([((source,), ())], frozenset({(source, ())}))


def latency_us(topology: Topology, taken: Taken, ahead: int | None) -> int:
    """The latency of a path by the formulas of the reference, with fractions; `ahead` None: propagation alone."""
    delay, packets = Fraction(0), Fraction(0)
    for sender, name in zip(taken[0], taken[1], strict=False):
        item = topology.links[name]
        is_ab = item.a.node == sender
        delay += Fraction(item.latency_ns.ab if is_ab else item.latency_ns.ba, 1000)
        packets += Fraction(item.mtu * 8_000_000, item.capacity_bps.ab if is_ab else item.capacity_bps.ba)
    if ahead is None:
        return up(delay)
    return up(delay) + up(packets) + up(ahead * packets)


def up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def passes(taken: Taken, via: Iterable[tuple[frozenset[str], frozenset[str]]]) -> bool:
    """Whether a path meets waypoints in order: its elements in the order in which packets meet them."""
    nodes, links = taken
    events = [(nodes[0], None)]
    for link, node in zip(links, nodes[1:], strict=True):
        events += [(None, link), (node, None)]
    wanted = list(via)
    for node, link in events:
        while wanted and (node in wanted[0][0] or link in wanted[0][1]):
            wanted.pop(0)
    return not wanted


def banned_links(demand: Demand, topology: Topology) -> set[str]:
    nodes = {name for item in demand.exclusions for name in item.nodes}
    links = {name for item in demand.exclusions for name in item.links}
    return links | {name for name, item in topology.links.items() if {item.a.node, item.b.node} & nodes}
