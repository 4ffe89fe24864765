"""Where requests had better not end, as their replies find no way from there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from intentc.forwarding.outage import Outage
from intentc.place.roles import Landing, Setback, Variation
from intentc.place.tasks import Task
from intentc.values import replace


def shunned_in(start: Variation, outage: Outage) -> frozenset[int]:
    """Return the nodes where packets must not end in a state."""
    return frozenset([node for state, node in start.shunned if state is outage])


def other_landings(forward: Task, start: Variation, setbacks: Iterable[Setback]) -> Iterator[Variation]:
    """Yield what requests may do about replies that found no way from where these ended: end elsewhere in the states that stopped them.

    None where they have no other end in one of these. Where both directions share a bound, they may also come sooner to the
    same end: the time of replies from there alone is left to these then.
    """
    ends: dict[Outage, set[int]] = {}
    for setback in setbacks:
        ends.setdefault(setback.outage, set()).update([each.start for each in setback.role.ends_in(setback.outage)[:1]])
    others = {outage: _open(forward, start, outage) - nodes for outage, nodes in ends.items()}
    if all(others.values()):
        yield _without(start, ends)
        if any(forward.round_trip_us(outage) is not None for outage in ends):
            yield _without(start, others)


def _open(forward: Task, start: Variation, outage: Outage) -> frozenset[int]:
    accepted = frozenset[int]().union(*[group.accepted for group in forward.groups])
    return accepted - outage.nodes - shunned_in(start, outage)


def _without(start: Variation, nodes: dict[Outage, set[int]] | dict[Outage, frozenset[int]]) -> Variation:
    further: set[Landing] = {(outage, node) for outage, each in nodes.items() for node in each}
    return replace(start, shunned=start.shunned | further)
