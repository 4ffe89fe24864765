"""One order for items of the device IR, with None before everything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

Item = TypeVar("Item")


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return the items once each, sorted part by part."""
    return tuple(sorted(dict.fromkeys(items), key=_key))


def _key(value: Any) -> Any:
    if value is None:
        return (0,)
    if isinstance(value, tuple):
        return (1, tuple([_key(part) for part in value]))
    names: tuple[str, ...] | None = getattr(type(value), "__match_args__", None)
    if names is not None:  # a value of the device IR
        return (1, tuple([_key(getattr(value, name)) for name in names]))
    return (1, value)
