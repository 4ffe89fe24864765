"""netlab: nodes and links in all their short forms (https://netlab.tools/links/). What netlab would number itself is not in the file."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.importing.desk import Desk, Record, layered
from intentc.importing.documents import dotted_document
from intentc.importing.model import ImportedEnd, ImportedLink, ImportedNetwork, ImportedNode, Options
from intentc.topology.model import Directional
from intentc.topology.quantities import Measure
from intentc.topology.tree import Items, Node, Scalar, Table

_BPS_PER_KBPS, _PPB_PER_PERCENT = 1000, 10**7
_HOSTS = frozenset(("linux", "dnsmasq"))
_DERIVED = ("linkindex", "type")  # of links: by netlab itself


def read(desk: Desk, _: Options) -> ImportedNetwork | None:
    """Return nodes and links of two nodes; a link of one node with a prefix is attached to it, others of one are left out."""
    document = dotted_document(desk)
    if document is None:
        return None
    plugins = document.node("plugin")
    if plugins is not None:
        message = "the plugins of the file may add nodes and links that do not stand in it"
        desk.about("W0351", message, [plugins.span], "import what `netlab create -o yaml` makes of it")
    groups, created = _read_groups(document)
    declared = dict(_nodes(document.node("nodes"), desk))
    if not declared and not created:
        desk.unreadable("this is no netlab topology: it has no `nodes`", desk.start)
        return None
    network = ImportedNetwork(document.text("name"))
    defaults = document.record("defaults", "`defaults`")
    usual = None if defaults is None else defaults.text("device")
    for name, own in {**created, **declared}.items():
        record = desk.record(layered(*reversed(groups.get(name, [])), own), "nodes")
        if record is not None:
            record.ignore("members", "name", "id", "_auto_create")
            network.nodes[name] = _node(name, record, usual)
    for item in _flat(document.node("links"), desk):
        _read_link(item, network, desk)
    return network


def _read_groups(document: Record) -> tuple[dict[str, list[Table]], dict[str, Table]]:
    """Return the groups of each member, the first one first, and the members that are nodes by being named in a group."""
    of: dict[str, list[Table]] = {}
    created: dict[str, Table] = {}
    groups = document.record("groups")
    if groups is None:
        return of, created
    is_everywhere = (groups.text("_auto_create") or "").lower() == "true"
    for _, table in groups.mappings():
        members, asked = (table.entries.get(key) for key in ("members", "_auto_create"))
        is_asked = asked is not None and isinstance(asked.value, Scalar) and asked.value.text.lower() == "true"
        for item in members.value.items if members is not None and isinstance(members.value, Items) else ():
            if isinstance(item, Scalar):
                of.setdefault(item.text, []).append(table)
                if is_asked or is_everywhere:
                    created[item.text] = Table.empty(item)
    groups.ignore_all()
    return of, created


def _nodes(node: Node | None, desk: Desk) -> Iterator[tuple[str, Table]]:
    """Yield names and fields of nodes: from a mapping by name, a list of names, or a list of mappings with a name."""
    if isinstance(node, Table):
        for name, entry in node.entries.items():
            yield name, entry.value if isinstance(entry.value, Table) else Table.empty(entry.key)
    elif isinstance(node, Items):
        for item in node.items:
            named = item.entries.get("name") if isinstance(item, Table) else None
            if isinstance(item, Scalar):
                yield item.text, Table.empty(item)
            elif isinstance(item, Table) and named is not None and isinstance(named.value, Scalar):
                yield named.value.text, item
            else:
                desk.refuse("a node has no name", item.span)
    elif node is not None:
        desk.refuse("`nodes` must be a list or a mapping", node.span)


def _node(name: str, record: Record, usual: str | None) -> ImportedNode:
    device = record.text("device") or usual
    loopback, management = record.record("loopback"), record.record("mgmt")
    role = record.text("role")
    return ImportedNode(
        name,
        record.span,
        role=role,
        software=device,
        is_passive=device in _HOSTS or role == "host",
        loopback=None if loopback is None else loopback.text("ipv4"),
        loopback6=None if loopback is None else loopback.text("ipv6"),
        management=None if management is None else management.text("ipv4", "ipv6"),
    )


def _flat(node: Node | None, desk: Desk) -> Iterator[Node]:
    """Yield the links of a list, of a mapping of lists, and of groups of links (which may nest)."""
    if isinstance(node, Table):
        for entry in node.entries.values():
            yield from _flat(entry.value, desk)
    elif isinstance(node, Items):
        for item in node.items:
            below = item.entries.get("members") if isinstance(item, Table) and "group" in item.entries else None
            if below is None:
                yield item
            elif isinstance(item, Table):
                shared = {key: entry for key, entry in item.entries.items() if key not in {"group", "members"}}
                for member in _flat(below.value, desk):
                    yield layered(Table(shared, *item[-5:]), member) if isinstance(member, Table) else member
    elif node is not None:
        desk.refuse("`links` must be a list", node.span)


def _read_link(item: Node, network: ImportedNetwork, desk: Desk) -> None:
    if isinstance(item, Scalar):
        names = [item.text] if item.text in network.nodes else item.text.split("-")
        ends = [(name.strip(), Table.empty(item)) for name in names]
        record = desk.record(Table.empty(item), "links")
    elif isinstance(item, Items):
        ends = [_interface(end, desk) for end in item.items]
        record = desk.record(Table({}, *item[-5:]), "links")
    else:
        record = desk.record(item, "links")
        ends = [] if record is None else _ends(record, network, desk)
    if record is None or any(not name for name, _ in ends):
        return
    record.ignore(*_DERIVED)
    if len(ends) == 2:
        network.links.append(_link(record, ends, desk))
    elif len(ends) == 1 and ends[0][0] in network.nodes:
        _attach(network.nodes[ends[0][0]], record, desk)
    else:
        others = ", ".join(f"`{key}`" for key, _ in record.mappings() if key not in network.nodes)
        help_ = f"no nodes are {others}" if others and len(ends) < 2 else "write a link for each pair of nodes"
        desk.refuse_link(f"a link with {len(ends)} end{'' if len(ends) == 1 else 's'}", record.span, help_)


def _ends(record: Record, network: ImportedNetwork, desk: Desk) -> list[tuple[str, Table]]:
    """Return the ends of a mapping: its `interfaces`, and its keys that are nodes."""
    ends = [_interface(item, desk) for item in record.items("interfaces")]
    for key, table in record.mappings():
        if key in network.nodes:
            record.ignore(key)
            ends.append((key, table))
    return ends


def _interface(item: Node, desk: Desk) -> tuple[str, Table]:
    if isinstance(item, Scalar):
        return item.text, Table.empty(item)
    name = item.entries.get("node") if isinstance(item, Table) else None
    if isinstance(item, Table) and name is not None and isinstance(name.value, Scalar):
        return name.value.text, item
    desk.refuse("an end of a link must name its node", item.span)
    return "", Table({}, *item[-5:])


def _link(record: Record, ends: list[tuple[str, Table]], desk: Desk) -> ImportedLink:
    a, b = (desk.record(fields, "ends of links") or record for _, fields in ends)
    a.ignore("node")
    b.ignore("node")
    made = ImportedLink(
        ImportedEnd(ends[0][0], a.text("ifname")), ImportedEnd(ends[1][0], b.text("ifname")), record.span
    )
    rate = record.scaled(_BPS_PER_KBPS, "bandwidth")
    control = record.record("tc")
    if control is not None:
        rate = rate or control.scaled(_BPS_PER_KBPS, "rate")
        delay = control.quantity("delay", Measure.TIME)
        made.latency_ns = None if delay is None else Directional(delay, delay)
        made.jitter_ns = control.quantity("jitter", Measure.TIME)
        made.loss_ppb = control.scaled(_PPB_PER_PERCENT, "loss")
    made.capacity_bps = Directional(rate, rate) if rate else None
    made.mtu = record.integer("mtu")
    usual = _cost(record, desk)
    there, back = _cost(a, desk) or usual, _cost(b, desk) or usual
    made.metric = Directional(there or back or 0, back or there or 0) if there or back else None
    made.addresses = (_address(a, "ipv4", desk), _address(b, "ipv4", desk))
    made.addresses6 = (_address(a, "ipv6", desk), _address(b, "ipv6", desk))
    return made


def _address(end: Record, key: str, desk: Desk) -> str | None:
    """Return the address of an end; a number of a host in a prefix that netlab chooses is none yet."""
    text = end.text(key)
    if text is None or "/" in text:
        return text
    desk.leave_out("addresses of links without a prefix length", end.span)
    return None


def _cost(record: Record, desk: Desk) -> int | None:
    """Return the metric of the IGP that a link or an end of it has."""
    for protocol, *names in (("isis", "metric", "cost"), ("ospf", "cost")):
        node = record.node(protocol)
        if node is not None and not isinstance(node, Table):
            desk.leave_out(f"`{protocol}` of links that is no mapping", record.span)
            continue
        below = record.record(protocol, f"`{protocol}` of links")
        cost = None if below is None else below.integer(*names)
        if cost:
            return cost
    return None


def _attach(node: ImportedNode, record: Record, desk: Desk) -> None:
    """Attach the prefix of a link of one node; without one nothing is known of it."""
    prefix = record.node("prefix")
    texts: tuple[str | None, ...]
    if isinstance(prefix, Table):
        below = desk.record(prefix, "`prefix` of links")
        texts = () if below is None else (below.text("ipv4"), below.text("ipv6"))
    else:
        texts = (record.text("prefix"),)
    found = [text for text in texts if text is not None]
    node.attached += [(text, None) for text in found if (text, None) not in node.attached]
    if not found:
        desk.leave_out("links of one node without a `prefix`", record.span)
