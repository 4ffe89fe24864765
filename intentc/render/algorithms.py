"""Whether the nodes that take part in Flexible Algorithms can compute them."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.diagnostics import Diagnostic, Findings, Label
from intentc.targetkit.flex_algos import features_to_take_part
from intentc.targetkit.model import NodeCapabilities, Support
from intentc.topology.model import FlexAlgo, Topology

_UNKNOWN = Support(is_supported=False, reason="nothing is known of it", instead="use another platform there")


def check_algorithms(topology: Topology, found: Mapping[str, NodeCapabilities], findings: Findings) -> None:
    """Report the algorithms that nodes are said to take part in and cannot compute, once per algorithm and platform (E0607)."""
    for algorithm in topology.routing.flex_algos.values():
        unable: dict[tuple[str, str], list[str]] = {}
        for name, own in found.items():
            routing = topology.nodes[name].segment_routing
            if own.platform != "none" and routing is not None and algorithm.number in routing.flex_algos:
                feature = _missing(topology, algorithm, own)
                if feature is not None:
                    unable.setdefault((own.platform, feature), []).append(name)
        for (_, feature), names in unable.items():
            _report(topology, algorithm, found[names[0]].features.get(feature, _UNKNOWN), names, findings)


def _missing(topology: Topology, algorithm: FlexAlgo, own: NodeCapabilities) -> str | None:
    needed = features_to_take_part(algorithm.metric, topology.routing.igp)
    return next((name for name in needed if not own.features.get(name, _UNKNOWN).is_supported), None)


def _report(topology: Topology, algorithm: FlexAlgo, support: Support, names: list[str], findings: Findings) -> None:
    path = f"segment_routing.flex_algos.{algorithm.number}"
    first, *others = names
    more = f" and {len(others)} more" if others else ""
    findings.add(
        Diagnostic(
            "E0607",
            f"`{first}`{more} of platform `{topology.nodes[first].platform}` cannot take part in algorithm"
            f" {algorithm.number}: {support.reason}",
            topology.span_of("node", first, path),
            related=(
                Label(algorithm.span, f"algorithm {algorithm.number} is defined here"),
                *(Label(topology.span_of("node", name, path), f"nor can `{name}`") for name in others),
            ),
            help=(support.instead, "leave the algorithm out at this node"),
            node=first,
        )
    )
