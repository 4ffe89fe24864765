"""Between two ends, the path that lacks least room in all: what would have to be there for a demand to fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    lacks = _lacks(context, terms, is_open.told())

    def price(arc: int) -> int:
        return lacks(arc) * many + 1

    def weigh(hop: Hop) -> int:
        return price(hop.arcs[0])

    quest = replace(
        free_quest(context, terms, ends, is_open), bound_us=terms.bound_us, weigh=weigh, floor=price, guide=None
    )
    answer = find_priced(quest, _prices(context, price, is_open.row, stages))
    arcs = [hop.arcs[0] for hop in answer.hops or ()]
    return answer, tuple([(arc, lacks(arc)) for arc in arcs if lacks(arc)])


def _lacks(context: Context, terms: Terms, row: Sequence[int]) -> Callable[[int], int]:
    """Return what tells how much an arc lacks for the demand; of most arcs that may be used the books say at once that they lack nothing."""
    ledger, claim, known = context.ledger, terms.task.claim_in(terms.outage), dict[int, int]()
    roomy = ledger.open_row(claim, terms.outage, is_wary=False)

    def lacks(arc: int) -> int:
        if row[arc] == SHUT or (roomy is not None and roomy[arc] == OPEN):
            return 0
        if arc not in known:
            shortage = ledger.shortage(arc, terms.outage, claim)
            known[arc] = shortage.missing_bps if shortage is not None else 0
        return known[arc]

    return lacks


def _prices(context: Context, price: Callable[[int], int], row: Sequence[int], stages: int) -> Prices | None:
    """Return the prices of arcs as words, those of arcs that are shut being of no account; None where they are none."""
    kernels = context.guides.kernels
    if kernels is None:
        return None
    found = kernels.lengths(lambda arc: price(arc) if row[arc] != SHUT else 1)
    return Prices(kernels, found[0]) if found is not None and kernels.holds(found[1], stages) else None
