from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import ge, is_

from intentc.clauses.requirement import Overriding
from intentc.diagnostics import Findings, Label
from intentc.language.spacing import APART, between
from intentc.resolve.conflicts import Judgement
from intentc.resolve.draft import Draft
from intentc.resolve.model import Demand
from intentc.resolve.overlaps import Part
from intentc.values import replace

CIRCLE = "E0405"


def order_parts(judgement: Judgement, drafts: Mapping[str, Draft]) -> tuple[list[Part], list[Part]]:
    """Return the parts of the drafts in the order of evaluation, and those that wait for each other in a circle.

    Winners come before what they win over; beyond that forward parts before replies, and by name. Kahn's algorithm.
    """
    parts = judgement.parts
    kept = {number for number, part in enumerate(parts) if part.intent in drafts}
    edges = [(winner, loser) for winner, loser in judgement.before if winner in kept and loser in kept]
    if not edges:
        return [parts[number] for number in sorted(kept, key=lambda number: (parts[number].order, number))], []
    ordered = _peel({number: parts[number].order for number in kept}, edges)
    rest = kept.difference(ordered)
    # What only comes after a circle is not in it: peel the rest from the other end, too.
    backward = [(loser, winner) for winner, loser in edges if winner in rest and loser in rest]
    circle = rest.difference(_peel({number: parts[number].order for number in rest}, backward))
    return [parts[number] for number in ordered], sorted((parts[number] for number in circle), key=lambda p: p.order)


def _peel(keys: Mapping[int, tuple[bool, str]], edges: Iterable[tuple[int, int]]) -> list[int]:
    """Return the numbers in an order that puts the first of every edge first, smallest key first; circles are left out."""
    after: dict[int, list[int]] = {number: [] for number in keys}
    waiting = dict.fromkeys(keys, 0)
    for first, second in edges:
        after[first].append(second)
        waiting[second] += 1
    ready = [(keys[number], number) for number in keys if waiting[number] == 0]
    heapq.heapify(ready)
    ordered: list[int] = []
    while ready:
        _, number = heapq.heappop(ready)
        ordered.append(number)
        for second in after[number]:
            waiting[second] -= 1
            if waiting[second] == 0:
                heapq.heappush(ready, (keys[second], second))
    return ordered


def refuse_circles(
    judgement: Judgement, drafts: Mapping[str, Draft], findings: Findings
) -> tuple[frozenset[str], list[Part]]:
    """Report intents that no order of evaluation can satisfy.

    Return those that have to go for the sake of the rest, and the parts of the rest in the order of evaluation.
    """
    refused: set[str] = set()
    while True:
        kept = {name: draft for name, draft in drafts.items() if name not in refused}
        ordered, circle = order_parts(judgement, kept)
        names = sorted({part.intent for part in circle})
        if not names:
            return frozenset(refused), ordered
        overriding = [name for name in names if kept[name].requirements.one(Overriding)]
        last = max(overriding or names, key=lambda name: drafts[name].intent.name.span)
        refused.add(last)
        _report(last, [name for name in names if name != last], drafts, findings)


def _report(name: str, others: list[str], drafts: Mapping[str, Draft], findings: Findings) -> None:
    draft = drafts[name]
    findings.error(
        CIRCLE,
        f"`{name}` cannot win where it says: the order of the intents runs in a circle",
        draft.requirements.spans.get("overrides", draft.intent.name.span),
        related=tuple(Label(drafts[other].intent.name.span, f"`{other}` is in the circle") for other in others[:8]),
        help=("of two intents that overlap one wins: by `overrides`, else the one with the narrower match",),
        intent=name,
    )


class Numbered:
    """The demands of the last time, and their numbers in the order of evaluation, which are far apart.

    A demand that comes gets one between its neighbours, so that those behind it are the very same as before: only the order of numbers tells anything.
    """

    def __init__(self) -> None:
        self._known: Mapping[str, tuple[Demand, Demand]] = {}  # as drafted, and with its number

    def fork(self) -> Numbered:
        """Return the same, to be changed apart."""
        found = Numbered()
        found._known = self._known
        return found

    def number(self, keys: Sequence[str], demands: Mapping[str, Demand]) -> list[Demand]:
        """Return demands in the order of evaluation with their numbers, the very same as the last time where nothing of them has changed."""
        known, column = self._known, [demands[key] for key in keys]
        before = [known.get(key) for key in keys]
        numbers = _numbers([None if item is None else item[1].precedence for item in before])
        made = [
            item[1]
            if item is not None and item[0] is demand and item[1].precedence == number
            else replace(demand, precedence=number)
            for item, demand, number in zip(before, column, numbers, strict=True)
        ]
        self._known = dict(zip(keys, zip(column, made, strict=True), strict=True))
        return made


def _numbers(known: Sequence[int | None]) -> Sequence[int]:
    """Return rising numbers: the known ones, with others between them; all anew where those do not rise, or leave no room."""
    anew = range(APART, (len(known) + 1) * APART, APART)
    kept = [number for number in known if number is not None]
    if not kept or any(map(ge, kept, kept[1:])):
        return anew
    found: list[int] = []
    for is_new, run in groupby(known, key=partial(is_, None)):
        some = list(run)
        if is_new:
            low, ahead = (found[-1] if found else 0), bisect_right(kept, found[-1]) if found else 0
            between_them = between(low, kept[ahead] if ahead < len(kept) else None, len(some))
            if between_them is None:
                return anew
            found += between_them
        else:
            found += [number for number in some if number is not None]
    return found


def number_demands(
    ordered: list[Part], demands: Mapping[str, Demand], known: Numbered | None = None
) -> dict[str, Demand]:
    """Return the demands by key, sorted, each with its place in the order of evaluation.

    Their numbers are 0, 1, 2 …, or what is `known` of the last time, which has them far apart.
    """
    one_by_one = (key for part in ordered for key in sorted([demand.key for demand in part.demands]) if key in demands)
    keys = list(one_by_one)
    if known is None:
        made = [replace(demands[key], precedence=number) for number, key in enumerate(keys)]
    else:
        made = known.number(keys, demands)
    found = dict(zip(keys, made, strict=True))
    return {key: found[key] for key in sorted(found)}
