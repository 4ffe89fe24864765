"""SNDlib networks, native and XML (http://sndlib.zib.de/html/docu/io-formats). Their capacities have no unit."""

from __future__ import annotations

from fractions import Fraction

from intentc.diagnostics import Span
from intentc.importing.desk import Desk, Record, exact
from intentc.importing.documents import xml_document
from intentc.importing.model import ImportedEnd, ImportedLink, ImportedNetwork, ImportedNode, ImportedSite, Options
from intentc.importing.sndlib_native import Word, read_sections, rows_of
from intentc.importing.xml_tree import TEXT
from intentc.topology.model import Directional
from intentc.topology.quantities import LARGEST
from intentc.values import field, mutable

_UNITS = {"KBITPERSEC": 10**3, "MBITPERSEC": 10**6, "GBITPERSEC": 10**9}  # what META calls them
_MODULE = "nothing is installed: one of the smallest modules"
_LATITUDES, _LONGITUDES = 90, 180


@mutable
class _Node:
    name: str
    at: tuple[str, str] | None  # x and y
    span: Span


@mutable
class _Link:
    name: str
    ends: tuple[str, str]
    installed: str | None
    modules: list[str]  # capacities
    span: Span


@mutable
class _Rows:
    """What both notations hold."""

    nodes: list[_Node] = field(default_factory=list)
    links: list[_Link] = field(default_factory=list)
    unit: str | None = None
    is_geographical: bool = True


def read(desk: Desk, options: Options) -> ImportedNetwork | None:
    """Return nodes, each at a site of its own, and links. A capacity is what is installed, else one of the smallest modules."""
    rows = _read_xml(desk) if desk.source.text.lstrip().startswith("<") else _read_native(desk)
    if rows is None:
        return None
    network = ImportedNetwork()
    for node in rows.nodes:
        if node.name in network.nodes:
            desk.refuse(f"the node `{node.name}` stands here for the second time", node.span)
        location = _location(node, rows, desk)
        network.nodes[node.name] = ImportedNode(node.name, node.span, site=node.name if location else None)
        if location is not None:
            network.sites[node.name] = ImportedSite(node.name, node.span, location=location)
    unit = options.unit_bps or _UNITS.get(rows.unit or "")
    for link in rows.links:
        a, b = (ImportedEnd(name) for name in link.ends)
        made = ImportedLink(a, b, link.span, id=link.name)
        rate = _capacity(link, unit, desk)
        made.capacity_bps = Directional(rate, rate) if rate else None
        made.remark = _MODULE if rate and not exact(link.installed or "0") else None
        network.links.append(made)
    return network


def _location(node: _Node, rows: _Rows, desk: Desk) -> tuple[str, str] | None:
    if node.at is None:
        return None
    x, y = (exact(text) for text in node.at)
    if x is None or y is None:
        desk.refuse(f"the coordinates of `{node.name}` are no numbers", node.span)
        return None
    if rows.is_geographical and abs(x) <= _LONGITUDES and abs(y) <= _LATITUDES:
        return node.at[1], node.at[0]
    desk.leave_out("coordinates that are no longitude and latitude", node.span)
    return None


def _capacity(link: _Link, unit: int | None, desk: Desk) -> int | None:
    """Return the capacity in bps, None when none can be told."""
    found = [exact(text) for text in (link.installed or "0", *link.modules)]
    values = [value for value in found if value is not None]
    if len(values) != len(found):
        desk.refuse(f"a capacity of `{link.name}` is no number", link.span)
        return None
    installed, *modules = values
    offered = [value for value in modules if value > 0]
    if offered and installed <= 0:
        desk.leave_out("costs of modules, and of links without capacity all modules but one of the smallest", link.span)
    capacity = installed if installed > 0 else min(offered, default=Fraction(0))
    if capacity > 0 and unit is None:
        desk.leave_out("capacities, numbers without a unit (`--unit 1Mbps` says what 1 is)", link.span)
        return None
    rate = round(capacity * (unit or 0))
    if rate > LARGEST:
        desk.refuse(f"the capacity of `{link.name}` is out of range", link.span)
        return None
    return rate or None


# -- XML ---------------------------------------------------------------------------------------------------------------


def _read_xml(desk: Desk) -> _Rows | None:
    document = xml_document(desk, "network")
    structure = None if document is None else _one(document, "networkStructure")
    if document is None or structure is None:
        if document is not None:
            desk.unreadable("the file holds no `networkStructure`", desk.start)
        return None
    document.ignore("@version", "@schemaLocation")
    rows = _Rows()
    meta, nodes, links = _one(document, "meta"), _one(structure, "nodes"), _one(structure, "links")
    rows.unit = None if meta is None else _text(meta, "unit")
    rows.is_geographical = nodes is None or nodes.text("@coordinatesType") != "pixel"
    for node in () if nodes is None else nodes.records("node", "nodes"):
        at = _one(node, "coordinates")
        x, y = (None, None) if at is None else (_text(at, "x"), _text(at, "y"))
        rows.nodes.append(_Node(node.text("@id") or "", None if x is None or y is None else (x, y), node.span))
    for link in () if links is None else links.records("link", "links"):
        installed, more = _one(link, "preInstalledModule"), _one(link, "additionalModules")
        modules = () if more is None else more.records("addModule", "modules")
        ends = (_text(link, "source") or "", _text(link, "target") or "")
        capacities = [_text(module, "capacity") or "" for module in modules]
        first = None if installed is None else _text(installed, "capacity")
        rows.links.append(_Link(link.text("@id") or "", ends, first, capacities, link.span))
    return rows


def _one(record: Record, name: str) -> Record | None:
    return next(iter(record.records(name, f"`{name}`")), None)


def _text(record: Record, name: str) -> str | None:
    below = _one(record, name)
    return None if below is None else below.text(TEXT)


# -- native ------------------------------------------------------------------------------------------------------------


def _read_native(desk: Desk) -> _Rows | None:
    sections = read_sections(desk)
    if sections is None:
        return None
    rows = _Rows()
    meta = [item.text for item in sections.get("META", []) if isinstance(item, Word)]
    rows.unit = next((value for key, _, value in zip(meta, meta[1:], meta[2:], strict=False) if key == "unit"), None)
    for word, _, (at, *_) in rows_of(sections.get("NODES", []), 0, 1, desk):
        x, y = (item.text for item in at) if len(at) == 2 else ("", "")
        rows.nodes.append(_Node(word.text, (x, y), word.span))
    for word, numbers, (ends, modules) in rows_of(sections.get("LINKS", []), 4, 2, desk):
        source, target = (item.text for item in ends) if len(ends) == 2 else ("", "")
        capacities = [item.text for item in modules[::2]]
        rows.links.append(_Link(word.text, (source, target), numbers[0].text, capacities, word.span))
    for name in ("DEMANDS", "ADMISSIBLE_PATHS"):
        first = next((item for item in sections.get(name, []) if isinstance(item, Word)), None)
        if first is not None:
            desk.leave_out(f"the section `{name}`", first.span)
    return rows
