"""Junos at its command line: the payload as `set` lines, and what the device prints as the document that is read back.

A statement is typed as it stands in the hierarchy: each element is a word, the key of a list follows its name, and some elements
have no word of their own (`_WORDLESS`). Juniper's CLI user guide, "Using the CLI Editor in Configuration Mode"; which words are
left out: the configuration statement references, and where they show none, configurations that people have published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from intentc.targetkit.kit import Reading, XmlNode, parse_xml

from .owned import GROUP
from .readback import configuration as configuration_in
from .shapes import GROUP as SHAPE

READ = "show configuration | display xml | no-more"

_KEY = "name"
_NAMED_KEYS = {"drop-profile-map": ("loss-priority", "protocol")}  # lists whose keys are typed with their names
_WORDLESS = frozenset(
    (
        ("interfaces", "interface"),
        ("routing-instances", "instance"),
        ("prefix-list", "prefix-list-item"),
        ("segment-list", "hop-list"),
        ("shaping-rate", "rate"),
        ("transmit-rate", "rate"),
        ("input", "filter-name"),
        ("output", "filter-name"),
        ("exp", "classifier-name"),
        ("output-traffic-control-profile", "profile-name"),
        ("routing-instance", "routing-instance-name"),
        ("spring-te-lsp-next-hop", "nexthop"),
        ("target-address", "address"),
    )
)
# all that `escape` lets into a payload; in angle brackets: a name in a group that only applies where such an object is
_WORD = re.compile(r"[A-Za-z0-9:][A-Za-z0-9._/:-]{0,254}|/[a-z0-9/-]{1,254}|<(?:\*|[a-z0-9][a-z0-9./:-]{0,62})>")
_GOES = frozenset({"remove", "delete"})
_COMES = frozenset({"", "merge", "replace", "create"})


def commands(payload: str) -> tuple[str, ...]:
    """Return the lines of configuration mode that do what an `<edit-config>` with `payload` does.

    Raises `ValueError` for a payload that has anything but our group and that it is applied, or a statement that is not known.
    """
    root = parse_xml(payload)
    if root.name != "configuration":
        raise ValueError(f"not a payload: `{root.name}`")
    return tuple(line for child in root.children for line in _statement(child))


def configuration(answer: str) -> str:
    """Return the configuration that the device printed for `READ`, as the device wrote it; raises `ValueError` where it is none."""
    start, end = answer.find("<"), answer.rfind(">")
    text = answer[start : end + 1]
    if configuration_in(text) is None:
        raise ValueError("no configuration in XML")
    return text


def _statement(node: XmlNode) -> Iterator[str]:
    """Yield the lines of a statement at the top, which is ours as a whole."""
    operation = node.attribute("operation") or ""
    name = node.text or node.value(_KEY)
    if node.name not in {"groups", "apply-groups"} or name != GROUP or operation not in _GOES | _COMES:
        raise ValueError(f"not ours: `{operation} {node.name} {name}`".replace("` ", "`"))
    if operation in _GOES | {"replace"}:
        yield f"delete {node.name} {GROUP}"
    if operation in _GOES:
        return
    if node.name == "apply-groups":
        yield f"set apply-groups {GROUP}"
        return
    reading = Reading()
    reading.read(node, SHAPE)
    if unread := sorted(reading.unread(node)):
        raise ValueError(f"no statement of ours: {unread[0]}")
    yield from (f"set {line}" for line in _lines(node, "groups", ""))


def _lines(node: XmlNode, words: str, parent: str) -> Iterator[str]:
    """Yield the statements of an element, `words` being its own; one that says nothing more is a statement itself."""
    if node.attribute("operation") not in {None, "replace"} or (parent and node.attribute("operation")):
        raise ValueError(f"an operation within our group, at `{words}`")
    keys, rest = _keys(node)
    words = " ".join((words, *keys))
    if not rest:
        yield words if node.children or not node.text else f"{words} {_word(node.text)}"
    for child in rest:
        is_wordless = (node.name, child.name) in _WORDLESS
        yield from _lines(child, words if is_wordless else f"{words} {_word(child.name)}", node.name)


def _keys(node: XmlNode) -> tuple[list[str], list[XmlNode]]:
    """Return the words that tell an entry of a list from others, and what else is in it."""
    names = _NAMED_KEYS.get(node.name, (_KEY,))
    keys = [child for child in node.children if child.name in names and not child.children]
    words = [word for key in keys for word in ([key.name] if names != (_KEY,) else []) + [_word(key.text)]]
    return words, [child for child in node.children if child not in keys]


def _word(text: str) -> str:
    if _WORD.fullmatch(text) is None:
        raise ValueError(f"not a word of a command: {text!r}")
    return text
