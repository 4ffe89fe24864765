"""Whether a certificate proves that a demand has no path in a state: cuts, and potentials for latency bounds."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.manifest.refusal_model import CutEntry, PotentialEntry, TimesEntry
from intentc.verify.classes import queued_ahead
from intentc.verify.refused import Refused, name_of
from intentc.verify.terrain import Spot, Terrain

_NS_PER_US = 1000
_LEAST_AHEAD = 2  # in every queue: a packet that has just begun, and one of network control


def flaw_of_cut(refused: Refused, cut: CutEntry) -> str | None:
    """Return what is wrong with a cut, None if it leaves no path."""
    terrain = refused.terrain(cut.given, cut.waypoints)
    if terrain is None:
        return f"the demand has no {cut.waypoints} waypoints"
    inside = {(spot.node, spot.passed) for spot in cut.inside}
    within, beyond = (terrain.starts, terrain.goals) if cut.side == "source" else (terrain.goals, terrain.starts)
    if not within <= inside or beyond & inside:
        return f"its places do not part the ends of `{name_of(refused.wanted)}`"
    told = {(item.link, item.node): item.reason for item in cut.closed}
    left = set(told)
    for arc in terrain.arcs:
        place = (arc.link.id, arc.tail)
        if not any(_crosses(cut.side, (arc.tail, k), terrain.after(arc, k), inside) for k in range(cut.waypoints + 1)):
            continue
        left.discard(place)
        if place not in told:
            return f"link `{arc.link.id}` leads out of it from `{arc.tail}`"
        if told[place] == "full" and cut.given != "placed":
            return "it rests on what is placed, and does not say so"
        if not terrain.holds(told[place], arc):
            return f"link `{arc.link.id}` from `{arc.tail}` is said to be {told[place]}, and is not"
    return f"link `{min(left)[0]}` does not lead out of it" if left else None


def _crosses(side: str, here: Spot, there: Spot, inside: set[Spot]) -> bool:
    first, last = (here, there) if side == "source" else (there, here)
    return first in inside and last not in inside


def flaw_of_potential(refused: Refused, told: PotentialEntry) -> str | None:
    """Return what is wrong with a potential, None if no path keeps the bound."""
    is_both = len(told.parts) > 1
    if told.bound_us != refused.bound_us(is_both=is_both):
        return f"the bound is {refused.bound_us(is_both=is_both)} us, not {told.bound_us}"
    if told.queueing not in {0, _LEAST_AHEAD, queued_ahead(refused.asked.traffic_class, refused.world.sources)}:
        return f"no {told.queueing} packets are assumed to queue at a hop"
    total, bound_ns = 0, told.bound_us * _NS_PER_US
    for at, part in enumerate(told.parts):
        terrain = refused.terrain(told.given, told.waypoints, is_partner=at > 0)
        if terrain is None or part.demand != name_of(terrain.wanted) or at > 1:
            return f"`{part.demand}` is not the demand that was refused"
        times = {(place.node, place.passed): place.ns for place in part.places}
        flaw = _flaw_of_times(terrain, part, times, told.queueing, bound_ns)
        if flaw is not None:
            return flaw
        total += min((times.get(start, bound_ns + 1) for start in terrain.starts), default=bound_ns + 1)
    return None if total > bound_ns else f"it leaves a way of {total} ns, within the bound"


def _flaw_of_times(
    terrain: Terrain, part: TimesEntry, times: Mapping[Spot, int], queueing: int, bound_ns: int
) -> str | None:
    """Return a hop that is shorter than the times at its ends allow, or an end that is not at 0."""
    if any(times.get(goal) != 0 for goal in terrain.goals) or len(times) != len(part.places):
        return "not every end is at 0, or a place stands there twice"
    for arc in terrain.arcs:
        if not terrain.is_usable(arc):
            continue
        length = terrain.length_ns(arc, queueing)
        for passed in range(terrain.stages + 1):
            ahead = times.get(terrain.after(arc, passed), bound_ns + 1)
            if times.get((arc.tail, passed), bound_ns + 1) > length + ahead:
                return f"link `{arc.link.id}` leads from `{arc.tail}` to the end sooner than it says"
    return None
