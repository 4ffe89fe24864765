"""`intentc history`: what was applied, when, by whom, from which commit."""

from __future__ import annotations

from pathlib import Path

from intentc.push.adoption import Adoption, adoptions
from intentc.push.report import Outcome
from intentc.push.store import Store, Transaction
from intentc.values import frozen

_UNFINISHED = "unfinished"
_UNDOABLE = frozenset({"apply", "withdraw"})  # a repair brings back what was applied before: there is nothing to undo


@frozen
class HistoryEntry:
    """One transaction, or a decision to leave drift as it runs (`doing` is `adopt`).

    `outcome` is `applied`, `back`, `interrupted`, `unfinished` or `adopted`; `undone_by` names its rollback, `about` the intents that
    were withdrawn.
    """

    id: str
    at: str
    who: str
    host: str
    commit: str
    doing: str
    undoes: str
    undone_by: str
    plan_hash: str
    nodes: tuple[str, ...]
    outcome: str
    about: tuple[str, ...] = ()

    @property
    def can_be_undone(self) -> bool:
        """Return whether a rollback without an id would choose it if it is the newest such."""
        return self.outcome == Outcome.APPLIED and not self.undone_by and self.doing in _UNDOABLE


def history(state: Path) -> tuple[HistoryEntry, ...]:
    """Return every transaction that touched a device or may have, and every adoption, oldest first; raises `RefusalError` for a damaged store."""
    found = [item for item in Store(state).transactions() if _counts(item)]
    undone_by: dict[str, str] = {}
    for item in reversed(found):  # an undo that was itself undone does not count
        is_in_force = item.story.outcome == Outcome.APPLIED and item.id not in undone_by
        if item.story.opening.undoes and is_in_force:
            undone_by[item.story.opening.undoes] = item.id
    entries = [*(_entry(item, undone_by.get(item.id, "")) for item in found), *map(_adoption, adoptions(state))]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _counts(item: Transaction) -> bool:
    return not item.story.is_ended or bool(item.story.touched)


def _entry(item: Transaction, undone_by: str) -> HistoryEntry:
    opening = item.story.opening
    return HistoryEntry(
        id=item.id,
        at=item.story.began_at,
        who=opening.who,
        host=opening.host,
        commit=opening.commit,
        doing=opening.doing,
        undoes=opening.undoes,
        undone_by=undone_by,
        plan_hash=opening.plan_hash,
        nodes=tuple(node for node, _ in opening.tickets),
        outcome=item.story.outcome or _UNFINISHED,
        about=opening.about,
    )


def _adoption(item: Adoption) -> HistoryEntry:
    return HistoryEntry(
        id=item.id,
        at=item.at,
        who=item.who,
        host=item.host,
        commit=item.commit,
        doing="adopt",
        undoes="",
        undone_by="",
        plan_hash="",
        nodes=tuple(item.lines),
        outcome="adopted",
    )
