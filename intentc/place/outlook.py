"""What all arcs have left, side by side, so that a search can be told at once which of them a claim fits on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.book import bps_of
from intentc.values import frozen

PPM = 1_000_000
UNKNOWN = -1


@frozen
class Room:
    """What is left on an arc in the worst case: of the whole, and of what each class in use may have.

    `by_class` is None where only classes are in use that share all of the link. `normal` and `moves` are sums as in `Book`;
    `most_bps`: the capacity without background.
    """

    is_enough: bool
    left_bps: int
    by_class: Mapping[str, int] | None
    normal: int
    moves: tuple[Mapping[Outage, int], ...]
    most_bps: int


class Outlook:
    """Rows over all arcs, of which only those that were touched are looked at again.

    They are about claims of classes that share all of a link, with pools of their own. `surely`: the bps that fit on an arc
    in any state. `normally`: those that fit in the normal state, `UNKNOWN` where that depends on more than their sum.
    """

    def __init__(self, network: Network, room_of: Callable[[int], Room]) -> None:
        count = len(network.head)
        self._network = network
        self._room_of = room_of
        self._touched = set(range(count))
        self._surely, self._normally, self._used = [0] * count, [0] * count, [0] * count
        self._unclear: set[int] = set()  # arcs whose place in `normally` is unknown
        self._limits: tuple[int, list[int]] = (-1, [])  # what fills each arc so far, of the level asked for last

    def forget(self, arcs: Iterable[int]) -> None:
        """Say that what some arcs have left may have changed."""
        self._touched.update(arcs)

    def forget_all(self) -> None:
        """Say that what any arc has left may have changed."""
        self._touched.update(range(len(self._surely)))

    def open_to(self, bps: int, outage: Outage, has_room: Callable[[int], bool]) -> list[bool]:
        """Return for each arc whether so much more fits in a state; `has_room` is asked where that is not seen here."""
        self._refresh()
        if outage is NORMAL:
            found = [bps <= most for most in self._normally]
            asked = sorted(self._unclear)
        else:
            found = [bps <= most for most in self._surely]
            asked = [arc for arc, is_open in enumerate(found) if not is_open]
        for arc in asked:
            found[arc] = has_room(arc)
        return found

    def tight_for(self, bps: int) -> list[int]:
        """Return the arcs on which so much more may not fit in some state."""
        self._refresh()
        return [arc for arc, most in enumerate(self._surely) if bps > most]

    def below(self, bps: int, level_ppm: int) -> list[bool]:
        """Return for each arc whether so much more fills it no further than to a level in the normal state."""
        self._refresh()
        if self._limits[0] != level_ppm:
            self._limits = level_ppm, [most * level_ppm // PPM for most in self._network.capacity_bps]
        return [used + bps <= most for used, most in zip(self._used, self._limits[1], strict=True)]

    def _refresh(self) -> None:
        background = self._network.background_bps
        for arc in self._touched:
            room = self._room_of(arc)
            normal = bps_of(room.normal)
            self._used[arc] = normal + background[arc]
            self._normally[arc] = (
                room.most_bps - normal if room.by_class is None and room.most_bps >= normal else UNKNOWN
            )
            self._surely[arc] = room.left_bps if room.is_enough else UNKNOWN
            (self._unclear.add if self._normally[arc] == UNKNOWN else self._unclear.discard)(arc)
        self._touched.clear()
