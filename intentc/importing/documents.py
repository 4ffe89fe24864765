"""The document of a file as a record, whatever notation it is in."""

from __future__ import annotations

from intentc.importing.desk import Desk, Record
from intentc.importing.json_tree import read_json
from intentc.importing.xml_tree import read_xml
from intentc.topology.yaml_reader import read_tree


def yaml_document(desk: Desk) -> Record | None:
    """Return the top level of a YAML file; None with findings E0301 to E0303 for what is none."""
    tree = read_tree(desk.source, desk.findings)
    return None if tree is None else desk.record(tree, "the file")


def json_document(desk: Desk) -> Record | None:
    """Return the top level of a JSON file; None with a finding (E0350, E0351)."""
    tree = read_json(desk.source, desk.findings)
    return None if tree is None else desk.record(tree, "the file")


def xml_document(desk: Desk, root: str) -> Record | None:
    """Return the element `root` of an XML file; None with a finding (E0350)."""
    tree = read_xml(desk.source, root, desk.findings)
    return None if tree is None else desk.record(tree, f"`{root}`")
