"""The clauses that hold for an intent: its own over those of its profiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from intentc.language import ast
from intentc.values import frozen
from intentc.verify.sources import Sources, Unprovable

C = TypeVar("C", bound=ast.Clause)

# Restrictions add up; of every other clause the last one counts (own after inherited, later profiles after earlier ones).
_ADDING = (ast.Avoid, ast.Via, ast.Waive, ast.Pin, ast.Encrypt, ast.Isolate, ast.Symmetric)


@frozen
class Clauses:
    """The clauses in force, inherited ones first."""

    items: tuple[ast.Clause, ...]

    def one(self, kind: type[C]) -> C | None:
        """Return the clause of a kind that counts, the last one written."""
        found = self.all(kind)
        return found[-1] if found else None

    def all(self, kind: type[C]) -> tuple[C, ...]:
        """Return all clauses of a kind, in order."""
        return tuple(item for item in self.items if isinstance(item, kind))

    def has(self, kind: type[ast.Clause]) -> bool:
        """Return whether there is a clause of a kind."""
        return any(isinstance(item, kind) for item in self.items)


def clauses_of(intent: ast.Intent | ast.Chain, sources: Sources) -> Clauses:
    """Return the clauses in force for `intent`; a profile reached twice counts once."""
    blocks = [*_lineage(intent.extends, sources, (), {}).values(), intent.clauses]
    found: dict[object, ast.Clause] = {}
    for block in blocks:
        for clause in block:
            key = _key(clause)
            # A clause that replaces an earlier one takes its own place in the order.
            found.pop(key, None)
            found[key] = clause
    return Clauses(tuple(found.values()))


def _lineage(
    extends: Sequence[ast.Name], sources: Sources, path: tuple[str, ...], found: dict[str, tuple[ast.Clause, ...]]
) -> dict[str, tuple[ast.Clause, ...]]:
    """Return the clauses of every profile reached, parents before children, each once."""
    for name, profile in _profiles(extends, sources):
        if name in path:
            raise Unprovable(f"profile `{name}` extends itself", profile.span)
        if name not in found:
            _lineage(profile.extends, sources, (*path, name), found)
            found[name] = profile.clauses
    return found


def _profiles(extends: Sequence[ast.Name], sources: Sources) -> Iterator[tuple[str, ast.Profile]]:
    for name in extends:
        if name.text not in sources.profiles:
            raise Unprovable(f"no profile is named `{name.text}`", name.span)
        yield name.text, sources.profiles[name.text]


def _key(clause: ast.Clause) -> object:
    if isinstance(clause, _ADDING):
        return clause.span
    return (type(clause), clause.key.text) if isinstance(clause, ast.LabelClause) else type(clause)
