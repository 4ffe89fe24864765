"""By how much the time up to each queue may differ between packets of a demand that are under way together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.manifest.model import PathEntry
from intentc.topology.model import Topology
from intentc.verify.riders import Queue, Rider, steps

_Steps = tuple[
    tuple[Queue, int, int], ...
]  # the queues of a path, and below it, each with the least and the most propagation up to it (ns)


class Spreads:
    """The differences (ns) of all demands, from the delays of the queues that they come through; 0 to begin with."""

    def __init__(self, topology: Topology, riders: Iterable[Rider]) -> None:
        self._topology = topology
        self._groups: dict[Rider, list[tuple[_Steps, ...]]] = {}  # paths that are used together
        self._through: dict[Queue, dict[Rider, None]] = {}
        for rider in riders:
            together = dict.fromkeys(ride.paths for ride in rider.rides())
            self._groups[rider] = [tuple(self._steps(rider, path) for path in paths) for paths in together]
            for queue in {queue for group in self._groups[rider] for path in group for queue, *_ in path}:
                self._through.setdefault(queue, {})[rider] = None
        self._known: dict[Queue, dict[Rider, int]] = {}
        self.clear()

    def clear(self) -> None:
        """Start with queues that hold nothing: paths themselves may differ."""
        self._known = {}
        for rider in self._groups:
            for queue, spread in self._of(rider, {}).items():
                self._known.setdefault(queue, {})[rider] = spread

    def at(self, queue: Queue) -> Mapping[Rider, int]:
        """Return the differences up to a queue."""
        return self._known[queue]

    def grow(self, changed: Iterable[Queue], delays: Mapping[Queue, int]) -> set[Queue]:
        """Take in the delays of queues that changed; return the queues up to which a difference is another one now."""
        found = set[Queue]()
        for rider in dict.fromkeys(rider for queue in changed for rider in self._through[queue]):
            for queue, spread in self._of(rider, delays).items():
                if self._known[queue][rider] != spread:
                    self._known[queue][rider] = spread
                    found.add(queue)
        return found

    def _steps(self, rider: Rider, path: PathEntry) -> _Steps:
        hops = steps(self._topology, rider.name, path)
        return tuple((each, *flight) for queue, _, flight, under in hops for each in (queue, *under))

    def _of(self, rider: Rider, delays: Mapping[Queue, int]) -> dict[Queue, int]:
        found: dict[Queue, int] = {}
        for group in self._groups[rider]:
            for queue, spread in _spread(group, delays):
                found[queue] = max(spread, found.get(queue, 0))
        return found


def _spread(group: Sequence[_Steps], delays: Mapping[Queue, int]) -> Iterator[tuple[Queue, int]]:
    """Yield the queues of paths that are used together with the difference of the slowest and the fastest packet there."""
    slow: dict[Queue, int] = {}
    fast: dict[Queue, int] = {}
    for path in group:
        waited = 0
        for queue, taken, late in path:
            slow[queue] = max(slow.get(queue, 0), late + waited)
            fast[queue] = min(fast.get(queue, taken), taken)
            waited += delays.get(queue, 0)
    yield from ((queue, latest - fast[queue]) for queue, latest in slow.items())
