"""What Flexible Algorithms (RFC 9350) need to make sense: affinities that links have, definitions, links with their metric."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from intentc.diagnostics import Diagnostic, Findings, Label
from intentc.topology.flex_algos import ALGORITHM
from intentc.topology.model import FlexAlgo, Link, Topology
from intentc.topology.reading import did_you_mean


def check_flex_algos(topology: Topology, findings: Findings) -> None:
    """Report constraints that no link can meet (E0338) and algorithms that nobody defines (E0339).

    Links that an algorithm leaves out for want of a TE metric are noted (N0303), latencies that are only estimated are
    warned of where an algorithm minimises them (W0303), and so are affinities that no link has (W0304).
    """
    has_all_links = topology.is_complete and not topology.broken.get("link")
    known = {name for link in topology.links.values() for name in link.affinity}
    for algorithm in topology.routing.flex_algos.values():
        _check_constraints(algorithm, findings)
        if has_all_links:
            _check_affinities(algorithm, known, findings)
        _check_metrics(topology, algorithm, findings)
    if topology.is_complete and not topology.broken.get(ALGORITHM):
        _check_definitions(topology, findings)


def _check_constraints(algorithm: FlexAlgo, findings: Findings) -> None:
    excluded = set(algorithm.exclude_any)
    both = sorted(excluded.intersection(algorithm.include_all))
    if not both and algorithm.include_any and excluded.issuperset(algorithm.include_any):
        both = sorted(algorithm.include_any)
    if both:
        findings.error(
            "E0338",
            f"algorithm {algorithm.number} excludes `{both[0]}`, which it also asks for: no link is left",
            algorithm.places.get(both[0], algorithm.span),
            help=("leave it out of one of the lists",),
        )


def _check_affinities(algorithm: FlexAlgo, known: Collection[str], findings: Findings) -> None:
    for name in dict.fromkeys((*algorithm.exclude_any, *algorithm.include_any, *algorithm.include_all)):
        if name not in known:
            help_ = did_you_mean(name, known) or (f"write `affinity: [{name}]` at the links that have it",)
            span = algorithm.places.get(name, algorithm.span)
            findings.add(Diagnostic("W0304", f"no link has the affinity `{name}`", span, help=help_))


def _check_metrics(topology: Topology, algorithm: FlexAlgo, findings: Findings) -> None:
    """Links of unknown latency have their note (N0302) whether an algorithm misses them or not."""
    if algorithm.metric == "delay":
        _tell("W0303", algorithm, _estimated(topology, algorithm), "whose latency is only estimated", findings)
    elif algorithm.metric == "te":
        unknown = [link for link in _used(topology, algorithm) if link.te_metric is None]
        _tell("N0303", algorithm, unknown, "without `te_metric`: it is left out", findings)


def links_by_estimate(topology: Topology) -> frozenset[str]:
    """Return the links that some algorithm uses by a latency that is only estimated."""
    algorithms = [item for item in topology.routing.flex_algos.values() if item.metric == "delay"]
    return frozenset(link.id for algorithm in algorithms for link in _estimated(topology, algorithm))


def _estimated(topology: Topology, algorithm: FlexAlgo) -> list[Link]:
    return [link for link in _used(topology, algorithm) if link.is_latency_estimated]


def _used(topology: Topology, algorithm: FlexAlgo) -> list[Link]:
    return [link for link in topology.links.values() if _is_used(topology, algorithm, link)]


def _is_used(topology: Topology, algorithm: FlexAlgo, link: Link) -> bool:
    """Return whether a link is one of the algorithm's but for its metric: both ends take part, and the affinities fit."""
    ends = (topology.nodes[end.node].segment_routing for end in (link.a, link.b))
    is_shared = all(routing is not None and algorithm.number in routing.flex_algos for routing in ends)
    return is_shared and link.state != "planned" and algorithm.admits(link.affinity)


def _tell(code: str, algorithm: FlexAlgo, links: Sequence[Link], what: str, findings: Findings) -> None:
    if not links:
        return
    first, *others = links
    more = f" and {len(others)} more" if others else ""
    findings.add(
        Diagnostic(
            code,
            f"algorithm {algorithm.number} minimises the {_WORDS[algorithm.metric]}, and has link `{first.id}`{more} {what}",
            first.span,
            related=(
                Label(algorithm.span, f"algorithm {algorithm.number}"),
                *(Label(link.span, f"link `{link.id}`") for link in others),
            ),
            help=(_HELP[code],),
        )
    )


def _check_definitions(topology: Topology, findings: Findings) -> None:
    """Report each algorithm without a definition once, at the first node that takes part in it."""
    known = topology.routing.flex_algos
    users: dict[int, list[str]] = {}
    for name, node in topology.nodes.items():
        for number in node.segment_routing.flex_algos if node.segment_routing is not None else ():
            if number not in known:
                users.setdefault(number, []).append(name)
    for number, names in sorted(users.items()):
        path = f"segment_routing.flex_algos.{number}"
        first, *others = (topology.span_of("node", name, path) for name in names)
        findings.error(
            "E0339",
            f"`{names[0]}` takes part in algorithm {number}, which is not defined",
            first,
            node=names[0],
            related=tuple(Label(span, "so does this node") for span in others),
            help=did_you_mean(str(number), map(str, known))
            or (f"define it: `routing: {{flex_algos: {{{number}: {{metric: delay}}}}}}`",),
        )


_WORDS = {"delay": "delay", "te": "TE metric"}
_HELP = {
    "N0303": "write `te_metric:` at the link, as its routers advertise it",
    "W0303": "write the `latency:` that the routers advertise",
}
