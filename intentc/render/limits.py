"""Numbers and names that bound what devices can be given: tables, queues, ports, loopbacks."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.diagnostics import Findings, Span
from intentc.render.placed import Placed
from intentc.resolve.model import Demand
from intentc.targetkit.model import Capabilities
from intentc.topology.model import Node

DEFAULT_CLASS = "default"  # everything that no intent names


def clause(demand: Demand, *names: str) -> Span:
    """Return where the first of the clauses stands that the demand has, else the intent."""
    return next((demand.clause_spans[name] for name in names if name in demand.clause_spans), demand.span)


def check_tables(placed: Placed, capabilities: Capabilities, _: Findings) -> None:
    """Make sure, before files are made, that no node has more waypoint lists than tables: placement counts them.

    Raises RuntimeError where one has: a mistake of ours, which no change of an intent would mend.
    """
    tables: dict[str, set[tuple[tuple[str, ...], bool]]] = {}
    for item in placed.steered:
        for rule in item.steering:
            tables.setdefault(rule.node, set()).add((rule.waypoints, rule.is_fail_closed))
    for node, lists in sorted(tables.items()):
        most = capabilities[node].max_steering_tables if node in capabilities else 0
        if len(lists) > most > 0:
            raise RuntimeError(f"`{node}` was given {len(lists)} steering tables and has {most}")


def check_queues(placed: Placed, capabilities: Capabilities, findings: Findings) -> None:
    """Report nodes where more classes meet on one link than a port has queues (one is the default class's)."""
    every = placed.classes | {DEFAULT_CLASS}
    few = {name: own.max_queues for name, own in capabilities.items() if 0 < own.max_queues < len(every)}
    classes: dict[str, dict[str, set[str]]] = {}
    for item in placed.demands if few else ():
        for path in item.primary:
            for node, link in zip(path.nodes, path.links, strict=False):
                if node in few:
                    classes.setdefault(node, {}).setdefault(link, set()).add(item.demand.traffic_class)
    for node, links in sorted(classes.items()):
        most = few[node]
        for link, used in sorted(links.items()):
            count = len(used | {DEFAULT_CLASS})
            if count > most:
                findings.error(
                    "E0614",
                    f"{count} classes use link `{link}`, and a port of `{node}` has {most} queues",
                    placed.model.topology.links[link].span,
                    node=node,
                    help=("let intents share classes",),
                )


def check_ports(placed: Placed, _: Capabilities, findings: Findings) -> None:
    """Report unnamed ports of real devices, as soon as anything is asked of the network."""
    topology = placed.model.topology
    if not placed.is_any:
        return
    for node in topology.nodes.values():
        if node.management is not None and node.platform != "none":
            for span, what in _unnamed(placed, node):
                findings.error(
                    "E0612",
                    f"the port of `{node.name}` for {what} has no name",
                    span,
                    node=node.name,
                    help=("write its `interface` as the device calls it",),
                )


def _unnamed(placed: Placed, node: Node) -> Iterator[tuple[Span, str]]:
    for attachment in node.attached:
        if attachment.interface is None:
            yield attachment.span, f"`{attachment.prefix}`"
    for link in placed.model.topology.links_of[node.name]:
        if link.end(node.name).interface is None:
            yield link.span, f"the link `{link.id}`"


def check_loopbacks(placed: Placed, _: Capabilities, __: Findings) -> None:
    """Make sure, before files are made, that each waypoint has a loopback of the packets' families: placement takes no other.

    Raises RuntimeError where one has none, as `check_tables` does.
    """
    nodes = placed.model.topology.nodes
    for item in placed.steered:
        families = sorted({flow.family for flow in item.chosen.flows})
        for waypoint in dict.fromkeys(name for rule in item.steering for name in rule.waypoints):
            loopbacks = {4: nodes[waypoint].loopback, 6: nodes[waypoint].loopback6}
            lacking = [family for family in families if loopbacks[family] is None]
            if lacking:
                raise RuntimeError(f"IPv{lacking[0]} packets are steered over `{waypoint}`, which has no such loopback")
