"""What paths are for demands, whoever else is there: how long they take, and what is claimed on each link with the labels that packets have."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.forwarding.outage import Outage
from intentc.forwarding.walk import Arcs, Trail
from intentc.place.joint.errands import Errand, short_ways
from intentc.place.model import Realiser
from intentc.place.reconverged import Reconverged
from intentc.realise.labels import Labels, with_labels

NOTHING: frozenset[int] = frozenset()
Rates = tuple[int, ...]  # bps on each link of a path
Way = tuple[Arcs, Labels]
_LARGE = 1 << 20  # a rate of which rounding up to whole bps is nothing


class Burdens:
    """Knows the labels of paths, each of which is asked for once; paths that devices cannot take have none (None).

    All of it holds for any program over the same network and devices.
    """

    def __init__(self, realiser: Realiser, mean_packet: int) -> None:
        self._realiser = realiser
        self._packet = mean_packet
        self.kinds: dict[tuple[object, ...], int] = {}  # of errands, by what makes them
        self._known: dict[tuple[object, ...], Labels | None] = {}
        self._led: dict[tuple[object, ...], Sequence[Trail] | None] = {}
        self._rates: dict[tuple[int, Labels], Rates] = {}
        self._factors: dict[Labels, tuple[float, ...]] = {}
        self._natural: dict[tuple[object, ...], Arcs | None] = {}
        self._ways: dict[tuple[object, ...], tuple[Arcs, ...]] = {}
        self._latency_us: dict[tuple[int | None, Arcs], int] = {}

    def short_ways(self, errand: Errand) -> tuple[Arcs, ...]:
        """Return the paths with the fewest links that keep the bound of the normal state."""
        task = errand.task
        key = (errand.start, errand.targets, errand.stops, task.barred, errand.bound_us, task.ahead)
        found = self._ways.get(key)
        if found is None:
            found = self._ways[key] = short_ways(self._realiser.igp.network, errand)
        return found

    def latency_us(self, errand: Errand, arcs: Arcs) -> int:
        """Return what a path takes with the queueing that is assumed for the class."""
        key = (errand.task.ahead, arcs)
        found = self._latency_us.get(key)
        if found is None:
            found = self._latency_us[key] = errand.latency_us(self._realiser.igp.network, arcs)
        return found

    def labels(self, errand: Errand, arcs: Arcs, pinned: frozenset[int] = NOTHING) -> Labels | None:
        """Return the labels along a path that goes down with each of some links."""
        key = (errand.kind, errand.start, arcs, pinned)
        if key not in self._known:
            task = errand.task
            packets = task.packets(task.groups[0])
            self._known[key] = self._realiser.labels(packets, task.groups[0].families, errand.start, arcs, pinned)
        return self._known[key]

    def rates(self, bps: int, arcs: Arcs, labels: Labels) -> Rates:
        """Return what a rate comes to on each link of a path."""
        if not labels:
            return (bps,) * len(arcs)
        found = self._rates.get((bps, labels))
        if found is None:
            found = self._rates[bps, labels] = tuple(with_labels(bps, count, self._packet) for count in labels)
        return found

    def factors(self, arcs: Arcs, labels: Labels) -> Sequence[float]:
        """Return by how much labels make a rate larger on each link, for prices alone."""
        if not labels:
            return (1.0,) * len(arcs)
        found = self._factors.get(labels)
        if found is None:
            found = self._factors[labels] = tuple(bps / _LARGE for bps in self.rates(_LARGE, arcs, labels))
        return found

    def led(self, errand: Errand, arcs: Arcs, pinned: frozenset[int], outage: Outage) -> Sequence[Trail] | None:
        """Return the ways that packets which are steered along a path take in a state that breaks it; None: its list is down."""
        key = (errand.kind, errand.start, arcs, pinned, outage)
        if key not in self._led:
            packets = errand.task.packets(errand.task.groups[0])
            self._led[key] = self._realiser.led(packets, errand.start, arcs, pinned, outage)
        return self._led[key]

    def natural(self, errand: Errand, outage: Outage) -> Arcs | None:
        """Return the only way that the IGP by itself has for an errand in a state; None: it has none, or several."""
        key = (errand.kind, errand.start, outage)
        if key not in self._natural:
            task, group = errand.task, errand.task.groups[0]
            is_one = len(group.addresses) == 1
            walk = Reconverged(self._realiser.igp, task, group, errand.start).walk(outage) if is_one else None
            self._natural[key] = walk.trails[0].arcs if walk is not None and len(walk.trails) == 1 else None
        return self._natural[key]
