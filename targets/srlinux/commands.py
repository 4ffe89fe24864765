"""SR Linux at its command line: the payload as `set /` and `delete /` lines, and what the device prints as the document that is read back.

The words of a line are those of the model: the first key of a list follows its name, further keys are named, several values of one
leaf stand in brackets. Nokia's "SR Linux CLI Reference" and "Configuration Basics"; which elements are lists, and by what keys: the
published models (25.3.1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from intentc.targetkit.kit import XmlNode, parse_xml, xml_text

from .document import BASE, read_document

READ = "info from running / | as json"

# keys of lists, by the element around and the list; the first one is typed without its name
_KEYS: dict[tuple[str, str], tuple[str, ...]] = {
    ("acl", "acl-filter"): ("name", "type"),
    ("input", "acl-filter"): ("name", "type"),
    ("output", "acl-filter"): ("name", "type"),
    ("acl-filter", "entry"): ("sequence-id",),
    ("multifield-classifier", "entry"): ("sequence-id",),
    ("acl", "interface"): ("interface-id",),
    ("interfaces", "interface"): ("interface-id",),
    ("instance", "interface"): ("interface-name",),
    ("bfd", "subinterface"): ("id",),
    ("config", "network-instance"): ("name",),
    ("session-reflector", "network-instance"): ("name",),
    ("network-instance", "ip-prefix"): ("ip-prefix",),
    ("isis", "instance"): ("name",),
    ("ip", "session"): ("session-name",),
    ("buffer-management", "buffer-allocation-profile"): ("name",),
    ("buffer-management", "queue-management-profile"): ("name",),
    ("queues", "queue"): ("queue-name",),
    ("queues", "pfc-queue"): ("pfc-queue-name",),
    ("wred", "wred-slope"): ("traffic-type", "drop-probability", "enable-ecn"),
    ("classifiers", "dscp-policy"): ("name",),
    ("dscp-policy", "dscp"): ("value",),
    ("classifiers", "mpls-traffic-class-policy"): ("name",),
    ("mpls-traffic-class-policy", "traffic-class"): ("value",),
    ("classifiers", "multifield-classifier"): ("name",),
    ("classifiers", "classifier"): ("type",),
    ("forwarding-classes", "forwarding-class"): ("name",),
    ("policer", "forwarding-class"): ("fc",),
    ("policer-templates", "policer-template"): ("name",),
    ("policer-template", "policer"): ("sequence-id",),
    ("scheduler-policies", "scheduler-policy"): ("name",),
    ("scheduler-policy", "scheduler"): ("sequence",),
    ("scheduler", "input"): ("id",),
    ("qos", "linecard"): ("slot",),
    ("linecard", "forwarding-complex"): ("name",),
    ("qos", "pfc-mapping-profile"): ("name",),
    ("unicast-mapping", "pfc-queue"): ("pfc-queue-name",),
    ("received-pfc-pause-frames", "queue"): ("queue-name",),
}
# lists of one name and place with keys of different names, told by what is in them: the queues of the device, and those of a port
_OTHER_KEYS = {("queues", "queue"): ("name",)}
_WORD = re.compile(r"[A-Za-z0-9:][A-Za-z0-9._/:-]{0,254}")  # all that `escape` lets into a payload
_ELEMENT = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
_GOES = frozenset({"remove", "delete"})
_COMES = frozenset({"", "merge", "replace", "create"})
_UNPRINTABLE = re.compile("[^\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd]")


def commands(payload: str) -> tuple[str, ...]:
    """Return the lines of candidate mode that do what an `<edit-config>` with `payload` does.

    Raises `ValueError` for a payload that has what intentc does not write.
    """
    root = parse_xml(payload)
    if root.name != "config":
        raise ValueError(f"not a payload: `{root.name}`")
    if strange := read_document(payload).strange:
        raise ValueError(f"not written by intentc: {strange[0]}")
    return tuple(line for child in root.children for line in _lines((child,), "/", root.name))


def configuration(answer: str) -> str:
    """Return the configuration that the device printed for `READ` as one document; raises `ValueError` where it is none.

    Its elements have no namespace, since the device prints none.
    """
    start, end = answer.find("{"), answer.rfind("}")
    document = json.loads(answer[start : end + 1])
    return f'<nc:data xmlns:nc="{BASE}">{"".join(_elements(document))}</nc:data>'


def _lines(nodes: Sequence[XmlNode], words: str, parent: str) -> Iterator[str]:
    """Yield the lines of elements of one name that stand together: entries of a list, or the values of one leaf."""
    first = nodes[0]
    if len(nodes) > 1:
        yield f"set {words} {_word(first.name)} [ {' '.join(_word(node.text) for node in nodes)} ]"
        return
    names = _keys_of(first, parent)
    keys = [key for name in names for key in first.children if key.name == name and not key.children]
    if len(keys) != len(names):
        raise ValueError(f"an entry of `{first.name}` without its keys")
    path = " ".join((words, _word(first.name), *_key_words(keys)))
    yield from _operated(first, path, [child for child in first.children if child not in keys])


def _operated(node: XmlNode, path: str, rest: Sequence[XmlNode]) -> Iterator[str]:
    operation = node.attribute("operation") or ""
    if operation not in _GOES | _COMES:
        raise ValueError(f"not an operation: `{operation}`")
    if operation in _GOES | {"replace"}:
        yield f"delete {path}"
    if operation in _GOES:
        return
    if not rest:
        yield f"set {path}" if node.children or not node.text else f"set {path} {_value(node)}"
    for group in _together(rest):
        yield from _lines(group, path, node.name)


def _together(nodes: Sequence[XmlNode]) -> Iterator[tuple[XmlNode, ...]]:
    """Yield the values of a leaf that has several as one group, everything else alone."""
    done: set[str] = set()
    for node in nodes:
        same = tuple(other for other in nodes if other.name == node.name and _is_value(other))
        if not _is_value(node) or len(same) == 1:
            yield (node,)
        elif node.name not in done:
            done.add(node.name)
            yield same


def _is_value(node: XmlNode) -> bool:
    return not node.children and bool(node.text) and not node.attributes


def _keys_of(node: XmlNode, parent: str) -> tuple[str, ...]:
    if not node.children:
        return ()
    place = (parent, node.name)
    names = _KEYS.get(place, ())
    other = _OTHER_KEYS.get(place)
    return other if other is not None and not node.has(*names[:1]) else names


def _key_words(keys: Sequence[XmlNode]) -> Iterator[str]:
    for number, key in enumerate(keys):
        if number:
            yield _word(key.name)
        yield _word(key.text)


def _word(text: str) -> str:
    if _WORD.fullmatch(text) is None:
        raise ValueError(f"not a word of a command: {text!r}")
    return text


def _value(leaf: XmlNode) -> str:
    """Return what a leaf is set to: one word, or of a description several, in double quotes."""
    if leaf.name != "description" or " " not in leaf.text:
        return _word(leaf.text)
    return f'"{" ".join(map(_word, leaf.text.split(" ")))}"'


def _elements(container: object) -> Iterator[str]:
    """Yield the elements of a JSON object; names may bear the module before a colon."""
    if not isinstance(container, dict):
        raise ValueError("not a configuration in JSON")  # noqa: TRY004  (a device's words, not a type of ours)
    for key, value in container.items():
        name = str(key).rpartition(":")[2]
        if _ELEMENT.fullmatch(name) is None:
            raise ValueError(f"not a name of an element: {key!r}")
        for item in value if isinstance(value, list) else (value,):
            yield f"<{name}>{_content(item)}</{name}>"


def _content(value: object) -> str:
    if isinstance(value, dict):
        return "".join(_elements(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else xml_text(_UNPRINTABLE.sub("?", str(value)))
