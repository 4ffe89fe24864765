"""The machine with all that is derived from its table once."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cached_property

from intentc.language.builder import Builder
from intentc.language.lexer import Token
from intentc.language.machine import Machine
from intentc.language.shapes import Shapes
from intentc.language.table import Table
from intentc.values import field, frozen

# A text that ends where a clause of the block can begin.
BLOCKS: Mapping[str, str] = {
    "service": "SERVICE NAME LBRACE",
    "class": "CLASS NAME LBRACE",
    "intent": "INTENT NAME LBRACE",
    "profile": "PROFILE NAME LBRACE",
    "chain": "CHAIN NAME LBRACE",
    "failover": "INTENT NAME LBRACE FAILOVER WITHIN QUANTITY LBRACE",
    "parallel": "CHAIN NAME LBRACE PARALLEL LBRACE",
    "assert": "ASSERT NAME LBRACE",
}
_STEPS = frozenset({"STEP", "PARALLEL"})


@frozen
class Engine:
    """A table, the builder that its machine calls, and a lock: a builder works on one declaration at a time."""

    table: Table
    builder: Builder = field(default_factory=Builder)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @cached_property
    def machine(self) -> Machine:
        return Machine(self.table, self.builder)

    @cached_property
    def shapes(self) -> Shapes:
        return Shapes(self.table, self.builder, self.machine)

    @cached_property
    def clauses(self) -> Mapping[str, frozenset[str]]:
        """The terminals that begin the clauses of each block, by the block's word."""
        found = {word: self._starters(prefix.split()) for word, prefix in BLOCKS.items()}
        for word in ("intent", "profile"):  # the grammar takes steps there, to say that they belong in a chain
            found[word] -= _STEPS
        return found

    @cached_property
    def starters(self) -> frozenset[str]:
        """The terminals that begin a clause of any block."""
        return frozenset[str]().union(*self.clauses.values())

    @cached_property
    def free_names(self) -> frozenset[str]:
        """The terminals of words that are names wherever a name can stand."""
        stacks = self.machine.start()
        self.machine.run([Token("GROUP", "group", 1, 1)], stacks)
        return self.machine.expected(stacks) - {"NAME", "STRING"}

    def _starters(self, prefix: list[str]) -> frozenset[str]:
        stacks = self.machine.start()
        with self.lock:
            kept = self.builder.file, self.builder.found  # of the declaration that is asked for its clauses
            self.builder.begin("")
            self.machine.run([Token(kind, "1ms", 1, 1) for kind in prefix], stacks)
            self.builder.file, self.builder.found = kept
        return self.machine.expected(stacks) - {"RBRACE", "SEMICOLON"}
