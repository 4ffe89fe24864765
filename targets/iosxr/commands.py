"""The command line of IOS XR: what an `<edit-config>` does as lines to type, and what the router prints as the document that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from intentc.targetkit.kit import (
    CliModel,
    CliNode,
    Found,
    XmlNode,
    edited,
    is_gone,
    parse_xml,
    read_cisco,
    written,
    xml_text,
)

from .document import tagged
from .lines import SECTIONS as BLOCKS
from .owned import Amount
from .readback import content, name_of, settled
from .shapes import NETCONF, SECTIONS, Section
from .words import rate

READ = "show running-config"


def _spelled(value: Any) -> Any:
    """Return a value with rates that the command line can hold (see `words.rate`)."""
    if isinstance(value, Amount):
        return Amount(*rate(value.value, is_bound=True)) if value.unit == "bps" else value
    if isinstance(value, tuple):
        return tuple(_spelled(item) for item in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    return replace(value, **{item.name: _spelled(getattr(value, item.name)) for item in fields(value)})


_MODEL = CliModel(BLOCKS, name_of, settled, _spelled, last="class class-default")


def changes(documents: Sequence[str], answer: str) -> tuple[str, ...]:
    """Return the lines that, typed in configuration mode, do what `<edit-config>`s with `documents`, one after the other, would do.

    `answer` is what the router prints for `READ`. Only what differs is in them, and never a line of somebody else's. Raises
    `ValueError` for what is no configuration, and for what nobody knows the lines of.
    """
    before = _MODEL.read(read_cisco(answer))
    after = {name: dict(found) for name, found in before.items()}
    for text in documents:
        root = content(parse_xml(text))
        for section in SECTIONS:
            for node in root.all(*section.path):
                if section.name not in after:
                    raise ValueError(f"no source says in which lines `{' '.join(section.path)}` is typed")
                _apply(after[section.name], node, section)
    return _MODEL.lines(before, after)


def _apply(held: dict[str, Found], node: XmlNode, section: Section) -> None:
    name = name_of(edited(None, node, section.shape))
    if is_gone(node):
        held.pop(name, None)
        return
    there = held.get(name)
    value = settled(edited(there.value if there else None, node, section.shape))
    unread = there.unread if there is not None and not section.is_whole else ()
    held[name] = Found(value, unread)


def configuration(answer: str) -> str:
    """Return what the router prints for `READ` as the answer to `<get-config>`, as far as intentc looks at it.

    Lines in objects of ours that nothing here knows are in it by their text, and so count. Raises `ValueError` for what is no whole
    configuration.
    """
    held = _MODEL.read(read_cisco(answer))
    lines = [
        line
        for section in SECTIONS
        for found in held.get(section.name, {}).values()
        for line in _element(section, found)
    ]
    return "\n".join([f'<config xmlns="{NETCONF}">', *map(tagged, lines), "</config>", ""])


def _element(section: Section, found: Found) -> list[str]:
    root = written(section.path[-1], found.value, section.shape)
    first, *rest = [text for text, _ in root.lines()]
    unread = [f"<line>{xml_text(text)}</line>" for text in _said(found.unread)]
    opened = [f"<{name}>" for name in section.path[:-1]]
    if not rest:  # an element of one line: nothing of ours is so short
        return []
    return [*opened, first, *rest[:-1], *unread, rest[-1], *(f"</{name}>" for name in reversed(section.path[:-1]))]


def _said(nodes: Sequence[CliNode], before: str = "") -> list[str]:
    """Return what nobody understood as lines, each with the lines of the modes around it."""
    found = []
    for node in nodes:
        here = f"{before} {node.text}".strip()
        found += _said(node.children, here) if node.children else [here]
    return found
