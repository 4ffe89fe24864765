"""Of intents that miss their bounds together, those that are to go first: whose bursts wait in the queues of the others, and how long.

What a queue holds a packet for is taken as shared among all who ever use it, by their bursts: whoever goes takes his share with
him. That is no bound but a guess at how many have to go; what is left is bounded anew.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from intentc.delay.bounding import Bounded
from intentc.delay.breaches import LOSS, UNPROVABLE, Breach
from intentc.delay.latency import hops
from intentc.delay.packed import PackedBurdens
from intentc.realise.model import Path, QueueBound, QueueKey, Realised, RealisedDemand

if TYPE_CHECKING:
    from intentc.delay.rows import Rows

_NS_PER_US = 1000
_PERCENT = 100
_BEYOND_HELP_NS = 1 << 62  # what no shorter queue mends


class Burdens:
    """The bursts, in bytes, that the demands of a program bring to each queue in any state. `rows`: the program for kernels."""

    def __init__(self, realised: Realised, rows: Rows | None = None) -> None:
        self._items: dict[str, list[RealisedDemand]] = {}
        self._total: dict[QueueKey, int] = {}
        self._packed = PackedBurdens(rows) if rows is not None else None
        for item in realised.demands.values():
            self._items.setdefault(item.demand.intent, []).append(item)
        self.count(self._items, 1)

    def count(self, intents: Iterable[str], sign: int) -> None:
        """Add what some intents bring (`sign` 1), or take it away (-1)."""
        total, packed = self._total, self._packed
        for intent in intents:
            if packed is not None:
                packed.count(self._items[intent], sign)
                continue
            for item in self._items[intent]:
                burst = sign * item.demand.burst_bytes
                for key in _queues(item):
                    total[key] = total.get(key, 0) + burst

    def items(self, intent: str) -> Sequence[RealisedDemand]:
        """Return the demands of an intent."""
        return self._items[intent]

    def rank(self, intent: str) -> int:
        """Return the rank of an intent: the highest priority has the lowest."""
        return min(item.demand.rank for item in self._items[intent])

    def shares_ns(self, intent: str, among: Mapping[QueueKey, QueueBound]) -> dict[QueueKey, int]:
        """Return how long packets wait in some queues for the bursts of an intent."""
        if self._packed is not None:
            return self._packed.shares_ns(self._items[intent], among)
        found: dict[QueueKey, int] = {}
        for item in self._items[intent]:
            for key in _queues(item):
                if key in among:
                    found[key] = found.get(key, 0) + item.demand.burst_bytes
        return {
            key: among[key].queueing_us * _NS_PER_US * burst // max(1, self._total[key]) for key, burst in found.items()
        }


def _queues(item: RealisedDemand) -> set[QueueKey]:
    name = item.demand.traffic_class
    lists = {item.primary, *(state.paths for state in item.states)}
    return {
        (link, node, name)
        for paths in lists
        for path in paths
        for node, link in zip(path.nodes, path.links, strict=False)
    }


def choose(found: Bounded, burdens: Burdens, movable: Collection[str], relief_percent: int) -> list[str]:
    """Return which of the intents `movable` are to go so that, as it seems, all that are left keep their bounds; sorted.

    Of a rank, the lowest first, those go first that miss theirs by most, and then, for what is not `movable`, those whose bursts
    last longest. `relief_percent`: how much of a share is taken to go with its owner; with 0 all go that miss a bound
    themselves or share a queue with what does and is not `movable`.
    """
    return sorted(_Choice(found, burdens, movable, relief_percent).made())


class _Choice:
    """The misses that are left, each with how much too long it takes (ns) and over which queues."""

    def __init__(self, found: Bounded, burdens: Burdens, movable: Collection[str], relief_percent: int) -> None:
        self._needs_ns: list[int] = []
        self._misses_at: dict[QueueKey, list[int]] = {}
        self._misses_of: dict[str, list[int]] = {}
        needs: dict[tuple[str, tuple[QueueKey, ...]], int] = {}
        for intent in found.late:
            for breach in found.broken[intent]:
                miss = intent, tuple(_waited(found, breach))
                needs[miss] = max(_need_ns(breach), needs.get(miss, 0))
        for number, ((intent, queues), need_ns) in enumerate(needs.items()):
            self._needs_ns.append(need_ns)
            self._misses_of.setdefault(intent, []).append(number)
            for key in queues:
                self._misses_at.setdefault(key, []).append(number)
        self._ranks = {intent: burdens.rank(intent) for intent in sorted(movable)}
        self._numbers = {intent: number for number, intent in enumerate(self._ranks)}
        among = {key: found.queues[key] for key in self._misses_at}
        self._shares_ns = {
            intent: {key: ns * relief_percent // _PERCENT for key, ns in burdens.shares_ns(intent, among).items()}
            for intent in self._ranks
        }
        self._gone: set[str] = set()

    def made(self) -> Collection[str]:
        self._drop_late()
        if any(need_ns > 0 for need_ns in self._needs_ns):
            self._drop_burdens()
        return self._gone

    def _drop_late(self) -> None:
        """Drop the movable ones that miss a bound themselves, until those that are left seem to keep theirs."""
        late = [self._place(intent) for intent in self._ranks if intent in self._misses_of]
        heapq.heapify(late)
        while late:
            known = heapq.heappop(late)
            intent = known[-1]
            now = self._place(intent)  # what went since may have helped
            if now != known:
                heapq.heappush(late, now)
            elif self._need_ns(intent) > 0:
                self._drop(intent)

    def _drop_burdens(self) -> None:
        """Drop movable ones for the sake of the others."""
        waits_ns = {
            intent: sum(
                ns * sum(self._needs_ns[miss] > 0 for miss in self._misses_at[key]) for key, ns in shares.items()
            )
            for intent, shares in self._shares_ns.items()
        }
        for intent in sorted(waits_ns, key=lambda name: (-self._ranks[name], -waits_ns[name], -self._numbers[name])):
            if intent not in self._gone and self._is_in_the_way(intent):
                self._drop(intent)

    def _is_in_the_way(self, intent: str) -> bool:
        return any(self._needs_ns[miss] > 0 for key in self._shares_ns[intent] for miss in self._misses_at[key])

    def _place(self, intent: str) -> tuple[int, int, int, str]:
        """Return its place among those that go: of equals the last by name goes first."""
        return -self._ranks[intent], -self._need_ns(intent), -self._numbers[intent], intent

    def _need_ns(self, intent: str) -> int:
        return max(self._needs_ns[miss] for miss in self._misses_of[intent])

    def _drop(self, intent: str) -> None:
        self._gone.add(intent)
        for miss in self._misses_of.get(intent, ()):
            self._needs_ns[miss] = 0
        for key, share_ns in self._shares_ns[intent].items():
            for miss in self._misses_at[key]:
                self._needs_ns[miss] -= share_ns


def _need_ns(breach: Breach) -> int:
    if breach.code in (LOSS, UNPROVABLE):
        return _BEYOND_HELP_NS
    return (breach.value + (breach.other_us or 0) - breach.allowed) * _NS_PER_US


def _waited(found: Bounded, breach: Breach) -> Iterator[QueueKey]:
    """Yield the queues on the slowest path of what is missed: of both directions where they keep a bound together."""
    name = breach.item.demand.traffic_class
    yield from _slowest(found, breach.paths, name)
    request = found.program.demands.get(breach.item.demand.reply_to or "") if breach.other_us is not None else None
    if request is not None:
        moved = (state.paths for state in request.states if breach.state in state.when)
        yield from _slowest(found, next(moved, request.primary), name)


def _slowest(found: Bounded, paths: Iterable[Path], name: str) -> list[QueueKey]:
    """Return the queues of that of some paths on which packets wait longest; those below tunnels are left out."""
    lists = [[(link, node, name) for node, link in hops(path)] for path in paths]
    return max(lists, key=lambda keys: sum(found.queues[key].queueing_us for key in keys))
