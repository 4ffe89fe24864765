"""Whether the devices can carry what was placed: what they cannot express is a finding at the clause that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from intentc.diagnostics import Diagnostic, Findings, Label, Span
from intentc.realise.model import Realised, RealisedDemand
from intentc.resolve.model import Demand, TrafficClass
from intentc.targetkit.model import Capabilities, Support
from intentc.topology.model import Node

DEFAULT_CLASS = "default"  # what no intent names needs no marking
_BLOCKS = {
    "counting": "counting at the destination",
    "ecn": "explicit congestion notification",
    "fence": "dropping at the border of what is allowed",
    "isolation": "default-deny isolation",
    "ipv6": "IPv6",
    "lossless": "a lossless class",
    "marking": "classification and marking at the edge",
    "metering": "re-marking and policing at the edge",
    "queueing": "queueing by class",
    "revert": "a revert timer",
    "steering": "steering off the IGP's own path",
}
_UNCONFIGURED = Support(
    is_supported=False,
    reason="nobody configures it",
    instead="write the platform of the node, or attach this end to a node that is configured",
)


@dataclass(frozen=True, slots=True)
class _Need:
    """An intent needs a feature of a node, because of the clause at `span`."""

    intent: str
    feature: str
    node: str
    span: Span


def check_capabilities(realised: Realised, capabilities: Capabilities, findings: Findings) -> None:
    """Report everything placed that its devices cannot carry; one finding for each intent and building block.

    E0610: a feature is missing at a node. E0611, E0614: too many tables or classes. E0612: a port of a real device has no
    name. E0613: a waypoint has no loopback of the family. W0616: telemetry is counters only.
    """
    for check in CHECKS:
        check(realised, capabilities, findings)


def _check_features(realised: Realised, capabilities: Capabilities, findings: Findings) -> None:
    missing: dict[tuple[str, str], list[_Need]] = {}
    for need in dict.fromkeys(_needs(realised)):
        if not _support(capabilities, need).is_supported:
            missing.setdefault((need.intent, need.feature), []).append(need)
    for needs in missing.values():
        _report_missing(realised, capabilities, needs, findings)


def _report_missing(realised: Realised, capabilities: Capabilities, needs: list[_Need], findings: Findings) -> None:
    first = needs[0]
    support = _support(capabilities, first)
    platform = capabilities[first.node].platform if first.node in capabilities else "none"
    nodes = {need.node: realised.model.topology.nodes[need.node].span for need in needs}
    others = f" and {len(nodes) - 1} more nodes" if len(nodes) > 2 else " and one more node" if len(nodes) == 2 else ""
    findings.add(
        Diagnostic(
            "E0610",
            f"{_BLOCKS[first.feature]} is not possible at `{first.node}`{others} of platform `{platform}`: {support.reason}",
            first.span,
            related=tuple(Label(span, f"the node `{name}`") for name, span in nodes.items()),
            help=(support.instead,),
            intent=first.intent,
            node=first.node,
        )
    )


def _support(capabilities: Capabilities, need: _Need) -> Support:
    own = capabilities.get(need.node)
    if own is None or own.platform == "none":
        return _UNCONFIGURED
    missing = Support(
        is_supported=False, reason=f"`{own.platform}` has nothing for it", instead="use another platform there"
    )
    return own.features.get(need.feature, missing)


def _needs(realised: Realised) -> Iterator[_Need]:
    """Yield what the placed demands and the isolation need of which node."""
    for item in realised.demands.values():
        yield from _edge_needs(realised, item.demand)
        yield from _path_needs(realised, item)
    for isolation in realised.model.isolations:
        for node in isolation.nodes:
            yield _Need(isolation.intents[0], "isolation", node, isolation.span)


def _edge_needs(realised: Realised, demand: Demand) -> Iterator[_Need]:
    own = realised.model.classes[demand.traffic_class]
    is_limited = demand.ceiling_bps is not None or (demand.bandwidth_bps > 0 and own.over_dscp != own.dscp)
    for node in sorted({candidate.source.node for candidate in demand.candidates}):
        if own.name != DEFAULT_CLASS:
            yield _Need(demand.intent, "marking", node, clause(demand, "priority"))
        if is_limited:
            yield _Need(demand.intent, "metering", node, clause(demand, "bandwidth"))


def _path_needs(realised: Realised, item: RealisedDemand) -> Iterator[_Need]:
    demand = item.demand
    for rule in item.steering:
        yield _Need(demand.intent, "steering", rule.node, clause(demand, "via", "latency", "pin", "avoid", "failover"))
    own = realised.model.classes[demand.traffic_class]
    for node in _configured_nodes(realised, item):
        yield from _class_needs(demand, own, node)
        if demand.failover is not None and demand.failover.is_revert_written and demand.failover.revert_ns != 0:
            yield _Need(demand.intent, "revert", node, demand.failover.span)


def _class_needs(demand: Demand, own: TrafficClass, node: str) -> Iterator[_Need]:
    if own.is_ecn:
        yield _Need(demand.intent, "ecn", node, own.span or clause(demand, "priority"))
    if own.is_lossless:
        yield _Need(demand.intent, "lossless", node, own.span or clause(demand, "priority"))


def _configured_nodes(realised: Realised, item: RealisedDemand) -> list[str]:
    """Return the nodes on the demand's paths that are configured, sorted."""
    paths = [*item.primary, *(path for state in item.states for path in state.paths)]
    nodes = {node for path in paths for node in path.nodes}
    return sorted(node for node in nodes if realised.model.topology.nodes[node].platform != "none")


def clause(demand: Demand, *names: str) -> Span:
    """Return where the first of the clauses stands that the demand has, else the intent."""
    return next((demand.clause_spans[name] for name in names if name in demand.clause_spans), demand.span)


def _check_tables(realised: Realised, capabilities: Capabilities, findings: Findings) -> None:
    """Report nodes with more distinct waypoint lists than they have tables, at the first intent beyond the limit."""
    tables: dict[str, dict[tuple[tuple[str, ...], bool], Demand]] = {}
    for item in realised.demands.values():
        for rule in item.steering:
            tables.setdefault(rule.node, {}).setdefault((rule.waypoints, rule.is_fail_closed), item.demand)
    for node, lists in sorted(tables.items()):
        most = capabilities[node].max_steering_tables if node in capabilities else 0
        if len(lists) > most > 0:
            beyond = list(lists.values())[most]
            findings.error(
                "E0611",
                f"`{node}` would need {len(lists)} steering tables and has {most}",
                clause(beyond, "via", "latency", "pin", "avoid"),
                intent=beyond.intent,
                node=node,
                help=("let intents share their paths, or leave latency room for the IGP's own path",),
            )


def _check_queues(realised: Realised, capabilities: Capabilities, findings: Findings) -> None:
    """Report nodes where more classes meet on one link than a port has queues (one is the default class's)."""
    classes: dict[str, dict[str, set[str]]] = {}
    for item in realised.demands.values():
        for path in item.primary:
            for node, link in zip(path.nodes, path.links, strict=False):
                classes.setdefault(node, {}).setdefault(link, set()).add(item.demand.traffic_class)
    for node, links in sorted(classes.items()):
        most = capabilities[node].max_queues if node in capabilities else 0
        for link, used in sorted(links.items()):
            count = len(used | {DEFAULT_CLASS})
            if count > most > 0:
                findings.error(
                    "E0614",
                    f"{count} classes use link `{link}`, and a port of `{node}` has {most} queues",
                    realised.model.topology.links[link].span,
                    node=node,
                    help=("let intents share classes",),
                )


def _check_ports(realised: Realised, _: Capabilities, findings: Findings) -> None:
    """Report unnamed ports of real devices, as soon as anything is asked of the network."""
    topology = realised.model.topology
    if not realised.demands and not realised.model.isolations:
        return
    for node in topology.nodes.values():
        if node.management is not None and node.platform != "none":
            for span, what in _unnamed(realised, node):
                findings.error(
                    "E0612",
                    f"the port of `{node.name}` for {what} has no name",
                    span,
                    node=node.name,
                    help=("write its `interface` as the device calls it",),
                )


def _unnamed(realised: Realised, node: Node) -> Iterator[tuple[Span, str]]:
    for attachment in node.attached:
        if attachment.interface is None:
            yield attachment.span, f"`{attachment.prefix}`"
    for link in realised.model.topology.links_of[node.name]:
        if link.end(node.name).interface is None:
            yield link.span, f"the link `{link.id}`"


def _check_loopbacks(realised: Realised, _: Capabilities, findings: Findings) -> None:
    """Report waypoints that packets of a family cannot be steered to, once for each intent and waypoint."""
    nodes = realised.model.topology.nodes
    reported: set[tuple[str, str, int]] = set()
    for item in realised.demands.values():
        families = sorted({flow.family for flow in item.chosen.flows})
        for waypoint in dict.fromkeys(name for rule in item.steering for name in rule.waypoints):
            node = nodes[waypoint]
            for family in families:
                loopback = node.loopback if family == 4 else node.loopback6
                key = (item.demand.intent, waypoint, family)
                if loopback is None and key not in reported:
                    reported.add(key)
                    _report_loopback(item.demand, node, family, findings)


def _report_loopback(demand: Demand, node: Node, family: int, findings: Findings) -> None:
    field = "loopback" if family == 4 else "loopback6"
    findings.add(
        Diagnostic(
            "E0613",
            f"IPv{family} packets cannot be steered over `{node.name}`, which has no `{field}`",
            clause(demand, "via", "latency", "pin", "avoid"),
            related=(Label(node.span, "this node"),),
            help=(f"give `{node.name}` a `{field}` that the IGP announces",),
            intent=demand.intent,
            node=node.name,
        )
    )


def _check_telemetry(realised: Realised, capabilities: Capabilities, findings: Findings) -> None:
    """Warn of intents with telemetry whose nodes stream nothing."""
    asking = {intent.name: intent.telemetry for intent in realised.model.intents if intent.telemetry is not None}
    for name, telemetry in asking.items():
        nodes = sorted(
            {node for item in realised.demands.values() if item.demand.intent == name for node in _ends(item)}
        )
        silent = [
            node
            for node in nodes
            if not _support(capabilities, _Need(name, "streaming", node, telemetry.span)).is_supported
        ]
        if silent:
            support = _support(capabilities, _Need(name, "streaming", silent[0], telemetry.span))
            findings.add(
                Diagnostic(
                    "W0616",
                    f"telemetry of `{name}` is counters only at `{silent[0]}`: {support.reason}",
                    telemetry.span,
                    help=(support.instead,),
                    intent=name,
                    node=silent[0],
                )
            )


def _ends(item: RealisedDemand) -> set[str]:
    return {end.node for candidate in item.demand.candidates for end in (candidate.source, candidate.destination)}


# each looks at one kind of limit; the order is that of the findings of one place
CHECKS: tuple[Callable[[Realised, Capabilities, Findings], None], ...] = (
    _check_features,
    _check_tables,
    _check_queues,
    _check_ports,
    _check_loopbacks,
    _check_telemetry,
)
