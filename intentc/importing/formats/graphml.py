"""GraphML, with the keys that the Internet Topology Zoo writes (http://www.topology-zoo.org) and plain ones."""

from __future__ import annotations

from intentc.diagnostics import Span
from intentc.importing.arcs import Arc, join_arcs
from intentc.importing.desk import Desk, Record
from intentc.importing.documents import xml_document
from intentc.importing.model import ImportedEnd, ImportedLink, ImportedNetwork, ImportedNode, ImportedSite, Options
from intentc.importing.xml_tree import TEXT
from intentc.topology.model import Directional
from intentc.topology.quantities import Measure
from intentc.topology.tree import Entry, Scalar, Table
from intentc.values import frozen, parts

_NO_LABEL = "None"  # the Zoo's word for no name
_PREFIXES = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


@frozen
class _Key:
    """A name for data of elements of one kind (`for`), and what it is where they do not say."""

    id: str | None
    name: str
    domain: str
    default: str | None


def read(desk: Desk, options: Options) -> ImportedNetwork | None:
    """Return the nodes and edges of the first graph. Each node with coordinates is a site of its own, countries are regions.

    Directed edges are links where another one leads back.
    """
    document = xml_document(desk, "graphml")
    if document is None:
        return None
    keys = [_key(item) for item in document.records("key", "keys")]
    document.ignore("@schemaLocation", TEXT)
    graphs = document.records("graph", "the graph")
    if not graphs:
        desk.unreadable("the file holds no `graph`", desk.start)
        return None
    for other in graphs[1:]:
        other.ignore_all()
        desk.leave_out("graphs after the first", other.span)
    graph = graphs[0]
    about = _data(graph, keys, "graph", desk)
    network = ImportedNetwork(about.text("Network", "label", "name") or graph.text("@id"))
    graph.ignore(TEXT)
    names = _read_nodes(graph, keys, network, desk)
    is_directed = graph.text("@edgedefault") == "directed"
    arcs = []
    for edge in graph.records("edge", "edges"):
        data = _data(edge, keys, "edge", desk)
        edge.ignore("@id")
        source, target = (edge.text(f"@{end}") for end in ("source", "target"))
        if source not in names or target not in names:
            desk.refuse(f"there is no node `{target if source in names else source}`", edge.span)
            continue
        a, b, directed = ImportedEnd(names[source]), ImportedEnd(names[target]), edge.text("@directed")
        rate, delay = _rate(data, options, desk), data.quantity("latency", Measure.TIME)
        if directed == "true" or (is_directed and directed != "false"):
            arcs.append(Arc(a, b, edge.span, capacity_bps=rate, latency_ns=delay))
            continue
        link = ImportedLink(a, b, edge.span)
        link.capacity_bps = Directional(rate, rate) if rate else None
        link.latency_ns = None if delay is None else Directional(delay, delay)
        network.links.append(link)
    for hyper in graph.records("hyperedge", "hyperedges"):
        hyper.ignore_all()
        desk.refuse_link("a hyperedge: a link of any number of ends", hyper.span)
    network.links += join_arcs(arcs, desk)
    return network


def _key(record: Record) -> _Key:
    record.ignore("@attr.type")
    default = next(iter(record.records("default", "`default` of keys")), None)
    identity, domain = record.text("@id"), record.text("@for") or "all"
    return _Key(
        identity, record.text("@attr.name") or identity or "", domain, None if default is None else default.text(TEXT)
    )


def _data(element: Record, keys: list[_Key], domain: str, desk: Desk) -> Record:
    """Return the `data` of an element by the names of their keys, with the defaults of those that it has none of."""
    names = {key.id: key.name for key in keys}
    texts = {key.name: (key.default, element.span) for key in keys if key.domain in {domain, "all"}}
    for data in element.records("data", f"`data` of {domain}s"):
        identity = data.text("@key")
        texts[names.get(identity, identity or "")] = (data.text(TEXT), data.span)
    entries = {
        name: Entry(Scalar(name, False, *parts(span)), Scalar(text, False, *parts(span)))
        for name, (text, span) in texts.items()
        if text is not None
    }
    found = desk.record(Table(entries, *parts(element.span)), f"`data` of {domain}s")
    assert found is not None  # noqa: S101  (for the type checker: a mapping is a record)
    return found


def _read_nodes(graph: Record, keys: list[_Key], network: ImportedNetwork, desk: Desk) -> dict[str | None, str]:
    """Read the nodes; return their names by id: the label where it is nobody else's."""
    names: dict[str | None, str] = {}
    shared: list[Span] = []
    for record in graph.records("node", "nodes"):
        identity, data = record.text("@id"), _data(record, keys, "node", desk)
        if identity is None or identity in names:
            desk.refuse(
                "a node has no `id`" if identity is None else f"two nodes have the id `{identity}`", record.span
            )
            continue
        label, country = data.text("label", "name"), data.text("Country")
        name = label if label is not None and label not in {_NO_LABEL, *network.nodes} else identity
        while name in network.nodes:
            name += "'"
        names[identity] = name
        data.ignore("id")
        node = ImportedNode(name, record.span, role=data.text("type"))
        latitude, longitude = data.text("Latitude"), data.text("Longitude")
        is_located = data.number("Latitude") is not None and data.number("Longitude") is not None
        location = (latitude, longitude) if is_located and latitude and longitude else None
        if location is not None or country is not None:
            node.site = name
            network.sites[name] = ImportedSite(name, record.span, country, location)
        if country is not None:
            network.regions[country] = None
        if data.text("Internal") == "0":
            node.is_passive = True
            node.labels["internal"] = False
        if data.text("hyperedge") == "1":
            node.is_passive = True
            node.labels["hyperedge"] = True
            shared.append(record.span)
        network.nodes[name] = node
    if shared:
        many = f"{len(shared)} nodes stand" if len(shared) > 1 else "a node stands"
        message = f"{many} for a network that several nodes share (`hyperedge`): written as a node, `platform: none`"
        desk.about("W0351", message, shared, "what can share its capacity is known to you only: correct its links")
    return names


def _rate(data: Record, options: Options, desk: Desk) -> int | None:
    """Return the capacity of an edge in bps: raw, or a speed and its prefix, or a number of units or quantity."""
    raw = data.scaled(1, "LinkSpeedRaw")
    if raw is not None:
        data.ignore("LinkSpeed", "LinkSpeedUnits")
        return raw
    factor = _PREFIXES.get((data.text("LinkSpeedUnits") or " ")[0].lower())
    if factor is not None and data.node("LinkSpeed") is not None:
        return data.scaled(factor, "LinkSpeed")
    for key in ("capacity", "bandwidth"):
        text = data.text(key)
        if text is not None and text[-1:].isalpha():
            return data.quantity(key, Measure.RATE)
        if text is not None and options.unit_bps is not None:
            return data.scaled(options.unit_bps, key)
        if text is not None:
            desk.leave_out(f"`{key}` of edges, a number without a unit (`--unit 1Mbps` says what 1 is)", data.span)
    return None
