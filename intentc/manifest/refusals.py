"""Refusals and their certificates to manifest entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intentc.manifest.refusal_model import (
    CertificateEntry,
    ClosedEntry,
    CutEntry,
    EffortEntry,
    ExhaustedEntry,
    ListsEntry,
    PackingEntry,
    PotentialEntry,
    PriceEntry,
    PricesEntry,
    RefusalEntry,
    SpotEntry,
    TimeEntry,
    TimesEntry,
    WalksEntry,
)
from intentc.realise.model import Realised
from intentc.realise.refusals import Certificate, Cut, Exhausted, Lists, Packing, Potential, Prices, Refusal, Walks


def refusals_by_intent(realised: Realised) -> Mapping[str, Sequence[Refusal]]:
    """Return the refusals of each intent that has any, in their order."""
    found: dict[str, list[Refusal]] = {}
    for item in realised.refusals:
        found.setdefault(item.intent, []).append(item)
    return found


def refusal_entry(item: Refusal) -> RefusalEntry:
    """Return a refusal as it is written."""
    proof = None if item.certificate is None else _certificate(item.certificate)
    return RefusalEntry(item.demand, item.finding, item.state or None, proof)


def _certificate(item: Certificate) -> CertificateEntry:
    if isinstance(item, Cut):
        return _cut(item)
    if isinstance(item, Potential):
        return _potential(item)
    if isinstance(item, Prices):
        prices = tuple(PriceEntry(price.link, price.ab, price.ba) for price in item.prices)
        return PricesEntry("prices", "together", item.traffic_class, prices, item.is_whole)
    if isinstance(item, Exhausted):
        return ExhaustedEntry(
            "exhausted", item.given, item.site, item.queueing, item.budget_us, item.least_us, item.choices
        )
    if isinstance(item, Packing):
        return PackingEntry("packing", "together", item.service, item.capacity_bps, item.hosts, item.asked_bps)
    if isinstance(item, Walks):
        return WalksEntry("walks", "nothing", item.queueing, item.paths)
    if isinstance(item, Lists):
        return ListsEntry("lists", "nothing", item.size, item.paths)
    return EffortEntry("none", item.states, item.rounds, item.is_split_enough)


def _cut(item: Cut) -> CutEntry:
    return CutEntry(
        kind="cut",
        given=item.given,
        side=item.side,
        waypoints=item.waypoints,
        inside=tuple(SpotEntry(place.node, place.passed) for place in item.inside),
        closed=tuple(ClosedEntry(closed.link, closed.node, closed.reason) for closed in item.closed),
    )


def _potential(item: Potential) -> PotentialEntry:
    return PotentialEntry(
        kind="potential",
        given=item.given,
        waypoints=item.waypoints,
        queueing=item.queueing,
        bound_us=item.bound_us,
        parts=tuple(
            TimesEntry(
                part.demand, tuple(TimeEntry(place.node, place.passed, place.distance_ns) for place in part.places)
            )
            for part in item.parts
        ),
    )
