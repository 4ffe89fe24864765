"""What comes to each queue, with bursts as grown by now: sums per ingress link, in the normal state and with each change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intentc.delay.curves import Arrival, arrival_of
from intentc.delay.streams import BITS, NO_LINK, Stream, Web
from intentc.topology.model import Link, Topology

NORMAL = -1  # in place of the number of a change
Ways = tuple[tuple[int, int], ...]  # ways, each with the time (ns) that it takes longer
Parts = tuple[tuple[int, int, int, int], ...]  # of one way each: place of the ingress link, rate, burst, way
Joint = tuple[tuple[int, int, int, Ways], ...]  # of several: the slowest counts


class Arrivals:
    """The arrivals at all queues; `waited` is what packets may have waited for, by way (ns).

    What is found for a queue is kept until somebody says that what packets have waited for on their way to it has changed.
    """

    def __init__(self, web: Web, topology: Topology, waited: list[int]) -> None:
        self._waited = waited
        self._web = web
        self._links = list(topology.links.values())
        self._lines: list[tuple[tuple[int, int], ...]] = []
        self._places: list[dict[int, int]] = []
        self._parts: list[dict[int, tuple[Parts, Joint]]] = [{} for _ in web.keys]  # by queue and change
        self._rates: list[dict[int, list[int]]] = [{} for _ in web.keys]
        self._bursts: list[list[int] | None] = []
        self._known: list[dict[int, Arrival]] = []
        for queue, key in enumerate(web.keys):
            found = {stream.ingress for stream in web.normal[queue]}
            found.update([stream.ingress for change in web.changes[queue] for stream in change.won])
            self._places.append({number: place for place, number in enumerate(sorted(found))})
            self._lines.append(tuple([_line(self._links, number, key[1]) for number in self._places[-1]]))
        self.clear()

    def clear(self) -> None:
        """Forget what was found for all queues."""
        self._bursts = [None] * len(self._web.keys)
        self._known = [{} for _ in self._web.keys]

    def forget(self, queue: int) -> None:
        """Forget what was found for a queue."""
        self._bursts[queue] = None
        self._known[queue].clear()

    def of(self, queue: int, change: int) -> Arrival:
        """Return what comes to a queue in the state of a change, or in the normal one."""
        known = self._known[queue]
        found = known.get(change)
        if found is None:
            bursts = self._bursts[queue]
            if bursts is None:
                bursts = self._bursts[queue] = [0] * len(self._lines[queue])
                self._add(self._split(queue, NORMAL), bursts)
            if change != NORMAL:
                bursts = bursts[:]
                self._add(self._parts[queue].get(change) or self._split(queue, change), bursts)
            found = known[change] = arrival_of(self._rates[queue][change], bursts, self._lines[queue])
        return found

    def _add(self, found: tuple[Parts, Joint], bursts: list[int]) -> None:
        waited = self._waited
        for place, rate, burst, way in found[0]:
            bursts[place] += burst + rate * waited[way]
        for place, rate, burst, ways in found[1]:
            bursts[place] += burst + rate * max([waited[way] + extra for way, extra in ways])

    def _split(self, queue: int, change: int) -> tuple[Parts, Joint]:
        """Return the streams of the normal state, or what a change makes of them, by what they wait for."""
        found = self._parts[queue].get(change)
        if found is None:
            web = self._web
            if change == NORMAL:
                rates, signed = [0] * len(self._lines[queue]), [(1, web.normal[queue])]
            else:
                self._split(queue, NORMAL)
                own = web.changes[queue][change]
                rates, signed = self._rates[queue][NORMAL][:], [(-1, own.lost), (1, own.won)]
            found = self._parts[queue][change] = self._sorted(signed, self._places[queue], rates)
            self._rates[queue][change] = rates
        return found

    def _sorted(
        self, signed: Iterable[tuple[int, Iterable[Stream]]], places: dict[int, int], rates: list[int]
    ) -> tuple[Parts, Joint]:
        """Return streams by what they wait for, those of one way and one link as one; their rates are added to `rates`."""
        plain: dict[tuple[int, int], tuple[int, int]] = {}
        joint: list[tuple[int, int, int, Ways]] = []
        spots = self._web.spots
        for sign, streams in signed:
            for item in streams:
                place, rate, burst = places[item.ingress], sign * item.rate_bps, sign * item.burst
                rates[place] += rate
                ways = tuple([(way, late + extra) for spot, late in item.spots for way, extra in spots[spot]])
                if len(ways) == 1 and not ways[0][1]:
                    known = plain.get((place, ways[0][0]), (0, 0))
                    plain[place, ways[0][0]] = known[0] + rate, known[1] + burst
                else:
                    joint.append((place, rate, burst, ways))
        parts = tuple([(place, rate, burst, way) for (place, way), (rate, burst) in plain.items() if rate or burst])
        return parts, tuple(joint)


def _line(links: Sequence[Link], number: int, node: str) -> tuple[int, int]:
    """Return the rate at which a link delivers to `node` (0: it is none), and its largest packet in nanobits."""
    if number == NO_LINK:
        return 0, 0
    link = links[number]
    return link.capacity_bps.towards(is_ab=link.is_ab(link.other(node))), link.mtu * BITS
