"""Which classes use which direction of which link, in the normal state and in every promised one."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from operator import attrgetter

from intentc.diagnostics import Span
from intentc.ir.ground import Ground, asked_by
from intentc.ir.model import Origin
from intentc.ir.origins import Roll, gatherer
from intentc.realise.labels import labelled
from intentc.realise.model import Path, RealisedDemand
from intentc.realise.path import directions
from intentc.realise.results import ways_of
from intentc.recall import differing_keys
from intentc.resolve.model import Scheduling
from intentc.values import Later, frozen

Direction = tuple[str, str]  # link id, sending node
_FEW = 8  # users that come or go: they are found among hundreds sooner than all are looked at
_key, _PATHS = attrgetter("key"), attrgetter("paths")


@frozen
class User:
    """A demand as the queues see it, by its key: who asked, the burst that it may bring with its labels (bytes; 0 without a rate), and

    whether it has any.
    """

    key: str
    origin: Origin
    burst_bytes: int
    is_labelled: bool


@frozen
class Usage:
    """The placed demands by link direction and class; `strict`: the strict classes that any of them has.

    `is_repaired`: some device repairs locally. `roll` merges who asked for them; `is_named` tells whether any of them names a span.
    """

    strict: frozenset[str]
    demands: Mapping[Direction, Mapping[str, tuple[User, ...]]]
    is_repaired: bool
    roll: Later[Roll]
    is_named: Callable[[Span], bool]

    def classes(self, direction: Direction) -> frozenset[str]:
        """Return the classes whose packets may be sent there."""
        return frozenset(self.demands.get(direction, {}))

    def of(self, direction: Direction, traffic_class: str) -> tuple[User, ...]:
        """Return the demands of a class that may be sent there, by key."""
        return self.demands.get(direction, {}).get(traffic_class, ())


@frozen
class _Way:
    """Where a demand may be sent, as which class."""

    traffic_class: str
    user: User
    hops: tuple[Direction, ...]


def find_usage(ground: Ground) -> Usage:
    """Return where the demands go."""
    return UsageMemory().usage(ground)


class UsageMemory:
    """Where demands went the last time, over the same network: of the others alone it is found out, and entered."""

    def __init__(self) -> None:
        self._realised: Mapping[str, RealisedDemand] = {}
        self._ways: dict[str, _Way] = {}
        self._roll: Roll | None = None
        self._since: dict[str, Origin] = {}  # who asked for those that have come since there is a roll
        self._named: Counter[Span] | None = None  # by how many demands each span is, once somebody asks
        self._demands: dict[Direction, dict[str, tuple[User, ...]]] = {}

    def usage(self, ground: Ground) -> Usage:
        """Return where the demands go."""
        before, items = self._realised, ground.seen.by_key
        changes = _Changes()
        for key in sorted(differing_keys(before, items)):
            item, known = items.get(key), self._ways.get(key)
            if item is None:
                self._leave(self._ways.pop(key), changes)
                self._since.pop(key, None)
                continue
            way = _way(ground, item)
            if known == way:
                continue  # its user is entered
            if known is not None:
                self._leave(known, changes)
            changes.come(way)
            self._count(way, 1)
            self._ways[key], self._since[key] = way, way.user.origin
        self._realised = items
        if touched := changes.touched():
            self._demands = dict(self._demands)  # who has it compares
            for direction, names in touched.items():
                self._enter(direction, names, changes)
        return Usage(
            frozenset(name for name in ground.asked_classes if ground.classes[name].scheduling is Scheduling.STRICT),
            self._demands,
            bool(ground.repaired),
            Later(self._called),
            self._is_named,
        )

    def _leave(self, way: _Way, changes: _Changes) -> None:
        changes.leave(way)
        self._count(way, -1)

    def _count(self, way: _Way, sign: int) -> None:
        """Note that a demand has come (1) or left (-1), if anybody asks what is named."""
        if self._named is not None:
            for span in way.user.origin.spans:
                self._named[span] += sign

    def _is_named(self, span: Span) -> bool:
        """Return whether any demand names a span as what asked for it."""
        if self._named is None:
            self._named = Counter(span for way in self._ways.values() for span in way.user.origin.spans)
        return self._named[span] > 0

    def _called(self) -> Roll:
        """Return the roll of all who use anything."""
        if self._roll is None or not self._roll.admits(self._since.values(), len(self._ways)):
            self._roll, self._since = Roll(way.user.origin for way in self._ways.values()), {}
        return self._roll

    def _enter(self, direction: Direction, names: Iterable[str], changes: _Changes) -> None:
        of_link = dict(self._demands.get(direction, {}))  # not the one that was there: who has it compares
        for name in names:
            if users := changes.applied(name, direction, of_link.get(name, ())):
                of_link[name] = users
            else:
                of_link.pop(name, None)
        if of_link:
            self._demands[direction] = of_link
        else:
            self._demands.pop(direction, None)


class _Changes:
    """Who has left directions of links, and who has come, by class."""

    def __init__(self) -> None:
        self._left: defaultdict[str, defaultdict[Direction, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._new: defaultdict[str, dict[Direction, list[User]]] = defaultdict(dict)
        self._gather = gatherer()

    def leave(self, way: _Way) -> None:
        left = self._left[way.traffic_class]
        for hop in way.hops:
            left[hop].add(way.user.key)

    def come(self, way: _Way) -> None:
        self._gather(self._new[way.traffic_class], way.hops, way.user)

    def touched(self) -> Mapping[Direction, Iterable[str]]:
        """Return where users have come or left, with the classes that they are of."""
        found: defaultdict[Direction, dict[str, None]] = defaultdict(dict)
        for changed in (self._left, self._new):
            for name, hops in changed.items():
                for hop in hops:
                    found[hop][name] = None
        return found

    def applied(self, name: str, direction: Direction, users: tuple[User, ...]) -> tuple[User, ...]:
        """Return the users of a class in a direction, by key."""
        new = self._new[name].get(direction, [])
        if not users:
            return tuple(new)  # those that are new come by key
        left = self._left[name].get(direction, ())
        if len(left) + len(new) > _FEW:
            return tuple(sorted([user for user in users if user.key not in left] + new, key=_key))
        found = list(users)
        for key in left:
            del found[bisect_left(found, key, key=_key)]
        for user in new:
            insort(found, user, key=_key)
        return tuple(found)


def _way(ground: Ground, item: RealisedDemand) -> _Way:
    every = {id(paths): paths for paths in _paths(item)}  # most states have the very same ones
    return _Way(item.demand.traffic_class, _user(ground, item), directions(chain.from_iterable(every.values())))


def _user(ground: Ground, item: RealisedDemand) -> User:
    burst = labelled(ground.topology, item)(item.demand.burst_bytes) if item.demand.has_bandwidth else 0
    return User(item.demand.key, asked_by(item.demand, "priority", "bandwidth"), burst, bool(item.policies))


def _paths(item: RealisedDemand) -> Iterator[tuple[Path, ...]]:
    return chain((item.primary,), ways_of(item.states), map(_PATHS, item.alternatives))
