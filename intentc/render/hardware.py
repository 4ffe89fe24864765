"""What hardware bounds beyond the features of a platform: names of ports, classes of a device, rates over several ports, addresses of links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from intentc.diagnostics import Diagnostic, Findings, Label, Span
from intentc.ir.ground import DEFAULT_CLASS, Ground
from intentc.ir.usage import find_usage
from intentc.render.limits import clause
from intentc.render.placed import Placed
from intentc.resolve.model import Demand, Scheduling
from intentc.targetkit.model import Capabilities, NodeCapabilities, Support
from intentc.topology.model import Link, Node

_NOTHING = Support(is_supported=False, reason="the platform has nothing for it", instead="use a port of its own")


def check_port_names(placed: Placed, capabilities: Capabilities, findings: Findings) -> None:
    """Report ports with names that their device cannot have, and link ports that its hardware cannot queue on."""
    if not placed.is_any:
        return
    for node in placed.model.topology.nodes.values():
        own = capabilities.get(node.name)
        if own is not None and own.ports is not None:
            for interface, span, is_link in _ports(placed, node):
                _check_port(node, own, interface, span, findings, is_link=is_link)


def _check_port(
    node: Node, own: NodeCapabilities, interface: str, span: Span, findings: Findings, *, is_link: bool
) -> None:
    if own.ports is None:
        return
    if re.fullmatch(own.ports.form, interface) is None:
        findings.error(
            "E0632",
            f"`{interface}` is no port that `{node.name}` of platform `{own.platform}` can have",
            span,
            node=node.name,
            help=("write its `interface` as the device calls it",),
        )
    elif is_link and own.ports.sub is not None and re.fullmatch(own.ports.sub, interface) is not None:
        support = own.features.get("subport-queueing", _NOTHING)
        if not support.is_supported:
            findings.error(
                "E0610",
                f"queueing by class on `{interface}`, which shares a port, is not possible at `{node.name}` of platform "
                f"`{own.platform}`: {support.reason}",
                span,
                node=node.name,
                help=(support.instead,),
            )


def _ports(placed: Placed, node: Node) -> Iterator[tuple[str, Span, bool]]:
    """Yield the named ports of a node, and whether each is a link end."""
    for attachment in node.attached:
        if attachment.interface is not None:
            yield attachment.interface, attachment.span, False
    for link in placed.model.topology.links_of[node.name]:
        interface = link.end(node.name).interface
        if interface is not None:
            yield interface, link.span, True


def check_device_classes(placed: Placed, capabilities: Capabilities, findings: Findings) -> None:
    """Report devices with more classes than they have queues for, and ports with more strict ones than can be first."""
    asked = placed.classes
    strict = [name for name in asked if placed.model.classes[name].scheduling is Scheduling.STRICT]
    bounded = {  # no device has more than the network
        name
        for name, own in capabilities.items()
        if _is_above(len(asked | {DEFAULT_CLASS}), own.max_classes) or _is_above(len(strict), own.max_strict_classes)
    }
    if not bounded:
        return
    ground = Ground(placed.realised, capabilities)
    usage = find_usage(ground)
    marking = _marked(placed)
    for node in sorted(bounded):
        own = capabilities[node]
        sent = {name for link, _ in ground.core_ports(node) for name in usage.classes((link.id, node))}
        used = {DEFAULT_CLASS, *usage.strict, *sent, *marking.get(node, ())}
        span = placed.model.topology.nodes[node].span
        if _is_above(len(used), own.max_classes):
            message = f"{len(used)} classes use `{node}`, which has queues for {own.max_classes}: {_listed(used)}"
            findings.error("E0633", message, span, node=node, help=("let intents share classes",))
        if _is_above(len(usage.strict), own.max_strict_classes):
            message = f"a port of `{node}` serves {own.max_strict_classes} strict class and not all of {_listed(usage.strict)}"
            findings.error("E0633", message, span, node=node, help=("give the others a weight or a share",))


def _is_above(count: int, most: int | None) -> bool:
    return most is not None and count > most


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _marked(placed: Placed) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for item in placed.demands:
        for candidate in item.demand.candidates:
            found.setdefault(candidate.source.node, set()).add(item.demand.traffic_class)
    return found


def check_meter_ports(placed: Placed, capabilities: Capabilities, findings: Findings) -> None:
    """Report rates that several ports of a device would have to share, once for each intent and node."""
    bounded = {name: own.max_meter_ports for name, own in capabilities.items() if own.max_meter_ports is not None}
    ground = Ground(placed.realised, capabilities)
    ports: dict[tuple[str, str], set[str]] = {}
    asking: dict[tuple[str, str], Demand] = {}
    for item in placed.demands if bounded else ():
        demand = item.demand
        own = placed.model.classes[demand.traffic_class]
        if demand.ceiling_bps is None and (demand.bandwidth_bps == 0 or own.over_dscp == own.dscp):
            continue
        for candidate in demand.candidates:
            if candidate.source.node not in bounded:
                continue
            key = (candidate.source.node, demand.pool)
            ports.setdefault(key, set()).update(ground.ports_of(candidate.source))
            asking.setdefault(key, demand)
    for (node, pool), names in sorted(ports.items()):
        if len(names) > bounded[node]:
            demand = asking[node, pool]
            findings.error(
                "E0634",
                f"one rate would be counted by {len(names)} ports of `{node}`, each for itself",
                clause(demand, "bandwidth"),
                intent=demand.intent,
                node=node,
                help=("attach its hosts behind one port, or write a rate for each port in an intent of its own",),
            )


def check_link_addresses(placed: Placed, capabilities: Capabilities, findings: Findings) -> None:
    """Report links over which an SR policy sends packets and whose far end has no address to name them by, once each."""
    links = placed.model.topology.links
    reported: set[str] = set()
    for item in placed.led:
        for policy in item.policies:
            own = capabilities.get(policy.node)
            if own is None or own.ports is None or not own.ports.are_addressed:
                continue
            for segment in (name for path in policy.candidates for name in path.segments):
                name, is_adjacency, sender = segment.rpartition("@")
                if is_adjacency and name not in reported and links[name].end(links[name].other(sender)).address is None:
                    reported.add(name)
                    findings.add(_unaddressed(item.demand, policy.node, links[name], links[name].other(sender)))


def _unaddressed(demand: Demand, head_end: str, link: Link, far: str) -> Diagnostic:
    return Diagnostic(
        "E0635",
        f"`{head_end}` cannot name the link `{link.id}` in an SR policy: its end at `{far}` has no IPv4 address",
        clause(demand, "via", "latency", "pin", "avoid", "failover"),
        related=(Label(link.span, "this link"),),
        help=("write the `addresses` of the link",),
        intent=demand.intent,
        node=head_end,
    )
