"""How much of a demand's rate each link on its paths has to hold (place/README.md, "Capacity" and "Sizes of packets")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from intentc.realise.labels import LABEL_BYTES, with_bytes
from intentc.realise.model import Path
from intentc.resolve.model import Demand
from intentc.topology.crossings import crossings_of
from intentc.topology.model import Topology

WHOLE_PPM = 1_000_000
_WHOLE_PPB = 1_000_000_000
Sender = tuple[str, str]  # link id, sending node
_Ways = tuple[
    tuple[Sender, int], ...
]  # how packets come over a link: on a link of the paths, with so many bytes around them
_NO_SHARES: Mapping[Sender, int] = {}
_NO_WAYS: Mapping[Sender, _Ways] = {}


def hashed_bps(rate_bps: int, share_ppm: int, imbalance_ppb: int) -> int:
    """Return what a link reserves that takes a share of a rate: with the imbalance of hashing on top, at most the rate."""
    hashed = -(-rate_bps * share_ppm * (_WHOLE_PPB + imbalance_ppb) // (WHOLE_PPM * _WHOLE_PPB))
    return min(rate_bps, hashed)


def shares_of(topology: Topology, demand: Demand, paths: Iterable[Path]) -> Shares:
    """Return what the links of a demand's paths hold of its rate: all of it, unless the demand is to be spread.

    Labels in front of packets count on the links where they have them; links below a tunnel hold what runs over it, too.
    """
    known = tuple(paths)
    parts: dict[Sender, int] = {}
    for path in known if demand.is_spread else ():
        for sender in _senders(path):
            parts[sender] = parts.get(sender, 0) + path.share_ppm
    parts = {sender: share for sender, share in parts.items() if share < WHOLE_PPM}
    return Shares(topology, parts or _NO_SHARES, _ways(topology, known))


def _senders(path: Path) -> Iterator[Sender]:
    return zip(path.links, path.nodes, strict=False)  # a path has one node more than links


def _ways(topology: Topology, paths: tuple[Path, ...]) -> Mapping[Sender, _Ways]:
    """Return the links over which packets come with something around them; none where that is so nowhere."""
    labels: dict[Sender, int] = {}
    for path in paths:
        for sender, count in zip(_senders(path), path.labels or [0] * len(path.links), strict=True):
            labels[sender] = max(count, labels.get(sender, 0))
    if not any(labels.values()) and not any(topology.links[link].over for link, _ in labels):
        return _NO_WAYS
    found: dict[Sender, list[tuple[Sender, int]]] = {}
    for (link, node), count in labels.items():
        own, sender = LABEL_BYTES * count, (link, node)
        found.setdefault(sender, []).append((sender, own))
        for below in crossings_of(topology, topology.links[link], is_ab=topology.links[link].is_ab(node)):
            low = topology.links[below.link]
            start = low.a.node if below.is_ab else low.b.node
            found.setdefault((below.link, start), []).append((sender, own + below.extra))
    return {sender: tuple(ways) for sender, ways in found.items()}


class Shares:
    """What of rates each direction of a link holds: a share (ppm) of some, with the bytes around packets on others."""

    __slots__ = ("_imbalance_ppb", "_mean_packet", "_parts", "_ways")

    def __init__(self, topology: Topology, parts: Mapping[Sender, int], ways: Mapping[Sender, _Ways]) -> None:
        self._parts = parts
        self._ways = ways
        self._imbalance_ppb = topology.routing.hash_imbalance_ppb
        self._mean_packet = topology.routing.mean_packet

    def on(self, link: str, node: str, rate_bps: int) -> int:
        """Return what of a rate the direction of a link that leaves a node holds."""
        ways = self._ways.get((link, node))
        if ways is None:
            return self._part((link, node), rate_bps)
        return sum(with_bytes(self._part(sender, rate_bps), extra, self._mean_packet) for sender, extra in ways)

    def whole(self, link: str, node: str, rate_bps: int) -> int:
        """Return what a rate of which no share is taken comes to there: that of a pool."""
        ways = self._ways.get((link, node))
        return rate_bps if ways is None else sum(with_bytes(rate_bps, extra, self._mean_packet) for _, extra in ways)

    def senders(self, paths: Iterable[Path]) -> Iterator[Sender]:
        """Yield the directions that hold something: those of `paths`, and those below them."""
        yield from dict.fromkeys([*(sender for path in paths for sender in _senders(path)), *self._ways])

    def _part(self, sender: Sender, rate_bps: int) -> int:
        share = self._parts.get(sender)
        return rate_bps if share is None else hashed_bps(rate_bps, share, self._imbalance_ppb)
