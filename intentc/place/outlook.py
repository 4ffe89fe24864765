"""What all arcs have left, side by side: a search asks of few of them, and each is told from one number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.book import bps_of
from intentc.values import frozen

PPM = 1_000_000
UNKNOWN = -1


@frozen
class Row:
    """What a class has reserved on an arc, and what it may have: `normal` and `moves` are sums as in `Book`."""

    normal: int
    moves: Mapping[Outage, int]
    most_bps: int

    def bps_in(self, outage: Outage) -> int:
        """Return what is reserved in a state."""
        return bps_of(self.normal + self.moves.get(outage, 0))


@frozen
class Room:
    """What is left on an arc: `left_bps` of the whole, whatever fails, and of what each class in use may have.

    `by_class` is None where only classes are in use that share all of the link; then `rows` have them, and `blank` is the row
    of a class that is not in use. What the queues of the others are guaranteed is not a class's to have in any state, so each
    row has a limit of its own. `normal`: the sum of all classes in the normal state.
    """

    is_enough: bool
    left_bps: int
    by_class: Mapping[str, int] | None
    normal: int
    rows: Mapping[str, Row]
    blank: Row

    def row(self, name: str) -> Row:
        """Return the row of a class."""
        return self.rows.get(name, self.blank)


@frozen
class Rooms:
    """Whether a claim fits on an arc where nothing differs from the normal state, and the states in which it is the other way."""

    is_enough: bool
    unlike: tuple[Outage, ...] = ()


class Outlook:
    """Rows over all arcs, of which only those that were touched are looked at again.

    They are about claims of classes that share all of a link, with pools of their own. `surely`: the bps that fit on an arc
    in any state. `normally`: those of a class that fit in the normal state, `UNKNOWN` where that depends on more than sums.
    Tunnels depend on what is below them.
    """

    def __init__(self, network: Network, room_of: Callable[[int], Room]) -> None:
        count = len(network.head)
        self._network = network
        self._room_of = room_of
        self._touched = set(range(count))
        self._surely, self._used = [0] * count, [0] * count
        self._normally: dict[str, list[int]] = {}

    def forget(self, arcs: Iterable[int]) -> None:
        """Say that what some arcs have left may have changed."""
        self._touched.update(arcs)

    def forget_all(self) -> None:
        """Say that what any arc has left may have changed."""
        self._touched.update(range(len(self._surely)))

    def open_to(self, name: str, bps: int, outage: Outage, has_room: Callable[[int], bool]) -> Callable[[int], bool]:
        """Return the test whether so much more of a class fits on an arc in a state; `has_room` is asked where that is not seen here.

        It holds until anything is entered.
        """
        self._refresh()
        if outage is NORMAL:
            normally = self._row_of(name)
            return lambda arc: bps <= normally[arc] or (normally[arc] == UNKNOWN and has_room(arc))
        surely = self._surely
        return lambda arc: bps <= surely[arc] or has_room(arc)

    def is_tight_for(self, bps: int) -> Callable[[int], bool]:
        """Return the test whether so much more may not fit on an arc in some state."""
        self._refresh()
        surely = self._surely
        return lambda arc: bps > surely[arc]

    def below(self, bps: int, level_ppm: int) -> Callable[[int], bool]:
        """Return the test whether so much more fills an arc no further than to a level in the normal state."""
        self._refresh()
        used, capacity = self._used, self._network.capacity_bps
        return lambda arc: used[arc] + bps <= capacity[arc] * level_ppm // PPM

    def _row_of(self, name: str) -> list[int]:
        """Return what fits of a class in the normal state, arc by arc."""
        row = self._normally.get(name)
        if row is None:
            row = self._normally[name] = [self._in_normal(arc, name) for arc in range(len(self._surely))]
        return row

    def _in_normal(self, arc: int, name: str) -> int:
        return UNKNOWN if arc in self._network.under else _normally(self._room_of(arc), name)

    def _refresh(self) -> None:
        background = self._network.background_bps
        for arc in self._touched:
            room = self._room_of(arc)
            self._used[arc] = bps_of(room.normal) + background[arc]
            for name, row in self._normally.items():
                row[arc] = self._in_normal(arc, name)
            is_sure = room.is_enough and arc not in self._network.under
            self._surely[arc] = room.left_bps if is_sure else UNKNOWN
        self._touched.clear()


def _normally(room: Room, name: str) -> int:
    if room.by_class is not None:
        return UNKNOWN
    row = room.row(name)
    return max(row.most_bps - bps_of(row.normal), UNKNOWN)
