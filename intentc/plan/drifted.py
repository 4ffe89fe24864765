"""Whose a line is that differs on a device: who took it away, added or changed it, and which intent it serves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from intentc.diagnostics.redaction import redacted
from intentc.ir.model import DeviceConfig
from intentc.plan.changes import IDENTITY, asking, items_of
from intentc.plan.model import Adopted
from intentc.values import frozen

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_NAMED = ("counter", "name", "meter", "policy")  # fields with names of objects that only intentc gives
_ADDRESSED = ("prefix", "address")


class Fate(StrEnum):
    """What somebody else did to a line."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@frozen
class Drifted:
    """One difference: the object, what it should be and what it is (empty: it should not, or does not, exist).

    `intents` are those that it serves; none where what was applied says nothing of it.
    """

    fate: Fate
    artefact: str
    expected: str
    running: str
    intents: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the lines of drift that say it."""
        gone = (f"-{self.artefact}: {self.expected}",) if self.fate is not Fate.ADDED else ()
        return (*gone, *((f"+{self.artefact}: {self.running}",) if self.fate is not Fate.REMOVED else ()))

    @property
    def words(self) -> str:
        """Return the difference in one line."""
        for_whom = f"; serves {', '.join(f'`{name}`' for name in self.intents)}" if self.intents else ""
        match self.fate:
            case Fate.ADDED:
                return f"+ {self.artefact}: {self.running} (added by someone else{for_whom})"
            case Fate.REMOVED:
                return f"- {self.artefact}: {self.expected} (removed by someone else{for_whom})"
            case _:
                return f"~ {self.artefact}: {self.running}, was {self.expected} (changed by someone else{for_whom})"


def drifted(given: DeviceConfig | None, lines: Sequence[str]) -> tuple[Drifted, ...]:
    """Return what lines of drift (`-OBJECT: as applied`, `+OBJECT: as it runs`) mean, in their order."""
    return tuple(_with_intents(item, given) for item in _paired(lines))


def standing(lines: Sequence[str], adopted: Sequence[Adopted]) -> tuple[Adopted, ...]:
    """Return those of `adopted` that still run, by the order of the lines of drift; what was changed again since is none of them."""
    known = {item.line: item for item in adopted}
    return tuple(known[line] for line in map(redacted, lines) if line in known)


def _paired(lines: Sequence[str]) -> Iterator[Drifted]:
    """Yield a difference for each line, or for two that follow each other about the same object."""
    pending: tuple[str, str] | None = None
    for line in lines:
        artefact, _, words = line[1:].partition(": ")
        if line.startswith("-"):
            if pending is not None:
                yield Drifted(Fate.REMOVED, *pending, "", ())
            pending = artefact, words
        elif pending is not None and pending[0] == artefact:
            yield Drifted(Fate.CHANGED, artefact, pending[1], words, ())
            pending = None
        else:
            if pending is not None:
                yield Drifted(Fate.REMOVED, *pending, "", ())
                pending = None
            yield Drifted(Fate.ADDED, artefact, "", words, ())
    if pending is not None:
        yield Drifted(Fate.REMOVED, *pending, "", ())


def _with_intents(item: Drifted, given: DeviceConfig | None) -> Drifted:
    if given is None:
        return item
    text = f"{item.artefact} {item.expected} {item.running}"
    return Drifted(item.fate, item.artefact, item.expected, item.running, _serving(text, given))


def _serving(text: str, given: DeviceConfig) -> tuple[str, ...]:
    """Return the intents of the items that a text is about: by our names in it, else by both ends of a flow, else by the port."""
    words = set(_NAME.findall(text.lower()))
    asked = asking(given)
    for is_meant in (_is_named, _is_addressed, _is_at):
        found: set[str] = set()
        for feature, identity in IDENTITY.items():
            for own in items_of(given, feature):
                if is_meant(own, text, words):
                    origin = getattr(own, "origin", None)
                    found.update(origin.intents if origin is not None else asked.get((feature, identity(own)), ()))
        if found:
            return tuple(sorted(found))
    return ()


def _is_named(item: Any, _text: str, words: set[str]) -> bool:
    names = (getattr(item, field, None) for field in _NAMED)
    return any(isinstance(name, str) and name.lower() in words for name in names)


def _is_addressed(item: Any, text: str, _words: set[str]) -> bool:
    flow = getattr(item, "flow", None)
    if flow is not None:
        return flow.source in text and flow.destination in text
    return any(str(getattr(item, field, None) or "\0") in text for field in _ADDRESSED)


def _is_at(item: Any, text: str, _words: set[str]) -> bool:
    ports = getattr(item, "interfaces", None) or (getattr(item, "interface", None),)
    return any(port is not None and re.search(rf"(?<![\w./-]){re.escape(port)}(?![\w./-])", text) for port in ports)
