"""`utilization <= P on SET`: how full the links get, in every state."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.assertions.context import Context
from intentc.assertions.model import NORMAL_STATE
from intentc.forwarding.outage import NORMAL, Outage
from intentc.resolve.assertion_model import Assertion, UtilisationBound
from intentc.values import frozen

_PPM, _PPB = 1_000_000, 1_000_000_000


@frozen
class Load:
    """How full one direction of a link is in a state: reservations and `background`, as `load_bps` of `capacity_bps`."""

    arc: int
    state: str
    outage: Outage
    load_bps: int
    capacity_bps: int

    @property
    def ppm(self) -> int:
        return -(-self.load_bps * _PPM // self.capacity_bps)

    def keeps(self, bound: UtilisationBound) -> bool:
        """Return whether the load is within the bound, exactly."""
        left, right = self.load_bps * _PPB, bound.bound_ppb * self.capacity_bps
        return left < right if bound.is_strict else left <= right

    def is_worse(self, other: Load) -> bool:
        """Return whether this link is fuller, exactly; of equals the normal state is worse, then the first id, then arc."""
        mine, theirs = self.load_bps * other.capacity_bps, other.load_bps * self.capacity_bps
        return mine > theirs or (mine == theirs and self._order < other._order)

    @property
    def _order(self) -> tuple[bool, str, int]:
        return self.outage is not NORMAL, self.state, self.arc


@frozen
class Fullest:
    """The worst load of all, and the worst of each link that is too full (by arc)."""

    worst: Load
    too_full: dict[int, Load]


def find_fullest(context: Context, assertion: Assertion, bound: UtilisationBound) -> Fullest:
    """Return the fullest link over the normal state and all states that the assertion names.

    Only states that some demand is promised can be worse than the normal one (`Reservations`), and only on links that
    demands are moved to; the ids of single failures are looked up, those of pairs found by going through all pairs, with
    one addition of masks each.
    """
    loads = _loads(context, assertion, bound)
    worst = next(loads)
    too_full: dict[int, Load] = {}
    _note(worst, bound, too_full)
    for load in loads:
        _note(load, bound, too_full)
        if load.is_worse(worst):
            worst = load
    return Fullest(worst, {arc: too_full[arc] for arc in sorted(too_full)})


def _note(load: Load, bound: UtilisationBound, too_full: dict[int, Load]) -> None:
    known = too_full.get(load.arc)
    if not load.keeps(bound) and (known is None or load.is_worse(known)):
        too_full[load.arc] = load


def _loads(context: Context, assertion: Assertion, bound: UtilisationBound) -> Iterator[Load]:
    """Yield the loads that can be the worst ones; there is at least one."""
    network, books = context.behaviour.network, context.reservations
    arcs = [arc for name in bound.links for link in (network.link_index[name],) for arc in (2 * link, 2 * link + 1)]
    for arc in arcs:
        yield _load(context, arc, NORMAL_STATE, NORMAL)
    wanted = frozenset(arcs)
    gains = {outage: found for outage, grown in books.gains() if (found := grown & wanted)}
    named = context.singles.named(assertion.under, frozenset(outage.mask for outage in gains))
    for outage, found in gains.items():
        if outage.mask in named:
            for arc in sorted(found):
                yield _load(context, arc, named[outage.mask], outage)


def _load(context: Context, arc: int, state: str, outage: Outage) -> Load:
    network = context.behaviour.network
    reserved = context.reservations.reserved_bps(arc, outage)
    return Load(arc, state, outage, reserved + network.background_bps[arc], network.capacity_bps[arc])
