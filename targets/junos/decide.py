"""Lists of rules as terms of a filter: Junos can neither skip terms nor come back, so every way through is written out.

A `Cell` is a set of packets with all that is decided about it; the first cell that matches is a packet's own. Rules add
decisions: `decided` splits every cell by the rules that meet it, exceptions included, and `pruned` drops what never matches.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from intentc.targetkit.kit import Flow, Origin

EVERYTHING = {4: Flow(4, "0.0.0.0/0", "0.0.0.0/0"), 6: Flow(6, "::/0", "::/0")}
_Range = tuple[int, int] | None
_NO_PORT = (1, 0)
_NOTHING = Origin((), ())


@dataclass(frozen=True, slots=True)
class Rule:
    """Packets of `flow` but not of `excepted` are decided by `then`; the others go to the next rule."""

    flow: Flow
    excepted: tuple[Flow, ...]
    then: Callable[[Cell], Cell]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Cell:
    """Packets and their fate: the code point they leave with (None: their own), meter, counters, instance, refusal."""

    flow: Flow
    dscp: int | None = None
    meter: str | None = None
    counters: tuple[str, ...] = ()
    instance: str | None = None
    is_refused: bool = False
    origin: Origin = _NOTHING

    def asked(self, origin: Origin) -> Cell:
        """Return the cell with one more who asked for it."""
        return replace(
            self,
            origin=Origin(
                tuple(sorted({*self.origin.intents, *origin.intents})),
                tuple(sorted({*self.origin.spans, *origin.spans})),
            ),
        )


def decided(cells: Iterable[Cell], rules: Callable[[Cell], Sequence[Rule]]) -> list[Cell]:
    """Return the cells, split by the rules that hold for each: first match wins among them, refused cells stay as they are."""
    found: list[Cell] = []
    for cell in cells:
        found += [cell] if cell.is_refused else _split(cell, rules(cell))
    return pruned(found)


def pruned(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells without those all of whose packets an earlier one takes."""
    found: list[Cell] = []
    for cell in cells:
        if not any(is_within(cell.flow, earlier.flow) for earlier in found):
            found.append(cell)
    return found


def _split(cell: Cell, rules: Sequence[Rule]) -> Iterator[Cell]:
    for index, rule in enumerate(rules):
        both = meet(cell.flow, rule.flow)
        if both is None:
            continue
        for hole in rule.excepted:
            excepted = meet(both, hole)
            if excepted is not None:
                yield from _split(replace(cell, flow=excepted), rules[index + 1 :])
        yield replace(rule.then(cell), flow=both).asked(rule.origin)
        if both == cell.flow:
            return
    yield cell


def meet(one: Flow, other: Flow) -> Flow | None:
    """Return the packets of both flows; None where there are none."""
    source = _narrower(one.source, other.source)
    if source is None:
        return None  # first, as it tells most flows apart
    destination = _narrower(one.destination, other.destination)
    if destination is None or not (_do_mix(one.dscp, other.dscp) and _do_mix(_named(one), _named(other))):
        return None
    from_ports = _overlap(one.source_ports, other.source_ports)
    to_ports = _overlap(one.destination_ports, other.destination_ports)
    if _NO_PORT in (from_ports, to_ports):
        return None
    dscp = one.dscp if one.dscp is not None else other.dscp
    return Flow(one.family, source, destination, _named(one) or other.protocol, from_ports, to_ports, dscp)


def is_within(inner: Flow, outer: Flow) -> bool:
    """Return whether every packet of `inner` is one of `outer`."""
    return (
        _narrower(inner.source, outer.source) == inner.source
        and _narrower(inner.destination, outer.destination) == inner.destination
        and outer.protocol in {"any", inner.protocol}
        and outer.dscp in {None, inner.dscp}
        and _overlap(inner.source_ports, outer.source_ports) == inner.source_ports
        and _overlap(inner.destination_ports, outer.destination_ports) == inner.destination_ports
    )


def _named(flow: Flow) -> str | None:
    return None if flow.protocol == "any" else flow.protocol


def _do_mix(one: object, other: object) -> bool:
    """Return whether both can hold; None is anything."""
    return one is None or other is None or one == other


def _overlap(one: _Range, other: _Range) -> _Range:
    """Return the ports of both ranges, None for all of them."""
    if one is None or other is None:
        return one or other
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if low <= high else _NO_PORT


def _narrower(one: str, other: str) -> str | None:
    """Return the prefix that lies within the other; None where neither does, or their families differ."""
    if one == other:
        return one
    width, address, length = _bits(one)
    other_width, other_address, other_length = _bits(other)
    if width != other_width:
        return None
    shift = width - min(length, other_length)
    if address >> shift != other_address >> shift:
        return None
    return one if length >= other_length else other


@lru_cache(maxsize=65536)
def _bits(text: str) -> tuple[int, int, int]:
    """Return how many bits the family of a prefix has, its address as a number, and its length."""
    network = ipaddress.ip_network(text)
    return network.max_prefixlen, int(network.network_address), network.prefixlen
