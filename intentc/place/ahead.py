"""What is to be placed next, looked at beforehand, so that another CPU finds where its packets go in failure states.

The interpreter tells what there is to find, a few demands ahead, and goes on with the books. What is ready when a demand's turn has come is
taken; what nobody has begun is found then. So neither is waited for longer than it would take, nor does anything depend on who was faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from intentc.native import compiled
from intentc.place.chain_tasks import ChainTask
from intentc.place.context import Context
from intentc.place.direct import look_ahead
from intentc.place.drafts import Draft
from intentc.place.intents import IntentTask
from intentc.place.roles import Ends
from intentc.place.unit import Unit, forward_role

_MOST = 32  # intents ahead: some kilobytes each
_LEAST = 16  # with fewer further ones are looked at, so that the other CPU is told of them together


class Ahead:
    """The intents of an order, looked at before they are placed, where another CPU can do something about it."""

    def __init__(self, context: Context, order: Sequence[IntentTask]) -> None:
        self._context = context
        self._order = order
        self._until = 0  # up to where they were looked at
        self._is_of_use = len(order) > _MOST and _has_thread()

    def __enter__(self) -> Self:
        self._context.drafts.clear()
        return self

    def __exit__(self, *_: object) -> None:
        self._context.drafts.clear()

    def of(self, place: int) -> None:
        """Look at what follows a place of the order, which is next."""
        if not self._is_of_use or place + _LEAST < self._until:
            return
        until = min(place + _MOST, len(self._order))
        for item in self._order[self._until : until]:
            if not isinstance(item, ChainTask) and not self._is_known(item):
                for unit in item.units:
                    self._look_at(unit)
        self._until = until

    def _is_known(self, item: IntentTask) -> bool:
        """Return whether the last placement knows an intent, which most often stays as it is then."""
        memory = self._context.memory
        return memory is not None and item.name in memory.known

    def _look_at(self, unit: Unit) -> None:
        task, context = unit.forward, self._context
        if unit.is_symmetric or len(task.groups) != 1 or len(task.groups[0].sources) != 1:
            return
        ends = Ends(0, task.groups[0].sources[0])
        role = forward_role(context, unit, ends)
        context.drafts.add(Draft(context, unit, ends, role, look_ahead(context, task, role)))


def _has_thread() -> bool:
    kernels = compiled("aside")
    return kernels is not None and kernels.is_there()
