"""Builds values, sets and ends of many declarations at once: the rules of `build_values` and `build_sets` over lanes.

A rule returns None where its values have to be looked at one by one: that is then done by the method of the same name there, which
alone knows what is wrong with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

from intentc.diagnostics import Span
from intentc.language import ast
from intentc.language.build_demands import Part
from intentc.language.build_values import MEASURES, PORTS
from intentc.language.lanes import Lane, Places, Words
from intentc.language.units import read_quantity

Lanes = Sequence[Any]  # `Words` and `Lane`s, as the grammar says
_SPECIAL = ("*", "?", "#")  # what makes a name more than a plain one


class BulkValues:
    """The rules of names, numbers, ports and sets."""

    def __init__(self, file: str) -> None:
        self.file = file

    # -- helpers --------------------------------------------------------------------------------------------------------

    def node(self, kind: Any, first: Words | Lane, last: Words | Lane, *fields: Iterable[Any]) -> Lane:
        """Return nodes with these fields, whose last field is where they stand: from `first` to `last`."""
        places = (first.lines, first.columns, last.end_lines, last.end_columns)
        spans = self.spans(places)
        return Lane(kind, list(map(kind, *fields, spans)), spans, places)

    def part(self, word: str, first: Words | Lane, last: Words | Lane, inner: Sequence[Any]) -> Lane:
        """Return parts of clauses."""
        found = self.node(Part, first, last, repeat(word), inner)
        found.word, found.inner = word, inner
        return found

    def spans(self, places: Places) -> list[Span]:
        """Return the stretches of the file between these places."""
        return list(map(Span, repeat(self.file), *places))

    def are_plain(self, *names: Words | Lane) -> bool:
        """Return whether these are names, and none of them is a pattern, or a link's number, or in quotes."""
        for lane in names:
            if isinstance(lane, Words) or lane.kind is not ast.Name:
                return False
            together = " ".join(lane.texts)
            if any(mark in together for mark in _SPECIAL):
                return False
        return True

    def is_measure(self, lane: Words | Lane, word: str) -> bool:
        """Return whether these are what a quantity after a keyword may be, as `measured` has it."""
        if isinstance(lane, Words):
            return False
        return lane.kind is ast.Name or (lane.kind is ast.Quantity and lane.units == {MEASURES[word]})

    # -- values ---------------------------------------------------------------------------------------------------------

    def name(self, children: Lanes) -> Lane | None:
        words: Words = children[0]
        if words.kind == "STRING":
            return None
        places = (words.lines, words.columns, words.lines, words.end_columns)
        spans = self.spans(places)
        found = Lane(ast.Name, list(map(ast.Name, words.texts, spans)), spans, places)
        found.texts = words.texts
        return found

    def quantity(self, children: Lanes) -> Lane | None:
        value: Words | Lane = children[0]
        if isinstance(value, Lane):
            return value if self.are_plain(value) else None
        return self.number(children)

    def number(self, children: Lanes) -> Lane | None:
        words: Words = children[0]
        read: list[Any] = list(map(read_quantity, words.texts))
        if {*map(type, read)} != {tuple}:
            return None
        numbers, units = zip(*read, strict=True)
        found = self.node(ast.Quantity, words, words, numbers, units, words.texts)
        found.units = frozenset(units)
        return found

    def ports(self, children: Lanes) -> Lane | None:
        words: Words = children[0]
        if words.kind != "PORTS":
            return self.node(ast.Ports, words, words, words.texts, repeat(None), repeat(None))
        read = list(map(PORTS.match, words.texts))
        if None in read:
            return None
        protocols, lows, highs = zip(*[match.groups() for match in read if match is not None], strict=True)
        low = list(map(int, lows))
        high = [int(last) if last else first for first, last in zip(low, highs, strict=True)]
        return self.node(ast.Ports, words, words, protocols, low, high)

    # -- sets -----------------------------------------------------------------------------------------------------------

    def set(self, children: Lanes) -> Lane | None:
        terms: Lanes = children[::2]
        if any(term.kind is None for term in terms):
            return None
        first, last = terms[0], terms[-1]
        united = zip(*[term.values for term in terms], strict=True)
        if len(terms) > 1 or len(children) > 1:
            return self.node(ast.SetExpression, first, last, united)
        places = (first.lines, first.columns, first.end_lines, first.end_columns)
        return Lane(ast.SetExpression, list(map(ast.SetExpression, united, first.spans)), first.spans, places)

    def named(self, children: Lanes) -> Lane | None:
        name: Lane = children[-1]
        if name.kind is None:
            return None
        if len(children) > 1:
            return self.node(ast.NameTerm, children[0], name, name.values, children[0].texts)
        places = (name.lines, name.columns, name.end_lines, name.end_columns)
        made = list(map(ast.NameTerm, name.values, repeat(None), name.spans))
        return Lane(ast.NameTerm, made, name.spans, places)

    def set_kind(self, children: Lanes) -> Words:
        return children[0]  # type: ignore[no-any-return]  # the rule has one token

    failure_kind = set_kind
