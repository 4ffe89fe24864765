"""Runs the LALR(1) table over tokens: a stack of states beside a stack of values, and one function per rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from intentc.language.lexer import END, Token
from intentc.language.table import Rule, Table

Children = list[Any]
Reduction = tuple[int, str, Callable[[Children], Any]]  # how many symbols, what they become, how their values do

_NONE = -1 << 30  # no action: below the complement of every rule


class Unexpected(Exception):  # noqa: N818  (it says where a text went wrong, it is no fault of the program)
    """No rule of the grammar goes on with `token`."""

    def __init__(self, token: Token) -> None:
        super().__init__(repr(token))
        self.token = token


class Stacks(NamedTuple):
    """How far a parse has come; the machine changes it in place."""

    states: list[int]
    values: list[Any]

    def copy(self) -> Stacks:
        """Return stacks that can go another way."""
        return Stacks(self.states.copy(), self.values.copy())


class Machine:
    """A table together with the functions that build the values: `builder` has a method for every callback of the rules."""

    def __init__(self, table: Table, builder: object) -> None:
        self.table = table
        self._reductions = tuple(_reduction(rule, builder) for rule in table.rules)
        self._expected = lru_cache(maxsize=1024)(self._expected_after)

    def start(self) -> Stacks:
        """Return the stacks before the first token."""
        return Stacks([0], [])

    def run(self, tokens: Iterable[Token], stacks: Stacks | None = None) -> Any:
        """Go on by these tokens; return the value of the declaration after `END`, raise `Unexpected` at one that does not fit."""
        states, values = stacks or self.start()
        actions, gotos, reductions = self.table.actions, self.table.gotos, self._reductions
        for token in tokens:
            kind = token.type
            while (action := actions[states[-1]].get(kind, _NONE)) < 0:
                if action == _NONE:
                    if kind == END and states[-1] == self.table.end:
                        return values[-1]
                    raise Unexpected(token)
                size, origin, build = reductions[~action]
                children = values[-size:]
                del states[-size:], values[-size:]
                states.append(gotos[states[-1]][origin])
                values.append(build(children))
            states.append(action)
            values.append(token)
        return None

    def expected(self, stacks: Stacks) -> frozenset[str]:
        """Return every terminal that could come next; lookaheads of the table alone would promise too much."""
        return self._expected(tuple(stacks.states))

    def takes(self, stacks: Stacks, kind: str) -> bool:
        """Return whether a token of this terminal could come next."""
        return kind in self.expected(stacks)

    def _expected_after(self, states: tuple[int, ...]) -> frozenset[str]:
        kinds = {*self.table.actions[states[-1]], END}
        return frozenset(kind for kind in kinds if self._takes(list(states), kind))

    def _takes(self, states: list[int], kind: str) -> bool:
        while True:
            action = self.table.actions[states[-1]].get(kind, _NONE)
            if action >= 0:
                return True
            if action == _NONE:
                return kind == END and states[-1] == self.table.end
            size, origin, _ = self._reductions[~action]
            del states[-size:]
            states.append(self.table.gotos[states[-1]][origin])


def _reduction(rule: Rule, builder: object) -> Reduction:
    build: Callable[[Children], Any] = getattr(builder, rule.callback) if rule.callback else _identity
    if rule.is_transparent:
        build = _transparent(build)
    if rule.inlined:
        build = _inlining(rule.inlined, rule.size, build)
    return rule.size, rule.origin, build


def _identity(children: Children) -> Children:
    return children


def _inlining(positions: Sequence[int], size: int, build: Callable[[Children], Any]) -> Callable[[Children], Any]:
    """Return a builder that first replaces the children at `positions`, which are lists, by their items.

    A list in front is extended in place: a sequence of n clauses costs n steps, not n².
    """

    def flattened(children: Children) -> Any:
        flat: Children = children[0] if positions[0] == 0 else [children[0]]
        for index in range(1, size):
            if index in positions:
                flat += children[index]
            else:
                flat.append(children[index])
        return build(flat)

    def extended(children: Children) -> Any:
        children[0].append(children[1])
        return children[0]

    return extended if (size, build) == (2, _identity) and positions == (0,) else flattened


def _transparent(build: Callable[[Children], Any]) -> Callable[[Children], Any]:
    return lambda children: children[0] if len(children) == 1 else build(children)
