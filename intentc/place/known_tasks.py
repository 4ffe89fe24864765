"""What the tasks of a program leave to the next one of much the same program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from intentc.forwarding.addresses import Attachments
from intentc.forwarding.promised import Promised
from intentc.recall import Recall
from intentc.resolve.model import Demand, FailureState, Model

if TYPE_CHECKING:
    from intentc.place.tasks import Task
    from intentc.place.unit import Unit


class KnownTasks:
    """The tasks of a program over some network and devices, for the next one over the very same; `begin` before they are made."""

    def __init__(self) -> None:
        self.tasks: Recall[Task] = Recall()
        self.promised: dict[int, tuple[Sequence[FailureState], Promised]] = {}
        self.before: Mapping[int, tuple[Sequence[FailureState], Promised]] = {}
        self.members: Mapping[str, int] = {}  # of each pool
        self.attachments: Attachments | None = None
        self.unknown: frozenset[int] | None = None  # links of which nobody knows how long they take, once asked for
        self.units: dict[str, tuple[Sequence[Demand], tuple[Unit, ...]]] = {}  # by intent
        self.units_before: dict[str, tuple[Sequence[Demand], tuple[Unit, ...]]] = {}

    def begin(self, model: Model) -> None:
        """Begin with a program."""
        is_same = self.tasks.begin(facts=model.classes)
        self.before, self.promised = self.promised, {}
        self.units_before, self.units = self.units if is_same else {}, {}

    def cross(self) -> None:
        """Forget the tasks, which are of another network, but not the promised states."""
        self.tasks, self.units, self.attachments, self.unknown = Recall(), {}, None, None
