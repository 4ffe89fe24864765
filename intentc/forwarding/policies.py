"""SR policies over SR-MPLS (RFC 9256, RFC 8402): segment lists, which candidate path carries in a state, and where packets go."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from intentc.forwarding.encoding import ends_along
from intentc.forwarding.equal_parts import WHOLE
from intentc.forwarding.flex_algos import build_algorithms
from intentc.forwarding.followed import LOST, down, joined, one_way
from intentc.forwarding.igp import UNREACHABLE, Igp
from intentc.forwarding.network import kept_of
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.planes import Plane, kernel_of
from intentc.forwarding.policy import Followed, Health, Policies, Policy, Segment, SegmentList, WeightedLists
from intentc.forwarding.walk import MOST_TRAILS, Arcs, Fault, Mishap, Packets, Trail, Walk, walk
from intentc.forwarding.weighted import merge_trails
from intentc.values import replace

if TYPE_CHECKING:
    from intentc.native.segments import Laid

# What is remembered, less of it in large networks (`kept_of`): the tries of one demand ask the same again and again, others hardly ever do.
_MOST_KEPT = 16_384  # lists in failure states (a kilobyte each)
_MOST_LISTS = 4_096  # lists in the normal state (some kilobytes each)
_MOST_STRETCHES = 16_384  # ways of node segments in the normal state (a kilobyte each)


class _Known:
    """What is known of a segment list that starts at a node: `normal`, and by failure state those that touch it.

    `laid`: the list as a kernel follows it; None where there is none, or one of its segments has several ways.
    """

    __slots__ = ("in_states", "laid", "normal", "segments", "start")

    def __init__(self, start: int, segments: SegmentList, normal: Followed, laid: Laid | None) -> None:
        self.start = start
        self.segments = segments
        self.normal = normal
        self.laid = laid
        self.in_states: dict[Outage, Followed] = {}


class SegmentRouter:
    """Makes and follows segment lists over one IGP and the Flexible Algorithms that the network runs."""

    def __init__(self, igp: Igp) -> None:
        self.igp = igp
        self.network = network = igp.network
        nodes = (network.topology.nodes[name] for name in network.nodes)
        # A prefix SID belongs to the loopback's prefix (RFC 8402 section 3.1): without one there is none.
        self.can_route = tuple(node.segment_routing is not None and node.loopback is not None for node in nodes)
        self.algorithms = build_algorithms(network)
        self._planes = {number: Plane(found.igp, found.has_part) for number, found in self.algorithms.items()}
        self._planes[0] = Plane(igp, self.can_route)
        self._stretches: dict[tuple[int, Segment], Followed] = {}  # of the normal state
        self._spreads: dict[tuple[int, Segment, Outage], Followed] = {}
        self._lists: dict[tuple[int, SegmentList], _Known] = {}
        self._same: dict[int, _Known] = {}  # by the identity of a list
        self._encoded: dict[tuple[object, ...], SegmentList] = {}  # by the path, and what its list is asked for
        self._kernel = kernel_of(network, self._planes)
        self._kept = 0  # lists in failure states
        self._most_kept, self._most_lists = kept_of(network, _MOST_KEPT), kept_of(network, _MOST_LISTS)

    def plane(self, algo: int) -> Plane | None:
        """Return what node segments of an algorithm follow (0: the IGP itself); None where the network runs none of it."""
        return self._planes.get(algo)

    def walk(self, packets: Packets, policies: Policies, start: int, outage: Outage) -> Walk:
        """Return where packets go that enter at `start` from attached hosts.

        With labels on they are seen by no IP filter. With no candidate up they are dropped where they are fail-closed, else
        the IGP carries them.
        """
        policy = policies.get(start)
        if policy is None or start in outage.nodes:
            return walk(self.igp, packets, {}, start, outage)
        dependence = 0
        for position, segments in enumerate(policy.candidates):
            if policy.splits:
                found = self.follow_candidate(start, policy, position, outage)
            else:
                found = self.follow(start, segments, outage)
            dependence |= found.dependence if outage is NORMAL else 0
            if found.health is not Health.DOWN:
                return _carried(packets, segments[-1].node, start, found, dependence)
        if packets.is_fail_closed:
            return _lost(start, Mishap.CLOSED, dependence)
        taken = walk(self.igp, packets, {}, start, outage)
        return replace(taken, seen=taken.dependence | dependence) if dependence else taken

    def follow_candidate(self, start: int, policy: Policy, position: int, outage: Outage) -> Followed:
        """Return where a candidate path leads."""
        if not policy.splits:
            return self.follow(start, policy.candidates[position], outage)
        return self.follow_lists(start, policy.lists(position), outage)

    def follow_lists(self, start: int, lists: WeightedLists, outage: Outage) -> Followed:
        """Return where a candidate path with these lists leads: up as long as one is (RFC 9256, section 5.1), over those that are."""
        if len(lists) == 1:
            return self.follow(start, lists[0][0], outage)
        found = [(self.follow(start, segments, outage), weight) for segments, weight in lists]
        dependence = 0
        for one, _ in found:
            dependence |= one.dependence
        up = [(one, weight) for one, weight in found if one.health is not Health.DOWN]
        flawed = next((one for one, _ in up if one.mishap is not None or one.health is Health.TORN), None)
        if not up or flawed is not None:
            return down(dependence) if flawed is None else replace(flawed, dependence=dependence)
        trails = merge_trails([(one.trails, weight) for one, weight in up])
        if len(trails) > MOST_TRAILS:
            return Followed(Health.UP, (), dependence, Mishap.WIDTH)
        return Followed(Health.UP, trails, dependence)

    def follow(self, start: int, segments: SegmentList, outage: Outage) -> Followed:
        """Return where a segment list leads: up as long as every adjacency and a way to every node is."""
        known = self._same.get(id(segments))
        if known is None or known.segments is not segments or known.start != start:
            known = self._lists.get((start, segments)) or self._learn(start, segments)
        if outage is NORMAL:
            return known.normal
        found = known.in_states.get(outage)
        if found is not None:
            return found
        if not outage.touches(known.normal.dependence):
            return known.normal
        self._make_room()
        found = known.in_states[outage] = self._led(known, outage)
        return found

    def _learn(self, start: int, segments: SegmentList) -> _Known:
        laid = None if self._kernel is None else self._kernel.lay(start, segments)
        if laid is None:
            known = _Known(start, segments, self._follow(start, segments, NORMAL), None)
        else:
            known = _Known(start, segments, one_way(laid[0].arcs, laid[1], laid[2]), laid[0])
        if len(self._lists) >= self._most_lists:
            self._lists.clear()
            self._same.clear()
        # What is known keeps the list, so that no other has its identity.
        self._lists[start, segments] = self._same[id(segments)] = known
        return known

    def _led(self, known: _Known, outage: Outage) -> Followed:
        """Return where a list leads in a failure state that touches it."""
        if self._kernel is not None and known.laid is not None:
            found = self._kernel.follow(known.laid, outage)
            if found is not None:
                return LOST[found] if isinstance(found, int) else one_way(*found, 0)
        elif any(map(partial(_is_broken, outage), known.segments)):
            return LOST[0]
        return self._follow(known.start, known.segments, outage)

    def _make_room(self) -> None:
        """Forget, from time to time, what is known of failure states."""
        self._kept += 1
        if self._kept > self._most_kept:
            self._kept = 0
            self._spreads.clear()
            for known in self._lists.values():
                known.in_states.clear()

    def _follow(self, start: int, segments: SegmentList, outage: Outage) -> Followed:
        """Return where a list leads; `native.segments` does the same where each segment has one way."""
        node, health, mishap = start, Health.UP, None
        trails: tuple[Trail, ...] = (Trail((), WHOLE),)
        dependence = self.network.node_bit(start) if outage is NORMAL else 0
        for left, segment in zip(range(len(segments), 0, -1), segments, strict=True):
            part = self._part(node, segment, outage)
            node = segment.node
            dependence |= part.dependence
            if part.health is Health.DOWN:
                return down(dependence)
            if part.health is Health.TORN or part.mishap is not None:
                health, mishap = part.health, mishap or part.mishap
            elif mishap is None and len(trails) * len(part.trails) > MOST_TRAILS:
                mishap = Mishap.WIDTH
            elif mishap is None:
                trails = joined(trails, part.trails, left - (segment.arc is not None))
        if mishap is None and any(len(set(trail.arcs)) < len(trail.arcs) for trail in trails):
            mishap = Mishap.LOOP
        return Followed(health, trails if mishap is None else (), dependence, mishap)

    def _part(self, start: int, segment: Segment, outage: Outage) -> Followed:
        if segment.arc is None:
            return self._stretch(start, segment, outage)
        return self._adjacency(segment.arc, outage)

    def _adjacency(self, arc: int, outage: Outage) -> Followed:
        network = self.network
        dependence = network.link_bit(arc >> 1) | network.node_bit(network.head[arc]) if outage is NORMAL else 0
        if arc >> 1 in outage.links or not self.can_route[network.head[arc]]:
            return down(dependence)
        return Followed(Health.UP, (Trail((arc,), WHOLE),), dependence)

    def _stretch(self, start: int, segment: Segment, outage: Outage) -> Followed:
        """Return the ways to the node of a node segment; those of the normal state are kept."""
        if outage is NORMAL:
            known = self._stretches.get((start, segment))
            if known is None:
                if len(self._stretches) >= kept_of(self.network, _MOST_STRETCHES):
                    self._stretches.clear()
                known = self._stretches[start, segment] = self._spread(start, segment, NORMAL)
            return known
        normal = self._stretch(start, segment, NORMAL)
        if not outage.touches(normal.dependence):
            return normal
        found = self._spreads.get((start, segment, outage))
        if found is None:
            found = self._spreads[start, segment, outage] = self._spread(start, segment, outage)
        return found

    def _spread(self, start: int, segment: Segment, outage: Outage) -> Followed:
        """Labels of an algorithm without a way are dropped: they never fall back to the IGP's (RFC 9350 §14)."""
        plane, end, head = self._planes.get(segment.algo), segment.node, self.network.head
        if plane is None:
            return down(0)
        tree, can_route = plane.igp.towards_node(end, outage), plane.can_route
        dependence = tree.footprint(start) | self.network.node_bit(end) if outage is NORMAL else 0
        trails = plane.trails(start, end, outage)
        if trails is not None:
            return Followed(Health.UP, trails, dependence)
        if end in outage.nodes or tree.distance(start) == UNREACHABLE or not can_route[end]:
            return Followed(Health.DOWN, (), dependence)
        found: list[Trail] = []
        has_gap = False
        pending: list[tuple[int, Arcs, Fraction]] = [(start, (), WHOLE)]
        while pending:
            node, arcs, share = pending.pop()
            if not can_route[node]:
                has_gap = True
            elif node == end:
                found.append(Trail(arcs, share))
            else:
                taken = tree.next_arcs(node)
                part = share if len(taken) == 1 else share / len(taken)
                pending += [(head[arc], (*arcs, arc), part) for arc in taken]
            if len(found) + len(pending) > MOST_TRAILS:
                return Followed(Health.UP, (), dependence, Mishap.WIDTH)
        if has_gap:
            return Followed(Health.TORN, (), dependence, Mishap.TORN) if found else down(dependence)
        return Followed(Health.UP, tuple(found), dependence)

    def encode(
        self,
        start: int,
        arcs: Arcs,
        pinned: frozenset[int],
        stops: frozenset[int] = frozenset(),
        *,
        is_strict: bool = False,
        algorithms: Sequence[int] = (),
    ) -> SegmentList | None:
        """Return the shortest segment list that makes packets take a path, None where nodes on it do no segment routing.

        At each node the farthest one is taken to which the only way of the IGP, or of one of `algorithms`, in the normal
        state, is the path itself; else one adjacency segment. This greedy choice is optimal: a part of an only shortest path
        is an only shortest path, so taking less never helps later (Giorgetti et al., Path Encoding in Segment Routing,
        GLOBECOM 2015). Links that are `pinned` get an adjacency segment each, so that the list goes down with them; with
        `is_strict` no node segment is the IGP's. No segment leads past one of the nodes `stops`.
        """
        numbers = (*(() if is_strict else (0,)), *algorithms)
        key = start, arcs, pinned, stops, numbers
        found = self._encoded.get(key)
        if found is None:
            found = self._encode(start, arcs, pinned, stops, numbers)
            if found is not None:
                if len(self._encoded) >= self._most_lists:
                    self._encoded.clear()
                self._encoded[key] = found
        return found

    def _encode(
        self, start: int, arcs: Arcs, pinned: frozenset[int], stops: frozenset[int], numbers: tuple[int, ...]
    ) -> SegmentList | None:
        """Return the list made anew, as the object by which it is followed already if it is."""
        if self._kernel is None:
            nodes = self.network.nodes_along(start, arcs)
            ends = ends_along(self._planes, nodes, arcs, pinned=pinned, stops=stops, numbers=numbers)
        else:
            ends = self._kernel.encode(start, arcs, pinned, stops, numbers)
        if ends is None:
            return None
        head = self.network.head
        made = tuple(
            [
                Segment(head[arcs[end - 1]], arcs[end - 1]) if algo < 0 else Segment(head[arcs[end - 1]], algo=algo)
                for end, algo in ends
            ]
        )
        known = self._lists.get((start, made))
        return made if known is None else known.segments


def _is_broken(outage: Outage, segment: Segment) -> bool:
    """Return whether no list with a segment is up in a state."""
    return segment.node in outage.nodes or (segment.arc is not None and segment.arc >> 1 in outage.links)


def _lost(start: int, mishap: Mishap, dependence: int) -> Walk:
    return Walk(start, (), {}, dependence, Fault(mishap, start))


def _carried(packets: Packets, end: int, start: int, found: Followed, dependence: int) -> Walk:
    mishap = found.mishap
    if mishap is None:
        for nodes in packets.addresses:
            if end not in nodes:
                mishap = Mishap.NO_ROUTE
    if mishap is not None:
        return _lost(start, mishap, dependence)
    return Walk(start, found.trails, {}, dependence, None)
