"""Lists of rules as entries of which the first that matches decides, and nothing comes back: every way through is written out.

Rules of intentc have exceptions that meet the next rule, and several kinds of rules look at one packet. A `Cell` is a set
of packets with all that is decided about it; `decided` splits cells by the rules that meet them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from intentc.targetkit.kit import Flow, MarkRule, Origin

EVERYTHING = {4: Flow(4, "0.0.0.0/0", "0.0.0.0/0"), 6: Flow(6, "::/0", "::/0")}
_ALL_PORTS = (0, 65535)
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


def meet(one: Flow, other: Flow) -> Flow | None:
    """Return the packets of both flows; None where there are none."""
    if one.family != other.family or not _agree(one.dscp, other.dscp, None):
        return None
    if not _agree(one.protocol, other.protocol, "any"):
        return None
    source, destination = _narrower(one.source, other.source), _narrower(one.destination, other.destination)
    from_ports, to_ports = (
        _overlap(one.source_ports, other.source_ports),
        _overlap(one.destination_ports, other.destination_ports),
    )
    if source is None or destination is None or from_ports[0] > from_ports[1] or to_ports[0] > to_ports[1]:
        return None
    return Flow(
        one.family,
        source,
        destination,
        other.protocol if one.protocol == "any" else one.protocol,
        None if one.source_ports is None and other.source_ports is None else from_ports,
        None if one.destination_ports is None and other.destination_ports is None else to_ports,
        one.dscp if one.dscp is not None else other.dscp,
    )


def _agree(one: object, other: object, anything: object) -> bool:
    return one == other or anything in (one, other)


def _overlap(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int]:
    first, second = one or _ALL_PORTS, other or _ALL_PORTS
    return max(first[0], second[0]), min(first[1], second[1])


def _narrower(one: str, other: str) -> str | None:
    """Return the prefix that lies within the other; None where neither does."""
    if one == other:
        return one
    first, second = _bits(one), _bits(other)
    inner, outer, text = (first, second, one) if first[1] >= second[1] else (second, first, other)
    shift = inner[2] - outer[1]
    return text if inner[0] >> shift == outer[0] >> shift else None
