"""What the packets of a demand's entry do in one state, by simulation."""

from __future__ import annotations

from intentc.manifest.elements import Elements
from intentc.topology.model import Topology
from intentc.verify.case import Case, World
from intentc.verify.ground import Ground
from intentc.verify.simulate import Outcome, Packets, follow, rules_of


def behaviour(world: World, case: Case, failed: Elements) -> Outcome:
    """Return where the packets of `case` go when `failed` is down."""
    routing = world.routing(failed)
    prefixes = sorted({flow.destination for flow in case.entry.match})
    kinds = sorted({routing.holders(prefix) for prefix in prefixes}, key=sorted)
    fenced = fences(world.topology, case.asked.ground, case.wanted.destination.nodes)
    return follow(routing, Packets(case.entry.source, tuple(kinds), fenced), rules_of(case.entry.steering))


def fences(topology: Topology, ground: Ground, ends: tuple[str, ...]) -> frozenset[str]:
    """Return the links that packets never enter: the forbidden ones, and those around nodes that could let them out.

    A node that is not ours to configure cannot hold packets back from a forbidden link beside it, so they must not reach
    it, unless they end there; that in turn makes its other links forbidden for such a neighbour.
    """
    fenced = set(ground.banned_links)
    fenced |= {link.id for node in ground.banned_nodes for link in topology.links_of.get(node, ())}
    open_nodes = {name for name, node in topology.nodes.items() if node.platform == "none" and name not in ends}
    while leaky := {name for name in open_nodes if any(link.id in fenced for link in topology.links_of[name])}:
        fenced |= {link.id for name in leaky for link in topology.links_of[name]}
        open_nodes -= leaky
    return frozenset(fenced)
