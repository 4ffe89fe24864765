"""What somebody decided to leave as it runs for now: adopted differences, one file for each decision in the state store.

    STATE/adopted/ID.json     who, when, from which commit, and the lines of each device

A file is never changed. A decision is in force for a device until something is applied there: that takes back what was adopted.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from intentc.diagnostics import Diagnostic
from intentc.plan.model import Adopted
from intentc.push.apply import holder, refuse_unfinished
from intentc.push.audit import audit_adoption
from intentc.push.refusal import RefusalError
from intentc.push.report import Outcome
from intentc.push.store import Store, new_id
from intentc.push.team import Options

SCHEMA = 1
FOLDER = "adopted"


@dataclass(frozen=True, slots=True)
class Adoption:
    """One decision. `lines`: those of drift, by device. `applies`: how many applies the device had seen then.

    That count, and no clock, tells whether anything was applied since: machines of a team have clocks of their own.
    """

    id: str
    at: str  # UTC, ISO 8601
    who: str
    host: str
    commit: str
    lines: Mapping[str, tuple[str, ...]]
    applies: Mapping[str, int]

    @property
    def words(self) -> str:
        """Return who decided it and when."""
        return f"{self.who} on {self.host} at {self.at}"


def adopt(lines: Mapping[str, tuple[str, ...]], options: Options) -> Adoption:
    """Write down that `lines` of drift, by device, are known and left as they run; nothing on any device is changed.

    It is on disk (and where state is shared: there) and in the audit log when this returns. Raises `RefusalError` while somebody
    else is at work, after an apply that was never finished, or where the state store cannot be written.
    """
    store = Store(options.state, options.shared)
    with store.lease(holder(options, "adopt")):
        refuse_unfinished(store)
        now, author = dt.datetime.now(dt.UTC), options.author
        seen = _applies(store)
        made = Adoption(
            id=new_id(now),
            at=now.isoformat(timespec="milliseconds"),
            who=author.who,
            host=author.host,
            commit=author.commit,
            lines=dict(sorted(lines.items())),
            applies={node: seen[node] for node in sorted(lines)},
        )
        _write(store.root / FOLDER, made)
        unwritten = audit_adoption(store.root, made.id, author, made.lines)
        if unwritten:
            raise RefusalError(*unwritten)
        store.publish(f"{made.id}: adopt")
    return made


def adoptions(state: Path) -> tuple[Adoption, ...]:
    """Return all decisions, oldest first; raises `RefusalError` for one that cannot be read."""
    folder = state / FOLDER
    try:
        found = [_read(path) for path in folder.glob("*.json")]
    except OSError as error:
        raise RefusalError(_unusable(folder, "read", error.strerror)) from error
    return tuple(sorted(found, key=lambda item: (item.at, item.id)))


def in_force(state: Path) -> dict[str, tuple[Adopted, ...]]:
    """Return the lines of each device that are adopted and were not applied over since."""
    made = adoptions(state)
    seen = _applies(Store(state)) if made else Counter()
    found: dict[str, dict[str, str]] = {}
    for item in made:
        for node, lines in item.lines.items():
            if item.applies[node] == seen[node]:
                known = found.setdefault(node, {})
                known.update({line: item.words for line in lines if line not in known})
    return {node: tuple(Adopted(line, by) for line, by in sorted(known.items())) for node, known in found.items()}


def _applies(store: Store) -> Counter[str]:
    """Return how many transactions changed each device for good."""
    done = [item.story for item in store.transactions() if item.story.outcome == Outcome.APPLIED]
    return Counter(node for story in done for node in story.touched)


def _write(folder: Path, made: Adoption) -> None:
    text = json.dumps({"schema": SCHEMA, **asdict(made)}, ensure_ascii=False) + "\n"
    fresh = folder / f".{made.id}.new"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder / f"{made.id}.json")
    except OSError as error:
        raise RefusalError(_unusable(folder, "written", error.strerror)) from error


def _read(path: Path) -> Adoption:
    try:
        return _decode(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusalError(_unusable(path, "read", "it was changed or damaged after it was written")) from error


def _decode(document: Mapping[str, Any]) -> Adoption:
    if document["schema"] != SCHEMA:
        raise ValueError("written by another version")
    lines = {node: tuple(map(str, found)) for node, found in document["lines"].items()}
    applies = {node: int(document["applies"][node]) for node in lines}
    words = {name: str(document[name]) for name in ("id", "at", "who", "host", "commit")}
    return Adoption(**words, lines=lines, applies=applies)


def _unusable(path: Path, deed: str, reason: str | None) -> Diagnostic:
    return Diagnostic(
        "E0822", f"`{path}` cannot be {deed}: {reason}", help=("make it usable, or restore it from a backup",)
    )
