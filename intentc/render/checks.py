"""Whether the devices can carry what was placed: what they cannot express is a finding at the clause that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from intentc.diagnostics import Diagnostic, Findings, Label, Span
from intentc.realise.model import Realised, RealisedDemand, SegmentPolicy
from intentc.realise.results import ways_of
from intentc.realise.seen import LastSeen
from intentc.recall import Recall
from intentc.render.hardware import (
    check_device_classes,
    check_link_addresses,
    check_meter_ports,
    check_port_names,
)
from intentc.render.limits import DEFAULT_CLASS, check_loopbacks, check_ports, check_queues, check_tables, clause
from intentc.render.placed import Placed
from intentc.render.support import support
from intentc.render.switching import check_switches
from intentc.render.telemetry import check_counting, check_probes, check_streaming
from intentc.resolve.model import Demand, TrafficClass
from intentc.targetkit.flex_algos import HEAD_END
from intentc.targetkit.liveness import REFLECTED
from intentc.targetkit.model import Capabilities
from intentc.topology.model import Topology
from intentc.values import frozen

_BLOCKS = {
    "counting": "counting at the destination",
    "early-drop": "dropping packets of a class before its queue is full",
    "ecn": "explicit congestion notification",
    "flex-algo": "sending packets the way of a Flexible Algorithm",
    "fence": "dropping at the border of what is allowed",
    "isolation": "default-deny isolation",
    "ipv6": "IPv6",
    "lossless": "a lossless class",
    "marking": "classification and marking at the edge",
    "metering": "re-marking and policing at the edge",
    "queueing": "queueing by class",
    "probing": "measuring delay",
    "reflecting": "answering delay measurements",
    "revert": "a revert timer",
    "sbfd": "answering S-BFD, by which SR policies live,",
    "sr-policy": "an SR policy",
    "sr-policy-ipv6": "an SR policy for IPv6 packets",
    "ti-lfa": "local repair (TI-LFA)",
    "steering": "steering off the IGP's own path",
    "health-check": "asking whether a replica lives",
    "switching": "leaving a path that is up but slow or lossy",
    "switching-loss": "leaving a path that is up but slow or lossy",
    "weighted-lists": "several segment lists with weights",
}


# what a demand asks of the node where it enters, and by which clause: where it is marked, where its rate is limited
_OF_ENDS: Mapping[tuple[bool, bool], Mapping[str, str]] = {
    (is_marked, is_limited): {
        **({"marking": "priority"} if is_marked else {}),
        **({"metering": "bandwidth"} if is_limited else {}),
    }
    for is_marked in (False, True)
    for is_limited in (False, True)
}


@frozen
class _Need:
    """An intent needs a feature of a node, because of the clause at `span`."""

    intent: str
    feature: str
    node: str
    span: Span
    head_end: str | None = None  # of the policy that ends at the node


Known = Recall[Any]  # by demand, what its nodes have not, and what the checks look at


class _Lacking:
    """The nodes that have not some of several features: mostly none, whatever the ends and paths of a demand are."""

    def __init__(self, topology: Topology, capabilities: Capabilities) -> None:
        self._capabilities = capabilities
        self._every = list(topology.nodes)
        self._configured = {name for name, node in topology.nodes.items() if node.platform != "none"}
        self._known: dict[tuple[str, ...], frozenset[str]] = {}

    def configured(self, features: tuple[str, ...]) -> frozenset[str]:
        """Return the configured nodes that lack any of the features."""
        lacking = self.any_of(features)
        return lacking & self._configured if lacking else lacking

    def any_of(self, features: tuple[str, ...]) -> frozenset[str]:
        """Return the nodes that lack any of the features; those that nobody configures lack all."""
        if features not in self._known:
            self._known[features] = frozenset(
                node
                for node in self._every
                if not all(support(self._capabilities, node, feature).is_supported for feature in features)
            )
        return self._known[features]


def check_capabilities(
    realised: Realised,
    capabilities: Capabilities,
    findings: Findings,
    known: Known | None = None,
    last_seen: LastSeen | None = None,
) -> None:
    """Report everything placed that its devices cannot carry; one finding for each intent and building block.

    E0610: a feature is missing at a node. E0612: a port of a real device has no name. E0614: too many classes. E0622, E0623: no path
    to switch to, or not as it is written (switching.py). W0616: telemetry is counters only. W0617: nobody measures delay. W0618:
    nobody counts what arrives.
    E0632 to E0635: what the hardware cannot have (hardware.py).
    `known`: what the last check of much the same program has found of each demand, `last_seen`: these demands.
    """
    known, model = Recall() if known is None else known, realised.model
    platforms = [(name, node.platform) for name, node in model.topology.nodes.items()]
    known.begin(capabilities, facts=(model.classes, model.services, platforms))
    placed = Placed(realised, known, last_seen)
    _check_features(placed, capabilities, findings, known)
    for check in CHECKS:
        check(placed, capabilities, findings)


def _check_features(placed: Placed, capabilities: Capabilities, findings: Findings, known: Known) -> None:
    realised, demands = placed.realised, placed.demands
    lacking: _Lacking = known.of("lacking", (), lambda: _Lacking(realised.model.topology, capabilities))

    def unmet(needs: Iterable[_Need]) -> tuple[_Need, ...]:
        return tuple(
            need
            for need in dict.fromkeys(needs)
            if not support(capabilities, need.node, need.feature, need.head_end).is_supported
        )

    each = known.each("demands", (demands,), lambda at: unmet(_demand_needs(realised, demands[at], lacking)))
    found = list(chain.from_iterable(known.those("unmet", each, bool)))
    found += unmet(_isolation_needs(realised))
    missing: dict[tuple[str, str], list[_Need]] = {}
    for need in dict.fromkeys(found):
        missing.setdefault((need.intent, need.feature), []).append(need)
    for needs in missing.values():
        _report_missing(realised, capabilities, needs, findings)


def _report_missing(realised: Realised, capabilities: Capabilities, needs: list[_Need], findings: Findings) -> None:
    first = needs[0]
    found = support(capabilities, first.node, first.feature, first.head_end)
    platform = capabilities[first.node].platform if first.node in capabilities else "none"
    nodes = {need.node: realised.model.topology.nodes[need.node].span for need in needs}
    others = f" and {len(nodes) - 1} more nodes" if len(nodes) > 2 else " and one more node" if len(nodes) == 2 else ""
    findings.add(
        Diagnostic(
            "E0610",
            f"{_BLOCKS[first.feature]} is not possible at `{first.node}`{others} of platform `{platform}`: {found.reason}",
            first.span,
            related=tuple(Label(span, f"the node `{name}`") for name, span in nodes.items()),
            help=(found.instead,),
            intent=first.intent,
            node=first.node,
        )
    )


def _demand_needs(realised: Realised, item: RealisedDemand, lacking: _Lacking) -> Iterator[_Need]:
    """Yield what a placed demand needs of which node; of its ends and the nodes on its paths, only where one of them lacks something."""
    yield from _edge_needs(realised, item.demand, lacking)
    yield from _path_needs(realised, item, lacking)


def _isolation_needs(realised: Realised) -> Iterator[_Need]:
    """Yield what the isolation needs of which node."""
    for isolation in realised.model.isolations:
        for node in isolation.nodes:
            yield _Need(isolation.intents[0], "isolation", node, isolation.span)


def _edge_needs(realised: Realised, demand: Demand, lacking: _Lacking) -> Iterator[_Need]:
    own = realised.model.classes[demand.traffic_class]
    is_limited = demand.ceiling_bps is not None or (demand.bandwidth_bps > 0 and own.over_dscp != own.dscp)
    asked = _OF_ENDS[own.name != DEFAULT_CLASS, is_limited]
    if short := lacking.any_of(tuple(asked)):
        for node in sorted({candidate.source.node for candidate in demand.candidates} & short):
            for feature, named in asked.items():
                yield _Need(demand.intent, feature, node, clause(demand, named))


def _path_needs(realised: Realised, item: RealisedDemand, lacking: _Lacking) -> Iterator[_Need]:
    demand = item.demand
    for rule in item.steering:
        yield _Need(demand.intent, "steering", rule.node, clause(demand, "via", "latency", "pin", "avoid", "failover"))
    for policy in item.policies:
        yield from _policy_needs(realised, item, policy)
    yield from _repair_needs(item)
    yield from _probe_needs(realised, item)
    own = realised.model.classes[demand.traffic_class]
    if own.is_lossless:  # one hop that drops is one too many, whoever runs it
        for node in sorted(_nodes(item)):
            yield _Need(demand.intent, "lossless", node, own.span or clause(demand, "priority"))
    asked = _asked_of_each(demand, own)
    short = lacking.configured(asked)
    for node in sorted(_nodes(item) & short) if short else ():
        for feature in asked:
            yield _Need(demand.intent, feature, node, _where_asked(feature, demand, own))


def _asked_of_each(demand: Demand, own: TrafficClass) -> tuple[str, ...]:
    """Return what a demand asks of every configured node on its paths."""
    failover = demand.failover
    is_held = failover is not None and failover.is_revert_written and failover.revert_ns != 0
    if not (own.is_ecn or own.drops_early or is_held):
        return ("queueing",)
    asked = {"queueing": True, "ecn": own.is_ecn, "early-drop": own.drops_early, "revert": is_held}
    return tuple(feature for feature, is_asked in asked.items() if is_asked)


def _where_asked(feature: str, demand: Demand, own: TrafficClass) -> Span:
    if feature == "revert" and demand.failover is not None:
        return demand.failover.span
    if feature == "queueing":
        return clause(demand, "priority", "bandwidth")
    return own.span or clause(demand, "priority")


def _policy_needs(realised: Realised, item: RealisedDemand, policy: SegmentPolicy) -> Iterator[_Need]:
    demand = item.demand
    span = clause(demand, "via", "latency", "pin", "avoid", "failover")
    yield _Need(demand.intent, "sr-policy" if policy.algorithm is None else HEAD_END, policy.node, span)
    if any(path.lists for path in policy.candidates):
        yield _Need(demand.intent, "weighted-lists", policy.node, clause(demand, "spread"))
    if policy.algorithm is None and any(flow.family != 4 for flow in (policy.candidate or item.chosen).flows):
        yield _Need(demand.intent, "sr-policy-ipv6", policy.node, span)
    for part in policy.parts if policy.algorithm is None else ():
        if realised.model.topology.nodes[part.end_point].platform != "none":
            yield _Need(demand.intent, REFLECTED, part.end_point, span, policy.node)


def _repair_needs(item: RealisedDemand) -> Iterator[_Need]:
    for repair in item.protection.repairs if item.protection is not None else ():
        yield _Need(item.demand.intent, "ti-lfa", repair.node, clause(item.demand, "failover"))


def _probe_needs(realised: Realised, item: RealisedDemand) -> Iterator[_Need]:
    """Yield who leaves a path that is up, and the routers beside replicas: they ask, and take the route away."""
    demand = item.demand
    if demand.failover is not None and demand.failover.switches:
        node, told = item.chosen.source.node, {switch.metric: switch.span for switch in demand.failover.switches}
        if "latency" in told:
            yield _Need(demand.intent, "switching", node, told["latency"])
        if "loss" in told:
            yield _Need(demand.intent, "switching-loss", node, told["loss"])
    for name in demand.services:
        facts = realised.model.services.get(name)
        if facts is not None and facts.health_port is not None:
            for node in sorted(facts.hosts):
                yield _Need(demand.intent, "health-check", node, facts.span)


def _nodes(item: RealisedDemand) -> set[str]:
    every = {id(paths): paths for paths in (item.primary, *ways_of(item.states))}
    return {node for paths in every.values() for path in paths for node in path.nodes}


# each looks at one kind of limit, after the features; the order is that of the findings of one place
CHECKS: tuple[Callable[[Placed, Capabilities, Findings], None], ...] = (
    check_switches,
    check_tables,
    check_queues,
    check_ports,
    check_loopbacks,
    check_port_names,
    check_device_classes,
    check_meter_ports,
    check_link_addresses,
    check_streaming,
    check_probes,
    check_counting,
)
