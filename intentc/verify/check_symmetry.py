"""Whether replies take the links of the requests, where the intent says so, in every state that is promised."""

from __future__ import annotations

from intentc.language import ast
from intentc.manifest.elements import NOTHING
from intentc.verify.behaviour import behaviour
from intentc.verify.case import Case, World
from intentc.verify.simulate import Outcome

_CODE = "E0596"


def check_symmetry(world: World, case: Case) -> None:
    """Judge the replies of a `symmetric` intent, in the normal state and in every promised one that has a path both ways."""
    forward = world.requests_of(case)
    if forward is None or not case.asked.clauses.has(ast.Symmetric):
        return
    lost = {*forward.entry.unprotected, *case.entry.unprotected}
    states = [(None, NOTHING), *((state.id, state.failed) for state in case.wanted.promised.states)]
    for name, failed in states:
        if name in lost:
            continue
        there, back = _links(behaviour(world, forward, failed)), _links(behaviour(world, case, failed))
        where = f" in `{name}`" if name else ""
        said = f"{case.name}{where}: requests take {_shown(there)}, replies {_shown(back)}"
        is_one = there is not None and back is not None
        world.court.judge("symmetry", _CODE, holds=is_one and there == (back or ())[::-1], otherwise=said, state=name)


def _links(outcome: Outcome) -> tuple[str, ...] | None:
    """Return the links of the only path; None where there is none, or several."""
    paths = outcome.paths() if outcome.fault is None else ()
    return paths[0].links if len(paths) == 1 else None


def _shown(links: tuple[str, ...] | None) -> str:
    return "no single path" if links is None else f"`{' '.join(links)}`"
