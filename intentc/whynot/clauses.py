"""Repairs that change a clause as a whole: one left out, a region added to a pin, a failure state waived."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from intentc.diagnostics import Edit
from intentc.language import ast
from intentc.patterns import pattern
from intentc.place.cuts import find_cut
from intentc.place.diagnose import Layer
from intentc.place.wording import names_text, survival_text
from intentc.resolve.model import Exclusion
from intentc.topology.model import Link, Topology
from intentc.whynot.model import Candidate
from intentc.whynot.question import Question
from intentc.whynot.texts import after

_REGION, _DROP, _WAIVE = 3, 4, 6  # ranks
_ELSEWHERE = 1  # a clause of a profile concerns others too
_WAIVABLE = frozenset({"E0508", "E0521", "E0522", "E0523", "E0524", "E0525", "E0526"})
_WAIVED_FOR = dt.timedelta(days=30)
_PLAIN_NAME = pattern(r"[a-z][a-z0-9-]{2,}")


def drops(question: Question) -> Iterator[Candidate]:
    """Yield the exclusions and waypoints of the core left out, one at a time."""
    demand = question.demand
    for item in [demand.exclusions[key] for key in question.keys("exclusion")]:
        edit = _without(question, item)
        if edit is not None:
            is_own = question.texts.is_own(question.intent, edit.span)
            rank = (_DROP, 0 if is_own else _ELSEWHERE)
            where = "" if is_own else " from its profile"
            yield Candidate(rank, f"drop {item.text}", f"leave out `{item.text}`{where}", (edit,))
    for key in question.keys("via"):
        waypoint = demand.via[key]
        clause = question.texts.avoided(waypoint.span)
        if clause is not None:
            edit = _without_element(question, clause, waypoint.span.column, waypoint.span.line)
            yield Candidate((_DROP, 0), f"drop {waypoint.text}", f"leave out `{waypoint.text}`", (edit,))


def _without(question: Question, item: Exclusion) -> Edit | None:
    clause = question.texts.clause(item.span)
    if isinstance(clause, ast.Pin | ast.Encrypt):
        return Edit(clause.span, "")
    found = question.texts.avoided(item.span)
    return None if found is None else _without_element(question, found, item.span.column, item.span.line)


def _without_element(question: Question, clause: ast.Avoid | ast.Via, column: int, line: int) -> Edit:
    """Return the edit that leaves one element out of a list, or the clause where it is the only one."""
    left = [item for item in clause.elements if (item.span.column, item.span.line) != (column, line)]
    if not left:
        return Edit(clause.span, "")
    keyword = "avoid" if isinstance(clause, ast.Avoid) else "via"
    return Edit(clause.span, f"{keyword} {', '.join(question.texts.text(item.span) for item in left)}")


def regions(question: Question) -> Iterator[Candidate]:
    """Yield the regions, added to a pin, that the excluded links and nodes of the best path lie in."""
    verdict = question.first.verdict
    if verdict.layer not in (Layer.FENCES, Layer.ENDS, Layer.VIA) or verdict.ends is None:
        return
    topology, cut = question.context.network.topology, find_cut(question.context, verdict)
    links = [topology.links[question.context.network.links[index]] for index in cut.links]
    ends = [question.context.network.nodes[index] for index in cut.ends]
    for item in cut.exclusions:
        clause = question.texts.clause(item.span)
        if isinstance(clause, ast.Pin):
            missing = _outside(topology, [name.text for name in clause.regions], links, ends)
            if missing:
                words = ", ".join(map(_name, missing))
                edit = Edit(after(clause.regions[-1].span), f", {words}")
                is_own = question.texts.is_own(question.intent, clause.span)
                text = f"pin to {names_text(missing)} as well" + ("" if is_own else ", in the profile")
                yield Candidate((_REGION, len(missing)), "region", text, (edit,))


def _outside(topology: Topology, pinned: list[str], links: list[Link], ends: list[str]) -> list[str]:
    """Return the regions of links and nodes that none of the pinned ones contains."""
    nodes = [*ends, *(end.node for link in links for end in (link.a, link.b))]
    found = [topology.nodes[name].region for name in nodes]
    crossed = [name for link in links for name in link.crosses or ()]
    every = {name for name in (*found, *crossed) if name is not None}
    return sorted(name for name in every if not any(topology.is_within(name, region) for region in pinned))


def _name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) or (len(name) == 2 and name not in _WORDS) else f'"{name}"'


_WORDS = frozenset({"at", "to", "in", "or", "of", "on", "is"})


def waivers(question: Question) -> Iterator[Candidate]:
    """Yield a waiver of the finding, for what fails in a state: a month to mend the network."""
    code, state = question.first.code, question.first.verdict.state
    if not question.is_in_failure or code not in _WAIVABLE:
        return
    until = (question.today + _WAIVED_FOR).isoformat()
    lost = survival_text(state, is_survived=False)
    words = f'waive {code} until {until} because "{lost.replace("`", "")}"'
    edit = question.texts.added_clause(question.intent, words)
    if edit is not None:
        text = f"accept for now that {lost}: `waive {code} until {until} …`"
        yield Candidate((_WAIVE, 0), "waive", text, (edit,))
