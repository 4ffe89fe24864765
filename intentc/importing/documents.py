"""The document of a file as a record, whatever notation it is in."""

from __future__ import annotations

from intentc.importing.desk import Desk, Record, layered
from intentc.importing.json_tree import read_json
from intentc.importing.xml_tree import read_xml
from intentc.topology.tree import Entry, Items, Node, Table
from intentc.topology.yaml_reader import read_tree


def yaml_document(desk: Desk) -> Record | None:
    """Return the top level of a YAML file; None with findings E0301 to E0303 for what is none."""
    tree = read_tree(desk.source, desk.findings)
    return None if tree is None else desk.record(tree, "the file")


def dotted_document(desk: Desk) -> Record | None:
    """Return the top level of a YAML file in which `a.b` is short for a mapping in a mapping."""
    tree = read_tree(desk.source, desk.findings)
    return None if tree is None else desk.record(_undotted(tree), "the file")


def json_document(desk: Desk) -> Record | None:
    """Return the top level of a JSON file; None with a finding (E0350, E0351)."""
    tree = read_json(desk.source, desk.findings)
    return None if tree is None else desk.record(tree, "the file")


def xml_document(desk: Desk, root: str) -> Record | None:
    """Return the element `root` of an XML file; None with a finding (E0350)."""
    tree = read_xml(desk.source, root, desk.findings)
    return None if tree is None else desk.record(tree, f"`{root}`")


def _undotted(node: Node) -> Node:
    """Return the tree with keys such as `ospf.cost` written as mappings in mappings, as a reader asks for them."""
    if isinstance(node, Items):
        return Items(tuple(_undotted(item) for item in node.items), *node[-5:])
    if not isinstance(node, Table):
        return node
    entries: dict[str, Entry] = {}
    for key, entry in node.entries.items():
        first, *steps = key.split(".")
        value = _undotted(entry.value)
        for step in reversed(steps):
            value = Table({step: Entry(entry.key, value)}, *entry.key[-5:])
        known = entries.get(first)
        if known is not None and isinstance(known.value, Table) and isinstance(value, Table):
            value = layered(known.value, value)
        entries[first] = Entry(entry.key, value)
    return Table(entries, *node[-5:])
