"""What an `<edit-config>` makes of values (RFC 6241, section 7.2): the tables by which they are written serve for its operations too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from intentc.targetkit.xml_reading import XmlNode
from intentc.targetkit.xml_shape import Flag, Items, Leaf, Many, Path, Reading, Shape

_GONE = frozenset({"remove", "delete"})


def operation(node: XmlNode) -> str:
    """Return the operation that an element bears, "" for the one around it."""
    return node.attribute("operation") or ""


def is_gone(node: XmlNode) -> bool:
    """Return whether an element is to be taken away."""
    return operation(node) in _GONE


def edited(value: Any, node: XmlNode, shape: Shape) -> Any:
    """Return what `value` (None: there is none) becomes by an element: what it says is added, what it removes is taken out."""
    if operation(node) == "replace":
        return Reading().read(node, shape)
    known = value if value is not None else shape.of(**{part.name: _nothing(part) for part in shape.parts})
    return replace(known, **{part.name: _part(getattr(known, part.name), node, part) for part in shape.parts})


def _nothing(part: Leaf | Flag | Many | Items) -> Any:
    return () if isinstance(part, (Many, Items)) else False if isinstance(part, Flag) else None


def _part(old: Any, node: XmlNode, part: Leaf | Flag | Many | Items) -> Any:
    gone = _removed(node, part.path)
    if isinstance(part, Items):
        return () if gone and not node.has(*part.path) else _items(old, node, part)
    new = Reading().part(node, part)
    if isinstance(part, Many):
        return (
            tuple(one for one in old if new and one not in new) if gone else (*old, *(x for x in new if x not in old))
        )
    if gone:
        return _nothing(part)
    return new if new not in {None, False} else old


def _removed(node: XmlNode, path: Path) -> bool:
    """Return whether an element on the way to a part, or the part, is to be taken away."""
    found: XmlNode | None = node
    for name in path:
        found = found.first(name) if found is not None else None
        if found is not None and is_gone(found):
            return True
    return False


def _items(old: tuple[Any, ...], node: XmlNode, part: Items) -> tuple[Any, ...]:
    key = next(one for one in part.shape.parts if isinstance(one, Leaf))
    kept = {getattr(one, key.name): one for one in old}
    for item in node.all(*part.path):
        name = Reading().part(item, key)
        if is_gone(item) and name is None:  # there is only one, which needs no key
            kept.clear()
        elif is_gone(item):
            kept.pop(name, None)
        else:
            kept[name] = edited(kept.get(name), item, part.shape)
    return tuple(kept.values())
