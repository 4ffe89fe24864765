"""The section `regions`: a tree, written as lists, mappings or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intentc.diagnostics import Label, Span
from intentc.topology.fields import Fields
from intentc.topology.model import Region
from intentc.topology.names import NAME
from intentc.topology.natural_order import natural_key
from intentc.topology.reading import Reading
from intentc.topology.scalars import is_null, is_text
from intentc.topology.tree import Items, Node, Refused, Scalar, Table
from intentc.values import field, mutable


@mutable
class _Tree:
    """The edges as written: where each region stands at the top, and where below which parent."""

    tops: dict[str, Span] = field(default_factory=dict)
    parents: dict[str, tuple[str, Span]] = field(default_factory=dict)


def read_regions(sections: Sequence[Node], reading: Reading) -> dict[str, Region]:
    """Return the regions by name.

    `eu: [de, nl]`, `eu: {de: [by], nl: }` and `[eu, us]` are ways to write it; a region may stand below its parent and, with
    its own parts, at the top as well. Two parents or a cycle are E0321.
    """
    tree = _Tree()
    for section in sections:
        _walk(section, None, tree, reading)
    _cut_cycles(tree, reading)
    spans = {name: span for name, (_, span) in tree.parents.items()} | tree.tops
    return {
        name: Region(name, tree.parents[name][0] if name in tree.parents else None, spans[name])
        for name in sorted(spans, key=natural_key)
    }


def is_known_region(region: str | None, fields: Fields, regions: Mapping[str, Region], reading: Reading) -> bool:
    """Return whether the region that a field names exists; no region is fine, an unknown one becomes E0320."""
    return (
        region is None or region in regions or reading.misses("region", region, fields.span("region"), regions, "E0320")
    )


def _walk(node: Node, parent: str | None, tree: _Tree, reading: Reading) -> None:
    if isinstance(node, Items):
        for item in node.items:
            _walk(item, parent, tree, reading)
    elif isinstance(node, Table):
        for name, entry in node.entries.items():
            if _add(entry.key, parent, tree, reading) and not (
                isinstance(entry.value, Scalar) and is_null(entry.value)
            ):
                _walk(entry.value, name, tree, reading)
    elif isinstance(node, Refused):
        reading.is_complete = False
    elif is_text(node):
        _add(node, parent, tree, reading)
    else:
        help_ = (f'write `"{node.text}"` to make it text',)
        reading.findings.error("E0305", "the name of a region must be text", node.span, help=help_)


def _add(key: Scalar, parent: str | None, tree: _Tree, reading: Reading) -> bool:
    name, span = key.text, key.span
    if not NAME.allows(name):
        message = f"`{name}` cannot be the name of a region"
        reading.findings.error("E0311", message, span, help=(f"allowed are {NAME.words}",))
        reading.leave_out("region", name)
        return False
    if parent is None and name not in tree.tops:
        tree.tops[name] = span
    elif parent is not None and name not in tree.parents:
        tree.parents[name] = (parent, span)
    elif parent is None or tree.parents[name][0] == parent:
        first = tree.tops[name] if parent is None else tree.parents[name][1]
        message, related = f"`{name}` stands here for the second time", (Label(first, "the first one"),)
        reading.findings.error("E0302", message, span, related=related, help=("keep one of them",))
        return False
    else:
        _refuse_second(name, parent, span, tree, reading)
        return False
    return True


def _refuse_second(name: str, parent: str, span: Span, tree: _Tree, reading: Reading) -> None:
    other, place = tree.parents[name]
    message = f"region `{name}` lies directly in `{other}` and in `{parent}`"
    related = (Label(place, f"below `{other}`"),)
    help_ = ("keep one of them: regions are a tree; use labels for groups that overlap",)
    reading.findings.error("E0321", message, span, related=related, help=help_)


def _cut_cycles(tree: _Tree, reading: Reading) -> None:
    """Report each cycle once, at its first region in natural order, and take that region out of its parent."""
    checked: set[str] = set()
    for start in sorted(tree.parents, key=natural_key):
        way: dict[str, None] = {}
        name: str | None = start
        while name is not None and name not in checked and name not in way:
            way[name] = None
            name = tree.parents[name][0] if name in tree.parents else None
        if name in way:
            _refuse_cycle([*way][[*way].index(name) :], tree, reading)
        checked.update(way)


def _refuse_cycle(names: Sequence[str], tree: _Tree, reading: Reading) -> None:
    first = min(names, key=natural_key)
    others = sorted((name for name in names if name != first), key=natural_key)
    message = f"region `{first}` lies within itself"
    related = tuple(Label(tree.parents[name][1], f"`{name}` is below `{tree.parents[name][0]}`") for name in others)
    span = tree.parents.pop(first)[1]
    reading.findings.error("E0321", message, span, related=related, help=("regions are a tree: take one of them out",))
