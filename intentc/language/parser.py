"""The front end: text of a file to its syntax tree, with a finding for every mistake."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cache

from intentc import resources
from intentc.diagnostics import Diagnostic, Findings, Source, Span
from intentc.language import ast
from intentc.language.engine import Engine
from intentc.language.lexer import BAD, END, Token, line_starts
from intentc.language.machine import Unexpected
from intentc.language.moving import moved
from intentc.language.nesting import DEEPEST, may_be_deep, too_deep
from intentc.language.split import Piece, hidden_in_comments, split
from intentc.language.table import TableData, pack, read_table, unpack
from intentc.values import replace

FEWEST = 16  # declarations for which it is worth their while to be built together
GRAMMAR = "intent.lark"
TABLE = "intent.table.json"
_START = "declaration"
_OWNERS = frozenset({"intent", "chain", "assert"})  # declarations whose findings bear their name


class Memo:
    """The sound declarations of a file by the column they begin in and their text, with their line, for the next time."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, str], tuple[int, ast.Declaration]] = {}

    @staticmethod
    def of(file: ast.File) -> Memo:
        """Return what parsing a file with a memo would have left in it."""
        found, text, lines = Memo(), file.source.text, line_starts(file.source.text)
        sound = {(item.span.line, item.span.column): item for item in file.declarations}
        for piece in split(text):
            line = bisect_right(lines, piece.start)
            column = piece.start - lines[line - 1]
            declaration = sound.get((line, column + 1))
            if declaration is not None:
                found.kept[column, text[piece.start : piece.end]] = line, declaration
        return found

    def copy(self) -> Memo:
        """Return the same, to parse another text with."""
        found = Memo()
        found.kept = self.kept
        return found


def parse(source: Source, findings: Findings, memo: Memo | None = None) -> ast.File:
    """Return the declarations of a file that are sound, in order; every mistake of the others is a finding.

    Neither the size nor the content of the text can make it fail. With a `memo` of the same file, declarations whose
    text has not changed are not parsed again, and are the same objects where they stand on their line; it then knows those of
    this text.
    """
    engine = load_engine()
    with engine.lock:
        return _FileParser(engine, source, findings, memo).parse()


class _FileParser:
    """One file: its text, where its lines begin, and what is found in it."""

    def __init__(self, engine: Engine, source: Source, findings: Findings, memo: Memo | None) -> None:
        self.engine = engine
        self.source = source
        self.findings = findings
        self.memo = memo
        self.lines = line_starts(source.text)
        self.is_deep = may_be_deep(source.text, 0, len(source.text))  # else no declaration is

    def parse(self) -> ast.File:
        declarations: list[ast.Declaration] = []
        broken: list[ast.Broken] = []
        item: ast.Declaration | ast.Broken | None = None
        kept: dict[tuple[int, str], tuple[int, ast.Declaration]] = {}
        pieces = list(split(self.source.text))
        together = self._build_together(pieces)
        for piece in pieces:
            known = together.get(piece.start) or self._known(piece)
            item = known or self._parse_piece(piece, is_after_broken=isinstance(item, ast.Broken))
            if isinstance(item, ast.Broken):
                broken.append(item)
            elif item is not None:
                declarations.append(item)
                if self.memo is not None:
                    line, column, text = self._place(piece)
                    kept[column, text] = line, item
        if self.memo is not None:
            self.memo.kept = kept
        self._report_hidden()
        return ast.File(self.source, tuple(declarations), tuple(broken))

    def _build_together(self, pieces: Sequence[Piece]) -> dict[int, ast.Declaration]:
        """Return what can be built with others of its shape, by where its piece begins."""
        if len(pieces) < FEWEST:
            return {}
        new = [piece for piece in pieces if piece.keyword is not None and not self._has(piece)]
        if self.is_deep:
            new = [piece for piece in new if not may_be_deep(self.source.text, piece.start, piece.end)]
        if len(new) < FEWEST:
            return {}
        from intentc.language.bulk import build_many  # noqa: PLC0415  (only a long file needs it: start-up)

        return dict(build_many(new, self.engine, self.source.path, self.source.text, self.lines))

    def _has(self, piece: Piece) -> bool:
        """Return whether a piece of text is known from the last time."""
        return self.memo is not None and self._place(piece)[1:] in self.memo.kept

    def _known(self, piece: Piece) -> ast.Declaration | None:
        """Return the declaration that a piece of text was the last time, where it stands now."""
        if self.memo is None:
            return None
        line, column, text = self._place(piece)
        before, declaration = self.memo.kept.get((column, text), (line, None))
        return declaration if declaration is None or before == line else moved(declaration, line - before)

    def _place(self, piece: Piece) -> tuple[int, int, str]:
        line = bisect_right(self.lines, piece.start)
        return line, piece.start - self.lines[line - 1], self.source.text[piece.start : piece.end]

    def _report_hidden(self) -> None:
        text = self.source.text
        for offset in hidden_in_comments(text):
            from intentc.language.characters import hidden  # noqa: PLC0415  (only a mistake needs it: start-up)

            line = bisect_right(self.lines, offset)
            token = Token(BAD, text[offset], line, offset - self.lines[line - 1] + 1)
            self.findings.add(hidden(self.source.path, token))

    def _parse_piece(self, piece: Piece, *, is_after_broken: bool) -> ast.Declaration | ast.Broken | None:
        """Return the declaration of a piece of text, what is known of a broken one, or None for a text that is none."""
        if piece.keyword is None:
            self._stray(piece, is_after_broken=is_after_broken)
            return None
        builder = self.engine.builder
        builder.begin(self.source.path)
        if self.is_deep and may_be_deep(self.source.text, piece.start, piece.end):
            deep = too_deep(self._tokens(piece), self.engine.starters)
            if deep is not None:
                return self._broken(piece, [self._too_deep(deep)])
        try:
            declaration: ast.Declaration = self.engine.shapes.build(self._tokens(piece))
        except Unexpected:
            return self._recover(piece)
        return self._broken(piece, builder.found) if builder.found else declaration

    def _tokens(self, piece: Piece) -> list[Token]:
        return self.engine.table.lexicon.tokens(self.source.text, self.lines, piece.start, piece.end)

    def _recover(self, piece: Piece) -> ast.Broken:
        """Return a declaration with mistakes of syntax after all that can be said of it was said."""
        from intentc.language.recovery import Recovery  # noqa: PLC0415  (only a mistake needs it: start-up)

        builder = self.engine.builder
        builder.begin(self.source.path)
        recovery = Recovery(self.engine.machine, self.source.path, self._tokens(piece), self.engine.clauses)
        return self._broken(piece, [*recovery.run(), *builder.found])

    def _broken(self, piece: Piece, found: Iterable[Diagnostic]) -> ast.Broken:
        """Report what was found and return what is known of the declaration."""
        from intentc.language.characters import place  # noqa: PLC0415  (only a mistake needs it: start-up)

        keyword, second, *_ = (*self._tokens(piece)[:2], None)
        name = self.engine.builder.name([second]) if second is not None and second.type in {"NAME", "STRING"} else None
        for item in dict.fromkeys(found):
            owner = name.text if name is not None and keyword.text in _OWNERS else None
            self.findings.add(replace(item, intent=owner))
        return ast.Broken(keyword.text, name, place(self.source.path, keyword))

    def _stray(self, piece: Piece, *, is_after_broken: bool) -> None:
        """Report a text that is no declaration, unless it is the rest of one that broke because a brace is missing."""
        from intentc.language.mistakes import stray  # noqa: PLC0415  (only a mistake needs it: start-up)

        token = self.engine.table.lexicon.first(self.source.text, self.lines, piece.start, piece.end)
        is_on_its_line = token.line == bisect_right(self.lines, max(piece.start - 1, 0))
        is_rest = is_after_broken and (is_on_its_line or token.type == "RBRACE" or token.type in self.engine.starters)
        if token.type != END and not is_rest:
            self.findings.add(stray(self.source.path, token, self.engine.clauses))

    def _too_deep(self, token: Token) -> Diagnostic:
        span = Span(self.source.path, token.line, token.column, token.line, token.column + len(token.text))
        message = f"more than {DEEPEST} levels of nesting"
        return Diagnostic("E0108", message, span, help=("name a part of it: `group NAME = …`",))


@cache
def load_engine() -> Engine:
    """Return the parser, ready: from the table beside the grammar, or, if the grammar was changed since, by way of Lark."""
    folder = resources.grammar_path()
    grammar = (folder / GRAMMAR).read_text(encoding="utf-8")
    try:
        kept = (folder / TABLE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        kept = ""
    return Engine(read_table(kept, grammar) or unpack(generate_table(grammar)))


def generate_table(grammar: str) -> TableData:
    """Return the LALR(1) table of a grammar, as Lark computes it."""
    from lark import Lark  # noqa: PLC0415  (60 ms that only a changed grammar costs)
    from lark.grammar import Rule  # noqa: PLC0415
    from lark.lexer import TerminalDef  # noqa: PLC0415

    parser = Lark(
        grammar, parser="lalr", lexer="contextual", start=_START, keep_all_tokens=True, maybe_placeholders=False
    )
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    return pack(data, memo, _START, grammar)
