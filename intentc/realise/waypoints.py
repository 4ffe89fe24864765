"""Which waypoints a rule needs so that packets leave a node over the right arcs in every state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intentc.forwarding.first_hops import members
from intentc.forwarding.igp import UNREACHABLE, Igp
from intentc.forwarding.outage import Outage
from intentc.forwarding.walk import Arcs, Decision, Packets
from intentc.values import frozen

_MOST_WAYPOINTS = 4


@frozen
class Need:
    """In the state `outage` packets to the addresses of kind `kind` have to leave the node over `arcs`."""

    outage: Outage
    kind: int
    arcs: Arcs


@frozen
class Place:
    """All that was decided for one (node, ingress): `needs` of single states, and in the states `same` what is decided
    for the normal one (`normal`). `preferred` are the waypoints to try first.
    """

    node: int
    needs: Sequence[Need]
    same: Sequence[Outage]
    normal: Decision
    preferred: Sequence[int]


class WaypointChooser:
    """Finds waypoints for packets. `steerable` nodes can have rules, `usable` ones can be waypoints.

    Nodes down the path are tried one by one. Only then all others: those that lead astray in no state decided are read
    off the next hops that the node has towards everything (`FirstHops`).
    """

    def __init__(self, igp: Igp, packets: Packets, steerable: frozenset[int], usable: tuple[int, ...]) -> None:
        self._igp = igp
        self._packets = packets
        self._steerable = steerable
        self._usable = sum(1 << node for node in usable)

    def choose(self, place: Place) -> tuple[int, ...] | None:
        """Return an ordered list of waypoints for a place: none if the IGP does right by itself; None: it is impossible.

        In each state the first waypoint in reach decides: the IGP's next hops to it are the arcs that packets take.
        """
        if self._is_done_by_igp(place, place.needs, place.same):
            return ()
        if place.node not in self._steerable or not self._is_steerable(place):
            return None
        return self._find(place, place.needs, place.same, _MOST_WAYPOINTS)

    def _is_done_by_igp(self, place: Place, needs: Sequence[Need], same: Sequence[Outage]) -> bool:
        addresses, igp, node = self._packets.addresses, self._igp, place.node
        if any(igp.towards(addresses[need.kind], need.outage).next_arcs(node) != need.arcs for need in needs):
            return False
        return all(
            self._is_same(node, addresses[kind], outage, arcs)
            for kind, arcs in (place.normal if same else ())
            for outage in same
        )

    def _is_same(self, node: int, targets: frozenset[int], outage: Outage, arcs: Arcs) -> bool:
        """Return whether the IGP's next hops towards `targets` are `arcs` in a state."""
        tree = self._igp.towards(targets)
        if outage.mask & tree.footprint(node):
            tree = self._igp.towards(targets, outage)
        return tree.next_arcs(node) == arcs

    def _is_steerable(self, place: Place) -> bool:
        """Return False where no waypoint at all can do it: a rule treats all kinds of address alike."""
        wanted: dict[Outage, Arcs] = {}
        return all(wanted.setdefault(need.outage, need.arcs) == need.arcs for need in place.needs)

    def _find(self, place: Place, needs: Sequence[Need], same: Sequence[Outage], room: int) -> tuple[int, ...] | None:
        """Return an ordered list of at most `room` waypoints; each one decides the states in which it is in reach."""
        if room == 0:
            return None
        for waypoint in self._in_order(place, needs):
            left = self._left_over(place, waypoint, needs, same)
            if left is None:
                continue
            missing, dead = left
            if not missing and not dead:
                return (waypoint,)
            if len(missing) + len(dead) < len(needs) + len(same):
                rest = self._fall_back(place, missing, dead, room - 1)
                if rest is not None:
                    return (waypoint, *rest)
        return None

    def _harmless(self, node: int, needs: Sequence[Need]) -> int:
        """Return the mask of the nodes that are in reach the right way, or out of reach, in every state decided."""
        found = self._usable & ~(1 << node)
        for need in needs:
            table = self._igp.first_hops.at(node, need.outage)
            found &= table.by_arcs.get(need.arcs, 0) | table.dead
        return found

    def _in_order(self, place: Place, needs: Sequence[Need]) -> Iterator[int]:
        """Yield the nodes that may do: those down the path, which mostly do, before all others are looked at."""
        head = self._igp.network.head
        behind = [head[arc] for need in needs for arc in need.arcs]
        first = [node for node in dict.fromkeys((*place.preferred, *behind)) if self._usable >> node & 1]
        yield from first
        yield from members(self._harmless(place.node, needs) & ~sum(1 << node for node in first))

    def _fall_back(
        self, place: Place, needs: Sequence[Need], same: Sequence[Outage], room: int
    ) -> tuple[int, ...] | None:
        """Return what decides where the waypoints so far are out of reach: nothing more if the IGP does it right."""
        if not self._packets.is_fail_closed and self._is_done_by_igp(place, needs, same):
            return ()
        return self._find(place, needs, same, room)

    def _left_over(
        self, place: Place, waypoint: int, needs: Sequence[Need], same: Sequence[Outage]
    ) -> tuple[list[Need], list[Outage]] | None:
        """Return what is still to be decided because `waypoint` is out of reach then; None if it leads astray."""
        node, target = place.node, frozenset({waypoint})
        if waypoint == node:
            return None
        missing: list[Need] = []
        for need in needs:
            tree = self._igp.towards(target, need.outage)
            if tree.distance(node) == UNREACHABLE:
                missing.append(need)
            elif tree.next_arcs(node) != need.arcs:
                return None
        dead: list[Outage] = []
        for outage in same:
            if not self._is_same(node, target, outage, place.normal[0][1]):
                if self._igp.towards(target, outage).distance(node) != UNREACHABLE:
                    return None
                dead.append(outage)
        return missing, dead
