"""Rules with exceptions as one flat list that is read from the top, without negations.

XR cannot jump: a packet meets its first entry, and in the access list of a class some hardware ignores denials (NCS 5500,
`match access-group`). So the packets of an exception, which meet the *next* rule, are decided before the rule itself: for what
rule and exception have in common, the rules behind it are written out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from intentc.targetkit.kit import Flow, Origin

from .boxes import meet

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Rule(Generic[Outcome]):
    """Packets of `flow` but not of `excepted` have this outcome."""

    flow: Flow
    excepted: tuple[Flow, ...]
    outcome: Outcome
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class Entry(Generic[Outcome]):
    """Packets of `flow` that no entry before has have this outcome."""

    flow: Flow
    outcome: Outcome
    origin: Origin | None = None


def decide(rules: Sequence[Rule[Outcome]], region: Flow, otherwise: Outcome) -> list[Entry[Outcome]]:
    """Return the entries for all packets of `region`, in order; the last one has what no rule names."""
    found: dict[Flow, Entry[Outcome]] = {}
    for entry in _entries(rules, region, otherwise, None):
        found.setdefault(entry.flow, entry)  # what is written out twice is decided by the first
    return list(found.values())


def _entries(
    rules: Sequence[Rule[Outcome]], region: Flow, otherwise: Outcome, asking: Origin | None
) -> Iterator[Entry[Outcome]]:
    for index, rule in enumerate(rules, 1):
        inside = meet(rule.flow, region)
        if inside is None:
            continue
        for hole in rule.excepted:
            within = meet(hole, inside)
            if within is not None:
                yield from _entries(rules[index:], within, otherwise, rule.origin)
        yield Entry(inside, rule.outcome, rule.origin)
    yield Entry(region, otherwise, asking)
