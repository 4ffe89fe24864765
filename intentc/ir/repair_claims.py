"""Claims on ports that repair locally: what one demand counts on may not be what another one cannot have."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.diagnostics import Diagnostic, Findings, Label
from intentc.ir.ground import Ground
from intentc.realise.model import RealisedDemand

_Port = tuple[str, str]  # node, link


def check_repair_claims(ground: Ground, findings: Findings) -> None:
    """Report (E0690) ports that have to go around the link for one demand and around the node for another, and those over

    which a segment list leads by an adjacency segment: it is not to be repaired, its candidate path has to go down.
    """
    repairs: dict[_Port, dict[str, RealisedDemand]] = {}
    for item in ground.repaired:
        for repair in item.protection.repairs if item.protection is not None else ():
            repairs.setdefault((repair.node, repair.link), {}).setdefault(repair.protects, item)
    for (node, link), asking in sorted(repairs.items()):
        if asking.keys() >= {"link", "node"}:
            text = f"local repair of link `{link}` cannot go around the link and around the node behind it at once"
            _report(node, text, asking["link"], asking["node"], findings)
    for port, other in _adjacencies(ground) if repairs else ():
        if port in repairs:
            node, link = port
            text = f"link `{link}` is repaired locally, and an SR policy needs to see it go down"
            _report(node, text, next(iter(repairs[port].values())), other, findings)


def _adjacencies(ground: Ground) -> Iterator[tuple[_Port, RealisedDemand]]:
    """Yield the ports that segment lists name, once each, with the first demand that does."""
    seen: set[_Port] = set()
    for item in ground.led:
        for policy in item.policies:
            lists = [path.segments for path in policy.candidates]
            lists += [one.segments for path in policy.candidates for one in path.lists]
            for link, at, node in (segment.rpartition("@") for segments in lists for segment in segments):
                if at and (node, link) not in seen:
                    seen.add((node, link))
                    yield (node, link), item


def _report(node: str, text: str, one: RealisedDemand, other: RealisedDemand, findings: Findings) -> None:
    failover = one.demand.failover
    other_span = other.demand.failover.span if other.demand.failover is not None else other.demand.span
    findings.add(
        Diagnostic(
            "E0690",
            f"on `{node}` {text}",
            failover.span if failover is not None else one.demand.span,
            related=(Label(other_span, "the other claim is made here"),),
            help=("allow more time in `failover within`, so that the IGP's own convergence is soon enough",),
            intent=one.demand.intent,
            node=node,
        )
    )
