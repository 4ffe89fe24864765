"""A cause in words: what cannot hold, with the achievable value, and the path, link or clause that limits it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from intentc.diagnostics import Span
from intentc.forwarding.outage import NORMAL
from intentc.place.causes import CROWDED, FAILOVER_TIME, GIVEN_UP, SHARED_RISK, UNMIRRORED, Cause
from intentc.place.check import Lack
from intentc.place.context import Context
from intentc.place.cuts import Cut, find_cut
from intentc.place.diagnose import Layer
from intentc.place.shortfalls import shortfall_text
from intentc.place.wording import ends_text, failing_text, names_text, path_text, rate_text, state_text, time_text

_AT_FAILOVER = frozenset({"E0521", SHARED_RISK, "E0523", "E0524", "E0525", "E0528", FAILOVER_TIME})
_NS_PER_US = 1000
_US_PER_MS = 1000
_AT_EXCLUSION = frozenset({"E0503", "E0506", "E0526"})
_CLAUSES = {
    "E0502": ("latency",),
    "E0507": ("latency",),
    "E0505": ("bandwidth",),
    CROWDED: ("bandwidth", "transfer"),
    UNMIRRORED: ("symmetric",),
}


def describe(context: Context, cause: Cause) -> str:
    """Return the message of a cause."""
    return _MESSAGES[cause.code](context, cause)


def place_of(context: Context, cause: Cause) -> Span:
    """Return the clause that asks for what cannot hold, else the intent's name."""
    demand = cause.verdict.task.demand
    spans = demand.clause_spans
    if cause.code in _AT_FAILOVER and demand.failover is not None:
        return demand.failover.span
    if cause.code in _AT_EXCLUSION:
        cut = find_cut(context, cause.verdict)
        found = [item.span for item in cut.exclusions] + [item.span for item in demand.via if item.text == cut.waypoint]
        return found[0] if found else demand.span
    if cause.code == "E0504":
        waypoint = find_cut(context, cause.verdict).waypoint
        return next((item.span for item in demand.via if item.text == waypoint), demand.span)
    return next((spans[name] for name in _CLAUSES.get(cause.code, ()) if name in spans), demand.span)


def _when(cause: Cause) -> str:
    return "" if cause.verdict.outage is NORMAL else f" when {failing_text(cause.verdict.state)}"


def _no_path(_context: Context, cause: Cause) -> str:
    return f"there is no path from {ends_text(cause.verdict.task)}{_when(cause)}"


def _shared(context: Context, cause: Cause) -> str:
    names = names_text([context.network.links[index] for index in cause.shared])
    return f"{names} share {state_text(cause.verdict.state)}: when it fails no path from {ends_text(cause.verdict.task)} is left that would do"


def _too_slow(context: Context, cause: Cause) -> str:
    verdict = cause.verdict
    who, when = ends_text(verdict.task), _when(cause)
    bound = verdict.setback.role.bound_us(verdict.outage)
    if verdict.route is None or bound is None:
        return f"no path from {who} is fast enough{when}"
    took = time_text(verdict.route.latency_us)
    path = path_text(context.network, verdict.route.start, verdict.route.arcs)
    total = verdict.task.round_trip_us(verdict.outage)
    if total is not None and bound != verdict.task.bound_us(verdict.outage):
        return (
            f"{who} takes {took} at best{when}, over {path}, and the other direction {time_text(total - bound)}:"
            f" together above the bound of {time_text(total)}"
        )
    return f"{who} takes {took} at best{when}, over {path}: above the bound of {time_text(bound)}"


def _cut_off(context: Context, cause: Cause) -> str:
    cut = find_cut(context, cause.verdict)
    who, when = ends_text(cause.verdict.task), _when(cause)
    if cut.waypoint is not None:
        order = " in this order" if len(cause.verdict.task.via) > 1 else ""
        return f"no path from {who} passes `{cut.waypoint}`{order}{when}"
    clauses = _clauses(cut)
    if not cut.links:
        return f"no path from {who} is left by {clauses}{when}"
    names = names_text([context.network.links[index] for index in cut.links])
    return f"no path from {who} is left by {clauses}{when}: it would take {names}"


def _no_end(context: Context, cause: Cause) -> str:
    cut = find_cut(context, cause.verdict)
    who = ends_text(cause.verdict.task)
    if not cut.ends:
        return f"no end of {who} is in service"
    names = names_text([context.network.nodes[node] for node in cut.ends])
    if cut.leaks:
        return f"{names} cannot drop what must not take a link that {_clauses(cut)} excludes, so it is no end for {who}"
    if cut.exclusions:
        return f"{_clauses(cut)} excludes {names}, an end of {who}"
    state = "is drained or has" if len(cut.ends) == 1 else "are drained or have"
    return f"{names} {state} no link, so there is no traffic from {who}"


def _no_attachment(context: Context, cause: Cause) -> str:
    cut = find_cut(context, cause.verdict)
    names = names_text([context.network.nodes[node] for node in cut.ends]) if cut.ends else "an end"
    return f"{names} has no other attachment{_when(cause)} ({ends_text(cause.verdict.task)})"


def _clauses(cut: Cut) -> str:
    return names_text(list(dict.fromkeys(exclusion.text for exclusion in cut.exclusions)))


def _full(context: Context, cause: Cause) -> str:
    who, when = ends_text(cause.verdict.task), _when(cause)
    arc, missing = max(cause.verdict.missing, key=lambda item: (item[1], -item[0]))
    network = context.network
    name, capacity = network.links[arc >> 1], rate_text(network.capacity_bps[arc])
    outage, task = cause.verdict.outage, cause.verdict.task
    is_kept = context.ledger.is_kept_for_failures(arc, outage, task.claim_in(outage))
    return (
        f"no path from {who} has room{when}: `{name}` ({capacity}) lacks {rate_text(missing)}"
        f" from `{network.nodes[network.tail[arc]]}` to `{network.nodes[network.head[arc]]}`"
        f"{', next to what the queues of other classes are guaranteed for failures' if is_kept else ''}"
    )


def _unknown_latency(context: Context, cause: Cause) -> str:
    network, task = context.network, cause.verdict.task
    route = cause.verdict.route
    unknown = task.barred - task.fences - network.drained
    names = [network.links[arc >> 1] for arc in (route.arcs if route is not None else ()) if arc >> 1 in unknown]
    return f"the latency of {names_text(names)} is not known, so no bound can hold from {ends_text(task)}{_when(cause)}"


def _inexpressible(context: Context, cause: Cause) -> str:
    who, shortfall = ends_text(cause.verdict.task), cause.verdict.setback.shortfall
    if shortfall.lack is Lack.TABLES and shortfall.node is not None:
        return f"`{context.network.nodes[shortfall.node]}` has no steering table left for {who}"
    own = shortfall_text(context, shortfall, cause.verdict.task)
    return f"the devices cannot keep {who} on a path that would do{_when(cause)}; the IGP's own {own}"


def _given_up(context: Context, cause: Cause) -> str:
    task, outage = cause.verdict.task, cause.verdict.outage
    if outage is not NORMAL and outage not in task.promises:
        own = shortfall_text(context, cause.verdict.setback.shortfall, task)
        return f"the search for a path from {ends_text(task)} gave up: the last one {own} for others{_when(cause)}"
    shortfall = cause.verdict.setback.shortfall
    own, labels = shortfall_text(context, shortfall, task), shortfall.labels
    with_them = f"the path, with {labels} label{'s' * (labels > 1)} in front of each packet,"
    subject = with_them if labels else "what the devices do by themselves"
    return f"the search for steering from {ends_text(task)} gave up{_when(cause)}; {subject} {own}"


def _too_late(_context: Context, cause: Cause) -> str:
    failover, found = cause.verdict.task.demand.failover, cause.protection
    if failover is None or found is None:
        return "the failover takes too long"
    total = time_text((found.detect_ms + found.repair_ms) * _US_PER_MS)
    detail = f"{time_text(found.detect_ms * _US_PER_MS)} to notice ({found.detector.upper()}), {time_text(found.repair_ms * _US_PER_MS)} to repair"
    detail += " locally" if found.repairs else ""
    wanted = time_text(failover.within_ns // _NS_PER_US)
    return f"{ends_text(cause.verdict.task)} cannot be back within {wanted}: {total} can be reached ({detail})"


def _unmirrored(context: Context, cause: Cause) -> str:
    own = shortfall_text(context, cause.verdict.setback.shortfall, cause.verdict.task)
    return f"no paths of {ends_text(cause.verdict.task)} were found that both directions take{_when(cause)}; what the devices do by themselves {own}"


def _crowded(_context: Context, cause: Cause) -> str:
    crowd = cause.verdict.setback.shortfall.crowd
    if crowd is None or crowd.service.capacity_bps is None:
        return "a service is asked for more than it serves"
    where = f" at `{crowd.host}`" if crowd.host else ""
    others = [name for name in crowd.intents if name != cause.verdict.task.demand.intent]
    beside = f" beside what {names_text(others)} has there" if others else ""
    return (
        f"{ends_text(cause.verdict.task)} would ask `{crowd.service.name}`{where} for {rate_text(crowd.asked_bps)}{_when(cause)}{beside}:"
        f" its capacity is {rate_text(crowd.service.capacity_bps)}"
    )


_MESSAGES: Mapping[str, Callable[[Context, Cause], str]] = {
    "E0501": _no_path,
    "E0502": _too_slow,
    "E0503": _cut_off,
    "E0504": _cut_off,
    "E0505": _full,
    "E0506": _no_end,
    "E0507": _unknown_latency,
    "E0508": _inexpressible,
    GIVEN_UP: _given_up,
    "E0521": _no_path,
    SHARED_RISK: _shared,
    "E0523": _too_slow,
    "E0524": _full,
    "E0525": _no_attachment,
    "E0526": _cut_off,
    "E0528": _full,
    FAILOVER_TIME: _too_late,
    UNMIRRORED: _unmirrored,
    CROWDED: _crowded,
}


def sorted_causes(causes: Sequence[Cause]) -> list[Cause]:
    """Return the causes with the one that stands for all of them first: the gravest."""
    return sorted(causes, key=_gravity)


def _gravity(cause: Cause) -> tuple[int, str, str]:
    verdict = cause.verdict
    size = sum(bps for _, bps in verdict.missing)
    if verdict.layer is Layer.LATENCY and verdict.route is not None:
        size = verdict.route.latency_us
    return -size, verdict.task.demand.key, verdict.state
