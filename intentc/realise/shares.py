"""How much of a demand that is spread over several paths a link has to hold (`spread`; place/README.md, "Capacity")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from intentc.realise.model import Path
from intentc.resolve.model import Demand
from intentc.topology.model import Topology

WHOLE_PPM = 1_000_000
_WHOLE_PPB = 1_000_000_000
Sender = tuple[str, str]  # link id, sending node
_EVERYWHERE: Mapping[Sender, int] = {}


def hashed_bps(rate_bps: int, share_ppm: int, imbalance_ppb: int) -> int:
    """Return what a link reserves that takes a share of a rate: with the imbalance of hashing on top, at most the rate."""
    hashed = -(-rate_bps * share_ppm * (_WHOLE_PPB + imbalance_ppb) // (WHOLE_PPM * _WHOLE_PPB))
    return min(rate_bps, hashed)


def shares_of(topology: Topology, demand: Demand, paths: Iterable[Path]) -> Shares:
    """Return what the links of a demand's paths hold of its rate: all of it, unless the demand is to be spread."""
    found: dict[Sender, int] = {}
    for path in paths if demand.is_spread else ():
        for sender in zip(path.links, path.nodes, strict=False):  # a path has one node more than links
            found[sender] = found.get(sender, 0) + path.share_ppm
    parts = {sender: share for sender, share in found.items() if share < WHOLE_PPM}
    return Shares(parts or _EVERYWHERE, topology.routing.hash_imbalance_ppb)


class Shares:
    """The shares (ppm) of those directions of links that take less than the whole, by link and sending node."""

    __slots__ = ("_imbalance_ppb", "_parts")

    def __init__(self, parts: Mapping[Sender, int], imbalance_ppb: int) -> None:
        self._parts = parts
        self._imbalance_ppb = imbalance_ppb

    def on(self, link: str, node: str, rate_bps: int) -> int:
        """Return what of a rate the direction of a link that leaves a node holds."""
        share = self._parts.get((link, node))
        return rate_bps if share is None else hashed_bps(rate_bps, share, self._imbalance_ppb)
