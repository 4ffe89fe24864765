"""GraphML, with the keys that the Internet Topology Zoo writes (http://www.topology-zoo.org) and plain ones."""

from __future__ import annotations

from intentc.importing.arcs import Arc, join_arcs
from intentc.importing.desk import Desk, Record
from intentc.importing.documents import xml_document
from intentc.importing.model import ImportedEnd, ImportedLink, ImportedNetwork, ImportedNode, ImportedSite, Options
from intentc.importing.xml_tree import TEXT
from intentc.topology.model import Directional
from intentc.topology.quantities import Measure
from intentc.topology.tree import Entry, Scalar, Table

_PREFIXES = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_UNWRITTEN = ("id", "key", "zoomlevel", "doubled", "leaf", "x", "y", "label")  # how the Zoo numbers and draws


def read(desk: Desk, options: Options) -> ImportedNetwork | None:
    """Return the nodes and edges of the first graph. Each node with coordinates is a site of its own, countries are regions.

    Directed edges are links where another one leads back.
    """
    document = xml_document(desk, "graphml")
    if document is None:
        return None
    keys = {}
    for item in document.records("key", "keys"):
        keys[item.text("@id")] = item.text("@attr.name") or item.text("@id") or ""
        item.ignore("@for", "@attr.type", "default")
    document.ignore("@schemaLocation", TEXT)
    graphs = document.records("graph", "the graph")
    if not graphs:
        desk.unreadable("the file holds no `graph`", desk.start)
        return None
    for other in graphs[1:]:
        other.ignore_all()
        desk.leave_out("graphs after the first", other.span)
    graph = graphs[0]
    about = _data(graph, keys, "the graph", desk)
    network = ImportedNetwork(about.text("Network", "label", "name") or graph.text("@id"))
    graph.ignore(TEXT)
    names = _read_nodes(graph, keys, network, desk)
    is_directed = graph.text("@edgedefault") == "directed"
    arcs = []
    for edge in graph.records("edge", "edges"):
        data = _data(edge, keys, "edges", desk)
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


def _data(element: Record, keys: dict[str | None, str], kind: str, desk: Desk) -> Record:
    """Return the `data` of an element by the names of their keys."""
    entries: dict[str, Entry] = {}
    place = (element.span.file, element.span.line, element.span.column, element.span.end_line, element.span.end_column)
    for data in element.records("data", f"`data` of {kind}"):
        name = keys.get(data.text("@key"), data.text("@key")) or ""
        text, span = data.text(TEXT), data.span
        at = (span.file, span.line, span.column, span.end_line, span.end_column)
        if text is not None:
            entries[name] = Entry(Scalar(name, False, *at), Scalar(text, False, *at))
    found = desk.record(Table(entries, *place), f"`data` of {kind}")
    assert found is not None  # noqa: S101  (for the type checker: a mapping is a record)
    return found


def _read_nodes(
    graph: Record, keys: dict[str | None, str], network: ImportedNetwork, desk: Desk
) -> dict[str | None, str]:
    """Read the nodes; return their names by id: the label where it is nobody else's."""
    names: dict[str | None, str] = {}
    for record in graph.records("node", "nodes"):
        identity, data = record.text("@id"), _data(record, keys, "nodes", desk)
        if identity is None or identity in names:
            desk.refuse(
                "a node has no `id`" if identity is None else f"two nodes have the id `{identity}`", record.span
            )
            continue
        label, country = data.text("label", "name"), data.text("Country")
        name = label if label is not None and label not in network.nodes else identity
        while name in network.nodes:
            name += "'"
        names[identity] = name
        data.ignore(*_UNWRITTEN)
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
            desk.refuse_link(f"`{name}` stands for a hyperedge: a network that many nodes share", record.span)
        network.nodes[name] = node
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
