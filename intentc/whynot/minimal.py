"""A subset-minimal set that cannot hold together, found by leaving out what is not needed for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


class GaveUpError(Exception):
    """The search behind an answer gave up, or the effort is spent: then nothing is said."""


def find_core(elements: Sequence[T], can_hold: Callable[[frozenset[T]], bool]) -> tuple[T, ...]:
    """Return a set of elements that cannot hold, while it can without any one of them; () if all of them can,
    or if not even nothing can.

    Deletion that halves what is left (QuickXplain, Junker 2004): of several such sets one of the elements that stand
    first. `can_hold` must be monotone: what can hold, can with fewer elements.
    """
    if can_hold(frozenset(elements)) or not can_hold(frozenset()):
        return ()
    found = _needed(frozenset(), tuple(elements), can_hold, is_grown=False)
    return tuple(item for item in elements if item in found)


def _needed(
    given: frozenset[T], rest: tuple[T, ...], can_hold: Callable[[frozenset[T]], bool], *, is_grown: bool
) -> frozenset[T]:
    """Return what of `rest` is needed beside what is given, so that together they cannot hold."""
    if is_grown and not can_hold(given):
        return frozenset()
    if len(rest) == 1:
        return frozenset(rest)
    middle = len(rest) // 2
    first, last = rest[:middle], rest[middle:]
    of_last = _needed(given | frozenset(first), last, can_hold, is_grown=bool(first))
    of_first = _needed(given | of_last, first, can_hold, is_grown=bool(of_last)) if first else frozenset()
    return of_first | of_last
