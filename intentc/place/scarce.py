"""Between two ends, the path that lacks least room in all: what would have to be there for a demand to fit."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from itertools import compress, repeat
from operator import ne

from intentc.place.check import Terms
from intentc.place.context import Context
from intentc.place.model import Hop
from intentc.place.openness import OPEN, SHUT
from intentc.place.potentials import Prices
from intentc.place.reach import free_quest
from intentc.place.roles import Ends
from intentc.place.search import Answer, find_priced
from intentc.values import replace


def least_short(context: Context, terms: Terms, ends: Ends) -> tuple[Answer, tuple[tuple[int, int], ...]]:
    """Return the path that keeps all bounds and lacks least in a state, and its arcs that lack room, each with the bps it lacks.

    Of equal sums the path with fewer links comes first.
    """
    is_open, stages = context.open_but(terms.task.barred), len(terms.task.via) + 1
    many = len(context.network.nodes) * stages + 1  # more than any path has links: it comes to no place twice
    lacking = _lacking(context, terms, is_open.told())

    def price(arc: int) -> int:
        return lacking.get(arc, 0) * many + 1

    def weigh(hop: Hop) -> int:
        return price(hop.arcs[0])

    quest = replace(
        free_quest(context, terms, ends, is_open), bound_us=terms.bound_us, weigh=weigh, floor=price, guide=None
    )
    answer = find_priced(quest, _prices(context, {arc: price(arc) for arc in lacking}, stages))
    arcs = [hop.arcs[0] for hop in answer.hops or ()]
    return answer, tuple([(arc, lacking[arc]) for arc in arcs if arc in lacking])


def _lacking(context: Context, terms: Terms, row: Sequence[int]) -> dict[int, int]:
    """Return how much each arc that may be used lacks for the demand; of most arcs the books say at once that they lack nothing."""
    ledger, claim, found = context.ledger, terms.task.claim_in(terms.outage), dict[int, int]()
    roomy = ledger.open_row(claim, terms.outage, is_wary=False)
    arcs = range(len(row))
    for arc in arcs if roomy is None else compress(arcs, map(ne, roomy, repeat(OPEN))):
        shortage = ledger.shortage(arc, terms.outage, claim) if row[arc] != SHUT else None
        if shortage is not None and shortage.missing_bps:
            found[arc] = shortage.missing_bps
    return found


def _prices(context: Context, dear: Mapping[int, int], stages: int) -> Prices | None:
    """Return the prices of all arcs as words, 1 but for those that are `dear`; None where they are none."""
    kernels = context.guides.kernels
    if kernels is None or not kernels.holds(max(dear.values(), default=1), stages):
        return None
    row = array("q", (1,)) * len(context.network.head)
    for arc, price in dear.items():
        row[arc] = price
    return Prices(kernels, row)
