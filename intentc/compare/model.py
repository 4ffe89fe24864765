"""What differs between two compilations of a project, in what it means for traffic and for devices."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from intentc.manifest.model import AssertionEntry, ChainEntry, Manifest
from intentc.values import frozen

Statement = AssertionEntry | ChainEntry


class How(StrEnum):
    """What became of a thing."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


@frozen
class Compiled:
    """One side: its manifest, the text of each device's files by name, and whether all intents hold.

    `files` None: there is no configuration, because not every intent holds.
    """

    manifest: Manifest
    files: Mapping[str, Mapping[str, str]] | None
    is_accepted: bool


@frozen
class Fact:
    """One thing that is said of a demand, before and after, in words; empty where there was, or is, nothing to say."""

    what: str
    before: str
    after: str


@frozen
class DemandChange:
    """A demand with what differs; of one that is new or gone, what it is there."""

    id: str
    how: How
    facts: tuple[Fact, ...]


@frozen
class IntentChange:
    """An intent with what differs: of itself (of one that is new or gone, what it is there), and of its demands."""

    name: str
    how: How
    facts: tuple[Fact, ...]
    demands: tuple[DemandChange, ...]


@frozen
class StatementChange:
    """An assertion, or a chain from one site, whose verdict or figures differ; of one that is new or gone, those it has."""

    name: str
    how: How
    facts: tuple[Fact, ...]


@frozen
class FileChange:
    """A device's file, with the lines that only one side has."""

    name: str
    how: How
    added: int
    removed: int


@frozen
class DeviceChange:
    node: str
    how: How
    files: tuple[FileChange, ...]


@frozen
class Comparison:
    """All that differs, each list by name; `devices` None where a side has no configuration to compare."""

    intents: tuple[IntentChange, ...]
    chains: tuple[StatementChange, ...]
    assertions: tuple[StatementChange, ...]
    utilisation: Fact | None
    devices: tuple[DeviceChange, ...] | None
    same_intents: int
    same_devices: int
    held_before: bool  # whether all intents do
    holds_after: bool

    @property
    def is_empty(self) -> bool:
        """Return whether the change means nothing."""
        differing = self.intents or self.chains or self.assertions or self.devices or self.utilisation is not None
        return not differing and self.held_before == self.holds_after
