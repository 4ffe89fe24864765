"""Documents and lines of the same values: what an `<edit-config>` changes at a command line, and what is printed as the document it means.

For targets whose payload is a document in XML, and whose lines depend on what runs (`kit.ChangingLines`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from intentc.targetkit.cli_changes import CliModel, Found, Held
from intentc.targetkit.cli_cisco import read_cisco
from intentc.targetkit.cli_tree import CliNode
from intentc.targetkit.xml_edit import edited, is_gone
from intentc.targetkit.xml_reading import XmlNode, parse_xml, xml_text
from intentc.targetkit.xml_sections import NETCONF, Section
from intentc.targetkit.xml_shape import Path, written
from intentc.values import frozen

_Changed = dict[str, dict[str, Found]]


@frozen
class TypedDocuments:
    """One target: its `sections` of a document, and the `model` of its command line, which has sections by the same names.

    - `content` returns the element whose children are configuration, named as in the paths; `tagged` writes namespaces into a line.
    - `passing` returns what runs for a moment on the way from one state to another, None where the way is straight: for devices on
      which every line takes effect as it is typed, and some do only once others are gone.
    """

    sections: Sequence[Section]
    model: CliModel
    content: Callable[[XmlNode], XmlNode]
    tagged: Callable[[str], str]
    passing: Callable[[Held, Held], Held | None] = lambda _before, _after: None

    def changes(self, documents: Sequence[str], answer: str) -> tuple[str, ...]:
        """Return the lines that do what `<edit-config>`s with `documents`, one after the other, do to what `answer` shows.

        Only what differs is in them, and never a line of somebody else's. Raises `ValueError` for what is no configuration, and for
        what nobody knows the lines of.
        """
        before = self.model.read(read_cisco(answer))
        after = {name: dict(found) for name, found in before.items()}
        for text in documents:
            root = self.content(parse_xml(text))
            for section in self.sections:
                for node in root.all(*section.path):
                    self._apply(after, node, section)
        middle = self.passing(before, after)
        if middle is None:
            return self.model.lines(before, after)
        return (*self.model.lines(before, middle), *self.model.lines(middle, after))

    def _apply(self, held: _Changed, node: XmlNode, section: Section) -> None:
        if section.name not in held:
            raise ValueError(f"no source says in which lines `{' '.join(section.path)}` is typed")
        known = held[section.name]
        name = self.model.name_of(edited(None, node, section.shape))
        if is_gone(node):
            known.pop(name, None)
            return
        there = known.get(name)
        value = self.model.settled(edited(there.value if there else None, node, section.shape))
        known[name] = Found(value, there.unread if there is not None and not section.is_whole else ())

    def configuration(self, answer: str) -> str:
        """Return what is printed as the answer to `<get-config>`, as far as intentc looks at it.

        Lines in objects of ours that nothing here knows are in it by their text, and so count. Raises `ValueError` for what is no
        whole configuration.
        """
        held = self.model.read(read_cisco(answer))
        lines: list[str] = []
        open_: Path = ()
        for section in self.sections:
            found = [one for one in held.get(section.name, {}).values() if section.takes(one.value)]
            elements = [line for one in found for line in _element(section, one)]
            if elements:
                frame = section.path[:-1]
                lines += [*_moved(open_, frame), *elements]
                open_ = frame
        lines += _moved(open_, ())
        return "\n".join([f'<config xmlns="{NETCONF}">', *map(self.tagged, lines), "</config>", ""])


def _moved(one: Path, other: Path) -> Iterator[str]:
    """Yield the ends and starts of elements on the way from one place to another: a container stands once where what it has stands together."""
    common = next(
        (depth for depth, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
    yield from (f"</{name}>" for name in reversed(one[common:]))
    yield from (f"<{name}>" for name in other[common:])


def _element(section: Section, found: Found) -> Iterator[str]:
    root = written(section.path[-1], found.value, section.shape)
    first, *rest = [text for text, _ in root.lines()]
    if not rest:  # an element of one line: nothing of ours is so short
        return
    yield first
    yield from rest[:-1]
    yield from (f"<line>{xml_text(text)}</line>" for text in _said([node for _, node in found.unread]))
    yield rest[-1]


def _said(nodes: Sequence[CliNode], before: str = "") -> list[str]:
    """Return what nobody understood as lines, each with the lines of the modes around it."""
    found = []
    for node in nodes:
        here = f"{before} {node.text}".strip()
        found += _said(node.children, here) if node.children else [here]
    return found
