"""What the devices of a network can do with packets, as the placement asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outage, Outages
from intentc.forwarding.policies import SegmentRouter
from intentc.forwarding.policy import NO_POLICIES, Health, Policies, Policy, SegmentList
from intentc.forwarding.walk import Arcs, Packets, Trail
from intentc.place.model import Carried, Hop, Promise
from intentc.place.settled import SettledStates
from intentc.realise.algorithm_course import AlgorithmCourse
from intentc.realise.algorithms import Algorithms
from intentc.realise.course import PbrCourse
from intentc.realise.labels import NO_LABELS, Labels, labels_along
from intentc.realise.leads import Leads
from intentc.realise.model import Protection
from intentc.realise.policies import carrier
from intentc.realise.protection import Clock, slower
from intentc.realise.repair import Repairs, UnrepairedError
from intentc.realise.sr_candidates import PolicyEnds
from intentc.realise.sr_course import SrCourse
from intentc.realise.sr_steps import Steps
from intentc.targetkit.liveness import LOOPED, REFLECTED
from intentc.targetkit.model import NodeCapabilities
from intentc.topology.change import changed_links
from intentc.topology.model import Topology
from intentc.values import replace

_BY_POLICY, _BY_NEXT_HOP = ("sr-policy",), ("pbr",)
_ALONG_PATHS = (*_BY_POLICY, *_BY_NEXT_HOP)


class Mechanisms:
    """The IGP's own path, Flexible Algorithms, policy-based routing and SR policies: implements `intentc.place.model.Realiser`."""

    def __init__(self, topology: Topology, capabilities: Mapping[str, NodeCapabilities]) -> None:
        self._network = build_network(topology)
        self._capabilities = capabilities
        self._igp = Igp(self._network)
        self._outages = Outages(self._network)
        self._router = SegmentRouter(self._igp)
        self._algorithms = Algorithms(self._router, capabilities)
        self._repairs = Repairs(self._igp, self._outages, capabilities, self._router.can_route)
        nodes = range(len(self._network.nodes))
        self._steerable = frozenset(index for index in nodes if self.table_room(index))
        self._policy_ends = PolicyEnds(
            depths={index: depth for index in nodes if (depth := self._depth(index))},
            end_points=frozenset(index for index in nodes if self._can_reflect(index)),
            dividers=frozenset(index for index in nodes if self._depth(index) and self._can(index, "weighted-lists")),
            algorithms=self._algorithms.within,
            loopers=frozenset(index for index in nodes if self._can(index, LOOPED)),
            labelled=frozenset(index for index in nodes if self._router.can_route[index]),
            policies={index: most for index in nodes if (most := self._most_policies(index)) > 1},
        )
        self._clock = Clock(topology, capabilities)
        owns = (capabilities.get(name) for name in self._network.nodes)
        self._repair_us = tuple(own.repair_us if own is not None else 0 for own in owns)
        self._is_alike = len(frozenset(self._repair_us)) == 1
        self._detections = tuple(map(self._clock.detection, self._network.links))
        self._detection = self._detections[0] if len(frozenset(self._detections)) == 1 else None  # that of all links
        self._reachable: dict[frozenset[int], tuple[int, ...]] = {}
        self._steps = Steps(self._router)
        self._leads = Leads(self._igp)

    def anew(self) -> Mechanisms:
        """Return the mechanisms for another program on the same devices, with what was found of the network but for promised states."""
        found = object.__new__(Mechanisms)
        found.__dict__.update(self.__dict__)
        found._outages = self._outages.anew()
        found._repairs = Repairs(self._igp, found._outages, self._capabilities, self._router.can_route)
        return found

    def over(self, topology: Topology, capabilities: Mapping[str, NodeCapabilities]) -> Mechanisms:
        """Return the mechanisms over another network of the same nodes and links, whose promised states are the same objects."""
        found = Mechanisms(topology, capabilities)
        found._outages = self._outages.over(found._network)
        found._repairs = Repairs(found._igp, found._outages, capabilities, found._router.can_route)
        return found

    def changed_links(self, topology: Topology, capabilities: Mapping[str, NodeCapabilities]) -> frozenset[str] | None:
        """Return the links whose figures differ in another network on devices that can do the same; None where more does."""
        return changed_links(self._network.topology, topology) if capabilities == self._capabilities else None

    def are_of(self, topology: Topology, capabilities: Mapping[str, NodeCapabilities]) -> bool:
        """Return whether these are the mechanisms of the very same network and devices."""
        return self._network.topology is topology and self._capabilities is capabilities

    @property
    def igp(self) -> Igp:
        return self._igp

    @property
    def router(self) -> SegmentRouter:
        return self._router

    @property
    def outages(self) -> Outages:
        return self._outages

    def course(
        self,
        packets: Packets,
        families: frozenset[int],
        avoid: frozenset[int],
        starts: Sequence[int],
        algorithm: int | None = None,
        *,
        is_second: bool = False,
    ) -> PbrCourse | SrCourse | AlgorithmCourse:
        if algorithm is not None:
            known = self._algorithms
            ends = known.end_points(packets, algorithm)
            return AlgorithmCourse(self._router, packets, algorithm, known.heads(algorithm), ends)
        means = self.means(packets, families, starts[0]) if starts else ()
        if (means[-1:] if is_second else means[:1]) == _BY_POLICY:
            return SrCourse(self._router, packets, self._policy_ends, self._steps)
        return PbrCourse(self._leads, packets, self._steerable - avoid, self._waypoints(families))

    def means(self, packets: Packets, families: frozenset[int], start: int) -> tuple[str, ...]:
        """Return the mechanisms that lead packets along paths from where they enter: what the device prefers, if it can, first.

        What its policies do not take (IPv6 packets, on some platforms) is steered by next hops where it can do that.
        """
        ends, own = self._policy_ends, self._of(start)
        is_led = start in ends.depths and bool(ends.of(start).intersection(*packets.addresses))
        if start not in self._steerable or own is None:
            return _BY_POLICY if is_led else ()
        if not is_led or (6 in families and _refuses_ipv6(own)):
            return _BY_NEXT_HOP
        return tuple([name for name in own.mechanisms if name in _ALONG_PATHS])

    def labels(
        self, packets: Packets, families: frozenset[int], start: int, arcs: Arcs, pinned: frozenset[int]
    ) -> Labels | None:
        if self.means(packets, families, start)[:1] != _BY_POLICY:
            return NO_LABELS
        segments = self._segments(packets, start, arcs, pinned)
        if segments is None or len(segments) > self._policy_ends.depths[start]:
            return None
        return labels_along(self._network.nodes_along(start, arcs), segments)

    def led(
        self, packets: Packets, start: int, arcs: Arcs, pinned: frozenset[int], outage: Outage
    ) -> Sequence[Trail] | None:
        segments = self._segments(packets, start, arcs, pinned)
        found = None if segments is None else self._router.follow(start, segments, outage)
        return None if found is None or found.health is Health.DOWN else found.trails

    def _segments(self, packets: Packets, start: int, arcs: Arcs, pinned: frozenset[int]) -> SegmentList | None:
        algorithms = self._algorithms.within(packets.fences)
        return self._router.encode(start, arcs, pinned, is_strict=bool(packets.fences), algorithms=algorithms)

    def algorithms(self, packets: Packets, start: int) -> tuple[int, ...]:
        return self._algorithms.of(packets, start)

    def _waypoints(self, families: frozenset[int]) -> tuple[int, ...]:
        """Return the nodes that packets of these address families can be sent towards."""
        if families not in self._reachable:
            nodes = range(len(self._network.nodes))
            self._reachable[families] = tuple(index for index in nodes if families <= self._families_of(index))
        return self._reachable[families]

    def _can_reflect(self, node: int) -> bool:
        """Return whether an SR policy can end at a node: it speaks labels and answers S-BFD, as a provider's node does."""
        own = self._of(node)
        return self._router.can_route[node] and (self._can(node, REFLECTED) or own is None or own.platform == "none")

    def _depth(self, node: int) -> int:
        """Return how many segments the policies of a node can have; 0 where it has none, or nobody says how many."""
        own, routing = self._of(node), self._network.topology.nodes[self._network.nodes[node]].segment_routing
        if own is None or routing is None or not self._router.can_route[node]:
            return 0
        if "sr-policy" not in own.mechanisms or not self._can(node, "sr-policy"):
            return 0
        return routing.max_sid_depth or own.max_segments or 0

    def steps(self, node: int) -> tuple[Hop, ...]:
        head = self._network.head
        if self._policy_ends.depths and self._router.can_route[node]:
            return tuple(
                Hop((arc,), head[arc], is_steered=True)
                for arc in self._network.leaving[node]
                if self._router.can_route[head[arc]]
            )
        if node not in self._steerable:
            return ()
        return self._leads.neighbours(node, NORMAL)

    def table_room(self, node: int) -> int:
        own = self._of(node)
        if own is None or "pbr" not in own.mechanisms or not self._can(node, "steering"):
            return 0
        return own.max_steering_tables

    def can_fence(self, node: int) -> bool:
        return self._can(node, "fence")

    def protection(
        self,
        primary: Carried,
        backups: Sequence[Carried],
        policies: Policies = NO_POLICIES,
        promise: Promise | None = None,
    ) -> Protection | None:
        found = self._converging(primary, backups, policies)
        if found is None or promise is None or found.total_ms <= promise.within_ms:
            return found
        return self._repaired(found, promise, primary)

    def _repaired(self, converging: Protection, promise: Promise, primary: Carried) -> Protection:
        """Return the time in which devices repair locally, where they can and that is sooner than the IGP converges."""
        try:
            repairs = self._repairs.find(promise, primary.taken.start, primary.taken.arcs)
        except UnrepairedError as problem:
            return replace(converging, hindrance=str(problem))
        links = {self._network.links[arc >> 1] for arc in primary.taken.arcs} | {item.link for item in repairs}
        found = self._clock.time_to_local_repair(links, repairs)
        return found if repairs and found.total_ms < converging.total_ms else converging

    def _converging(self, primary: Carried, backups: Sequence[Carried], policies: Policies) -> Protection | None:
        network, start = self._network, primary.taken.start
        arcs = primary.taken.each_arc
        if not arcs:
            return None
        every, repair_us = self._detection, self._slowest_us(primary, backups)
        detections = {self._detections[arc >> 1] for arc in arcs} if every is None else {every}
        if len(detections) == 1:  # most devices of a network are alike
            found = self._clock.time(detections.pop(), repair_us)
        else:
            found = self._clock.time_to_repair({network.links[arc >> 1] for arc in arcs}, repair_us)
        policy = policies.get(start)
        if policy is None or policy.is_by_algorithm:
            return found
        ends = [(network.nodes[start], network.nodes[end]) for end in policy.end_points]
        live = max((self._clock.liveness_time(each, repair_us) for each in ends), key=lambda each: each.detect_ms)
        is_all_by_policy = all(
            # packets that start elsewhere, or go to another replica, do so for another reason than S-BFD
            (backup.course, backup.taken.start) == (primary.course, start)
            and self._is_whole(start, policy, backup.outage)
            for backup in backups
        )
        return live if is_all_by_policy else slower(live, found)

    def _slowest_us(self, primary: Carried, backups: Sequence[Carried]) -> int:
        """Return the longest time that a device takes which packets come to in any state."""
        if self._is_alike:
            return self._repair_us[primary.taken.start]
        network = self._network
        if isinstance(backups, SettledStates):
            arcs = primary.taken.arcs | backups.arcs()
        else:
            walks = {id(backup.taken): backup.taken for backup in backups}  # many states leave the same way
            arcs = primary.taken.arcs.union(*(taken.arcs for taken in walks.values()))
        nodes = {*map(network.tail.__getitem__, arcs), *map(network.head.__getitem__, arcs)}
        return max(map(self._repair_us.__getitem__, nodes))

    def _is_whole(self, start: int, policy: Policy, outage: Outage) -> bool:
        """Return whether the candidate that carries in a state takes the path that it has normally: nothing re-converged."""
        position = carrier(self._router, start, policy, outage)
        if position is None:
            return False
        follow = self._router.follow
        lists = [(follow(start, segments, outage), segments) for segments, _ in policy.lists(position)]
        return all(
            found.health is Health.DOWN or found.trails == follow(start, segments, NORMAL).trails
            for found, segments in lists
        )

    def _of(self, node: int) -> NodeCapabilities | None:
        return self._capabilities.get(self._network.nodes[node])

    def _can(self, node: int, feature: str) -> bool:
        own = self._of(node)
        support = own.features.get(feature) if own is not None else None
        return support is not None and support.is_supported

    def _most_policies(self, node: int) -> int:
        own = self._of(node)
        return (own.max_policies if own is not None else None) or 1

    def _families_of(self, node: int) -> frozenset[int]:
        item = self._network.topology.nodes[self._network.nodes[node]]
        loopbacks = ((4, item.loopback), (6, item.loopback6))
        return frozenset(family for family, loopback in loopbacks if loopback is not None)


def _refuses_ipv6(own: NodeCapabilities) -> bool:
    """Return whether SR policies of a device take no IPv6 packets; where nothing is said, they take both families."""
    support = own.features.get("sr-policy-ipv6")
    return support is not None and not support.is_supported
