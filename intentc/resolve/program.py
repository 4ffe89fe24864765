from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from intentc.diagnostics import Findings, Label
from intentc.language import ast

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


@dataclass(frozen=True, slots=True)
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
    ordered = sorted((item for file in files for item in file.declarations), key=lambda item: item.span)
    return Program(
        _named(ast.Const, ordered, findings),
        _named(ast.Group, ordered, findings),
        _named(ast.Service, ordered, findings),
        _named(ast.ClassDeclaration, ordered, findings),
        _named(ast.Profile, ordered, findings),
        _named(ast.Intent, ordered, findings),
        _named(ast.Chain, ordered, findings),
        _named(ast.Assertion, ordered, findings),
        frozenset(item.name.text for file in files for item in file.broken if item.name is not None),
    )


def _named(kind: type[N], declarations: Iterable[ast.Declaration], findings: Findings) -> dict[str, N]:
    found: dict[str, N] = {}
    for item in declarations:
        if not isinstance(item, kind):
            continue
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
