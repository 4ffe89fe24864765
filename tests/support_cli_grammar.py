"""What a fake command line knows of a model: learned from documents in XML, and from what books say of how statements are typed.

It shares nothing with the product's code that writes lines: words are understood here by walking a tree of names, as a device does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from xml.etree import ElementTree as ET

from support_netconf_tree import SECOND_KEYS, key_of, local

THIRD_KEYS = {"wred-slope": ("drop-probability", "enable-ecn")}  # lists of SR Linux with as many, by its models


class SyntaxProblemError(Exception):
    """A line that the device does not understand."""


@dataclass
class Node:
    """One name at one place of the model."""

    name: str
    tag: str
    keys: tuple[str, ...] = ()
    has_text: bool = False
    is_many: bool = False  # a leaf with several values
    children: dict[str, Node] = field(default_factory=dict)

    @property
    def is_leaf(self):
        return self.has_text and not self.children

    def learn(self, element, no_lists):
        for child in element:
            name = local(child)
            node = self.children.setdefault(name, Node(name, child.tag))
            node.has_text |= bool((child.text or "").strip()) and len(child) == 0
            key = () if name in no_lists else key_of(child)
            if key:
                more = THIRD_KEYS.get(name, (SECOND_KEYS.get(name),))
                node.keys = (key[0], *(one for one in more if one and child.find(f"{{*}}{one}") is not None))
            node.learn(child, no_lists)
        for name, node in self.children.items():
            values = [child for child in element if local(child) == name]
            node.is_many |= len(values) > 1 and all(len(one) == 0 and (one.text or "").strip() for one in values)


@dataclass(frozen=True)
class Step:
    """One element of a statement: its place in the model, the values of its keys, its own value."""

    node: Node
    keys: tuple[str, ...] = ()
    value: str | None = None


@dataclass
class Grammar:
    """A model, and the manners of one command line."""

    wordless: frozenset[tuple[str, str]] = frozenset()  # elements that are not typed, by the one around them
    many: frozenset[str] = frozenset()  # leaves with several values, where no document shows two
    no_lists: frozenset[str] = frozenset()
    root: Node = field(default_factory=lambda: Node("", ""))

    def learn(self, element):
        self.root.learn(element, self.no_lists)

    def parse(self, words):
        """Return the statements in a line: each the steps from the root to what is said."""
        return list(self._statements(self.root, list(words), ()))

    def _statements(self, node, words, above):
        """Yield what `words` say below `node`; the entry itself where they say no more of it."""
        if not words:
            yield above
            return
        while words:
            child = self._child(node, words)
            if child.is_leaf:
                values = self._values(words)
                if len(values) > 1 and not self._is_many(child):
                    raise SyntaxProblemError(f"{child.name} has one value")
                for value in values:
                    yield (*above, Step(child, (), value))
                continue
            keys = self._keys(child, words)
            if child.keys or child.children:
                yield from self._statements(child, words, (*above, Step(child, keys)))
                return
            yield (*above, Step(child))

    def _child(self, node, words):
        found = node.children.get(words[0])
        if found is not None:
            words.pop(0)
            return found
        for name, child in node.children.items():
            if (node.name, name) in self.wordless:
                return child
        raise SyntaxProblemError(words[0])

    @staticmethod
    def _keys(child, words):
        """Take the keys of a list: the first as it is, others behind their names."""
        found = []
        for number, name in enumerate(child.keys):
            if number and (not words or words.pop(0) != name):
                raise SyntaxProblemError(f"{child.name} needs {name}")
            if not words:
                raise SyntaxProblemError(f"{child.name} needs {name}")
            found.append(words.pop(0))
        return tuple(found)

    @staticmethod
    def _values(words):
        if not words:
            raise SyntaxProblemError("a value is missing")
        first = words.pop(0)
        if first != "[":
            return [first]
        end = words.index("]")
        values, words[: end + 1] = words[:end], []
        return values

    def _is_many(self, node):
        return node.is_many or node.name in self.many

    def set(self, tree, words):
        """Carry a `set` line out in a tree of elements."""
        for steps in self.parse(words):
            here = tree
            for step in steps:
                here = self._reach(here, step)

    def _reach(self, here, step):
        found = next((child for child in here if self._is_same(child, step)), None)
        if found is None:
            found = ET.SubElement(here, step.node.tag)
            for name, value in zip(step.node.keys, step.keys, strict=True):
                ET.SubElement(found, step.node.children[name].tag).text = value
        if step.value is not None:
            found.text = step.value
        return found

    def _is_same(self, element, step):
        if element.tag != step.node.tag:
            return False
        if step.value is not None:
            return not self._is_many(step.node) or element.text == step.value
        own = tuple(element.findtext(f"{{*}}{name}") for name in step.node.keys)
        return own == step.keys

    def delete(self, tree, words):
        """Carry a `delete` line out; return whether there was anything to take away."""
        chain = [tree]
        steps = self._path(words)
        for step in steps:
            found = next((child for child in chain[-1] if self._is_gone(child, step)), None)
            if found is None:
                return False
            chain.append(found)
        for parent, child in reversed(list(pairwise(chain))):
            if child is chain[-1] or (len(child) == 0 and not (child.text or "").strip()):
                parent.remove(child)
        return True

    def _is_gone(self, element, step):
        if step.node.is_leaf:
            return element.tag == step.node.tag and step.value in {None, element.text}
        return self._is_same(element, step)

    def _path(self, words):
        """Return the steps to what a `delete` line names: a leaf needs no value."""
        words, node, steps = list(words), self.root, []
        while words:
            child = self._child(node, words)
            if child.is_leaf:
                steps.append(Step(child, (), words.pop(0) if words else None))
            else:
                steps.append(Step(child, self._keys(child, words)))
            node = child
        return steps

    def as_json(self, tree, node=None):
        """Return a tree as a device prints it in JSON: lists and leaves with several values are arrays."""
        node = node or self.root
        found = {}
        for child in tree:
            inner = node.children.get(local(child)) or Node(local(child), child.tag)
            value = (child.text or "").strip() if len(child) == 0 and (child.text or "").strip() else None
            value = _scalar(value) if value is not None else self.as_json(child, inner)
            if inner.keys or self._is_many(inner):
                found.setdefault(inner.name, []).append(value)
            else:
                found[inner.name] = value
        return found


def _scalar(text):
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if text.isdigit() and str(int(text)) == text else text
