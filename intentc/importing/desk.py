"""What the readers of all formats share: findings, and records that remember which of their fields nobody asked for."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from intentc.diagnostics import Findings, Label, Source, Span
from intentc.patterns import pattern
from intentc.topology.quantities import LARGEST, Measure, QuantityProblem, parse_quantity
from intentc.topology.scalars import is_null
from intentc.topology.tree import Items, Node, Refused, Scalar, Table

_NUMBER = pattern(r"[-+]?[0-9]{1,24}(\.[0-9]{0,24})?([eE][-+]?[0-9]{1,2})?")
_SHOWN = 5  # places that a finding about many names


class Desk:
    """Collects what is said of one file; what many elements have in common is one finding."""

    def __init__(self, source: Source, findings: Findings) -> None:
        self.source = source
        self.start = Span(source.path, 1, 1, 1, 1)
        self.findings = findings
        self._records: list[Record] = []
        self._left_out: dict[str, list[Span]] = {}

    def unreadable(self, message: str, span: Span, *help_: str) -> None:
        """Say that the file is not what it should be (E0350)."""
        self.findings.error("E0350", message, span, help=help_)

    def refuse(self, message: str, span: Span, *help_: str) -> None:
        """Say that a part of the file cannot be what it says (E0351)."""
        self.findings.error("E0351", message, span, help=help_)

    def refuse_link(self, message: str, span: Span, *help_: str) -> None:
        """Say that a connection is none between two nodes, both ways (E0352)."""
        self.findings.error("E0352", message, span, help=help_)

    def about(self, code: str, message: str, spans: Sequence[Span], *help_: str) -> None:
        """Say one thing of many places: of the first, with some others in `related`."""
        first, *others = sorted(spans)
        related = tuple(Label(span, "here too") for span in others[:_SHOWN])
        self.findings.error(code, message, first, related=related, help=help_)

    def leave_out(self, what: str, span: Span) -> None:
        """Note that something in the file is not taken over."""
        self._left_out.setdefault(what, []).append(span)

    def record(self, node: Node | None, kind: str) -> Record | None:
        """Return a mapping of the file as a record, None (with a finding) when it is something else. No value has no fields."""
        if isinstance(node, Table):
            return self._kept(node, kind)
        if isinstance(node, Scalar) and is_null(node):
            return self._kept(Table.empty(node), kind)
        if node is not None and not isinstance(node, Refused):
            self.refuse(f"{kind} must be a mapping", node.span)
        return None

    def finish(self) -> None:
        """Say what was left out (N0351), once per kind."""
        fields: dict[str, dict[str, Span]] = {}
        for record in self._records:
            known = fields.setdefault(record.kind, {})
            for key, span in record.unasked():
                known.setdefault(key, span)
        for kind, found in fields.items():
            if found:
                names = ", ".join(f"`{key}`" for key in sorted(found))
                self.about("N0351", f"of {kind} not taken over: {names}", list(found.values()))
        for what, spans in self._left_out.items():
            count = f" ({len(spans)})" if len(spans) > 1 else ""
            self.about("N0351", f"not taken over: {what}{count}", spans)

    def _kept(self, table: Table, kind: str) -> Record:
        record = Record(table, kind, self)
        self._records.append(record)
        return record


class Record:
    """The fields of one mapping, by key. A field of another kind than asked for is E0351 and counts as absent."""

    __slots__ = ("_asked", "_desk", "_table", "kind")

    def __init__(self, table: Table, kind: str, desk: Desk) -> None:
        self.kind = kind
        self._table = table
        self._desk = desk
        self._asked: set[str] = set()

    @property
    def span(self) -> Span:
        return self._table.span

    def unasked(self) -> list[tuple[str, Span]]:
        """Return the fields with a value that no reader took."""
        entries = self._table.entries.items()
        return [
            (key, entry.key.span) for key, entry in entries if key not in self._asked and not _is_empty(entry.value)
        ]

    def mappings(self) -> list[tuple[str, Table]]:
        """Return the fields that are mappings (or have no value), in the order of the file; they do not count as taken."""
        found = []
        for key, entry in self._table.entries.items():
            if isinstance(entry.value, Table):
                found.append((key, entry.value))
            elif isinstance(entry.value, Scalar) and is_null(entry.value):
                found.append((key, Table.empty(entry.key)))
        return found

    def ignore(self, *keys: str) -> None:
        """Take fields that say nothing about the network."""
        self._asked.update(keys)

    def ignore_all(self) -> None:
        """Take all fields: what holds them is left out, and said to be."""
        self._asked.update(self._table.entries)

    def node(self, *keys: str) -> Node | None:
        """Return the value of the first of these fields that has one."""
        self._asked.update(keys)
        for key in keys:
            entry = self._table.entries.get(key)
            value = None if entry is None else entry.value
            if (
                value is not None
                and not isinstance(value, Refused)
                and not (isinstance(value, Scalar) and is_null(value))
            ):
                return value
        return None

    def record(self, key: str, kind: str | None = None) -> Record | None:
        """Return a field that is a mapping; its kind is `KEY of …` unless given."""
        return self._desk.record(self.node(key), kind or f"`{key}` of {self.kind}")

    def tables(self, key: str) -> dict[str, Table]:
        """Return the mappings below a field that is a mapping of such, by name; one without a value is empty."""
        node = self.node(key)
        if node is not None and not isinstance(node, Table):
            self._desk.refuse(f"`{key}` must be a mapping", node.span)
        found: dict[str, Table] = {}
        for name, entry in node.entries.items() if isinstance(node, Table) else ():
            value = entry.value
            if isinstance(value, Table):
                found[name] = value
            elif isinstance(value, Scalar) and is_null(value):
                found[name] = Table.empty(entry.key)
            elif not isinstance(value, Refused):
                self._desk.refuse(f"`{name}` below `{key}` must be a mapping", value.span)
        return found

    def items(self, key: str) -> tuple[Node, ...]:
        """Return the items of a field that is a list."""
        node = self.node(key)
        if node is None or isinstance(node, Items):
            return () if node is None else node.items
        self._desk.refuse(f"`{key}` must be a list", node.span)
        return ()

    def records(self, key: str, kind: str) -> list[Record]:
        """Return the mappings in a field that is a list."""
        return [found for item in self.items(key) if (found := self._desk.record(item, kind)) is not None]

    def text(self, *keys: str) -> str | None:
        """Return a scalar as written; an empty one counts as absent."""
        node = self.node(*keys)
        if node is None or isinstance(node, Scalar):
            return None if node is None else node.text.strip() or None
        self._desk.refuse(f"`{keys[0]}` must be one value", node.span)
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the scalars in a field that is a list."""
        return tuple(item.text for item in self.items(key) if isinstance(item, Scalar))

    def number(self, *keys: str) -> Fraction | None:
        """Return a number, exactly as written."""
        text, node = self.text(*keys), self.node(*keys)
        if text is None or node is None:
            return None
        value = exact(text)
        if value is not None:
            return value
        self._desk.refuse(f"`{keys[0]}` must be a number", node.span)
        return None

    def integer(self, *keys: str) -> int | None:
        """Return a whole number that is not negative and fits 64 bits."""
        return self.scaled(1, *keys)

    def scaled(self, unit: int, *keys: str) -> int | None:
        """Return a number times `unit`, rounded to a whole one that is not negative and fits 64 bits."""
        number, node = self.number(*keys), self.node(*keys)
        if number is None or node is None:
            return None
        if 0 <= number * unit <= LARGEST:
            return round(number * unit)
        self._desk.refuse(f"`{keys[0]}` is out of range", node.span)
        return None

    def quantity(self, key: str, measure: Measure) -> int | None:
        """Return a quantity with its unit in ns, bps, bytes or parts per billion."""
        text, node = self.text(key), self.node(key)
        if text is None or node is None:
            return None
        value = parse_quantity(text, measure)
        if isinstance(value, QuantityProblem):
            self._desk.refuse(value.message, node.span, value.help)
            return None
        return value


def exact(text: str) -> Fraction | None:
    """Return a decimal number exactly, None for what is none or has more digits than anything measured."""
    return Fraction(text) if _NUMBER.fullmatch(text) is not None else None


def shown(text: str) -> str:
    """Return a text of the file without what people cannot see, and no longer than a topology's texts may be."""
    return "".join(character if character.isprintable() else " " for character in text)[:256].strip()


def layered(*layers: Table | None) -> Table:
    """Return the fields of several mappings as one; a later one counts. It stands where the last one does."""
    entries = {key: entry for layer in layers if layer is not None for key, entry in layer.entries.items()}
    last = layers[-1]
    assert last is not None  # noqa: S101  (for the type checker: an element has fields of its own)
    return Table(entries, *last[-5:])


def _is_empty(node: Node) -> bool:
    if isinstance(node, Scalar):
        return is_null(node) or not node.text
    return not (node.entries if isinstance(node, Table) else node.items if isinstance(node, Items) else ())
