"""Why no path was found: constraints are laid on one after the other until an exact search finds none."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import cached_property

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.check import Lack, Terms
from intentc.place.context import Context
from intentc.place.fences import links_at
from intentc.place.flow import can_flow
from intentc.place.primary import make_quest, open_arcs
from intentc.place.reach import Route, free_quest, is_too_late, route_of
from intentc.place.roles import Ends, Setback
from intentc.place.scarce import least_short
from intentc.place.search import Quest, find_path
from intentc.place.tasks import Group, Task
from intentc.values import frozen, replace

_PAIR = 2


class Layer(IntEnum):
    """What is laid on, in this order; each layer holds with all before it."""

    ENDS = 0  # an end is there to talk at all
    LINKS = 1  # links and nodes that are up, not drained, and carry transit traffic
    FENCES = 2  # exclusions
    VIA = 3  # waypoints in order
    KNOWN = 4  # only links whose latency is known, where there is a bound
    LATENCY = 5
    CAPACITY = 6
    DEVICES = 7  # steps that devices can be made to take, nothing else being asked of them
    JOINTLY = 8  # the same steering for all states: no search is exact here


@frozen
class Verdict:
    """The first layer that leaves no path, for the ends that get farthest; `is_proven` unless a search gave up.

    `route` is the best path that keeps all layers before it: the fastest one for the latency, the one that lacks least for
    the capacity (`missing` pairs its arcs with the bps they lack), else any.
    """

    setback: Setback
    ends: Ends | None
    layer: Layer
    is_proven: bool
    route: Route | None
    missing: tuple[tuple[int, int], ...] = ()

    @property
    def state(self) -> str:
        """Return the id under which the demand promises the state; of several that mean the same the shortest, "" normally."""
        names = self.task.promised.names(self.outage)
        return min(names, key=lambda name: (name.count("+"), name), default=self.outage.name)

    @property
    def task(self) -> Task:
        return self.setback.task

    @property
    def outage(self) -> Outage:
        return self.setback.outage


def diagnose(context: Context, setback: Setback) -> Verdict:
    """Return what stands in the way, seen from the ends for which the least does."""
    if setback.shortfall.lack is Lack.TABLES:
        return Verdict(setback, None, Layer.DEVICES, is_proven=False, route=None)
    if setback.shortfall.lack in {Lack.SERVICE, Lack.SPLIT, Lack.TURN, Lack.MIRROR}:
        return Verdict(setback, None, Layer.JOINTLY, is_proven=False, route=None)
    if setback.outage is NORMAL or setback.outage in setback.task.promises:
        return _verdict(context, setback)
    # Others need a link in a state that this demand is not promised: it may be to blame for that, or for nothing at all.
    normal = _verdict(context, replace(setback, outage=NORMAL))
    if normal.is_proven and normal.layer < Layer.JOINTLY:
        return normal
    return Verdict(setback, normal.ends, Layer.JOINTLY, is_proven=False, route=normal.route)


def _verdict(context: Context, setback: Setback) -> Verdict:
    probes = _probes(context, setback)
    found = [verdict for verdict in (probe.verdict() for probe in probes) if verdict is not None]
    if not found:
        return Verdict(setback, None, Layer.ENDS, is_proven=True, route=None)
    return max(found, key=_depth)


def _probes(context: Context, setback: Setback) -> list[_Probe]:
    ends = setback.role.ends_in(setback.outage)
    return [_Probe(context, setback, each, is_lone=len(ends) == 1) for each in ends]


def _depth(verdict: Verdict) -> tuple[int, int, int]:
    latency = verdict.route.latency_us if verdict.route is not None else 0
    return verdict.layer, -latency, -sum(bps for _, bps in verdict.missing)


def is_usable_end(context: Context, task: Task, outage: Outage, node: int) -> bool:
    """Return whether traffic can start or end at a node that is up."""
    name = context.network.nodes[node]
    is_excluded = any(name in exclusion.nodes for exclusion in task.demand.exclusions)
    up = links_at(context.network, node) - context.network.drained - outage.links
    return bool(up) and not is_excluded and node not in task.leaks


def is_hopeless(context: Context, setback: Setback) -> bool:
    """Return whether it is certain that no steering helps in the state of a setback: no path, or none to be expressed."""
    if setback.shortfall.lack is Lack.TABLES or setback.has_given_up:
        return False
    probes = _probes(context, setback)
    return not any(probe.is_possible() for probe in probes)


def rescuers(context: Context, verdict: Verdict) -> tuple[int, ...]:
    """Return the links of a failed shared risk group each of which, had it stayed up alone, would leave a path."""
    outage = verdict.outage
    if outage.nodes or len(outage.links) < _PAIR or verdict.layer > Layer.LATENCY:
        return ()
    found = []
    for link in sorted(outage.links):
        rest = outage.links - {link}
        spared = Outage(outage.name, frozenset(), rest, sum(map(context.network.link_bit, rest)))
        setback = replace(verdict.setback, outage=spared)
        ends = verdict.setback.role.ends_in(spared)
        if any(_Probe(context, setback, item).verdict(until=Layer.LATENCY) is None for item in ends):
            found.append(link)
    return tuple(found)


class _Probe:
    """The layers for one pair of ends in one state.

    `is_lone`: there are no others, so that of those that have room it makes no difference which path does.
    """

    def __init__(self, context: Context, setback: Setback, ends: Ends, *, is_lone: bool = False) -> None:
        self._context = context
        self._setback = setback
        self._ends = ends
        self._is_lone = is_lone
        self._task = setback.task
        self._terms = Terms(setback.task, self._group, setback.outage, setback.role.bound_us(setback.outage))
        self._has_given_up = setback.has_given_up
        self._is_split = False
        self._last: Route | None = None

    @property
    def _group(self) -> Group:
        return self._setback.task.groups[self._ends.group]

    def verdict(self, until: Layer = Layer.JOINTLY) -> Verdict | None:
        """Return the first layer that leaves no path, None when all of them up to `until` leave one."""
        self._has_given_up = False
        if not self._has_ends():
            return self._at(Layer.ENDS)
        if until is not Layer.JOINTLY or not self._has_whole_room():  # mostly it has, and then all before it hold
            layer = self._first_search_that_fails()
            if layer is not None or until is not Layer.JOINTLY:
                return None if layer is None or layer > until else self._at(layer)
            self._has_given_up = False
            if not self._has_room():
                answer, missing = least_short(self._context, self._terms, self._ends)
                self._last = route_of(self._context, self._terms, self._ends, answer) or self._last
                return self._at(Layer.CAPACITY, missing)
        return self._at(Layer.JOINTLY if self._is_expressible() else Layer.DEVICES)

    def _at(self, layer: Layer, missing: tuple[tuple[int, int], ...] = ()) -> Verdict:
        is_proven = not self._has_given_up and layer is not Layer.JOINTLY
        return Verdict(self._setback, self._ends, layer, is_proven, self._last, missing)

    def _first_search_that_fails(self) -> Layer | None:
        """Return the first layer up to that of the latency which leaves no path, None where none does.

        What a layer leaves those before it leave, too. So they are asked from the last one on.
        """
        failed, has_given_up = None, False
        for layer, has_path in reversed(self._searches()):
            self._has_given_up = False
            if has_path():
                break
            failed, has_given_up = layer, self._has_given_up
        self._has_given_up = has_given_up
        return failed

    def is_possible(self) -> bool:
        """Return whether some path meets everything in this state, or nothing is certain."""
        is_found = self._has_room() and self._is_expressible()
        return is_found or self._has_given_up

    def _searches(self) -> list[tuple[Layer, Callable[[], bool]]]:
        """Return the layers of which a search tells, each with all before it; those that add nothing are left out."""
        network, task = self._context.network, self._task
        unknown = task.barred - task.fences - network.drained
        found: list[tuple[Layer, Callable[[], bool]]] = [
            (Layer.LINKS, lambda: self._find(network.drained, has_via=False))
        ]
        if task.fences:
            found.append((Layer.FENCES, lambda: self._find(network.drained | task.fences, has_via=False)))
        if task.via:
            found.append((Layer.VIA, lambda: self._find(network.drained | task.fences)))
        if unknown:
            found.append((Layer.KNOWN, lambda: self._find(network.drained | task.fences | unknown)))
        found.append((Layer.LATENCY, self._has_fast))
        return found

    def _has_fast(self) -> bool:
        is_open = self._context.open_but(self._task.barred)
        return not self._is_too_late and self._search(self._bounded(is_open))

    @cached_property
    def _is_too_late(self) -> bool:
        """Whether the fastest way is known to break the bound; asked for only where the way lacks time, or a waypoint."""
        is_late = self._setback.shortfall.lack in {Lack.LATENCY, Lack.WAYPOINT}
        return is_late and is_too_late(self._context, self._terms, self._ends.start)

    def _has_ends(self) -> bool:
        """Return whether both ends are up, have a link that is, and are neither drained, excluded nor fenced off as a whole."""
        stops = [node for node in self._group.targets if self._can_talk(node)]
        return self._can_talk(self._ends.start) and bool(stops)

    def _can_talk(self, node: int) -> bool:
        return node not in self._setback.outage.nodes and (
            (node == self._ends.start and node in self._group.targets)
            or is_usable_end(self._context, self._task, self._setback.outage, node)
        )

    def _find(self, barred: frozenset[int], *, has_via: bool = True) -> bool:
        quest = free_quest(self._context, self._terms, self._ends, self._context.open_but(barred))
        return self._search(quest if has_via else replace(quest, via=()))

    def _bounded(self, is_open: Callable[[int], bool]) -> Quest:
        quest = free_quest(self._context, self._terms, self._ends, is_open)
        return replace(quest, bound_us=self._terms.bound_us)

    def _search(self, quest: Quest) -> bool:
        answer = find_path(quest)
        self._has_given_up = self._has_given_up or answer.has_given_up
        self._last = route_of(self._context, self._terms, self._ends, answer) or self._last
        return answer.hops is not None

    def _has_room(self) -> bool:
        """Return whether a path has room for all of the rate, or several together where it may be split."""
        is_whole = self._has_whole_room()
        is_spread = self._task.demand.is_spread and not is_whole
        self._is_split = is_spread and can_flow(self._context, self._terms, self._ends.start)
        return is_whole or self._is_split

    def _has_whole_room(self) -> bool:
        """Return whether a path has room for all of the rate: mostly one that had it in another state."""
        known = self._context.roomy.find(self._context, self._terms, self._ends.start) if self._is_lone else None
        if known is not None:
            self._last = Route(self._ends.start, known.arcs, known.latency_us)
            return True
        is_found = not self._is_too_late and self._search(self._bounded(open_arcs(self._context, self._terms)))
        if is_found and self._last is not None:
            self._context.roomy.note(self._context, self._terms, self._ends.start, self._last.arcs)
        return is_found

    def _is_expressible(self) -> bool:
        """Return whether packets that nothing else is asked of could be made to take a path in this state.

        What has room on several paths only may be expressible or not: that was looked for, and nothing is known.
        """
        if self._is_split:
            return True
        packets, start = self._task.packets(self._group), self._ends.start
        course = self._context.realiser.course(packets, self._group.families, frozenset(), (start,))
        if (
            course.single is not None
            and self._last is not None
            and all(map(course.single.__getitem__, self._last.arcs))
        ):
            self._has_given_up = self._has_given_up or self._setback.has_given_up
            return True  # as each of its links is a step by itself
        is_open = open_arcs(self._context, self._terms)
        answer = find_path(make_quest(self._context, self._terms, course, self._ends.start, is_open))
        if answer.hops is None and len(self._context.realiser.means(packets, self._group.families, start)) > 1:
            self._has_given_up = self._has_given_up or answer.has_given_up
            course = self._context.realiser.course(packets, self._group.families, frozenset(), (start,), is_second=True)
            answer = find_path(make_quest(self._context, self._terms, course, start, is_open))
        is_unseen = self._task.via != () and self._passes_ends()
        self._has_given_up = self._has_given_up or answer.has_given_up or self._setback.has_given_up or is_unseen
        return answer.hops is not None

    def _passes_ends(self) -> bool:
        """Return whether the path that was found runs through a node where packets end: what devices can do is not searched for such."""
        arcs = () if self._last is None else self._last.arcs[:-1]
        return any(self._context.network.head[arc] in self._group.stops for arc in arcs)
