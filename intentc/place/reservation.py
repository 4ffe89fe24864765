"""What one demand has in the books of all arcs, and what an arc may lack for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.book import Claim
from intentc.realise.labels import Labels
from intentc.values import field, frozen

Parts = Mapping[int, Claim] | Labels


@frozen
class Reservation:
    """A demand's claims: `normal` on `arcs`; in each of `states` it leaves these arcs and claims `failed` on the given ones, each once.

    A state with no arcs releases the claim (the demand is not promised anything then, or has no path). `parts` are the
    claims that are not the very one, by state: by arc, those of a demand that is spread or runs through tunnels, or, where it is
    labels alone that weigh, their number on each arc, in the order of the arcs; `normal_bps` and `failed_bps` are what is claimed
    then, by the number of labels.
    """

    normal: Claim
    arcs: Collection[int]
    failed: Claim
    states: Mapping[Outage, Collection[int]]
    parts: Mapping[Outage, Parts] = field(default_factory=dict)
    normal_bps: tuple[int, ...] = ()
    failed_bps: tuple[int, ...] = ()
    mean_packet: int = 0

    def arcs_in(self, outage: Outage) -> Collection[int]:
        """Return the arcs in a state which is the normal one or one of `states`."""
        return self.arcs if outage is NORMAL else self.states[outage]

    def claim_on(self, arc: int, outage: Outage = NORMAL) -> Claim:
        """Return what is claimed on an arc that the demand uses in a state which is the normal one or one of `states`."""
        claim, parts = self.normal if outage is NORMAL else self.failed, self.parts.get(outage)
        if not parts:
            return claim
        if isinstance(parts, tuple):
            there = dict(zip(self.arcs_in(outage), parts, strict=True))
            return claim.with_labels(there.get(arc, 0), self.mean_packet)
        return parts.get(arc, claim)

    def claims_in(self, arc: int, outages: list[Outage]) -> Iterator[tuple[Claim, list[Outage]]]:
        """Yield what is claimed on an arc in some of `states`, with those in which it is that."""
        if not self.parts:
            yield self.failed, outages
            return
        found: dict[Claim, list[Outage]] = {}
        for outage in outages:
            found.setdefault(self.claim_on(arc, outage), []).append(outage)
        yield from found.items()

    def each_part(self) -> Iterator[Claim]:
        """Yield the claims that are not the very one."""
        for outage, parts in self.parts.items():
            claim = self.normal if outage is NORMAL else self.failed
            if isinstance(parts, tuple):
                yield from (claim.with_labels(count, self.mean_packet) for count in parts if count)
            else:
                yield from parts.values()

    @property
    def all_arcs(self) -> frozenset[int]:
        """Return the arcs that are claimed in any state."""
        each = {id(arcs): arcs for arcs in self.states.values()}  # many states leave the same path
        return frozenset(self.arcs).union(*each.values())

    def claim_bps(self, arc: int, outage: Outage, traffic_class: str | None) -> int:
        """Return what is claimed on an arc in a state, by a class (None: by any)."""
        state = outage if outage in self.states else NORMAL
        is_there = arc in self.arcs_in(state) and arc >> 1 not in outage.links
        if not is_there or traffic_class not in (None, (self.normal if state is NORMAL else self.failed).traffic_class):
            return 0
        return self.claim_on(arc, state).own_bps


@frozen
class Shortage:
    """An arc that cannot hold what is claimed in a state: `missing_bps` of the whole, or of one class's share."""

    arc: int
    outage: Outage
    missing_bps: int
    traffic_class: str | None
