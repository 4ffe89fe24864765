"""What to type so that a device has what a payload asks for: what runs and what shall run as values, and the lines between the two.

Only what differs is typed. What is foreign is the same before and after, so no line of it is ever among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from intentc.targetkit.cli_shape import CliReading, CliShape, has_head, written_cli
from intentc.targetkit.cli_tree import CliNode
from intentc.values import field, frozen

Held = Mapping[str, Mapping[str, "Found"]]  # section -> name -> what stands there


def _alone(value: Any) -> tuple[Any, ...]:
    return (value,)


def _never(_one: Any, _other: Any) -> Any:
    return None


def _own_slot(line: str) -> str:
    return line


def _as_it_is(value: Any) -> Any:
    return value


@frozen
class Found:
    """A value, and the lines of its blocks that it has no words for, each with the first line of the block."""

    value: Any
    unread: tuple[tuple[str, CliNode], ...] = ()


@frozen
class CliSection:
    """The blocks of one kind of value: the field of what is owned, what they look like, the modes that they stand in.

    - `is_whole`: a block is ours as a whole, so lines in it that nobody knows count.
    - `is_binding`: it binds objects to places, so it changes last and lets go first.
    - `ended`: the line that ends its mode where `exit` does not. `ordered`: lines in it that begin so have an order.
    - `kept`: how the lines begin that never change in a block that is at work: with others of them it is made anew.
    - `numbered`: a line in it is taken away by so many of its first words, 0 for all of them.
    - `split`, `joined`: values that are several blocks on the device; `joined` returns None where two cannot be one. `made` makes the
      value of what the shape reads of one block, None for what is nobody's concern.
    - `slot`: names the place that a line takes, where a place holds one line. `place`: the same of the first line of a block: another
      one in the same place comes once the old one is gone. `said`: what a line says, where typing it anew puts another in its place.
    """

    name: str
    shape: CliShape
    frame: tuple[str, ...] = ()
    is_whole: bool = True
    is_binding: bool = False
    ended: str = ""
    ordered: str = ""
    kept: str = ""
    numbered: int = 0
    split: Callable[[Any], tuple[Any, ...]] = _alone
    joined: Callable[[Any, Any], Any] = _never
    made: Callable[[Any], Any] = _as_it_is
    slot: Callable[[str], str] = _own_slot
    place: Callable[[str], str] = _own_slot
    said: Callable[[str], str] = _own_slot


@frozen
class CliModel:
    """The sections of a target.

    `name_of` tells objects of one kind apart, `settled` puts a value into the spelling in which it is compared, `spelled` into the
    one in which it is typed.
    """

    sections: tuple[CliSection, ...]
    name_of: Callable[[object], str]
    settled: Callable[[Any], Any]
    spelled: Callable[[Any], Any]
    last: str = field(default="")  # the ordered line that is always last, by itself

    def read(self, nodes: Iterable[CliNode]) -> dict[str, dict[str, Found]]:
        """Return what stands in a configuration, by section and name."""
        root = CliNode("", list(nodes))
        reading = CliReading()
        return {section.name: self._section(root, section, reading) for section in self.sections}

    def _section(self, root: CliNode, section: CliSection, reading: CliReading) -> dict[str, Found]:
        found: dict[str, Found] = {}
        for node in _at(root, section.frame):
            read = reading.read(node, section.shape)
            value = None if read is None else section.made(read)
            if value is None:
                continue
            value = self.settled(value)
            name = self.name_of(value)
            rest = tuple((node.text, one) for one in _rest(reading, node).children) if section.is_whole else ()
            found[name] = self._joined(section, found.get(name), Found(value, rest), node)
        return found

    @staticmethod
    def _joined(section: CliSection, one: Found | None, other: Found, node: CliNode) -> Found:
        if one is None:
            return other
        value = section.joined(one.value, other.value)
        if value is None:
            return Found(one.value, (*one.unread, (node.text, node)))
        return Found(value, (*one.unread, *other.unread))

    def lines(self, before: Held, after: Held) -> tuple[str, ...]:
        """Return the lines that make a device with `before` have `after`.

        What binds lets go first, then objects change and come, then what binds takes hold, and last of all goes what nothing holds
        any more.
        """
        changes = [(section, *self._changed(section, before, after)) for section in self.sections]
        found: list[str] = []
        for section, olds, news in changes:
            if section.is_binding:
                found += _framed(
                    section, [line for old, new in zip(olds, news, strict=True) for line in _let_go(section, old, new)]
                )
        for is_binding in (False, True):
            for section, olds, news in changes:
                if section.is_binding == is_binding:
                    pairs = zip(olds, news, strict=True)
                    found += _framed(section, [line for old, new in pairs for line in self._put(section, old, new)])
        for section, olds, news in reversed(changes):
            gone = [old for old, new in zip(olds, news, strict=True) if old is not None and new is None]
            found += _framed(section, [f"no {node.text}" for node in reversed(gone)])
        return tuple(found)

    def is_remade(self, section: CliSection, one: Found, other: Found) -> bool:
        """Return whether the lines that make `other` of `one` take a block away first."""
        was, shall_be = self._by_place(section, one), self._by_place(section, other)
        return any(self._is_new(section, was[place], shall_be[place]) for place in was.keys() & shall_be.keys())

    def _changed(
        self, section: CliSection, before: Held, after: Held
    ) -> tuple[list[CliNode | None], list[CliNode | None]]:
        """Return the blocks that differ, as they are and as they shall be, side by side."""
        olds: list[CliNode | None] = []
        news: list[CliNode | None] = []
        one, other = before.get(section.name, {}), after.get(section.name, {})
        for name in (*one, *(name for name in other if name not in one)):
            if one.get(name) != other.get(name):
                was, shall_be = self._by_place(section, one.get(name)), self._by_place(section, other.get(name))
                for place in (*was, *(place for place in shall_be if place not in was)):
                    olds.append(was.get(place))
                    news.append(shall_be.get(place))
        return olds, news

    def _put(self, section: CliSection, old: CliNode | None, new: CliNode | None) -> list[str]:
        if new is None:
            return []
        if old is not None and self._is_new(section, old, new):
            return [f"no {old.text}", *_made(new, section.ended)]
        return _made(new, section.ended) if old is None else _edit(section, old, new, section.ended)

    def _is_new(self, section: CliSection, old: CliNode, new: CliNode) -> bool:
        """Return whether `old` has to go before `new` can come: another block in its place, another order, others of what never changes."""
        if old.text != new.text or not self._is_in_order(section, old, new):
            return True
        kept = (
            [c.text for c in node.children if section.kept and c.text.startswith(section.kept)] for node in (old, new)
        )
        return next(kept) != next(kept)

    def _is_in_order(self, section: CliSection, old: CliNode, new: CliNode) -> bool:
        """Return whether the ordered lines of `new` are those of `old` that stay, and then others."""
        if not section.ordered:
            return True
        was, shall_be = ([c.text for c in node.children if c.text.startswith(section.ordered)] for node in (old, new))
        staying = [text for text in was if text in shall_be and text != self.last]
        return [text for text in shall_be if text != self.last][: len(staying)] == staying

    def _by_place(self, section: CliSection, found: Found | None) -> dict[str, CliNode]:
        """Return the blocks of a value by what tells them apart, with what nobody understood in them."""
        if found is None:
            return {}
        values = [self.spelled(value) for value in section.split(found.value)]
        if not all(has_head(value, section.shape) for value in values):
            raise ValueError(f"no source says in which lines all of `{section.name}` are typed")
        nodes = [written_cli(value, section.shape) for value in values]
        for text, node in found.unread:
            for block in [one for one in nodes if one.text == text][:1] or nodes[:1]:
                _add(block, [node])
        return {section.place(node.text): node for node in nodes}


def _at(root: CliNode, frame: tuple[str, ...]) -> Iterator[CliNode]:
    if not frame:
        yield from root.children
        return
    for child in root.children:
        if child.text == frame[0]:
            yield from _at(child, frame[1:])


def _rest(reading: CliReading, node: CliNode) -> CliNode:
    """Return a block with only what nobody understood."""
    kept = CliNode(node.text)
    for child in node.children:
        if id(child) not in reading.known:
            kept.children.append(child)
        elif (below := _rest(reading, child)).children:
            kept.children.append(below)
    return kept


def _add(node: CliNode, more: Iterable[CliNode]) -> None:
    for one in more:
        same = next((child for child in node.children if child.text == one.text), None)
        if same is None:
            node.children.append(one)
        else:
            _add(same, one.children)


def _framed(section: CliSection, lines: list[str]) -> list[str]:
    return [*section.frame, *lines, *("exit" for _ in section.frame)] if lines else []


def _made(node: CliNode, ended: str = "") -> list[str]:
    """Return the lines that make a block where there is none."""
    below = [line for child in node.children for line in _made(child)]
    return [node.text, *below, ended or "exit"] if node.is_mode or node.children else [node.text]


def _edit(section: CliSection, old: CliNode, new: CliNode, ended: str = "") -> list[str]:
    """Return the lines that make `old` into `new`; nothing where they say the same."""
    there = {child.text: child for child in old.children}
    staying = {child.text for child in new.children}
    taken = (
        {section.slot(child.text) for child in new.children if child.text not in there} if section.is_binding else set()
    )
    said = {section.said(child.text) for child in new.children}
    gone = [
        text
        for text in there
        if text not in staying
        and not (section.is_binding and section.slot(text) not in taken)
        and section.said(text) not in said
    ]
    lines = _exchanged(section, there, gone, new)
    return [new.text, *lines, ended or "exit"] if lines else []


def _exchanged(section: CliSection, there: Mapping[str, CliNode], gone: list[str], new: CliNode) -> list[str]:
    """Return the lines that take `gone` away and put what is new; a numbered line goes right before the one that gets its number."""
    away = [_no(section, text) for text in gone]
    lines, late = away, []
    if section.numbered:
        coming = {_no(section, child.text) for child in new.children if child.text not in there}
        lines, late = [], [line for line in away if line not in coming]
    for child in new.children:
        if child.text in there:
            lines += _edit(section, there[child.text], child)
            continue
        own = _no(section, child.text)
        lines += [own] if section.numbered and own in away else []
        lines += _made(child)
    return [*lines, *late]


def _let_go(section: CliSection, old: CliNode | None, new: CliNode | None) -> list[str]:
    """Return the lines that free the places of a block that binds, where nothing new takes them."""
    if old is None:
        return []
    staying = {child.text: child for child in new.children} if new is not None else {}
    taken = {section.slot(text) for text in staying}
    lines = []
    for child in old.children:
        if child.text in staying:
            lines += _let_go(section, child, staying[child.text])
        elif section.slot(child.text) not in taken:
            lines.append(f"no {child.text}")
    return [old.text, *lines, "exit"] if lines else []


def _no(section: CliSection, text: str) -> str:
    return f"no {' '.join(text.split()[: section.numbered or None])}"
