"""The order in which groups and services are evaluated: what a set names comes before it, and circles are found."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.clauses.requirement import Refusal
from intentc.language import ast
from intentc.resolve.expressions import glob
from intentc.resolve.program import Program
from intentc.resolve.scope import ProgramScope

Key = tuple[str, str]  # "group" or "service", and its name


def evaluate_sets(scope: ProgramScope) -> None:
    """Evaluate every group and service, used or not; one that leads back to itself is a finding.

    Each is evaluated after all that it names, so that sets in sets of any depth need no deep recursion.
    """
    program = scope.ground.program
    done: set[Key] = set()
    for start in [*(("group", name) for name in program.groups), *(("service", name) for name in program.services)]:
        if start not in done:
            _evaluate_from(start, done, scope)


def _evaluate_from(start: Key, done: set[Key], scope: ProgramScope) -> None:
    trail = [start]
    pending = [_references(start, scope.ground.program)]
    while trail:
        step = next(pending[-1], None)
        if step is None:
            pending.pop()
            key = trail.pop()
            done.add(key)
            _evaluate(key, scope)
        elif step[0] in trail:
            _refuse_circle(trail[-1], step[1], scope)
        elif step[0] not in done:
            trail.append(step[0])
            pending.append(_references(step[0], scope.ground.program))


def _evaluate(key: Key, scope: ProgramScope) -> None:
    kind, name = key
    if kind == "group":
        scope.group(name)
    else:
        scope.service(name)


def _refuse_circle(key: Key, term: ast.NameTerm, scope: ProgramScope) -> None:
    """Report the term that closes a circle; without its declaration everything on the circle is refused in turn."""
    kind, name = key
    (scope.ground.groups if kind == "group" else scope.ground.services)[name] = Refusal.BROKEN
    scope.of(None).report(
        "E0210",
        f"{kind} `{name}` is defined by itself: `{term.name.text}` leads back to it",
        term.span,
        help=("take one of them out of the other",),
    )


def _references(key: Key, program: Program) -> Iterator[tuple[Key, ast.NameTerm]]:
    """Yield the groups and services that a declaration names, with the term that does."""
    kind, name = key
    terms: list[ast.Term] = []
    if kind == "group":
        terms.append(program.groups[name].set)
    elif (hosts := program.services[name].at) is not None:
        terms.append(hosts)
    while terms:
        term = terms.pop()
        match term:
            case ast.NameTerm():
                yield from ((found, term) for found in _named(term, program))
            case ast.Restricted():
                terms += (term.other, term.base)
            case ast.SetExpression():
                terms += reversed(term.terms)
            case ast.WhereTerm():
                pass  # conditions see the topology only


def _named(term: ast.NameTerm, program: Program) -> list[Key]:
    """Return the groups and services that a term may mean; a pattern without a kind is over nodes and sites only."""
    found: list[Key] = []
    for kind, names in (("group", program.groups), ("service", program.services)):
        if term.name.is_glob and term.kind == kind:
            found += [(kind, name) for name in names if glob(term.name.text).fullmatch(name)]
        elif not term.name.is_glob and term.kind in {None, kind} and term.name.text in names:
            found.append((kind, term.name.text))
    return found
