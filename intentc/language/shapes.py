"""Remembers how declarations of one shape are built: the table says nothing new of the thousandth one.

Which rules apply to a declaration follows from the terminals of its tokens alone. What the machine did for a sequence of
terminals is kept as a straight list of steps, each of which names its children; the next declaration with that sequence
needs no states, no stacks and no lists that grow. It is built by the same functions in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from intentc.language.lexer import Token
from intentc.language.machine import Machine, Unexpected
from intentc.language.table import Table

# A step by name: the rule, and the numbers of its children; tokens are numbered first, then what the steps make.
Plan = tuple[tuple[str, list[int]], ...]
Step = tuple[Callable[[Any], Any], Callable[[list[Any]], Any]]  # what builds, and what picks its children

_MOST_SHAPES = 4096
_LONGEST = 512  # tokens; longer declarations hardly repeat


class Shapes:
    """Builds declarations by their shape; a shape that comes a second time is remembered."""

    def __init__(self, table: Table, builder: object, machine: Machine) -> None:
        self._builder = builder
        self._machine = machine
        self._steps: dict[tuple[str, ...], tuple[Step, ...] | None] = {}  # None: seen once
        self._plans: dict[tuple[str, ...], Plan | None] = {}  # None: the table has no such declaration
        self._recorder = _Recorder(table)

    def build(self, tokens: list[Token]) -> Any:
        """Return the declaration that all tokens up to `END` make, raise `Unexpected` at one that does not fit."""
        kinds = tuple([token.type for token in tokens])
        steps = self._steps.get(kinds)
        if steps is None:
            plan = self._plans.get(kinds)  # of others of its shape that were built together
            if plan is None:
                return self._run(kinds, tokens)
            steps = self._note(kinds, plan)
        made: list[Any] = tokens.copy()
        for build, pick in steps:
            made.append(build(pick(made)))
        return made[-1]

    def plan(self, kinds: tuple[str, ...]) -> Plan | None:
        """Return the steps that build a declaration with these terminals, or None if it is none, or too long."""
        if kinds not in self._plans:
            if len(kinds) > _LONGEST or len(self._plans) >= _MOST_SHAPES:
                return None
            try:
                self._plans[kinds] = self._recorder.plan(kinds)
            except Unexpected:
                self._plans[kinds] = None
        return self._plans[kinds]

    def _run(self, kinds: tuple[str, ...], tokens: list[Token]) -> Any:
        declaration = self._machine.run(tokens)
        if kinds in self._steps:
            self._note(kinds, self._recorder.plan(kinds))
        elif len(kinds) <= _LONGEST and len(self._steps) < _MOST_SHAPES:
            self._steps[kinds] = None
        return declaration

    def _note(self, kinds: tuple[str, ...], plan: Plan) -> tuple[Step, ...]:
        found = tuple([(getattr(self._builder, name), _picking(numbers)) for name, numbers in plan])
        self._steps[kinds] = found
        return found


class _Recorder:
    """Runs the table over terminals without texts, with numbers in place of values, and notes what is built of which."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._found: list[tuple[str, list[int]]] = []
        self._count = 0
        self._machine: Machine | None = None

    def __getattr__(self, callback: str) -> Callable[[list[Any]], int]:
        def note(children: list[Any]) -> int:
            numbers = [child.line if isinstance(child, Token) else child for child in children]
            self._found.append((callback, numbers))
            self._count += 1
            return self._count - 1

        return note

    def plan(self, kinds: Sequence[str]) -> Plan:
        """Return the steps that build a declaration with these terminals; values are numbered, those of tokens first."""
        if self._machine is None:
            self._machine = Machine(self._table, self)
        self._found, self._count = [], len(kinds)
        self._machine.run([Token(kind, "", number, 0) for number, kind in enumerate(kinds)])
        return tuple(self._found)


def _picking(numbers: list[int]) -> Callable[[list[Any]], Any]:
    """Return what picks the items with these numbers out of a list, as a sequence."""
    first = numbers[0]
    if numbers == list(range(first, first + len(numbers))):
        return itemgetter(slice(first, first + len(numbers)))  # one item comes as a sequence, too
    return itemgetter(*numbers)
