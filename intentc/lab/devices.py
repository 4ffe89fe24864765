"""Devices of vendors in a lab: which kind containerlab runs them as, and what it calls their ports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intentc.lab.model import ExportOptions, LabError, Layout
from intentc.targetkit.model import Lab
from intentc.topology.model import Node, Topology

RUNS_ON_FRR = ("frr", "none")  # a provider's router runs the underlay's IGP, as FRR does it


def device_lab(node: Node, options: ExportOptions) -> Lab | None:
    """Return how the node runs as what it is; None where FRR runs in its place."""
    if node.platform in RUNS_ON_FRR or options.has_stand_ins:
        return None
    lab = options.labs.get(node.platform)
    return lab if lab is not None and lab.startup is not None else None


def refuse_devices(topology: Topology, options: ExportOptions) -> None:
    """Raise `LabError` for nodes that no lab can run, and for images that nobody named."""
    built = (node for node in topology.nodes.values() if node.state != "planned")
    others = [node for node in built if node.platform not in RUNS_ON_FRR]
    if options.has_stand_ins:
        return
    for node in others:
        _refuse_node(node, options)
    for platform in dict.fromkeys(node.platform for node in others):
        _refuse_choice(platform, options)
    if others and topology.routing.igp != "isis":
        raise LabError(
            f"labs start routers of other platforms with IS-IS only, and the network runs {topology.routing.igp}",
            "use `igp: isis`, or FRR routers only",
        )


def _refuse_node(node: Node, options: ExportOptions) -> None:
    lab = options.labs.get(node.platform)
    if lab is None:
        raise LabError(
            f"nobody says how a lab runs `{node.name}` of platform `{node.platform}`",
            "the target's target.toml says it in a table `[lab]`",
        )
    if not lab.kinds:
        raise LabError(f"no lab runs `{node.name}` of platform `{node.platform}`: {lab.reason}", lab.instead)


def _refuse_choice(platform: str, options: ExportOptions) -> None:
    kinds = options.labs[platform].kinds
    kind = options.kinds.get(platform, kinds[0])
    if kind not in kinds:
        raise LabError(
            f"`{platform}` does not run as `{kind}`", f"it runs as {' or '.join(f'`{one}`' for one in kinds)}"
        )
    if platform not in options.images:
        raise LabError(
            f"nobody says which image runs `{platform}`: images of vendors are not intentc's to give",
            f"`--image {platform}=IMAGE` names yours of the kind `{kind}`",
        )


def kept_nodes(topology: Topology, options: ExportOptions) -> frozenset[str]:
    """Return the nodes that run as what they are, under the names that their ports have."""
    return frozenset(name for name, node in topology.nodes.items() if device_lab(node, options) is not None)


def with_endpoints(layout: Layout, options: ExportOptions) -> dict[tuple[str, str], str]:
    """Return what containerlab calls each port of the layout, by node and port; raises `LabError` for ports it has not."""
    found: dict[tuple[str, str], str] = {}
    for name, port in _ports(layout):
        lab = device_lab(layout.topology.nodes[name], options)
        found[name, port] = port if lab is None else _endpoint(name, port, lab)
    return found


def _ports(layout: Layout) -> Iterator[tuple[str, str]]:
    for link in layout.topology.links.values():
        yield from ((end.node, end.interface or "") for end in (link.a, link.b))
    yield from ((host.router, host.router_interface) for host in layout.hosts)


def _endpoint(node: str, port: str, lab: Lab) -> str:
    before, after = lab.port.split("{}")
    form = f"{re.escape(before)}(0|[1-9][0-9]{{0,3}}){re.escape(after)}({re.escape(lab.unit)})?"
    found = re.fullmatch(form, port, re.ASCII)
    last = lab.first + lab.most - 1
    if found is None or not lab.first <= int(found[1]) <= last:
        raise LabError(
            f"`{port}` of `{node}` is no port of a `{lab.kinds[0]}`",
            f"in a lab its ports are `{lab.port.format(lab.first)}` to `{lab.port.format(last)}`",
        )
    return lab.endpoint.format(int(found[1]) - lab.first + lab.endpoint_first)


def type_of(node: Node, lab: Lab) -> str | None:
    """Return what containerlab calls the type of a node's chassis; None where it has no word for it."""
    if lab.type_form is None or node.chassis is None:
        return None
    found = re.search(lab.type_form, node.chassis.lower().replace(" ", "-"))
    return found[0] if found is not None else None
