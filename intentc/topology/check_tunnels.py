"""Tunnels of which the topology does not say how they run over the links below them."""

from __future__ import annotations

from intentc.diagnostics import Findings
from intentc.topology.model import Link, Topology


def check_tunnels(topology: Topology, findings: Findings) -> None:
    """Warn of every tunnel whose links do not lead from its one end to the other, in the order of `over` (W0305)."""
    for link in topology.links.values():
        if link.over and not _leads(topology, link):
            names = ", ".join(f"`{name}`" for name in link.over)
            findings.error(
                "W0305",
                f"{names} {'does' if len(link.over) == 1 else 'do'} not lead from `{link.a.node}` to `{link.b.node}`,"
                f" the ends of `{link.id}`",
                topology.span_of("link", link.id, "over"),
                help=("name all links that carry the tunnel, in their order from `a` to `b`",),
            )


def _leads(topology: Topology, tunnel: Link) -> bool:
    here = tunnel.a.node
    for name in tunnel.over:
        link = topology.links[name]
        if here not in (link.a.node, link.b.node):
            return False
        here = link.other(here)
    return here == tunnel.b.node
