"""Networks that run Flexible Algorithms, and a second opinion on the paths of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from support_forwarding import NOTHING, Plain, Taken
from support_model import capabilities, realised
from support_network import HERE
from support_sr import sr_devices, sr_network

from intentc.diagnostics import Findings
from intentc.realise.model import Realised
from intentc.resolve.model import FailureState, Model
from intentc.targetkit.model import Support
from intentc.topology.model import FlexAlgo, Link, Topology

FEATURES = ("flex-algo", "flex-algo-affinity", "flex-algo-delay", "flex-algo-te", "flex-algo-ospf")


def algorithm(number: int, metric: str = "igp", **constraints: Iterable[str]) -> FlexAlgo:
    lists = {name: tuple(sorted(constraints.get(name, ()))) for name in ("exclude_any", "include_any", "include_all")}
    return FlexAlgo(number, metric, **lists, span=HERE)


def flex_network(
    links: Iterable[Link], *algorithms: FlexAlgo, outside: Mapping[int, Iterable[str]] | None = None, **rest
) -> Topology:
    """A topology whose nodes take part in all algorithms, but those `outside` one; SID indexes of algorithm 128 from 101 on."""
    found = sr_network(links, **rest)
    nodes = dict(found.nodes)
    for place, name in enumerate(sorted(nodes), start=1):
        part = {
            item.number: (item.number - 127) * 100 + place
            for item in algorithms
            if name not in set((outside or {}).get(item.number, ()))
        }
        own = nodes[name].segment_routing
        nodes[name] = replace(nodes[name], segment_routing=None if own is None else replace(own, flex_algos=part))
    routing = replace(found.routing, flex_algos={item.number: item for item in algorithms})
    return replace(found, nodes=nodes, routing=routing)


def flex_devices(
    topology: Topology,
    mechanisms: tuple[str, ...] = ("igp", "flex-algo", "sr-policy"),
    **overrides: Mapping[str, object],
) -> dict[str, dict[str, object]]:
    """Overrides for `capabilities` by which all configured nodes can do all that an algorithm may need."""
    found = {}
    for name, own in sr_devices(topology, mechanisms).items():
        features = {**own["features"], **dict.fromkeys(FEATURES, Support(True))}
        found[name] = {**own, "features": features} | dict(overrides.get(name, {}))
    return found


def lacking(topology: Topology, *features: str) -> dict[str, object]:
    """Overrides for a device that can do all but some features."""
    blank = capabilities(topology)
    own = flex_devices(topology)[next(iter(blank))]
    return {"features": {**own["features"], **dict.fromkeys(features, Support(False))}}


def flex_realised(of: Model, **overrides: Mapping[str, object]) -> tuple[Realised, Findings]:
    return realised(of, **flex_devices(of.topology, **overrides))


@dataclass
class PlainAlgorithm(Plain):
    """What is left of a network for an algorithm, with its metric."""

    definition: FlexAlgo | None = None

    def has_part(self, name: str) -> bool:
        node = self.topology.nodes[name]
        own = node.segment_routing
        return own is not None and node.loopback is not None and self.definition.number in own.flex_algos

    def steps(self, node: str) -> list[tuple[str, str, int]]:
        found = []
        for name, far, metric in super().steps(node):
            item, wanted = self.topology.links[name], self.definition
            own = set(item.affinity)
            fits = not own & set(wanted.exclude_any) and own >= set(wanted.include_all)
            fits = fits and (not wanted.include_any or bool(own & set(wanted.include_any)))
            if not fits or not self.has_part(node) or not self.has_part(far):
                continue
            value = {"igp": None, "te": item.te_metric, "delay": item.latency_ns}[wanted.metric]
            if wanted.metric != "igp" and value is None:
                continue
            if value is not None:
                side = value.ab if item.a.node == node else value.ba
                metric = max(1, -(-side // 1000)) if wanted.metric == "delay" else side  # noqa: PLW2901
                metric = 2**24 - 1 if item.state == "drained" else min(metric, 2**24 - 1)  # noqa: PLW2901
            found.append((name, far, metric))
        return found


def plain_algorithm(topology: Topology, number: int, state: FailureState | None = None) -> PlainAlgorithm:
    down = (state.nodes, state.links) if state else (NOTHING, NOTHING)
    return PlainAlgorithm(topology, *down, definition=topology.routing.flex_algos[number])


def ride(plain: PlainAlgorithm, source: str, end: str) -> dict[Taken, Fraction] | None:
    """The paths of an algorithm between two nodes; None where it has none."""
    if not plain.has_part(source) or not plain.has_part(end) or end in plain.down_nodes:
        return None
    return plain.follow(source, frozenset({end}), {})
