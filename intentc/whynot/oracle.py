"""Whether some path keeps some of what is asked in one state: the exact search that the causes come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush

from intentc.forwarding.figures import latency_parts
from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.check import Terms
from intentc.place.context import Context
from intentc.place.diagnose import Verdict
from intentc.place.fences import find_fences
from intentc.place.reach import free_quest
from intentc.place.roles import Ends
from intentc.place.search import Quest, find_path
from intentc.place.tasks import Task, common_ends
from intentc.values import replace
from intentc.whynot.elements import Ground
from intentc.whynot.minimal import GaveUpError
from intentc.whynot.model import Element

Kept = frozenset[tuple[str, int]]
_NS_PER_US = 1000


class Oracle:
    """Answers for one verdict and any subset of its elements; every search counts (`calls`, at most `most_calls`)."""

    def __init__(self, context: Context, verdict: Verdict, ground: Ground, most_calls: int) -> None:
        self._context = context
        self._verdict = verdict
        self._ground = ground
        self._most_calls = most_calls
        self._fences: dict[Kept, frozenset[int]] = {}
        self.calls = 0

    def can_hold(self, elements: frozenset[Element]) -> bool:
        """Return whether a path between any of the ends keeps all these elements."""
        kept = frozenset((item.kind, item.key) for item in elements)
        task, outage = self._task(kept), self._outage(kept)
        network = self._network(kept)
        context, is_open = replace(self._context, network=network), self._opener(kept)
        bound_us = self._ground.bound_us if ("latency", 0) in kept else None
        for ends in self._ends(outage):
            terms = Terms(task, task.groups[ends.group], outage, bound_us)
            if self._has_path(replace(free_quest(context, terms, ends, is_open), bound_us=bound_us)):
                return True
        return False

    def _has_path(self, quest: Quest) -> bool:
        self.calls += 1
        if self.calls > self._most_calls:
            raise GaveUpError
        told = None if quest.via or quest.guide is not None else told_by_fastest(quest)
        if told is not None:
            return told
        answer = find_path(quest)
        if answer.has_given_up:
            raise GaveUpError
        return answer.hops is not None

    def _ends(self, outage: Outage) -> Iterator[Ends]:
        """Yield where packets may start: at any attachment of their source. Replies, too, as requests may have been made to end there."""
        for index, group in enumerate(self._verdict.task.groups):
            yield from (Ends(index, start) for start in group.sources if start not in outage.nodes)

    def _task(self, kept: Kept) -> Task:
        task = self._verdict.task
        return replace(task, via=tuple(step for index, step in enumerate(task.via) if ("via", index) in kept))

    def _outage(self, kept: Kept) -> Outage:
        """Return the state with what is left of it."""
        whole = self._verdict.outage
        if whole is NORMAL or ("survive", 0) not in kept:
            return NORMAL
        if not self._ground.parts:
            return whole
        network = self._context.network
        nodes = frozenset(index for kind, index in self._ground.parts if kind == "down-node" and (kind, index) in kept)
        links = frozenset(index for kind, index in self._ground.parts if kind == "down-link" and (kind, index) in kept)
        links |= frozenset(arc >> 1 for node in nodes for arc in network.leaving[node])
        mask = sum(map(network.link_bit, links)) + sum(map(network.node_bit, nodes))
        return Outage(whole.name, nodes, links, mask)

    def _network(self, kept: Kept) -> Network:
        """Return the network with links that take no time where the fact how long they take is left out."""
        network = self._context.network
        spared = {link for link in self._ground.slow if ("delay", link) not in kept}
        if not spared or self._ground.bound_us is None:
            return network
        return replace(
            network,
            propagation_ns=tuple(
                0 if arc >> 1 in spared else delay for arc, delay in enumerate(network.propagation_ns)
            ),
            packet_units=tuple(0 if arc >> 1 in spared else size for arc, size in enumerate(network.packet_units)),
        )

    def _opener(self, kept: Kept) -> Callable[[int], bool]:
        closed = self._fenced(kept) | {link for kind, link in kept if kind == "drained"}
        if ("latency", 0) in kept:
            closed |= {link for kind, link in kept if kind == "unknown"}
        if ("bandwidth", 0) in kept:
            short = self._ground.short if ("placed", 0) in kept else self._ground.short_alone
            counted = {link for kind, link in kept if kind == "capacity"}
            full = frozenset(arc for arc in short if arc >> 1 in counted)
            return lambda arc: arc >> 1 not in closed and arc not in full
        return lambda arc: arc >> 1 not in closed

    def _fenced(self, kept: Kept) -> frozenset[int]:
        chosen = frozenset(item for item in kept if item[0] == "exclusion")
        if chosen not in self._fences:
            task = self._verdict.task
            exclusions = [item for index, item in enumerate(task.demand.exclusions) if ("exclusion", index) in chosen]
            self._fences[chosen] = find_fences(self._context.realiser, exclusions, common_ends(task.groups))[0]
        return self._fences[chosen]


def told_by_fastest(quest: Quest) -> bool | None:
    """Return whether a `free_quest` without waypoints has a path, where the fastest one tells: it keeps the bound, or misses it unrounded.

    None: of paths that take about as long, as rounding goes, another one may keep it.
    """
    found = _fastest(quest)
    if found is None or quest.bound_us is None:
        return found is not None
    (propagation_ns, units), network = found, quest.network
    if latency_parts(network, propagation_ns, units, quest.ahead).total <= quest.bound_us:
        return True
    packets = 0 if quest.ahead is None else (1 + quest.ahead) * units * _NS_PER_US
    is_sure = propagation_ns * network.units_per_us + packets > quest.bound_us * _NS_PER_US * network.units_per_us
    return False if is_sure else None


def _fastest(quest: Quest) -> tuple[int, int] | None:
    """Return the sums (ns, units) of propagation and packet times over the fastest path, None where there is none (Dijkstra 1959)."""
    network, down, length = quest.network, quest.outage.links, quest.floor
    targets, done = quest.targets - quest.outage.nodes, set[int]()
    heap = [(0, quest.start, 0, 0)] if quest.start not in quest.outage.nodes else []
    while heap:
        cost, node, propagation_ns, units = heappop(heap)
        if node in done:
            continue
        done.add(node)
        if node in quest.stops:
            if node in targets:
                return propagation_ns, units
            continue
        if node != quest.start and not network.has_transit[node]:
            continue
        for arc in network.leaving[node]:
            head = network.head[arc]
            if head not in done and arc >> 1 not in down and quest.is_open(arc):
                sums = propagation_ns + (network.propagation_ns[arc] or 0), units + network.packet_units[arc]
                heappush(heap, (cost + length(arc), head, *sums))
    return None
