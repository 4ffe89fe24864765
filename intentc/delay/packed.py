"""What demands bring to queues, by a kernel: what `choice.Burdens` counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from intentc.delay.rows import Rows, kernels
from intentc.realise.model import QueueBound, QueueKey, RealisedDemand

if TYPE_CHECKING:
    from intentc.native.loads import Bursts
    from intentc.native.routes import Amounts


class PackedBurdens:
    """The bursts of demands at each queue, by number."""

    def __init__(self, rows: Rows) -> None:
        self._rows, self._names = rows, rows.class_names
        self._bursts: Bursts = kernels("loads").Bursts(rows.routes, len(self._names))
        self._keys: dict[int, QueueKey] = {}
        self._asked: tuple[Mapping[QueueKey, QueueBound], Amounts] | None = None

    def count(self, items: Iterable[RealisedDemand], sign: int) -> None:
        """Add what some demands bring (`sign` 1), or take it away (-1)."""
        for item in items:
            self._bursts.add(*self._row(item), sign)

    def shares_ns(self, items: Iterable[RealisedDemand], among: Mapping[QueueKey, QueueBound]) -> dict[QueueKey, int]:
        """Return how long packets wait in some queues for the bursts of demands."""
        if self._asked is None or self._asked[0] is not among:
            self._asked = among, self._rows.waits(among)
        return {
            self._key(place): share_ns for place, share_ns in self._bursts.shares(map(self._row, items), self._asked[1])
        }

    def _row(self, item: RealisedDemand) -> tuple[Sequence[Sequence[int]], int, int]:
        primary, others = self._rows.paths_of(item)
        return [primary, *others], self._rows.group(item.demand.traffic_class), item.demand.burst_bytes

    def _key(self, place: int) -> QueueKey:
        found = self._keys.get(place)
        if found is None:
            port, group = divmod(place, len(self._names))
            found = self._keys[place] = (*self._rows.senders[port], self._names[group])
        return found
