"""Steering by rules at (node, ingress): which waypoints make packets go where they should, in every state at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from intentc.forwarding.igp import UNREACHABLE, Igp, Tree
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.walk import OWN_PORTS, Arcs, Decision, Key, Packets, Rules, Walk, walk
from intentc.place.model import Hop

_MOST_WAYPOINTS = 4


@dataclass(frozen=True, slots=True)
class _Need:
    """In the state `outage` packets to the addresses of kind `kind` have to leave a node over `arcs`."""

    outage: Outage
    kind: int
    arcs: Arcs


class PbrCourse:
    """Packets steered by policy-based routing; see `intentc.place.model.Course` for what each method promises.

    What has been fixed is kept as a decision per (node, ingress) and state. A rule is an ordered list of waypoints such
    that in each of these states the IGP's next hops to the first waypoint in reach are the arcs decided on; no rule where
    the IGP's own next hops to the destination are. Rules may be chosen anew when a further state is fixed, always such
    that all earlier ones stay true.
    """

    def __init__(self, igp: Igp, packets: Packets, steerable: frozenset[int], waypoints: tuple[int, ...]) -> None:
        self._igp = igp
        self._packets = packets
        self._steerable = steerable
        self._waypoints = waypoints
        self._usable = frozenset(waypoints)
        self._rules: dict[Key, tuple[int, ...]] = {}
        self._decided: dict[Outage, Mapping[Key, Decision]] = {}
        self._same: list[Outage] = []
        self._downstream: dict[Key, tuple[int, ...]] = {}
        self._undecided: dict[tuple[Outage, int], list[Hop]] = {}  # hops where nothing was decided yet, for any arrival

    @property
    def rules(self) -> Rules:
        return self._rules

    def walk(self, outage: Outage, start: int) -> Walk:
        return walk(self._igp, self._packets, self._rules, start, outage)

    def keep(self, outage: Outage, taken: Walk) -> None:
        self._decided[outage] = taken.decisions
        for trail in taken.trails:
            nodes = self._igp.network.nodes_along(taken.start, trail.arcs)
            for position, ingress in enumerate((OWN_PORTS, *trail.arcs[:-1])):
                self._downstream.setdefault((nodes[position], ingress), nodes[:position:-1])

    def keep_same(self, outages: Sequence[Outage]) -> None:
        self._same.extend(outages)

    def steer(self, outage: Outage, start: int, hops: Sequence[Hop]) -> Walk:
        kinds = range(len(self._packets.addresses))
        decisions: dict[Key, Decision] = {}
        nodes = [start, *(hop.head for hop in hops)]
        arrival: Arcs = ()
        for position, hop in enumerate(hops):
            for key in _keys(nodes[position], arrival):
                decisions[key] = tuple((kind, hop.arcs) for kind in kinds)
                self._downstream.setdefault(key, tuple(reversed(nodes[position + 1 :])))
            arrival = hop.arcs
        self._decided[outage] = decisions
        for key in decisions:
            self._set_rule(key)
        return self.walk(outage, start)

    def hops(self, outage: Outage, node: int, arrival: Arcs) -> list[Hop]:
        keys = _keys(node, arrival)
        if any(key in decisions for decisions in self._decided.values() for key in keys):
            return self._hops(outage, keys)
        if (outage, node) not in self._undecided:
            self._undecided[outage, node] = self._hops(outage, keys)
        return self._undecided[outage, node]

    def _hops(self, outage: Outage, keys: Sequence[Key]) -> list[Hop]:
        node = keys[0][0]
        own = self._unsteered(outage, keys)
        found = [] if own is None else [Hop(own, self._igp.network.head[own[0]], is_steered=False)]
        steered = (
            arcs
            for arcs in self._bundles(outage, node)
            if arcs != own and all(self._choose(key, (outage, arcs)) is not None for key in keys)
        )
        return [*found, *(Hop(arcs, self._igp.network.head[arcs[0]], is_steered=True) for arcs in steered)]

    def _unsteered(self, outage: Outage, keys: Sequence[Key]) -> Arcs | None:
        """Return the arcs that packets take with the rules as they are, if all of them go to the same neighbour."""
        head = self._igp.network.head
        taken = {self._tree_at(key, kind, outage) for key in keys for kind in range(len(self._packets.addresses))}
        if len({tree.next_arcs(keys[0][0]) if tree is not None else () for tree in taken}) != 1:
            return None
        tree = next(iter(taken))
        arcs = tree.next_arcs(keys[0][0]) if tree is not None else ()
        return arcs if arcs and len({head[arc] for arc in arcs}) == 1 else None

    def _tree_at(self, key: Key, kind: int, outage: Outage) -> Tree | None:
        for waypoint in self._rules.get(key, ()):
            tree = self._igp.towards_node(waypoint, outage)
            if tree.distance(key[0]) not in (0, UNREACHABLE):
                return tree
        if self._packets.is_fail_closed and key in self._rules:
            return None
        return self._igp.towards(self._packets.addresses[kind], outage)

    def _bundles(self, outage: Outage, node: int) -> list[Arcs]:
        """Return, per neighbour, the cheapest of the arcs to it that are up: the IGP never uses one of them alone."""
        network = self._igp.network
        best: dict[int, list[int]] = {}
        for arc in network.leaving[node]:
            if arc >> 1 in outage.links:
                continue
            arcs = best.setdefault(network.head[arc], [arc])
            if network.metric[arc] < network.metric[arcs[0]]:
                best[network.head[arc]] = [arc]
            elif arc != arcs[0] and network.metric[arc] == network.metric[arcs[0]]:
                arcs.append(arc)
        return [tuple(best[head]) for head in sorted(best)]

    def _set_rule(self, key: Key) -> None:
        waypoints = self._choose(key)
        if waypoints:
            self._rules[key] = waypoints
        else:
            self._rules.pop(key, None)

    def _choose(self, key: Key, further: tuple[Outage, Arcs] | None = None) -> tuple[int, ...] | None:
        """Return waypoints that fulfil all that was fixed at `key` and `further`: none if the IGP does; None: impossible."""
        needs = self._needs(key, further)
        same = self._same if key in self._decided.get(NORMAL, {}) else []
        if self._is_fulfilled_by_igp(key, needs, same):
            return ()
        if key[0] not in self._steerable or not self._is_steerable(key[0], needs):
            return None
        return self._find(key, needs, same, _MOST_WAYPOINTS)

    def _needs(self, key: Key, further: tuple[Outage, Arcs] | None) -> list[_Need]:
        needs = [
            _Need(outage, kind, arcs)
            for outage, decisions in self._decided.items()
            for kind, arcs in decisions.get(key, ())
        ]
        if further is not None:
            needs += [_Need(further[0], kind, further[1]) for kind in range(len(self._packets.addresses))]
        return needs

    def _is_fulfilled_by_igp(self, key: Key, needs: Sequence[_Need], same: Sequence[Outage]) -> bool:
        addresses, igp = self._packets.addresses, self._igp
        if any(igp.towards(addresses[need.kind], need.outage).next_arcs(key[0]) != need.arcs for need in needs):
            return False
        return all(
            self._is_same(key[0], addresses[kind], outage, arcs)
            for kind, arcs in (self._decided[NORMAL][key] if same else ())
            for outage in same
        )

    def _is_same(self, node: int, targets: frozenset[int], outage: Outage, arcs: Arcs) -> bool:
        """Return whether the IGP's next hops towards `targets` are `arcs` in a state."""
        tree = self._igp.towards(targets)
        if outage.mask & tree.footprint(node):
            tree = self._igp.towards(targets, outage)
        return tree.next_arcs(node) == arcs

    def _is_steerable(self, node: int, needs: Sequence[_Need]) -> bool:
        """Return False where no waypoint at all can do it: a rule treats all kinds of address alike, and the IGP's next
        hops to anything behind a neighbour are those to the neighbour itself.
        """
        head = self._igp.network.head
        wanted: dict[Outage, Arcs] = {}
        for need in needs:
            if wanted.setdefault(need.outage, need.arcs) != need.arcs:
                return False
        for outage, arcs in wanted.items():
            neighbours = {head[arc] for arc in arcs}
            if len(neighbours) == 1:
                tree = self._igp.towards_node(min(neighbours), outage)
                if tree.next_arcs(node) != arcs:
                    return False
        return True

    def _find(self, key: Key, needs: Sequence[_Need], same: Sequence[Outage], room: int) -> tuple[int, ...] | None:
        """Return an ordered list of at most `room` waypoints; each one decides the states in which it is in reach."""
        if room == 0:
            return None
        for waypoint in self._in_order(key, needs):
            left = self._left_over(key, waypoint, needs, same)
            if left is None:
                continue
            missing, dead = left
            if not missing and not dead:
                return (waypoint,)
            if len(missing) + len(dead) < len(needs) + len(same):
                rest = self._fall_back(key, missing, dead, room - 1)
                if rest is not None:
                    return (waypoint, *rest)
        return None

    def _fall_back(self, key: Key, needs: Sequence[_Need], same: Sequence[Outage], room: int) -> tuple[int, ...] | None:
        """Return what decides where the waypoints so far are out of reach: nothing more if the IGP does it right."""
        if not self._packets.is_fail_closed and self._is_fulfilled_by_igp(key, needs, same):
            return ()
        return self._find(key, needs, same, room)

    def _left_over(
        self, key: Key, waypoint: int, needs: Sequence[_Need], same: Sequence[Outage]
    ) -> tuple[list[_Need], list[Outage]] | None:
        """Return what is still to be decided because `waypoint` is out of reach then; None if it leads astray."""
        node, target = key[0], frozenset({waypoint})
        if waypoint == node:
            return None
        missing: list[_Need] = []
        for need in needs:
            tree = self._igp.towards(target, need.outage)
            if tree.distance(node) == UNREACHABLE:
                missing.append(need)
            elif tree.next_arcs(node) != need.arcs:
                return None
        dead: list[Outage] = []
        arcs = self._decided[NORMAL][key][0][1] if same else ()
        for outage in same:
            if not self._is_same(node, target, outage, arcs):
                if self._igp.towards(target, outage).distance(node) != UNREACHABLE:
                    return None
                dead.append(outage)
        return missing, dead

    def _in_order(self, key: Key, needs: Sequence[_Need]) -> Iterator[int]:
        """Yield waypoints, the best first: the farthest to which the IGP's path is the wanted path, nodes further down the
        path, the next node, all others.
        """
        downstream = [node for node in self._downstream.get(key, ()) if node in self._usable]
        head = self._igp.network.head
        order = [
            *(node for node in downstream if self._is_along(key, node)),
            *downstream,
            *(head[arc] for need in needs for arc in need.arcs if head[arc] in self._usable),
            *self._waypoints,
        ]
        yield from dict.fromkeys(order)

    def _is_along(self, key: Key, waypoint: int) -> bool:
        """Return whether the IGP's path to `waypoint` in the normal state is the stretch of the demand's own path."""
        decisions = self._decided.get(NORMAL, {})
        tree, head = self._igp.towards_node(waypoint), self._igp.network.head
        while key[0] != waypoint:
            arcs = tree.next_arcs(key[0])
            if (
                any(taken != arcs for _, taken in decisions.get(key, ((0, ()),)))
                or len({head[arc] for arc in arcs}) != 1
            ):
                return False
            key = (head[arcs[0]], arcs[0])
        return True


def _keys(node: int, arrival: Arcs) -> list[Key]:
    return [(node, arc) for arc in arrival] or [(node, OWN_PORTS)]
