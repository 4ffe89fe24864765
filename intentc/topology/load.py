"""The entry of the room: topology files in, the network out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from intentc.diagnostics import Findings, Source
from intentc.topology.check_addresses import check_addresses
from intentc.topology.check_connected import check_connected
from intentc.topology.check_flex_algos import check_flex_algos
from intentc.topology.check_interfaces import check_interfaces
from intentc.topology.check_latency import check_latency
from intentc.topology.check_nodes import check_nodes
from intentc.topology.check_prefixes import check_prefixes
from intentc.topology.check_tunnels import check_tunnels
from intentc.topology.defaults import read_defaults
from intentc.topology.document import Document, unite
from intentc.topology.link_fields import Surroundings
from intentc.topology.links import read_links
from intentc.topology.model import Topology
from intentc.topology.names import NAME
from intentc.topology.nodes import read_nodes
from intentc.topology.places import texts_of
from intentc.topology.reading import Reading
from intentc.topology.regions import read_regions
from intentc.topology.routing import read_collectors, read_routing
from intentc.topology.sites import read_sites
from intentc.topology.tree import Refused, Scalar, Table
from intentc.topology.values import ValueProblemError, read_text
from intentc.topology.yaml_reader import read_tree

UNNAMED = "network"

CHECKS: tuple[Callable[[Topology, Findings], None], ...] = (
    check_addresses,
    check_interfaces,
    check_prefixes,
    check_nodes,
    check_connected,
    check_latency,
    check_flex_algos,
    check_tunnels,
)


def load(sources: Sequence[Source], findings: Findings) -> Topology | None:
    """Return the network that the files describe together, None when they hold no node that is sound.

    Elements that are broken are left out and have their finding (E03xx); those that depend on them are left out without
    another one. The order of files and of keys changes nothing but the places that findings point at.
    """
    paths = sorted(sources, key=lambda source: source.path)
    reading = Reading(findings, texts_of(paths))
    topology = _read(paths, reading)
    if topology is not None:
        _check(topology, findings)
    return topology


def _read(paths: Sequence[Source], reading: Reading) -> Topology | None:
    """Return the network; the trees of its files are let go with this call."""
    trees = [read_tree(source, reading.findings) for source in paths]
    reading.is_complete = None not in trees
    document = unite([tree for tree in trees if tree is not None], reading)
    topology = _build(document, tuple(source.path for source in paths), reading)
    reading.report()
    if topology.nodes:
        return topology
    _refuse_empty(paths, trees, reading)
    return None


def _check(topology: Topology, findings: Findings) -> None:
    for check in CHECKS:
        check(topology, findings)


def _build(document: Document, paths: tuple[str, ...], reading: Reading) -> Topology:
    """Read the sections in the order in which they refer to each other."""
    name = _read_name(document, reading)
    regions = read_regions(document.regions, reading)
    routing = read_routing(document.table("routing"), reading)
    defaults = read_defaults(document.table("defaults"), routing.igp, reading)
    collectors = read_collectors(document.table("collectors"), regions, reading)
    sites = read_sites(document.table("sites"), regions, reading)
    nodes = read_nodes(document.table("nodes"), sites, regions, defaults, reading)
    links = read_links(document.links, Surroundings(nodes, sites, regions, defaults, routing), reading)
    return Topology(
        name=name,
        regions=regions,
        routing=routing,
        collectors=collectors,
        sites=sites,
        nodes=nodes,
        links=links,
        sources=paths,
        is_complete=reading.is_complete,
        broken={kind: frozenset(names) for kind, names in sorted(reading.broken.items())},
        places=reading.places,
    )


def _read_name(document: Document, reading: Reading) -> str:
    """Return the network's name, `network` when none is written."""
    if document.name is None:
        return UNNAMED
    node = document.name.value
    if not isinstance(node, Scalar):
        if not isinstance(node, Refused):
            reading.findings.error("E0305", "`name` must be text", document.name.key.span)
        return UNNAMED
    try:
        return read_text("name", node, NAME)
    except ValueProblemError as problem:
        reading.findings.error(problem.code, problem.message, node.span, help=(problem.help,))
        return UNNAMED


def _refuse_empty(sources: Sequence[Source], trees: Sequence[Table | None], reading: Reading) -> None:
    is_unread = any(item.code == "E0312" for item in reading.findings.items)  # a file that was left out
    if not reading.is_complete or reading.broken.get("node") or is_unread:
        return  # that has its finding
    span = next((tree.span for tree in trees if tree is not None), None)
    help_ = (
        ("declare the routers below `nodes:`",) if sources else ("name a file with `--topology`, or in intentc.toml",)
    )
    reading.findings.error("E0336", "the topology has no nodes", span, help=help_)
