"""Where steered packets go: next hops of access lists, the routes behind them, SR policies and who answers for them.

A next hop is a loopback that is resolved through the IGP, so it follows BFD; a default route does not count, and the first next hop
that is reachable carries. An SR policy is entered by a host route to a reserved address: while the policy is down the route is
gone and packets follow the IGP, unless the policy drops them itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import (
    AlgorithmPolicy,
    DeviceConfig,
    Fleet,
    Origin,
    PolicySteerRule,
    SrCandidate,
    SrList,
    SrPolicy,
    SrSegment,
    SteerRule,
    joined,
)

from . import escape, numbers
from .owned import Candidate, Discriminator, Policy, Remote, Route, Segment, SegmentList, Way

MOST_HOPS = 3
_STEP = 10
_ONLY = 100  # the preference of a candidate path that is the only one
_LENGTHS = {4: 32, 6: 128}
_US_PER_MS = 1000


def hops_of(rule: SteerRule, fleet: Fleet) -> tuple[str, ...]:
    """Return the next hops of a rule; the last one is nowhere if nothing else may happen."""
    found = [_loopback(waypoint, rule.flow.family, fleet) for waypoint in rule.waypoints]
    if rule.is_fail_closed:
        found.append(numbers.NOWHERE[rule.flow.family])
    if len(found) > MOST_HOPS:
        raise ValueError(f"{len(found)} next hops, and an entry has {MOST_HOPS}")
    return tuple(found)


def policy_hops(rule: PolicySteerRule, config: DeviceConfig) -> tuple[str, ...]:
    """Return the addresses by which packets of a rule enter their SR policies: the first whose route is there carries."""
    entries = _entries(config)
    if len(rule.policies) > MOST_HOPS:
        raise ValueError(f"{len(rule.policies)} SR policies, and an entry has {MOST_HOPS} next hops")
    return tuple(numbers.entry_address(entries[name], rule.flow.family) for name in rule.policies)


def _entries(config: DeviceConfig) -> dict[str, int]:
    return numbers.entries_for(escape.object_name(policy.name) for policy in _all(config))


def _all(config: DeviceConfig) -> tuple[SrPolicy | AlgorithmPolicy, ...]:
    """Return the policies of either kind: a route leads into both alike."""
    return *config.policies, *config.algorithm_policies


def _loopback(node: str, family: int, fleet: Fleet) -> str:
    loopback = fleet.loopbacks[node][0 if family == 4 else 1]
    if loopback is None:
        raise ValueError(f"{node} has no loopback for IPv{family}")
    return escape.address(loopback)


def routes(config: DeviceConfig, fleet: Fleet, family: int) -> tuple[Route, ...]:
    """Return the routes behind the reserved addresses that are in use, sorted by address."""
    length = _LENGTHS[family]
    entries = _entries(config)
    policies = {policy.name: policy for policy in _all(config)}
    users: dict[str, list[Origin]] = {}
    for ride in config.policy_steering:
        if ride.flow.family == family and ride.interfaces:
            for name in ride.policies:
                users.setdefault(name, []).append(ride.origin)
    found = [
        Route(
            numbers.entry_address(entries[name], family),
            length,
            policy=runtime_name(policies[name], fleet),
            origin=joined(users[name]),
        )
        for name in users
    ]
    closed = [rule.origin for rule in config.steering if rule.is_fail_closed and rule.flow.family == family]
    if closed:
        found.append(Route(numbers.NOWHERE[family], length, interface="Null0", origin=joined(closed)))
    return tuple(sorted(found, key=lambda route: escape.network(route.address)))


def runtime_name(policy: SrPolicy | AlgorithmPolicy, fleet: Fleet) -> str:
    """Return the name that the router itself gives to a policy, by which routes know it."""
    return f"srte_c_{policy.color}_ep_{_loopback(policy.end_point, 4, fleet)}"


def sr_policies(config: DeviceConfig, fleet: Fleet) -> tuple[Policy, ...]:
    """Return the SR policies by name, those into Flexible Algorithms among them."""
    own = (*(_policy(one, fleet) for one in config.policies), *(_ride(one, fleet) for one in config.algorithm_policies))
    return tuple(sorted(own, key=lambda policy: policy.name))


def _policy(policy: SrPolicy, fleet: Fleet) -> Policy:
    return Policy(
        name=f"{escape.OWN}{escape.object_name(policy.name)}",
        is_dropping=policy.is_fail_closed,
        color=policy.color,
        end_point_kind="end-point-type-ipv4",
        end_point=_loopback(policy.end_point, 4, fleet),
        candidates=tuple(_candidate(policy, one) for one in policy.candidates),
        multiplier=policy.multiplier,
        interval_ms=-(-policy.interval_us // _US_PER_MS),
        when_down="invalid-ation-action-down",
        origin=policy.origin,
    )


def _candidate(policy: SrPolicy, candidate: SrCandidate) -> Candidate:
    """Return a candidate path with its lists: flows are hashed onto those that are up, by their weights."""
    ways = (_way(name, one.weight) for name, one in _named_lists(policy, candidate))
    return Candidate(candidate.preference, tuple(sorted(ways, key=lambda way: way.segment_list)))


def _way(name: str, weight: int = 1) -> Way:
    return Way("explicit", "mpls", name, weight)


def _named_lists(policy: SrPolicy, candidate: SrCandidate) -> Iterator[tuple[str, SrList]]:
    """Yield the lists of a candidate with their names: the first one has that of the candidate."""
    for number, one in enumerate(candidate.lists or (SrList(1, candidate.segments),), 1):
        yield f"{_list_name(policy, candidate)}{'' if number == 1 else f'-{number}'}", one


def _ride(policy: AlgorithmPolicy, fleet: Fleet) -> Policy:
    """Return a policy whose only list is the end point's prefix SID in the algorithm.

    Nothing supervises it: the label leads the algorithm's way, and while that has none the router knows no such label, so the
    policy is invalid.
    """
    name = f"{escape.OWN}{escape.object_name(policy.name)}"
    return Policy(
        name=name,
        is_dropping=policy.is_fail_closed,
        color=policy.color,
        end_point_kind="end-point-type-ipv4",
        end_point=_loopback(policy.end_point, 4, fleet),
        candidates=(Candidate(_ONLY, (_way(_ride_list(policy)),)),),
        origin=policy.origin,
    )


def _ride_list(policy: AlgorithmPolicy) -> str:
    return f"{escape.OWN}{escape.object_name(policy.name)}-{_ONLY}"


def _list_name(policy: SrPolicy, candidate: SrCandidate) -> str:
    return f"{escape.OWN}{escape.object_name(policy.name)}-{candidate.preference}"


def segment_lists(config: DeviceConfig, fleet: Fleet) -> tuple[SegmentList, ...]:
    """Return the segment lists of all candidates by name."""
    explicit = (
        SegmentList(name, tuple(_segments(one.segments, fleet)), policy.origin)
        for policy in config.policies
        for candidate in policy.candidates
        for name, one in _named_lists(policy, candidate)
    )
    rides = (
        SegmentList(_ride_list(policy), (Segment(_STEP, "mpls-label", label=policy.label),), policy.origin)
        for policy in config.algorithm_policies
    )
    return tuple(sorted((*explicit, *rides), key=lambda one: one.name))


def _segments(segments: tuple[SrSegment, ...], fleet: Fleet) -> Iterator[Segment]:
    """Yield the segments: labels as the IR has them (by each node's own SRGB), adjacencies by their far ends' addresses."""
    for number, segment in enumerate(segments, 1):
        if segment.link is None:
            yield Segment(number * _STEP, "mpls-label", label=segment.label)
            continue
        address = fleet.wires[segment.link, segment.node].address
        if address is None:
            raise ValueError(f"{segment.node} has no IPv4 address on {segment.link}")
        yield Segment(number * _STEP, "ip-adjacency-address", address=escape.address(address))


def remotes(config: DeviceConfig, fleet: Fleet) -> tuple[Remote, ...]:
    """Return the discriminators that the end points of the policies answer to, by address."""
    found: dict[str, tuple[set[int], list[Origin]]] = {}
    for policy in config.policies:
        numbers_, origins = found.setdefault(_loopback(policy.end_point, 4, fleet), (set(), []))
        numbers_.add(policy.discriminator)
        origins.append(policy.origin)
    return tuple(
        Remote(address, tuple(map(Discriminator, sorted(found[address][0]))), joined(found[address][1]))
        for address in sorted(found, key=escape.network)
    )


def discriminators(config: DeviceConfig) -> tuple[Discriminator, ...]:
    """Return the numbers to which this node answers."""
    return tuple(Discriminator(one.discriminator, one.origin) for one in config.reflectors)
