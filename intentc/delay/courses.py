"""What every placed demand does in the normal state and in the failure states: paths, rate, and whether it is held to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from intentc.realise.labels import labelled
from intentc.realise.model import Path, Realised, RealisedDemand
from intentc.realise.shares import Shares, shares_of
from intentc.resolve.model import Demand, FailureState, TrafficClass
from intentc.resolve.remaining import Remaining
from intentc.values import frozen

NORMAL = 0  # the state in which nothing has failed; failure states count from 1
Paths = tuple[Path, ...]


@frozen
class Course:
    """Where a demand goes in some state, and what it may send there: a token bucket that its pool shares.

    Rates in bps; burst in bytes, with the labels of its longest list. `is_open`: nothing limits it. `is_policed`: the meters at its edge hold it to `rate_bps`.
    """

    paths: Paths
    rate_bps: int
    pool_bps: int
    burst_bytes: int
    is_open: bool
    is_policed: bool
    shares: Shares

    def rate_on(self, link: str, node: str) -> int:
        """Return what of the rate is sent over the direction of a link that leaves a node, with the labels there."""
        return self.shares.on(link, node, self.rate_bps)

    def pool_on(self, link: str, node: str) -> int:
        """Return what the pool may send there, with the labels of this demand."""
        return self.shares.whole(link, node, self.pool_bps)


@frozen
class Career:
    """A demand over all states: `normal`, and by number the states in which it goes another way, or nowhere (None)."""

    demand: Demand
    traffic_class: str
    entry: str
    normal: Course
    moved: Mapping[int, Course | None]


def careers(realised: Realised) -> list[Career]:
    """Return the demands with what they do in every promised failure state, their own and those of others.

    As in the books of reservations: a demand that is promised a state keeps its failover rate there; one that is not keeps
    its normal one where its paths are whole, and is not counted where they are not.
    """
    states = States(realised)
    return [states.career(realised.demands[key]) for key in sorted(realised.demands)]


Elements = tuple[frozenset[str], frozenset[str]]  # nodes, links


@frozen
class Promise:
    """The numbers of failure states by name, but for some names (`without`): hundreds of demands are promised all but a few."""

    whole: dict[str, int]
    without: frozenset[str] = frozenset()

    def get(self, name: str) -> int | None:
        """Return the number of a state by name; None where it is not promised."""
        return None if name in self.without else self.whole.get(name)


class States:
    """The promised failure states by what fails in them, numbered in the order of what fails."""

    def __init__(self, realised: Realised) -> None:
        self._classes, self._topology = realised.model.classes, realised.model.topology
        self._known: dict[Elements, Elements] = {}
        promised = {id(states): states for item in realised.demands.values() if (states := _promised(item.demand))}
        self._promised = promised  # these are known by identity
        self._left: tuple[frozenset[int], frozenset[int]] | None = None
        self._all: frozenset[int] | None = None
        found = {self._elements(state) for states in together(promised.values()) for state in states}
        self.numbers = {
            elements: number
            for number, elements in enumerate(sorted(found, key=lambda item: (sorted(item[0]), sorted(item[1]))), 1)
        }
        self._names: dict[int, Promise] = {}  # by identity of the states, which the demands keep
        self._wholes: dict[int, dict[str, int]] = {}  # by identity of what others are a part of
        self.at_node: dict[str, list[int]] = {}
        self.at_link: dict[str, list[int]] = {}
        for (nodes, links), number in self.numbers.items():
            for node in nodes:
                self.at_node.setdefault(node, []).append(number)
            for link in links:
                self.at_link.setdefault(link, []).append(number)

    def turn(self, promised: Mapping[int, Sequence[FailureState]]) -> bool:
        """Go on with another program over the same network, by what promises its states; return False where it promises others.

        `promised`: sequences of states by their identity. Who comes or goes may have been the only one to be promised all but some.
        """
        if promised.keys() == self._promised.keys():
            return True
        if _union(promised.values()) != _union(self._promised.values()):
            return False
        for gone in self._promised.keys() - promised.keys():
            self._names.pop(gone, None)  # another one may have that identity next
        self._promised = dict(promised)
        return True

    def left(self, realised: Realised) -> frozenset[int]:
        """Return the numbers of the states that are promised to anybody in a program of which intents were withdrawn."""
        promised = {id(states): states for item in realised.demands.values() if (states := _promised(item.demand))}
        if self._left is None or self._left[0] != promised.keys():
            numbers = {
                self.numbers[self._elements(state)] for states in together(promised.values()) for state in states
            }
            self._left = frozenset(promised), frozenset(numbers)
        return self._left[1]

    def named(self, names: Collection[Elements]) -> dict[Elements, int] | None:
        """Return the numbers of all states, counted from 0, by the elements that they name; None where these are not as many."""
        found = {name: self.numbers.get(self._all_down(*name), NORMAL) - 1 for name in names}
        is_each = len(found) == len(self.numbers) and sorted(found.values()) == list(range(len(found)))
        return found if is_each else None

    def all(self) -> frozenset[int]:
        """Return the numbers of all states."""
        if self._all is None:
            self._all = frozenset(self.numbers.values())
        return self._all

    def career(self, item: RealisedDemand) -> Career:
        demand = item.demand
        moved: dict[int, Course | None] = dict.fromkeys(self._broken(item.primary))
        promised = self.promised_to(demand)
        for result in item.states:
            course = self._course(item, result.paths, is_failover=True)
            for name in result.when:
                number = promised.get(name)
                if number is not None:
                    moved[number] = course
        normal = self._course(item, item.primary, is_failover=False)
        entry = item.chosen.source.node
        return Career(demand, demand.traffic_class, entry, normal, {number: moved[number] for number in sorted(moved)})

    def promised_to(self, demand: Demand) -> Promise:
        """Return the numbers of the states that a demand is promised, by name; many demands are promised the same."""
        states = _promised(demand)
        found = self._names.get(id(states))
        if found is None:
            found = self._names[id(states)] = self._promise(states)
        return found

    def _promise(self, states: Sequence[FailureState]) -> Promise:
        if not isinstance(states, Remaining):
            return Promise(self._numbered(states))
        whole = self._wholes.get(id(states.whole))
        if whole is None:
            whole = self._wholes[id(states.whole)] = self._numbered(states.whole)
        return Promise(whole, frozenset([states.whole[place].id for place in states.left_out]))

    def _numbered(self, states: Iterable[FailureState]) -> dict[str, int]:
        numbers = {state.id: self.numbers.get(self._elements(state)) for state in states}
        return {name: number for name, number in numbers.items() if number is not None}

    def _elements(self, state: FailureState) -> Elements:
        """Return all that is down in a state: links of failed nodes, and what runs over a failed link, with it."""
        return self._all_down(state.nodes, state.links)

    def _all_down(self, nodes: frozenset[str], links: frozenset[str]) -> Elements:
        named = nodes, links
        if named not in self._known:
            of_nodes = {link.id for node in nodes for link in self._topology.links_of.get(node, ())}
            down = of_nodes | links
            riders = {rider for link in down for rider in self._topology.riders.get(link, ())}
            self._known[named] = nodes, frozenset(down | riders)
        return self._known[named]

    def _broken(self, paths: Paths) -> Iterator[int]:
        for path in paths:
            for node in path.nodes:
                yield from self.at_node.get(node, ())
            for link in path.links:
                yield from self.at_link.get(link, ())

    def _course(self, item: RealisedDemand, paths: Paths, *, is_failover: bool) -> Course:
        demand, on_links = item.demand, labelled(self._topology, item)
        rate, pool = demand.bandwidth_bps, demand.pool_bps
        is_policed = True
        if is_failover and demand.failover is not None:
            # The meters do not know of the failure: they let the normal rate through, and not more.
            is_policed = demand.failover.bandwidth_bps >= rate
            rate, pool = min(rate, demand.failover.bandwidth_bps), min(pool, demand.failover.pool_bps)
        return Course(
            paths=paths,
            rate_bps=rate,
            pool_bps=pool,
            burst_bytes=on_links(demand.burst_bytes),
            is_open=not is_metered(demand, self._classes[demand.traffic_class]),
            is_policed=is_policed,
            shares=shares_of(self._topology, demand, paths),
        )


def is_metered(demand: Demand, traffic_class: TrafficClass) -> bool:
    """Return whether what a demand sends above its committed rate leaves its class (LE and DF keep their code point)."""
    return demand.has_bandwidth and demand.bandwidth_bps > 0 and traffic_class.over_dscp != traffic_class.dscp


def _promised(demand: Demand) -> Sequence[FailureState]:
    return demand.failover.states if demand.failover is not None else ()


def _union(promised: Iterable[Sequence[FailureState]]) -> dict[int, tuple[int, ...]]:
    """Tell which states any of some sequences has: by identity of what these are a part of, the places that all of them leave out."""
    return {
        id(states.whole) if isinstance(states, Remaining) else id(states): states.left_out
        if isinstance(states, Remaining)
        else ()
        for states in together(promised)
    }


def together(promised: Iterable[Sequence[FailureState]]) -> list[Sequence[FailureState]]:
    """Return sequences with the same states: of those that are the same but for a few items, one with what any of them has."""
    found: list[Sequence[FailureState]] = []
    parts: dict[int, list[Remaining[FailureState]]] = {}
    for states in promised:
        if isinstance(states, Remaining):
            parts.setdefault(id(states.whole), []).append(states)
        else:
            found.append(states)
    for same in parts.values():
        places = set(same[0].left_out).intersection(*[states.left_out for states in same[1:]])
        found.append(Remaining(same[0].whole, tuple(sorted(places))))
    return found
