"""What one demand has in the books of all arcs, and what an arc may lack for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.book import Claim
from intentc.values import field, frozen


@frozen
class Reservation:
    """A demand's claims: `normal` on `arcs`; in each of `states` it leaves these arcs and claims `failed` on the given ones, each once.

    A state with no arcs releases the claim (the demand is not promised anything then, or has no path). `parts` are the
    claims that are less than the whole, by state and arc: those of a demand that is spread.
    """

    normal: Claim
    arcs: frozenset[int]
    failed: Claim
    states: Mapping[Outage, Collection[int]]
    parts: Mapping[Outage, Mapping[int, Claim]] = field(default_factory=dict)

    def claim_on(self, arc: int, outage: Outage = NORMAL) -> Claim:
        """Return what is claimed on an arc that the demand uses in a state which is the normal one or one of `states`."""
        claim = self.normal if outage is NORMAL else self.failed
        return self.parts[outage].get(arc, claim) if outage in self.parts else claim

    def claims_in(self, arc: int, outages: list[Outage]) -> Iterator[tuple[Claim, list[Outage]]]:
        """Yield what is claimed on an arc in some of `states`, with those in which it is that."""
        if not self.parts:
            yield self.failed, outages
            return
        found: dict[Claim, list[Outage]] = {}
        for outage in outages:
            found.setdefault(self.claim_on(arc, outage), []).append(outage)
        yield from found.items()

    @property
    def all_arcs(self) -> frozenset[int]:
        """Return the arcs that are claimed in any state."""
        return self.arcs.union(*self.states.values())

    def claim_bps(self, arc: int, outage: Outage, traffic_class: str | None) -> int:
        """Return what is claimed on an arc in a state, by a class (None: by any)."""
        is_moved = outage in self.states
        claim = self.claim_on(arc, outage if is_moved else NORMAL)
        is_there = arc in (self.states[outage] if is_moved else self.arcs) and arc >> 1 not in outage.links
        return claim.own_bps if is_there and traffic_class in (None, claim.traffic_class) else 0


@frozen
class Shortage:
    """An arc that cannot hold what is claimed in a state: `missing_bps` of the whole, or of one class's share."""

    arc: int
    outage: Outage
    missing_bps: int
    traffic_class: str | None
