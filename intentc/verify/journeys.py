"""Everything that packets of a demand touch in one state, also those that never arrive."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence

import networkx as nx

from intentc.manifest.elements import NOTHING, Elements
from intentc.manifest.model import PolicyEntry
from intentc.values import frozen
from intentc.verify.atoms import Combination, together, touches
from intentc.verify.behaviour import Course, common_ends, courses, entrance, fences
from intentc.verify.case import Case, World
from intentc.verify.igp import Hop, Routing
from intentc.verify.policies import Stage, carrier
from intentc.verify.simulate import Place, Rules


@frozen
class Journey:
    """What packets touch, and where they are delivered; `hops` is the length of the longest path where all arrive.

    The journey is the same with any further failure that takes nothing of `relied` down.
    """

    nodes: frozenset[str]
    links: frozenset[str]
    ends: frozenset[str]
    is_whole: bool
    hops: int
    relied: Elements


@frozen
class _Packets:
    """Packets to one address: the nodes that hold its prefix, and those that hold wider ones."""

    routing: Routing
    rules: Rules
    fenced: frozenset[str]
    levels: tuple[frozenset[str], ...]


_MOST_KEPT = 2000  # journeys, and routings, of failure states


class Journeys:
    """Follows the packets of all demands of a manifest; the journeys of the normal state are kept, the latest of others too."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._normal: dict[tuple[str, str], Journey] = {}
        self._latest: dict[tuple[str, str, Elements], Journey] = {}
        self._routings: dict[Elements, Routing] = {}

    def after(self, case: Case, parts: Combination) -> Journey:
        """Return the journey when several failures happen at once.

        Failures that touch nothing that the packets rely on are left out: taking away what no shortest way needs changes
        no route.
        """
        taken: list[object] = []
        failed = []
        found = self.in_state(case, NOTHING)
        while further := [part for part in parts if part not in taken and touches(part.failed, found.relied)]:
            taken += further
            failed += further
            found = self.in_state(case, together(failed))
        return found

    def in_state(self, case: Case, failed: Elements) -> Journey:
        """Return the journey when `failed` is down."""
        key = (case.asked.name, case.entry.id)
        if failed == NOTHING:
            if key not in self._normal:
                self._normal[key] = self._journey(case, failed)
            return self._normal[key]
        if (*key, failed) not in self._latest:
            if len(self._latest) >= _MOST_KEPT:
                self._latest.clear()
            self._latest[*key, failed] = self._journey(case, failed)
        return self._latest[*key, failed]

    def _routing(self, failed: Elements) -> Routing:
        if failed not in self._routings:
            if len(self._routings) >= _MOST_KEPT:
                self._routings.clear()
            self._routings[failed] = Routing(self._world.topology, failed, whole=self._world.routing())
        return self._routings[failed]

    def _journey(self, case: Case, failed: Elements) -> Journey:
        requests = self._world.requests_of(case)
        if requests is None:
            return self._tried(case, entrance(self._world, case, failed), failed)
        there = self.in_state(requests, failed)
        found = [self._tried(case, start, failed) for start in sorted(there.ends)]
        is_whole = there.is_whole and bool(found) and all(one.is_whole for one in found)
        return _joined(found, is_whole=is_whole, relied=there.relied)

    def _tried(self, case: Case, start: str, failed: Elements) -> Journey:
        """Return the journeys to one replica after another, up to the first where all packets arrive."""
        all_courses = courses(case)
        own = [course for course in all_courses if start in {source for source, _ in course.pairs}]
        found: list[Journey] = []
        for course in own or all_courses:
            found.append(self._followed(case, course, start, failed))
            is_there = any(stop not in failed.nodes for _, stop in course.pairs)
            if found[-1].is_whole and (is_there or self._world.requests_of(case) is not None):
                return _joined(found, is_whole=True, hops=found[-1].hops)
        return _joined(found, is_whole=False)

    def _followed(self, case: Case, course: Course, start: str, failed: Elements) -> Journey:
        routing = self._routing(failed)
        here = Elements(frozenset({start}), frozenset())
        if not routing.is_up(start):
            return Journey(frozenset(), frozenset(), frozenset(), is_whole=False, hops=0, relied=here)
        fenced = fences(self._world.topology, case.asked.ground, common_ends(self._world, case))
        meant = frozenset(stop for _, stop in course.pairs)
        addresses = {self._levels(prefix) for prefix in course.prefixes} - {()} or {(meant,)}
        policy = course.policies.get(start)
        stops = frozenset.intersection(*(levels[0] for levels in addresses))
        ridden, tried = (None, here) if policy is None else _ridden(routing, policy, stops)
        if ridden is not None:
            return ridden
        found = [_follow(_Packets(routing, course.rules, fenced, levels), start) for levels in addresses]
        is_whole = all(one.is_whole for one in found)
        return _joined(found, is_whole=is_whole, hops=max(one.hops for one in found) if is_whole else 0, relied=tried)

    def _levels(self, prefix: str) -> tuple[frozenset[str], ...]:
        """Return the nodes that hold the longest prefix around an address, then those with the next longest, and so on."""
        wanted = ipaddress.ip_network(prefix)
        found: dict[int, set[str]] = {}
        for name, node in self._world.topology.nodes.items():
            for item in node.attached if node.state != "planned" else ():
                if item.prefix.version == wanted.version and wanted.subnet_of(item.prefix):  # type: ignore[arg-type]  # of one version
                    found.setdefault(item.prefix.prefixlen, set()).add(name)
        return tuple(frozenset(found[length]) for length in sorted(found, reverse=True))


def _ridden(routing: Routing, policy: PolicyEntry, stops: frozenset[str]) -> tuple[Journey | None, Elements]:
    """Return the journey under an SR policy (None: the IGP has to carry), and what that relies on."""
    found, relied = carrier(routing, policy)
    if found is None and not policy.fail_closed:
        return None, relied
    stages = found.stages if found is not None else ()
    is_whole = found is not None and found.is_whole and found.end in stops
    nodes = frozenset({policy.node, *(far for stage in stages for _, _, far, _ in stage.hops)})
    journey = Journey(
        nodes=nodes,
        links=frozenset(link for stage in stages for _, link, _, _ in stage.hops),
        ends=frozenset({found.end}) if found is not None and is_whole else frozenset(),
        is_whole=is_whole,
        hops=max(sum(map(_longest, own)) for _, own in found.lists) if found is not None and is_whole else 0,
        relied=relied,
    )
    return journey, relied


def _longest(stage: Stage) -> int:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from((near, far) for near, _, far, _ in stage.hops)
    return nx.dag_longest_path_length(graph) if stage.hops else 0


def _joined(
    journeys: Iterable[Journey], *, is_whole: bool, hops: int | None = None, relied: Elements = NOTHING
) -> Journey:
    found = list(journeys)
    most = max((one.hops for one in found), default=0) if hops is None else hops
    return Journey(
        frozenset[str]().union(*(one.nodes for one in found)),
        frozenset[str]().union(*(one.links for one in found)),
        frozenset[str]().union(*(one.ends for one in found)),
        is_whole=is_whole,
        hops=most if is_whole else 0,
        relied=_all_relied([relied, *(one.relied for one in found)]),
    )


def _all_relied(parts: Sequence[Elements]) -> Elements:
    nodes = frozenset[str]().union(*(part.nodes for part in parts))
    return Elements(nodes, frozenset[str]().union(*(part.links for part in parts)))


def _follow(packets: _Packets, start: str) -> Journey:
    """Return the journey of packets to one address: the graph of all places that they come to."""
    graph: nx.DiGraph[Place] = nx.DiGraph()
    first: Place = (start, None)
    graph.add_node(first)
    relied: list[Elements] = [Elements(frozenset({start}), frozenset())]
    is_whole = True
    waiting = [first]
    while waiting:
        here, ingress = waiting.pop()
        if here in packets.levels[0]:
            continue
        target = _target(packets, (here, ingress))
        hops = packets.routing.next_hops(here, target) if target is not None else ()
        if target is not None:
            relied.append(_ways(packets.routing, here, target))
        kept = [(link, far) for link, far in hops if link not in packets.fenced]
        is_whole = is_whole and bool(kept) and len(kept) == len(hops)
        for link, far in kept:
            if (far, link) not in graph:
                waiting.append((far, link))
            graph.add_edge((here, ingress), (far, link))
    is_whole = is_whole and nx.is_directed_acyclic_graph(graph)
    return Journey(
        nodes=frozenset(node for node, _ in graph),
        links=frozenset(link for _, link in graph if link is not None),
        ends=frozenset(node for node, _ in graph if node in packets.levels[0]),
        is_whole=is_whole,
        hops=nx.dag_longest_path_length(graph) if is_whole else 0,
        relied=_all_relied(relied),
    )


def _target(packets: _Packets, place: Place) -> frozenset[str] | None:
    """Return the nodes that packets are carried towards at a place; None where a rule drops them."""
    here, rule = place[0], packets.rules.get(place)
    for waypoint in rule.waypoints if rule is not None else ():
        if waypoint != here and packets.routing.distance(here, frozenset({waypoint})) is not None:
            return frozenset({waypoint})
    if rule is not None and rule.fail_closed:
        return None
    known = (level for level in packets.levels if packets.routing.distance(here, level) is not None)
    return next(known, packets.levels[0])


def _ways(routing: Routing, here: str, target: frozenset[str]) -> Elements:
    """Return all elements on the shortest ways from a node."""
    nodes, links = {here}, set[str]()
    waiting = [here]
    for node in waiting:  # it grows while it is read
        for link, far in _next(routing, node, target):
            links.add(link)
            if far not in nodes:
                nodes.add(far)
                waiting.append(far)
    return Elements(frozenset(nodes), frozenset(links))


def _next(routing: Routing, node: str, target: frozenset[str]) -> Iterator[Hop]:
    yield from routing.next_hops(node, target)
