"""One order for items of the device IR, with None before everything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from intentc.values import parts

Item = TypeVar("Item")


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return the items once each, sorted part by part."""
    found = tuple(dict.fromkeys(items))
    if len(found) < 2:
        return found
    first = {_key(_first(item)): item for item in found}  # mostly it decides, and the rest is much
    return tuple([first[key] for key in sorted(first)]) if len(first) == len(found) else tuple(sorted(found, key=_key))


def _first(item: Any) -> Any:
    """Return the first part of a value of the device IR; anything else is its own."""
    names = getattr(type(item), "__match_args__", ())
    return getattr(item, names[0]) if names else item


def _key(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is int:  # most of all, and the quickest to tell
        return (1, value)
    if value is None:
        return (0,)
    if kind is tuple:
        return (1, tuple([_key(part) for part in value]))
    if hasattr(kind, "__match_args__"):  # a value of the device IR
        return (1, tuple([_key(part) for part in parts(value)]))
    return (1, value)
