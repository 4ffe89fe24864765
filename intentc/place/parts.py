"""What a demand claims on each arc of where its packets go: all of its rate, or its share of it where it is spread."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from intentc.forwarding.figures import shares_ppm
from intentc.forwarding.network import Network
from intentc.forwarding.walk import Walk
from intentc.place.book import Claim
from intentc.realise.shares import WHOLE_PPM, hashed_bps
from intentc.values import replace

Parts = Mapping[int, Claim]  # by arc, where less is claimed than the whole
NO_PARTS: Parts = {}


def parts_of(network: Network, taken: Walk, claim: Claim) -> Parts:
    """Return the claims on the arcs of a walk that are less than `claim`: those of a demand to be spread, by share."""
    if not claim.is_spread or len(taken.trails) < 2:
        return NO_PARTS
    found: dict[int, int] = {}
    for trail, share in zip(taken.trails, shares_ppm(network, taken), strict=True):
        for arc in trail.arcs:
            found[arc] = found.get(arc, 0) + share
    return {arc: scaled(network, claim, share) for arc, share in found.items() if share < WHOLE_PPM and claim.rate_bps}


def scaled(network: Network, claim: Claim, share_ppm: int) -> Claim:
    """Return a claim of a share of the rate; the pool's limit stays, as all of a pool may be the one member."""
    imbalance = network.topology.routing.hash_imbalance_ppb
    return replace(claim, rate_bps=hashed_bps(claim.rate_bps, share_ppm, imbalance))


def claims_on(network: Network, taken: Walk, claim: Claim) -> Callable[[int], Claim]:
    """Return what a demand claims on each arc of a walk."""
    parts = parts_of(network, taken, claim)
    return (lambda arc: parts.get(arc, claim)) if parts else (lambda _arc: claim)
