"""Plain data as YAML text that every YAML 1.1 and 1.2 reader understands alike."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

Value = str | int | bool | Decimal | Sequence["Value"] | Mapping[str, "Value"]
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./@-]*(:[A-Za-z0-9_./@-]+)*")
_TAKEN = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def yaml_text(value: Mapping[str, Value]) -> str:
    """Return the mapping as YAML in block style, keys in their order, with every doubtful string quoted."""
    return "\n".join(_block(value, 0)) + "\n"


def flow(value: Value) -> str:
    """Return one value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return _scalar(value)


def _block(value: Mapping[str, Value], depth: int) -> Iterator[str]:
    pad = "  " * depth
    for key, item in value.items():
        head = f"{pad}{_scalar(key)}:"
        if isinstance(item, Mapping) and item:
            yield head
            yield from _block(item, depth + 1)
        elif isinstance(item, Sequence) and not isinstance(item, str) and item:
            yield head
            yield from (f"{pad}  - {flow(entry)}" for entry in item)
        else:
            yield f"{head} {flow(item)}"


def _scalar(value: str | int | bool | Decimal) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    is_plain = _PLAIN.fullmatch(value) is not None and value.lower() not in _TAKEN
    return value if is_plain else json.dumps(value, ensure_ascii=True)
