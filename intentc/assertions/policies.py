"""Where packets go under an SR policy in one state, also those that do not arrive: every link that any of them runs over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush

from intentc.assertions.journey import Journey
from intentc.forwarding.igp import UNREACHABLE, Igp
from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage
from intentc.forwarding.planes import Plane
from intentc.forwarding.policy import Policy, Segment, SegmentList
from intentc.values import field, frozen, mutable

Views = Mapping[
    int, tuple[Network, tuple[bool, ...]]
]  # the network as each algorithm sees it (0: the IGP), and who routes by it


@frozen
class Router:
    """The shortest paths of the IGP (0) and of each Flexible Algorithm, and which nodes know their labels."""

    planes: Mapping[int, Plane]

    @property
    def igp(self) -> Igp:
        return self.planes[0].igp

    @property
    def can_route(self) -> tuple[bool, ...]:
        return self.planes[0].can_route


def make_router(views: Views) -> Router:
    """Return a router without any routing table yet."""
    return Router({number: Plane(Igp(network), can_route) for number, (network, can_route) in views.items()})


@mutable
class _Trace:
    """What the packets of one segment list touch, node by node; `hops` is the length of the longest way so far."""

    nodes: set[int]
    arcs: set[int] = field(default_factory=set)
    dependence: int = 0
    hops: int = 0
    is_up: bool = True
    is_whole: bool = True


def follow_policy(
    router: Router, policy: Policy, start: int, stops: Iterable[frozenset[int]], outage: Outage
) -> tuple[Journey | None, int]:
    """Return the journey of packets that a policy carries (None: no candidate is up), and the mask of what that depends on.

    They are delivered where the policy ends if that node is in each of `stops`.
    """
    dependence = router.igp.network.node_bit(start)
    for position in range(len(policy.candidates)):
        traces = [_trace(router, start, segments, outage) for segments, _ in policy.lists(position)]
        for trace in traces:
            dependence |= trace.dependence
        up = [trace for trace in traces if trace.is_up]
        if up:
            return _journey(_joined(up), policy.end_of(position), start, stops, dependence), dependence
    return None, dependence


def _joined(traces: Sequence[_Trace]) -> _Trace:
    """Return what the packets of all lists that are up touch."""
    return _Trace(
        nodes=set[int]().union(*(trace.nodes for trace in traces)),
        arcs=set[int]().union(*(trace.arcs for trace in traces)),
        hops=max(trace.hops for trace in traces),
        is_whole=all(trace.is_whole for trace in traces),
    )


def _journey(trace: _Trace, end: int, start: int, stops: Iterable[frozenset[int]], dependence: int) -> Journey:
    is_whole = trace.is_whole and all(end in nodes for nodes in stops)
    return Journey(
        starts=frozenset({start}),
        ends=frozenset({end}) if is_whole else frozenset(),
        nodes=frozenset(trace.nodes),
        arcs=frozenset(trace.arcs),
        is_whole=is_whole,
        most_links=trace.hops if is_whole else 0,
        dependence=dependence,
    )


def _trace(router: Router, start: int, segments: SegmentList, outage: Outage) -> _Trace:
    trace = _Trace({start})
    here = start
    for segment in segments:
        if segment.arc is not None:
            _cross(router, segment.arc, outage, trace)
        else:
            _spread(router, here, segment, outage, trace)
        here = segment.node
        if not trace.is_up:
            break
    return trace


def _cross(router: Router, arc: int, outage: Outage, trace: _Trace) -> None:
    network = router.igp.network
    trace.is_up = arc >> 1 not in outage.links and router.can_route[network.head[arc]]
    if trace.is_up:
        trace.nodes.add(network.head[arc])
        trace.arcs.add(arc)
        trace.dependence |= network.link_bit(arc >> 1) | network.node_bit(network.head[arc])
        trace.hops += 1


def _spread(router: Router, here: int, segment: Segment, outage: Outage, trace: _Trace) -> None:
    """Take the ways of a segment's algorithm to a node; nodes that do not know its labels are as far as packets get."""
    plane = router.planes.get(segment.algo)
    if plane is None:
        trace.is_up = False
        return
    network, tree, can_route = router.igp.network, plane.igp.towards_node(segment.node, outage), plane.can_route
    if segment.node in outage.nodes or tree.distance(here) == UNREACHABLE or not can_route[segment.node]:
        trace.is_up = False
        return
    trace.dependence |= tree.footprint(here) | network.node_bit(segment.node)
    longest = {here: 0}
    pending = [(-tree.distance(here), here)]  # the farthest first: no way leads back to it
    is_there = False
    while pending:
        node = heappop(pending)[1]
        trace.nodes.add(node)
        if not can_route[node]:
            trace.is_whole = False
            continue
        is_there = is_there or node == segment.node
        for arc in tree.next_arcs(node):
            trace.arcs.add(arc)
            head = network.head[arc]
            if head not in longest:
                heappush(pending, (-tree.distance(head), head))
            longest[head] = max(longest.get(head, 0), longest[node] + 1)
    trace.is_up = is_there
    trace.hops += longest.get(segment.node, 0)
