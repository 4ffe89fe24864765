"""A path for the normal state with its spares, sought together: one of them is whole and right in every promised state.

Spares that are sought one after the other, each for the state at hand, may be too many, or be cut off by a first path that
crosses the only pair there is. Disjoint paths are looked for first; where risk groups, bounds or room leave none of these, all
lists of paths are gone through, within a fixed effort.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import islice

from intentc.forwarding.figures import latency_of, latency_parts
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.walk import Arcs
from intentc.place.context import Context, Plan
from intentc.place.disjoint import Disjoint
from intentc.place.openness import ASK, SHUT, OpenArcs, to_ask
from intentc.place.plain_search import advance
from intentc.place.roles import Ends, Role
from intentc.place.tasks import Task
from intentc.values import frozen

MOST_PATHS = 4  # in a list, as many as an SR policy has candidate paths (`realise.sr_course.MOST_CANDIDATES`)
_MOST_STATES = 2_000
_MOST_WAYS, _MOST_PUSHED = 240, 12_000
_MOST_LISTS = 60_000  # parts of lists that are looked at
_FAR = 1 << 60


def find_cover(context: Context, task: Task, role: Role) -> Plan | None:
    """Return paths for all promised states in which the demand keeps its ends, in the order of a list; None: none was found."""
    ends = role.ends_in(NORMAL)[:1]
    if not ends or task.demand.is_symmetric or task.claim.is_spread or len(task.promises) > _MOST_STATES:
        return None
    states = [outage for outage in task.outages if list(role.ends_in(outage)[:1]) == list(ends)]
    search = _Search(context, task, role, ends[0], states)
    for target in sorted(task.groups[ends[0].group].targets):
        for paths in search.candidates(target):
            found = search.ordered(paths)
            if found is not None:
                return search.plan(found)
    return None


@frozen
class _Way:
    """A path with the states in which it is whole, and those in which it is right besides (bits; bit 0 is the normal state)."""

    arcs: Arcs
    latency_us: int
    whole: int
    right: int


class _Search:
    """The paths of one demand between its ends, held against the states in which it keeps these."""

    def __init__(self, context: Context, task: Task, role: Role, ends: Ends, states: Sequence[Outage]) -> None:
        self._context = context
        self._task = task
        self._ends = ends
        self._states = states
        self._broken_by: dict[int, int] = {}  # per link the states in which it is down
        self._short: dict[int, int] = {}  # per arc the states in which it has no room
        self._bounds: dict[int, int] = {}  # per bound the states that it holds in
        self._prices = context.guides.prices(("disjoint", task.ahead), self._price)
        self._places = {outage: position for position, outage in enumerate(states, start=1)}
        for position, outage in enumerate((NORMAL, *states)):
            bound_us = role.bound_us(outage)
            bound_us = _FAR if bound_us is None else bound_us
            self._bounds[bound_us] = self._bounds.get(bound_us, 0) | 1 << position
            for link in outage.links:
                self._broken_by[link] = self._broken_by.get(link, 0) | 1 << position

    @property
    def _every(self) -> int:
        return (1 << (len(self._states) + 1)) - 1

    def candidates(self, target: int) -> Iterator[Sequence[_Way]]:
        """Yield sets of paths to one end among which a list may be: two, three or four disjoint ones, then all there are."""
        network, has_nodes = self._context.network, any(outage.nodes for outage in self._states)
        stops = self._task.groups[self._ends.group].stops
        ends = network, self._ends.start, target, stops
        disjoint = Disjoint(*ends, self._open_arcs(), self._price, has_nodes, self._prices)
        for found in islice(disjoint.sets(), 1, MOST_PATHS):
            yield [self._way(arcs) for arcs in found]
        yield self._all(target)

    def ordered(self, ways: Sequence[_Way]) -> tuple[_Way, ...] | None:
        """Return the first list, of the shortest ones, of which in every state the first path that is whole is right too."""
        left = [_MOST_LISTS]
        for size in range(1, MOST_PATHS + 1):
            found = self._listed(ways, self._every, size, left)
            if found is not None:
                return found
        return None

    def plan(self, ways: Sequence[_Way]) -> Plan:
        """Return a list as the arcs of each state."""
        spares: dict[Outage, frozenset[int]] = {}
        for position, outage in enumerate(self._states, start=1):
            carrier = next(way for way in ways if way.whole >> position & 1)
            if carrier is not ways[0]:
                spares[outage] = frozenset(carrier.arcs)
        return Plan(frozenset(ways[0].arcs), spares)

    def _listed(self, ways: Sequence[_Way], pending: int, size: int, left: list[int]) -> tuple[_Way, ...] | None:
        """Return a list of at most so many paths for some states; a path that is whole but not right would be in the way."""
        for way in ways:
            left[0] -= 1
            if left[0] < 0:
                return None
            served = way.whole & pending
            if not served or served & ~way.right:
                continue
            if served == pending:
                return (way,)
            rest = self._listed(ways, pending & ~served, size - 1, left) if size > 1 else None
            if rest is not None:
                return (way, *rest)
        return None

    def _way(self, arcs: Arcs) -> _Way:
        latency_us = latency_of(self._context.network, arcs, self._task.ahead).total
        broken, short = 0, 0
        for arc in arcs:
            broken |= self._broken_by.get(arc >> 1, 0)
            short |= self._short_in(arc)
        in_time = sum(states for bound, states in self._bounds.items() if latency_us <= bound)
        whole = self._every & ~broken
        return _Way(arcs, latency_us, whole, whole & in_time & ~short if self._is_past_waypoints(arcs) else 0)

    def _is_past_waypoints(self, arcs: Arcs) -> bool:
        network, via = self._context.network, self._task.via
        stage = advance(via, 0, frozenset(), self._ends.start)
        for arc in arcs:
            stage = advance(via, stage, frozenset({arc >> 1}), network.head[arc])
        return stage == len(via)

    def _short_in(self, arc: int) -> int:
        """Return the states in which an arc has no room; most are told together, as nothing differs there from the normal one."""
        found = self._short.get(arc)
        if found is None:
            found = self._short[arc] = self._lacking(arc)
        return found

    def _lacking(self, arc: int) -> int:
        ledger, task = self._context.ledger, self._task
        normal = 0 if ledger.has_room(arc, NORMAL, task.claim) else 1
        rooms = ledger.rooms(arc, task.failed_claim)
        if rooms is None:
            others = enumerate(self._states, start=1)
            return normal + sum(1 << at for at, outage in others if not ledger.has_room(arc, outage, task.failed_claim))
        short = 0 if rooms.is_enough else self._every & ~1
        for outage in rooms.unlike:
            short ^= 1 << self._places[outage] if outage in self._places else 0
        return normal | short

    def _open_arcs(self) -> OpenArcs:
        """Return which arcs have room in all states; where not for certain that is looked at when it is asked for."""
        kernels, task = self._context.guides.kernels, self._task
        row = to_ask(len(self._context.network.head))
        if kernels is None:
            return OpenArcs(row, self._is_open, None)
        biggest = max(task.claim, task.failed_claim, key=lambda claim: claim.own_bps)
        ledger, is_one = self._context.ledger, task.claim.traffic_class == task.failed_claim.traffic_class
        if is_one and ledger.is_outlined(task.claim) and ledger.is_outlined(task.failed_claim):
            told = ledger.open_row(biggest, NORMAL, is_wary=True)
            row = row if told is None else told.replace(bytes((SHUT,)), bytes((ASK,)))
        kernels.rows.shut(row, task.barred, 2)
        return OpenArcs(row, self._is_open, kernels.rows)

    def _is_open(self, arc: int) -> bool:
        return arc >> 1 not in self._task.barred and not self._short_in(arc)

    def _price(self, arc: int) -> int:
        network, ahead = self._context.network, self._task.ahead
        queued = 0 if ahead is None else (1 + ahead) * network.packet_units[arc] * 1000 // network.units_per_us
        return (network.propagation_ns[arc] or 0) + queued + 1

    def _all(self, target: int) -> Sequence[_Way]:
        """Return the fastest paths that come to no node twice and are right in some state, as many as effort allows."""
        right = (way for way in map(self._way, self._ways(target)) if way.right)
        return _distinct(list(islice(right, _MOST_WAYS)))

    def _ways(self, target: int) -> Iterator[Arcs]:
        """Return the paths that come to no node twice and are not too slow for all states, the fastest first."""
        slowest, prices = max(self._bounds), self._prices
        if prices is None or not prices.kernels.is_timely(0, self._task.ahead):
            return self.ways_twin(target, slowest)
        group, kernels = self._task.groups[self._ends.group], prices.kernels
        ends, bound, ahead = (self._ends.start, target, group.stops), min(slowest, _FAR), self._task.ahead
        return kernels.loopless(kernels.field, *ends, prices.row, self._task.barred, bound, ahead, _MOST_PUSHED)

    def ways_twin(self, target: int, slowest: int) -> Iterator[Arcs]:
        """Yield the same without a kernel."""
        network, group, made = self._context.network, self._task.groups[self._ends.group], 0
        steps = self._steps()
        heap: list[tuple[int, int, int, Arcs, int, int]] = [(0, 0, self._ends.start, (), 0, 0)]
        while heap:
            price, _, node, arcs, ns, units = heappop(heap)
            if node in group.stops:
                if node == target:
                    yield arcs
                continue
            if arcs and not network.has_transit[node]:
                continue
            if latency_parts(network, ns, units, self._task.ahead).total > slowest or made >= _MOST_PUSHED:
                continue
            seen = {self._ends.start, *(network.head[arc] for arc in arcs)}
            for arc, head, more, delay, size in steps[node]:
                if head not in seen and made < _MOST_PUSHED:
                    made += 1
                    heappush(heap, (price + more, made, head, (*arcs, arc), ns + delay, units + size))

    def _steps(self) -> list[list[tuple[int, int, int, int, int]]]:
        """Return by node the arcs that may be used, each with its head, price, propagation in ns and packet time."""
        network, barred = self._context.network, self._task.barred
        return [
            [
                (arc, network.head[arc], self._price(arc), network.propagation_ns[arc] or 0, network.packet_units[arc])
                for arc in leaving
                if arc >> 1 not in barred
            ]
            for leaving in network.leaving
        ]


def _distinct(ways: Sequence[_Way]) -> list[_Way]:
    """Return the fastest of the paths that are whole and right in the same states."""
    known: Mapping[tuple[int, int], _Way] = {(way.whole, way.right): way for way in reversed(ways)}
    return sorted(known.values(), key=lambda way: (way.latency_us, way.arcs))
