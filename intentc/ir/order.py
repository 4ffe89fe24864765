"""One order for items of the device IR, with None before everything."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from operator import eq
from typing import Any, TypeVar

from intentc.values import parts

Item = TypeVar("Item")


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return the items once each, sorted part by part."""
    given = tuple(items)
    if len(given) < 2:
        return given
    try:
        found = sorted(given)  # type: ignore[type-var]  # nearly always in the order of their keys, told by compiled code
    except TypeError:  # somewhere None meets what is not
        found = sorted(given, key=_key)
    if any(map(eq, found, islice(found, 1, None))):  # sooner told than by hashes, which take all of each
        return tuple(dict.fromkeys(found))
    return tuple(found)


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
