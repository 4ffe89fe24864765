"""What comes to each queue in the states that may be its worst: streams of pools, and one scene for all states that are alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from intentc.manifest.elements import Elements
from intentc.values import frozen
from intentc.verify.delays import NS
from intentc.verify.riders import Queue, Ride, Rider

Port = tuple[str, str]  # link, sending node
_Loads = Mapping[str, int]  # bps by class
_Pools = dict[str, tuple[tuple[int, Ride], ...]]  # pool -> riders, by number, with their rides


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """A pool at a queue: rate (bps), and the bursts that it enters with (billionths of a bit).

    `members` are its riders, each with how much longer (ns) than the shortest way to the queue its own takes.
    """

    ingress: str | None
    rate: int
    burst: int
    members: tuple[tuple[Rider, int], ...]


@frozen
class Scene:
    """What some states take from the streams of the normal one, and bring; `loads`: what comes to the whole port by class."""

    gone: tuple[Stream, ...]
    new: tuple[Stream, ...]
    loads: _Loads


class Scenes:
    """The scenes at all queues. `users`: who ever uses each; `ports`: the queues at each link's end."""

    def __init__(self, users: Mapping[Queue, Sequence[Rider]], ports: Mapping[Port, Sequence[Queue]]) -> None:
        self._users, self._ports = users, ports
        self._numbers: dict[Elements, int] = {}
        self._rides: dict[Rider, dict[Ride | None, list[int]]] = {}
        for rider in dict.fromkeys(rider for group in users.values() for rider in group):
            by_ride = self._rides[rider] = {}
            for state, ride in rider.moved.items():
                by_ride.setdefault(ride, []).append(self._numbers.setdefault(state, len(self._numbers) + 1))
        self._streams: dict[tuple[Queue, tuple[tuple[int, Ride], ...]], Stream] = {}
        self.normal: dict[Queue, tuple[Stream, ...]] = {}
        self._found: dict[Queue, list[Scene]] = {}
        for port in ports:
            self._look_at(port)

    def of(self, queue: Queue, *, by_load: bool) -> list[Scene]:
        """Return the scenes of a queue that may be its worst; `by_load`: also by what comes to those beside it."""
        found = self._found[queue]
        return found if by_load else _worst({(scene.gone, scene.new): scene for scene in found}.values())

    def _look_at(self, port: Port) -> None:
        """Enter the scenes of the queues at a link's end: the normal one first, then those of states that bring something."""
        queues = self._ports[port]
        states = dict.fromkeys(state for queue in queues for state in self._news(queue))
        changes = {queue: self._changes(queue, states) for queue in queues}
        pools = {queue: self._normal_pools(queue) for queue in queues}
        for queue in queues:
            self.normal[queue] = tuple(self._stream(queue, members) for members in pools[queue].values())
        normal = {queue[2]: sum(stream.rate for stream in self.normal[queue]) for queue in queues}
        loads = {state: dict(normal) for state in states}
        parts: dict[Queue, dict[int, tuple[tuple[Stream, ...], tuple[Stream, ...]]]] = {}
        for queue in queues:
            known: dict[tuple[tuple[int, Ride | None], ...], tuple[tuple[Stream, ...], tuple[Stream, ...]]] = {}
            parts[queue] = {}
            for state, changed in changes[queue].items():
                key = tuple(changed)
                if key not in known:
                    known[key] = self._difference(queue, pools[queue], key)
                gone, new = parts[queue][state] = known[key]
                loads[state][queue[2]] += sum(each.rate for each in new) - sum(each.rate for each in gone)
        for queue in queues:
            self._found[queue] = _each_once(normal, states, parts[queue], loads)

    def _news(self, queue: Queue) -> Iterable[int]:
        """Return the states that bring something to a queue that the normal one does not."""
        return [
            state
            for rider in self._users[queue]
            for ride, states in self._rides[rider].items()
            if ride is not None and queue in ride.arrivals and _is_news(rider.normal, ride, queue)
            for state in states
        ]

    def _changes(self, queue: Queue, states: Mapping[int, None]) -> dict[int, list[tuple[int, Ride | None]]]:
        """Return by state the riders (by their place among the users) that do something else there than normally."""
        found: dict[int, list[tuple[int, Ride | None]]] = {}
        for number, rider in enumerate(self._users[queue]):
            was_there = queue in rider.normal.arrivals
            for ride, own in self._rides[rider].items() if not rider.is_free else ():
                now = ride if ride is not None and queue in ride.arrivals else None
                if now is not None or was_there:
                    for state in own:
                        if state in states:
                            found.setdefault(state, []).append((number, now))
        return found

    def _normal_pools(self, queue: Queue) -> _Pools:
        found: dict[str, list[tuple[int, Ride]]] = {}
        for number, rider in enumerate(self._users[queue]):
            if queue in rider.normal.arrivals and not rider.is_free:
                found.setdefault(rider.pool, []).append((number, rider.normal))
        return {pool: tuple(members) for pool, members in found.items()}

    def _difference(
        self, queue: Queue, pools: _Pools, changed: Sequence[tuple[int, Ride | None]]
    ) -> tuple[tuple[Stream, ...], tuple[Stream, ...]]:
        """Return the streams that are not there any more with some riders elsewhere, and those that come in their place."""
        users, after = self._users[queue], dict[str, dict[int, Ride]]()
        for number, ride in changed:
            pool = users[number].pool
            own = after.setdefault(pool, dict(pools.get(pool, ())))
            if ride is None:
                own.pop(number, None)
            else:
                own[number] = ride
        gone = [self._stream(queue, pools[pool]) for pool in after if pool in pools]
        new = [
            self._stream(queue, tuple(sorted(own.items(), key=lambda item: item[0]))) for own in after.values() if own
        ]
        return tuple(gone), tuple(new)

    def _stream(self, queue: Queue, members: tuple[tuple[int, Ride], ...]) -> Stream:
        """Return what a pool brings: one burst for each node where it enters."""
        known = self._streams.get((queue, members))
        if known is not None:
            return known
        arrivals = [ride.arrivals[queue] for _, ride in members]
        riders = [self._users[queue][number] for number, _ in members]
        ingresses = {arrival.ingress for arrival in arrivals}
        at_entry: dict[str, int] = {}
        for rider in riders:
            at_entry[rider.entry] = max(rider.burst, at_entry.get(rider.entry, 0))
        first = min(arrival.least_ns for arrival in arrivals)
        found = self._streams[queue, members] = Stream(
            ingress=ingresses.pop() if len(ingresses) == 1 else None,
            rate=min(sum(ride.parts[queue] for _, ride in members), max(ride.wholes[queue] for _, ride in members)),
            burst=sum(at_entry.values()) * NS,
            members=tuple((rider, each.least_ns - first) for rider, each in zip(riders, arrivals, strict=True)),
        )
        return found


def _each_once(
    normal: _Loads,
    states: Iterable[int],
    parts: Mapping[int, tuple[tuple[Stream, ...], tuple[Stream, ...]]],
    loads: Mapping[int, _Loads],
) -> list[Scene]:
    """Return one scene for all states in which the same comes to a queue, and as much to those beside it."""
    found: dict[tuple[tuple[int, ...], ...], Scene] = {((), (), tuple(normal.values())): Scene((), (), normal)}
    for state in states:
        gone, new = parts.get(state, ((), ()))
        key = (tuple(map(id, gone)), tuple(map(id, new)), tuple(loads[state].values()))
        found.setdefault(key, Scene(gone, new, loads[state]))
    return list(found.values())


def _worst(scenes: Iterable[Scene]) -> list[Scene]:
    """Return the scenes without those of which all streams are also in another one: they bring no more at any time."""
    found: list[tuple[frozenset[Stream], frozenset[Stream], Scene]] = []
    for scene in sorted(scenes, key=lambda scene: len(scene.gone) - len(scene.new)):  # the richest first
        gone, new = frozenset(scene.gone), frozenset(scene.new)
        if not any(less <= gone and new <= more for less, more, _ in found):
            found.append((gone, new, scene))
    return [scene for _, _, scene in found]


def _is_news(normal: Ride, ride: Ride, queue: Queue) -> bool:
    """Return whether a ride brings something to a queue that the normal one does not."""
    before, now = normal.arrivals.get(queue), ride.arrivals[queue]
    return before != now or ride.parts[queue] > normal.parts[queue]
