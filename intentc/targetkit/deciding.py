"""Lists of rules as entries of which the first that matches decides, and nothing comes back.

Rules of intents have exceptions that meet the next rule, and several kinds of rules look at one packet. A `Cell` is a set of
packets with all that was decided about it; `cells_of` splits cells by the rules that meet them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from intentc.ir.model import Origin
from intentc.resolve.model import Flow

EVERYTHING = {4: Flow(4, "0.0.0.0/0", "0.0.0.0/0"), 6: Flow(6, "::/0", "::/0")}
_ALL_PORTS = (0, 65535)
_NOBODY = Origin((), ())
Verdict = TypeVar("Verdict")
_Range = tuple[int, int]


@dataclass(frozen=True, slots=True)  # not `values.frozen`, which knows no generic classes
class Rule(Generic[Verdict]):
    """Packets of `flow` but not of `excepted` get a verdict, the others meet the next rule; no later kind sees a final one."""

    flow: Flow
    excepted: tuple[Flow, ...]
    verdict: Verdict
    origin: Origin
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Cell(Generic[Verdict]):
    """Packets that an earlier cell has not taken, and the verdicts on them, one at most of each kind of rules."""

    flow: Flow
    verdicts: tuple[Verdict, ...] = ()
    origin: Origin = _NOBODY
    is_final: bool = False


def cells_of(family: int, kinds: Iterable[Sequence[Rule[Verdict]]]) -> list[Cell[Verdict]]:
    """Return the packets of a family, in the order in which they are asked for; without those at the end that have no verdict."""
    cells: list[Cell[Verdict]] = [Cell(EVERYTHING[family])]
    for rules in kinds:
        own = [rule for rule in rules if rule.flow.family == family]
        cells = _first_of_each([part for cell in cells for part in _parts(cell, own)])
    while cells and not cells[-1].verdicts:
        cells.pop()
    return cells


def _parts(cell: Cell[Verdict], rules: Sequence[Rule[Verdict]]) -> Iterator[Cell[Verdict]]:
    if cell.is_final:
        yield cell
    else:
        yield from _split(cell, rules)


def _split(cell: Cell[Verdict], rules: Sequence[Rule[Verdict]]) -> Iterator[Cell[Verdict]]:
    for index, rule in enumerate(rules):
        both = meet(cell.flow, rule.flow)
        if both is None:
            continue
        for hole in rule.excepted:
            excepted = meet(both, hole)
            if excepted is not None:
                part = Cell(excepted, cell.verdicts, cell.origin, cell.is_final)
                yield from _split(part, rules[index + 1 :])
        yield Cell(both, (*cell.verdicts, rule.verdict), joined(cell.origin, rule.origin), rule.is_final)
        if both == cell.flow:
            return
    yield cell


def _first_of_each(cells: Iterable[Cell[Verdict]]) -> list[Cell[Verdict]]:
    """Return the cells without those whose packets an earlier one with the same conditions has taken."""
    found: dict[Flow, Cell[Verdict]] = {}
    for cell in cells:
        found.setdefault(cell.flow, cell)
    return list(found.values())


def joined(*origins: Origin) -> Origin:
    """Return an origin with all that any of them names."""
    return Origin(
        tuple(sorted({intent for one in origins for intent in one.intents})),
        tuple(sorted({span for one in origins for span in one.spans})),
    )


def meet(one: Flow, other: Flow) -> Flow | None:
    """Return the packets of both flows; None where there are none."""
    source, destination = _narrower(one.source, other.source), _narrower(one.destination, other.destination)
    from_ports = _overlap(one.source_ports, other.source_ports)
    to_ports = _overlap(one.destination_ports, other.destination_ports)
    if source is None or destination is None or from_ports is None or to_ports is None:
        return None
    if "any" not in {one.protocol, other.protocol} and one.protocol != other.protocol:
        return None
    if None not in {one.dscp, other.dscp} and one.dscp != other.dscp:
        return None
    return Flow(
        family=one.family,
        source=source,
        destination=destination,
        protocol=other.protocol if one.protocol == "any" else one.protocol,
        source_ports=None if from_ports == _ALL_PORTS else from_ports,
        destination_ports=None if to_ports == _ALL_PORTS else to_ports,
        dscp=other.dscp if one.dscp is None else one.dscp,
    )


def _overlap(one: _Range | None, other: _Range | None) -> _Range | None:
    """Return the ports of both ranges, of which None has all; None where they have none in common."""
    low, high = one or _ALL_PORTS, other or _ALL_PORTS
    first, last = max(low[0], high[0]), min(low[1], high[1])
    return (first, last) if first <= last else None


@lru_cache(maxsize=65536)
def _narrower(one: str, other: str) -> str | None:
    """Return the prefix that lies in the other one; None where neither does."""
    first, second = ipaddress.ip_network(one), ipaddress.ip_network(other)
    if first.version != second.version or not first.overlaps(second):
        return None
    return one if first.prefixlen >= second.prefixlen else other
