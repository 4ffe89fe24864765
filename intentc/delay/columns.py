"""What is known of all queues as columns, of which objects are made when somebody asks: of a large program there are very many queues."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, overload

from intentc.delay.latency import BASES as BASES  # noqa: PLC0414  (by the numbers that kernels tell)
from intentc.delay.turning import kernels
from intentc.realise.model import QueueBound, QueueKey

if TYPE_CHECKING:
    from intentc.native.routes import Amounts, Routes

_NS_PER_US = 1000
T = TypeVar("T")


class _Columns(Mapping[QueueKey, T]):
    """Something of all queues. `places`: where each is in the columns, in this order."""

    __slots__ = ("_places",)

    def __init__(self, places: Mapping[QueueKey, int]) -> None:
        self._places = places

    def __iter__(self) -> Iterator[QueueKey]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places


class Bounds(_Columns[QueueBound]):
    """The bounds of all queues. `places`: where each is in the columns, in this order; ns, bytes, the number of each basis."""

    __slots__ = ("_basis", "_columns", "_packet_ns")

    def __init__(
        self, places: Mapping[QueueKey, int], columns: Sequence[array[int]], packet_ns: array[int], basis: bytes
    ) -> None:
        super().__init__(places)
        self._columns, self._packet_ns, self._basis = columns, packet_ns, basis

    def __getitem__(self, key: QueueKey) -> QueueBound:
        return self._bound(self._places[key])

    def _bound(self, place: int) -> QueueBound:
        delay_ns, backlog, limit, burst = self._columns
        return QueueBound(
            delay_ns=delay_ns[place],
            queueing_us=self._queueing_us(place),
            backlog_bytes=backlog[place],
            limit_bytes=limit[place],
            burst_bytes=burst[place],
            basis=BASES[self._basis[place]],
        )

    def _queueing_us(self, place: int) -> int:
        return -(-max(0, self._columns[0][place] - self._packet_ns[place]) // _NS_PER_US)

    def waits(self) -> Iterator[tuple[QueueKey, int, int]]:
        """Yield what packets may wait for at each queue beyond their own serialisation (µs), and the number of its basis."""
        for key, place in self._places.items():
            yield key, self._queueing_us(place), self._basis[place]


class ColumnWaits:
    """What packets may wait for at each port and class, and its basis, by the bounds of one program after the other."""

    def __init__(self, routes: Routes, ports: Mapping[tuple[str, str], int], groups: Mapping[str, int]) -> None:
        self._routes, self._ports, self._groups = routes, ports, groups
        self._last: tuple[Bounds, Amounts] | None = None

    def of(self, queues: Bounds) -> Amounts:
        """Return what packets may wait for along paths over the queues."""
        if self._last is None or self._last[0] is not queues:
            found: Amounts = kernels("routes").Amounts(self._routes, len(self._groups))
            for (link, node, name), queueing_us, basis in queues.waits():
                found.put(self._ports[node, link], self._groups[name], queueing_us, basis)
            self._last = queues, found
        return self._last[1]


class Worsts(_Columns[frozenset[int]]):
    """The states that were the worst of each queue, one for all that are alike."""

    __slots__ = ("_begins", "_states")

    def __init__(self, places: Mapping[QueueKey, int], begins: array[int], states: array[int]) -> None:
        super().__init__(places)
        self._begins, self._states = begins, states

    def __getitem__(self, key: QueueKey) -> frozenset[int]:
        return frozenset(self.of(self._places[key]))

    def of(self, place: int) -> array[int]:
        """Return the states at a place of the columns."""
        return self._states[self._begins[place] : self._begins[place + 1]]

    def columns(self, keys: Iterable[QueueKey]) -> tuple[array[int], array[int], array[int]]:
        """Return where each of some queues is in what follows (-1: nowhere), where the states of each begin there, and all states."""
        return array("i", [self._places.get(key, -1) for key in keys]), self._begins, self._states


Case = tuple[
    int, int, bool, int
]  # a queue, the bursts of its users (bytes), whether it is to lose nothing, what bounds leave to it (µs)


class Cases(Sequence[Case]):
    """What is known of each queue, by number, before anything of its streams is."""

    __slots__ = ("_bursts", "_is_lossless", "_waiting_us")

    def __init__(self, bursts: array[int], is_lossless: bytearray, waiting_us: array[int]) -> None:
        self._bursts, self._is_lossless, self._waiting_us = bursts, is_lossless, waiting_us

    @overload
    def __getitem__(self, queue: int) -> Case: ...
    @overload
    def __getitem__(self, queue: slice) -> list[Case]: ...
    def __getitem__(self, queue: int | slice) -> Case | list[Case]:
        if isinstance(queue, slice):
            return [self[number] for number in range(*queue.indices(len(self)))]
        return queue, self._bursts[queue], bool(self._is_lossless[queue]), self._waiting_us[queue]

    def __len__(self) -> int:
        return len(self._bursts)

    def is_as(self, queue: int, other: Cases, number: int) -> bool:
        """Return whether the same is known of a queue as of one of others."""
        return (
            self._bursts[queue] == other._bursts[number]
            and self._waiting_us[queue] == other._waiting_us[number]
            and self._is_lossless[queue] == other._is_lossless[number]
        )

    def without_loss(self, queues: Sequence[int]) -> Cases:
        """Return the same, but that some of the queues that were to lose nothing may lose something."""
        is_lossless = bytearray(self._is_lossless)
        for queue in queues:
            is_lossless[queue] = False
        return Cases(self._bursts, is_lossless, self._waiting_us)
