"""What the makers of repairs are handed: one finding's causes, what cannot hold together, and where to change the sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from intentc.forwarding.outage import NORMAL
from intentc.place.causes import Cause
from intentc.place.context import Context
from intentc.place.room import PPB
from intentc.resolve.model import Demand, Scheduling
from intentc.values import frozen
from intentc.whynot.model import Element
from intentc.whynot.texts import Texts


@frozen
class Question:
    """The causes of one finding, the gravest first; `core` is empty where none was found; `today` dates a waiver."""

    context: Context
    intent: str
    causes: Sequence[Cause]
    core: tuple[Element, ...]
    texts: Texts
    today: dt.date

    @property
    def first(self) -> Cause:
        return self.causes[0]

    @property
    def demand(self) -> Demand:
        """Return the demand of the gravest cause."""
        return self.first.verdict.task.demand

    @property
    def is_in_failure(self) -> bool:
        return self.first.verdict.outage is not NORMAL

    @property
    def share_ppb(self) -> int:
        """Return the part of a link that the demand's class may have, in ppb."""
        found = self.context.model.classes[self.demand.traffic_class]
        return found.share_ppb if found.scheduling in (Scheduling.STRICT, Scheduling.SHARE) and found.share_ppb else PPB

    def keys(self, kind: str) -> list[int]:
        """Return the elements of a kind in the core."""
        return [item.key for item in self.core if item.kind == kind]

    @property
    def siblings(self) -> int:
        """Return how many demands of the intent run in the direction of the gravest one."""
        demands = self.context.model.demands.values()
        return sum(item.intent == self.intent and item.direction == self.demand.direction for item in demands)
