"""Steering by rules at (node, ingress): which waypoints make packets go where they should, in every state at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from intentc.forwarding.igp import UNREACHABLE, Tree
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.policy import Policies
from intentc.forwarding.walk import OWN_PORTS, Arcs, Decision, Fault, Key, Mishap, Packets, Rules, Walk, walk
from intentc.place.model import Hop, Way
from intentc.realise.leads import Leads
from intentc.realise.waypoints import Need, Place, WaypointChooser


class PbrCourse:
    """Packets steered by policy-based routing; see `intentc.place.model.Course` for what each method promises.

    What has been fixed is kept as a decision per (node, ingress) and state. A rule is an ordered list of waypoints such
    that in each of these states the IGP's next hops to the first waypoint in reach are the arcs decided on; no rule where
    the IGP's own next hops to the destination are. Rules may be chosen anew when a further state is fixed, always such
    that all earlier ones stay true.
    """

    def __init__(self, leads: Leads, packets: Packets, steerable: frozenset[int], waypoints: tuple[int, ...]) -> None:
        self._leads = leads
        self._igp = leads.igp
        self._packets = packets
        self._chooser = WaypointChooser(leads, packets, steerable, waypoints)
        self._steerable = steerable
        self._usable = frozenset(waypoints)
        self._rules: dict[Key, tuple[int, ...]] = {}
        self._decided: dict[Outage, Mapping[Key, Decision]] = {}
        self._met: set[Key] = set()  # for which anything was ever decided
        self._same: dict[Outage, None] = {}  # in order
        self._downstream: dict[Key, tuple[int, ...]] = {}
        self._undecided: dict[tuple[Outage, int], list[Hop]] = {}  # hops where nothing was decided yet, for any arrival
        # what follows from what was fixed, until something else is: needs, waypoints to prefer and all that a rule has to do by key, hops by state and arrival
        self._needed: dict[Key, list[Need]] = {}
        self._preferred: dict[Key, list[int]] = {}
        self._places: dict[Key, Place] = {}
        self._steps: dict[tuple[Outage, int, Arcs], list[Hop]] = {}

    @property
    def rules(self) -> Rules:
        return self._rules

    @property
    def policies(self) -> Policies:
        return {}

    @property
    def is_free(self) -> bool:
        return False

    @property
    def single(self) -> None:
        return None

    def ways(self, outage: Outage, start: int) -> Sequence[Way]:  # noqa: ARG002  (nothing is in reserve)
        return ()

    def adopt(self, outage: Outage, way: Way) -> None:
        """Do nothing: there are no ways."""

    def may_steer(self, outage: Outage, start: int) -> bool:  # noqa: ARG002  (only trying tells)
        return True

    def moved(self) -> Mapping[Outage, Walk]:
        """Return nothing: rules are only ever chosen such that all that was fixed stays true."""
        return {}

    def may_turn(self, start: int) -> bool:  # noqa: ARG002  (nothing binds it to an end)
        return False

    def ends(self, start: int) -> frozenset[int] | None:  # noqa: ARG002  (waypoints lead to any of them)
        return None

    def walk(self, outage: Outage, start: int) -> Walk:
        return walk(self._igp, self._packets, self._rules, start, outage)

    def resume(self, rules: Rules, policies: Policies) -> None:  # noqa: ARG002  (there are none)
        self._rules = dict(rules)
        self._steps.clear()

    def keep(self, outage: Outage, taken: Walk) -> None:
        self._decide(outage, dict(taken.decisions.items()))
        for trail in taken.trails:
            nodes = self._igp.network.nodes_along(taken.start, trail.arcs)
            for position, ingress in enumerate((OWN_PORTS, *trail.arcs[:-1])):
                self._downstream.setdefault((nodes[position], ingress), nodes[:position:-1])

    def _decide(self, outage: Outage, decisions: Mapping[Key, Decision]) -> None:
        """Note what is decided in a state, and forget what followed from what was decided there before."""
        changed = {*self._decided.get(outage, ()), *decisions}
        self._decided[outage] = decisions
        self._met.update(decisions)
        self._steps.clear()
        if outage is NORMAL:  # where packets go then says which waypoints to try first everywhere
            self._preferred.clear()
            self._places.clear()
        for key in changed:
            self._needed.pop(key, None)
            self._preferred.pop(key, None)
            self._places.pop(key, None)

    def keep_same(self, outages: Sequence[Outage]) -> None:
        self._leads.note(outages)
        self._same.update(dict.fromkeys(outages))
        self._places.clear()
        self._steps.clear()

    def most_ways(self, start: int) -> int:  # noqa: ARG002  (nowhere)
        return 1

    def divide(self, start: int, ways: Sequence[tuple[Arcs, int]]) -> Walk:  # noqa: ARG002  (no rule divides packets)
        return Walk(start, (), {}, 0, Fault(Mishap.DEPTH, start))

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
        self._decide(outage, decisions)
        for key in decisions:
            self._set_rule(key)
        return self.walk(outage, start)

    def hops(self, outage: Outage, node: int, arrival: Arcs) -> list[Hop]:
        keys = _keys(node, arrival)
        if any(key in self._met and self._needs(key) for key in keys):
            found = self._steps.get((outage, node, arrival))
            if found is None:
                found = self._steps[outage, node, arrival] = self._hops(outage, keys)
            return found
        if (outage, node) not in self._undecided:
            self._undecided[outage, node] = self._hops(outage, keys)
        return self._undecided[outage, node]

    def _hops(self, outage: Outage, keys: Sequence[Key]) -> list[Hop]:
        node = keys[0][0]
        own = self._unsteered(outage, keys)
        found = [] if own is None else [Hop(own, self._igp.network.head[own[0]], is_steered=False)]
        if node not in self._steerable:
            return found
        is_decided, usable = any(map(self._needs, keys)), self._usable
        # where nothing was decided yet the neighbour itself mostly is the waypoint
        steered = (
            hop
            for hop in self._leads.neighbours(node, outage)
            if hop.arcs != own
            and ((not is_decided and hop.head in usable) or self._can_leave_by(keys, outage, hop.arcs))
        )
        return [*found, *steered]

    def _can_leave_by(self, keys: Sequence[Key], outage: Outage, arcs: Arcs) -> bool:
        """Return whether rules can be found."""
        return all(self._chooser.can_leave_by(self._place(key), outage, arcs) for key in keys)

    def _unsteered(self, outage: Outage, keys: Sequence[Key]) -> Arcs | None:
        """Return the arcs that packets take with the rules as they are, if all of them go to the same neighbour."""
        kinds, found = range(len(self._packets.addresses)), set[Arcs]()
        for tree in [self._tree_at(key, kind, outage) for key in keys for kind in kinds]:
            found.add(tree.next_arcs(keys[0][0]) if tree is not None else ())
        arcs = found.pop()
        if found or len({*map(self._igp.network.head.__getitem__, arcs)}) != 1:
            return None
        return arcs

    def _tree_at(self, key: Key, kind: int, outage: Outage) -> Tree | None:
        for waypoint in self._rules.get(key, ()):
            tree = self._igp.towards_node(waypoint, outage)
            if tree.distance(key[0]) not in (0, UNREACHABLE):
                return tree
        if self._packets.is_fail_closed and key in self._rules:
            return None
        return self._igp.towards(self._packets.addresses[kind], outage)

    def _set_rule(self, key: Key) -> None:
        """Choose a rule, or none where the IGP does it. Where nothing is found the old one stays, as what was fixed before rests on it."""
        waypoints = self._chooser.choose(self._place(key))
        if waypoints:
            self._rules[key] = waypoints
        elif waypoints is not None:
            self._rules.pop(key, None)

    def _place(self, key: Key) -> Place:
        """Return all that a rule has to do."""
        found = self._places.get(key)
        if found is None:
            normal = self._decided.get(NORMAL, {}).get(key, ())
            same = self._same if normal else ()
            found = Place(self._leads, key[0], self._needs(key), same, normal, partial(self._to_prefer, key))
            self._places[key] = found
        return found

    def _needs(self, key: Key) -> list[Need]:
        """Return what was decided for a key so far."""
        if key not in self._met:
            return []
        found = self._needed.get(key)
        if found is None:
            decided = self._decided.items()
            found = [Need(outage, kind, arcs) for outage, made in decided for kind, arcs in made.get(key, ())]
            self._needed[key] = found
        return found

    def _to_prefer(self, key: Key) -> list[int]:
        """Return the waypoints to try first: the farthest node down the path to which the IGP's path is the wanted path, then
        those nearer, then the other nodes down the path.
        """
        found = self._preferred.get(key)
        if found is None:
            downstream = [node for node in self._downstream.get(key, ()) if node in self._usable]
            found = [*(node for node in downstream if self._is_along(key, node)), *downstream]
            self._preferred[key] = found
        return found

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
