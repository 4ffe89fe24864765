"""One order for items of the device IR, with None before everything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

Item = TypeVar("Item")


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return the items once each, sorted part by part."""
    return tuple(sorted(dict.fromkeys(items), key=_key))


def _key(value: Any) -> Any:
    if value is None:
        return (0,)
    if is_dataclass(value):
        return (1, tuple(_key(getattr(value, field.name)) for field in fields(value)))
    if isinstance(value, tuple):
        return (1, tuple(_key(part) for part in value))
    return (1, value)
