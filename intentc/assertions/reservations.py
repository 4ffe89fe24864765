"""What is reserved on each link and direction, in the normal state and in those in which it may be more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.assertions.behaviour import Behaviour
from intentc.forwarding.outage import NORMAL, Outage, Outages
from intentc.realise.model import Path, Realised, RealisedDemand
from intentc.realise.shares import shares_of
from intentc.resolve.model import Demand
from intentc.values import frozen, replace


@frozen
class Claim:
    """What a demand reserves on an arc; the members of a pool together no more than the largest limit among them."""

    key: str
    pool: str
    rate_bps: int
    limit_bps: int


@frozen
class _Move:
    """What a demand claims, by arc, in a state that it is promised and in which it does not reserve what it does normally."""

    claims: Mapping[int, Claim]


class Reservations:
    """The books of a placed program, by the rules of `place/README.md`, "Capacity".

    A demand that is promised nothing in a state reserves there what it does normally, or nothing. So a link can carry more
    than normally only in a state that some demand is promised, and only where a demand is moved to: nothing else is kept.
    """

    def __init__(self, realised: Realised, behaviour: Behaviour, outages: Outages) -> None:
        self._behaviour = behaviour
        self._outages = outages
        self._members: dict[int, list[Claim]] = {}
        self._moves: dict[Outage, dict[str, _Move]] = {}
        self._same: dict[tuple[str, Outage], bool] = {}
        self._promised: dict[str, frozenset[Outage]] = {}
        for key, item in realised.demands.items():
            if item.demand.has_bandwidth:
                self._enter(key, item)

    @property
    def arcs(self) -> tuple[int, ...]:
        """Return the arcs on which something is reserved in the normal state, sorted."""
        return tuple(sorted(self._members))

    def gains(self) -> Iterator[tuple[Outage, frozenset[int]]]:
        """Yield the states in which a demand goes another way or reserves more, with the arcs where it does."""
        for outage, moves in self._moves.items():
            arcs = frozenset[int]().union(*(move.claims for move in moves.values()))
            if arcs:
                yield outage, arcs

    def reserved_bps(self, arc: int, outage: Outage = NORMAL) -> int:
        """Return what is reserved on an arc in a state."""
        return sum(_pooled(self.claims(arc, outage)).values())

    def shares(self, arc: int, outage: Outage) -> Mapping[str, int]:
        """Return per demand what it reserves on an arc; members of a pool that reserves less than their sum count in full."""
        return {claim.key: claim.rate_bps for claim in self.claims(arc, outage)}

    def claims(self, arc: int, outage: Outage) -> list[Claim]:
        """Return the claims on an arc in a state."""
        moves = self._moves.get(outage, {})
        kept = [
            claim for claim in self._members.get(arc, ()) if claim.key not in moves and self._stays(claim.key, outage)
        ]
        return [*kept, *(move.claims[arc] for move in moves.values() if arc in move.claims)]

    def _enter(self, key: str, item: RealisedDemand) -> None:
        demand, failover = item.demand, item.demand.failover
        normal = Claim(key, demand.pool, demand.bandwidth_bps, demand.pool_bps)
        for arc, claim in self._claims(demand, item.primary, normal).items():
            self._members.setdefault(arc, []).append(claim)
        if failover is None:
            self._promised[key] = frozenset()
            return
        failed = Claim(key, demand.pool, failover.bandwidth_bps, failover.pool_bps)
        is_raised = failed.rate_bps > normal.rate_bps or failed.limit_bps > normal.limit_bps
        told = {name: result.paths for result in item.states for name in result.when}
        lost, promised = frozenset(item.unprotected), set()
        for state in failover.states:
            outage = self._outages.of(state)
            promised.add(outage)
            if outage is NORMAL:
                continue
            if state.id in told:
                self._move(outage, key, self._claims(demand, told[state.id], failed))
            elif state.id in lost:
                self._move(outage, key, {})
            elif is_raised:
                self._move(outage, key, self._claims(demand, item.primary, failed))
        self._promised[key] = frozenset(promised)

    def _move(self, outage: Outage, key: str, claims: Mapping[int, Claim]) -> None:
        self._moves.setdefault(outage, {})[key] = _Move(claims)

    def _stays(self, key: str, outage: Outage) -> bool:
        """Return whether a demand that has not been moved goes as normally; what it is promised has been simulated already."""
        if outage is NORMAL or outage in self._promised[key]:
            return True
        normal = self._behaviour.journey(key, NORMAL)
        if not outage.touches(normal.dependence):
            return True
        if (key, outage) not in self._same:
            journey = self._behaviour.journey(key, outage)
            is_like = journey.is_whole and (journey.starts, journey.arcs) == (normal.starts, normal.arcs)
            self._same[key, outage] = is_like
        return self._same[key, outage]

    def _claims(self, demand: Demand, paths: Sequence[Path], claim: Claim) -> Mapping[int, Claim]:
        """Return what a demand claims on each arc of its paths, and below them: by share where it is spread."""
        network, shares = self._behaviour.network, shares_of(self._behaviour.network.topology, demand, paths)
        found: dict[int, Claim] = {}
        for link, sender in shares.senders(paths):
            arc = 2 * network.link_index[link]
            both = shares.on(link, sender, claim.rate_bps), shares.whole(link, sender, claim.limit_bps)
            is_plain = both == (claim.rate_bps, claim.limit_bps)
            own = claim if is_plain else replace(claim, rate_bps=both[0], limit_bps=both[1])
            found[arc if network.nodes[network.tail[arc]] == sender else arc + 1] = own
        return found


def _pooled(claims: Iterable[Claim]) -> Mapping[str, int]:
    """Return what each pool reserves: the sum of its rates, but no more than the largest limit of a member."""
    rates: dict[str, int] = {}
    limits: dict[str, int] = {}
    for claim in claims:
        rates[claim.pool] = rates.get(claim.pool, 0) + claim.rate_bps
        limits[claim.pool] = max(limits.get(claim.pool, 0), claim.limit_bps)
    return {pool: min(rate, limits[pool]) for pool, rate in rates.items()}
