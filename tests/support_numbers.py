"""Every number of a rendered document, changed one by one: none may run differently from what was asked without being found.

A whole document per change would take minutes. So each number is changed in a document of its own, which has what is around
the number and nothing else; that no two values of a whole document share a place is for another test to see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from xml.etree import ElementTree as ET

from intentc.render.model import DeviceBundle

NUMBER = re.compile(r"\d+")
_Path = tuple[ET.Element, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A small document, and the same with one number changed; `place` names the number."""

    place: str
    document: str
    changed: str


def changes(text: str, whole: frozenset[str] = frozenset()) -> Iterator[Change]:
    """Yield a change of every number that the values of a document have, each value in what is around it.

    `whole`: the elements (by their names) that are kept with everything in them, as they are told by it.
    """
    root = ET.fromstring(text.partition("?>")[2] or text)  # noqa: S314  (it was rendered here)
    for path in _leaves((root,)):
        leaf, value = path[-1], path[-1].text or ""
        numbers = list(NUMBER.finditer(value))
        if not numbers:
            continue
        document = ET.tostring(_alone(path, whole), encoding="unicode")
        mark = f">{_escaped(value)}</"
        for number in numbers:
            other = str(int(number[0]) + 1).zfill(len(number[0]))
            leaf.text = value[: number.start()] + other + value[number.end() :]
            yield Change(_named(path), document, ET.tostring(_alone(path, whole), encoding="unicode"))
        leaf.text = value
        assert mark in document


def _leaves(path: _Path) -> Iterator[_Path]:
    children = list(path[-1])
    if not children:
        yield path
    for child in children:
        yield from _leaves((*path, child))


def _alone(path: _Path, whole: frozenset[str]) -> ET.Element:
    """Return the elements of a path with those of their children that have none: keys, and what else an item says of itself."""
    found = ET.Element(path[0].tag, path[0].attrib)
    here = found
    for element, inner in pairwise(path):
        if element.tag.rpartition("}")[2] in whole:
            here.extend(element)
            break
        for child in element:
            if child is inner:
                here.append(made := ET.Element(child.tag, child.attrib))
                made.text = child.text
            elif not list(child):
                other = ET.SubElement(here, child.tag, child.attrib)
                other.text = child.text
        here = made
    return found


def _named(path: _Path) -> str:
    return " ".join(element.tag.rpartition("}")[2] for element in path) + f" {path[-1].text}"


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def holding(bundle: DeviceBundle, document: str) -> DeviceBundle:
    """Return a bundle whose one file is another document."""
    (file,) = bundle.files
    return replace(bundle, files=(replace(file, text=document),))
