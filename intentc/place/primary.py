"""The path of the normal state: the IGP's own unless something needs another, then the one that loads links least."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence

from intentc.forwarding.outage import NORMAL
from intentc.forwarding.walk import Arcs, Walk
from intentc.place.book import Claim
from intentc.place.bottleneck import least_fill
from intentc.place.check import Lack, Shortfall, Terms, find_shortfall
from intentc.place.context import Context
from intentc.place.model import Course, Hop
from intentc.place.openness import OpenArcs, to_ask
from intentc.place.parts import claims_on
from intentc.place.reach import is_too_late
from intentc.place.search import Answer, Quest, find_path
from intentc.realise.model import Standing
from intentc.values import frozen

UTILISATION_LIMIT_PPM = 800_000
_NO_LIMIT = 1 << 60
_LATE = frozenset({Lack.LATENCY, Lack.WAYPOINT})  # which say that the way is longer than the IGP's, or too long
_ONE_RULE = 1 << 48  # a rule more outweighs all metrics of a path


@frozen
class Avoid:
    """Arcs that a path leaves out although they have room in the normal state: some, or all that lack it in any state."""

    arcs: frozenset[int] = frozenset()
    is_wary: bool = False

    @property
    def is_any(self) -> bool:
        return bool(self.arcs) or self.is_wary

    def among(self, context: Context, arcs: Iterable[int], claim: Claim) -> list[int]:
        """Return those of some arcs that are to be left out."""
        return [
            arc for arc in arcs if arc in self.arcs or (self.is_wary and context.ledger.is_short_anywhere(arc, claim))
        ]


_NOTHING = Avoid()


@frozen
class Primary:
    """A path and why it is not the IGP's own: what that one falls short of, how full (ppm) it would make a link, or the
    goal that another path serves better. `is_kept`: it is that of the earlier build. `algorithm`: it is the way of that
    Flexible Algorithm.
    """

    taken: Walk
    igp_lacks: Shortfall | None
    igp_fills: tuple[int, int] | None  # link, ppm
    goal: str | None = None
    is_kept: bool = False
    algorithm: int | None = None
    wish: str | None = None  # the preference by which it is not the IGP's own
    standings: tuple[Standing, ...] = ()


@frozen
class NoPrimary:
    """No path was found; what the IGP's own falls short of."""

    igp_lacks: Shortfall
    has_given_up: bool


def find_primary(
    context: Context, terms: Terms, course: Course, start: int, avoid: Avoid = _NOTHING
) -> Primary | NoPrimary:
    """Fix and return the path of the normal state for packets that nothing steers yet."""
    natural = course.walk(NORMAL, start)
    lack, claim = find_shortfall(context.network, context.ledger, terms, natural), terms.task.claim
    avoided = avoid.among(context, natural.arcs, claim)
    if lack is None and avoided:
        lack = Shortfall(Lack.CAPACITY, link=min(avoided) >> 1)
    is_wide = lack is None and context.is_wasteful(terms.task, claim, natural)
    if is_wide:
        lack = Shortfall(Lack.CAPACITY, link=min(natural.arcs) >> 1)
    if lack is not None:
        is_late = lack.lack in _LATE and is_too_late(context, terms, start)
        answer = Answer(None) if is_late else _least_loaded(context, terms, course, start, avoid=avoid, below_ppm=None)
        if answer.hops is None and is_wide:
            course.keep(NORMAL, natural)
            return Primary(natural, None, None)
        if answer.hops is None:
            return NoPrimary(lack, answer.has_given_up)
        return Primary(course.steer(NORMAL, start, answer.hops), lack, None)
    fullest = fullest_ppm(context, natural, claim)
    if claim.rate_bps and fullest > UTILISATION_LIMIT_PPM:
        answer = _least_loaded(context, terms, course, start, avoid=avoid, below_ppm=fullest)
        if answer.hops is not None:
            link = min(arc for arc, fill in fills_ppm(context, natural, claim).items() if fill == fullest) >> 1
            return Primary(course.steer(NORMAL, start, answer.hops), None, (link, fullest))
    course.keep(NORMAL, natural)
    return Primary(natural, None, None)


def keep_primary(context: Context, terms: Terms, course: Course, start: int) -> Primary | Shortfall:
    """Fix and return the path that the steering of an earlier build still makes, or what it falls short of by now."""
    taken = course.walk(NORMAL, start)
    lack = find_shortfall(context.network, context.ledger, terms, taken)
    if (
        lack is None
        and terms.task.claim.rate_bps
        and fullest_ppm(context, taken, terms.task.claim) > UTILISATION_LIMIT_PPM
    ):
        lack = Shortfall(Lack.CAPACITY)
    if lack is not None:
        return lack
    course.keep(NORMAL, taken)
    return Primary(taken, None, None, is_kept=True)


def open_arcs(context: Context, terms: Terms, avoid: Avoid = _NOTHING) -> OpenArcs:
    """Return which arcs may and can carry the demand in a state; what a row does not tell is looked at when it is asked for."""
    claim, ledger, barred, only = terms.task.claim_in(terms.outage), context.ledger, terms.task.barred, terms.only
    has_room, is_left_out = _tests(context, terms, avoid, claim)

    def is_open(arc: int) -> bool:
        return (
            arc >> 1 not in barred
            and (only is None or arc in only)
            and has_room(arc)
            and (terms.mirror is None or terms.has_mirror_room(ledger, arc))
            and not is_left_out(arc)
        )

    kernels, count = context.guides.kernels, len(context.network.head)
    if kernels is None:
        return OpenArcs(to_ask(count), is_open, None)
    row = None if terms.mirror is not None else ledger.open_row(claim, terms.outage, is_wary=avoid.is_wary)
    row = to_ask(count) if row is None else row
    kernels.rows.shut(row, barred, 2)
    kernels.rows.shut(row, avoid.arcs, 1)
    return OpenArcs(row if only is None else kernels.rows.within(row, only), is_open, kernels.rows)


def _tests(
    context: Context, terms: Terms, avoid: Avoid, claim: Claim
) -> tuple[Callable[[int], bool], Callable[[int], bool]]:
    """Return the tests whether an arc has room for a claim in a state, and whether it is left out all the same."""
    ledger, outage = context.ledger, terms.outage
    if not ledger.is_outlined(claim):
        is_any = avoid.is_any
        return (
            lambda arc: ledger.has_room(arc, outage, claim),
            lambda arc: is_any and bool(avoid.among(context, (arc,), claim)),
        )
    has_room = ledger.open_to(claim, outage)
    if not avoid.is_wary:
        return has_room, avoid.arcs.__contains__
    is_short = ledger.short_anywhere(claim)
    return has_room, lambda arc: arc in avoid.arcs or is_short(arc)


def make_quest(context: Context, terms: Terms, course: Course, start: int, is_open: Callable[[int], bool]) -> Quest:
    """Return the search for a path with the fewest new rules, among these the IGP's cheapest.

    A path that devices can be told as a whole takes no rule per step.
    """
    network = context.network

    one_rule = 0 if course.is_free else _ONE_RULE

    def weigh(hop: Hop) -> int:
        return hop.is_steered * one_rule + max(network.metric[arc] for arc in hop.arcs)

    def hops(node: int, arrival: Arcs) -> Sequence[Hop]:
        found = course.hops(terms.outage, node, arrival)
        return [hop for hop in found if len(hop.arcs) == 1] if terms.task.demand.is_symmetric else found

    guide = context.guides.by_metric(terms.group.targets, terms.group.stops, terms.task.via)
    return Quest(
        network=network,
        outage=terms.outage,
        start=start,
        targets=terms.group.targets,
        stops=terms.group.stops,
        hops=hops,
        is_by_arrival=not course.is_free,
        is_open=is_open,
        weigh=weigh,
        floor=guide.floor,
        via=terms.task.via,
        bound_us=terms.bound_us,
        ahead=terms.task.ahead,
        guide=guide,
        is_plain=course.is_free,
        single=course.single,
        rule_cost=one_rule,
    )


def _least_loaded(
    context: Context, terms: Terms, course: Course, start: int, *, avoid: Avoid, below_ppm: int | None
) -> Answer:
    """Return the path whose fullest link, with the demand on it, is least full.

    Links that get no fuller than the network's fullest one is already (or the limit, if that is less) count as equal.
    `below_ppm`: only a path that keeps below it counts.
    """
    is_open = open_arcs(context, terms, avoid)
    claim = terms.task.claim
    if not claim.rate_bps:
        return find_path(make_quest(context, terms, course, start, is_open))
    floor, top = min(context.ledger.fullest_ppm(), UTILISATION_LIMIT_PPM), (below_ppm or _NO_LIMIT) - 1

    fill = context.ledger.fills(claim)

    def at(level: int) -> Answer:
        return find_path(make_quest(context, terms, course, start, is_open.no_fuller(fill, level)))

    lowest = least_fill(context, terms, start, is_open, fill=fill, floor=min(floor, top))
    if lowest is None or lowest > top:
        return Answer(None)
    first = at(lowest)
    if first.hops is not None or top <= lowest:
        return first
    widest = at(top)
    if widest.hops is None:
        return widest
    return _lowest(fill.between(is_open, lowest, _most(fill, widest)), at, fill, widest)


def _most(fill: Callable[[int], int], answer: Answer) -> int:
    """Return how full the fullest link of a path gets."""
    return max(fill(arc) for hop in answer.hops or () for arc in hop.arcs)


def _lowest(levels: list[int], at: Callable[[int], Answer], fill: Callable[[int], int], best: Answer) -> Answer:
    """Return the answer at the lowest level that has one, else `best`; one that keeps below its level is that of a lower one."""
    low, high = 0, len(levels) - 1
    while low <= high:
        middle = (low + high) // 2
        answer = at(levels[middle])
        if answer.hops is not None:
            best, high = answer, bisect_left(levels, _most(fill, answer)) - 1
        else:
            low = middle + 1
    return best


def fullest_ppm(context: Context, taken: Walk, claim: Claim) -> int:
    """Return how full (ppm) the fullest link of a path gets with a claim on it."""
    return max(fills_ppm(context, taken, claim).values(), default=0)


def fills_ppm(context: Context, taken: Walk, claim: Claim) -> Mapping[int, int]:
    """Return how full (ppm) each link of a path gets, by arc, with a claim on it."""
    own = claims_on(context.network, taken, claim)
    return {arc: context.ledger.utilisation_ppm(arc, own(arc)) for arc in taken.arcs}
