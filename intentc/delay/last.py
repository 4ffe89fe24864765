"""What the last program of a session came to, queue by queue, for the next one with the same rows. It only spares work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from intentc.realise.model import QueueBound, QueueKey
from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.delay.service import End
    from intentc.native.queues import Row
    from intentc.native.replay import Replay

Sender = tuple[str, str]  # link, sending node
Facts = tuple[tuple[int, int, int, int, int], bool]  # of a queue's bound
Worst = Mapping[QueueKey, frozenset[int]]


@frozen
class Offers:
    """What all queues were offered, with what that was made of: by queue, but `tight`, the ends at which every state is served by itself."""

    keys: Sequence[QueueKey]
    ends: Mapping[Sender, End]
    facts: Sequence[object]
    tight: Sequence[Sender]
    rows: Sequence[Row]

    def changed(self, ends: Mapping[Sender, End], facts: Sequence[object]) -> set[Sender]:
        """Return the link ends with the same queues at which something may be offered that was not."""
        found = {sender for sender, end in ends.items() if end is not self.ends[sender]}
        found.update(self.tight)
        if facts != self.facts:
            pairs = zip(self.keys, facts, self.facts, strict=True)
            found.update([key[:2] for key, fact, known in pairs if fact != known])
        return found


@frozen
class Found:
    """The bounds of all queues, sorted, and which states were the worst of each."""

    keys: Sequence[QueueKey]
    bounds: Mapping[QueueKey, QueueBound]
    worst: Worst


class Last:
    """One part each; `bounds`: with what each was made of."""

    def __init__(self) -> None:
        self.replay: Replay | None = None  # the iteration
        self.offers: Offers | None = None
        self.found: Found | None = None
        self.bounds: dict[QueueKey, tuple[Facts, QueueBound]] = {}
