"""Every clause of the language: how it is written, what it takes, what holds without it, what it means, an example.

The page `grammar/REFERENCE.md` and what editors show are made from this; tests hold it against the grammar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from intentc.language.reference_clauses import BLOCKS, FAILOVER, INTENTS, STEPS
from intentc.language.reference_declarations import TABLES
from intentc.language.reference_model import Entry

_TITLES: Mapping[str, str] = {
    "declaration": "Declarations",
    "service": "In a `service`",
    "class": "In a `class`",
    "intent": "In an `intent`, `profile` or `chain`",
    "chain": "Also in a `chain`",
    "parallel": "In `parallel`",
    "failover": "In `failover`",
    "assert": "In an `assert`",
}

REFERENCE: Mapping[str, tuple[Entry, ...]] = {
    "declaration": TABLES["declaration"],
    "service": TABLES["service"],
    "class": TABLES["class"],
    "intent": INTENTS,
    "chain": STEPS,
    "parallel": (STEPS[1],),
    "failover": FAILOVER,
    "assert": BLOCKS["assert"],
}


def entry_of(block: str, word: str) -> Entry | None:
    """Return what the reference says of the word that begins a clause of a block (`declaration`: of a declaration)."""
    tables = {"profile": ("intent",), "chain": ("chain", "intent")}.get(block, (block,))
    return next((entry for table in tables for entry in REFERENCE.get(table, ()) if entry.word == word), None)


def reference_page() -> str:
    """Return the page as Markdown."""
    head = "# Reference of the intent language, version 1\n\n"
    made = (
        "Made from `intentc/language/reference*.py` by `python grammar/generate.py`; [README.md](README.md) teaches the language by example.\n"
        "`T` is a time, `R` a rate, `B` a size, `P` a ratio, each a quantity with its unit or the name of a `const`; `N` is a number.\n"
    )
    return head + made + "".join(_section(title, REFERENCE[block]) for block, title in _TITLES.items())


def _section(title: str, entries: Iterable[Entry]) -> str:
    return f"\n## {title}\n" + "".join(f"\n{text}" for entry in entries for text in _lines(entry))


def _lines(entry: Entry) -> Iterator[str]:
    yield f"### `{entry.word}`\n"
    yield f"```\n{entry.syntax}\n```\n"
    yield f"{entry.meaning}\n"
    yield f"*Takes* {entry.takes}. *Without it* {entry.default}.\n"
    yield f"```\n{entry.example}\n```\n"
