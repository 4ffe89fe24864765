"""What workers need of a network and of placed demands, as plain values, and back: indices and names, no objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from intentc.assertions.follow import Levels, Steering
from intentc.assertions.policies import Views
from intentc.assertions.states import Order, Single
from intentc.assertions.tracks import Course, Track
from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage
from intentc.forwarding.policy import Policy, Segment
from intentc.topology.model import Routing, Topology
from intentc.values import replace

PlainNetwork = tuple[
    tuple[str, ...],  # nodes
    tuple[int, ...],  # per arc: its tail
    tuple[tuple[int, ...], ...],  # per node: the arcs that leave it
    tuple[tuple[int, ...], ...],  # per node: the arcs that enter it
    tuple[int, ...],  # per arc: its metric
    tuple[bool, ...],  # per node: whether it has transit
    tuple[bool, ...],  # per node: whether it has overload
    frozenset[int],  # drained links
]
PlainOutage = tuple[tuple[int, ...], tuple[int, ...]]  # nodes and links, sorted
PlainSingles = tuple[tuple[str, tuple[tuple[str, PlainOutage], ...]], ...]  # by kind: id and elements
PlainSegment = tuple[int, int | None, int]  # node, arc, algorithm
PlainList = tuple[int, tuple[PlainSegment, ...]]  # weight, segments
PlainPolicy = tuple[int, tuple[tuple[PlainList, ...], ...]]  # node; the segment lists of each candidate
_Arcs = tuple[tuple[int, ...], ...]
PlainViews = tuple[
    tuple[bool, ...],  # which nodes route by segments
    tuple[
        tuple[int, _Arcs, _Arcs, tuple[int, ...], tuple[bool, ...]], ...
    ],  # per algorithm: its number, arcs that leave and enter, metric, participants
]
PlainCourse = tuple[
    tuple[int, ...],  # sources
    tuple[frozenset[int], ...],  # their access
    frozenset[int],  # accepted
    tuple[Levels, ...],  # kinds
    tuple[tuple[tuple[int, int], tuple[int, ...]], ...],  # rules
    bool,  # is_fail_closed
    tuple[PlainPolicy, ...],
]
PlainTrack = tuple[str, str | None, tuple[PlainCourse, ...], frozenset[int]]

# What is known of a network where states are looked at: nothing of its text.
_UNKNOWN = Topology("", {}, Routing("isis", is_managed=False, bfd=None, span=None), {}, {}, {}, {})


def pack_network(network: Network) -> PlainNetwork:
    """Return the arrays that routing and reachability rest on."""
    return (
        network.nodes,
        network.tail,
        network.leaving,
        network.entering,
        network.metric,
        network.has_transit,
        network.has_overload,
        network.drained,
    )


def unpack_network(plain: PlainNetwork) -> Network:
    """Return a network for routing and reachability; its links have no names, times, capacities or topology."""
    nodes, tail, leaving, entering, metric, has_transit, has_overload, drained = plain
    return Network(
        topology=_UNKNOWN,
        nodes=nodes,
        links=("",) * (len(tail) // 2),
        node_index={name: index for index, name in enumerate(nodes)},
        link_index={},
        tail=tail,
        head=tuple(tail[arc ^ 1] for arc in range(len(tail))),
        leaving=leaving,
        entering=entering,
        metric=metric,
        has_transit=has_transit,
        has_overload=has_overload,
        drained=drained,
        propagation_ns=(),
        packet_units=(),
        units_per_us=1,
        capacity_bps=(),
        background_bps=(),
        under={},
        above={},
    )


def pack_views(views: Views) -> PlainViews:
    """Return what the views of Flexible Algorithms have of their own."""
    others = (
        (number, network.leaving, network.entering, network.metric, can_route)
        for number, (network, can_route) in sorted(views.items())
        if number
    )
    return views[0][1], tuple(others)


def unpack_views(plain: PlainViews, network: Network) -> Views:
    """Return the network as each algorithm sees it."""
    can_route, others = plain
    found = {0: (network, can_route)}
    for number, leaving, entering, metric, has_part in others:
        found[number] = replace(network, leaving=leaving, entering=entering, metric=metric), has_part
    return found


def pack_outage(outage: Outage) -> PlainOutage:
    """Return what is down."""
    return tuple(sorted(outage.nodes)), tuple(sorted(outage.links))


def unpack_outage(plain: PlainOutage, network: Network, name: str = "") -> Outage:
    """Return what is down; not the object that the normal state is, nor one that others have of the same elements."""
    nodes, links = plain
    mask = sum(map(network.link_bit, links)) + sum(map(network.node_bit, nodes))
    return Outage(name, frozenset(nodes), frozenset(links), mask)


def pack_singles(orders: Iterable[Order], singles: Mapping[str, tuple[Single, ...]]) -> PlainSingles:
    """Return the single failures of the kinds that the orders name."""
    kinds = sorted({kind for order in orders for kind in order})
    return tuple((kind, tuple((one.id, pack_outage(one.outage)) for one in singles[kind])) for kind in kinds)


def unpack_singles(plain: PlainSingles, network: Network) -> Mapping[str, tuple[Single, ...]]:
    """Return the single failures by kind."""
    return {
        kind: tuple(Single(place, name, unpack_outage(down, network, name)) for place, (name, down) in enumerate(found))
        for kind, found in plain
    }


def pack_track(track: Track) -> PlainTrack:
    """Return a demand as simulation needs it."""
    return track.key, track.reply_to, tuple(map(_pack_course, track.courses)), track.fences


def unpack_track(plain: PlainTrack) -> Track:
    """Return a demand as it was packed."""
    key, reply_to, courses, fences = plain
    return Track(key, reply_to, tuple(_unpack_course(course, fences) for course in courses), fences)


def _pack_course(course: Course) -> PlainCourse:
    """Return packets to one replica; the fences are those of the track."""
    steering = course.steering
    return (
        course.sources,
        course.access,
        course.accepted,
        course.kinds,
        tuple(steering.rules.items()),
        steering.is_fail_closed,
        tuple((node, _candidates(policy)) for node, policy in steering.policies.items()),
    )


def _candidates(policy: Policy) -> tuple[tuple[PlainList, ...], ...]:
    return tuple(
        tuple(
            (weight, tuple((segment.node, segment.arc, segment.algo) for segment in segments))
            for segments, weight in policy.lists(position)
        )
        for position in range(len(policy.candidates))
    )


def _unpack_course(plain: PlainCourse, fences: frozenset[int]) -> Course:
    sources, access, accepted, kinds, rules, is_fail_closed, policies = plain
    found = {node: _policy(candidates) for node, candidates in policies}
    return Course(sources, access, accepted, kinds, Steering(dict(rules), fences, is_fail_closed, found))


def _policy(candidates: tuple[tuple[PlainList, ...], ...]) -> Policy:
    lists = [
        tuple((tuple(Segment(*one) for one in segments), weight) for weight, segments in candidate)
        for candidate in candidates
    ]
    splits = tuple((position, found) for position, found in enumerate(lists) if len(found) > 1)
    return Policy(tuple(found[0][0] for found in lists), splits=splits)
