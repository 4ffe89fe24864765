"""What comes to each queue, with bursts as grown by now: sums per ingress link, in the normal state and with each change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intentc.delay.curves import Bundle
from intentc.delay.streams import BITS, NO_LINK, Stream, Web
from intentc.topology.model import Link, Topology

Ways = tuple[tuple[int, int], ...]  # ways, each with the time (ns) that it takes longer
Parts = tuple[tuple[int, int, int, int], ...]  # of one way each: place of the ingress link, rate, burst, way
Joint = tuple[tuple[int, int, int, Ways], ...]  # of several: the slowest counts
Sums = tuple[list[int], list[int]]  # rates (bps) and bursts (nanobits) by place


class Arrivals:
    """The arrivals at all queues; `waited` is what packets may have waited for, by way (ns)."""

    def __init__(self, web: Web, topology: Topology, waited: list[int]) -> None:
        self._waited = waited
        self._web = web
        self._lines: list[list[tuple[int, int]]] = []
        self._normal: list[tuple[Parts, Joint]] = []
        self._changes: list[list[tuple[Parts, Joint]]] = []
        links = list(topology.links.values())
        for queue, key in enumerate(web.keys):
            changes = web.changes[queue]
            streams = [*web.normal[queue], *(stream for change in changes for stream in change.won)]
            places = {number: place for place, number in enumerate(sorted({stream.ingress for stream in streams}))}
            self._lines.append([_line(links, number, key[1]) for number in places])
            self._normal.append(self._split((1, web.normal[queue]), places=places))
            self._changes.append([self._split((-1, change.lost), (1, change.won), places=places) for change in changes])

    def _split(self, *signed: tuple[int, Iterable[Stream]], places: dict[int, int]) -> tuple[Parts, Joint]:
        """Return streams by what they wait for: those of one way and one link are one."""
        plain: dict[tuple[int, int], tuple[int, int]] = {}
        joint: list[tuple[int, int, int, Ways]] = []
        for sign, streams in signed:
            for item in streams:
                ways = tuple((way, late + extra) for spot, late in item.spots for way, extra in self._web.spots[spot])
                place = places[item.ingress]
                if len(ways) == 1 and not ways[0][1]:
                    rate, burst = plain.get((place, ways[0][0]), (0, 0))
                    plain[place, ways[0][0]] = rate + sign * item.rate_bps, burst + sign * item.burst
                else:
                    joint.append((place, sign * item.rate_bps, sign * item.burst, ways))
        parts = tuple((place, rate, burst, way) for (place, way), (rate, burst) in plain.items() if rate or burst)
        return parts, tuple(joint)

    def normal(self, queue: int) -> Sums:
        """Return the sums of the normal state."""
        count = len(self._lines[queue])
        sums = [0] * count, [0] * count
        self._add(self._normal[queue], sums)
        return sums

    def changed(self, queue: int, change: int, normal: Sums) -> Sums:
        """Return the sums in the state of a change."""
        sums = normal[0][:], normal[1][:]
        self._add(self._changes[queue][change], sums)
        return sums

    def _add(self, found: tuple[Parts, Joint], sums: Sums) -> None:
        waited, (rates, bursts) = self._waited, sums
        for place, rate, burst, way in found[0]:
            rates[place] += rate
            bursts[place] += burst + rate * waited[way]
        for place, rate, burst, ways in found[1]:
            rates[place] += rate
            bursts[place] += burst + rate * max([waited[way] + extra for way, extra in ways])

    def bundles(self, queue: int, sums: Sums) -> list[Bundle]:
        """Return the arrivals as bundles."""
        return [(rate, burst, line, most) for rate, burst, (line, most) in zip(*sums, self._lines[queue], strict=True)]


def _line(links: Sequence[Link], number: int, node: str) -> tuple[int, int]:
    """Return the rate at which a link delivers to `node` (0: it is none), and its largest packet in nanobits."""
    if number == NO_LINK:
        return 0, 0
    link = links[number]
    return link.capacity_bps.towards(is_ab=link.is_ab(link.other(node))), link.mtu * BITS
