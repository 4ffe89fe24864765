"""From a topology to what a lab builds: interface names that Linux can have, and a host at every port with a prefix."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import replace

from intentc.diagnostics import Findings
from intentc.lab.devices import kept_nodes
from intentc.lab.model import ExportOptions, Host, LabError, Layout
from intentc.lab.numbering import free_names, is_linux_name, number
from intentc.topology.model import Attachment, IPInterface, IPNetwork, LinkEnd, Node, Topology

GATEWAY = 1  # the router has the first usable address of an attached prefix
HOST = {4: 10, 6: 0x10}  # its host has .10 or ::10, or the second usable address where the prefix is smaller


def lay_out(topology: Topology, options: ExportOptions | None = None) -> Layout:
    """Return what a lab of this topology builds.

    Planned nodes and links are left out. Interfaces and addresses are those of `number`, except that a node of another
    platform than FRR gets a free `ethN` for each name that Linux cannot have, unless it runs as what it is. Every port with attached prefixes has one
    host, `NODE-h1`, `NODE-h2` and so on in the order of `attached`; `LabError` when a prefix has no room for one.
    """
    findings, options = Findings(), options or ExportOptions(has_stand_ins=True)
    numbered = number(topology, findings, {} if options.has_stand_ins else options.labs)
    if findings.has_errors:
        raise LabError("; ".join(item.message for item in findings.sorted()))
    wanted = _without_planned(numbered)
    built = _with_linux_names(wanted, kept_nodes(wanted, options))
    return Layout(built, tuple(host for node in built.nodes.values() for host in _hosts(node, built)))


def _without_planned(topology: Topology) -> Topology:
    nodes = {name: node for name, node in topology.nodes.items() if node.state != "planned"}
    links = {
        link.id: link
        for link in topology.links.values()
        if link.state != "planned" and link.a.node in nodes and link.b.node in nodes
    }
    return replace(topology, nodes=nodes, links=links)


def _with_linux_names(topology: Topology, kept: frozenset[str]) -> Topology:
    names = {name: {} if name in kept else _linux_names(node, topology) for name, node in topology.nodes.items()}
    nodes = {name: replace(node, attached=_renamed(node, names[name])) for name, node in topology.nodes.items()}
    links = {
        link.id: replace(link, a=_rename(link.a, names[link.a.node]), b=_rename(link.b, names[link.b.node]))
        for link in topology.links.values()
    }
    return replace(topology, nodes=nodes, links=links)


def _linux_names(node: Node, topology: Topology) -> dict[str, str]:
    """Return the Linux name of every interface of a node that needs another than its own."""
    links = topology.links_of[node.name]
    ends = [end.interface for link in links for end in (link.a, link.b) if end.node == node.name]
    written = dict.fromkeys([*ends, *(item.interface for item in node.attached)])
    names = free_names(name for name in written if name is not None)
    return {name: next(names) for name in written if name is not None and not is_linux_name(name)}


def _renamed(node: Node, names: Mapping[str, str]) -> tuple[Attachment, ...]:
    return tuple(replace(item, interface=names.get(item.interface or "", item.interface)) for item in node.attached)


def _rename(end: LinkEnd, names: Mapping[str, str]) -> LinkEnd:
    return replace(end, interface=names.get(end.interface or "", end.interface))


def _hosts(node: Node, topology: Topology) -> Iterator[Host]:
    ports: dict[str, list[IPNetwork]] = {}
    for item in node.attached:
        ports.setdefault(item.interface or "", []).append(item.prefix)
    for count, (interface, prefixes) in enumerate(ports.items(), 1):
        pairs = [_gateway_and_host(prefix, node) for prefix in prefixes]
        yield Host(
            name=_host_name(f"{node.name}-h{count}", topology),
            interface="eth1",
            router=node.name,
            router_interface=interface,
            prefixes=tuple(prefixes),
            addresses=tuple(host for _, host in pairs),
            gateways=tuple(gateway for gateway, _ in pairs),
        )


def _host_name(name: str, topology: Topology) -> str:
    while name in topology.nodes:
        name += "x"
    return name


def _gateway_and_host(prefix: IPNetwork, node: Node) -> tuple[IPInterface, IPInterface]:
    if prefix.num_addresses < 2:
        raise LabError(
            f"`{prefix}` attached to `{node.name}` has no room for a router and a host: a lab needs two addresses"
        )
    first = 0 if prefix.num_addresses == 2 else GATEWAY
    last = prefix.num_addresses - (2 if prefix.version == 4 and prefix.num_addresses > 2 else 1)
    chosen = HOST[prefix.version] if last >= HOST[prefix.version] else first + 1
    return _interface(prefix, first), _interface(prefix, chosen)


def _interface(prefix: IPNetwork, offset: int) -> IPInterface:
    return ipaddress.ip_interface(f"{prefix[offset]}/{prefix.prefixlen}")
