"""A network as text of a topology file: one line for each element, in natural order, with what stands on it in the imported file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from intentc.diagnostics import Span
from intentc.importing.desk import shown
from intentc.importing.model import (
    ImportedEnd,
    ImportedLink,
    ImportedNetwork,
    ImportedNode,
    ImportedSite,
    Options,
)
from intentc.importing.settle import is_located
from intentc.importing.text import Value, both_ways, flow, quantity
from intentc.topology.location import DETOUR, KM_PER_MS
from intentc.topology.natural_order import natural_key
from intentc.topology.nodes import UNMANAGED
from intentc.topology.quantities import Measure
from intentc.values import frozen

_NONE = (None, None)


@frozen
class Line:
    """A line of the topology, and the place in the imported file that it comes from."""

    text: str
    span: Span | None = None


def lines_of(network: ImportedNetwork, options: Options, origin: str) -> list[Line]:
    """Return the lines of the topology; `origin` says in words which file and format it comes from."""
    return [*_head(network, origin), *_general(network, options), *_sites(network), *_nodes(network), *_links(network)]


def _head(network: ImportedNetwork, origin: str) -> Iterator[Line]:
    yield Line(f"# Imported by intentc from {origin}.")
    if any(link.latency_ns is None and is_located(link, network) for link in network.links):
        yield Line(
            "# Links without `latency`: the compiler estimates it from the locations of the sites, by the great circle at"
        )
        yield Line(
            f"# {KM_PER_MS} km per ms (two thirds of the speed of light) with a detour factor of {DETOUR}; write what was measured."
        )


def _general(network: ImportedNetwork, options: Options) -> Iterator[Line]:
    if network.name is not None:
        yield Line(f"name: {flow(network.name)}")
    if network.regions:
        yield Line("regions:")
        yield from _regions(network.regions)
    if options.capacity_bps is not None and any(link.capacity_bps is None for link in network.links):
        capacity = quantity(options.capacity_bps, Measure.RATE)
        yield Line(f"defaults: {flow({'capacity': capacity})}  # --capacity; the file does not say it")


def _regions(regions: dict[str, str | None]) -> Iterator[Line]:
    """Each region that has others in it with those, then the ones that have none and are in none."""
    below: dict[str, list[str]] = {}
    for name, parent in regions.items():
        if parent is not None:
            below.setdefault(parent, []).append(name)
    for name in sorted(regions, key=natural_key):
        if name in below or regions[name] is None:
            yield Line(f"  {flow(name)}: {flow(_inside(below.get(name, [])))}")


def _inside(names: list[str]) -> list[Value]:
    return [*sorted(names, key=natural_key)]


def _sites(network: ImportedNetwork) -> Iterator[Line]:
    if network.sites:
        yield Line("sites:")
    for site in sorted(network.sites.values(), key=lambda item: natural_key(item.name)):
        yield Line(f"  {flow(site.name)}: {flow(_site(site))}", site.span)


def _site(site: ImportedSite) -> dict[str, Value]:
    location = None if site.location is None else [_degrees(text) for text in site.location]
    return _without_none({"region": site.region, "location": location, "labels": _labels(site.labels)})


def _degrees(text: str) -> Decimal:
    """Return degrees as a plain decimal with at most six places: a tenth of a metre."""
    value = round(Decimal(text), 6)
    return Decimal(f"{value:f}".rstrip("0").rstrip(".")) if "." in f"{value:f}" else value


def _labels(labels: dict[str, str | bool]) -> Value:
    values = {key: shown(value) if isinstance(value, str) else value for key, value in labels.items()}
    return {key: value for key, value in values.items() if value != ""} or None


def _nodes(network: ImportedNetwork) -> Iterator[Line]:
    yield Line("nodes:" if network.nodes else "nodes: {}")
    for node in sorted(network.nodes.values(), key=lambda item: natural_key(item.name)):
        has_loopback = node.loopback is not None or node.loopback6 is not None
        platform, todo = node.platform, ""
        if platform is None:
            software = "" if node.software is None else f"; the file calls it {shown(node.software)}"
            platform, todo = UNMANAGED, f"  # TODO platform{software}"
        elif platform != UNMANAGED and not has_loopback:
            platform, todo = UNMANAGED, f"  # TODO platform: {platform}, once it has a loopback"
        yield Line(f"  {flow(node.name)}: {flow(_node(node, platform))}{todo}", node.span)


def _node(node: ImportedNode, platform: str) -> dict[str, Value]:
    attached: list[Value] = [
        prefix if interface is None else {"prefix": prefix, "interface": interface}
        for prefix, interface in node.attached
    ]
    return _without_none(
        {
            "site": node.site,
            "role": node.role,
            "platform": platform,
            "chassis": node.chassis,
            "loopback": node.loopback,
            "loopback6": node.loopback6,
            "state": node.state,
            "attached": attached or None,
            "management": None if node.management is None else {"host": node.management},
            "labels": _labels(node.labels),
        }
    )


def _links(network: ImportedNetwork) -> Iterator[Line]:
    yield Line("links:" if network.links else "links: []")
    for link in network.links:
        is_silent = link.latency_ns is None and not is_located(link, network)
        remarks = [text for text in (link.remark, "TODO latency" if is_silent else None) if text is not None]
        comment = f"  # {'; '.join(remarks)}" if remarks else ""
        yield Line(f"  - {flow(_link(link))}{comment}", link.span)


def _link(link: ImportedLink) -> dict[str, Value]:
    capacity, latency, metric, te_metric = link.capacity_bps, link.latency_ns, link.metric, link.te_metric
    return _without_none(
        {
            "id": link.id,
            "a": _end(link.a),
            "b": _end(link.b),
            "capacity": None if capacity is None else both_ways(capacity, Measure.RATE),
            "latency": None if latency is None else both_ways(latency, Measure.TIME),
            "igp_metric": None if metric is None else both_ways(metric),
            "te_metric": None if te_metric is None else both_ways(te_metric),
            "mtu": link.mtu,
            "loss": quantity(link.loss_ppb, Measure.RATIO) if link.loss_ppb else None,
            "jitter": quantity(link.jitter_ns, Measure.TIME) if link.jitter_ns else None,
            "addresses": None if link.addresses == _NONE else list(link.addresses),
            "addresses6": None if link.addresses6 == _NONE else list(link.addresses6),
            "srlg": list(link.srlgs) or None,
            "over": list(link.over) or None,
            "labels": _labels(link.labels),
        }
    )


def _end(end: ImportedEnd) -> str:
    return end.node if end.interface is None else f"{end.node}:{end.interface}"


def _without_none(fields: dict[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in fields.items() if value is not None}
