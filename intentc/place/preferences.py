"""The path of the normal state for demands that prefer some elements: as many preferences as can be, the first ones first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL
from intentc.forwarding.walk import Arcs, Walk
from intentc.place.check import Terms, find_shortfall
from intentc.place.context import Context
from intentc.place.goals import COST, LATENCY, goal_length
from intentc.place.model import Course, Hop
from intentc.place.potentials import Via
from intentc.place.primary import UTILISATION_LIMIT_PPM, Avoid, Primary, fullest_ppm, make_quest, open_arcs
from intentc.place.search import Quest, find_path
from intentc.resolve.model import Demand
from intentc.values import frozen, replace

Score = tuple[
    int, ...
]  # by preference: links that are not of it, or whether a place is not passed; the smallest is best

MOST_ORDERS = 60  # in which places are sought among waypoints
MOST_BRANCHES = 32  # searches for a path that comes to no node twice
_LINK = 1 << 200  # a link that is not preferred outweighs all else
_STEP = 1 << 20  # more links than any path has


@frozen
class Likings:
    """The preferences of a demand as the search sees them: nodes and links by index, in order."""

    nodes: tuple[frozenset[int], ...]
    links: tuple[frozenset[int], ...]
    is_place: tuple[bool, ...]

    @property
    def size(self) -> int:
        return len(self.is_place)

    def of_path(self, network: Network, start: int, arcs: Sequence[int]) -> Score:
        """Return the score of one path."""
        nodes, links = set(network.nodes_along(start, tuple(arcs))), [arc >> 1 for arc in arcs]
        return tuple(
            int(self.nodes[at].isdisjoint(nodes) and self.links[at].isdisjoint(links))
            if self.is_place[at]
            else sum(link not in self.links[at] for link in links)
            for at in range(self.size)
        )

    def of_walk(self, network: Network, taken: Walk) -> Score:
        """Return the score of the worst path, preference by preference."""
        scores = [self.of_path(network, taken.start, trail.arcs) for trail in taken.trails]
        return tuple(max(column) for column in zip(*scores, strict=True))

    def price(self, arc: int) -> int:
        """Return what an arc adds to the sum that is to be small, for all that is no place."""
        top = self.size - 1
        return sum(
            _LINK * _STEP ** (top - at)
            for at in range(self.size)
            if not self.is_place[at] and arc >> 1 not in self.links[at]
        )


def likings_of(network: Network, demand: Demand) -> Likings:
    """Return the preferences of a demand over a network; elements that do not exist yet are nowhere."""
    wanted = demand.preferences
    return Likings(
        tuple(frozenset(network.node_index[n] for n in item.nodes if n in network.node_index) for item in wanted),
        tuple(frozenset(network.link_index[n] for n in item.links if n in network.link_index) for item in wanted),
        tuple(item.is_place for item in wanted),
    )


@frozen
class Found:
    """A path with its score."""

    score: Score
    hops: tuple[Hop, ...]


_Ranked = tuple[tuple[Score, int], Found]


def find_preferred(context: Context, terms: Terms, course: Course, start: int, avoid: Avoid) -> Primary | None:
    """Fix and return the path that is preferred; None where there is none that devices can be told.

    Of paths that are preferred alike: by `optimize latency` or `cost` the one with the least sum, else the IGP's own unless it
    fills a link above the limit, else the one whose fullest link is least full.
    """
    likings = likings_of(context.network, terms.task.demand)
    search = _Search(context, terms, course, start, likings)
    is_open = open_arcs(context, terms, avoid)
    best = search.best(is_open)
    if best is None:
        return None
    natural = course.walk(NORMAL, start)
    is_fine = find_shortfall(context.network, context.ledger, terms, natural) is None
    is_fine = is_fine and not avoid.among(context, natural.arcs, terms.task.claim)
    if is_fine and likings.of_walk(context.network, natural) <= best.score and search.does_as_well(natural, best):
        course.keep(NORMAL, natural)
        return Primary(natural, None, None)
    best = search.least_full(is_open, best)
    taken = course.steer(NORMAL, start, best.hops)
    wish = next((item.text for at, item in enumerate(terms.task.demand.preferences) if not best.score[at]), None)
    return Primary(taken, None, None, wish=wish or terms.task.demand.preferences[0].text)


class _Search:
    def __init__(self, context: Context, terms: Terms, course: Course, start: int, likings: Likings) -> None:
        self._context, self._terms, self._course, self._start = context, terms, course, start
        self._likings = likings

    def best(self, is_open: Callable[[int], bool]) -> Found | None:
        """Return the path with the smallest score over open arcs; of the same score the one with the least cost.

        The places are asked for one after the other, the first one first: one more is kept where that makes the score smaller.
        """
        best = self._within(is_open, frozenset())
        wanted: frozenset[int] = frozenset()
        for at in range(self._likings.size):
            if best is not None and self._likings.is_place[at] and best.score[at]:
                found = self._within(is_open, wanted | {at})
                if found is not None and found.score < best.score:
                    best, wanted = found, wanted | {at}
            elif best is not None and self._likings.is_place[at]:
                wanted |= {at}
        return best

    def does_as_well(self, natural: Walk, best: Found) -> bool:
        """Return whether the IGP's own path, preferred alike, serves the demand's goal as well as the best one."""
        demand, claim = self._terms.task.demand, self._terms.task.claim
        arcs = [arc for hop in best.hops for arc in hop.arcs]
        if demand.goal in {LATENCY, COST}:
            length = goal_length(self._context, self._terms)
            return max(sum(map(length, trail.arcs)) for trail in natural.trails) <= sum(map(length, arcs))
        return not claim.rate_bps or fullest_ppm(self._context, natural, claim) <= UTILISATION_LIMIT_PPM

    def least_full(self, is_open: Callable[[int], bool], best: Found) -> Found:
        """Return, of the paths with the same score, one whose fullest link is least full; of goals with a sum the best one."""
        context, claim = self._context, self._terms.task.claim
        if self._terms.task.demand.goal in {LATENCY, COST} or not claim.rate_bps:
            return best
        fill = cache(lambda arc: context.ledger.utilisation_ppm(arc, claim))
        floor = min(context.ledger.fullest_ppm(), UTILISATION_LIMIT_PPM)
        used = max(fill(arc) for hop in best.hops for arc in hop.arcs)
        fills = {fill(arc) for arc in range(len(context.network.tail)) if is_open(arc)}
        levels = sorted({floor, *(ppm for ppm in fills if floor < ppm < used)} - {used})
        low, high = 0, len(levels) - 1
        while low <= high and used > floor:
            middle = (low + high) // 2
            level = levels[middle]
            found = self.best(lambda arc, level=level: is_open(arc) and fill(arc) <= level)  # type: ignore[misc]  # bound now
            if found is not None and found.score <= best.score:
                best, high = found, middle - 1
            else:
                low = middle + 1
        return best

    def _within(self, is_open: Callable[[int], bool], places: frozenset[int]) -> Found | None:
        """Return the best path that passes some places, in whatever order."""
        best: _Ranked | None = None
        for via in self._orders(sorted(places)):
            best = self._simple(self._quest(is_open, via), best)
        return None if best is None else best[1]

    def _simple(self, quest: Quest, best: _Ranked | None) -> _Ranked | None:
        """Return the best path that comes to no node twice, for nobody turns round for a preference; `best` if that is better.

        A path without repeated nodes leaves out one of the arcs by which another one comes to a node again.
        """
        network, pending = self._context.network, deque([frozenset[int]()])
        for _ in range(MOST_BRANCHES):
            if not pending:
                break
            banned = pending.popleft()
            answer = find_path(replace(quest, is_open=_but(quest.is_open, banned)) if banned else quest)
            if answer.hops is None:
                continue
            arcs = tuple(arc for hop in answer.hops for arc in hop.arcs[:1])
            found = Found(self._likings.of_path(network, self._start, arcs), answer.hops)
            key = (found.score, sum(map(quest.weigh, answer.hops)))
            if best is None or key < best[0]:
                again = _entering_twice(network, self._start, arcs)
                pending.extend(banned | {arc} for arc in again)
                best = best if again else (key, found)
        return best

    def _quest(self, is_open: Callable[[int], bool], via: Via) -> Quest:
        quest = make_quest(self._context, self._terms, self._course, self._start, is_open)
        price, base, least, many = self._likings.price, quest.weigh, quest.floor, 1
        length: Callable[[int], int] = lambda _arc: 0  # noqa: E731  (what is summed up besides rules and metrics)
        if self._terms.task.demand.goal in {LATENCY, COST}:
            length, many = goal_length(self._context, self._terms), 1 << 80

        def weigh(hop: Hop) -> int:
            return max(price(arc) + length(arc) * many for arc in hop.arcs) + base(hop)

        def floor(arc: int) -> int:
            return price(arc) + length(arc) * many + least(arc)

        return replace(quest, weigh=weigh, floor=floor, via=via, is_plain=False, rule_cost=None)

    def _orders(self, places: Sequence[int]) -> Iterator[Via]:
        """Yield the waypoints of the demand, in their order, with the places anywhere among them: at most `MOST_ORDERS` ways."""
        orders: list[Via] = [self._terms.task.via]
        for at in places:
            item = (self._likings.nodes[at], self._likings.links[at])
            orders = [(*via[:spot], item, *via[spot:]) for via in orders for spot in range(len(via) + 1)]
        yield from orders[:MOST_ORDERS]


def _but(is_open: Callable[[int], bool], banned: frozenset[int]) -> Callable[[int], bool]:
    return lambda arc: arc not in banned and is_open(arc)


def _entering_twice(network: Network, start: int, arcs: Arcs) -> tuple[int, ...]:
    """Return the arcs by which a path comes to a node for the first and the second time, none where it never does."""
    entered: dict[int, int | None] = {start: None}
    for arc in arcs:
        node = network.head[arc]
        if node in entered:
            first = entered[node]
            return (arc,) if first is None else (first, arc)
        entered[node] = arc
    return ()


def reasons(context: Context, terms: Terms, start: int, score: Score) -> tuple[str | None, ...]:
    """Return, by preference, why it was not met: no path does all else (`clauses`), links on the way lack `room`, or `other`.

    Other reasons are earlier preferences, what devices can do, and promised failures. The demand is not in the books.
    """
    likings = likings_of(context.network, terms.task.demand)
    found: list[str | None] = []
    for at, own in enumerate(score):
        one = Likings((likings.nodes[at],), (likings.links[at],), (likings.is_place[at],))
        if not own:
            found.append(None)
        elif _least(context, terms, start, one, lambda arc: arc >> 1 not in terms.task.barred) >= (own,):
            found.append("clauses")
        elif _least(context, terms, start, one, open_arcs(context, terms)) >= (own,):
            found.append("room")
        else:
            found.append("other")
    return tuple(found)


def _least(context: Context, terms: Terms, start: int, one: Likings, is_open: Callable[[int], bool]) -> Score:
    """Return the least score for one preference over open arcs, whatever devices can do; more than any if there is no path."""
    course = _AnyCourse(context)
    search = _Search(context, terms, course, start, one)  # type: ignore[arg-type]  # only its hops are asked for
    best = search.best(is_open)
    return (_STEP,) if best is None else best.score


class _AnyCourse:
    """Steps over any link, whatever devices can do."""

    is_free = True
    single = None

    def __init__(self, context: Context) -> None:
        self._steps = context.single_steps

    def hops(self, _outage: object, node: int, _arrival: Arcs) -> Sequence[Hop]:
        return self._steps[node]
