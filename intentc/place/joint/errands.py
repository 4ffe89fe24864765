"""What has to be carried, as the search over all demands of a priority sees it."""

from __future__ import annotations

from intentc.forwarding.figures import latency_of
from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.walk import Arcs
from intentc.place.chain_tasks import ChainTask
from intentc.place.context import Context
from intentc.place.goals import COST, LATENCY
from intentc.place.intents import IntentTask
from intentc.place.joint.cells import Part, States
from intentc.place.tasks import Task
from intentc.resolve.model import Scheduling
from intentc.values import frozen

_MOST_WAYS, _MOST_PUSHED = 24, 3000  # that are known from the start, and looked at for that
_PLAIN = (Scheduling.WEIGHT, Scheduling.STRICT)


@frozen
class Errand:
    """A demand from one node to one of `targets`: `failed_bps` in the `promised` states in which its path is broken.

    `kept_bps` is what it claims in a promised state in which it is whole. `fragile` are the links that fail in a promised state,
    `kind` is what says how its packets can be steered; `bound_us` is kept in the normal state, `failed_bound_us` in all others.
    """

    task: Task
    start: int
    targets: frozenset[int]
    stops: frozenset[int]
    rate_bps: int
    kept_bps: int
    failed_bps: int
    promised: frozenset[int]
    fragile: frozenset[int]
    kind: int
    bound_us: int | None
    failed_bound_us: int | None

    @property
    def is_fail_closed(self) -> bool:
        """Return whether packets are dropped where no path that they are steered along is up."""
        return self.task.demand.otherwise == "drop"

    def latency_us(self, network: Network, arcs: Arcs) -> int:
        """Return what a path takes with the queueing that is assumed for the class."""
        return latency_of(network, arcs, self.task.ahead).total

    def most_us(self, states: States) -> int | None:
        """Return the least of the bounds of some states; None: they have none. That of the normal one is no more than that of failures."""
        if self.bound_us is None:  # which keeps those of failures, too
            return None
        return self.bound_us if 0 in states else self.failed_bound_us


@frozen
class Booking:
    """The path of the normal state, and others (`spares`) with the states in which they take its place.

    `bare` are those in which nothing steers what is steered otherwise.
    """

    arcs: Arcs
    spares: tuple[tuple[Arcs, States], ...]
    parts: tuple[Part, ...]
    bare: frozenset[int]


@frozen
class Entry:
    """An intent with its errands: all of them are carried, or none."""

    name: str
    errands: tuple[Errand, ...]

    @property
    def rate_bps(self) -> int:
        return sum(errand.rate_bps for errand in self.errands)


def is_movable(context: Context, item: IntentTask) -> bool:
    """Return whether paths for an intent can be proposed here: plain demands, each from one node, that leave a choice."""
    if isinstance(item, ChainTask):
        return False
    return all(_is_plain(context, task) for unit in item.units for task in unit.tasks)


def _is_plain(context: Context, task: Task) -> bool:
    is_alone = len(task.groups) == 1 and len(task.groups[0].sources) == 1 and task.claim.is_lone
    is_bound = bool(task.via) or task.claim.is_spread or task.demand.is_symmetric or bool(task.demand.preferences)
    is_free = not is_bound and task.demand.goal not in (LATENCY, COST)
    is_single = task.round_trip_us(NORMAL) is None and bool(task.claim.rate_bps)
    scheduling = context.model.classes[task.demand.traffic_class].scheduling
    return is_alone and is_free and is_single and scheduling in _PLAIN and bool(task.groups[0].targets)


def errand_of(task: Task, index: dict[Outage, int], kinds: dict[tuple[object, ...], int]) -> Errand:
    """Return the errand of a plain demand; `index` has the states that are looked at, `kinds` the kinds that are known."""
    group = task.groups[0]
    rate, failed = task.claim.own_bps, task.failed_claim.own_bps
    return Errand(
        task=task,
        start=group.sources[0],
        targets=group.targets,
        stops=group.stops,
        rate_bps=rate,
        kept_bps=max(rate, failed),
        failed_bps=failed,
        promised=frozenset(index[outage] for outage in task.outages),
        fragile=frozenset().union(*(outage.links for outage in task.outages)),
        kind=kinds.setdefault((group.addresses, group.families, group.accepted, task.fences), len(kinds)),
        bound_us=task.bound_us(NORMAL),
        failed_bound_us=task.bound_us(task.outages[0]) if task.outages else None,
    )


def short_ways(network: Network, errand: Errand) -> tuple[Arcs, ...]:
    """Return the paths with the fewest links that keep the bound of the normal state, within a fixed effort."""
    found: list[Arcs] = []
    head, barred, bound_us = network.head, errand.task.barred, errand.bound_us
    queue: list[tuple[int, Arcs, int]] = [(errand.start, (), 1 << errand.start)]  # the nodes that were seen, as bits
    made = 0
    for node, arcs, seen in queue:  # which grows meanwhile
        if len(found) == _MOST_WAYS:
            break
        if node in errand.stops:
            if node in errand.targets and (bound_us is None or errand.latency_us(network, arcs) <= bound_us):
                found.append(arcs)
            continue
        if made > _MOST_PUSHED or (arcs and not network.has_transit[node]):
            continue
        for arc in network.leaving[node]:
            if not seen >> head[arc] & 1 and arc >> 1 not in barred:
                made += 1
                queue.append((head[arc], (*arcs, arc), seen | 1 << head[arc]))
    return tuple(found)
