"""containerlab: `topology` with nodes, kinds, groups, defaults and links (https://containerlab.dev/manual/topo-def-file)."""

from __future__ import annotations

from ipaddress import ip_interface

from intentc.importing.desk import Desk, Record, layered
from intentc.importing.documents import yaml_document
from intentc.importing.model import Addresses, ImportedEnd, ImportedLink, ImportedNetwork, ImportedNode, Options
from intentc.topology.model import Directional
from intentc.topology.tree import Scalar, Table

_NS_PER_MS, _PPB_PER_PPM = 10**6, 1000
_BRIDGES = frozenset(("bridge", "ovs-bridge"))
_NOT_NODES = frozenset(("host", "mgmt-net", "macvlan", "vxlan", "vxlan-stitch", "dummy"))  # containerlab's own ends
_HOST_KIND = "linux"


def read(desk: Desk, _: Options) -> ImportedNetwork | None:
    """Return the nodes, and the links between two of them. What `intentc lab export` wrote gives its network back."""
    document = yaml_document(desk)
    if document is None:
        return None
    topology = document.record("topology", "`topology`")
    if topology is None:
        desk.unreadable("this is no containerlab topology: it has no `topology`", desk.start)
        return None
    network = ImportedNetwork(document.text("name"))
    hosts: dict[str, list[str]] = {}
    for name, record, labels in _records(topology, desk):
        if labels is not None and labels.text("intentc-role") == "host":
            hosts[name] = (labels.text("intentc-addresses") or "").split()
            labels.ignore("intentc-router")
            record.ignore_all()
        elif record.text("kind") in _BRIDGES:
            desk.refuse_link(f"`{name}` is a bridge: a network that many nodes may share", record.span)
            network.nodes[name] = ImportedNode(name, record.span, is_passive=True)
        else:
            network.nodes[name] = _node(name, record, labels)
    for link in topology.records("links", "links"):
        _read_link(link, network, hosts, desk)
    return network


def _records(topology: Record, desk: Desk) -> list[tuple[str, Record, Record | None]]:
    """Return each node with what the defaults, its kind and its group add, and its labels."""
    defaults = topology.node("defaults")
    usual = defaults if isinstance(defaults, Table) else None
    if defaults is not usual:
        desk.refuse("`defaults` must be a mapping", topology.span)
    kinds, groups = topology.tables("kinds"), topology.tables("groups")
    found = []
    for name, own in topology.tables("nodes").items():
        group = groups.get(_word(own, "group") or _word(usual, "group") or "")
        kind = kinds.get(_word(own, "kind") or _word(group, "kind") or _word(usual, "kind") or "")
        layers = (usual, kind, group, own)
        record = desk.record(layered(*layers), "nodes")
        below = [item for layer in layers if isinstance(item := _entry(layer, "labels"), Table)]
        labels = desk.record(layered(*below), "`labels` of nodes") if below else None
        if record is not None:
            record.ignore("group", *(["labels"] if below else []))
            found.append((name, record, labels))
    return found


def _entry(table: Table | None, key: str) -> object:
    return None if table is None or key not in table.entries else table.entries[key].value


def _word(table: Table | None, key: str) -> str | None:
    value = _entry(table, key)
    return value.text if isinstance(value, Scalar) else None


def _node(name: str, record: Record, labels: Record | None) -> ImportedNode:
    kind, image = record.text("kind"), record.text("image") or ""
    role = None if labels is None else labels.text("intentc-role")
    is_frr = role == "router" or (kind == _HOST_KIND and "frr" in image.rpartition("/")[2])
    node = ImportedNode(
        name,
        record.span,
        platform="frr" if is_frr else None,
        software=kind,
        is_passive=kind == _HOST_KIND and not is_frr,
        management=record.text("mgmt-ipv4", "mgmt_ipv4"),
    )
    if labels is None:
        return node
    platform = labels.text("intentc-platform")
    labels.ignore("intentc-bfd-links", "intentc-ospf-links-4", "intentc-ospf-links-6", "intentc-management")
    for address in (labels.text("intentc-loopbacks") or "").split():
        if ":" in address:
            node.loopback6 = f"{address}/128"
        else:
            node.loopback = f"{address}/32"
    node.platform = platform or node.platform
    return node


def _attach(host: list[str], router: ImportedEnd, network: ImportedNetwork, link: Record, desk: Desk) -> None:
    """A host in a lab of ours stands for the prefixes that are attached to the port of the router at its link."""
    link.ignore("mtu")
    for address in host:
        try:
            prefix = str(ip_interface(address).network)
        except ValueError:
            desk.refuse(f"`{address}` is not an IP address", link.span)
            continue
        if router.node in network.nodes:
            network.nodes[router.node].attached.append((prefix, router.interface))


def _read_link(link: Record, network: ImportedNetwork, hosts: dict[str, list[str]], desk: Desk) -> None:
    kind = link.text("type") or "veth"
    if kind != "veth":
        link.ignore_all()
        desk.leave_out(f"links of type `{kind}`", link.span)
        return
    ends = [_end(item, desk) for item in link.items("endpoints")]
    found = [end for end in ends if end is not None]
    if len(found) != 2 or len(ends) != 2:
        if len(found) == len(ends):
            desk.refuse_link(f"a link with {len(ends)} ends", link.span, 'as in `endpoints: ["r1:eth1", "r2:eth1"]`')
        return
    known = network.nodes.keys() | hosts.keys()
    outside = next((end.node for end in found if end.node not in known and end.node in _NOT_NODES), None)
    if outside is not None:
        desk.leave_out(f"links that end at `{outside}`", link.span)
    elif any(end.node in hosts for end in found):
        router, host = found if found[1].node in hosts else reversed(found)
        _attach(hosts[host.node], router, network, link, desk)
    else:
        network.links.append(_link(link, found[0], found[1]))


def _end(item: object, desk: Desk) -> ImportedEnd | None:
    """Return an end: `node:interface`, or a mapping of both."""
    if isinstance(item, Scalar):
        node, colon, interface = item.text.partition(":")
        if node and colon and interface:
            return ImportedEnd(node, interface)
        desk.refuse(f"`{item.text}` is no end of a link", item.span, 'as in `"r1:eth1"`')
        return None
    record = desk.record(item, "`endpoints` of links") if isinstance(item, Table) else None
    name = None if record is None else record.text("node")
    if record is None or name is None:
        desk.refuse("an end of a link must name its node", item.span if isinstance(item, Table) else desk.start)
        return None
    record.ignore("mac")
    return ImportedEnd(name, record.text("interface"))


def _link(link: Record, a: ImportedEnd, b: ImportedEnd) -> ImportedLink:
    made = ImportedLink(a, b, link.span, mtu=link.integer("mtu"))
    made.addresses, made.addresses6 = _addresses(link, "ipv4"), _addresses(link, "ipv6")
    variables = link.record("vars")
    if variables is None:
        return made
    made.id, made.over = variables.text("id"), variables.texts("over")
    both = variables.scaled(_NS_PER_MS, "delay-ms")
    there, back = (variables.scaled(_NS_PER_MS, f"delay-{way}-ms") for way in ("ab", "ba"))
    if both is not None:
        made.latency_ns = Directional(both, both)
    elif there is not None and back is not None:
        made.latency_ns = Directional(there, back)
    made.jitter_ns = variables.scaled(_NS_PER_MS, "jitter-ms")
    made.loss_ppb = variables.scaled(_PPB_PER_PPM, "loss-ppm")
    return made


def _addresses(link: Record, key: str) -> Addresses:
    """Return the addresses of both ends, which newer files may give."""
    texts = link.texts(key)
    return (texts[0] or None, texts[1] or None) if len(texts) == 2 else (None, None)
