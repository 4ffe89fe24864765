"""What a demand claims on each arc of where its packets go: its rate, or its share where it is spread, with labels and tunnels."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from intentc.forwarding.figures import shares_ppm
from intentc.forwarding.network import Network
from intentc.forwarding.walk import Walk
from intentc.place.book import Claim
from intentc.realise.labels import LABEL_BYTES, NO_LABELS, Labels
from intentc.realise.shares import WHOLE_PPM, hashed_bps
from intentc.values import replace

Parts = Mapping[int, Claim]  # by arc, where not the very rate is claimed
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


def weighed_parts(network: Network, taken: Walk, claim: Claim) -> Parts:
    """Return the claims that are not `claim` itself: by share, with the labels that packets have there, and below tunnels."""
    parts = parts_of(network, taken, claim)
    if not claim.rate_bps or not (network.under or any(trail.labels for trail in taken.trails)):
        return parts
    labels = labels_on(taken)
    if not (labels or network.under):
        return parts
    found, packet = dict(parts), network.topology.routing.mean_packet
    whole = {count: claim.with_labels(count, packet) for count in set(labels.values())}
    for arc, count in labels.items():
        found[arc] = parts[arc].with_labels(count, packet) if arc in parts else whole[count]
    for arc in sorted(taken.arcs) if network.under else ():
        for low, extra in network.under.get(arc, ()):
            own = parts.get(arc, claim).with_bytes(LABEL_BYTES * labels.get(arc, 0) + extra, packet)
            found[low] = own.beside(found.get(low, claim if low in taken.arcs else None))
    return found


def plain_labels(network: Network, taken: Walk, claim: Claim) -> Labels | None:
    """Return the number of labels on each arc of a walk, in the order of `each_arc`, none where there are none or they weigh nothing.

    None where a claim is another one than these make of it: by share, over several paths, or below tunnels.
    """
    if network.under or len(taken.trails) != 1:
        return None
    labels = taken.trails[0].labels
    if not claim.rate_bps or not any(labels):
        return NO_LABELS
    return labels if len(labels) == len(taken.trails[0].arcs) else None


def labels_on(taken: Walk) -> Mapping[int, int]:
    """Return how many labels packets have by arc; of several paths over it the most count."""
    found: dict[int, int] = {}
    if len(taken.trails) == 1:  # no trail circles
        trail = taken.trails[0]
        pairs = zip(trail.arcs, trail.labels, strict=False)  # without labels it says nothing
        return {arc: count for arc, count in pairs if count}
    for trail in taken.trails:
        for arc, count in zip(trail.arcs, trail.labels, strict=False):
            if count:
                found[arc] = max(count, found.get(arc, 0))
    return found


def all_arcs(network: Network, taken: Walk) -> frozenset[int]:
    """Return the arcs of a walk, and those below the tunnels among them."""
    arcs = taken.arcs
    return arcs.union(*([low for low, _ in network.under.get(arc, ())] for arc in arcs)) if network.under else arcs


def claims_on(network: Network, taken: Walk, claim: Claim) -> Callable[[int], Claim]:
    """Return what a demand claims on each arc of a walk, with the labels that its packets have there."""
    parts = parts_on(network, taken, claim)
    return (lambda arc: parts.get(arc, claim)) if parts else (lambda _arc: claim)


def parts_on(network: Network, taken: Walk, claim: Claim) -> Parts:
    """Return what a demand claims on the arcs of a walk where that is not `claim`, with the labels that its packets have there."""
    is_labelled = any(trail.labels for trail in taken.trails)
    return weighed_parts(network, taken, claim) if is_labelled else parts_of(network, taken, claim)
