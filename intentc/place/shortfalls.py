"""Why the IGP's own path does not do, in words."""

from __future__ import annotations

from intentc.place.check import Lack, Shortfall
from intentc.place.context import Context
from intentc.place.goals import CROWDED
from intentc.place.primary import UTILISATION_LIMIT_PPM, Primary
from intentc.place.tasks import Task
from intentc.place.wording import percent_text, rate_text, time_text


def shortfall_text(context: Context, shortfall: Shortfall, task: Task) -> str:
    """Return what a path falls short of, as the rest of a sentence that begins with the path."""
    return _WORDS[shortfall.lack](context, shortfall, task)


def reason_text(context: Context, primary: Primary, task: Task, *, is_steered: bool) -> str:
    """Return why a demand takes its path, one sentence for people."""
    if primary.is_kept:
        return "kept: what steers it in the earlier build still does all that is asked"
    way = "steered" if primary.algorithm is None else f"the way of algorithm {primary.algorithm}"
    if primary.goal == CROWDED:
        return f"{way}: others of its priority need the room that IGP's path would take"
    if primary.wish is not None:
        return f"{way}: `{primary.wish}` asks for it"
    if primary.goal is not None:
        return f"{way}: `optimize {primary.goal}` prefers it to IGP's path"
    if primary.igp_fills is not None:
        link, ppm = primary.igp_fills
        name, limit = context.network.links[link], percent_text(UTILISATION_LIMIT_PPM)
        return f"{way}: IGP's path would fill `{name}` to {percent_text(ppm)}, limit {limit}"
    if primary.igp_lacks is not None:
        return f"{way}: IGP's path {shortfall_text(context, primary.igp_lacks, task)}"
    if primary.algorithm is not None:
        return f"{way}: IGP's path would not do under failure"
    return "IGP's own path; steered under failure, where the IGP's would not do" if is_steered else "IGP's own path"


def _arrival(context: Context, shortfall: Shortfall, _task: Task) -> str:
    if shortfall.mishap is None:
        return "does not arrive"
    where = f" at `{context.network.nodes[shortfall.node]}`" if shortfall.node is not None else ""
    over = f" over `{context.network.links[shortfall.link]}`" if shortfall.link is not None else ""
    return f"does not arrive: {shortfall.mishap.value}{where}{over}"


def _destination(context: Context, shortfall: Shortfall, _task: Task) -> str:
    where = f", one of them `{context.network.nodes[shortfall.node]}`" if shortfall.node is not None else ""
    return f"ends at another place or at several{where}"


def _element(context: Context, shortfall: Shortfall, task: Task) -> str:
    network = context.network
    if shortfall.link is None:
        return f"runs through `{network.nodes[shortfall.node or 0]}`, which carries no transit traffic"
    name = network.links[shortfall.link]
    if shortfall.link in network.drained:
        return f"uses `{name}`, which is drained"
    for exclusion in task.demand.exclusions:
        ends = network.topology.links[name].a.node, network.topology.links[name].b.node
        if name in exclusion.links or not exclusion.nodes.isdisjoint(ends):
            return f"uses `{name}`, excluded by `{exclusion.text}`"
    return (
        f"uses `{name}`, whose latency is not known"
        if shortfall.link not in task.fences
        else f"uses `{name}`, fenced off"
    )


def _waypoint(_context: Context, shortfall: Shortfall, task: Task) -> str:
    return f"misses `{task.demand.via[shortfall.waypoint or 0].text}`"


def _latency(_context: Context, shortfall: Shortfall, _task: Task) -> str:
    return f"takes {time_text(shortfall.latency_us or 0)}, bound {time_text(shortfall.bound_us or 0)}"


def _capacity(context: Context, shortfall: Shortfall, _task: Task) -> str:
    name = context.network.links[shortfall.link or 0]
    if shortfall.missing_bps is None:
        return f"uses `{name}`, which others need under failure"
    whose = ", which other classes need under failure" if shortfall.for_failures else ""
    return f"lacks {rate_text(shortfall.missing_bps)} on `{name}`{whose}"


def _tables(context: Context, shortfall: Shortfall, _task: Task) -> str:
    return f"needs a steering table more than `{context.network.nodes[shortfall.node or 0]}` has"


def _split(_context: Context, _shortfall: Shortfall, _task: Task) -> str:
    return "splits over several paths, which replies could not follow (`symmetric`)"


def _turn(_context: Context, _shortfall: Shortfall, _task: Task) -> str:
    return "comes to a node twice, where replies could not follow (`symmetric`)"


def _mirror(_context: Context, _shortfall: Shortfall, _task: Task) -> str:
    return "takes other links than the requests (`symmetric`)"


def _service(_context: Context, shortfall: Shortfall, _task: Task) -> str:
    crowd = shortfall.crowd
    return "asks more of a service than it serves" if crowd is None else f"asks too much of `{crowd.service.name}`"


_WORDS = {
    Lack.ARRIVAL: _arrival,
    Lack.DESTINATION: _destination,
    Lack.ELEMENT: _element,
    Lack.WAYPOINT: _waypoint,
    Lack.LATENCY: _latency,
    Lack.CAPACITY: _capacity,
    Lack.TABLES: _tables,
    Lack.SPLIT: _split,
    Lack.TURN: _turn,
    Lack.MIRROR: _mirror,
    Lack.SERVICE: _service,
}
