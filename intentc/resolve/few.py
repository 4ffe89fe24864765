"""A few intents that have changed, of a program that is otherwise the very same: drafted again, with all else as it was resolved the last time.

That holds where nothing else can come of the change: the same packets as before, shared with no other intent, and nothing to say of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import compress
from operator import is_not

from intentc.clauses.requirement import Isolated, Overriding, Waived
from intentc.diagnostics import Diagnostic, Findings
from intentc.language import ast
from intentc.resolve.draft import Draft
from intentc.resolve.model import Demand, Model, ResolvedIntent
from intentc.resolve.scope import Ground
from intentc.topology.model import Topology
from intentc.values import mutable, replace

MOST = 512  # of very many the usual way is as short
_ABOUT_OTHERS = frozenset[type]({Isolated, Overriding, Waived})


@mutable
class Last:
    """What a program was resolved to, and what for. `tied`: intents that share packets with others, or of which something was found."""

    files: tuple[ast.File, ...]
    ground: Ground
    draft: Callable[[ast.Intent], Draft]
    drafts: dict[str, Draft]
    tied: frozenset[str]
    found: tuple[Diagnostic, ...]
    model: Model
    numbers: Mapping[str, int]  # of the intents in the model

    def resolve(
        self,
        files: tuple[ast.File, ...],
        topology: Topology,
        today: dt.date,
        findings: Findings,
        resolved: Callable[[Draft], ResolvedIntent],
    ) -> tuple[Model, Sequence[Draft]] | None:
        """Return the model of some files with the drafts that are new; None where that takes more than this. Then nothing was found."""
        if self.model.topology is not topology or self.ground.today != today:
            return None
        changed = _changed(self.files, files)
        if changed is None or not all(self._may_change(one) for one, _ in changed):
            return None
        program, before = self.ground.program, (self.ground.program, self.ground.findings)
        intents = {**program.intents, **{intent.name.text: intent for _, intent in changed}}
        trial = Findings()
        self.ground.program, self.ground.findings = replace(program, intents=intents), trial
        drafts = [self.draft(intent) for _, intent in changed]
        if trial.items or not all(self._is_alone(draft) for draft in drafts):
            self.ground.program, self.ground.findings = before
            return None
        self.ground.findings = findings
        findings.items += self.found
        self.files, self.model = files, self._with(drafts, resolved) if drafts else self.model
        self.drafts.update((draft.name, draft) for draft in drafts)
        return self.model, drafts

    def _may_change(self, intent: ast.Intent) -> bool:
        """Return whether no other intent is concerned by what an intent asked until now."""
        name = intent.name.text
        if self.ground.program.intents.get(name) is not intent or name in self.tied:
            return False
        return _is_sound(self.drafts[name])

    def _is_alone(self, draft: Draft) -> bool:
        """Return whether a draft asks something else of the same packets as before, and no other intent is concerned."""
        before = self.drafts[draft.name].demands
        is_like = len(draft.demands) == len(before) and _is_sound(draft)
        pairs = zip(before, draft.demands, strict=False)
        return is_like and all(one.key == other.key and one.candidates == other.candidates for one, other in pairs)

    def _with(self, drafts: Sequence[Draft], resolved: Callable[[Draft], ResolvedIntent]) -> Model:
        """Return the model with the demands of some drafts in place of what these intents had."""
        model, intents = self.model, list(self.model.intents)
        for draft in drafts:
            intents[self.numbers[draft.name]] = resolved(draft)
        demands = {
            **model.demands,
            **{demand.key: self._placed(demand) for draft in drafts for demand in draft.demands},
        }
        return replace(model, intents=tuple(intents), demands=demands)

    def _placed(self, demand: Demand) -> Demand:
        """Return a demand in its place in the order of evaluation."""
        return replace(demand, precedence=self.model.demands[demand.key].precedence)


def _is_sound(draft: Draft) -> bool:
    """Return whether a draft has demands, and asks nothing about others."""
    return draft.refusal is None and bool(draft.demands) and not draft.requirements.has_any(_ABOUT_OTHERS)


def _changed(
    before: tuple[ast.File, ...], after: tuple[ast.File, ...]
) -> Sequence[tuple[ast.Intent, ast.Intent]] | None:
    """Return the few intents that have changed, each with what it was under the same name at the same place; None of other changes."""
    found: list[tuple[ast.Intent, ast.Intent]] = []
    if len(before) != len(after):
        return None
    for one, other in compress(zip(before, after, strict=True), map(is_not, before, after)):
        if one.source.path != other.source.path or one.broken != other.broken:
            return None
        if len(one.declarations) != len(other.declarations):
            return None
        for old, new in _different(one.declarations, other.declarations):
            if not (isinstance(old, ast.Intent) and isinstance(new, ast.Intent) and old.name == new.name):
                return None
            found.append((old, new))
            if len(found) > MOST:
                return None
    return found


def _different(
    one: Sequence[ast.Declaration], other: Sequence[ast.Declaration]
) -> Iterator[tuple[ast.Declaration, ast.Declaration]]:
    return compress(zip(one, other, strict=True), map(is_not, one, other))
