from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from intentc.diagnostics import Findings, Label
from intentc.language import ast
from intentc.values import frozen

Named = (
    ast.Const | ast.Group | ast.Service | ast.ClassDeclaration | ast.Profile | ast.Intent | ast.Chain | ast.Assertion
)
N = TypeVar("N", bound=Named)


_NOUNS: Mapping[type, str] = {
    ast.Const: "const",
    ast.Group: "group",
    ast.Service: "service",
    ast.ClassDeclaration: "class",
    ast.Profile: "profile",
    ast.Intent: "intent",
    ast.Chain: "chain",
    ast.Assertion: "assert",
}


@frozen
class Program:
    """All declarations of all files, by kind and name, in the order of their names."""

    constants: Mapping[str, ast.Const]
    groups: Mapping[str, ast.Group]
    services: Mapping[str, ast.Service]
    classes: Mapping[str, ast.ClassDeclaration]
    profiles: Mapping[str, ast.Profile]
    intents: Mapping[str, ast.Intent]
    chains: Mapping[str, ast.Chain]
    assertions: Mapping[str, ast.Assertion]
    lost: frozenset[str]  # names of declarations that did not parse, which has its finding


def gather(files: Sequence[ast.File], findings: Findings) -> Program:
    """Return the program that the files make; of two declarations of one kind and name the first (by file, line) counts."""
    by_kind: dict[type, list[Any]] = {}
    for file in files:
        for item in file.declarations:
            by_kind.setdefault(type(item), []).append(item)
    return Program(
        _named(ast.Const, by_kind, findings),
        _named(ast.Group, by_kind, findings),
        _named(ast.Service, by_kind, findings),
        _named(ast.ClassDeclaration, by_kind, findings),
        _named(ast.Profile, by_kind, findings),
        _named(ast.Intent, by_kind, findings),
        _named(ast.Chain, by_kind, findings),
        _named(ast.Assertion, by_kind, findings),
        frozenset(item.name.text for file in files for item in file.broken if item.name is not None),
    )


_PLACE = attrgetter("span.file", "span.line", "span.column", "span.end_line", "span.end_column")


def _named(kind: type[N], by_kind: Mapping[type, list[Any]], findings: Findings) -> dict[str, N]:
    found: dict[str, N] = {}
    declared: list[N] = by_kind.get(kind, [])
    for item in sorted(declared, key=_PLACE):
        first = found.setdefault(item.name.text, item)
        if first is not item:
            noun = _NOUNS[kind]
            findings.error(
                "E0203",
                f"{noun} `{item.name.text}` is declared twice",
                item.name.span,
                related=(Label(first.name.span, "first declared here"),),
                help=("rename one of them",),
                intent=item.name.text if isinstance(item, ast.Intent | ast.Chain | ast.Assertion) else None,
            )
    return {name: found[name] for name in sorted(found)}
