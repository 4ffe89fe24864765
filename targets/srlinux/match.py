"""Flows as conditions of entries."""

from __future__ import annotations

from intentc.targetkit.kit import Flow

from . import escape
from .owned import Match

_ANY = None, None


def match_of(flow: Flow) -> tuple[Match, ...]:
    """Return the conditions of a flow; none where every packet of its family is meant."""
    source, destination = flow.source_ports or _ANY, flow.destination_ports or _ANY
    found = Match(
        protocol=escape.protocol(flow.protocol, flow.family),
        source=_prefix(flow.source),
        destination=_prefix(flow.destination),
        dscps=() if flow.dscp is None else (escape.dscp(flow.dscp),),
        source_first=source[0],
        source_last=source[1],
        destination_first=destination[0],
        destination_last=destination[1],
    )
    return () if found == Match() else (found,)


def _prefix(text: str) -> str | None:
    written = escape.prefix(text)
    return None if written.endswith("/0") else written
