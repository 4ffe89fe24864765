"""What to say of characters that are no part of the language, outside of texts in quotes and in them."""

from __future__ import annotations

import unicodedata

from intentc.diagnostics import Diagnostic, Edit, Span
from intentc.language.lexer import Token
from intentc.language.wording import clipped
from intentc.patterns import pattern

# Characters that are often typed for one of the language.
_MEANT = {
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "“": '"',
    "”": '"',
    "„": '"',
    "'": '"',
    "‘": '"',
    "’": '"',
    "–": "-",
    "—": "-",
    "−": "-",
    "→": "->",
    "|": "or",
    "!": "not",
}
_CERTAIN = frozenset("≤≥≠→")  # what stands for the others hangs on what follows: where the text ends, or a name goes on
_STRING_PART = pattern(r'[^"\\\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]++|\\["\\]')


def place(file: str, token: Token) -> Span:
    """Return where a token stands; the end of a text is the character after it."""
    return Span(file, token.line, token.column, token.line, token.column + max(len(token.text), 1))


def foreign_character(file: str, token: Token) -> Diagnostic:
    """Return the finding of a character that begins no token."""
    char = token.text
    span = place(file, token)
    if char == "#":
        return Diagnostic("E0110", "`#` begins a comment only after a blank", span, help=("put a blank before it",))
    if _is_hidden(char):
        return hidden(file, token)
    if char in _MEANT:
        fix = (Edit(span, _MEANT[char]),) if char in _CERTAIN else ()
        return Diagnostic(
            "E0110", f"the language has no `{char}`", span, help=(f"did you mean `{_MEANT[char]}`?",), fix=fix
        )
    if char.isalpha():
        help_line = "names have the letters a to z; write any other name in quotes"
    elif unicodedata.category(char) == "Zs":
        message = f"the character {_code_point(char)} only looks like a blank"
        return Diagnostic("E0110", message, span, help=("type a blank",), fix=(Edit(span, " "),))
    else:
        help_line = "write it inside of a text in quotes, or remove it"
    return Diagnostic("E0110", f"the language has no `{char}`", span, help=(help_line,))


def hidden(file: str, token: Token) -> Diagnostic:
    """Return the finding of a character that cannot be seen."""
    message = f"the character {_code_point(token.text)} cannot stand here"
    return Diagnostic("E0113", message, place(file, token), help=("remove it",))


def broken_string(file: str, token: Token) -> Diagnostic:
    """Return what is wrong with a string, at the character where it is."""
    position = 1
    while (match := _STRING_PART.match(token.text, position)) is not None:
        position = match.end()
    rest = token.text[position:]
    column = token.column + position
    if not rest or rest == "\\":
        span = Span(file, token.line, token.column, token.line, token.column + len(token.text))
        return Diagnostic("E0111", "the text in quotes does not end on its line", span, help=('close it with `"`',))
    if rest[0] == "\\":
        span = Span(file, token.line, column, token.line, column + 2)
        return Diagnostic(
            "E0112",
            f"unknown escape `{clipped(rest[:2])}`",
            span,
            help=(r"write `\\` for a backslash, `\"` for a quote",),
        )
    span = Span(file, token.line, column, token.line, column + 1)
    return Diagnostic(
        "E0113", f"the character {_code_point(rest[0])} cannot stand in a text", span, help=("remove it",)
    )


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _code_point(char: str) -> str:
    name = {"\t": "tab", "\0": "null"}.get(char) or unicodedata.name(char, "")
    return f"U+{ord(char):04X}" + (f" ({name.lower()})" if name else "")
