"""Taking the steering of intents away, from what runs: nothing is solved, and nothing of other intents moves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from intentc.ir.model import DeviceConfig
from intentc.plan.changes import items_of
from intentc.values import replace

# What sends packets another way than the IGP, and what only that needs.
_STEERING = ("steering", "policy_steering", "policies", "algorithm_policies", "reflectors")
_GUARDS = ("fences",)


def withdraw(config: DeviceConfig, intents: Collection[str], *, is_unpinned: bool) -> DeviceConfig:
    """Return `config` without what steers packets of `intents`; what others asked for as well stays, as theirs.

    Marking, queues and counters stay: the packets keep their class on the IGP's way. Fences stay too, unless `is_unpinned`:
    what must never leak is rather lost.
    """
    features = (*_STEERING, *(_GUARDS if is_unpinned else ()))
    left: dict[str, Any] = {feature: _left(items_of(config, feature), intents) for feature in features}
    return replace(config, **left)


def steered_intents(configs: Iterable[DeviceConfig]) -> tuple[str, ...]:
    """Return the intents that steer or fence something on any device, sorted."""
    return tuple(
        sorted(
            {
                name
                for config in configs
                for feature in (*_STEERING, *_GUARDS)
                for item in items_of(config, feature)
                for name in item.origin.intents
            }
        )
    )


def _left(items: tuple[Any, ...], intents: Collection[str]) -> tuple[Any, ...]:
    found = []
    for item in items:
        others = tuple(name for name in item.origin.intents if name not in intents)
        if len(others) == len(item.origin.intents):
            found.append(item)
        elif others:
            found.append(replace(item, origin=replace(item.origin, intents=others)))
    return tuple(found)
