"""What could stand at a point: the words of the grammar, names of what is meant there, units of what is measured."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from intentc.language.build_values import MEASURES
from intentc.language.keywords import is_bare_name, keywords
from intentc.language.lexer import is_word
from intentc.language.parser import load_engine
from intentc.language.reference import entry_of
from intentc.language.units import UNITS
from intentc.lsp.analysis import Analysis
from intentc.lsp.cursor import Cursor
from intentc.lsp.names import ENDS
from intentc.resolve.fields import link_table, node_table, site_table
from intentc.topology.model import Topology
from intentc.values import frozen

_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?)([A-Za-z%]*)\Z")
_KIND_WORDS = frozenset({"REGION", "SITE", "NODE", "LINK", "GROUP", "SERVICE", "PROVIDER", "MEDIA", "SRLG"})
_BY_CLAUSE = {
    "PRIORITY": ("class",),
    "OVERRIDES": ("intent",),
    "PIN": ("region",),
    "FROM": ENDS,
    "TO": ENDS,
    "BETWEEN": ENDS,
    "AMONG": ENDS,
    "AT": ENDS,
    "STEP": ENDS,
    "GROUP": ENDS,
    "CONNECTED": ENDS,
    "ISOLATE": ENDS,
    "HOPS": ("intent",),
    "UTILIZATION": ("link", "region", "srlg", "provider", "media"),
    "TELEMETRY": ("collector",),
}
_NOUNS = frozenset({"SITES", "NODES", "LINKS"})
_INTENT_FIELDS = ("name", "priority", "region")
_STEPS = frozenset({"STEP", "PARALLEL"})  # the grammar takes them in every block
_JOINING = frozenset({"and", "or", "not", "in", "like", "true", "false", "except"})
_OPERATORS = frozenset({"EQUAL", "UNEQUAL", "IN", "LPAR", "COMMA"})


@frozen
class Proposal:
    """A text to write in place of what is typed. `kind`: keyword, unit, field, or that of a name."""

    text: str
    kind: str
    detail: str = ""


def proposals(cursor: Cursor, analysis: Analysis) -> list[Proposal]:
    """Return what could be written, words first, each once."""
    number = _NUMBER.match(cursor.typed)
    if number is not None:
        return [Proposal(number[1] + unit, "unit", f"a {UNITS[unit][0].value}") for unit in _units(cursor)]
    fields = _fields(cursor, analysis)
    found = [*_words(cursor, is_in_condition=fields is not None), *_names(cursor, fields, analysis)]
    return list({(item.text, item.kind): item for item in found}.values())


def _units(cursor: Cursor) -> list[str]:
    """Return the units of what the clause measures, the last word of it that measures something counting."""
    for token in reversed(cursor.clause):
        unit = MEASURES.get(token.text)
        if unit is not None:
            return [text for text, (kind, _) in UNITS.items() if kind is unit]
    return list(UNITS)


def _words(cursor: Cursor, *, is_in_condition: bool) -> Iterator[Proposal]:
    """Yield the keywords that fit; in a condition those that join and compare, since its other words are fields."""
    engine = load_engine()
    texts = engine.table.lexicon.texts
    elsewhere = engine.starters - engine.clauses.get(cursor.block, engine.starters)
    free = set(keywords().contextual)
    takes_names = "NAME" in cursor.expected
    for text in sorted(
        texts[kind] for kind in cursor.expected - _STEPS | (cursor.expected & _STEPS - elsewhere) if kind in texts
    ):
        if is_in_condition and text not in _JOINING:
            continue
        if is_word(text) and not (takes_names and text in free):
            entry = entry_of(cursor.block, text)
            yield Proposal(text, "keyword", entry.meaning if entry else "")


def _names(cursor: Cursor, fields: list[Proposal] | None, analysis: Analysis) -> Iterator[Proposal]:
    if "NAME" not in cursor.expected:
        return
    if fields is not None:
        yield from fields
        return
    if "QUANTITY" in cursor.expected:
        yield from _known(("const",), analysis)
        return
    yield from _known(_kinds(cursor), analysis)


def _kinds(cursor: Cursor) -> tuple[str, ...]:
    """Return the kinds of names that fit: of a kind that is written, else those of the clause."""
    types = [token.type for token in cursor.clause]
    if not types:
        return ()
    last = types[-1]
    if "EXTENDS" in types:
        return ("profile",)
    if types[0] in {"AVOID", "VIA", "PREFER"}:
        return next((_lower(kind) for kind in reversed(types) if kind in _KIND_WORDS), ())
    if last in _KIND_WORDS and len(types) > 1:
        return _lower(last)
    if last == "OF" and types[-2:-1] == ["ANY"]:
        return ("service",)
    if types[0] == "NO":
        return _BY_CLAUSE["UTILIZATION"] if "ON" in types else ("intent",)
    if types[0] in {"INTENT", "CHAIN", "SERVICE", "CLASS", "PROFILE", "CONST", "ASSERT"}:
        return ()
    return _BY_CLAUSE.get(types[0], ())


def _lower(kind: str) -> tuple[str, ...]:
    return (kind.lower(),)


def _fields(cursor: Cursor, analysis: Analysis) -> list[Proposal] | None:
    """Return the fields of a `where`, or the values of one; None outside of any."""
    types = [token.type for token in cursor.clause]
    if "WHERE" not in types or analysis.run.topology is None:
        return None
    where = len(types) - 1 - types[::-1].index("WHERE")
    if types[-1] in _OPERATORS and where < len(types) - 1:
        field = next((t.text for t in reversed(cursor.clause[where:]) if t.type in {"NAME", *_KIND_WORDS}), "")
        kinds = (field,) if field.upper() in _KIND_WORDS else ()
        return [*_known(kinds, analysis), *_values(field, analysis)]
    noun = types[where - 1]
    if noun not in _NOUNS:
        return [Proposal(name, "field") for name in _INTENT_FIELDS]
    fields, labels = _table(noun, analysis.run.topology)
    more = [Proposal(name, "field", "a label") for name in sorted(labels - fields.keys())]
    return [*(Proposal(name, "field") for name in fields), *more]


def _table(noun: str, topology: Topology) -> tuple[Mapping[str, object], frozenset[str]]:
    """Return the fields and the labels that a `where` over sites, nodes or links sees."""
    if noun == "SITES":
        sites = site_table(topology)
        return sites.fields, frozenset(sites.label_keys)
    if noun == "NODES":
        nodes = node_table(topology)
        return nodes.fields, frozenset(nodes.label_keys)
    links = link_table(topology)
    return links.fields, frozenset(links.label_keys)


def _values(field: str, analysis: Analysis) -> Iterator[Proposal]:
    """Yield the roles, platforms or media that the network has."""
    topology = analysis.run.topology
    if topology is None or field not in {"role", "platform"}:
        return
    elements = [*topology.nodes.values(), *(topology.sites.values() if field == "role" else ())]
    for value in sorted({str(getattr(item, field)) for item in elements if getattr(item, field) is not None}):
        yield Proposal(value if is_bare_name(value) else f'"{value}"', "value")


def _known(kinds: tuple[str, ...], analysis: Analysis) -> Iterator[Proposal]:
    for kind, name in analysis.names.known(kinds):
        yield Proposal(name if is_bare_name(name) else f'"{name}"', kind, f"a {kind}")
    if "class" in kinds:
        model = analysis.run.model
        for name in sorted(model.classes) if model else ():
            yield Proposal(name, "class", "a class")
