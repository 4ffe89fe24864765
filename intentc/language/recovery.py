"""Parses a declaration again after it failed, clause by clause: each broken clause gives its one finding."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from intentc.diagnostics import Diagnostic
from intentc.language.lexer import BAD_STRING, END, Token
from intentc.language.machine import Machine, Stacks, Unexpected
from intentc.language.mistakes import Situation, explain, unclosed
from intentc.language.split import KEYWORDS

_BRACES = frozenset({"LBRACE", "RBRACE"})
_NO_CLAUSES = frozenset({"RBRACE", "SEMICOLON"})
_WITH_BLOCKS = frozenset({"service", "class", "profile", "intent", "chain", "assert"})
_DECLARATIONS = frozenset(word.upper() for word in KEYWORDS if word not in {"group", "service"})


@dataclass(slots=True)
class Block:
    """An open block: its brace (None: forgotten) and word, what begins its clauses, and the stacks before the clause at hand."""

    opening: Token | None
    word: str
    starters: frozenset[str]
    checkpoint: Stacks
    clause: int


@dataclass(slots=True)
class Recovery:
    """One declaration's tokens (`END` last), and how far the second parse has come.

    INVARIANT: the values on the stacks are not used: checkpoints share lists, and a broken declaration has no value.
    """

    machine: Machine
    file: str
    tokens: Sequence[Token]
    blocks_clauses: Mapping[str, Collection[str]]
    index: int = 0
    stacks: Stacks = field(init=False)
    missing: int = 0  # closing braces
    blocks: list[Block] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)

    def run(self) -> list[Diagnostic]:
        """Return a finding for each mistake of syntax; the builder notes its own beside."""
        self.stacks = self.machine.start()
        kinds = [token.type for token in self.tokens]
        self.missing = kinds.count("LBRACE") - kinds.count("RBRACE")
        while self.index < len(self.tokens):
            self._mark(self.tokens[self.index])
            if not self._advance() and not self._mend(self.tokens[self.index]):
                break
        return self.found

    # -- going on -------------------------------------------------------------------------------------------------------

    def _mark(self, token: Token) -> None:
        """Remember the stacks when `token` begins a clause."""
        block = self.blocks[-1] if self.blocks else None
        if block and token.type in block.starters and block.starters <= self.machine.expected(self.stacks):
            block.checkpoint, block.clause = self.stacks.copy(), self.index

    def _advance(self) -> bool:
        """Take the tokens up to the next that may begin or end a clause; return False before one that does not fit."""
        before = self.stacks.copy()
        tokens = self.tokens[self.index : self._next_landmark()]
        try:
            self.machine.run(tokens, self.stacks)
        except Unexpected as problem:
            tokens = tokens[: next(index for index, token in enumerate(tokens) if token is problem.token)]
            self.stacks = before
            self.machine.run(tokens, self.stacks)
            self.index += len(tokens)
            return False
        self.index += len(tokens)
        if tokens[0].type == "LBRACE":
            self._open(tokens[0])
        elif tokens[0].type == "RBRACE" and self.blocks:
            self.blocks.pop()
        return True

    def _next_landmark(self) -> int:
        if self.tokens[self.index].type in _BRACES:
            return self.index + 1
        starters = self.blocks[-1].starters if self.blocks else frozenset[str]()
        for index in range(self.index + 1, len(self.tokens)):
            if self.tokens[index].type in _BRACES or self.tokens[index].type in starters:
                return index
        return len(self.tokens)

    def _open(self, brace: Token | None) -> None:
        word = self._word()
        starters = self.machine.expected(self.stacks) - _NO_CLAUSES
        self.blocks.append(Block(brace, word, starters, self.stacks.copy(), self.index))

    def _word(self) -> str:
        """Return what the block that opens now belongs to: the declaration, or the clause at hand."""
        return self.tokens[self.blocks[-1].clause if self.blocks else 0].text

    # -- going wrong ----------------------------------------------------------------------------------------------------

    def _mend(self, token: Token) -> bool:
        """Note what is wrong with `token` and go on behind it; return False when nothing more can be said."""
        if not self.blocks:
            self._explain(token)
            return self._enter_block()
        if self._is_unclosed(token):
            return self._close(token)
        self._explain(token)
        if token.type == BAD_STRING:  # braces in a text without an end would have been braces
            self.missing += token.text.count("{") - token.text.count("}")
        return self._enter_clause(token) or self._skip()

    def _explain(self, token: Token) -> None:
        block = self.blocks[-1] if self.blocks else None
        before = self.tokens[self.index - 1] if self.index else None
        if token.type == END and before is not None:
            token = Token(END, "", before.line, before.column + len(before.text))
        situation = Situation(
            file=self.file,
            token=token,
            before=before,
            before_that=self.tokens[self.index - 2] if self.index > 1 else None,
            expected=self.machine.expected(self.stacks),
            block=block.word if block else None,
            starters=block.starters if block else frozenset(),
            open_parenthesis=self._open_parenthesis(block.clause if block else 0),
        )
        self.found.append(explain(situation, self.machine.table.lexicon, self.blocks_clauses))

    def _open_parenthesis(self, start: int) -> Token | None:
        opened: list[Token] = []
        for token in self.tokens[start : self.index]:
            if token.type == "LPAR":
                opened.append(token)
            elif token.type == "RPAR" and opened:
                opened.pop()
        return opened[-1] if opened else None

    def _enter_block(self) -> bool:
        """After a mistake in the header, go on in the block as if the header had been right."""
        keyword = self.tokens[0]
        if keyword.text not in _WITH_BLOCKS:
            return False
        header = [keyword, Token("NAME", "it", keyword.line, keyword.column)]
        index = self._find_block(self.blocks_clauses[keyword.text])
        if index is None:
            return False
        is_written = self.tokens[index].type == "LBRACE"
        self.stacks = self.machine.start()
        self.machine.run(header, self.stacks)
        self._enter(index, self.tokens[index] if is_written else None)
        return True

    def _find_block(self, clauses: Collection[str]) -> int | None:
        """Return where the block of a broken header begins: at its brace, or at a clause that begins a line."""
        for index in range(self.index, len(self.tokens)):
            kind = self.tokens[index].type
            if kind == "LBRACE" or (kind in clauses and (index == self.index or self._is_apart(index))):
                return index
        return None

    def _enter(self, index: int, brace: Token | None) -> None:
        """Go on at `index` inside of a block whose brace stands there, or was forgotten."""
        token = self.tokens[index]
        self.machine.run([brace or Token("LBRACE", "{", token.line, token.column)], self.stacks)
        self.index = index
        self._open(brace)
        self.index += brace is not None

    def _enter_clause(self, token: Token) -> bool:
        """After `failover within T` or `parallel` without a brace, go on in its block if that is what follows."""
        word = self.tokens[self.blocks[-1].clause].text
        if token.type not in self.blocks_clauses.get(word, ()) or not self.machine.takes(self.stacks, "LBRACE"):
            return False
        self._enter(self.index, None)
        return True

    # -- blocks without an end ------------------------------------------------------------------------------------------

    def _is_unclosed(self, token: Token) -> bool:
        """Return whether the innermost block lacks its brace: the text goes on with what stands outside of it."""
        if token.type == END:
            return True
        is_outside = token.type in _DECLARATIONS or (len(self.blocks) > 1 and token.type in self.blocks[-2].starters)
        return self.missing > 0 and is_outside and self.tokens[self.index - 1].line < token.line

    def _close(self, token: Token) -> bool:
        """Note that the innermost block is not closed, and close it; at the end of the text there is nothing to go on with."""
        block = self.blocks.pop()
        self.missing -= 1
        last = self.tokens[self.index - 1]
        if block.opening is not None and self.missing >= 0:
            where = last if token.type == END else token
            self.found.append(unclosed(self.file, block.opening, block.word, where))
        brace = Token("RBRACE", "}", token.line, token.column)
        if token.type == END or not self.blocks:
            return False
        if not self.machine.takes(self.stacks, "RBRACE"):
            self.stacks = block.checkpoint.copy()
        self.machine.run([brace], self.stacks)
        return True

    # -- the next clause ------------------------------------------------------------------------------------------------

    def _skip(self) -> bool:
        """Go on at the next clause of the innermost block that begins a line, or at its end."""
        block = self.blocks[-1]
        is_stray_brace = self.tokens[self.index].type == "LBRACE" and self.missing > 0
        is_behind = is_stray_brace or self.index <= block.clause
        self.missing -= is_stray_brace
        index = self._next_clause(block, self.index + is_behind)
        if index is None:
            return False
        self.stacks, self.index = block.checkpoint.copy(), index
        return self.machine.takes(self.stacks, self.tokens[index].type)

    def _next_clause(self, block: Block, start: int) -> int | None:
        depth = 0
        for index in range(start, len(self.tokens)):
            kind = self.tokens[index].type
            if kind == "LBRACE":
                depth += 1
            elif kind == "RBRACE":
                if depth == 0:
                    return index
                depth -= 1
            elif depth == 0 and kind in block.starters and self._is_apart(index):
                return index
        return None

    def _is_apart(self, index: int) -> bool:
        before, token = self.tokens[index - 1], self.tokens[index]
        return before.type == "SEMICOLON" or before.line < token.line
