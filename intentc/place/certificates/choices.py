"""Certificates that a chain misses its budget whatever is chosen: all choices of replicas were gone through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.certificates.ground import Ground, Rooms
from intentc.place.certificates.potential import least_ns
from intentc.place.chain_tasks import ChainTask, Option, narrowed
from intentc.place.context import Context
from intentc.place.tasks import Task
from intentc.realise.refusals import Exhausted, Given
from intentc.resolve.chain_model import Chain, ChainStep
from intentc.values import frozen

MOST_CHOICES = 20_000  # of replicas for all steps
_NS_PER_US = 1000
_Offer = tuple[int, str]  # the time there and back in µs, and the node where requests end
_Chosen = Mapping[str, _Offer]  # per demand


def find_exhausted(
    context: Context,
    rooms: Rooms,
    item: ChainTask,
    chain: Chain,
    *,
    outage: Outage,
    budget_us: int,
    given: Given = "nothing",
) -> Exhausted | None:
    """Return the proof that even the fastest ways to any replicas miss a budget; None: they keep it, or are too many to tell.

    In a failure state, in which the network chooses where packets land, each step counts with the fastest of its legs. `given`
    "placed": the fastest ways over links that have room beside what is placed.
    """
    aheads = sorted({unit.forward.ahead or 0 for unit in item.units})
    for queueing in dict.fromkeys((0, *(aheads if len(aheads) == 1 else ()))):
        search = _Search(_Times(context, rooms, item, outage, queueing, given == "placed"), chain)
        totals = search.lone_total() if outage is not NORMAL else search.totals()
        if totals is not None and totals[0] > budget_us:
            return Exhausted(chain.source_site, queueing, budget_us, *totals, given)
    return None


@frozen
class _Times:
    """The least times there and back of a chain's demands in a state, whatever devices can do.

    `is_placed`: beside what is reserved, else whatever is.
    """

    context: Context
    rooms: Rooms
    item: ChainTask
    outage: Outage
    queueing: int
    is_placed: bool

    def offers(self, key: str) -> Iterator[_Offer]:
        """Yield the time from each node of the source to each replica of a demand that has a way there and back, and the replica's node."""
        unit, network = self.item.by_key[key], self.context.network
        if unit.reply is None:
            return
        for index, group in enumerate(unit.forward.groups):
            for start in group.sources:
                for node in sorted(group.targets - self.outage.nodes) if start not in self.outage.nodes else ():
                    there = self._least_us(narrowed(unit.forward, Option(index, start, (node,))), start, node)
                    back = self._least_us(unit.reply, node, None)
                    if there is not None and back is not None:
                        yield there + back, network.nodes[node]

    def _least_us(self, task: Task, start: int, stop: int | None) -> int | None:
        """Return what any path takes at least, rounded up; None where there is none."""
        ground = Ground(self.context.network, task, self.outage, self.rooms, is_placed=self.is_placed, start=start)
        found = least_ns(ground, self.queueing, start, stop)
        return None if found is None else -(-found // _NS_PER_US)


class _Search:
    """Goes through all choices of replicas for the steps of one chain."""

    def __init__(self, times: _Times, chain: Chain) -> None:
        self._times = times
        self._chain = chain
        self._known: dict[str, list[_Offer]] = {}
        self._best: int | None = None
        self._choices = 0

    def totals(self) -> tuple[int, int] | None:
        """Return the least total of all choices, and how many there are; None where there are none, or too many."""
        self._extend(0, {}, {}, {})
        return None if self._best is None or self._choices > MOST_CHOICES else (self._best, self._choices)

    def lone_total(self) -> tuple[int, int] | None:
        """Return the total of the fastest leg of every step, as the one choice that there is."""
        least: dict[int, int] = {}
        for step in self._chain.steps:
            found = [self._fastest(leg.demand) for leg in step.legs if leg.demand is not None]
            times = [us for us in found if us is not None] + [0 for leg in step.legs if leg.demand is None]
            if not times:
                return None
            least[step.number] = step.calls * min(times)
        return self._chain.total_us(least), 1

    def _fastest(self, key: str) -> int | None:
        return min((us for us, _ in self._offers(key)), default=None)

    def _offers(self, key: str) -> list[_Offer]:
        if key not in self._known:
            self._known[key] = list(self._times.offers(key))
        return self._known[key]

    def _extend(self, at: int, chosen: _Chosen, network_us: Mapping[int, int], ends: Mapping[int, str]) -> None:
        if self._choices > MOST_CHOICES:
            return
        if at == len(self._chain.steps):
            total = self._chain.total_us(network_us)
            self._best = total if self._best is None else min(self._best, total)
            self._choices += 1
            return
        step: ChainStep = self._chain.steps[at]
        leg = step.legs[0] if step.origin is None else step.leg_from(ends[step.origin])
        if leg.demand is None:
            self._extend(at + 1, chosen, {**network_us, step.number: 0}, {**ends, step.number: leg.landings[0]})
            return
        known = chosen.get(leg.demand)
        for offer in [known] if known is not None else self._offers(leg.demand):
            further = {**network_us, step.number: step.calls * offer[0]}
            self._extend(at + 1, {**chosen, leg.demand: offer}, further, {**ends, step.number: offer[1]})
