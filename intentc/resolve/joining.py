"""Intents with equal matches and equal treatment: one set of demands with the sum of their rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intentc.diagnostics import Findings, Label
from intentc.resolve.conflicts import Judgement, packet_of
from intentc.resolve.draft import Draft
from intentc.resolve.model import Demand, FailoverRequirement
from intentc.resolve.overlaps import Part
from intentc.resolve.treatment import suffix
from intentc.values import replace

JOINED = "N0404"


def join_equals(
    judgement: Judgement, ordered: Sequence[Part], drafts: Mapping[str, Draft], findings: Findings
) -> tuple[dict[str, Demand], dict[str, str]]:
    """Return the demands of all drafts by key, and for each that went into another one's the key of that one.

    Of intents that join, the first in the order of evaluation carries the demands: it wins over all that one of them wins
    over. Where nothing else decides, that is the first by name, whatever the order of their declarations.
    """
    demands = {demand.key: demand for draft in drafts.values() for demand in draft.demands}
    served: dict[str, str] = {}
    hosts: dict[str, str] = {}
    for host, guest, is_reply in _joins(judgement, ordered, drafts):
        hosts.setdefault(guest, host)
        given = drafts[guest].replies() if is_reply else drafts[guest].forward()
        for demand in given:
            key = host + suffix(demand)
            demands[key] = _sum(demands[key], demand)
            served[demand.key] = key
            del demands[demand.key]
    packets = _packets(judgement)
    for guest, host in sorted(hosts.items()):
        findings.error(
            JOINED,
            f"`{guest}` and `{host}` match the same packets, as {packets[guest]}, and treat them alike: their rates add up",
            drafts[guest].intent.name.span,
            related=(Label(drafts[host].intent.name.span, f"`{host}` carries the traffic of both"),),
            intent=guest,
        )
    return {key: _repointed(demand, served) for key, demand in demands.items()}, served


def _packets(judgement: Judgement) -> dict[str, str]:
    """Return one packet, in words, of every intent that matches the same ones as another."""
    found: dict[str, str] = {}
    for pair in judgement.equals:
        for number in pair:
            found.setdefault(judgement.parts[number].intent, packet_of(judgement.shared[pair]))
    return found


def _joins(
    judgement: Judgement, ordered: Sequence[Part], drafts: Mapping[str, Draft]
) -> Sequence[tuple[str, str, bool]]:
    """Return host, guest and direction of every join, each guest once: equality is transitive."""
    place = {(part.intent, part.is_reply): number for number, part in enumerate(ordered)}
    found: dict[tuple[str, bool], str] = {}
    for one, other in judgement.equals:
        first, second = judgement.parts[one], judgement.parts[other]
        if first.intent in drafts and second.intent in drafts:
            is_reply = first.is_reply
            host, guest = sorted((first.intent, second.intent), key=lambda name: place[name, is_reply])
            held = found.get((guest, is_reply), host)
            found[guest, is_reply] = min(held, host, key=lambda name: place[name, is_reply])
    return [(_host(guest, is_reply, found), guest, is_reply) for guest, is_reply in sorted(found)]


def _host(guest: str, is_reply: bool, found: Mapping[tuple[str, bool], str]) -> str:
    """Return the intent that is nobody's guest; hosts come before their guests, so the way there ends."""
    while (guest, is_reply) in found:
        guest = found[guest, is_reply]
    return guest


def _sum(demand: Demand, other: Demand) -> Demand:
    """Return a demand that carries the rates of both; what is not a rate is equal already."""
    return replace(
        demand,
        bandwidth_bps=demand.bandwidth_bps + other.bandwidth_bps,
        pool_bps=demand.pool_bps + other.pool_bps,
        ceiling_bps=None
        if demand.ceiling_bps is None or other.ceiling_bps is None
        else demand.ceiling_bps + other.ceiling_bps,
        burst_bytes=demand.burst_bytes + other.burst_bytes,
        failover=_summed_failover(demand.failover, other.failover),
        shared_with=tuple(sorted({*demand.shared_with, other.intent})),
        services=tuple(sorted({*demand.services, *other.services})),
    )


def _summed_failover(one: FailoverRequirement | None, other: FailoverRequirement | None) -> FailoverRequirement | None:
    if one is None or other is None:
        return None
    return replace(one, bandwidth_bps=one.bandwidth_bps + other.bandwidth_bps, pool_bps=one.pool_bps + other.pool_bps)


def _repointed(demand: Demand, served: Mapping[str, str]) -> Demand:
    """Return a reply that points at the demand which its forward one went into."""
    if demand.reply_to is None or demand.reply_to not in served:
        return demand
    return replace(demand, reply_to=served[demand.reply_to])
