"""What a message says was expected and found: terminals in the words of the language, few and the telling ones."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from intentc.language.lexer import END, Token, is_word

_FREE_NAMES = frozenset(
    {"ACCESS", "BEST_EFFORT", "BOTH", "COST", "FAILURE", "HIGH", "HOST", "ICMP", "IPSEC", "LOW", "MACSEC", "MEDIUM"}
    | {"NEVER", "NO", "NONE", "ONE_WAY", "PAIR", "RTT", "SOURCE", "STABILITY", "TOTAL", "TRAFFIC"}
)
_NAMES = frozenset({"NAME", "STRING"})
_KINDS = frozenset({"NODE", "SITE", "REGION", "GROUP", "SERVICE", "LINK", "PROVIDER", "MEDIA", "SRLG"})
_PLURALS = frozenset({"SITES", "NODES", "LINKS", "INTENTS"})
_FIELDS = frozenset(
    {"REGION", "SITE", "NODE", "LINK", "SRLG", "PROVIDER", "MEDIA"}
    | {"LATENCY", "LOSS", "JITTER", "CAPACITY", "PRIORITY", "QUEUE"}
)
_NUMBERS = frozenset({"QUANTITY", "NUMBER"})
_LITERALS = frozenset({"TRUE", "FALSE", "DATE", "ADDRESS"})
_COMPARISONS = frozenset({"EQUAL", "UNEQUAL", "LESSTHAN", "AT_MOST", "MORETHAN", "AT_LEAST", "IN", "NOT", "LIKE"})

# In this order: when all of the first are expected, the phrase stands for those and the second.
_PHRASES: tuple[tuple[frozenset[str], frozenset[str], str], ...] = (
    (_NAMES | _PLURALS, _KINDS | _FREE_NAMES | {"LPAR"}, "a name or `sites where …`"),
    (_NAMES | _LITERALS | _NUMBERS, _FREE_NAMES, "a value"),
    (_NAMES | _FIELDS, _FREE_NAMES | {"LPAR", "NOT"}, 'a condition such as `role == "branch"`'),
    (_NAMES | _NUMBERS, _FREE_NAMES, "a quantity such as `15ms`"),
    (_NUMBERS, frozenset(), "a quantity such as `15ms`"),
    (_COMPARISONS, frozenset(), "a comparison such as `==`"),
    (_NAMES | _KINDS, _FREE_NAMES | {"LPAR"}, "a name"),
    (_NAMES, _FREE_NAMES, "a name"),
    (frozenset({"STRING"}), frozenset(), "a text in quotes"),
    (frozenset({"PORTS"}), frozenset({"ICMP", "ANY"}), "ports such as `tcp/443`"),
    (frozenset({"NUMBER"}), frozenset(), "a whole number"),
    (frozenset({"ADDRESS"}), frozenset(), "a prefix such as `10.20.0.0/24`"),
    (frozenset({"DATE"}), frozenset(), "a date such as `2027-01-31`"),
)
_LONGEST = 40  # characters of the user's text in a message


def phrases(
    expected: Collection[str], starters: Collection[str], texts: Mapping[str, str], *, is_first: bool
) -> list[str]:
    """Return what may come next, in words; `starters` are the terminals that begin a clause of the block.

    `is_first` says that nothing stands before in the block, so that a clause is not "another" one.
    """
    left = set(expected) - {"SEMICOLON"}
    found: list[str] = []
    has_clause = bool(starters) and left.issuperset(starters)
    if has_clause:
        left -= set(starters)
    for needed, more, phrase in _PHRASES:
        if needed <= left:
            left -= needed | more
            found.append(phrase)
    words = sorted(
        (texts[kind] for kind in left if kind in texts and kind != "RBRACE"), key=lambda text: (is_word(text), text)
    )
    found += [f"`{word}`" for word in words]
    if has_clause:
        found.append("a clause" if is_first else "another clause")
    if "RBRACE" in left:
        found.append("`}`")
    if END in left and not found:
        found.append("the end of the declaration")
    return found


def one_of(choices: list[str]) -> str:
    """Return `a, b or c`."""
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def found_text(token: Token) -> str:
    """Return how a message names a token."""
    if token.type == END:
        return "the end"
    return f"`{clipped(token.text)}`"


def clipped(text: str) -> str:
    """Return a user's text fit for a message: short, and without what cannot be seen."""
    shown = "".join(char if char.isprintable() else "�" for char in text[:_LONGEST])
    return shown if len(text) <= _LONGEST else shown[:-1] + "…"


def near(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant."""
    return _near(word[:_LONGEST].lower(), tuple(sorted(known)))


@lru_cache(maxsize=1024)
def _near(word: str, known: tuple[str, ...]) -> str | None:
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    return found[0] if found else None
