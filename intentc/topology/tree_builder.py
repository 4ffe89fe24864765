"""Parser events to a tree: duplicate keys, tags, aliases without end and depth without reason are refused on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from intentc.diagnostics import Findings, Label
from intentc.patterns import put_off
from intentc.topology.tree import Entry, Items, Node, Refused, Scalar, Table

with put_off():  # one expression, of a reader that is not used, takes longer than all else of this library
    from yaml.events import (
        AliasEvent,
        CollectionStartEvent,
        DocumentStartEvent,
        MappingEndEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceEndEvent,
        SequenceStartEvent,
        StreamEndEvent,
    )

MAX_DEPTH = 32
TOO_DEEP = f"nested more than {MAX_DEPTH} deep", "no topology needs such depth"  # message, help
MAX_REPEATED = 1_000_000  # nodes that aliases may add to a document


class HaltError(Exception):
    """Reading the file ends here; the finding was made."""


class _Frame:
    """A collection that is still open: a sequence has `items`, a mapping `entries` and the key that waits for its value."""

    __slots__ = ("anchor", "counted", "entries", "items", "key", "start")

    def __init__(self, event: CollectionStartEvent, counted: int) -> None:
        self.start: Any = event.start_mark
        self.anchor: str | None = event.anchor
        self.counted = counted
        self.items: list[Node] | None = [] if isinstance(event, SequenceStartEvent) else None
        self.entries: dict[str, Entry] = {}
        self.key: Scalar | Refused | None = None


class TreeBuilder:
    """Builds the tree of one file. Events are typed `Any`: the stubs call marks optional that every event has."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self._stack: list[_Frame] = []
        self._root: Node | None = None
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._counted = 0  # nodes so far, with what aliases repeat
        self._repeated = 0

    def build(self, get_event: Callable[[], Any]) -> None:
        """Take all events; raises `HaltError` where the rest is not worth reading."""
        take = {
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            AliasEvent: self._alias,
            DocumentStartEvent: self._start,
        }
        file, stack, new = self._file, self._stack, tuple.__new__
        while (kind := type(event := get_event())) is not StreamEndEvent:
            if kind is not ScalarEvent:
                if kind in take:
                    take[kind](event)
                continue
            # Seven of ten events end here, so this is written out: no call, and no `Scalar(…)` that calls `__new__` twice.
            start, end = event.start_mark, event.end_mark
            place = file, start.line + 1, start.column + 1, end.line + 1, end.column + 1
            node = new(Scalar, (event.value, event.implicit[0], *place))
            if event.tag is not None or event.anchor is not None or not stack:
                self._add(self._marked(event, node))
                continue
            self._counted += 1
            frame = stack[-1]
            key = frame.key
            if frame.items is not None:
                frame.items.append(node)
            elif key is None:
                text = node.text
                frame.key = node if text not in frame.entries and text != "<<" else self._refused_key(node, frame)
            else:
                if type(key) is Scalar:
                    frame.entries[key.text] = new(Entry, (key, node))
                frame.key = None

    def document(self) -> Table | None:
        """Return the top-level table; None (with a finding) when the document is something else."""
        if self._root is None or (isinstance(self._root, Scalar) and self._root.is_plain and not self._root.text):
            return Table({}, self._file, 1, 1, 1, 1)
        if isinstance(self._root, Table):
            return self._root
        if not isinstance(self._root, Refused):
            message, help_ = "a topology file is a mapping of sections", ("start with a key such as `nodes:`",)
            self._findings.error("E0305", message, self._root.span, help=help_)
        return None

    def _refused(self, event: Any, message: str, help_: str) -> Refused:
        start, end = event.start_mark, event.end_mark
        place = Refused(self._file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        self._findings.error("E0303", message, place.span, help=(help_,))
        return place

    def _start(self, event: Any) -> None:
        if self._root is not None:
            self._refused(event, "a second document in one file", "put it into a file of its own")
            raise HaltError
        if event.version is not None and tuple(event.version) != (1, 2):
            self._refused(event, "another version of YAML than 1.2", "leave out the `%YAML` line")

    def _marked(self, event: Any, scalar: Scalar) -> Node:
        """Return a scalar that may have a tag or an anchor."""
        node: Node = scalar if event.tag is None else self._tagged(event)
        self._counted += 1
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, 1)
        return node

    def _tagged(self, event: Any) -> Refused:
        return self._refused(event, f"the tag `{event.tag}` is not supported", "leave the tag out; quote what is text")

    def _open(self, event: Any) -> None:
        if event.tag is not None:
            self._tagged(event)
        if len(self._stack) >= MAX_DEPTH:
            self._refused(event, *TOO_DEEP)
            raise HaltError
        self._counted += 1
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)  # until it is complete, the name means nothing
        self._stack.append(_Frame(event, self._counted))

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        start, end = frame.start, event.end_mark
        place = (self._file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        node: Node = Table(frame.entries, *place) if frame.items is None else Items(tuple(frame.items), *place)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (node, self._counted - frame.counted + 1)
        self._add(node)

    def _alias(self, event: Any) -> None:
        known = self._anchors.get(event.anchor)
        if known is None:
            message = f"no finished value is called `{event.anchor}` here"
            self._add(self._refused(event, message, "define the anchor before its use"))
            return
        node, size = known
        self._counted += size
        self._repeated += size
        if self._repeated > MAX_REPEATED:
            self._refused(event, "the aliases of this file unfold to too much", "write the values out")
            raise HaltError
        self._add(node)

    def _add(self, node: Node) -> None:
        if not self._stack:
            self._root = node
            return
        frame = self._stack[-1]
        if frame.items is not None:
            frame.items.append(node)
        elif frame.key is not None:
            self._put(node, frame)
        elif isinstance(node, Scalar) and node.text not in frame.entries and node.text != "<<":
            frame.key = node
        else:
            frame.key = self._refused_key(node, frame)

    def _put(self, node: Node, frame: _Frame) -> None:
        if isinstance(frame.key, Scalar):
            frame.entries[frame.key.text] = Entry(frame.key, node)
        frame.key = None

    def _refused_key(self, node: Node, frame: _Frame) -> Refused:
        if isinstance(node, Scalar) and node.text in frame.entries:
            report_duplicate(node, frame.entries[node.text].key, self._findings)
        elif isinstance(node, Scalar):
            message, help_ = "merge keys are not part of YAML 1.2", "write the fields out, or use `defaults:`"
            self._findings.error("E0303", message, node.span, help=(help_,))
        elif not isinstance(node, Refused):
            self._findings.error("E0303", "a key that is not text", node.span, help=("write the key as one word",))
        return Refused(*node[-5:])


def report_duplicate(key: Scalar, first: Scalar, findings: Findings) -> None:
    """Add the finding of a key that stands twice, in one mapping or in two files."""
    findings.error(
        "E0302",
        f"`{key.text}` stands here for the second time",
        key.span,
        related=(Label(first.span, "the first one"),),
        help=("keep one of them, or give one another name",),
    )
