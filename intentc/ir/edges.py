"""Edge ports: where hosts hang on a device, and whether their DSCP is believed."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.ir.ground import Ground
from intentc.ir.model import EdgePort
from intentc.topology.model import Attachment, Node

_TRUST_RANK = {"none": 0, "dscp": 1, "fabric": 2}


def lower_edges(ground: Ground) -> Mapping[str, tuple[EdgePort, ...]]:
    """Return the edge ports of every device that marks; none while nothing is asked, as nothing needs a boundary then.

    Where attachments of one port disagree, the least trust holds: a packet does not say behind which prefix it was sent.
    """
    if not ground.demands and not ground.realised.model.isolations:
        return {}
    whole: Mapping[str, tuple[EdgePort, ...]] = ground.again("edges", "", (), lambda: _all_ports(ground))
    return whole


def _all_ports(ground: Ground) -> Mapping[str, tuple[EdgePort, ...]]:
    return {name: _ports(ground.topology.nodes[name]) for name in ground.nodes_that_can("marking")}


def _ports(node: Node) -> tuple[EdgePort, ...]:
    found: dict[str, list[Attachment]] = {}
    for attachment in node.attached:
        if attachment.interface is not None:
            found.setdefault(attachment.interface, []).append(attachment)
    return tuple(_port(name, found[name]) for name in sorted(found))


def _port(interface: str, attachments: list[Attachment]) -> EdgePort:
    trust = min((item.trust for item in attachments), key=lambda name: _TRUST_RANK[name])
    return EdgePort(interface, trust, tuple(sorted({str(item.prefix) for item in attachments})))
