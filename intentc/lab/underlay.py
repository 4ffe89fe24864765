"""What one router of a lab runs by itself: its links, ports, timers and metrics."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.lab.model import Host, Layout
from intentc.topology.model import Bfd, Link, Node, Topology
from intentc.values import frozen

PROVIDER_BFD = Bfd(interval_us=300_000, multiplier=3)  # what a node of platform `none` answers unless it says otherwise
BFD_PROFILE = "underlay"
DEFAULT_SRGB = (16_000, 23_999)  # of FRR, which shows only another one
HELLO_S = 1  # a lab should come up fast


@frozen
class Underlay:
    """One router's part of the network; `index` counts the routers from 1 and `bfd` None means that it runs none."""

    node: Node
    index: int
    links: tuple[Link, ...]
    hosts: tuple[Host, ...]
    bfd: Bfd | None
    topology: Topology

    def versions(self) -> tuple[int, ...]:
        """Return the IP versions that the router's links and loopbacks use."""
        return versions(self.node, self.links)

    def router_id(self) -> str:
        """Return the IPv4 loopback, else an address made of the index: the IGPs want 32 bits even without IPv4."""
        if self.node.loopback is not None:
            return str(self.node.loopback.ip)
        return f"0.0.{self.index // 256}.{self.index % 256}"


def versions(node: Node, links: Sequence[Link]) -> tuple[int, ...]:
    """Return the IP versions that the links and loopbacks of a node use."""
    ends = [link.end(node.name) for link in links]
    has4 = node.loopback is not None or any(end.address is not None for end in ends)
    has6 = node.loopback6 is not None or any(end.address6 is not None for end in ends)
    return (*((4,) if has4 else ()), *((6,) if has6 else ()))


def underlay(layout: Layout, name: str) -> Underlay:
    """Return the underlay of one router."""
    topology = layout.topology
    return Underlay(
        node=topology.nodes[name],
        index=list(topology.nodes).index(name) + 1,
        links=topology.links_of[name],
        hosts=tuple(host for host in layout.hosts if host.router == name),
        bfd=bfd_of(topology.nodes[name], topology),
        topology=topology,
    )


def bfd_of(node: Node, topology: Topology) -> Bfd | None:
    """Return the timers that a node runs without any intent, None when the underlay leaves BFD to intentc."""
    return node.bfd or topology.routing.bfd or (PROVIDER_BFD if node.platform == "none" else None)


def has_bfd(link: Link, topology: Topology) -> bool:
    """Return whether both ends of a link run BFD in the underlay."""
    return all(bfd_of(topology.nodes[end.node], topology) is not None for end in (link.a, link.b))


def ospf_links(router: Underlay, family: int) -> list[str]:
    """Return the links on which the router has an OSPF neighbour for an IP version, none when the IGP is another."""
    if router.topology.routing.igp != "ospf" or family not in router.versions():
        return []
    return [link.id for link in router.links if _can_meet(link, family, router.topology)]


def _can_meet(link: Link, family: int, topology: Topology) -> bool:
    """Return whether both ends speak an IP version: IPv6 needs no address of the link's own, IPv4 does."""
    if family == 4:
        return all(end.address is not None for end in (link.a, link.b))
    return all(6 in versions(topology.nodes[end.node], topology.links_of[end.node]) for end in (link.a, link.b))


def is_drained(link: Link, topology: Topology) -> bool:
    """Return whether a link, or a node at one of its ends, is drained."""
    return "drained" in (link.state, *(topology.nodes[end.node].state for end in (link.a, link.b)))
