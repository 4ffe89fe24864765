"""Lists of rules as entries of which the first that matches decides, and nothing comes back: every way through is written out.

Rules of intentc have exceptions that meet the next rule, and several kinds of rules look at one packet. A `Cell` is a set
of packets with all that is decided about it; `decided` splits cells by the rules that meet them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from intentc.targetkit.kit import Flow, MarkRule, Origin, meet

_NOBODY = Origin((), ())


@dataclass(frozen=True, slots=True)
class Decision:
    """Packets of `flow` but not of `excepted` are refused, marked or counted; the others go to the next rule."""

    flow: Flow
    excepted: tuple[Flow, ...]
    origin: Origin
    counter: str | None = None
    is_refused: bool = False
    mark: MarkRule | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """Packets, and what has been decided about them."""

    flow: Flow
    counters: tuple[str, ...] = ()
    is_refused: bool = False
    mark: MarkRule | None = None
    origin: Origin = _NOBODY

    @property
    def is_plain(self) -> bool:
        """Return whether nothing has been decided."""
        return not (self.counters or self.is_refused or self.mark)

    def after(self, rule: Decision, flow: Flow) -> Cell:
        """Return the packets `flow` of this cell after one more rule."""
        return Cell(
            flow,
            self.counters if rule.counter is None else (*self.counters, rule.counter),
            self.is_refused or rule.is_refused,
            self.mark or rule.mark,
            Origin(
                tuple(sorted({*self.origin.intents, *rule.origin.intents})),
                tuple(sorted({*self.origin.spans, *rule.origin.spans})),
            ),
        )


def decided(cells: Iterable[Cell], rules: Sequence[Decision]) -> list[Cell]:
    """Return the cells, split by the rules: the first that matches decides. What is refused stays so."""
    found: list[Cell] = []
    for cell in cells:
        found += [cell] if cell.is_refused else _split(cell, rules)
    return _seen(found)


def _split(cell: Cell, rules: Sequence[Decision]) -> Iterator[Cell]:
    for index, rule in enumerate(rules):
        both = meet(cell.flow, rule.flow)
        if both is None:
            continue
        for hole in rule.excepted:
            excepted = meet(both, hole)
            if excepted is not None:
                yield from _split(replace(cell, flow=excepted), rules[index + 1 :])
        yield cell.after(rule, both)
        if both == cell.flow:
            return
    yield cell


def _seen(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells without those all of whose packets an earlier one takes."""
    found: list[Cell] = []
    earlier = _Earlier()
    for cell in cells:
        if not earlier.takes(cell.flow):
            found.append(cell)
            earlier.add(cell.flow)
    return found


_Key = tuple[int, int, int, int]  # lengths and leading bits of source and destination


class _Earlier:
    """Flows that are taken, by their prefixes: those that can hold another one are few among many."""

    def __init__(self) -> None:
        self._flows: dict[_Key, list[Flow]] = {}
        self._lengths: set[tuple[int, int]] = set()

    def add(self, flow: Flow) -> None:
        source, destination = _bits(flow.source), _bits(flow.destination)
        self._lengths.add((source[1], destination[1]))
        self._flows.setdefault(_key(source, destination, source[1], destination[1]), []).append(flow)

    def takes(self, flow: Flow) -> bool:
        """Return whether one of the flows has all packets of `flow`."""
        source, destination = _bits(flow.source), _bits(flow.destination)
        return any(
            meet(flow, one) == flow
            for lengths in self._lengths
            if lengths[0] <= source[1] and lengths[1] <= destination[1]
            for one in self._flows.get(_key(source, destination, *lengths), ())
        )


_Bits = tuple[int, int, int]  # the address of a prefix as a number, its length, and how many bits its family has


def _key(source: _Bits, destination: _Bits, source_length: int, destination_length: int) -> _Key:
    return (
        source_length,
        source[0] >> (source[2] - source_length),
        destination_length,
        destination[0] >> (destination[2] - destination_length),
    )


@lru_cache(maxsize=65536)
def _bits(text: str) -> _Bits:
    network = ipaddress.ip_network(text)
    return int(network.network_address), network.prefixlen, network.max_prefixlen
