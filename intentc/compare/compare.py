"""Two compilations of a project, compared by what they mean: the entry of this room.

Both come from the same rules, so what is equal is left out, and what differs is told in the words of the manifest. What has moved
in the sources but means the same (comments, order, names of files, lines) is no difference.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from intentc.compare.facts import demand_facts, intent_facts, statement_facts, utilisation
from intentc.compare.model import (
    Comparison,
    Compiled,
    DemandChange,
    DeviceChange,
    FileChange,
    How,
    IntentChange,
    Statement,
    StatementChange,
)
from intentc.manifest.model import ChainEntry, DemandEntry, IntentEntry

_MOST_LINES = 20_000  # of a file on both sides together; above it lines are counted without being matched in order

Files = Mapping[str, Mapping[str, str]]


def compare(before: Compiled, after: Compiled) -> Comparison:
    """Return what `after` does otherwise than `before`, each list in the order of names."""
    old, new = before.manifest, after.manifest
    intents = tuple(_intents({item.name: item for item in old.intents}, {item.name: item for item in new.intents}))
    devices = None
    if before.files is not None and after.files is not None:
        devices = tuple(_devices(before.files, after.files))
    return Comparison(
        intents=intents,
        chains=tuple(_statements(_chains(old.chains), _chains(new.chains))),
        assertions=tuple(
            _statements({item.name: item for item in old.assertions}, {item.name: item for item in new.assertions})
        ),
        utilisation=utilisation(old.objective, new.objective),
        devices=devices,
        same_intents=len(new.intents) - sum(change.how is not How.GONE for change in intents),
        same_devices=len(after.files or ()) - sum(change.how is not How.GONE for change in devices or ()),
        held_before=before.is_accepted,
        holds_after=after.is_accepted,
    )


def _how(before: object, after: object) -> How:
    return How.NEW if before is None else How.GONE if after is None else How.CHANGED


def _intents(old: Mapping[str, IntentEntry], new: Mapping[str, IntentEntry]) -> Iterator[IntentChange]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        facts = intent_facts(before, after)
        demands = tuple(_demands(before.demands if before else (), after.demands if after else ()))
        if before is None or after is None or facts or demands:
            yield IntentChange(name, _how(before, after), facts, demands)


def _demands(old: Sequence[DemandEntry], new: Sequence[DemandEntry]) -> Iterator[DemandChange]:
    was, will = {item.id: item for item in old}, {item.id: item for item in new}
    for key in sorted(was.keys() | will.keys()):
        before, after = was.get(key), will.get(key)
        facts = demand_facts(before, after)
        if before is None or after is None or facts:
            yield DemandChange(key, _how(before, after), facts)


def _chains(entries: Sequence[ChainEntry]) -> dict[str, Statement]:
    return {f"{entry.name} from {entry.source_site}": entry for entry in entries}


def _statements(old: Mapping[str, Statement], new: Mapping[str, Statement]) -> Iterator[StatementChange]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        facts = statement_facts(before, after)
        if before is None or after is None or facts:
            yield StatementChange(name, _how(before, after), facts)


def _devices(old: Files, new: Files) -> Iterator[DeviceChange]:
    for node in sorted(old.keys() | new.keys()):
        before, after = old.get(node), new.get(node)
        files = tuple(_files(before or {}, after or {}))
        if before is None or after is None or files:
            yield DeviceChange(node, _how(before, after), files)


def _files(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[FileChange]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before != after:
            added, removed = _lines((before or "").splitlines(), (after or "").splitlines())
            yield FileChange(name, _how(before, after), added, removed)


def _lines(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how many lines come and go."""
    if len(old) + len(new) > _MOST_LINES:
        was, will = Counter(old), Counter(new)
        return (will - was).total(), (was - will).total()
    lines = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]
    return sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines)
