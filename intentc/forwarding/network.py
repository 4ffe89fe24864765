"""The network as arrays of small integers: what the search, the simulation and the capacity books count with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import gcd, lcm
from typing import TYPE_CHECKING

from intentc.native import compiled
from intentc.topology.crossings import crossings
from intentc.topology.model import Directional, Link, Node, Topology
from intentc.values import replace, unique

if TYPE_CHECKING:
    from intentc.native.figures import Figures, Names
    from intentc.native.graph import Graph

LAST_RESORT = {"isis": 16_777_214, "ospf": 65_535}  # highest metric still used: RFC 5305 §3, RFC 2328 appendix B
_BITS_PER_BYTE = 8
_US_PER_S = 1_000_000
_LONGEST = 1 << 48  # of the times that kernels add up
_FEW_NODES = 1_000
ArcsAt = tuple[tuple[int, ...], ...]  # by node


@unique
class Network:
    """Nodes and links by index, in sorted order of their names; what is `planned` is left out.

    An *arc* is one direction of a link: `2 * link` from its end a to its end b, `2 * link + 1` back, so that `arc ^ 1` is
    the other direction and `arc >> 1` the link. Per arc: `tail`, `head`, IGP `metric`, `propagation_ns` (None: nobody
    knows), `capacity_bps`, `background_bps`, and `packet_units`, the time of one packet of the link's MTU in µs ×
    `units_per_us`. `has_transit`: the node carries other people's traffic. `has_overload`: the IGP does not route through
    it (IS-IS overload bit, RFC 3787 §4). `drained` links carry nothing, nor do the links of drained nodes. `under`: the arcs
    that packets on an arc of a tunnel take below it, with the bytes around each; `above`: the arcs of tunnels over an arc.
    `graph`, `figures` and `names`: the same for compiled kernels; None where there are none, or what they count with outgrows words.
    """

    topology: Topology
    nodes: tuple[str, ...]
    links: tuple[str, ...]
    node_index: Mapping[str, int]
    link_index: Mapping[str, int]
    tail: tuple[int, ...]
    head: tuple[int, ...]
    leaving: ArcsAt
    entering: ArcsAt
    metric: tuple[int, ...]
    has_transit: tuple[bool, ...]
    has_overload: tuple[bool, ...]
    drained: frozenset[int]
    propagation_ns: tuple[int | None, ...]
    packet_units: tuple[int, ...]
    units_per_us: int
    capacity_bps: tuple[int, ...]
    background_bps: tuple[int, ...]
    under: Mapping[int, tuple[tuple[int, int], ...]]
    above: Mapping[int, frozenset[int]]
    graph: Graph | None = None
    figures: Figures | None = None
    names: Names | None = None

    def link_of(self, arc: int) -> Link:
        """Return the link that an arc is a direction of."""
        return self.topology.links[self.links[arc >> 1]]

    def link_bit(self, link: int) -> int:
        """Return the bit that stands for a link in the masks of outages and footprints."""
        return 1 << link

    def node_bit(self, node: int) -> int:
        """Return the bit that stands for a node in the masks of outages and footprints."""
        return 1 << (len(self.links) + node)

    def mask_of(self, start: int, arcs: Iterable[int]) -> int:
        """Return the bits of a node, and of some arcs with the nodes that they lead to."""
        return mask_twin(self, start, arcs) if self.names is None else self.names.mask(start, arcs)

    def nodes_along(self, start: int, arcs: tuple[int, ...]) -> tuple[int, ...]:
        """Return the nodes of a path, the first one included."""
        return (start, *map(self.head.__getitem__, arcs))


def mask_twin(network: Network, start: int, arcs: Iterable[int]) -> int:
    """Return what `native.figures.Names.mask` does, without a kernel."""
    mask = network.node_bit(start)
    for arc in arcs:
        mask |= network.link_bit(arc >> 1) | network.node_bit(network.head[arc])
    return mask


def kept_of(network: Network, most: int) -> int:
    """Return how many paths or trees are kept of a network: `most`, and fewer, down to a sixteenth, where each is larger."""
    return max(most // 16, most * _FEW_NODES // max(_FEW_NODES, len(network.nodes)))


def build_network(topology: Topology) -> Network:
    """Return the arrays of a topology."""
    nodes = tuple(sorted(node.name for node in topology.nodes.values() if node.state != "planned"))
    index = {name: position for position, name in enumerate(nodes)}
    links = [topology.links[name] for name in sorted(topology.links)]
    links = [link for link in links if link.state != "planned" and link.a.node in index and link.b.node in index]
    ends = [(index[link.a.node], index[link.b.node]) for link in links]
    tail = tuple(node for a, b in ends for node in (a, b))
    head = tuple(node for a, b in ends for node in (b, a))
    units, units_per_us = _packet_units(links)
    placed = [topology.nodes[name] for name in nodes]
    link_index = {link.id: position for position, link in enumerate(links)}
    under = _under(topology, link_index)
    leaving, entering = _arcs_at(tail, len(nodes)), _arcs_at(head, len(nodes))
    metric = tuple(cost for link in links for cost in _metrics(topology, link))
    has_transit = tuple(_has_transit(node) for node in placed)
    has_overload = tuple(topology.routing.igp == "isis" and not is_transit for is_transit in has_transit)
    found = Network(
        topology=topology,
        nodes=nodes,
        links=tuple(link.id for link in links),
        node_index=index,
        link_index=link_index,
        tail=tail,
        head=head,
        leaving=leaving,
        entering=entering,
        metric=metric,
        has_transit=has_transit,
        has_overload=has_overload,
        drained=frozenset(position for position, link in enumerate(links) if _is_drained(topology, link)),
        propagation_ns=_per_arc([_latency(link) for link in links]),
        packet_units=units,
        units_per_us=units_per_us,
        capacity_bps=tuple(rate for link in links for rate in (link.capacity_bps.ab, link.capacity_bps.ba)),
        background_bps=tuple(rate for link in links for rate in (link.background_bps.ab, link.background_bps.ba)),
        under=under,
        above=_turned(under),
    )
    return _with_graph(found)


def view_of(network: Network, leaving: ArcsAt, entering: ArcsAt, metric: tuple[int, ...]) -> Network:
    """Return a network with fewer arcs at its nodes, and other metrics: as a routing process sees it that is not the IGP."""
    return _with_graph(replace(network, leaving=leaving, entering=entering, metric=metric))


def _with_graph(network: Network) -> Network:
    """Return a network with its arrays for compiled kernels, if there are any."""
    kernels = compiled("graph")
    if kernels is None:
        return network
    routes = (network.tail, network.head, network.metric, network.leaving, network.entering)
    graph = kernels.Graph(*routes, network.has_transit, network.has_overload)
    return replace(network, graph=graph, figures=_figures(network, graph), names=_names(network, graph))


def _figures(network: Network, graph: Graph) -> Figures | None:
    kernels, delays = compiled("figures"), tuple([delay or 0 for delay in network.propagation_ns])
    if kernels is None or max((*delays, *network.packet_units), default=0) > _LONGEST:
        return None
    found: Figures = kernels.Figures(graph, delays, network.packet_units)
    return found


def _names(network: Network, graph: Graph) -> Names | None:
    kernels = compiled("figures")
    found: Names | None = None if kernels is None else kernels.Names(graph, network.nodes, network.links)
    return found


def _under(topology: Topology, index: Mapping[str, int]) -> dict[int, tuple[tuple[int, int], ...]]:
    """Return the arcs below those of tunnels, with the bytes around packets; what is planned is left out."""
    return {
        2 * index[name] + (not is_ab): tuple(
            (2 * index[each.link] + (not each.is_ab), each.extra) for each in below if each.link in index
        )
        for (name, is_ab), below in crossings(topology).items()
        if name in index
    }


def _turned(under: Mapping[int, tuple[tuple[int, int], ...]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for arc, below in under.items():
        for low, _ in below:
            found.setdefault(low, set()).add(arc)
    return {low: frozenset(arcs) for low, arcs in found.items()}


def _arcs_at(end: tuple[int, ...], nodes: int) -> ArcsAt:
    found: list[list[int]] = [[] for _ in range(nodes)]
    for arc, node in enumerate(end):
        found[node].append(arc)
    return tuple(tuple(arcs) for arcs in found)


def _has_transit(node: Node) -> bool:
    return node.transit and node.state == "up"


def _is_drained(topology: Topology, link: Link) -> bool:
    return "drained" in (link.state, topology.nodes[link.a.node].state, topology.nodes[link.b.node].state)


def _metrics(topology: Topology, link: Link) -> tuple[int, int]:
    """Return the metrics of both directions; a stub router of OSPF announces the highest one (RFC 6987)."""
    igp = topology.routing.igp
    if _is_drained(topology, link):
        return LAST_RESORT[igp], LAST_RESORT[igp]
    ends = topology.nodes[link.a.node], topology.nodes[link.b.node]
    ab, ba = (
        LAST_RESORT[igp] if igp == "ospf" and not _has_transit(end) else metric
        for end, metric in zip(ends, (link.igp_metric.ab, link.igp_metric.ba), strict=True)
    )
    return ab, ba


def _latency(link: Link) -> Directional | None:
    return link.latency_ns


def _per_arc(values: list[Directional | None]) -> tuple[int | None, ...]:
    return tuple(side for value in values for side in ((value.ab, value.ba) if value is not None else (None, None)))


def _packet_units(links: list[Link]) -> tuple[tuple[int, ...], int]:
    """Return the exact time of one packet per arc, as integers over the least common denominator, and that denominator."""
    rates = [rate for link in links for rate in (link.capacity_bps.ab, link.capacity_bps.ba)]
    bits = [link.mtu * _BITS_PER_BYTE * _US_PER_S for link in links for _ in range(2)]
    common = lcm(*rates) if rates else 1
    times = [size * (common // rate) for size, rate in zip(bits, rates, strict=True)]
    shared = gcd(common, *times)
    return tuple(time // shared for time in times), common // shared
