"""What of a placement holds over another network of the same nodes and links: figures of some links differ, or whether they are drained.

A *plain* demand is one that nothing steers: in each state its packets take all the shortest ways there are. Such a demand *stays* where

- none of these ways, in any state, uses a link that has changed, and
- no way over an arc that got cheaper is as short as they are: even by the lesser one of the old and the new metric of each arc, and
  with all elements up, the way to that arc, the arc, and the way on to the destination are together longer than the longest of its ways
  in any state.

Then the shortest ways of each state are the same ones. A way without such links is as long as before. One over an arc that got
cheaper is longer than theirs by the second condition, as taking elements away shortens nothing. One over other changed arcs is
as long as it was or longer, and it was longer than theirs, as it is not one of them.

All that a try of a plain demand asks beside its ways, and beside the books, is about their arcs, about where its devices are, or about what other
ways there are in round-trip bounds and at ends that are cut off: those demands count as changed, and so does what is steered.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from intentc.forwarding.igp import Igp
from intentc.forwarding.network import Network, view_of
from intentc.forwarding.walk import Walk
from intentc.place.model import PlacedDemand
from intentc.place.parts import all_arcs
from intentc.place.roles import Variation
from intentc.place.tasks import Task

if TYPE_CHECKING:
    from intentc.place.memory import Known
    from intentc.place.trial import Trial

_PLAIN = Variation()


class Crossing:
    """From one network to another; `names` are the links that differ, `links` the same by index."""

    def __init__(self, before: Network, after: Network, names: Collection[str]) -> None:
        self.network = after
        self.links = frozenset([after.link_index[name] for name in names if name in after.link_index])
        self._arcs = frozenset([arc for link in self.links for arc in (2 * link, 2 * link + 1)])
        self._nodes = frozenset([after.head[arc] for arc in self._arcs])
        self._cheaper = [arc for arc in sorted(self._arcs) if after.metric[arc] < before.metric[arc]]
        least = tuple(map(min, before.metric, after.metric))
        self._nearest = Igp(view_of(after, after.leaving, after.entering, least) if self._cheaper else after)
        rooms = ((each.capacity_bps, each.background_bps, each.under) for each in (before, after))
        self.is_same_room = next(rooms) == next(rooms)

    def stays(self, known: Known) -> bool:
        """Return whether all demands of an intent stay."""
        return all(map(self._stays, known.trials, known.demands))

    def _stays(self, trial: Trial, placed: PlacedDemand) -> bool:
        task = trial.task
        if trial.variation != _PLAIN or any(course.rules or course.policies for course in placed.courses):
            return False
        if _has_round_trip(task) or any(not self._nodes.isdisjoint(group.sources) for group in task.groups):
            return False
        walks = list({id(each.taken): each.taken for each in (placed.normal, *placed.states)}.values())
        if any(not self._arcs.isdisjoint(self._used(taken)) for taken in walks):
            return False
        return not self._cheaper or self._is_shorter(task, walks)

    def _used(self, taken: Walk) -> Collection[int]:
        """Return the arcs of a walk, and those below the tunnels among them."""
        return all_arcs(self.network, taken) if self.network.under else taken.each_arc

    def _is_shorter(self, task: Task, walks: Collection[Walk]) -> bool:
        """Return whether all ways are shorter than any over an arc that got cheaper."""
        if len(task.groups) != 1 or len(task.groups[0].addresses) != 1:
            return False  # each kind of packets has ways of its own
        metric, nearest, towards = self.network.metric, self._nearest, self._nearest.whole(task.groups[0].addresses[0])
        longest = max([sum([metric[arc] for arc in trail.arcs]) for taken in walks for trail in taken.trails])
        return all(
            nearest.whole_to(nearest.network.tail[arc]).distance(start)
            + nearest.network.metric[arc]
            + towards.distance(nearest.network.head[arc])
            > longest
            for arc in self._cheaper
            for start in {taken.start for taken in walks}
        )


def _has_round_trip(task: Task) -> bool:
    """Return whether there is a bound on both directions together: the fastest way back is then taken off what this one may take."""
    failover = task.demand.failover
    return task.demand.rtt_bound_ns is not None or (failover is not None and failover.rtt_bound_ns is not None)
