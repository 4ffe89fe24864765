"""A second opinion on the paths of Flexible Algorithms (RFC 9350), beside that of `support_forwarding` on the IGP's."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from support_forwarding import Plain, Taken

from intentc.topology.model import FlexAlgo


@dataclass
class PlainAlgorithm(Plain):
    """What is left of a network for an algorithm, with its metric."""

    definition: FlexAlgo | None = None

    def has_part(self, name: str) -> bool:
        node = self.topology.nodes[name]
        own = node.segment_routing
        return own is not None and node.loopback is not None and self.definition.number in own.flex_algos

    def steps(self, node: str) -> list[tuple[str, str, int]]:
        found = []
        for name, far, metric in super().steps(node):
            item, wanted = self.topology.links[name], self.definition
            own = set(item.affinity)
            fits = not own & set(wanted.exclude_any) and own >= set(wanted.include_all)
            fits = fits and (not wanted.include_any or bool(own & set(wanted.include_any)))
            if not fits or not self.has_part(node) or not self.has_part(far):
                continue
            value = {"igp": None, "te": item.te_metric, "delay": item.latency_ns}[wanted.metric]
            if wanted.metric != "igp" and value is None:
                continue
            if value is not None:
                side = value.ab if item.a.node == node else value.ba
                metric = max(1, -(-side // 1000)) if wanted.metric == "delay" else side  # noqa: PLW2901
                metric = 2**24 - 1 if item.state == "drained" else min(metric, 2**24 - 1)  # noqa: PLW2901
            found.append((name, far, metric))
        return found


def plain_algorithm(plain: Plain, number: int) -> PlainAlgorithm:
    """The same state as an algorithm sees it."""
    definition = plain.topology.routing.flex_algos[number]
    return PlainAlgorithm(plain.topology, plain.down_nodes, plain.down_links, definition=definition)


def ride(plain: Plain, source: str, end: str, number: int) -> dict[Taken, Fraction] | None:
    """The paths of an algorithm between two nodes; None where it has none."""
    own = plain_algorithm(plain, number)
    if not own.has_part(source) or not own.has_part(end) or end in plain.down_nodes:
        return None
    return own.follow(source, frozenset({end}), {})
