"""What to say of a text that does not parse: one finding for the token that does not fit, as a reader of the language would put it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from intentc.diagnostics import Diagnostic, Edit, Label
from intentc.language.characters import broken_string, foreign_character, place
from intentc.language.lexer import BAD, BAD_STRING, END, Lexicon, Token
from intentc.language.split import KEYWORDS
from intentc.language.units import unknown_unit
from intentc.language.wording import clipped, found_text, near, one_of, phrases
from intentc.values import frozen

_COUNTED = frozenset({"ANY", "CALLS", "DSCP"})  # what a bare number follows


@frozen
class Situation:
    """Where a parse stopped: at `token`, after `before`, with `expected` next.

    `block` is the word of the innermost block (None: in a header or in no block) and `starters` begin its clauses.
    """

    file: str
    token: Token
    before: Token | None
    before_that: Token | None
    expected: frozenset[str]
    block: str | None
    starters: frozenset[str]
    open_parenthesis: Token | None

    @property
    def is_at_clause(self) -> bool:
        """Return whether a clause may begin here, and by the look of it was meant to."""
        before = self.before
        is_apart = before is None or before.type in {"LBRACE", "SEMICOLON"} or before.line < self.token.line
        return bool(self.starters) and self.starters <= self.expected and is_apart


def explain(situation: Situation, lexicon: Lexicon, blocks: Mapping[str, Collection[str]]) -> Diagnostic:
    """Return the finding of a token that does not fit; `blocks` are the clauses' terminals by the word of their block."""
    token = situation.token
    if token.type == BAD:
        return foreign_character(situation.file, token)
    if token.type == BAD_STRING:
        return broken_string(situation.file, token)
    if _is_unclosed(situation):
        return _unclosed_parenthesis(situation)
    if token.type == "RPAR":
        return Diagnostic("E0105", "`)` closes nothing", place(situation.file, token))
    if _is_unit(situation):
        return _unit(situation)
    if situation.is_at_clause and token.text in lexicon.words:
        return _misplaced(situation, lexicon, blocks)
    if situation.is_at_clause and token.type == "NAME":
        return _unknown_clause(situation, lexicon, blocks)
    if _needs_parentheses(situation):
        message = f"before `and` a `{token.text} where …` stands in parentheses"
        return Diagnostic("E0101", message, place(situation.file, token), help=(f"write `({token.text} where …)`",))
    if "NAME" in situation.expected and token.text in lexicon.words and not _begins_line(situation):
        return _keyword(situation)
    return _unexpected(situation, lexicon)


def unclosed(file: str, opening: Token, what: str, where: Token) -> Diagnostic:
    """Return the finding of a block that nothing closes before `where`."""
    span, opened = place(file, where), place(file, opening)
    related = () if span == opened else (Label(opened, "it opens here"),)
    return Diagnostic("E0105", f"the block of `{what}` is not closed", span, related=related, help=("add `}`",))


def stray(file: str, token: Token, blocks: Mapping[str, Collection[str]]) -> Diagnostic:
    """Return the finding of a text between declarations, by its first token."""
    span = place(file, token)
    if token.type == BAD:
        return foreign_character(file, token)
    if token.type == BAD_STRING:
        return broken_string(file, token)
    if token.type == "RBRACE":
        return Diagnostic("E0105", "`}` closes nothing", span, help=("remove it, or look for one too many above",))
    homes = [block for block, starters in blocks.items() if token.type in starters]
    if homes:
        help_line = f"it stands in the block of {_article(homes[0])}; does a `}}` above come too early?"
        return Diagnostic("E0102", f"`{token.text}` is a clause, not a declaration", span, help=(help_line,))
    meant = near(token.text, KEYWORDS) if token.type == "NAME" else None
    return Diagnostic(
        "E0102",
        f"no declaration begins with `{clipped(token.text)}`",
        span,
        help=(f"did you mean `{meant}`?",)
        if meant
        else (f"a file consists of {', '.join(f'`{word}`' for word in KEYWORDS)}",),
        fix=(Edit(span, meant),) if meant else (),
    )


# -- tokens in the wrong place ------------------------------------------------------------------------------------------


def _is_unclosed(situation: Situation) -> bool:
    """Return whether a parenthesis is open where its clause seems to be over."""
    is_over = situation.token.type in {END, "RBRACE", "LBRACE"} or _begins_line(situation)
    return situation.open_parenthesis is not None and is_over


def _begins_line(situation: Situation) -> bool:
    """Return whether the token looks like the clause that follows."""
    token, before = situation.token, situation.before
    return token.type in situation.starters and before is not None and before.line < token.line


def _unclosed_parenthesis(situation: Situation) -> Diagnostic:
    opening = situation.open_parenthesis
    related = (Label(place(situation.file, opening), "it opens here"),) if opening else ()
    return Diagnostic(
        "E0105", "`(` is not closed", place(situation.file, situation.token), related=related, help=("add `)`",)
    )


def _is_unit(situation: Situation) -> bool:
    """Return whether the token was written as the unit of the number before it."""
    token, number, before = situation.token, situation.before, situation.before_that
    return (
        number is not None
        and number.type == "NUMBER"
        and number.line == token.line
        and token.type == "NAME"
        and not (before is not None and before.type in _COUNTED)
    )


def _unit(situation: Situation) -> Diagnostic:
    token = situation.token
    span = place(situation.file, token)
    mistake = unknown_unit(clipped(token.text), 0)
    fix = (Edit(span, mistake.fix),) if mistake.fix is not None else ()
    return Diagnostic(mistake.code, mistake.message, span, help=mistake.help, fix=fix)


def _misplaced(situation: Situation, lexicon: Lexicon, blocks: Mapping[str, Collection[str]]) -> Diagnostic:
    """Return the finding of a keyword where a clause has to begin."""
    token = situation.token
    homes = [block for block, starters in blocks.items() if token.type in starters]
    if not homes:
        return _unknown_clause(situation, lexicon, blocks)
    return Diagnostic(
        "E0104",
        f"`{token.text}` cannot stand in the block of {_article(situation.block or '')}",
        place(situation.file, token),
        help=(f"it belongs in the block of {one_of([_article(home) for home in homes])}",),
    )


def _unknown_clause(situation: Situation, lexicon: Lexicon, blocks: Mapping[str, Collection[str]]) -> Diagnostic:
    token = situation.token
    span = place(situation.file, token)
    clauses = sorted(lexicon.texts[kind] for kind in blocks[situation.block or ""])
    meant = near(token.text, clauses)
    return Diagnostic(
        "E0103",
        f"no clause of {_article(situation.block or '')} begins with `{clipped(token.text)}`",
        span,
        help=(f"did you mean `{meant}`?",) if meant else (f"the clauses are {', '.join(clauses)}",),
        fix=(Edit(span, meant),) if meant else (),
    )


def _keyword(situation: Situation) -> Diagnostic:
    token = situation.token
    span = place(situation.file, token)
    quoted = f'"{token.text}"'
    return Diagnostic(
        "E0106",
        f"`{token.text}` is a word of the language and cannot be a name",
        span,
        help=(f"write `{quoted}` if it is one",),
        fix=(Edit(span, quoted),),
    )


def _unexpected(situation: Situation, lexicon: Lexicon) -> Diagnostic:
    token, before = situation.token, situation.before
    is_first = before is not None and before.type == "LBRACE"
    starters = situation.starters if situation.block != "assert" else frozenset()
    choices = phrases(situation.expected, starters, lexicon.texts, is_first=is_first)
    span = place(situation.file, token)
    words = [lexicon.texts[kind] for kind in situation.expected if kind in lexicon.words.values()]
    meant = near(token.text, words) if token.type == "NAME" or token.text in lexicon.words else None
    return Diagnostic(
        "E0101",
        f"expected {one_of(choices)}, found {found_text(token)}",
        span,
        help=(f"did you mean `{meant}`?",) if meant else _hint(situation),
        fix=(Edit(span, meant),) if meant else _bound(situation),
    )


def _bound(situation: Situation) -> tuple[Edit, ...]:
    """Return the edit that writes `<=` where a bound has another mark or none, and nothing else could stand."""
    token, expected = situation.token, situation.expected
    if "AT_MOST" not in expected or "LESSTHAN" in expected or token.type not in {"IS", "LESSTHAN", "QUANTITY"}:
        return ()
    return (Edit(place(situation.file, token), f"<= {token.text}" if token.type == "QUANTITY" else "<="),)


def _hint(situation: Situation) -> tuple[str, ...]:
    """Return what helps with the mistakes that are made most."""
    token, expected = situation.token, situation.expected
    if token.type == "IS" and "EQUAL" in expected:
        return ("`==` compares",)
    if "AT_MOST" in expected and (token.type in {"IS", "LESSTHAN", "QUANTITY"}):
        return ("write `<=`",)
    if token.text in {"tcp", "udp", "sctp"} and "PORTS" in expected:
        return (f"write the port with it, as in `{token.text}/443`",)
    if token.type == "NAME" and "STRING" in expected and "NAME" not in expected:
        return ("put it in quotes",)
    if "LBRACE" in expected and token.type != END and "QUANTITY" not in expected:
        return ("`{` opens the block",)
    if "COMMA" in expected and token.type in {"NAME", "STRING"} and situation.before is not None:
        return ("a `,` stands between names",) if situation.before.type in {"NAME", "STRING"} else ()
    return ()


def _needs_parentheses(situation: Situation) -> bool:
    """Return whether a `where` stands where it would swallow what follows."""
    return situation.token.type in {"SITES", "NODES"} and {"NAME", "LPAR", "GROUP"} <= situation.expected


def _article(block: str) -> str:
    return f"an `{block}`" if block[:1] in set("aeiou") else f"a `{block}`"
