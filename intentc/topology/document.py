"""Several topology files as one document: maps unite, lists follow each other, a key in two files is an error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intentc.topology.names import NameRule
from intentc.topology.reading import Reading, did_you_mean
from intentc.topology.scalars import is_null
from intentc.topology.tree import Entry, Items, Node, Refused, Scalar, Table
from intentc.topology.tree_builder import report_duplicate
from intentc.values import field, mutable

TABLES = ("collectors", "defaults", "nodes", "routing", "sites")
SECTIONS = frozenset((*TABLES, "links", "name", "regions"))


@mutable
class Document:
    """The sections of all files; `regions` has one tree per file, as each may be written in its own way."""

    name: Entry | None = None
    tables: dict[str, Table] = field(default_factory=dict)
    regions: list[Node] = field(default_factory=list)
    links: list[Node] = field(default_factory=list)

    def table(self, section: str) -> Table | None:
        """Return a section that is a mapping, None when no file has it."""
        return self.tables.get(section)


def unite(trees: Sequence[Table], reading: Reading) -> Document:
    """Return the sections of `trees` (in the order of their files' paths)."""
    document = Document()
    for tree in trees:
        for key, entry in tree.entries.items():
            if key not in SECTIONS:
                _refuse_section(entry.key, reading)
            elif isinstance(entry.value, Refused):
                reading.is_complete = False
            elif not (isinstance(entry.value, Scalar) and is_null(entry.value)):
                _take(document, key, entry, reading)
    return document


def _take(document: Document, section: str, entry: Entry, reading: Reading) -> None:
    value = entry.value
    if section == "name":
        if document.name is not None:
            report_duplicate(entry.key, document.name.key, reading.findings)
        else:
            document.name = entry
    elif section == "links" and isinstance(value, Items):
        document.links += value.items
    elif section == "regions" and isinstance(value, Items | Table):
        document.regions.append(value)
    elif section in TABLES and isinstance(value, Table):
        _merge(document, entry.key, value, reading)
    else:
        _refuse_type(section, entry, reading)


def _merge(document: Document, section: Scalar, table: Table, reading: Reading) -> None:
    known = document.tables.setdefault(section.text, Table.empty(section))
    for key, entry in table.entries.items():
        if key in known.entries:
            report_duplicate(entry.key, known.entries[key].key, reading.findings)
        else:
            known.entries[key] = entry


def _refuse_section(key: Scalar, reading: Reading) -> None:
    reading.is_complete = False
    help_ = did_you_mean(key.text, SECTIONS) or (f"sections are {', '.join(sorted(SECTIONS))}",)
    reading.findings.error("E0304", f"a topology has no section `{key.text}`", key.span, help=help_)


def _refuse_type(section: str, entry: Entry, reading: Reading) -> None:
    reading.is_complete = False
    expected = {"links": "a list", "regions": "a mapping or list of regions"}.get(section, "a mapping")
    reading.findings.error("E0305", f"`{section}` must be {expected}", entry.key.span)


def elements(table: Table | None, kind: str, rule: NameRule, reading: Reading) -> Iterator[tuple[Scalar, Table]]:
    """Yield key and fields of each element of a section; an element without a value has no fields.

    Elements whose name breaks `rule` (E0311) or that are no mapping (E0305) are left out.
    """
    for name, (key, value) in table.entries.items() if table is not None else ():
        span = key.span
        if not rule.allows(name):
            message = f"`{name}` cannot be the name of a {kind}"
            reading.findings.error("E0311", message, span, help=(f"allowed are {rule.words}",))
        elif isinstance(value, Table):
            yield key, value
            continue
        elif isinstance(value, Scalar) and is_null(value):
            yield key, Table.empty(key)
            continue
        elif not isinstance(value, Refused):
            reading.findings.error("E0305", f"the {kind} `{name}` must be a mapping of fields", span)
        reading.leave_out(kind, name)
