"""Parts of the network that no link connects."""

from __future__ import annotations

from intentc.diagnostics import Findings, Label
from intentc.topology.model import Topology

_SHOWN = 5


def check_connected(topology: Topology, findings: Findings) -> None:
    """Warn of every part but the largest (W0302); planned nodes and links are not there yet.

    A warning, for two islands are no contradiction; a demand between them is the placement's error. Nothing is said where
    nodes or links are left out: what looks like an island may hang on them.
    """
    if not topology.is_complete or topology.broken.get("node") or topology.broken.get("link"):
        return
    parts = sorted(_parts(topology), key=lambda part: -len(part))  # stable: equal ones in natural order
    for part in parts[1:]:
        first, *others = part
        names = ", ".join(f"`{name}`" for name in part[:_SHOWN])
        more = f" and {len(part) - _SHOWN} more" if len(part) > _SHOWN else ""
        findings.error(
            "W0302",
            f"no link connects {names}{more} with the rest of the network",
            topology.nodes[first].span,
            node=first,
            related=tuple(Label(topology.nodes[name].span, "in the same part") for name in others[:_SHOWN]),
            help=("add a link, or leave these nodes out",),
        )


def _parts(topology: Topology) -> list[list[str]]:
    """Return the connected components; nodes and components in natural order."""
    part_of: dict[str, list[str]] = {}
    parts: list[list[str]] = []
    for start, node in topology.nodes.items():
        if start in part_of or node.state == "planned":
            continue
        part: list[str] = []
        parts.append(part)
        part_of[start] = part
        waiting = [start]
        while waiting:
            name = waiting.pop()
            part.append(name)
            for link in topology.links_of[name]:
                other = link.other(name)
                if other not in part_of and topology.nodes[other].state != "planned":
                    part_of[other] = part
                    waiting.append(other)
    order = {name: index for index, name in enumerate(topology.nodes)}
    return [sorted(part, key=order.__getitem__) for part in parts]
