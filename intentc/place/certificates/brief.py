"""States that are looked at in brief: whether the links at an end of what was refused are too small for what is there already.

Of a state that comes too late for prices only the cuts around single nodes count, and of these only the ones that part the ends
of what was refused. What crosses them at most is known for all states at once, so that most states take a look at a few links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from intentc.forwarding.outage import NORMAL, Outage, Watch
from intentc.place.certificates.docket import Kept
from intentc.place.certificates.market import Cargo, Gap
from intentc.place.certificates.prices import ROUNDS
from intentc.place.certificates.whole import MOST_LOOKED_AT, WholeRooms
from intentc.place.context import Context
from intentc.place.room import PPB
from intentc.place.tasks import Task
from intentc.values import frozen, replace

Shelf = tuple[Outage, str | None]  # a state, and the class whose share is looked at
_RoomOf = Callable[[int, Sequence[Cargo], int], int]
_Tell = Callable[[Shelf], tuple[Sequence[Cargo], Sequence[Cargo]]]


@frozen
class _End:
    """A cut around a node (or all but it): the arcs that cross it, and what does at most in any state."""

    inside: frozenset[int]
    node: int
    is_start: bool
    arcs: tuple[int, ...]
    most_bps: int


_Plain = tuple[Kept, frozenset[int], frozenset[int]]  # with the nodes where it may begin, and end


class _Bulk:
    """The ends of demands that are promised the same states, each but for some of its own."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._goals: dict[str | None, set[frozenset[int]]] = {}  # of one class, and of all
        self._doubtful: dict[Outage, set[frozenset[int]]] = {}  # which of these some demand may not be there for
        self._at: dict[int, set[frozenset[int]]] = {}  # the same, by the nodes that would have to be down

    def add(self, item: Kept, starts: frozenset[int], goals: frozenset[int]) -> None:
        """Add a demand."""
        for name in (None, item.task.demand.traffic_class):
            self._goals.setdefault(name, set()).add(goals)
        for outage in (*item.task.promises.gone, *item.lacking):
            self._doubtful.setdefault(outage, set()).add(goals)
        for node in starts | goals:
            self._at.setdefault(node, set()).add(goals)

    def surely(self, shelf: Shelf) -> int:
        """Return how many ends there are at least in a state; that is quick to tell."""
        outage, name = shelf
        if outage is not NORMAL and outage not in self._watch:
            return 0
        doubtful = len(self._doubtful.get(outage, ())) + sum(len(self._at.get(node, ())) for node in outage.nodes)
        return len(self._goals.get(name, ())) - doubtful


class Brief:
    """The states of one priority in brief. `refused`: all demands that were not placed.

    `least_room` says of a class what rate fits alone on every link, 0 where that takes a closer look.
    """

    def __init__(
        self,
        context: Context,
        kept: Sequence[Kept],
        refused: Sequence[Task],
        rooms: WholeRooms,
        least_room: Callable[[str], int],
    ) -> None:
        self._context = context
        self._rooms = rooms
        ends = [(item, starts_of(item.task), goals_of(item.task)) for item in kept]
        sizes = [_most(item.task) for item in kept]
        self._plain = [each for each in ends if _is_plain(*each)]
        self._most_goals = len({goals for _, _, goals in self._plain})
        self._bulk = _bulk(self._plain)
        self._few: dict[Shelf, bool] = {}
        self._late: dict[Shelf, int] = {}  # with so many visits left the searches of a state visit more
        self._out = _most_at(zip(sizes, (starts for _, starts, _ in ends), strict=True))
        self._into = _most_at(zip(sizes, (goals for _, _, goals in ends), strict=True))
        sized = [*zip((item.task for item in kept), sizes, strict=True), *((task, _most(task)) for task in refused)]
        self._choosy = _choosy(sized, least_room)
        self._largest = max((most for _, most in sized), default=0)
        self._everything = frozenset(range(len(context.network.nodes)))

    def is_late(self, shelf: Shelf, visits: int) -> bool:
        """Return whether the searches of a state surely visit more nodes than are left."""
        if visits <= self._late.get(shelf, -1):
            return True
        most = visits // max(1, len(self._everything) * 3 * ROUNDS)
        if most >= self._most_goals:
            return visits < 0
        if any(bulk.surely(shelf) > most for bulk in self._bulk):
            self._late[shelf] = visits
            return True
        found = set[frozenset[int]]()
        for goals in self._goals(shelf):
            found.add(goals)
            if len(found) > most:
                self._late[shelf] = visits
                return True
        return visits < 0

    def reach(self, tasks: Iterable[Task], name: str | None) -> int | None:
        """Return the elements of the network without whose failure no cut around an end of some demands is ever too small.

        None: one may be in the normal state already.
        """
        network, mask = self._context.network, 0
        known = [(_most(task), starts_of(task), goals_of(task)) for task in tasks]
        more = sum(most for most, _, _ in known)
        for node in {node for _, starts, goals in known for node in (*starts, *goals)}:
            arcs = (*network.leaving[node], *network.entering[node])
            mask |= network.mask_of(node, arcs) | sum({network.node_bit(network.tail[arc]) for arc in arcs})
            for around, is_start, most in (
                (network.leaving[node], True, self._out),
                (network.entering[node], False, self._into),
            ):
                end = _End(frozenset(), node, is_start, around, most.get(node, 0))
                if node in self._choosy or not self._is_wide(end, (NORMAL, name), more):
                    return None
        return mask

    def gap(self, shelf: Shelf, own: Sequence[Cargo], tell: _Tell) -> Gap | None:
        """Return the tightest cut around an end of `own` that all cargo together, that included, is too much for.

        `tell` says what is placed that has to be carried in the state, and what all that was refused asks for there.
        """
        more = sum(item.rate_bps for item in own)
        ends = [end for item in own for end in self._ends(item) if self._may_be_full(end, shelf, more)]
        if not ends:
            return None
        there, refused = tell(shelf)
        everything = [*there, *refused]
        found = []
        for end in ends:
            crossing = sum(item.rate_bps for item in own if item.starts <= end.inside and not item.goals & end.inside)
            gap = self._gap(end, shelf, there, everything, self._rooms.least)
            if gap.crossing_bps + crossing <= gap.room_bps:
                continue
            gap = self._gap(end, shelf, there, everything, self._rooms.on)
            if gap.crossing_bps + crossing > gap.room_bps:
                found.append((gap.room_bps - gap.crossing_bps, sorted(gap.inside), gap, crossing))
        if not found:
            return None
        _, _, gap, crossing = min(found, key=lambda item: item[:2])
        return replace(gap, crossing_bps=gap.crossing_bps + crossing)

    def room(self, arc: int, outage: Outage, name: str | None) -> int:
        """Return the room of an arc in a state: of all that runs there, or of one class."""
        network = self._context.network
        if arc >> 1 in outage.links or arc >> 1 in network.drained:
            return 0
        capacity = network.capacity_bps[arc]
        room = capacity - network.background_bps[arc]
        if name is not None:
            room = min(room, capacity * self._context.model.classes[name].share_ppb // PPB)
        return max(0, room)

    def _is_few(self, shelf: Shelf) -> bool:
        """Return whether so few demands are surely there in a state that they are told apart by the links that they cannot use."""
        if shelf not in self._few:
            self._few[shelf] = all(at < MOST_LOOKED_AT for at, _ in enumerate(self._goals(shelf)))
        return self._few[shelf]

    def _goals(self, shelf: Shelf) -> Iterator[frozenset[int]]:
        """Yield the ends of what is surely there in a state."""
        outage, name = shelf
        for item, starts, goals in self._plain:
            task = item.task
            is_there = outage is NORMAL or (outage in task.promises and outage not in item.lacking)
            if is_there and name in (None, task.demand.traffic_class):
                if not outage.nodes:
                    yield goals
                elif starts - outage.nodes and goals - outage.nodes:
                    yield goals - outage.nodes

    def _ends(self, item: Cargo) -> Iterator[_End]:
        network = self._context.network
        for node in item.starts if len(item.starts) == 1 else ():
            yield _End(frozenset({node}), node, True, network.leaving[node], self._out.get(node, 0))
        for node in item.goals if len(item.goals) == 1 else ():
            yield _End(self._everything - {node}, node, False, network.entering[node], self._into.get(node, 0))

    def _may_be_full(self, end: _End, shelf: Shelf, more: int) -> bool:
        """Return False where a cut is surely wide enough.

        Where few are there, fewer than a link has room for may run over it; then a closer look is due, unless all that
        begins or ends there may use each of its links.
        """
        return (end.node in self._choosy and self._is_few(shelf)) or not self._is_wide(end, shelf, more)

    def _is_wide(self, end: _End, shelf: Shelf, more: int) -> bool:
        """Return whether links have room for all and more: whole rates leave less of one unused than the largest of them."""
        least = sum(max(0, self.room(arc, *shelf) - self._largest) for arc in end.arcs)
        return end.most_bps + more <= least

    def _gap(
        self, end: _End, shelf: Shelf, cargo: Sequence[Cargo], everything: Sequence[Cargo], room_of: _RoomOf
    ) -> Gap:
        lone = (item for item in cargo if len(item.starts) == len(item.goals) == 1)
        crossing = sum(item.rate_bps for item in lone if end.node in (item.starts if end.is_start else item.goals))
        room = sum(room_of(arc, everything, self.room(arc, *shelf)) for arc in end.arcs)
        return Gap(end.inside, crossing, room)


def rate_of(task: Task, outage: Outage) -> int:
    """Return what a demand reserves in a state in which it goes another way than normally."""
    return task.claim_in(outage).own_bps


def starts_of(task: Task) -> frozenset[int]:
    """Return the nodes where a demand may begin."""
    return frozenset([node for group in task.groups for node in group.sources])


def goals_of(task: Task) -> frozenset[int]:
    """Return the nodes where a demand may end."""
    return frozenset([node for group in task.groups for node in group.accepted])


def _is_plain(item: Kept, starts: frozenset[int], goals: frozenset[int]) -> bool:
    """Return whether a demand is there in each state that it is promised, unless its ends are down."""
    task = item.task
    is_any = bool(task.claim.own_bps and task.failed_claim.own_bps) and task.demand.step is None
    return is_any and task.claim.is_lone and not starts & goals


def _choosy(tasks: Iterable[tuple[Task, int]], least_room: Callable[[str], int]) -> frozenset[int]:
    """Return the nodes where something begins or ends that may not use all links there: excluded ones, or too small for it."""
    found = set[int]()
    for task, most in tasks:
        if task.demand.exclusions or most > least_room(task.claim.traffic_class):
            found |= starts_of(task) | goals_of(task)
    return frozenset(found)


def _most(task: Task) -> int:
    return max(task.claim.own_bps, task.failed_claim.own_bps)


def _most_at(ends: Iterable[tuple[int, frozenset[int]]]) -> dict[int, int]:
    """Return what begins or ends at each node at most."""
    found: dict[int, int] = {}
    for most, nodes in ends:
        for node in nodes:
            found[node] = found.get(node, 0) + most
    return found


def _bulk(plain: Iterable[_Plain]) -> list[_Bulk]:
    found: dict[Watch, _Bulk] = {}
    for item, starts, goals in plain:
        watch = item.task.promises.whole
        found.setdefault(watch, _Bulk(watch)).add(item, starts, goals)
    return list(found.values())
