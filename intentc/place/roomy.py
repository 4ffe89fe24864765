"""Paths that had room for a demand in some state: mostly one of them has it in the next state too, and nothing has to be searched for."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

from intentc.forwarding.figures import latency_of
from intentc.place.check import Terms
from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.forwarding.walk import Arcs
    from intentc.place.context import Context

_MOST_KNOWN = 6  # of a demand between the same ends, those that were asked for last


@frozen
class Way:
    """A path with what is asked of it again and again."""

    arcs: Arcs
    links: frozenset[int]
    latency_us: int


class Roomy:
    """Paths of demands by key and ends, in no books: whether one has room now is looked at whenever somebody asks."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, frozenset[int]], list[Way]] = {}

    def clear(self) -> None:
        """Forget all paths: other demands are placed from here on."""
        self._known.clear()

    def note(self, context: Context, terms: Terms, start: int, arcs: Arcs) -> None:
        """Note a path that meets the terms."""
        known = self._known.setdefault((terms.task.demand.key, start, terms.group.targets), [])
        if all(way.arcs != arcs for way in known):
            latency_us = latency_of(context.network, arcs, terms.task.ahead).total
            known.insert(0, Way(arcs, frozenset([arc >> 1 for arc in arcs]), latency_us))
            del known[_MOST_KNOWN:]

    def find(self, context: Context, terms: Terms, start: int) -> Way | None:
        """Return a known path that meets the terms, in time and with room; None: there may be one all the same."""
        task, bound_us = terms.task, terms.bound_us
        known = self._known.get((task.demand.key, start, terms.group.targets))
        if known is None or task.via or terms.only is not None or terms.mirror is not None:
            return None
        outage, barred, has_room = terms.outage, task.barred, context.ledger.has_room
        claim = task.claim_in(outage)
        for place, way in enumerate(known):
            is_late = bound_us is not None and way.latency_us > bound_us
            if is_late or not way.links.isdisjoint(outage.links) or not way.links.isdisjoint(barred):
                continue
            if all(map(has_room, way.arcs, repeat(outage), repeat(claim))):
                known.insert(0, known.pop(place))
                return way
        return None
