"""The network as loaded: frozen, sorted by name, every element with its place in the YAML."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from intentc.diagnostics import Span
from intentc.values import field, frozen

if TYPE_CHECKING:
    import networkx as nx

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
IPInterface = ipaddress.IPv4Interface | ipaddress.IPv6Interface
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
LabelValue = str | int | bool

# Of n equal flows on k members the busiest has a share whose standard deviation is sqrt((k - 1) / n) of the fair one: a quarter
# is three of them for 144 flows on two members, 432 on four. Few large flows are worse (RFC 7424, section 2).
DEFAULT_HASH_IMBALANCE_PPB = 250_000_000

# The mean of seven packets of 40 bytes, four of 576 and one of 1500, the usual simple mix of the Internet.
DEFAULT_MEAN_PACKET = 340


@frozen
class Region:
    """A region; `parent` is the one that directly contains it."""

    name: str
    parent: str | None
    span: Span


@frozen
class Bfd:
    """BFD timers of a node or network (RFC 5880): detection is `multiplier` × the larger of both ends' intervals."""

    interval_us: int
    multiplier: int


@frozen
class FlexAlgo:
    """The definition of a Flexible Algorithm (RFC 9350): what its paths minimise, and over which links they may run.

    A link with any affinity of `exclude_any` is left out; where `include_any` names some it needs one of them, and it needs
    all of `include_all`. `places` has where each affinity stands.
    """

    number: int  # 128 to 255
    metric: str  # igp | delay | te
    exclude_any: tuple[str, ...]
    include_any: tuple[str, ...]
    include_all: tuple[str, ...]
    span: Span
    places: Mapping[str, Span] = field(default_factory=dict, repr=False, compare=False)

    def admits(self, affinity: Collection[str]) -> bool:
        """Return whether a link with these affinities may be used (RFC 9350, section 13)."""
        own = set(affinity)
        has_one = not self.include_any or not own.isdisjoint(self.include_any)
        return has_one and own.isdisjoint(self.exclude_any) and own.issuperset(self.include_all)


@frozen
class Routing:
    """What the network runs. `bfd` None: the underlay runs none and intentc owns it where an intent needs it.

    `hash_imbalance_ppb`: by how much the share of a member of equal-cost paths may exceed its fair one. `host_mtu`: the largest
    packet (bytes) that hosts send; None: nobody said, they find out (path MTU discovery). `mean_packet`: the size (bytes) for
    which the overhead of tunnels is counted.
    """

    igp: str  # isis | ospf
    is_managed: bool  # metrics are written by intentc
    bfd: Bfd | None
    span: Span | None
    process: str | None = None  # what the routers call the IGP's process, where they have to be told
    flex_algos: Mapping[int, FlexAlgo] = field(default_factory=dict)  # by number, sorted
    hash_imbalance_ppb: int = DEFAULT_HASH_IMBALANCE_PPB
    host_mtu: int | None = None
    mean_packet: int = DEFAULT_MEAN_PACKET


@frozen
class Collector:
    name: str
    address: IPAddress
    region: str | None
    span: Span
    port: int = 57_500  # where devices send to that call the collector themselves


@frozen
class Site:
    name: str
    region: str | None
    role: str | None
    location: tuple[float, float] | None  # latitude, longitude in degrees
    labels: Mapping[str, LabelValue]
    span: Span


@frozen
class Attachment:
    """A prefix whose hosts hang on a node. `trust` is `none`, `dscp` or `fabric`; `interface` None: the labs make a port."""

    prefix: IPNetwork
    interface: str | None
    trust: str
    vrf: str
    span: Span


@frozen
class SegmentRouting:
    """A node's prefix SID, label block and depth. It takes part in the algorithms in `flex_algos`, with that SID index in each."""

    index: int
    srgb: tuple[int, int]
    max_sid_depth: int | None
    flex_algos: Mapping[int, int] = field(default_factory=dict)  # by number, sorted


@frozen
class Management:
    """How a device is reached; `credentials` names a table in intentc.toml, `host_key` pins a public key (OpenSSH text)."""

    host: str
    transport: str | None
    port: int | None
    credentials: str
    host_key: str | None
    span: Span


@frozen
class Node:
    """A router or other forwarding element. `region` is its own or its site's; `release` None when not written."""

    name: str
    site: str | None
    region: str | None
    role: str | None
    platform: str  # a target's name or "none"
    release: str | None
    chassis: str | None
    loopback: IPInterface | None
    loopback6: IPInterface | None
    segment_routing: SegmentRouting | None
    attached: tuple[Attachment, ...]
    management: Management | None
    bfd: Bfd | None
    transit: bool
    state: str  # up | drained | planned
    labels: Mapping[str, LabelValue]
    span: Span


@frozen
class Directional:
    """A value per direction: `ab` from end a to end b, `ba` back."""

    ab: int
    ba: int

    def towards(self, *, is_ab: bool) -> int:
        """Return the value of one direction."""
        return self.ab if is_ab else self.ba


@frozen
class LinkEnd:
    """`node:interface` with the addresses on it; `interface` None when the topology names none (the labs make one)."""

    node: str
    interface: str | None
    address: IPInterface | None
    address6: IPInterface | None


@frozen
class Link:
    """A link between two nodes; rates in bps, times in ns, ratios in ppb, cost in money per month and Mbps.

    `crosses` None: nobody said which regions it passes through. `encryption` is `macsec`, `ipsec` or None.
    `latency_ns` None: neither given nor derivable; an intent whose bound needs it cannot be promised.
    `is_latency_estimated`: derived from the locations of its ends, not given. `affinity` are its administrative groups, by
    name; `te_metric` None: it advertises none.
    """

    id: str
    a: LinkEnd
    b: LinkEnd
    capacity_bps: Directional
    latency_ns: Directional | None
    is_latency_estimated: bool
    igp_metric: Directional
    mtu: int
    cost: Directional
    srlgs: tuple[str, ...]
    provider: str | None
    media: str | None
    encryption: str | None
    crosses: tuple[str, ...] | None
    loss_ppb: int | None
    jitter_ns: int | None
    background_bps: Directional
    queue_bytes: int | None
    state: str  # up | drained | planned
    upgrade: Upgrade | None
    over: tuple[str, ...]
    overhead_bytes: int
    labels: Mapping[str, LabelValue]
    span: Span
    affinity: tuple[str, ...] = ()
    te_metric: Directional | None = None

    def end(self, node: str) -> LinkEnd:
        """Return the end at `node`."""
        return self.a if self.a.node == node else self.b

    def other(self, node: str) -> str:
        """Return the node at the other end."""
        return self.b.node if self.a.node == node else self.a.node

    def is_ab(self, sender: str) -> bool:
        """Return whether traffic sent by `sender` runs from a to b."""
        return self.a.node == sender


@frozen
class Upgrade:
    to_bps: int
    cost: int


@frozen
class Topology:
    """The whole network; mappings are in natural order of their keys. Built by `topology.load` only.

    `broken` has, by kind (`region site node link collector`), the names of elements that are left out because of a finding,
    and `is_complete` is False when a file or section could not be read: who misses a name then says nothing of it.
    `places` has where the fields of each element stand, by kind and name. `sharers`: the nodes of which nobody knows that their
    ports serve what is guaranteed before anything else, `shapers` those of which nobody knows that the cap of a strict class lets the bursts
    pass that were admitted; targets tell (`render.sharing`), not the files.
    """

    name: str
    regions: Mapping[str, Region]
    routing: Routing
    collectors: Mapping[str, Collector]
    sites: Mapping[str, Site]
    nodes: Mapping[str, Node]
    links: Mapping[str, Link]
    sources: tuple[str, ...] = field(default=())  # paths of the files, sorted
    is_complete: bool = True
    broken: Mapping[str, frozenset[str]] = field(default_factory=dict)
    places: Mapping[tuple[str, str], Mapping[str, Span]] = field(default_factory=dict, repr=False, compare=False)
    sharers: frozenset[str] = frozenset()
    shapers: frozenset[str] = frozenset()

    def is_broken(self, kind: str, name: str) -> bool:
        """Return whether `name` is missing for a reason that already has its finding."""
        return not self.is_complete or name in self.broken.get(kind, ())

    def span_of(self, kind: str, name: str, path: str) -> Span:
        """Return where a field stands (`capacity`, `management.host`, `addresses.1`), else where its element does."""
        found = self.places.get((kind, name), {}).get(path)
        return self._element(kind, name).span if found is None else found

    @property
    def transports(self) -> dict[str, str]:
        """Return what nodes ask to be configured over, by node; those that ask for nothing are left out."""
        asked = ((name, node.management) for name, node in self.nodes.items() if node.management is not None)
        return {name: management.transport for name, management in asked if management.transport is not None}

    def _element(self, kind: str, name: str) -> Region | Collector | Site | Node | Link:
        if kind == "node":
            return self.nodes[name]
        if kind == "link":
            return self.links[name]
        if kind == "site":
            return self.sites[name]
        return self.regions[name] if kind == "region" else self.collectors[name]

    @cached_property
    def riders(self) -> Mapping[str, tuple[str, ...]]:
        """Links that fail with each link because they run over it, directly or through others, sorted."""
        found: dict[str, set[str]] = {name: set() for name in self.links}
        for name, link in self.links.items():
            below = list(link.over)
            while below:
                carrier = below.pop()
                if name not in found[carrier]:
                    found[carrier].add(name)
                    below += self.links[carrier].over
        return {name: tuple(sorted(riders)) for name, riders in found.items()}

    @cached_property
    def links_of(self) -> Mapping[str, tuple[Link, ...]]:
        """Links at each node, in the order of `links` (links that are `planned` do not exist yet and are left out)."""
        found: dict[str, list[Link]] = {name: [] for name in self.nodes}
        for link in self.links.values():
            if link.state != "planned":
                found[link.a.node].append(link)
                found[link.b.node].append(link)
        return {name: tuple(links) for name, links in found.items()}

    @cached_property
    def nodes_of_site(self) -> Mapping[str, tuple[str, ...]]:
        """Names of the nodes of each site, sorted."""
        found: dict[str, list[str]] = {name: [] for name in self.sites}
        for node in self.nodes.values():
            if node.site is not None:
                found[node.site].append(node.name)
        return {name: tuple(sorted(nodes)) for name, nodes in found.items()}

    @cached_property
    def srlgs(self) -> Mapping[str, tuple[str, ...]]:
        """Link ids of each SRLG, both sorted; a link without an SRLG is one of its own (named by its id)."""
        found: dict[str, list[str]] = {}
        for link in self.links.values():
            for name in link.srlgs or (link.id,):
                found.setdefault(name, []).append(link.id)
        return {name: tuple(sorted(found[name])) for name in sorted(found)}

    def is_within(self, region: str | None, ancestor: str) -> bool:
        """Return whether `region` is `ancestor` or lies below it."""
        seen = 0
        while region is not None and seen <= len(self.regions):
            if region == ancestor:
                return True
            region = self.regions[region].parent if region in self.regions else None
            seen += 1
        return False

    def graph(self) -> nx.MultiGraph[str]:
        """Return the network as a `networkx.MultiGraph`: node attribute `node`, edge key = link id, edge attribute `link`."""
        import networkx as nx  # noqa: PLC0415  (costs 100 ms; only those who ask pay)

        graph: nx.MultiGraph[str] = nx.MultiGraph(name=self.name)
        for node in self.nodes.values():
            graph.add_node(node.name, node=node)
        for link in self.links.values():
            graph.add_edge(link.a.node, link.b.node, key=link.id, link=link)
        return graph
