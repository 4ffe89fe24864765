"""Which classes use which direction of which link, in the normal state and in every promised one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from intentc.ir.ground import Ground, asked_by
from intentc.ir.model import Origin
from intentc.realise.labels import labelled
from intentc.realise.model import Path, RealisedDemand
from intentc.resolve.model import Scheduling
from intentc.values import frozen

Direction = tuple[str, str]  # link id, sending node


@frozen
class User:
    """A demand as the queues see it: who asked, the burst that it may bring with its labels (bytes; 0 without a rate), and whether it has any."""

    origin: Origin
    burst_bytes: int
    is_labelled: bool


@frozen
class Usage:
    """The placed demands by link direction and class; `strict`: the strict classes that any of them has.

    `is_repaired`: some device repairs locally.
    """

    strict: frozenset[str]
    demands: Mapping[Direction, Mapping[str, tuple[User, ...]]]
    is_repaired: bool = False

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
        self._items: dict[str, tuple[RealisedDemand, _Way]] = {}
        self._users: dict[tuple[Direction, str], dict[str, User]] = {}
        self._demands: dict[Direction, dict[str, tuple[User, ...]]] = {}

    def usage(self, ground: Ground) -> Usage:
        """Return where the demands go; what was returned before is another thing from now on."""
        items = ground.realised.demands
        touched: dict[tuple[Direction, str], None] = {}
        for key in [key for key in self._items if key not in items]:
            self._post(key, self._items.pop(key)[1], touched, is_there=False)
        for key, item in items.items():
            known = self._items.get(key)
            if known is None or known[0] is not item:
                way = _way(ground, item)
                if known is None or known[1] != way:
                    if known is not None:
                        self._post(key, known[1], touched, is_there=False)
                    self._post(key, way, touched, is_there=True)
                self._items[key] = item, way
        for direction, name in touched:
            self._sort(direction, name)
        names = {item.demand.traffic_class for item in items.values()}
        return Usage(
            frozenset(name for name in names if ground.classes[name].scheduling is Scheduling.STRICT),
            self._demands,
            any(item.protection is not None and item.protection.repairs for item in items.values()),
        )

    def _post(self, key: str, way: _Way, touched: dict[tuple[Direction, str], None], *, is_there: bool) -> None:
        for hop in way.hops:
            place = hop, way.traffic_class
            touched[place] = None
            if is_there:
                self._users.setdefault(place, {})[key] = way.user
            else:
                del self._users[place][key]

    def _sort(self, direction: Direction, name: str) -> None:
        users = self._users[direction, name]
        of_link = {other: those for other, those in self._demands.pop(direction, {}).items() if other != name}
        if users:
            of_link[name] = tuple([users[key] for key in sorted(users)])
        else:
            del self._users[direction, name]
        if of_link:
            self._demands[direction] = of_link


def _way(ground: Ground, item: RealisedDemand) -> _Way:
    hops = chain.from_iterable(zip(path.links, path.nodes, strict=False) for path in _paths(item))
    user = ground.again("user", item.demand.key, (item.demand, item.policies), lambda: _user(ground, item))
    return _Way(item.demand.traffic_class, user, tuple(dict.fromkeys(hops)))


def _user(ground: Ground, item: RealisedDemand) -> User:
    burst = labelled(ground.topology, item)(item.demand.burst_bytes) if item.demand.has_bandwidth else 0
    return User(asked_by(item.demand, "priority", "bandwidth"), burst, bool(item.policies))


def _paths(realised: RealisedDemand) -> Iterator[Path]:
    yield from realised.primary
    for state in realised.states:
        yield from state.paths
    for alternative in realised.alternatives:
        yield from alternative.paths
