"""The words of the language as data, for completion and for syntax files of editors; all of it derived from the grammar."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.language.lexer import line_starts
from intentc.language.parser import load_engine
from intentc.language.units import UNITS
from intentc.values import frozen


@frozen
class Keywords:
    """`reserved` words cannot be names, `contextual` ones can; `clauses` are the words that begin a clause of each block."""

    declarations: tuple[str, ...]
    reserved: tuple[str, ...]
    contextual: tuple[str, ...]
    clauses: Mapping[str, tuple[str, ...]]
    units: tuple[str, ...]


def keywords() -> Keywords:
    """Return the words of the language, each list in alphabetical order (units in that of their size)."""
    engine = load_engine()
    texts = engine.table.lexicon.texts
    words = set(engine.table.lexicon.words)
    contextual = {texts[kind] for kind in engine.free_names}
    return Keywords(
        declarations=tuple(sorted(texts[kind] for kind in engine.machine.expected(engine.machine.start()))),
        reserved=tuple(sorted(words - contextual)),
        contextual=tuple(sorted(contextual)),
        clauses={block: tuple(sorted(texts[kind] for kind in kinds)) for block, kinds in engine.clauses.items()},
        units=tuple(UNITS),
    )


def is_bare_name(text: str) -> bool:
    """Return whether a text is a name as it stands, without quotes: no reserved word, no other token."""
    engine = load_engine()
    kinds = [token.type for token in engine.table.lexicon.tokens(text, line_starts(text), 0, len(text))]
    is_name = len(kinds) == 2 and kinds[0] in {"NAME", *engine.free_names}
    return is_name and not set(text) & {"*", "?"}
