"""Numbers and names that bound what devices can be given: tables, queues, ports, loopbacks."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.diagnostics import Diagnostic, Findings, Label, Span
from intentc.realise.model import Realised
from intentc.resolve.model import Demand
from intentc.targetkit.model import Capabilities
from intentc.topology.model import Node

DEFAULT_CLASS = "default"  # everything that no intent names


def clause(demand: Demand, *names: str) -> Span:
    """Return where the first of the clauses stands that the demand has, else the intent."""
    return next((demand.clause_spans[name] for name in names if name in demand.clause_spans), demand.span)


def check_tables(realised: Realised, capabilities: Capabilities, findings: Findings) -> None:
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


def check_queues(realised: Realised, capabilities: Capabilities, findings: Findings) -> None:
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


def check_ports(realised: Realised, _: Capabilities, findings: Findings) -> None:
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


def check_loopbacks(realised: Realised, _: Capabilities, findings: Findings) -> None:
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
