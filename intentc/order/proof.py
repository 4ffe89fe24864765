"""Whether every accepted intent holds in all states that a network passes through while some of its devices change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.order.device import Device
from intentc.order.promises import Promise, hops_of
from intentc.order.walk import NO_DEVICE, Mixed, Trace, Walked, Walker
from intentc.values import frozen

Place = tuple[
    int, ...
]  # what a device may be configured as: numbers of its versions, from the earlier to the later state


@frozen
class Breach:
    """A promise that does not hold in some state, why, and what the devices that had a say were then (0: the earliest)."""

    promise: Promise
    flaw: str
    choices: Mapping[str, int]


class Proof:
    """Judges states of the network; what was found to hold is not judged again where the devices that matter are the same.

    `versions` has all configurations of every device that changes, in their order; `steady` those that do not.
    """

    def __init__(
        self,
        walker: Walker,
        promises: Sequence[Promise],
        versions: Mapping[str, Sequence[Device]],
        steady: Mapping[str, Device],
    ) -> None:
        self._walker = walker
        self._promises = promises
        self._versions = versions
        self._steady = steady
        self._held: dict[int, dict[frozenset[str], set[tuple[Place, ...]]]] = {}
        self._numbers = {node: _numbers(own) for node, own in versions.items()}
        self.judged = 0  # traces that were followed

    def breach(self, settled: Mapping[str, int], open_: Mapping[str, Place]) -> Breach | None:
        """Return a promise that does not hold where devices are `settled` at a version, or any of several; None: all hold."""
        return next(self.breaches(settled, open_), None)

    def breaches(self, settled: Mapping[str, int], open_: Mapping[str, Place]) -> Iterator[Breach]:
        """Yield every promise that does not hold there, with one way in which it does not."""
        places: dict[str, Place] = {node: (self._numbers[node][at],) for node, at in settled.items()}
        places |= {node: tuple(dict.fromkeys(self._numbers[node][at] for at in all_)) for node, all_ in open_.items()}
        mixed = self._mixed(places)
        for number, promise in enumerate(self._promises):
            if not self._has_held(number, places):
                found = self._judge(number, promise, places, mixed)
                if found is not None:
                    yield found

    def _mixed(self, places: Mapping[str, Place]) -> Mixed:
        settled = dict(self._steady)
        open_: dict[str, tuple[Device, ...]] = {}
        for node, place in places.items():
            if len(place) == 1:
                settled[node] = self._versions[node][place[0]]
            else:
                open_[node] = tuple(self._versions[node][at] for at in place)
        return Mixed(settled, open_)

    def _has_held(self, number: int, places: Mapping[str, Place]) -> bool:
        known = self._held.get(number, {})
        return any(_of(nodes, places) in states for nodes, states in known.items())

    def _judge(self, number: int, promise: Promise, places: Mapping[str, Place], mixed: Mixed) -> Breach | None:
        met: set[str] = set()
        for walked in self._walker.walks(promise.packet, promise.entrance, mixed):
            self.judged += 1
            met |= walked.trace.met | {node for path in walked.trace.paths for node in path.nodes}
            flaw = promise.flaw(walked.trace, self._walker.topology)
            if flaw:
                return Breach(promise, flaw, walked.choices)
            waiting = self._misplaced(promise, walked, mixed)
            if waiting is not None:
                return waiting
        nodes = frozenset(met & places.keys())
        self._held.setdefault(number, {}).setdefault(nodes, set()).add(_of(nodes, places))
        return None

    def _misplaced(self, promise: Promise, walked: Walked, mixed: Mixed) -> Breach | None:
        """Return a breach where packets wait in the queue of a class that they wait in neither before nor after."""
        for node, link, dscp in _hops(walked.trace):
            allowed = promise.queues.get(((node, link), dscp))
            port = self._walker.port(node, link)
            if allowed is None or port is None:
                continue
            for number, device in self._possible(node, walked, mixed):
                name = device.queue(port, dscp)
                if name not in allowed:
                    flaw = f"it waits in the queue of `{name}` at `{node}` before `{link}`"
                    return Breach(promise, flaw, {**walked.choices, **({} if number is None else {node: number})})
        return None

    @staticmethod
    def _possible(node: str, walked: Walked, mixed: Mixed) -> Iterable[tuple[int | None, Device]]:
        if node not in mixed.open:
            return ((None, mixed.settled.get(node, NO_DEVICE)),)
        chosen = walked.choices.get(node)
        return tuple(pair for pair in enumerate(mixed.open[node]) if chosen in {None, pair[0]})


def _hops(trace: Trace) -> list[tuple[str, str, int]]:
    return sorted({(node, link, path.dscp) for path in trace.paths for node, link in hops_of(path)})


def _of(nodes: frozenset[str], places: Mapping[str, Place]) -> tuple[Place, ...]:
    return tuple(places[node] for node in sorted(nodes) if node in places)


def _numbers(own: Sequence[Device]) -> tuple[int, ...]:
    """Return for each version the first that is equal to it."""
    first: list[int] = []
    for at, device in enumerate(own):
        first.append(next(before for before in range(at + 1) if own[before].config == device.config))
    return tuple(first)
