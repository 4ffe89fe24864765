"""What nodes and links need to run as routers."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.diagnostics import Findings, Label
from intentc.topology.model import Node, Topology
from intentc.topology.nodes import UNMANAGED

SMALLEST_IPV6_MTU = 1280  # RFC 8200 §5


def check_nodes(topology: Topology, findings: Findings) -> None:
    """Report managed nodes without a loopback (E0331), SID indexes that stand twice or outside of a block (E0332) and links too small for IPv6 (E0333)."""
    for node in topology.nodes.values():
        if node.platform != UNMANAGED and node.loopback is None and node.loopback6 is None:
            findings.error(
                "E0331",
                f"node `{node.name}` has no loopback",
                node.span,
                node=node.name,
                help=(
                    "write `loopback: A.B.C.D/32` or `loopback6: …/128`, or `platform: none` if nobody configures it",
                ),
            )
    _check_indexes(topology, findings)
    _check_blocks(topology, findings)
    _check_mtu(topology, findings)


def _check_indexes(topology: Topology, findings: Findings) -> None:
    """Every index is one place in the label blocks, whatever algorithm it is for."""
    owners: dict[int, tuple[Node, str, str]] = {}
    for node in topology.nodes.values():
        for index, path, where in _indexes(node):
            first, first_path, first_where = owners.setdefault(index, (node, path, where))
            if (first, first_path) == (node, path):
                continue
            findings.error(
                "E0332",
                f"the SID index {index} belongs to `{first.name}`{first_where} and to `{node.name}`{where}",
                topology.span_of("node", node.name, path),
                node=node.name,
                related=(Label(topology.span_of("node", first.name, first_path), f"of `{first.name}`{first_where}"),),
                help=("give each node an index of its own, in each algorithm",),
            )


def _indexes(node: Node) -> Iterator[tuple[int, str, str]]:
    """Yield the SID indexes of a node, the field of each, and the words for its algorithm."""
    routing = node.segment_routing
    if routing is not None:
        yield routing.index, "segment_routing.index", ""
        for number, index in routing.flex_algos.items():
            yield index, f"segment_routing.flex_algos.{number}", f" in algorithm {number}"


def _check_blocks(topology: Topology, findings: Findings) -> None:
    """Every router reads an index in its own block (RFC 8660, section 2.4), so it has to lie in all of those that may be asked to.

    Indexes of an algorithm are read by the nodes that take part in it. That of a node outside of its own block has its finding.
    """
    smallest: dict[str, Node] = {}  # by algorithm: the reader with the fewest labels
    for node in topology.nodes.values():
        for index, path, where in _indexes(node):
            algorithm = path.rpartition(".")[2] if where else ""
            if algorithm not in smallest:
                readers = [other for other in topology.nodes.values() if _reads(other, algorithm)]
                smallest[algorithm] = min(readers, key=lambda other: (_labels(other), other.name))
            other = smallest[algorithm]
            labels = _labels(other)
            if index >= labels and index < _labels(node):
                findings.error(
                    "E0332",
                    f"the SID index {index} of `{node.name}`{where} is outside of the block of `{other.name}`, which has {labels} labels",
                    topology.span_of("node", node.name, path),
                    node=node.name,
                    related=(Label(topology.span_of("node", other.name, "segment_routing.srgb"), "this block"),),
                    help=(f"give `{node.name}` an index below {labels}, or `{other.name}` a larger block",),
                )


def _reads(node: Node, algorithm: str) -> bool:
    """Return whether packets with a label of an algorithm ("": the IGP's own) may come to a node."""
    routing = node.segment_routing
    return routing is not None and (not algorithm or int(algorithm) in routing.flex_algos)


def _labels(node: Node) -> int:
    """Return the size of a node's label block."""
    routing = node.segment_routing
    return 0 if routing is None else routing.srgb[1] - routing.srgb[0] + 1


def _check_mtu(topology: Topology, findings: Findings) -> None:
    nodes = topology.nodes.values()
    has_ipv6 = any(
        node.loopback6 is not None or any(item.prefix.version == 6 for item in node.attached) for node in nodes
    )
    for link in topology.links.values():
        if link.mtu < SMALLEST_IPV6_MTU and (has_ipv6 or link.a.address6 is not None or link.b.address6 is not None):
            findings.error(
                "E0333",
                f"link `{link.id}` is too small for IPv6: its MTU is {link.mtu}",
                topology.span_of("link", link.id, "mtu"),
                help=(f"IPv6 needs at least {SMALLEST_IPV6_MTU} bytes on every link",),
            )
