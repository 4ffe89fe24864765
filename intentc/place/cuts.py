"""Which exclusions, waypoints or ends keep a demand from any path, and which links would connect its ends."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.forwarding.network import Network
from intentc.place.context import Context
from intentc.place.diagnose import Layer, Verdict, is_usable_end
from intentc.place.fences import exclude, find_fences, links_at
from intentc.place.reach import Route, find_route
from intentc.place.tasks import common_ends
from intentc.resolve.model import Exclusion
from intentc.values import frozen, replace


@frozen
class Cut:
    """`exclusions` without any one of which there would be a path (or all on the way, if it takes several), the excluded
    `links` on that path and the nodes that `leaks` (indices); or the text of a `waypoint`; or the `ends` without a link.
    """

    exclusions: tuple[Exclusion, ...] = ()
    links: tuple[int, ...] = ()
    leaks: tuple[int, ...] = ()
    waypoint: str | None = None
    ends: tuple[int, ...] = ()


def find_cut(context: Context, verdict: Verdict) -> Cut:
    """Return what a verdict of the layers `ENDS`, `FENCES` and `VIA` is due to."""
    if verdict.ends is None:
        return Cut()
    if verdict.layer is Layer.ENDS:
        return _ends_cut(context, verdict)
    if verdict.layer is Layer.VIA:
        return Cut(waypoint=_first_missed(context, verdict))
    if verdict.layer is Layer.FENCES:
        return _fence_cut(context, verdict)
    return Cut()


def _ends_cut(context: Context, verdict: Verdict) -> Cut:
    """Return the ends that cannot talk, with the clauses that exclude them or make them leak."""
    network, task, outage = context.network, verdict.task, verdict.outage
    assert verdict.ends is not None  # noqa: S101  (the caller looked)
    targets = task.groups[verdict.ends.group].targets
    ends = [
        node
        for node in sorted({verdict.ends.start, *targets})
        if node in outage.nodes or not is_usable_end(context, task, outage, node)
    ]
    names = {network.nodes[node] for node in ends}
    leaks = _leaking_with(network, task.leaks, ends)
    touched = frozenset[int]().union(*(links_at(network, node) for node in leaks))
    guilty = [item for item in task.demand.exclusions if item.nodes & names or exclude(network, [item]) & touched]
    return Cut(exclusions=tuple(guilty), leaks=leaks, ends=tuple(ends))


def _leaking_with(network: Network, leaks: Iterable[int], ends: Iterable[int]) -> tuple[int, ...]:
    """Return those of `ends` that leak, with the leaking nodes that they hang together with: a node may leak for its neighbours alone."""
    left = set(leaks)
    found = left & set(ends)
    pending = list(found)
    while pending:
        links = links_at(network, pending.pop())
        joined = {node for node in left - found if links_at(network, node) & links}
        found |= joined
        pending += joined
    return tuple(sorted(found))


def _first_missed(context: Context, verdict: Verdict) -> str | None:
    task = verdict.task
    for passed, waypoint in enumerate(task.demand.via):
        if _route(context, task_with_via(verdict, passed + 1), task.fences) is None:
            return waypoint.text
    return None


def task_with_via(verdict: Verdict, steps: int) -> Verdict:
    """Return the verdict's demand with only the first few of its waypoints."""
    task = replace(verdict.task, via=verdict.task.via[:steps])
    return replace(verdict, setback=replace(verdict.setback, task=task))


def _fence_cut(context: Context, verdict: Verdict) -> Cut:
    bare = task_with_via(verdict, 0)
    exclusions = verdict.task.demand.exclusions
    guilty = [
        (exclusion, route)
        for exclusion in exclusions
        if (route := _route(context, bare, _fences_without(context, verdict, {exclusion}))) is not None
    ]
    if guilty:
        return _cut_by(context, verdict, [exclusion for exclusion, _ in guilty], guilty[0][1])
    route = _route(context, bare, frozenset())
    if route is None:
        return Cut(exclusions=exclusions)
    on_way = {arc >> 1 for arc in route.arcs}
    return _cut_by(context, verdict, [item for item in exclusions if exclude(context.network, [item]) & on_way], route)


def _cut_by(context: Context, verdict: Verdict, guilty: list[Exclusion], route: Route) -> Cut:
    on_way = {arc >> 1 for arc in route.arcs}
    nodes = set(context.network.nodes_along(route.start, route.arcs))
    return Cut(
        exclusions=tuple(guilty or verdict.task.demand.exclusions),
        links=tuple(sorted(on_way & exclude(context.network, guilty))),
        leaks=tuple(node for node in verdict.task.leaks if node in nodes),
    )


def _fences_without(context: Context, verdict: Verdict, left_out: Iterable[Exclusion]) -> frozenset[int]:
    task = verdict.task
    kept = [exclusion for exclusion in task.demand.exclusions if exclusion not in set(left_out)]
    return find_fences(context.realiser, kept, common_ends(task.groups))[0]


def _route(context: Context, verdict: Verdict, fences: frozenset[int]) -> Route | None:
    assert verdict.ends is not None  # noqa: S101  (the caller looked)
    return find_route(context, verdict.task, verdict.ends, verdict.outage, fences)
