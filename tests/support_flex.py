"""Networks that run Flexible Algorithms, and devices that can use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from support_model import capabilities, realised
from support_network import HERE
from support_sr import sr_devices, sr_network

from intentc.diagnostics import Findings
from intentc.realise.model import Realised
from intentc.resolve.model import Model
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
