"""How the ports of each node schedule, as far as anybody knows: the data of their targets tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from intentc.diagnostics import Findings
from intentc.render.capabilities import NONE
from intentc.render.chassis import find_chassis
from intentc.targetkit.model import Target
from intentc.topology.model import Node, Topology
from intentc.values import replace


def with_schedulers(topology: Topology, targets: Mapping[str, Target]) -> Topology:
    """Return the topology with its `sharers`, the nodes whose target does not say that guarantees come first, and its `shapers`, those

    of which it does not say that the cap of a strict class is told the bursts that were admitted. Of nodes that nobody configures
    (`platform: none`) nothing is said here: what is promised of them is assumed anyway.
    """

    def without(is_sure: Callable[[Node, Target], bool]) -> frozenset[str]:
        nodes = [node for node in topology.nodes.values() if node.platform != NONE]
        known = ((node, targets.get(node.platform)) for node in nodes)
        return frozenset(node.name for node, target in known if target is None or not is_sure(node, target))

    sharers, shapers = without(lambda _node, target: target.is_by_guarantee), without(_is_cap_with_bursts)
    if (sharers, shapers) == (topology.sharers, topology.shapers):
        return topology
    return replace(topology, sharers=sharers, shapers=shapers)


def _is_cap_with_bursts(node: Node, target: Target) -> bool:
    """Return whether a strict class's cap lets admitted bursts pass: on all hardware of the target, or on the node's own."""
    if target.is_cap_with_bursts or not any(kind.is_cap_with_bursts for kind in target.chassis.values()):
        return target.is_cap_with_bursts
    kind = find_chassis(
        node, target, Findings()
    )  # hardware that nobody knows is found where it is asked what it can do
    return kind is not None and target.chassis[kind].is_cap_with_bursts
