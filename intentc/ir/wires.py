"""What the ends of links are called: targets name a hop by its port, or by the address at its far end."""

from __future__ import annotations

from intentc.ir.model import WireEnd
from intentc.topology.model import IPInterface, LinkEnd, Topology


def wires(topology: Topology) -> dict[tuple[str, str], WireEnd]:
    """Return both ends of every link by link and node, sorted."""
    found: dict[tuple[str, str], WireEnd] = {}
    for name, link in topology.links.items():
        for own, other in ((link.a, link.b), (link.b, link.a)):
            found[name, own.node] = _end(own, other)
    return dict(sorted(found.items()))


def _end(own: LinkEnd, other: LinkEnd) -> WireEnd:
    return WireEnd(
        node=own.node,
        interface=own.interface,
        address=_text(own.address),
        address6=_text(own.address6),
        peer=other.node,
        peer_address=_text(other.address),
        peer_address6=_text(other.address6),
    )


def _text(interface: IPInterface | None) -> str | None:
    return None if interface is None else str(interface.ip)
