"""What one intent asks in all: its own clauses over those of its profiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from intentc.clauses import KINDS, kind_of
from intentc.clauses.kind import Repeats
from intentc.clauses.requirement import Refusal, Requirement, worst
from intentc.diagnostics import Label, Span
from intentc.language import ast
from intentc.resolve.scope import ProgramScope
from intentc.values import frozen

R = TypeVar("R")
_MAX_DEPTH = 50  # of profiles on profiles: far beyond any use, far below what the interpreter can take
_ADDS, _PER_KEY = Repeats.ADDS, Repeats.PER_KEY  # a member is sought through its class, which takes longer than a name
Key = tuple[str, str]  # keyword, and the key of a clause that stands once per key


@frozen
class Entry:
    """One clause as read; `declared_in` is the profile that it stands in, or None."""

    keyword: str
    key: Key
    repeats: Repeats
    declared_in: str | None
    requirement: Requirement | Refusal
    span: Span


@frozen
class Block:
    """The clauses of one declaration and of all that it extends: what counts, in order, and why it may not.

    `lineage` names the profiles reached, parents first, once each.
    """

    entries: tuple[Entry, ...]
    lineage: tuple[str, ...]
    refusal: Refusal | None


class _One(Protocol):
    """Return the requirement of a kind that stands at most once."""

    def __call__(self, kind: type[R], /) -> R | None: ...


class Requirements:
    """The requirements that hold for an intent, in order; `spans` says where the clause of each keyword stands.

    `one` returns the requirement of a kind that stands at most once, or None. It is asked thirty times per intent, so it is a
    look into a table, and no method that does so.
    """

    __slots__ = ("_first", "one", "refusal", "requirements", "spans")

    def __init__(
        self, requirements: tuple[Requirement, ...], spans: Mapping[str, Span], refusal: Refusal | None
    ) -> None:
        self.requirements = requirements
        self.spans = spans
        self.refusal = refusal
        self._first: dict[type, Any] = {type(item): item for item in reversed(requirements)}
        self.one: _One = self._first.get

    def lacks(self, written: Mapping[str, type]) -> bool:
        """Return whether a clause of one of these keywords was written but refused."""
        if self.refusal is None:
            return False
        return any(keyword in self.spans and kind not in self._first for keyword, kind in written.items())

    def are_among(self, kinds: frozenset[type]) -> bool:
        """Return whether there is no requirement of another kind than these."""
        return self._first.keys() <= kinds

    def has_any(self, kinds: frozenset[type]) -> bool:
        """Return whether there is a requirement of one of these kinds."""
        return not kinds.isdisjoint(self._first)

    def all(self, kind: type[R]) -> tuple[R, ...]:
        """Return the requirements of a kind that adds up, in order."""
        return tuple([item for item in self.requirements if type(item) is kind]) if kind in self._first else ()


class Profiles:
    """Reads every profile once."""

    def __init__(self, scope: ProgramScope) -> None:
        self._scope = scope.of(None)
        self._blocks: dict[str, Block | None] = {}  # None: being read

    def read_all(self) -> None:
        """Read all profiles, so that one that nobody uses has its findings too."""
        for name in self._scope.ground.program.profiles:
            self.block(name)

    def block(self, name: str) -> Block:
        """Return the clauses that a profile brings."""
        if name not in self._blocks:
            self._blocks[name] = None
            profile = self._scope.ground.program.profiles[name]
            own = _own_entries(profile.clauses, self._scope, name)
            block = self.inherit(profile.extends, own, self._scope)
            self._blocks[name] = Block(block.entries, (*block.lineage, name), block.refusal)
        found = self._blocks[name]
        if found is None:
            msg = f"profile {name} is being read"  # INVARIANT: `inherit` asks `is_open` before
            raise AssertionError(msg)
        return found

    def is_open(self, name: str) -> bool:
        """Return whether a profile is being read: to extend it now would close a cycle."""
        return name in self._blocks and self._blocks[name] is None

    def inherit(self, extends: Sequence[ast.Name], own: Sequence[Entry | Refusal], scope: ProgramScope) -> Block:
        """Return `own` clauses over those of the profiles: restrictions add up, of any other the last one counts."""
        mine = [item for item in own if isinstance(item, Entry)]
        if not extends:  # of its own clauses none replaces another
            return Block(tuple(mine), (), worst(*own))
        parents: list[Block] = []
        refusals: list[object] = [item for item in own if isinstance(item, Refusal)]
        for name in extends:
            found = self._parent(name, scope)
            (refusals if isinstance(found, Refusal) else parents).append(found)  # type: ignore[arg-type]
        lineage = tuple(dict.fromkeys(name for parent in parents for name in parent.lineage))
        inherited = _in_order(lineage, parents)
        entries = _merged([*inherited, *mine])
        if len(parents) > 1:
            self._note_overridden(extends, parents, mine, entries, scope)
        return Block(tuple(entries), lineage, worst(*refusals, *(parent.refusal for parent in parents)))

    def _parent(self, name: ast.Name, scope: ProgramScope) -> Block | Refusal:
        found = scope.profile(name)
        if isinstance(found, Refusal):
            return found
        if self.is_open(found):
            return scope.report(
                "E0211", f"profile `{found}` extends itself", name.span, help=("take one step out of the circle",)
            )
        if found not in self._blocks and sum(block is None for block in self._blocks.values()) >= _MAX_DEPTH:
            return scope.report("E0211", f"profiles extend each other more than {_MAX_DEPTH} deep here", name.span)
        return self.block(found)

    def _note_overridden(
        self,
        extends: Sequence[ast.Name],
        parents: Sequence[Block],
        mine: Sequence[Entry],
        entries: Sequence[Entry],
        scope: ProgramScope,
    ) -> None:
        """Note where several profiles set one clause and the last of them wins by its place alone."""
        own = {entry.key for entry in mine}
        kept = {entry.key: entry for entry in entries if entry.repeats is not Repeats.ADDS}
        for key, winner in kept.items():
            losers = [
                entry
                for parent in parents
                for entry in parent.entries
                if entry.key == key and entry is not winner and not self._is_refined(entry, winner)
            ]
            if key not in own and losers:
                scope.report(
                    "N0212",
                    f"several profiles set `{winner.keyword}`; that of `{winner.declared_in}` counts, as the last one",
                    extends[-1].span,
                    related=[
                        Label(winner.span, "this one counts"),
                        *(Label(span, "this one does not") for span in dict.fromkeys(entry.span for entry in losers)),
                    ],
                )

    def _is_refined(self, entry: Entry, winner: Entry) -> bool:
        """Return whether the winner's profile extends the entry's: then it was meant to replace it."""
        name = winner.declared_in
        return name is not None and not self.is_open(name) and entry.declared_in in self.block(name).lineage


def read_intent(intent: ast.Intent | ast.Chain, profiles: Profiles, scope: ProgramScope) -> Requirements:
    """Return what an intent (or a chain, apart from its steps) asks, with the gravest of the refusals among the clauses that count."""
    if not intent.extends:
        kinds = [(KINDS[type(clause)], clause) for clause in intent.clauses]
        spans = {kind.keyword: clause.span for kind, clause in kinds}
        if len(spans) == len(kinds):  # none stands twice, none replaces another
            read = [kind.read(clause, scope) for kind, clause in kinds]
            refusal = worst(*read)
            sound = read if refusal is None else [item for item in read if not isinstance(item, Refusal)]
            return Requirements(tuple(sound), spans, refusal)  # type: ignore[arg-type]  # without a refusal among them
    block = profiles.inherit(intent.extends, _own_entries(intent.clauses, scope, None), scope)
    found = [entry.requirement for entry in block.entries]
    refused = worst(block.refusal, *found)
    return Requirements(
        tuple([item for item in found if not isinstance(item, Refusal)]),
        {entry.keyword: entry.span for entry in block.entries},
        refused,
    )


def _own_entries(clauses: Iterable[ast.Clause], scope: ProgramScope, declared_in: str | None) -> list[Entry | Refusal]:
    """Return the clauses of one block as read; one that stands twice without adding anything is refused."""
    entries: list[Entry | Refusal] = []
    first: dict[Key, Span] = {}
    for clause in clauses:
        kind = kind_of(clause)
        keyword, repeats = kind.keyword, kind.repeats
        key = (keyword, clause.key.text if repeats is _PER_KEY and isinstance(clause, ast.LabelClause) else "")
        if key in first and repeats is not _ADDS:
            entries.append(
                scope.report(
                    "E0213",
                    f"`{' '.join(key).strip()}` stands twice in one block",
                    clause.span,
                    related=(Label(first[key], "first written here"),),
                    help=("keep one of them",),
                )
            )
            continue
        first[key] = clause.span
        entries.append(Entry(keyword, key, repeats, declared_in, kind.read(clause, scope), clause.span))
    return entries


def _in_order(lineage: Sequence[str], parents: Sequence[Block]) -> list[Entry]:
    """Return the parents' entries in the order of the lineage, once each, so that a diamond counts once."""
    by_profile: dict[str | None, dict[tuple[str, Span], Entry]] = {name: {} for name in lineage}
    for parent in parents:
        for entry in parent.entries:
            by_profile[entry.declared_in].setdefault((entry.keyword, entry.span), entry)
    return [entry for entries in by_profile.values() for entry in entries.values()]


def _merged(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that count: all that add up, and the last of every other key."""
    last = {entry.key: entry for entry in entries}
    return [entry for entry in entries if entry.repeats is _ADDS or last[entry.key] is entry]
