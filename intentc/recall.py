"""What was made of something the last time, taken again as long as it would be made of the very same; of very many things only those that differ are looked at."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain, compress
from operator import is_, is_not
from types import ModuleType
from typing import Any, Generic, TypeVar, cast

from intentc.native import compiled

Key = TypeVar("Key")
Value = TypeVar("Value")
Item = TypeVar("Item")
_NOT_YET = object()
_Columns = tuple[Sequence[object], ...]
_NOTHING: Sequence[Any] = ()


def differing_twin(one: Sequence[object], other: Sequence[object]) -> list[int]:
    """Do what `native.same.differing` does, without a kernel."""
    return list(compress(range(len(one)), map(is_not, one, other)))


def changed_keys_twin(one: dict[Key, object], other: dict[Key, object]) -> list[Key] | None:
    """Do what `native.same.changed_keys` does, without a kernel."""
    keys = list(other)
    if len(one) != len(keys) or not all(map(_are_one, one, keys)):
        return None
    return [keys[at] for at in differing_twin(list(one.values()), list(other.values()))]


def _are_one(key: object, other: object) -> bool:
    return key is other or (type(key) is str and type(other) is str and key == other)


@cache
def _kernels() -> ModuleType | None:
    return compiled("same")


def differing(one: Sequence[object], other: Sequence[object]) -> list[int]:
    """Return the places at which two sequences, as long as each other, do not hold the very same thing."""
    if one is other:
        return []
    kernels = _kernels()
    return differing_twin(one, other) if kernels is None else cast("list[int]", kernels.differing(one, other))


def changed_keys(one: Mapping[Key, object], other: Mapping[Key, object]) -> list[Key] | None:
    """Return the keys of which two mappings do not hold the very same thing; None where they have not the same keys in the same order."""
    if one is other:
        return []
    kernels = _kernels()
    found = changed_keys_twin if kernels is None else kernels.changed_keys
    return cast("list[Key] | None", found(_plain(one), _plain(other)))


def _plain(mapping: Mapping[Key, object]) -> dict[Key, object]:
    return mapping if isinstance(mapping, dict) else dict(mapping)


def differing_keys(one: Mapping[Key, object], other: Mapping[Key, object]) -> list[Key]:
    """Return the keys of which two mappings do not hold the very same thing, or that only one of them has."""
    changed = changed_keys(one, other)
    if changed is None:
        changed = [key for key in {**one, **other} if one.get(key, _NOT_YET) is not other.get(key, _NOT_YET)]
    return changed


class Recall(Generic[Value]):
    """What was made of something, by key: it is taken again, the very same object, as long as it would be made of the same.

    `things` are to be the very same ones, `facts` equal. `begin` begins a round; what nobody asks for in a round is let go with
    the end of the next one. Nothing that comes out may depend on it. Columns and mappings stay as they are given.
    """

    __slots__ = ("_facts", "_groups", "_known", "_mappings", "_next", "_rows", "_things", "_those")

    def __init__(self) -> None:
        self._rows: dict[Hashable, tuple[_Columns, Sequence[Value]]] = {}
        self._mappings: dict[Hashable, tuple[Mapping[Any, Any], Mapping[Any, Value]]] = {}
        self._groups: dict[Hashable, _Grouped] = {}
        self._those: dict[Hashable, tuple[Sequence[Any], bytearray, Sequence[Any]]] = {}
        self._known: dict[Hashable, tuple[tuple[object, ...], object, Value]] = {}
        self._next: dict[Hashable, tuple[tuple[object, ...], object, Value]] = {}
        self._things: tuple[object, ...] = ()
        self._facts: object = None

    def begin(self, *things: object, facts: object = None) -> bool:
        """Begin a round of which all rests on these; return whether the last one did."""
        is_same = _are_same(things, self._things) and facts == self._facts
        self._known, self._next = self._next if is_same else {}, {}
        if not is_same:
            self._rows, self._mappings, self._groups, self._those = {}, {}, {}, {}
        self._things, self._facts = things, facts
        return is_same

    def of(self, key: Hashable, things: tuple[object, ...], make: Callable[[], Value], facts: object = None) -> Value:
        """Return what `make` makes of some values, or has made of the same."""
        found = self._next.get(key) or self._known.get(key)
        if found is None or not _are_same(found[0], things) or found[1] != facts:
            found = things, facts, make()
        self._next[key] = found
        return found[2]

    def each(self, key: Hashable, columns: _Columns, make: Callable[[int], Value]) -> Sequence[Value]:
        """Return what `make` makes of each of many rows, by number, or has made of the very same things.

        Where all that it makes is the very same the very same sequence is returned.
        """
        known = self._rows.get(key)
        if known is None:
            made: Sequence[Value] = tuple(map(make, range(len(columns[0]))))
        elif len(columns[0]) == len(known[0][0]):
            changed = _changed(columns, known[0])
            if not changed:
                return known[1]
            made = _anew(changed, columns, known, make)
        else:
            made = _anew(range(len(columns[0])), columns, known, make)
        self._rows[key] = columns, made
        return made

    def by_key(
        self, key: Hashable, items: Mapping[Key, Item], make: Callable[[Key, Item], Value]
    ) -> Mapping[Key, Value]:
        """Return what `make` makes of each key and its item, or has made of it and the very same item.

        Where all that it makes is the very same the very same mapping is returned.
        """
        before, made = self._mappings.get(key, ({}, {}))
        changed = changed_keys(before, items)
        if changed is None:
            made = {
                one: made[one] if one in made and before[one] is item else make(one, item)
                for one, item in items.items()
            }
        else:
            anew = {one: make(one, items[one]) for one in changed}
            if any(made[one] is not item for one, item in anew.items()):
                made = {**made, **anew}
        self._mappings[key] = items, made
        return made

    def those(self, key: Hashable, items: Sequence[Item], test: Callable[[Item], object]) -> Sequence[Item]:
        """Return the items that pass a test, in their order; the very same sequence where all of them are the very same ones."""
        known = self._those.get(key)
        if known is None or len(known[0]) != len(items):
            passed = bytearray(map(bool, map(test, items)))
            found: Sequence[Item] = tuple(compress(items, passed))
        else:
            before, passed, found = known
            is_other = False
            for at in differing(before, items):
                was, passed[at] = passed[at], bool(test(items[at]))
                is_other = is_other or bool(was or passed[at])
            if is_other:
                found = tuple(compress(items, passed))
        self._those[key] = items, passed, found
        return found

    def grouped(
        self, key: Hashable, rows: Sequence[Sequence[tuple[Key, Sequence[Item]]]]
    ) -> Mapping[Key, tuple[Item, ...]]:
        """Return what many rows have for each of some groups, row by row; a row has some for a group once.

        What of a group is as it was is the very same; so is the mapping where nothing has changed.
        """
        known = self._groups.get(key)
        if known is None or len(known.rows) != len(rows):
            known = self._groups[key] = _Grouped(rows)
        return known.turned(rows)


class _Grouped:
    """Rows by the groups that they have something for."""

    def __init__(self, rows: Sequence[Sequence[tuple[Any, Sequence[Any]]]]) -> None:
        self.rows = rows
        self._at: dict[Any, list[int]] = {}  # the rows of each group
        for at, row in enumerate(rows):
            for group in dict(row):
                self._at.setdefault(group, []).append(at)
        self._found = {group: self._items(group) for group in self._at}

    def turned(self, rows: Sequence[Sequence[tuple[Any, Sequence[Any]]]]) -> Mapping[Any, tuple[Any, ...]]:
        """Return what groups have in as many other rows."""
        before, changed = self.rows, differing(self.rows, rows)
        self.rows, touched = rows, dict[Any, None]()
        for at in changed:
            old, new = dict(before[at]), dict(rows[at])
            for group in old.keys() - new.keys():
                self._at[group].remove(at)
            for group in new.keys() - old.keys():
                insort(self._at.setdefault(group, []), at)
            touched.update(dict.fromkeys((*old, *new)))
        if touched:
            self._found = {**self._found, **{group: self._items(group) for group in touched}}
            for group in [group for group in touched if not self._at[group]]:
                del self._at[group], self._found[group]
        return self._found

    def _items(self, group: Any) -> tuple[Any, ...]:
        return tuple(
            chain.from_iterable(items for at in self._at[group] for name, items in self.rows[at] if name == group)
        )


def _changed(columns: _Columns, before: _Columns) -> list[int]:
    """Return the rows, of as many as before, that do not hold the very same things as the row at their place did."""
    found = [differing(one, other) for one, other in zip(columns, before, strict=True)]
    return found[0] if len(found) == 1 else sorted(set(chain.from_iterable(found)))


def _anew(
    rows: Sequence[int],
    columns: _Columns,
    known: tuple[_Columns, Sequence[Value]],
    make: Callable[[int], Value],
) -> Sequence[Value]:
    """Return what is made of each row, where all but some hold what the row at their place did: of those, what was made of the very same."""
    before, found = known
    is_few = len(rows) < len(columns[0])
    if is_few:  # it is among them that any has gone to another place
        before, found = tuple([_picked(rows, column) for column in before]), _picked(rows, found)
    made_of = dict(zip(_identities(before), found, strict=True))
    own = _identities(tuple([_picked(rows, column) for column in columns]) if is_few else columns)
    anew = [
        make(at) if (item := made_of.get(row, _NOT_YET)) is _NOT_YET else cast("Value", item)
        for at, row in zip(rows, own, strict=True)
    ]
    if not is_few:
        return tuple(anew)
    if not differing(found, anew):
        return known[1]
    made = list(known[1])
    for at, item in zip(rows, anew, strict=True):
        made[at] = item
    return tuple(made)


def _picked(rows: Sequence[int], column: Sequence[Value]) -> list[Value]:
    return [column[at] for at in rows]


def _identities(columns: Iterable[Sequence[object]]) -> Iterable[tuple[int, ...]]:
    """Return the identities of the things of each row; as long as the columns are held no other thing has them."""
    return zip(*(map(id, column) for column in columns), strict=True)


def _are_same(some: Sequence[object], others: Sequence[object]) -> bool:
    """Return whether all things are the very same ones."""
    return len(some) == len(others) and all(map(is_, some, others))
