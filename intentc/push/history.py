"""`intentc history`: what was applied, when, by whom, from which commit."""

from __future__ import annotations

from pathlib import Path

from intentc.push.report import Outcome
from intentc.push.store import Store, Transaction
from intentc.values import frozen

_UNFINISHED = "unfinished"


@frozen
class HistoryEntry:
    """One transaction. `outcome` is `applied`, `back`, `interrupted` or `unfinished`; `undone_by` names its rollback."""

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

    @property
    def can_be_undone(self) -> bool:
        """Return whether a rollback without an id would choose it if it is the newest such."""
        return self.outcome == Outcome.APPLIED and not self.undone_by and self.doing == "apply"


def history(state: Path) -> tuple[HistoryEntry, ...]:
    """Return every transaction that touched a device or may have, oldest first; raises `RefusalError` for a damaged store."""
    found = [item for item in Store(state).transactions() if _counts(item)]
    undone_by: dict[str, str] = {}
    for item in reversed(found):  # an undo that was itself undone does not count
        is_in_force = item.story.outcome == Outcome.APPLIED and item.id not in undone_by
        if item.story.opening.undoes and is_in_force:
            undone_by[item.story.opening.undoes] = item.id
    return tuple(_entry(item, undone_by.get(item.id, "")) for item in found)


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
    )
