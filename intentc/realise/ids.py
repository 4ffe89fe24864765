"""How demands are called for people."""

from __future__ import annotations

from intentc.resolve.model import Candidate, Demand


def demand_id(demand: Demand, chosen: Candidate) -> str:
    """Return the id in the manifest: the demand's key with the replica's site in place of its service."""
    is_reply = demand.reply_to is not None
    ends = (chosen.destination, chosen.source) if is_reply else (chosen.source, chosen.destination)
    services = (None, None) if demand.step is None else (demand.step.source, demand.step.destination)
    names = [end.site if name is None else f"{name}@{end.site}" for name, end in zip(services, ends, strict=True)]
    return f"{demand.intent}/{'>'.join(names)}" + ("/reply" if is_reply else "")
