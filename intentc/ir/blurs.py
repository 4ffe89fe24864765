"""Packets that routers behind the marking cannot tell apart, as they differed in code points alone, and are led apart there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter

from intentc.diagnostics import Diagnostic, Findings, Label
from intentc.ir.ground import Ground
from intentc.ir.model import DeviceConfig, FenceRule, Origin, SteerRule
from intentc.ir.rivals import are_coded, is_coded, packets_of, still_seen
from intentc.realise.model import Path, RealisedDemand
from intentc.resolve.model import Demand, Flow
from intentc.resolve.packets import Box, box, meet, remainder
from intentc.values import replace

_PRECEDENCE = attrgetter("precedence")
_Hop = tuple[str, str | None, str]  # a node, the link that packets came by, the link that they leave by


def check_blurs(ground: Ground, devices: Mapping[str, DeviceConfig], findings: Findings) -> None:
    """Report (E0690) demands whose packets would meet rules of others where they go, once for each two intents."""
    told: set[tuple[str, str]] = set()
    for item in _blurred(ground):
        for node, origin in _strangers(ground, devices, item):
            pair = item.demand.intent, origin.intents[0]
            if pair not in told:
                told.add(pair)
                findings.add(_finding(item.demand, node, origin))


def _blurred(ground: Ground) -> Iterator[RealisedDemand]:
    """Yield the demands some packets of which, or of others with the same addresses and ports, are told by their code points."""
    rivals, keys = ground.rivals, set[str]()
    for demand in () if rivals.is_empty else filter(is_coded, ground.asked):
        if near := rivals.near(demand):
            keys |= {demand.key, *(other.key for other in near)}
    return (item for item in ground.demands if item.demand.key in keys) if keys else iter(())


def _strangers(
    ground: Ground, devices: Mapping[str, DeviceConfig], item: RealisedDemand
) -> Iterator[tuple[str, Origin]]:
    """Yield who has a rule that packets of a demand meet on a way of theirs, and where."""
    normally = item.chosen.destination.node
    ways = [(normally, item.primary), *((result.destination, result.paths) for result in item.states)]
    hops = {(end, hop): None for end, paths in ways for path in paths if not any(path.labels) for hop in _hops(path)}
    for end, (node, ingress, egress) in hops:
        config = devices.get(node)
        if config is None or not (config.steering or config.fences):
            continue
        links = ground.topology.links
        came = None if ingress is None else links[ingress].end(node).interface
        left = links[egress].end(node).interface
        for family, packets in _packets(ground, item.demand, end):
            if came is not None:
                rules = [rule for rule in config.steering if came in rule.interfaces and rule.flow.family == family]
                yield from ((node, origin) for origin in _steered(sorted(rules, key=_PRECEDENCE), item.demand, packets))
            for fence in config.fences:
                if left in fence.interfaces and fence.flow.family == family and _caught(fence, packets):
                    yield node, fence.origin


def _hops(path: Path) -> Iterator[_Hop]:
    return zip(path.nodes, (None, *path.links), path.links, strict=False)


def _packets(ground: Ground, demand: Demand, end: str) -> Iterator[tuple[int, list[Box]]]:
    """Yield the packets to an end as they are marked, by family, but for those that others have."""
    before = [item for other in ground.rivals.before(demand) for item in packets_of(other)]
    for candidate in demand.candidates:
        if candidate.destination.node == end:
            for flow in candidate.flows:
                holes = [box(other) for other in still_seen(candidate.excepted) if other.family == flow.family]
                holes += [piece for item in before if item[0].family == flow.family for piece in _visible(*item)]
                points = ground.points[demand.traffic_class]
                marked = [box(replace(flow, dscp=point)) for point in points]
                yield flow.family, [piece for whole in marked for piece in remainder(whole, holes)]


def _visible(flow: Flow, excepted: tuple[Flow, ...]) -> list[Box]:
    """Return packets that are seen to be of a flow whatever code point they have."""
    if are_coded((flow, *excepted)):
        return []
    return remainder(box(flow), [box(other) for other in excepted if other.family == flow.family])


def _steered(rules: Sequence[SteerRule], demand: Demand, packets: list[Box]) -> Iterator[Origin]:
    """Yield whose rules packets meet before their own, and are led another way by."""
    own = next((_way(rule) for rule in rules if rule.precedence == demand.precedence), None)
    for rule in rules:
        caught = _caught(rule, packets)
        if caught and _way(rule) != own:
            yield rule.origin
        packets = [piece for part in packets for piece in remainder(part, caught)]


def _way(rule: SteerRule) -> tuple[tuple[str, ...], bool]:
    return rule.waypoints, rule.is_fail_closed


def _caught(rule: SteerRule | FenceRule, packets: Sequence[Box]) -> list[Box]:
    whole, holes = box(rule.flow), [box(other) for other in rule.excepted if other.family == rule.flow.family]
    shared = (meet(part, whole) for part in packets)
    return [piece for part in shared if part is not None for piece in remainder(part, holes)]


def _finding(demand: Demand, node: str, origin: Origin) -> Diagnostic:
    other = origin.intents[0]
    return Diagnostic(
        "E0690",
        f"on `{node}` packets of `{demand.intent}` cannot be told from those of `{other}`, which go another way: what sets them"
        " apart is the code point that hosts send, and both have that of their class there",
        demand.span,
        related=tuple(Label(span, f"`{other}` asks for another way here") for span in origin.spans[:1]),
        help=("give one of the intents another class, or match their packets by addresses, protocols or ports",),
        intent=demand.intent,
        node=node,
    )
