"""A long tuple but for a few of its items, without a copy of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar, overload

T = TypeVar("T")


class Remaining(Sequence[T]):
    """The items of `whole`, in order, but for those at the places `left_out` (sorted, once each).

    Hundreds of demands leave a few failure states each out of thousands: copies would take most of a compilation's memory.
    It equals any sequence of the same items.
    """

    __slots__ = ("left_out", "whole")

    def __init__(self, whole: tuple[T, ...], left_out: tuple[int, ...]) -> None:
        self.whole = whole
        self.left_out = left_out

    def __len__(self) -> int:
        return len(self.whole) - len(self.left_out)

    def __iter__(self) -> Iterator[T]:
        items, begin = iter(self.whole), 0
        for place in self.left_out:
            yield from islice(items, place - begin)
            next(items)
            begin = place + 1
        yield from items

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return tuple(self)[index]
        place = range(len(self))[index]
        # of the items before the wanted one as many are left out as stand before where it then is
        shifted = (at - before for before, at in enumerate(self.left_out))
        return self.whole[place + bisect_right(list(shifted), place)]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Remaining) and other.whole is self.whole:
            return bool(other.left_out == self.left_out)
        return tuple(self) == tuple(other) if isinstance(other, Remaining | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))
