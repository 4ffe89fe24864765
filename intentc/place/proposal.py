"""Which paths together load the fullest link least: a proposal for the demands that ask for it (`optimize utilization`).

Every demand in turn takes the path that adds least to Σ (utilisation ÷ worst utilisation)^p over the links, all others
staying where they are, until nobody moves; p grows from round to round, and with it only the fullest links count. Each
step lowers the sum, so the rounds end. The proposal is checked link by link, state by state when the demand is placed, so
the sums here may be floating point; they are built from products alone, which IEEE 754 fixes to the bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from heapq import heappop, heappush

from intentc.forwarding.outage import NORMAL
from intentc.forwarding.walk import Arcs
from intentc.forwarding.weighted import MOST_LISTS, WEIGHTS
from intentc.place.context import Context, Proposal
from intentc.place.model import Hop
from intentc.place.potentials import FAR, Potentials
from intentc.place.splitting import Piecework, Splitter
from intentc.place.tasks import Task
from intentc.realise.labels import NO_LABELS, Labels
from intentc.realise.shares import hashed_bps
from intentc.values import frozen, replace

_DOUBLINGS = (1, 2, 3, 4, 5, 6)  # p = 2, 4, … 64
_MOST_SWEEPS = 4
_HOT = 0.9  # after the first rounds only demands on links this full, relative to the fullest, look for another path
_NS_PER_US = 1000
_PPM = 1_000_000


@frozen
class _Errand:
    """A demand with what limits its path: `lengths` are exact latencies per arc, `left` the least from a node to a target."""

    task: Task
    group: int
    starts: tuple[int, ...]
    targets: frozenset[int]
    bound: int | None
    left: Sequence[int]


def propose(context: Context, tasks: Iterable[Task]) -> Mapping[str, Proposal]:
    """Return a path for each demand that leaves a choice, by key; `tasks` are those that want links evenly used."""
    search = _Proposals(context)
    errands = [search.errand(task) for task in sorted(tasks, key=lambda task: (-task.claim.rate_bps, task.demand.key))]
    return search.run([errand for errand in errands if errand is not None])


class _Proposals:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._network = context.network
        ledger, arcs = context.ledger, range(len(context.network.tail))
        capacity, background = context.network.capacity_bps, context.network.background_bps
        self._load = [background[arc] + sum(ledger.reserved(arc).values()) for arc in arcs]
        self._inverse = [1.0 / rate for rate in capacity]
        self._steps = [context.realiser.steps(node) for node in range(len(context.network.nodes))]
        self._paths: dict[str, tuple[int, tuple[Hop, ...]]] = {}
        self._lefts: dict[tuple[frozenset[int], frozenset[int], frozenset[int], int | None], Sequence[int]] = {}

    def errand(self, task: Task) -> _Errand | None:
        """Return what is to be searched for; None where waypoints, several groups of packets or no rate leave no use for it."""
        if task.via or len(task.groups) != 1 or not task.claim.rate_bps:
            return None
        group, bound = task.groups[0], task.bound_us(NORMAL)
        scale = self._network.units_per_us * _NS_PER_US
        return _Errand(
            task=task,
            group=0,
            starts=group.sources,
            targets=group.targets,
            bound=None if bound is None else bound * scale,
            left=self._left(group.targets, group.stops, task),
        )

    def _left(self, targets: frozenset[int], stops: frozenset[int], task: Task) -> Sequence[int]:
        key = (targets, stops, task.barred, task.ahead)
        if key not in self._lefts:
            row = [False] * len(self._network.head)
            for arc in (arc for steps in self._steps for step in steps for arc in step.arcs):
                row[arc] = arc >> 1 not in task.barred
            found = Potentials(self._network, row, targets, stops, ())
            self._lefts[key] = found.least(lambda arc: self._length(arc, task.ahead))[0]
        return self._lefts[key]

    def _length(self, arc: int, ahead: int | None) -> int:
        """Return the latency of an arc in ns × `units_per_us`, each part unrounded."""
        packets = 0 if ahead is None else (1 + ahead) * self._network.packet_units[arc] * _NS_PER_US
        return (self._network.propagation_ns[arc] or 0) * self._network.units_per_us + packets

    def run(self, errands: Sequence[_Errand]) -> Mapping[str, Proposal]:
        for doublings in _DOUBLINGS:
            for _ in range(_MOST_SWEEPS):
                if not self._sweep(errands, doublings):
                    break
        found = {
            key: Proposal(start, frozenset(arc for step in steps for arc in step.arcs))
            for key, (start, steps) in self._paths.items()
        }
        return {**found, **self._divided([errand for errand in errands if errand.task.claim.is_spread])}

    def _divided(self, errands: Sequence[_Errand]) -> Mapping[str, Proposal]:
        """Return the proposals for demands that do better, or only, on several paths at once."""
        lone = {errand.task.demand.key: self._lone(errand) for errand in errands}
        known = {key: errand for key, errand in lone.items() if errand is not None}
        imbalance = self._network.topology.routing.hash_imbalance_ppb
        work = [
            Piecework(
                key,
                tuple(
                    hashed_bps(errand.task.claim.rate_bps, units * _PPM // WEIGHTS, imbalance)
                    for units in range(WEIGHTS + 1)
                ),
                cache(partial(self._labels, errand)),
                self._igp_way(errand),
                self._own_way(key),
            )
            for key, errand in known.items()
        ]

        def find(key: str, rate_bps: int, scale: float, doublings: int) -> Arcs | None:
            path = self._best(known[key], self._weigher(rate_bps, scale, doublings))
            return None if path is None else tuple(step.arcs[0] for step in path[1])

        mean_packet = self._network.topology.routing.mean_packet
        Splitter(self._load, self._inverse, self._network.capacity_bps, find, mean_packet).run(work)
        return {item.key: _proposal(known[item.key].starts[0], item.ways) for item in work if len(item.ways) > 1}

    def _labels(self, errand: _Errand, arcs: Arcs) -> Labels:
        group, task = errand.task.groups[errand.group], errand.task
        found = self._context.realiser.labels(task.packets(group), group.families, errand.starts[0], arcs, frozenset())
        return found or NO_LABELS

    def _igp_way(self, errand: _Errand) -> Arcs | None:
        """Return the IGP's only path, which nothing has to steer packets along."""
        group, task = errand.task.groups[errand.group], errand.task
        course = self._context.realiser.course(task.packets(group), group.families, frozenset(), errand.starts)
        trails = course.walk(NORMAL, errand.starts[0]).trails
        return trails[0].arcs if len(trails) == 1 else None

    def _own_way(self, key: str) -> dict[Arcs, int]:
        return {tuple(step.arcs[0] for step in self._paths[key][1]): WEIGHTS} if key in self._paths else {}

    def _lone(self, errand: _Errand) -> _Errand | None:
        """Return an errand from one start to one end, as all lists of a policy run; None where packets cannot be divided."""
        start, steps = self._paths.get(errand.task.demand.key, (errand.starts[0], ()))
        group = errand.task.groups[errand.group]
        course = self._context.realiser.course(errand.task.packets(group), group.families, frozenset(), (start,))
        ends = frozenset({steps[-1].head}) if steps else errand.targets
        if course.most_ways(start) < MOST_LISTS or len(ends) > 1 or start in ends:
            return None
        return replace(errand, starts=(start,), targets=ends)

    def _sweep(self, errands: Sequence[_Errand], doublings: int) -> bool:
        """Let every demand on a hot link look for a better path; return whether anything moved."""
        fullest = max((load * inverse for load, inverse in zip(self._load, self._inverse, strict=True)), default=0.0)
        scale = 1.0 / max(fullest, 0.05)
        has_moved = False
        for errand in errands:
            key = errand.task.demand.key
            if key in self._paths and not self._is_hot(self._paths[key][1], fullest):
                continue
            before = self._paths.get(key)
            self._post(key, errand.task.claim.rate_bps, -1)
            found = self._best(errand, self._weigher(errand.task.claim.rate_bps, scale, doublings))
            if found is not None:
                self._paths[key] = found
            self._post(key, errand.task.claim.rate_bps, 1)
            has_moved = has_moved or found != before
        return has_moved

    def _is_hot(self, steps: tuple[Hop, ...], fullest: float) -> bool:
        return any(self._load[arc] * self._inverse[arc] >= _HOT * fullest for step in steps for arc in step.arcs)

    def _post(self, key: str, rate_bps: int, sign: int) -> None:
        for step in self._paths.get(key, (0, ()))[1]:
            for arc in step.arcs:
                self._load[arc] += sign * rate_bps

    def _weigher(self, rate_bps: int, scale: float, doublings: int) -> Callable[[Arcs], float]:
        load, inverse, capacity = self._load, self._inverse, self._network.capacity_bps
        known: dict[int, float] = {}

        def weigh(arcs: Arcs) -> float:
            total = 0.0
            for arc in arcs:
                if arc not in known:
                    with_it = load[arc] + rate_bps
                    before, after = load[arc] * inverse[arc] * scale, with_it * inverse[arc] * scale
                    for _ in range(doublings):
                        before, after = before * before, after * after
                    known[arc] = FAR if with_it > capacity[arc] else after - before + _ONE_HOP
                total += known[arc]
            return total

        return weigh

    def _best(self, errand: _Errand, weigh: Callable[[Arcs], float]) -> tuple[int, tuple[Hop, ...]] | None:
        """Return start and steps of the path that adds least, within the bound (label setting on cost and latency)."""
        ahead, left, bound, barred = errand.task.ahead, errand.left, errand.bound, errand.task.barred
        stops = errand.task.groups[errand.group].stops
        kept: dict[int, int] = {}
        heap: list[tuple[float, int, int, int, tuple[int, tuple[Hop, ...]]]] = []
        made = 0
        for start in errand.starts:
            heappush(heap, (0.0, 0, made, start, (start, ())))
            made += 1
        while heap:
            cost, length, _, node, path = heappop(heap)
            if node in errand.targets:
                return path
            if kept.get(node, FAR) <= length or (node in stops):
                continue
            kept[node] = length
            if path[1] and not self._network.has_transit[node]:
                continue
            for step in self._steps[node]:
                if left[step.head] == FAR or any(arc >> 1 in barred for arc in step.arcs):
                    continue
                longer = length + max(self._length(arc, ahead) for arc in step.arcs) if bound is not None else 0
                weight = weigh(step.arcs)
                if weight < FAR and (bound is None or longer + left[step.head] <= bound):
                    made += 1
                    heappush(heap, (cost + weight, longer, made, step.head, (path[0], (*path[1], step))))
        return None


def _proposal(start: int, ways: Mapping[Arcs, int]) -> Proposal:
    ordered = sorted(ways.items(), key=lambda item: (-item[1], item[0]))
    return Proposal(start, frozenset(ordered[0][0]), tuple(ordered))


_ONE_HOP = 1e-9  # of paths that add nothing the one with the fewest links
