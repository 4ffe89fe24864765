"""The path of the normal state for demands that say what to minimise (`optimize`), other than staying where they are."""

from __future__ import annotations

from collections.abc import Callable

from intentc.forwarding.outage import NORMAL
from intentc.forwarding.walk import Walk
from intentc.place.check import Terms, find_shortfall
from intentc.place.context import Context
from intentc.place.division import ride_ways
from intentc.place.model import Course, Hop
from intentc.place.primary import Avoid, Primary, make_quest, open_arcs
from intentc.place.search import Quest, find_path
from intentc.values import replace

STABILITY, LATENCY, COST, UTILISATION = "stability", "latency", "cost", "utilization"
CROWDED = "crowded"  # no goal of a demand: it goes where it leaves room for others
_NS_PER_US = 1000
_LESSER = 1 << 80  # what is minimised outweighs rules and metrics


def find_by_goal(context: Context, terms: Terms, course: Course, start: int, avoid: Avoid) -> Primary | None:
    """Fix and return the path that a demand's goal prefers; None where it has none, or keeping still does as well."""
    proposal = context.proposals.get(terms.task.demand.key) if terms.task.demand.goal == UTILISATION else None
    if proposal is not None and proposal.ways and proposal.start == start and not avoid.is_any:
        taken = ride_ways(context, terms, course, start, proposal.ways)
        if taken is not None:
            return Primary(taken, None, None, UTILISATION)
    quest = _quest(context, terms, course, start, avoid)
    answer = find_path(quest) if quest is not None else None
    if answer is None or answer.hops is None:
        return None
    natural = course.walk(NORMAL, start)
    goal = terms.task.demand.goal
    is_fine = find_shortfall(context.network, context.ledger, terms, natural) is None
    is_kept = not avoid.among(context, natural.arcs, terms.task.claim)
    if is_fine and is_kept and _is_as_good(context, terms, natural, answer.hops):
        course.keep(NORMAL, natural)
        return Primary(natural, None, None)
    return Primary(course.steer(NORMAL, start, answer.hops), None, None, goal)


def _is_as_good(context: Context, terms: Terms, natural: Walk, hops: tuple[Hop, ...]) -> bool:
    goal, arcs = terms.task.demand.goal, [arc for hop in hops for arc in hop.arcs]
    if goal == UTILISATION:
        return natural.arcs == frozenset(arcs)
    if goal == COST:
        cost = goal_length(context, terms)
        return sum(map(cost, natural.arcs)) <= sum(map(cost, arcs))
    length = goal_length(context, terms)
    found = sum(max(map(length, hop.arcs)) for hop in hops)
    return max(sum(map(length, trail.arcs)) for trail in natural.trails) <= found


def _quest(context: Context, terms: Terms, course: Course, start: int, avoid: Avoid) -> Quest | None:
    goal = terms.task.demand.goal
    is_open = open_arcs(context, terms, avoid)
    quest = make_quest(context, terms, course, start, is_open)
    if goal == UTILISATION:
        proposal = context.proposals.get(terms.task.demand.key)
        if proposal is None or proposal.start != start or avoid.is_any:
            return None
        return replace(quest, is_open=is_open.within(proposal.arcs))
    measure, weigh, floor, add = goal_length(context, terms), quest.weigh, quest.floor, sum if goal == COST else max
    return replace(
        quest,
        weigh=lambda hop: add(map(measure, hop.arcs)) * _LESSER + weigh(hop),
        floor=lambda arc: measure(arc) * _LESSER + floor(arc),
        rule_cost=None,
        is_plain=False,
    )


def goal_length(context: Context, terms: Terms) -> Callable[[int], int]:
    """Return what an arc adds to the sum that is to be small: its price, or its latency with each part unrounded."""
    network, ahead = context.network, terms.task.ahead

    def cost(arc: int) -> int:
        of = network.link_of(arc).cost
        return of.ba if arc & 1 else of.ab

    def latency(arc: int) -> int:
        packets = 0 if ahead is None else (1 + ahead) * network.packet_units[arc] * _NS_PER_US
        return (network.propagation_ns[arc] or 0) * network.units_per_us + packets

    return cost if terms.task.demand.goal == COST else latency
