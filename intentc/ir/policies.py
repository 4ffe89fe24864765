"""SR policies: at the node where packets enter they are pushed a segment list, which nothing behind it needs to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from intentc.ir.ground import Ground, asked_by, merged
from intentc.ir.model import (
    AlgorithmPolicy,
    BfdReflector,
    Origin,
    PolicySteerRule,
    SrCandidate,
    SrList,
    SrPolicy,
    SrSegment,
    SwitchRule,
)
from intentc.ir.names import color_of, object_name
from intentc.realise.model import CandidatePath, RealisedDemand, SegmentPolicy
from intentc.realise.protection import liveness_interval_us
from intentc.resolve.model import Demand
from intentc.targetkit.flex_algos import HEAD_END
from intentc.targetkit.liveness import LOOPED, REFLECTED
from intentc.values import replace

Item = TypeVar("Item", SrPolicy, AlgorithmPolicy)
_NS_PER_US, _US_PER_MS = 1000, 1000
_CLAUSES = ("via", "latency", "pin", "avoid", "failover")


def lower_policies(ground: Ground) -> Mapping[str, tuple[SrPolicy, ...]]:
    """Return the SR policies by head-end; demands with the same candidate paths share one, whose name tells its content."""
    return _shared(
        ground,
        "policies",
        lambda asked, policy: None if policy.algorithm is not None else _lowered(ground, asked, policy),
    )


def lower_algorithm_policies(ground: Ground) -> Mapping[str, tuple[AlgorithmPolicy, ...]]:
    """Return the policies by head-end that send packets the way of a Flexible Algorithm, shared as SR policies are."""
    return _shared(
        ground,
        "algorithm-policies",
        lambda asked, policy: None if policy.algorithm is None else _ride(ground, asked, policy, policy.algorithm),
    )


def _shared(
    ground: Ground, feature: str, lowered: Callable[[RealisedDemand, SegmentPolicy], Item | None]
) -> Mapping[str, tuple[Item, ...]]:
    """Return what becomes of each policy (None: nothing) by head-end, once each, with all who asked for it."""
    led, (demands, policies, asked, _) = ground.led, _columns(ground)

    def made(at: int) -> list[tuple[tuple[str, str], tuple[tuple[Item, Origin]]]]:
        both = ((policy.node, lowered(led[at], policy)) for policy in _parts(ground, led[at]))
        found = {(node, item.name): item for node, item in both if item is not None}
        return [(place, ((item, asked[at]),)) for place, item in found.items()]

    rows = ground.each(feature, (demands, policies), made)
    shared = ground.known.grouped(feature, rows)
    whole: Mapping[tuple[str, str], Item] = ground.known.by_key(feature, shared, lambda _, users: _with_origin(users))
    by_node: Mapping[str, tuple[Item, ...]] = ground.again(feature, "", (whole,), lambda: _by_node(whole))
    return by_node


def _with_origin(users: Sequence[tuple[Item, Origin]]) -> Item:
    return replace(users[0][0], origin=merged(asked for _, asked in users))


def _by_node(items: Mapping[tuple[str, str], Item]) -> Mapping[str, tuple[Item, ...]]:
    found: dict[str, list[Item]] = {}
    for node, name in sorted(items):
        found.setdefault(node, []).append(items[node, name])
    return {node: tuple(of_node) for node, of_node in found.items()}


def _columns(
    ground: Ground,
) -> tuple[Sequence[Demand], Sequence[object], Sequence[Origin], Sequence[object]]:
    """Return of the demands that are led by policies what is made of them rests on: demands, policies, who asked, and what was chosen."""
    led = ground.led
    demands = ground.each("led demands", (led,), lambda at: led[at].demand)
    return (
        demands,
        ground.each("led policies", (led,), lambda at: led[at].policies),
        ground.each("led asked", (demands,), lambda at: asked_by(demands[at], *_CLAUSES)),
        ground.each("led chosen", (led,), lambda at: led[at].chosen),
    )


def lower_policy_steering(ground: Ground) -> Mapping[str, tuple[PolicySteerRule, ...]]:
    """Return which packets of attached hosts take which policy."""
    led, (demands, policies, _, chosen) = ground.led, _columns(ground)
    before = [()] * len(demands) if ground.rivals.is_empty else list(map(ground.rivals.before, demands))

    def made(at: int) -> list[tuple[str, list[PolicySteerRule]]]:
        return [(policy.node, list(_rules(ground, led[at], policy))) for policy in _led_of(ground, led[at])]

    return ground.grouped("policy-steering", ground.each("policy-steering", (demands, policies, chosen, before), made))


def lower_reflectors(ground: Ground) -> Mapping[str, tuple[BfdReflector, ...]]:
    """Return the reflectors that the S-BFD sessions of policies need at their end points; probes that come back by themselves need none."""
    led, (demands, policies, asked, _) = ground.led, _columns(ground)

    def made(at: int) -> list[tuple[str, tuple[Origin]]]:
        ends = [policy.end_point for policy in _parts(ground, led[at]) if _is_reflected(ground, policy)]
        return [(node, (asked[at],)) for node in dict.fromkeys(ends)]

    asking = ground.grouped("reflectors", ground.each("reflectors", (demands, policies), made))
    return ground.known.by_key("reflectors", asking, lambda node, origins: (_reflector(ground, node, origins),))


def _is_reflected(ground: Ground, policy: SegmentPolicy) -> bool:
    is_looped = ground.can(policy.node, LOOPED)
    return policy.algorithm is None and not is_looped and ground.can(policy.end_point, REFLECTED)


def _reflector(ground: Ground, node: str, asked: Sequence[Origin]) -> BfdReflector:
    return BfdReflector(_discriminator(ground, node), merged(asked))


def _parts(ground: Ground, realised: RealisedDemand) -> list[SegmentPolicy]:
    """Return all that is one policy: where the end point changes, the next one begins."""
    return [part for policy in _led_of(ground, realised) for part in policy.parts]


def _led_of(ground: Ground, realised: RealisedDemand) -> Iterator[SegmentPolicy]:
    return (
        policy
        for policy in realised.policies
        if ground.can(policy.node, "sr-policy" if policy.algorithm is None else HEAD_END)
    )


def _name(ground: Ground, realised: RealisedDemand, policy: SegmentPolicy) -> str:
    """Return a name that other candidate paths do not have: a policy is never changed, traffic moves to a new one."""
    paths = (f"{path.preference}:{_content(path)}" for path in policy.candidates)
    way = () if policy.algorithm is None else (f"algorithm {policy.algorithm}",)
    probed = f"{_dscp(ground, realised)} {policy.back_us}"
    switches = (f"{item.metric}>{item.threshold} {item.count}x{item.interval_ms} {probed}" for item in policy.switches)
    return object_name(policy.end_point, "drop" if policy.is_fail_closed else "open", *way, *paths, *switches)


def _dscp(ground: Ground, realised: RealisedDemand) -> int:
    return ground.classes[realised.demand.traffic_class].dscp


def _content(path: CandidatePath) -> str:
    lists = (f"{item.weight}*{','.join(item.segments)}" for item in path.lists)
    return "+".join(lists) if path.lists else ",".join(path.segments)


def _ride(ground: Ground, realised: RealisedDemand, policy: SegmentPolicy, algorithm: int) -> AlgorithmPolicy:
    name = _name(ground, realised, policy)
    return AlgorithmPolicy(
        name=name,
        color=color_of(name),
        end_point=policy.end_point,
        algorithm=algorithm,
        label=_label(ground, policy.node, policy.end_point, algorithm),
        is_fail_closed=policy.is_fail_closed,
        origin=Origin((), ()),
    )


def _lowered(ground: Ground, realised: RealisedDemand, policy: SegmentPolicy) -> SrPolicy:
    own, name = ground.capabilities[policy.node], _name(ground, realised, policy)
    return SrPolicy(
        name=name,
        color=color_of(name),
        end_point=policy.end_point,
        candidates=tuple(_candidate(ground, policy.node, path) for path in policy.candidates),
        is_fail_closed=policy.is_fail_closed,
        discriminator=_discriminator(ground, policy.end_point),
        interval_us=liveness_interval_us(ground.topology, ground.capabilities, policy.node, policy.end_point),
        multiplier=own.bfd_multiplier,
        origin=Origin((), ()),
        switches=tuple(
            SwitchRule(
                item.metric,
                item.threshold // _NS_PER_US if item.metric == "latency" else item.threshold,
                item.interval_ms * _US_PER_MS,
                item.count,
                _dscp(ground, realised),
                policy.back_us,
            )
            for item in policy.switches
        ),
    )


def _candidate(ground: Ground, head_end: str, path: CandidatePath) -> SrCandidate:
    lists = tuple(SrList(item.weight, _labelled(ground, head_end, item.segments)) for item in path.lists)
    return SrCandidate(path.preference, _labelled(ground, head_end, path.segments), lists)


def _labelled(ground: Ground, head_end: str, segments: tuple[str, ...]) -> tuple[SrSegment, ...]:
    """Return segments with their labels: each is read by the node where the segment before it ends."""
    found: list[SrSegment] = []
    reader = head_end
    for name in segments:
        link, is_adjacency, sender = name.rpartition("@")
        if is_adjacency:
            reader = ground.topology.links[link].other(sender)
            found.append(SrSegment(reader, link, None))
        else:
            node, _, number = name.partition("~")
            algorithm = int(number or 0)
            found.append(SrSegment(node, None, _label(ground, reader, node, algorithm), algorithm))
            reader = node
    return tuple(found)


def _label(ground: Ground, reader: str, node: str, algorithm: int) -> int:
    """Return the label of a node's prefix SID in the SRGB of the node that reads it (RFC 8660, section 2.4)."""
    own, other = ground.topology.nodes[reader].segment_routing, ground.topology.nodes[node].segment_routing
    if own is None or other is None:
        raise ValueError(f"`{reader}` and `{node}` both need segment routing")
    return own.srgb[0] + (other.flex_algos[algorithm] if algorithm else other.index)


def _discriminator(ground: Ground, node: str) -> int:
    """Return the S-BFD discriminator of a node: its IPv4 loopback as a number, unique in the network (RFC 7880, section 3)."""
    loopback = ground.topology.nodes[node].loopback
    if loopback is None:
        raise ValueError(f"`{node}` has no loopback")
    return int(loopback.ip)


def _rules(ground: Ground, realised: RealisedDemand, policy: SegmentPolicy) -> Iterator[PolicySteerRule]:
    meant = policy.candidate or realised.chosen
    sources = [
        candidate.source
        for candidate in realised.demand.candidates
        if candidate.source.node == policy.node and candidate.flows == meant.flows
    ]
    interfaces = tuple(sorted({port for source in sources for port in ground.ports_of(source)}))
    first, *others = (_name(ground, realised, part) for part in policy.parts)
    sent = [found for flow in meant.flows for found in ground.rivals.as_sent(realised.demand, flow, meant.excepted)]
    for flow, excepted in sent if interfaces else ():
        yield PolicySteerRule(
            precedence=realised.demand.precedence,
            flow=flow,
            excepted=excepted,
            interfaces=interfaces,
            policy=first,
            origin=asked_by(realised.demand, *_CLAUSES),
            others=tuple(others),
        )
