"""Exact searches over all paths, whatever devices can be made to do: what is possible at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from intentc.forwarding.figures import latency_of
from intentc.forwarding.outage import Outage
from intentc.forwarding.walk import Arcs
from intentc.place import words
from intentc.place.check import Terms
from intentc.place.context import Context
from intentc.place.model import Hop
from intentc.place.potentials import Guide
from intentc.place.roles import Ends
from intentc.place.search import Answer, Quest, find_path
from intentc.place.tasks import Task
from intentc.values import frozen

MOST_HOPS = 1 << 20  # more than any path has: of equal sums the path with fewer hops comes first
_NS_PER_US = 1000


@frozen
class Route:
    """A path that was found in some layer."""

    start: int
    arcs: Arcs
    latency_us: int


def find_route(context: Context, task: Task, ends: Ends, outage: Outage, fences: frozenset[int]) -> Route | None:
    """Return the fastest path that takes no link of `fences` and passes the waypoints, and no node where packets end before, if there is one."""
    terms = Terms(task, task.groups[ends.group], outage, None)
    barred = fences | context.network.drained
    quest = free_quest(context, terms, ends, context.open_but(barred), passes_ends=False)
    return route_of(context, terms, ends, find_path(quest))


def fastest_us(context: Context, task: Task, outage: Outage, starts: frozenset[int]) -> int | None:
    """Return the least latency from any of `starts` that is up (from any source, if none is), capacity aside.

    None where there is no path.
    """
    ends = [
        Ends(index, start)
        for index, group in enumerate(task.groups)
        for start in group.sources
        if start not in outage.nodes
    ]
    ends = [item for item in ends if item.start in starts] or ends
    routes = [find_route(context, task, item, outage, task.barred) for item in ends]
    return min((route.latency_us for route in routes if route is not None), default=None)


def free_quest(
    context: Context, terms: Terms, ends: Ends, is_open: Callable[[int], bool], *, passes_ends: bool = True
) -> Quest:
    """Return the search for the fastest path over links that are up, whatever devices can do.

    `passes_ends`: on its way to a waypoint it may run through a node where packets end, which placement never lets it.
    """
    network, steps = context.network, context.single_steps

    def hops(node: int, _arrival: Arcs) -> Sequence[Hop]:
        return steps[node]

    latency = _latency(context, terms.task.ahead)
    guide = None  # what others know is of their network
    if context.guides.network is network:
        guide = _guide(context, terms, latency, passes_ends=passes_ends)
    return Quest(
        network=network,
        outage=terms.outage,
        start=ends.start,
        targets=terms.group.targets,
        stops=terms.group.stops,
        hops=hops,
        is_by_arrival=False,
        is_open=is_open,
        weigh=lambda hop: latency(hop.arcs[0]),
        floor=latency if guide is None else guide.floor,
        via=terms.task.via,
        bound_us=None,
        ahead=terms.task.ahead,
        guide=guide,
        is_plain=True,
        single=context.single_arcs,
        passes_ends=passes_ends and bool(terms.task.via),
    )


def is_too_late(context: Context, terms: Terms, start: int) -> bool:
    """Return True where even the fastest way over all links, whatever room they have, breaks the bound; False proves nothing."""
    network, bound_us, group = context.network, terms.bound_us, terms.group
    if bound_us is None or context.guides.network is not network:
        return False
    if terms.task.via:  # mostly there is a way, and the search for it looks ahead by these times
        near = context.guides.by_metric(group.targets, group.stops, terms.task.via, passes_ends=True)
        return bound_us * _NS_PER_US < near.propagation_ns[0][start] < words.FAR  # what is no way has no time either
    guide = _guide(context, terms, _latency(context, terms.task.ahead))
    least = guide.cost[0][start]
    return least != guide.far and least // MOST_HOPS > bound_us * _NS_PER_US * network.units_per_us


def _latency(context: Context, ahead: int | None) -> Callable[[int], int]:
    """Return what the latency of an arc is counted as, in parts of a nanosecond, and how many arcs there are."""
    network, scale = context.network, context.network.units_per_us

    def latency(arc: int) -> int:
        packets = 0 if ahead is None else (1 + ahead) * network.packet_units[arc] * _NS_PER_US
        return ((network.propagation_ns[arc] or 0) * scale + packets) * MOST_HOPS + 1

    return latency


def _guide(context: Context, terms: Terms, latency: Callable[[int], int], *, passes_ends: bool = True) -> Guide:
    group, task = terms.group, terms.task
    measure, is_before = ("latency", task.ahead), passes_ends and bool(task.via)
    return context.guides.by(group.targets, group.stops, task.via, measure, latency, passes_ends=is_before)


def route_of(context: Context, terms: Terms, ends: Ends, answer: Answer) -> Route | None:
    if answer.hops is None:
        return None
    arcs = tuple(hop.arcs[0] for hop in answer.hops)
    return Route(ends.start, arcs, latency_of(context.network, arcs, terms.task.ahead).total)
