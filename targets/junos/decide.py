"""Lists of rules as terms of a filter: Junos can neither skip terms nor come back, so every way through is written out.

A `Cell` is a set of packets with all that is decided about it; the first cell that matches is a packet's own. Rules add
decisions: `decided` splits every cell by the rules that meet it, exceptions included, and `pruned` drops what never matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from intentc.targetkit.kit import Flow, Origin, meet

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


def is_within(inner: Flow, outer: Flow) -> bool:
    """Return whether every packet of `inner` is one of `outer`."""
    return meet(inner, outer) == inner
