"""Drafts of intents for the next time that a program is resolved: an editor changes one declaration at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from intentc.clauses.requirement import Overriding
from intentc.diagnostics import Diagnostic
from intentc.language import ast
from intentc.resolve.draft import Draft
from intentc.resolve.failures import Failures
from intentc.topology.change import changed_links
from intentc.values import Recall, frozen

if TYPE_CHECKING:
    from intentc.resolve.model import Demand
    from intentc.resolve.overlaps import Part
    from intentc.resolve.scope import Ground
    from intentc.topology.model import Topology


@frozen
class _Known:
    """The draft of an intent as it was parsed then, and what was found in it."""

    intent: ast.Intent
    draft: Draft
    findings: tuple[Diagnostic, ...]

    @property
    def stands_alone(self) -> bool:
        """Whether it holds whatever other intents there are: all its names are known, and none is an intent's."""
        return self.draft.refusal is None and self.draft.requirements.one(Overriding) is None


class Kept:
    """What was resolved of a program. A draft is taken again if its intent is the very same, and all that it rests on is."""

    def __init__(self) -> None:
        self._ground: Ground | None = None
        self._known: dict[str, _Known] = {}
        self._failures: tuple[Topology, Failures] | None = None
        self.demands: Recall[Demand] = Recall()  # with their places in the order of evaluation
        self.parts: Recall[Sequence[Part]] = Recall()  # of each draft

    def fork(self) -> Kept:
        """Return the same for the trial of a repair, to be changed apart."""
        found = Kept()
        found._ground, found._known, found._failures = self._ground, dict(self._known), self._failures
        return found

    def failures(self, topology: Topology) -> Failures:
        """Return the failure states of a network, the same ones as the last time where no more than figures of links have changed."""
        if self._failures is None:
            self._failures = topology, Failures(topology)
        before, known = self._failures
        if before is not topology:
            is_alike = changed_links(before, topology) is not None
            self._failures = topology, known.over(topology) if is_alike else Failures(topology)
        return self._failures[1]

    def begin(self, ground: Ground) -> None:
        """Forget the drafts that do not hold over this ground."""
        before, self._ground = self._ground, ground
        if before is None or not _rest_alike(before, ground):
            self._known = {}
        elif _names(before) != _names(ground):
            intents = ground.program.intents
            self._known = {name: known for name, known in self._known.items() if name in intents and known.stands_alone}

    def draft(self, intent: ast.Intent, make: Callable[[ast.Intent], Draft]) -> Draft:
        """Return the draft of an intent, with its findings made: the known one, or what `make` returns."""
        assert self._ground is not None  # `begin` was called  # noqa: S101
        found, name = self._ground.findings.items, intent.name.text
        known = self._known.get(name)
        if known is not None and known.intent is intent:
            found += known.findings
            return known.draft
        before = len(found)
        draft = make(intent)
        self._known[name] = _Known(intent, draft, tuple(found[before:]))
        return draft


def _rest_alike(one: Ground, other: Ground) -> bool:
    """Return whether two grounds have the same network and the same declarations but for intents."""
    a, b = one.program, other.program
    return (
        one.topology is other.topology
        and one.today == other.today
        and (a.constants, a.groups, a.services) == (b.constants, b.groups, b.services)
        and (a.classes, a.profiles) == (b.classes, b.profiles)
    )


def _names(ground: Ground) -> tuple[object, ...]:
    program = ground.program
    return program.intents.keys(), program.chains.keys(), program.lost
