"""The failure states that a demand is promised, by id: thousands, of which each demand leaves out a few of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import overload

from intentc.forwarding.outage import Outage, Watch
from intentc.values import Later

Pair = tuple[str, Outage]  # the id of a state, and what is down in it


class Promised(Sequence[Pair]):
    """Pairs of ids and outages, in order; `watch` has the outages, each once.

    Two of these are never equal, unless they are one.
    """

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        self._pairs = tuple(pairs)
        self._gone: frozenset[Outage] = frozenset()
        self._names: dict[Outage, tuple[str, ...]] = {}
        for name, outage in self._pairs:
            self._names[outage] = (*self._names.get(outage, ()), name)
        self.watch = Watch(self._names)
        self._by_id: dict[str, Pair] | None = None  # once asked for
        self._ids = Later(partial(tuple, self._names.values()))
        self._count = len(self._pairs)

    def without(self, gone: Sequence[Pair]) -> Promised:
        """Return the same but for some pairs, without a copy where no outage of theirs has another id that stays."""
        if not gone:
            return self
        left = {outage: list(self._names[outage]) for _, outage in gone}
        for name, outage in gone:
            left[outage].remove(name)
        if any(left.values()):
            names = {name for name, _ in gone}
            return Promised(pair for pair in self._pairs if pair[0] not in names)
        found = object.__new__(Promised)
        found._pairs, found._names, found._gone, found._by_id = self._pairs, self._names, frozenset(left), None
        found._ids = self._ids
        found._count = len(self._pairs) - sum([len(self._names[outage]) for outage in left])
        found.watch = self.watch.without(found._gone)
        return found

    def among(self, ids: Iterable[str]) -> Iterator[Pair]:
        """Yield the pairs with some ids, in the order of these; ids without one are passed over."""
        if self._by_id is None:
            self._by_id = {pair[0]: pair for pair in self}
        return (self._by_id[name] for name in ids if name in self._by_id)

    def names(self, outage: Outage) -> tuple[str, ...]:
        """Return the ids of an outage, none where it is not among them."""
        return () if outage in self._gone else self._names.get(outage, ())

    @property
    def ids(self) -> tuple[tuple[str, ...], ...]:
        """The ids of each outage by its place in `watch.whole`, those included that are left out here."""
        return self._ids()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Pair]:
        gone = self._gone
        return iter(self._pairs) if not gone else (pair for pair in self._pairs if pair[1] not in gone)

    @overload
    def __getitem__(self, index: int) -> Pair: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Pair]: ...

    def __getitem__(self, index: int | slice) -> Pair | Sequence[Pair]:
        return tuple(self)[index]
