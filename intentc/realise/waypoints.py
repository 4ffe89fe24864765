"""Which waypoints a rule needs so that packets leave a node over the right arcs in every state."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property

from intentc.forwarding.first_hops import members
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.walk import Arcs, Decision, Packets
from intentc.realise.leads import Leads
from intentc.values import frozen

_MOST_WAYPOINTS = 4


@frozen
class Need:
    """In the state `outage` packets to the addresses of kind `kind` have to leave the node over `arcs`."""

    outage: Outage
    kind: int
    arcs: Arcs


class Place:
    """All that was decided for one (node, ingress): `needs` of single states, and in the states `same` what is decided
    for the normal one (`normal`). `prefer` tells the waypoints to try first. What follows from that is found once.
    """

    def __init__(  # noqa: PLR0917  (what it is made of)
        self,
        leads: Leads,
        node: int,
        needs: Sequence[Need],
        same: Collection[Outage],
        normal: Decision,
        prefer: Callable[[], Sequence[int]],
    ) -> None:
        self.node = node
        self.needs = needs
        self.same = same
        self.normal = normal
        self._prefer = prefer
        self._leads = leads
        self.is_done: bool | None = None  # whether the IGP by itself does all that; None: nobody asked
        self._lost: dict[int, list[Outage] | None] = {}

    @property
    def preferred(self) -> Sequence[int]:
        return self._prefer()

    @cached_property
    def wanted(self) -> Mapping[Outage, Arcs | None]:
        """The arcs by state; None in one in which kinds of address go apart, as no waypoint in reach makes them: only the IGP does."""
        wanted: dict[Outage, Arcs | None] = {}
        for need in self.needs:
            if wanted.setdefault(need.outage, need.arcs) != need.arcs:
                wanted[need.outage] = None
        return wanted

    @cached_property
    def right(self) -> int:
        """The mask of the nodes that are in reach the right way in every state decided."""
        found = -1
        for need in self.needs:
            found &= self._leads.at(self.node, need.outage).by_arcs.get(need.arcs, 0)
        return found

    @cached_property
    def harmless(self) -> int:
        """The mask of the nodes that are in reach the right way, or out of reach, in every state decided."""
        return harmless(self._leads, self.node, self.needs)

    def lost(self, waypoint: int, same: Collection[Outage]) -> list[Outage] | None:
        """Return the states among some of `same` in which a waypoint is out of reach; None if it leads astray in one of them."""
        if same is not self.same:
            return self._lost_in(waypoint, same)
        if waypoint not in self._lost:
            self._lost[waypoint] = self._lost_in(waypoint, same)
        return self._lost[waypoint]

    def _lost_in(self, waypoint: int, same: Collection[Outage]) -> list[Outage] | None:
        if not same:
            return []
        leads, node, bit, wanted = self._leads, self.node, 1 << waypoint, self.normal[0][1]
        normally = leads.at(node, NORMAL)
        if normally.dead & bit:
            return list(same)
        touching = [outage for outage in leads.touching(node, leads.single[waypoint]) if outage in same]
        if not normally.by_arcs.get(wanted, 0) & bit and len(touching) < len(same):
            return None
        dead: list[Outage] = []
        for outage in touching:
            table = leads.at(node, outage)
            if table.dead & bit:
                dead.append(outage)
            elif not table.by_arcs.get(wanted, 0) & bit:
                return None
        return dead


def harmless(leads: Leads, node: int, needs: Sequence[Need]) -> int:
    """Return the mask of the nodes that are in reach the right way, or out of reach, in every state decided."""
    found = ~(1 << node)
    for need in needs:
        table = leads.at(node, need.outage)
        found &= table.by_arcs.get(need.arcs, 0) | table.dead
    return found


class WaypointChooser:
    """Finds waypoints for packets. `steerable` nodes can have rules, `usable` ones can be waypoints.

    Those that lead astray in no state decided are read off the next hops that the node has towards everything
    (`FirstHops`). Of these, nodes down the path are tried before all others.
    """

    def __init__(self, leads: Leads, packets: Packets, steerable: frozenset[int], usable: tuple[int, ...]) -> None:
        self._leads = leads
        self._igp = leads.igp
        self._packets = packets
        self._steerable = steerable
        self._usable = sum(1 << node for node in usable)

    def choose(self, place: Place) -> tuple[int, ...] | None:
        """Return an ordered list of waypoints for a place: none if the IGP does right by itself; None: it is impossible.

        In each state the first waypoint in reach decides: the IGP's next hops to it are the arcs that packets take.
        """
        if self._is_done(place):
            return ()
        if place.node not in self._steerable:
            return None
        return self._find(place, place.needs, place.same, _MOST_WAYPOINTS)

    def can_leave_by(self, place: Place, outage: Outage, arcs: Arcs) -> bool:
        """Return whether there are waypoints with which packets leave over `arcs` in one state more."""
        node = place.node
        if self._goes_by_igp(node, outage, arcs) and self._is_done(place):
            return True
        if node not in self._steerable or place.wanted.get(outage, arcs) != arcs:
            return False
        table = self._leads.at(node, outage)
        right, likely = table.by_arcs.get(arcs, 0), place.harmless & self._usable
        if not likely & (right | table.dead):
            return False
        if self._has_one(place, likely & place.right & right):
            return True
        needs = [*place.needs, *(Need(outage, kind, arcs) for kind in range(len(self._packets.addresses)))]
        return self._find(place, needs, place.same, _MOST_WAYPOINTS) is not None

    def _has_one(self, place: Place, nodes: int) -> bool:
        """Return whether one of some nodes, which are right in every state decided, is so in the states `same`, too."""
        if not place.same or not nodes:
            return nodes != 0
        return any(place.lost(node, place.same) == [] for node in members(nodes))

    def _goes_by_igp(self, node: int, outage: Outage, arcs: Arcs) -> bool:
        """Return whether the IGP by itself sends packets of all kinds over some arcs."""
        return all(self._igp.towards(item, outage).next_arcs(node) == arcs for item in self._packets.addresses)

    def _is_done(self, place: Place) -> bool:
        if place.is_done is None:
            place.is_done = self._is_done_by_igp(place, place.needs, place.same)
        return place.is_done

    def _is_done_by_igp(self, place: Place, needs: Sequence[Need], same: Collection[Outage]) -> bool:
        addresses, igp, node = self._packets.addresses, self._igp, place.node
        if any(igp.towards(addresses[need.kind], need.outage).next_arcs(node) != need.arcs for need in needs):
            return False
        return all(self._is_same(node, addresses[kind], same, arcs) for kind, arcs in (place.normal if same else ()))

    def _is_same(self, node: int, targets: frozenset[int], same: Collection[Outage], arcs: Arcs) -> bool:
        """Return whether the IGP's next hops towards `targets` are `arcs` in some states."""
        touching = [outage for outage in self._leads.touching(node, targets) if outage in same]
        if len(touching) < len(same) and self._igp.towards(targets).next_arcs(node) != arcs:
            return False
        return all(self._igp.towards(targets, outage).next_arcs(node) == arcs for outage in touching)

    def _find(self, place: Place, needs: Sequence[Need], same: Collection[Outage], room: int) -> tuple[int, ...] | None:
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
                rest = self._fall_back(place, missing, frozenset(dead), room - 1)
                if rest is not None:
                    return (waypoint, *rest)
        return None

    def _in_order(self, place: Place, needs: Sequence[Need]) -> Iterator[int]:
        """Yield the nodes that may do, those down the path, which mostly do, before all others."""
        head, node = self._igp.network.head, place.node
        nodes = self._usable & (place.harmless if needs is place.needs else harmless(self._leads, node, needs))
        behind = [head[arc] for need in needs for arc in need.arcs]
        for waypoint in dict.fromkeys((*place.preferred, *behind)):
            if nodes >> waypoint & 1:
                yield waypoint
                nodes ^= 1 << waypoint
        yield from members(nodes)

    def _fall_back(
        self, place: Place, needs: Sequence[Need], same: Collection[Outage], room: int
    ) -> tuple[int, ...] | None:
        """Return what decides where the waypoints so far are out of reach: nothing more if the IGP does it right."""
        if not self._packets.is_fail_closed and self._is_done_by_igp(place, needs, same):
            return ()
        return self._find(place, needs, same, room)

    def _left_over(
        self, place: Place, waypoint: int, needs: Sequence[Need], same: Collection[Outage]
    ) -> tuple[list[Need], list[Outage]] | None:
        """Return what is still to be decided because a harmless waypoint is out of reach then; None if it leads astray."""
        dead = place.lost(waypoint, same)
        if dead is None:
            return None
        at, node = self._leads.at, place.node
        return [need for need in needs if at(node, need.outage).dead >> waypoint & 1], dead
