"""How demands are called for people."""

from __future__ import annotations

from intentc.resolve.model import Candidate, Demand


def demand_id(demand: Demand, chosen: Candidate) -> str:
    """Return the id in the manifest: the demand's key with the replica's site in place of its service.

    What hangs on some nodes of a site alone is `site@node+node`.
    """
    is_reply = demand.reply_to is not None
    ends = (chosen.destination, chosen.source) if is_reply else (chosen.source, chosen.destination)
    services = (None, None) if demand.step is None else (demand.step.source, demand.step.destination)
    sites = [f"{end.site}@{end.part}" if end.part else end.site for end in ends]
    names = [site if name is None else f"{name}@{site}" for name, site in zip(services, sites, strict=True)]
    return f"{demand.intent}/{'>'.join(names)}" + ("/reply" if is_reply else "")
