"""The TextMate grammar of the language, for editors and sites that colour text without a server."""

from __future__ import annotations

import json

from intentc.language.keywords import keywords

_NAME = r"[A-Za-z_*?][A-Za-z0-9_*?]*(?:(?:\.|-+)[A-Za-z0-9_*?]+)*(?:#[0-9]+)?"
_EDGE = r"(?![A-Za-z0-9_*?#./-])"


def textmate_grammar() -> str:
    """Return the grammar as JSON: words and units are those of the LALR grammar, the rest its tokens."""
    known = keywords()
    units = "|".join(sorted(known.units, key=lambda unit: (-len(unit), unit)))
    declarations = "|".join(sorted(known.declarations))
    words = "|".join(sorted({*known.reserved, *known.contextual} - set(known.declarations), key=lambda w: (-len(w), w)))
    patterns = [
        {"name": "comment.line.number-sign.intent", "match": r"(?:^|(?<=[ \t{};]))#.*$"},
        {
            "name": "string.quoted.double.intent",
            "begin": '"',
            "end": '"|$',
            "patterns": [{"name": "constant.character.escape.intent", "match": r'\\["\\]'}],
        },
        {
            "match": rf"^\s*({declarations})\s+({_NAME})",
            "captures": {
                "1": {"name": "keyword.declaration.intent"},
                "2": {"name": "entity.name.type.intent"},
            },
        },
        {"name": "constant.numeric.prefix.intent", "match": r"\b[0-9]+(?:\.[0-9]+){3}(?:/[0-9]+)?\b"},
        {"name": "constant.numeric.prefix.intent", "match": r"\b[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:/[0-9]+)?"},
        {"name": "constant.numeric.date.intent", "match": r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b"},
        {
            "match": rf"\b([0-9]+(?:\.[0-9]+)?)[ \t]*({units})(?![A-Za-z0-9_*?])",
            "captures": {
                "1": {"name": "constant.numeric.intent"},
                "2": {"name": "keyword.other.unit.intent"},
            },
        },
        {"name": "constant.numeric.intent", "match": r"\b[0-9]+(?:\.[0-9]+)?\b"},
        {"name": "constant.other.port.intent", "match": r"\b(?:tcp|udp|sctp)/[0-9]+(?:-[0-9]+)?\b"},
        {"name": "keyword.other.intent", "match": rf"(?<![A-Za-z0-9_*?#./-])(?:{declarations}|{words}){_EDGE}"},
        {"name": "variable.other.intent", "match": _NAME},
        {"name": "keyword.operator.intent", "match": r"->|==|!=|<=|>=|[<>=&]"},
    ]
    grammar = {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "intentc",
        "scopeName": "source.intent",
        "fileTypes": ["intent"],
        "patterns": patterns,
    }
    return json.dumps(grammar, indent=2) + "\n"
