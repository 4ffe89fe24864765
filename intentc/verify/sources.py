"""The declarations of a program by kind and name, and the plain values they hold; read without the compiler's resolver."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from intentc.diagnostics import Span
from intentc.language import ast
from intentc.values import frozen


class Unprovable(Exception):  # noqa: N818  (not a failure of the prover: the sources do not say what is asked)
    """The sources are not sound at `span`, so that nothing can be proved of what depends on it."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


D = TypeVar(
    "D",
    ast.Const,
    ast.Group,
    ast.Service,
    ast.ClassDeclaration,
    ast.Profile,
    ast.Intent,
    ast.Chain,
    ast.Assertion,
)


@frozen
class Sources:
    """All declarations that bear on a manifest; of two of one name the first (by file, then line) counts."""

    constants: Mapping[str, ast.Const]
    groups: Mapping[str, ast.Group]
    services: Mapping[str, ast.Service]
    classes: Mapping[str, ast.ClassDeclaration]
    profiles: Mapping[str, ast.Profile]
    intents: Mapping[str, ast.Intent]
    chains: Mapping[str, ast.Chain]
    assertions: Mapping[str, ast.Assertion]

    @property
    def talkers(self) -> Mapping[str, ast.Intent | ast.Chain]:
        """Return all declarations that have traffic."""
        return {**self.chains, **self.intents}

    def quantity(self, value: ast.QuantityOrConst, unit: ast.Unit) -> int:
        """Return a quantity, or that of the const named, in the unit's base; raise `Unprovable` if it is none."""
        found = value
        if isinstance(found, ast.Name):
            if found.text not in self.constants:
                raise Unprovable(f"no const is named `{found.text}`", found.span)
            found = self.constants[found.text].value
        if found.unit is not unit:
            raise Unprovable(f"`{found.text}` is not a {unit.value}", value.span)
        return found.value


def gather(files: Sequence[ast.File]) -> Sources:
    """Return the declarations of all files, whatever order the files are in."""
    declared = sorted((item for file in files for item in file.declarations), key=lambda item: item.span)
    return Sources(
        constants=_by_name(declared, ast.Const),
        groups=_by_name(declared, ast.Group),
        services=_by_name(declared, ast.Service),
        classes=_by_name(declared, ast.ClassDeclaration),
        profiles=_by_name(declared, ast.Profile),
        intents=_by_name(declared, ast.Intent),
        chains=_by_name(declared, ast.Chain),
        assertions=_by_name(declared, ast.Assertion),
    )


def matches(name: ast.Name, candidate: str) -> bool:
    """Return whether a name as written means `candidate`: equal, or a pattern of `*` and `?` that fits it."""
    return is_like(candidate, name.text) if name.is_glob else name.text == candidate


def is_like(text: str, pattern: str) -> bool:
    """Return whether `text` fits a pattern in which only `*` and `?` are special."""
    expression = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _by_name(declared: Iterable[ast.Declaration], kind: type[D]) -> dict[str, D]:
    found: dict[str, D] = {}
    for item in declared:
        if isinstance(item, kind):
            found.setdefault(item.name.text, item)
    return found
