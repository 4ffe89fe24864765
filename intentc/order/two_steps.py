"""The two steps that a refused change is proposed to take instead, each with an order of its own that was looked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from intentc.ir.model import DeviceConfig
from intentc.plan.model import Order
from intentc.plan.withdraw import withdraw

Configs = Mapping[str, DeviceConfig]
# The order from one to the other, or the intents whose promises are in its way.
Finder = Callable[[Configs, Configs], Order | tuple[str, ...]]

_MOST_ROUNDS = 6  # times that more intents are taken into the first step; each costs two searches


def find_two_steps(old: Configs, new: Configs, names: Collection[str], find: Finder) -> tuple[str, ...] | None:
    """Return the intents (`names` and perhaps more) whose steering is to be withdrawn before the change is made; None: found none.

    What is returned was proved: the withdrawal has an order, and so has the change from there. Where one of the two has none, the
    intents that are in its way are withdrawn as well.
    """
    chosen = set(names)
    for _ in range(_MOST_ROUNDS):
        between = {node: withdraw(config, chosen, is_unpinned=False) for node, config in old.items()}
        more = _missing(find, old, between) or _missing(find, between, new)
        if not more:
            return tuple(sorted(chosen))
        if chosen.issuperset(more):
            return None
        chosen.update(more)
    return None


def _missing(find: Finder, old: Configs, new: Configs) -> tuple[str, ...]:
    """Return the intents in the way of a step; none: it has an order, or nothing changes in it."""
    changing = {node: config for node, config in new.items() if config != old.get(node)}
    found = find(old, changing) if changing else ()
    return () if isinstance(found, Order) else found
