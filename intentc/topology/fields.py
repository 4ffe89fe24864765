"""Typed access to the fields of one element: what a field is not gets its finding, and the element is marked unsound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from intentc.diagnostics import Findings, Span
from intentc.topology.model import Directional, IPInterface, IPNetwork, LabelValue
from intentc.topology.names import DEVICE_NAME, NAME, TEXT, NameRule
from intentc.topology.quantities import Measure
from intentc.topology.reading import did_you_mean
from intentc.topology.scalars import WORDS, is_null
from intentc.topology.tree import Items, Node, Refused, Scalar, Table
from intentc.topology.values import (
    ValueProblemError,
    alike,
    read_address,
    read_boolean,
    read_integer,
    read_label,
    read_prefix,
    read_quantity,
    read_text,
    sound_integer,
    sound_quantity,
)

T = TypeVar("T")
_DIRECTIONS = frozenset(("ab", "ba"))


class Fields:
    """The fields of one mapping.

    - A getter returns None (or the default) for a field that is absent or wrong; `is_sound` tells the two apart at the end.
    - Every key outside `known` is a finding at once (E0304).
    - `what` names the element in findings (``node `r1` ``).
    """

    __slots__ = ("_entries", "_findings", "_known", "is_sound", "table", "what")

    def __init__(self, table: Table, what: str, known: frozenset[str], findings: Findings) -> None:
        self.table = table
        self.what = what
        self.is_sound = True
        self._entries = table.entries
        self._known = known
        self._findings = findings
        if not self._entries.keys() <= known:
            self._refuse_unknown()

    def has(self, name: str) -> bool:
        """Return whether the field is written."""
        return name in self._entries

    def span(self, name: str) -> Span:
        """Return where a field stands: its value, or its key where the value is long (the element when it is absent)."""
        entry = self._entries.get(name)
        if entry is None:
            return self.table.span
        node = entry.key if isinstance(entry.value, Table | Items) else entry.value
        return node.span

    def refuse(self, code: str, message: str, span: Span, *help_: str) -> None:
        """Add a finding about this element."""
        self.is_sound = False
        self._findings.error(code, message, span, help=help_)

    def lacks(self, name: str) -> bool:
        """Return whether a field is not written, and no misspelt key stands for it either."""
        if name in self._entries:
            return False
        return not any(did_you_mean(key, (name,)) for key in self._entries.keys() - self._known)

    def require(self, name: str, span: Span, help_: str) -> None:
        """Add a finding (E0307) when a field is not written."""
        if self.lacks(name):
            self.refuse("E0307", f"{self.what} has no `{name}`", span, help_)
        elif name not in self._entries:
            self.is_sound = False

    def text(self, name: str, rule: NameRule = TEXT) -> str | None:
        """Return a text; a number counts as the text that was written (so `release: 24.10` is not 24.1)."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        node = entry[1]
        if type(node) is Scalar and rule.allows(text := node[0]) and not (node[1] and text in WORDS):
            return text
        return self.read(name, "text", lambda scalar: read_text(name, scalar, rule))

    def name(self, name: str) -> str | None:
        """Return a name that people read."""
        return self.text(name, NAME)

    def device_name(self, name: str) -> str | None:
        """Return a name that may reach a device."""
        return self.text(name, DEVICE_NAME)

    def choice(self, name: str, choices: Sequence[str]) -> str | None:
        """Return one of `choices`."""
        text = self.text(name)
        if text is None or text in choices:
            return text
        help_ = did_you_mean(text, choices) or (f"one of {', '.join(f'`{choice}`' for choice in choices)}",)
        self.refuse("E0306", f"`{name}` cannot be `{text}`", self.span(name), *help_)
        return None

    def boolean(self, name: str) -> bool | None:
        """Return `true` or `false`."""
        return self.read(name, "`true` or `false`", lambda scalar: read_boolean(name, scalar))

    def integer(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number from `low` to `high`."""
        found = self._sound_integer(name, low, high)
        if found is not None or name not in self._entries:
            return found
        return self.read(name, "a whole number", lambda scalar: read_integer(name, scalar, low, high))

    def quantity(self, name: str, measure: Measure, low: int = 0) -> int | None:
        """Return a quantity of at least `low` in its smallest unit."""
        found = self._sound_quantity(name, measure, low)
        if found is not None or name not in self._entries:
            return found
        return self.read(name, measure.words, lambda scalar: read_quantity(name, scalar, measure, low))

    def two_way_quantity(self, name: str, measure: Measure, low: int = 0) -> Directional | None:
        """Return a quantity that may differ by direction: `4ms` or `{ab: 4ms, ba: 5ms}`."""
        if name not in self._entries:
            return None
        if (found := self._sound_quantity(name, measure, low)) is not None:
            return alike(found)
        return self._two_way(name, measure.words, lambda scalar: read_quantity(name, scalar, measure, low))

    def two_way_integer(self, name: str, low: int, high: int) -> Directional | None:
        """Return a whole number that may differ by direction."""
        if name not in self._entries:
            return None
        if (found := self._sound_integer(name, low, high)) is not None:
            return alike(found)
        return self._two_way(name, "a whole number", lambda scalar: read_integer(name, scalar, low, high))

    def prefix(self, name: str) -> IPNetwork | None:
        """Return an IP prefix without host bits."""
        return self.read(name, "a prefix", read_prefix)

    def address(self, name: str, version: int) -> IPInterface | None:
        """Return an address with or without its prefix length, of one IP version."""
        return self.read(name, f"an IPv{version} address", lambda scalar: read_address(scalar, version))

    def names(self, name: str, rule: NameRule = NAME) -> tuple[tuple[str, Span], ...] | None:
        """Return a list of different names, each with its place, or None when the field is absent."""
        items = self.items(name)
        if not items:
            return items  # type: ignore[return-value]  # none, or nothing in it
        found: dict[str, Span] = {}
        for item in items:
            text = self.value(name, "a list of names", item, lambda scalar: read_text(name, scalar, rule))
            if text in found:
                self.refuse("E0302", f"`{text}` stands here for the second time", item.span, "leave one of them out")
            elif text is not None:
                found[text] = item.span
        return tuple(found.items())

    def labels(self) -> dict[str, LabelValue]:
        """Return the free labels, sorted by key."""
        if "labels" not in self._entries:
            return {}
        table = self.sub("labels")
        found: dict[str, LabelValue] = {}
        for key, (scalar, node) in table.entries.items() if table is not None else ():
            value = self.value(
                "labels", "text, a whole number or a boolean", node, lambda scalar: read_label("labels", scalar)
            )
            if not NAME.allows(key):
                self.refuse("E0311", f"`{key}` cannot be the name of a label", scalar.span, f"allowed are {NAME.words}")
            elif value is not None:
                found[key] = value
        return dict(sorted(found.items()))

    def sub(self, name: str) -> Table | None:
        """Return a field that is a mapping."""
        node = self._node(name) if name in self._entries else None
        if node is None or isinstance(node, Table):
            return node
        self._refuse_type(name, "a mapping", node)
        return None

    def items(self, name: str) -> tuple[Node, ...] | None:
        """Return the items of a field that is a list."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        if type(entry[1]) is Items:
            return entry[1].items
        node = self._node(name)
        if node is None:
            return None
        self._refuse_type(name, "a list", node)
        return None

    def value(self, name: str, expected: str, node: Node, parse: Callable[[Scalar], T]) -> T | None:
        """Return what `parse` makes of a node that must be a scalar (`expected` says of which kind)."""
        if not isinstance(node, Scalar):
            self._refuse_type(name, expected, node)
            return None
        try:
            return parse(node)
        except ValueProblemError as problem:
            self.refuse(problem.code, problem.message, node.span, problem.help)
            return None

    def read(self, name: str, expected: str, parse: Callable[[Scalar], T]) -> T | None:
        """Return what `parse` makes of a field that is a scalar."""
        node = self._node(name) if name in self._entries else None
        return None if node is None else self.value(name, expected, node, parse)

    def _sound_integer(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number; None also where something has to be said of it."""
        entry = self._entries.get(name)
        node = None if entry is None else entry[1]
        return sound_integer(node, low, high) if type(node) is Scalar else None

    def _sound_quantity(self, name: str, measure: Measure, low: int) -> int | None:
        """Return a quantity; None also where something has to be said of it."""
        entry = self._entries.get(name)
        node = None if entry is None else entry[1]
        return sound_quantity(node[0], measure, low) if type(node) is Scalar else None

    def _node(self, name: str) -> Node | None:
        key, node = self._entries[name]
        if isinstance(node, Refused):
            self.is_sound = False
            return None
        if isinstance(node, Scalar) and is_null(node):
            self.refuse("E0305", f"`{name}` has no value", key.span, "write a value, or leave the key out")
            return None
        return node

    def _two_way(self, name: str, expected: str, parse: Callable[[Scalar], int]) -> Directional | None:
        node = self._node(name) if name in self._entries else None
        if not isinstance(node, Table):
            value = None if node is None else self.value(name, f"{expected}, or `{{ab: …, ba: …}}`", node, parse)
            return None if value is None else alike(value)
        if node.entries.keys() != _DIRECTIONS:
            help_ = "`ab` is from end a to end b, `ba` back: write both"
            self.refuse("E0305", f"`{name}` by direction has the keys `ab` and `ba`", node.span, help_)
            return None
        ab, ba = (self.value(name, expected, node.entries[key].value, parse) for key in ("ab", "ba"))
        return None if ab is None or ba is None else Directional(ab, ba)

    def _refuse_type(self, name: str, expected: str, node: Node) -> None:
        if isinstance(node, Refused):  # it has its finding
            self.is_sound = False
        else:
            self.refuse("E0305", f"`{name}` must be {expected}", node.span)

    def _refuse_unknown(self) -> None:
        for key, entry in self._entries.items():
            if key not in self._known:
                help_ = did_you_mean(key, self._known) or (f"fields are {', '.join(sorted(self._known))}",)
                self.refuse("E0304", f"{self.what} has no field `{key}`", entry.key.span, *help_)
