"""Which ports have to repair locally (TI-LFA, RFC 9855) so that traffic is back before the IGP has converged, derived anew.

Local repair is believed for one link or one node that fails on the way, where no order in which routers converge lets
packets circle, and where the way after the failure can be written in as many segments as the topology says the device can push.
"""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from intentc.manifest.elements import NOTHING, Elements
from intentc.manifest.model import Protects, RepairEntry
from intentc.verify.behaviour import courses
from intentc.verify.case import Case, World
from intentc.verify.igp import Routing
from intentc.verify.policies import speaks_labels

_BYTES = 4  # a label


class NotRepairedError(Exception):
    """Local repair cannot be counted on; the text says why."""


def needed_repairs(world: World, case: Case) -> tuple[RepairEntry, ...]:
    """Return the ports that repair whatever breaks the demand's primary paths; raises `NotRepairedError`."""
    targets = _targets(world, case)
    found: dict[tuple[str, str], set[Protects]] = {}
    for state in case.wanted.promised.states:
        if state.id in case.entry.unprotected or not state.failed.breaks(case.entry.primary.paths):
            continue
        failure = _Failure(world, case.entry.source, targets, state.failed)
        for node, link, protects in failure.repairs():
            found.setdefault((node, link), set()).add(protects)
    return tuple(RepairEntry(node, link, _only(kinds)) for (node, link), kinds in sorted(found.items()))


def _only(kinds: set[Protects]) -> Protects:
    if {"link", "node"} <= kinds:
        raise NotRepairedError("a port would have to go around its link and around the node behind it")
    return "link" if "link" in kinds else "node" if "node" in kinds else "either"


def _targets(world: World, case: Case) -> frozenset[str]:
    """Return where packets end that nothing steers."""
    if case.entry.mechanism != "igp" or case.entry.steering or case.entry.policies:
        raise NotRepairedError("packets do not go the IGP's own way")
    families = {flow.family for packets in case.wanted.choices.values() for flow in packets.match}
    if families != {4}:
        raise NotRepairedError("packets are not all IPv4")
    kinds = {world.routing(NOTHING).holders(prefix) for prefix in courses(case)[0].prefixes}
    if len(kinds) != 1:
        raise NotRepairedError("packets end at different places")
    return next(iter(kinds))


class _Failure:
    """One state, as packets from `start` to `targets` see it before and after the IGP has converged."""

    def __init__(self, world: World, start: str, targets: frozenset[str], failed: Elements) -> None:
        self._world = world
        self._topology = world.topology
        self._start = start
        self._targets = targets
        self._failed = failed
        self._old: Routing = world.routing(NOTHING)
        self._new: Routing = world.routing(failed)

    def repairs(self) -> Iterator[tuple[str, str, Protects]]:
        """Yield node, link and what is protected for every port that would lose packets."""
        self._check_one()
        for node, link, far in sorted(self._losses()):
            if not speaks_labels(self._topology, node) or self._topology.nodes[node].platform == "none":
                raise NotRepairedError(f"`{node}` cannot repair anything locally")
            protects, guard = self._kind(node, far)
            self._check_list(node, guard)
            yield node, link, protects

    def _check_one(self) -> None:
        """Judge whether it is one link, or one node with its links, and no end."""
        nodes = self._failed.nodes
        links = {name for name in self._failed.links if self._old.has_link(name)}
        own = {link.id for name in nodes for link in self._topology.links_of[name]}
        is_one = len(nodes) == 1 and links <= own if nodes else len(links) == 1
        if not is_one or nodes & {self._start, *self._targets}:
            raise NotRepairedError("more than one link or node on the way fails")

    def _losses(self) -> set[tuple[str, str, str]]:
        """Return the hops over what fails that packets may take while routers converge in any order."""
        union: nx.DiGraph[str] = nx.DiGraph()
        found: set[tuple[str, str, str]] = set()
        pending = [self._start]
        seen = {self._start}
        for node in pending:  # it grows while it is read
            after = self._new.next_hops(node, self._targets)
            if not after and node not in self._targets:
                raise NotRepairedError(f"no way is left from `{node}`")
            for link, far in {*self._old.next_hops(node, self._targets), *after}:
                if not self._new.has_link(link):
                    found.add((node, link, far))
                    continue
                union.add_edge(node, far)
                if far not in seen:
                    seen.add(far)
                    pending.append(far)
        if not nx.is_directed_acyclic_graph(union):
            raise NotRepairedError("packets can circle while routers converge")
        return found

    def _kind(self, node: str, far: str) -> tuple[Protects, Elements]:
        """Return what the port protects, and all that may be down by its repair."""
        if self._failed.nodes:
            return "node", self._whole(next(iter(self._failed.nodes)))
        whole = self._whole(far)
        if far in self._targets or self._world.routing(whole).distance(node, self._targets) is None:
            return "either", self._failed
        if far in self._new.ahead(node, self._targets).nodes:
            return "link", self._failed
        return "either", whole

    def _whole(self, node: str) -> Elements:
        return Elements(frozenset({node}), frozenset(link.id for link in self._topology.links_of[node]))

    def _check_list(self, node: str, guard: Elements) -> None:
        """Judge the segments of one way after the failure, as far as routers that have not converged would not take it."""
        way = [node]
        while way[-1] not in self._targets:
            # by the order of the links' names
            way.append(self._new.next_hops(way[-1], self._targets)[0][1])
        count = 0 if self._goes_on(way[1], guard) else self._count(way, guard)
        routing, size = self._topology.nodes[node].segment_routing, self._topology.routing.host_mtu
        most = routing.max_sid_depth if routing is not None else None
        if most is not None and count > most:
            raise NotRepairedError(f"`{node}` pushes {most} segments, and its repair takes {count}")
        links = self._new.ahead(node, self._targets).links if count and size is not None else frozenset[str]()
        if any(self._topology.links[name].mtu < (size or 0) + _BYTES * count for name in links):
            raise NotRepairedError("packets with the labels of the repair do not fit the links")

    def _count(self, way: list[str], guard: Elements) -> int:
        """Return the length of the shortest list, by the shortest path over the stretches that one segment covers."""
        steps: nx.DiGraph[int] = nx.DiGraph()
        goal = len(way)
        for at, node in enumerate(way[:-1]):
            if self._goes_on(node, guard):
                steps.add_edge(at, goal, w=0)
            for place in range(at + 1, len(way)):
                if self._covers(node, way[place], guard) or (
                    place == at + 1 and speaks_labels(self._topology, way[place])
                ):
                    steps.add_edge(at, place, w=1)
        steps.add_edge(len(way) - 1, goal, w=0)
        try:
            return int(nx.shortest_path_length(steps, 0, goal, weight="w"))
        except nx.NetworkXNoPath:
            raise NotRepairedError("the way after the failure leads over nodes without segment routing") from None

    def _goes_on(self, node: str, guard: Elements) -> bool:
        """Return whether nothing that may be down lies on the ways of before."""
        ahead = self._old.ahead(node, self._targets)
        return ahead.nodes.isdisjoint(guard.nodes) and ahead.links.isdisjoint(guard.links)

    def _covers(self, node: str, far: str, guard: Elements) -> bool:
        target = frozenset({far})
        if self._old.distance(node, target) is None:
            return False
        ahead = self._old.ahead(node, target)
        is_whole = ahead.nodes.isdisjoint(guard.nodes) and ahead.links.isdisjoint(guard.links)
        return is_whole and all(speaks_labels(self._topology, name) for name in ahead.nodes)
