"""RFC 8345 network topologies in JSON, with the attributes of RFC 8346 (layer 3) and RFC 8795 (traffic engineering)."""

from __future__ import annotations

from intentc.importing.arcs import Arc, join_arcs
from intentc.importing.desk import Desk, Record
from intentc.importing.documents import json_document
from intentc.importing.model import ImportedEnd, ImportedNetwork, ImportedNode, Options
from intentc.patterns import pattern
from intentc.topology.tree import Table

_NETWORKS = "ietf-network:networks"
_TOPOLOGY, _LAYER3, _TE = "ietf-network-topology", "ietf-l3-unicast-topology", "ietf-te-topology"
_BITS, _NS_PER_US = 8, 1000
_FLOAT = pattern(r"0[xX][0-9a-fA-F](\.[0-9a-fA-F]{0,6})?([pP]\+?[0-9]{1,3})?|[0-9]{1,18}")
_LARGEST_BPS = 2**63 - 1


def read(desk: Desk, _: Options) -> ImportedNetwork | None:
    """Return the first network of the file that has links; the others (of other layers) are left out."""
    document = json_document(desk)
    networks = None if document is None else document.record(_NETWORKS) or document.record("networks")
    if networks is None:
        if document is not None:
            desk.unreadable(f"this is no RFC 8345 document: it has no `{_NETWORKS}`", desk.start)
        return None
    found = networks.records("network", "networks")
    chosen = next((item for item in found if _of(item, _TOPOLOGY, "link") is not None), found[0] if found else None)
    for item in found:
        if item is not chosen:
            item.ignore_all()
            desk.leave_out(f"the network `{item.text('network-id')}`, as another one has links before it", item.span)
    if chosen is None:
        desk.unreadable("the file holds no `network`", desk.start)
        return None
    chosen.ignore("network-types")
    network = ImportedNetwork(chosen.text("network-id"))
    interfaces: dict[ImportedEnd, str] = {}
    for node in chosen.records("node", "nodes"):
        _read_node(node, network, interfaces, desk)
    arcs = [arc for item in _list(chosen, _TOPOLOGY, "link", "links") if (arc := _arc(item, desk)) is not None]
    network.links = join_arcs(arcs, desk)
    for link in network.links:
        link.a, link.b = (ImportedEnd(end.node, interfaces.get(end, end.interface)) for end in (link.a, link.b))
    return network


def _of(record: Record, module: str, name: str) -> object:
    """Return a field with or without the name of its module in front (RFC 7951, section 4)."""
    return record.node(f"{module}:{name}", name)


def _list(record: Record, module: str, name: str, kind: str) -> list[Record]:
    key = f"{module}:{name}"
    return record.records(key if record.node(key) is not None else name, kind)


def _below(record: Record | None, desk: Desk, module: str, *names: str) -> Record | None:
    """Return what lies below a field by field, each with or without its module in front."""
    for name in names:
        if record is None:
            return None
        node = record.node(f"{module}:{name}", name)
        record = desk.record(node, f"`{name}`") if isinstance(node, Table) else None
    return record


def _read_node(record: Record, network: ImportedNetwork, interfaces: dict[ImportedEnd, str], desk: Desk) -> None:
    name = record.text("node-id")
    if name is None:
        desk.refuse("a node has no `node-id`", record.span)
        return
    node = ImportedNode(name, record.span)
    layer3 = _below(record, desk, _LAYER3, "l3-node-attributes")
    if layer3 is not None:
        for address in layer3.texts("router-id"):
            _take_router_id(node, address)
    for point in _list(record, _TOPOLOGY, "termination-point", "termination points"):
        identity = point.text("tp-id")
        attributes = _below(point, desk, _LAYER3, "l3-termination-point-attributes")
        interface = None if attributes is None else attributes.text("interface-name")
        if interface is not None:
            interfaces[ImportedEnd(name, identity)] = interface
    if name in network.nodes:
        desk.refuse(f"the node `{name}` stands here for the second time", record.span)
    network.nodes[name] = node


def _take_router_id(node: ImportedNode, address: str) -> None:
    if ":" in address:
        node.loopback6 = node.loopback6 or f"{address}/128"
    else:
        node.loopback = node.loopback or f"{address}/32"


def _arc(link: Record, desk: Desk) -> Arc | None:
    source, target = link.record("source"), link.record("destination")
    ends = []
    for record, name in ((source, "source"), (target, "dest")):
        node = None if record is None else record.text(f"{name}-node")
        if record is None or node is None:
            desk.refuse(f"a link has no `{name}-node`", link.span)
            return None
        ends.append(ImportedEnd(node, record.text(f"{name}-tp")))
    layer3 = _below(link, desk, _LAYER3, "l3-link-attributes")
    te = _below(link, desk, _TE, "te", "te-link-attributes")
    measured = _below(te, desk, _TE, "performance-metrics-one-way")
    delay = None if measured is None else measured.scaled(_NS_PER_US, "one-way-delay")
    srlgs = _below(te, desk, _TE, "te-srlgs")
    return Arc(
        ends[0],
        ends[1],
        link.span,
        id=link.text("link-id"),
        capacity_bps=_capacity(te, desk),
        latency_ns=delay,
        metric=None if layer3 is None else layer3.integer("metric1"),
        te_metric=None if te is None else te.integer("te-default-metric"),
        srlgs=() if srlgs is None else tuple(f"srlg-{value}" for value in srlgs.texts("value")),
    )


def _capacity(te: Record | None, desk: Desk) -> int | None:
    """Return the maximum link bandwidth: bytes per second as a hexadecimal float (RFC 8776, `te-bandwidth`)."""
    bandwidth = _below(te, desk, _TE, "max-link-bandwidth", "te-bandwidth")
    text = None if bandwidth is None else bandwidth.text("generic")
    if bandwidth is None or text is None:
        return None
    rate = float.fromhex(text) * _BITS if _FLOAT.fullmatch(text) and "x" in text.lower() else None
    if rate is None and text.isascii() and text.isdecimal():
        rate = float(text) * _BITS
    if rate is None or not 1 <= rate <= _LARGEST_BPS:
        desk.refuse(f"`{text}` is no bandwidth", bandwidth.span, "bytes per second as in `0x1p30` (RFC 8294)")
        return None
    return round(rate)
