"""At which nodes classes share a link by weights, as far as anybody knows: the data of their targets tell."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.render.capabilities import NONE
from intentc.targetkit.model import Target
from intentc.topology.model import Topology
from intentc.values import replace


def with_sharers(topology: Topology, targets: Mapping[str, Target]) -> Topology:
    """Return the topology with its `sharers`: the nodes whose target does not say that guarantees come first.

    Of nodes that nobody configures (`platform: none`) nothing is said here: what is promised of them is assumed anyway.
    """
    sure = {NONE, *(name for name, target in targets.items() if target.is_by_guarantee)}
    sharers = frozenset(name for name, node in topology.nodes.items() if node.platform not in sure)
    return topology if sharers == topology.sharers else replace(topology, sharers=sharers)
