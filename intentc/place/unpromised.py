"""States that others are promised, but not a demand: what touches its paths there frees what it has reserved."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage, Outages, Watch
from intentc.forwarding.walk import Arcs

_MOST_KNOWN = 64  # promises; most demands share a few


class Unpromised:
    """Answers for many demands, most of which are promised the very same states but for some that cut their ends off."""

    def __init__(self) -> None:
        self._known: dict[
            Watch, tuple[int, int, Watch]
        ] = {}  # by what is promised: how many there are in all, and in it; the others
        self._met: tuple[Outages, dict[Outage, int]] | None = None  # all states by their places

    def turn(self, outages: Outages) -> None:
        """Be of another run that has met the very same states in the same order."""
        if self._met is not None:
            self._met = outages, self._met[1]

    def along(self, network: Network, outages: Outages, promised: Watch, start: int, arcs: Arcs) -> Sequence[Outage]:
        """Return the states that are not promised and touch a node, or some arcs or the nodes that they lead to, in the order in which they were met."""
        places, others = self._places(outages), self._others(outages, promised.whole)
        touched = others.at(others.places_along(network, start, arcs))
        if not promised.gone:
            return touched
        mask, whole = network.mask_of(start, arcs), promised.whole
        gone = [outage for outage in promised.gone if outage.touches(mask) and outage in places and outage in whole]
        return sorted([*touched, *gone], key=places.__getitem__) if gone else touched

    def _others(self, outages: Outages, whole: Watch) -> Watch:
        found = self._known.get(whole)
        if found is None or found[:2] != (len(outages), len(whole.all)):
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            others = Watch(whole.without_any(self._places(outages)))
            found = self._known[whole] = len(outages), len(whole.all), others
        return found[2]

    def _places(self, outages: Outages) -> dict[Outage, int]:
        if self._met is None or self._met[0] is not outages or len(self._met[1]) != len(outages):
            self._met = outages, {outage: place for place, outage in enumerate(outages.known)}
            self._known.clear()
        return self._met[1]
