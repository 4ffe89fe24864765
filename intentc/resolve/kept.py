"""Drafts of intents for the next time that a program is resolved: an editor changes one declaration at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from intentc.clauses.requirement import Overriding
from intentc.diagnostics import Diagnostic
from intentc.language import ast
from intentc.recall import Recall
from intentc.resolve.conflicts import Memory as Judged
from intentc.resolve.draft import Draft
from intentc.resolve.failures import Failures
from intentc.resolve.precedence import Numbered
from intentc.topology.change import changed_links
from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.resolve.few import Last
    from intentc.resolve.model import ResolvedIntent, Waiver
    from intentc.resolve.scope import Ground
    from intentc.topology.model import Topology


@frozen
class _Known:
    """The draft of an intent as it was parsed then, and what was found in it."""

    intent: ast.Intent
    draft: Draft
    findings: tuple[Diagnostic, ...]

    def holds_beside(self, nodes: Collection[str]) -> bool:
        """Return whether it is sound, with nothing to say, and none of its demands begins or ends at some nodes."""
        candidates = (item for demand in self.draft.demands for item in demand.candidates)
        at = {end.node for item in candidates for end in (item.source, item.destination)}
        return self.draft.refusal is None and bool(at) and not self.findings and at.isdisjoint(nodes)

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
        self._crossed: tuple[Topology, Topology, frozenset[str] | None] | None = None  # which links differ, once asked
        self._asks_of_links = False  # whether any draft may rest on figures of links
        self.demands = Numbered()
        self.judged = Judged()
        self.intents: Recall[ResolvedIntent] = Recall()
        self.waivers: Recall[Sequence[Waiver]] = Recall()
        self.addresses: Recall[tuple[str, ...]] = Recall()  # of routers
        self.last: Last | None = None  # of programs in which any intent may change alone

    def fork(self) -> Kept:
        """Return the same for the trial of a repair, to be changed apart."""
        found = Kept()
        found._ground, found._known, found._failures = self._ground, dict(self._known), self._failures
        found._crossed, found._asks_of_links = self._crossed, self._asks_of_links
        found.demands = self.demands.fork()
        return found

    def failures(self, topology: Topology) -> Failures:
        """Return the failure states of a network, the same ones as the last time where no more than figures of links have changed."""
        if self._failures is None:
            self._failures = topology, Failures(topology)
        before, known = self._failures
        if before is not topology:
            is_alike = self._changed_links(before, topology) is not None
            self._failures = topology, known.over(topology) if is_alike else Failures(topology)
        return self._failures[1]

    def begin(self, ground: Ground) -> None:
        """Forget the drafts that do not hold over this ground."""
        before, self._ground = self._ground, ground
        if before is None or not _rest_alike(before, ground) or not self._crosses(before, ground.topology):
            self._known, self._asks_of_links = {}, False
        elif _names(before) != _names(ground):
            intents = ground.program.intents
            self._known = {name: known for name, known in self._known.items() if name in intents and known.stands_alone}

    def _changed_links(self, before: Topology, after: Topology) -> frozenset[str] | None:
        if self._crossed is None or self._crossed[0] is not before or self._crossed[1] is not after:
            self._crossed = before, after, changed_links(before, after)
        return self._crossed[2]

    def _crosses(self, before: Ground, after: Topology) -> bool:
        """Return whether drafts of a network hold over another one; those that may not are forgotten.

        Figures of links are asked for by conditions on links alone. Which links are drained tells which states cut their ends off.
        What was found may point at the network's files.
        """
        if before.topology is after:
            return True
        self._asks_of_links = self._asks_of_links or "link_table" in vars(before)
        names = self._changed_links(before.topology, after)
        if names is None or self._asks_of_links:
            return False
        links = [(before.topology.links[name], after.links[name]) for name in names]
        ends = {end.node for one, other in links if one.state != other.state for end in (one.a, one.b)}
        self._known = {name: known for name, known in self._known.items() if known.holds_beside(ends)}
        return True

    def learn(self, drafts: Iterable[Draft]) -> None:
        """Keep drafts that were made beside, of which there is nothing to say."""
        for draft in drafts:
            if isinstance(draft.intent, ast.Intent):
                self._known[draft.name] = _Known(draft.intent, draft, ())

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
    """Return whether two grounds have the same declarations but for intents."""
    a, b = one.program, other.program
    return (
        one.today == other.today
        and (a.constants, a.groups, a.services) == (b.constants, b.groups, b.services)
        and (a.classes, a.profiles) == (b.classes, b.profiles)
    )


def _names(ground: Ground) -> tuple[object, ...]:
    program = ground.program
    return program.intents.keys(), program.chains.keys(), program.lost
