"""Latencies that nobody wrote."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.diagnostics import Findings, Label
from intentc.topology.check_flex_algos import links_by_estimate
from intentc.topology.model import Link, Topology


def check_latency(topology: Topology, findings: Findings) -> None:
    """Note which latencies are estimated (N0301) and which are unknown (N0302), in one finding each.

    Those by which Flexible Algorithms choose paths have a warning instead (W0303).
    """
    links = topology.links.values()
    warned = links_by_estimate(topology)
    _note(
        "N0301",
        [link for link in links if link.is_latency_estimated and link.id not in warned],
        "estimated from the locations of its ends",
        "write `latency:` where it was measured",
        findings,
    )
    _note(
        "N0302",
        [link for link in links if link.latency_ns is None],
        "unknown, so no intent with a latency bound can use it",
        "write `latency:`, or the `location:` of both sites",
        findings,
    )


def _note(code: str, links: Sequence[Link], what: str, help_: str, findings: Findings) -> None:
    if not links:
        return
    first, *others = links
    more = f" (and that of {len(others)} more)" if others else ""
    findings.error(
        code,
        f"the latency of link `{first.id}`{more} is {what}",
        first.span,
        related=tuple(Label(link.span, f"link `{link.id}`") for link in others),
        help=(help_,),
    )
