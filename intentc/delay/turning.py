"""What programs of a session differ in, one from the next, so that what is known of all demands is patched and not made again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import attrgetter, is_, is_not
from types import ModuleType
from typing import TypeVar

from intentc.delay.fitness import is_for_kernels, rates_of
from intentc.native import compiled
from intentc.realise.model import RealisedDemand
from intentc.recall import changed_keys
from intentc.resolve.model import FailureState
from intentc.values import frozen

Key = TypeVar("Key")
Value = TypeVar("Value")


@frozen
class Difference:
    """The keys of what is gone and of what has come; what is another one now is both."""

    gone: Sequence[str]
    come: Sequence[str]

    @property
    def is_in_place(self) -> bool:
        """Return whether all keys are the same, in the same order: what has come is what is gone."""
        return self.gone is self.come


def difference(
    before: Mapping[str, Value], after: Mapping[str, Value], is_other: Callable[[object, object], bool] = is_not
) -> Difference:
    """Return in what two mappings differ, in their orders; `is_other` tells whether two values are not the same."""
    if before is after:
        return Difference((), ())
    keys = changed_keys(before, after)
    if keys is not None:  # what is the very same is no other one
        keys = [key for key in keys if is_other(before[key], after[key])]
        return Difference(keys, keys)
    gone = [key for key, item in before.items() if key not in after or is_other(after[key], item)]
    come = [key for key, item in after.items() if key not in before or is_other(before[key], item)]
    return Difference(gone, come)


def other_keys(before: Mapping[Key, Value], after: Mapping[Key, Value]) -> Collection[Key]:
    """Return the keys of two mappings under which they do not have the very same things."""
    keys = changed_keys(before, after)
    if keys is not None:
        return keys
    return [key for key in dict.fromkeys((*before, *after)) if before.get(key) is not after.get(key)]


def keys_in_place(before: Mapping[Key, Value], after: Mapping[Key, Value]) -> Sequence[Key] | None:
    """Return the same of two mappings with the same keys in the same order; None of others."""
    keys = changed_keys(before, after)
    if keys is None and len(before) == len(after) and list(before) == list(after):
        keys = [key for key, item in after.items() if item is not before[key]]
    return keys


def kernels(name: str) -> ModuleType:
    """Return kernels that are there."""
    found = compiled(name)
    if found is None:
        raise ModuleNotFoundError(name)
    return found


_PLACED = attrgetter("chosen", "primary", "latency", "states", "unprotected", "policies", "strays")
_ASKED = attrgetter(
    "reply_to",
    "traffic_class",
    "bound_ns",
    "rtt_bound_ns",
    "has_bandwidth",
    "bandwidth_bps",
    "pool",
    "pool_bps",
    "burst_bytes",
    "jitter_ns",
    "loss_ppb",
    "step",
    "is_spread",
)
_AFTER = attrgetter("bandwidth_bps", "pool_bps", "bound_ns", "rtt_bound_ns")


def is_alike(one: RealisedDemand, other: RealisedDemand) -> bool:
    """Return whether two demands of one key are the same to queues: where their clauses stand, and in what order they are evaluated, says nothing there."""
    mine, its = one.demand.failover, other.demand.failover
    if (mine is None) != (its is None) or not all(map(is_, _PLACED(one), _PLACED(other))):
        return False
    if mine is not None and its is not None and (mine.states is not its.states or _AFTER(mine) != _AFTER(its)):
        return False
    return bool(_ASKED(one.demand) == _ASKED(other.demand))


class Tally:
    """What is asked of all demands together: which failure states they are promised, and whether their numbers are for kernels."""

    def __init__(self, items: Iterable[RealisedDemand]) -> None:
        self._uses: Counter[int] = Counter()
        self._promised: dict[int, Sequence[FailureState]] = {}
        self._total_bps: int | None = 0  # None: one of them is too large
        self.turn((), items)

    def turn(self, gone: Iterable[RealisedDemand], come: Iterable[RealisedDemand]) -> None:
        """Take up other demands in the place of some."""
        for sign, items in ((1, list(come)), (-1, list(gone))):
            for item in items:
                failover = item.demand.failover
                if failover is not None and failover.states:
                    self._count(failover.states, sign)
            total_bps = rates_of(items)
            if total_bps is not None and self._total_bps is not None:
                self._total_bps += sign * total_bps
            else:
                self._total_bps = None

    def _count(self, states: Sequence[FailureState], sign: int) -> None:
        self._uses[id(states)] += sign
        self._promised[id(states)] = states
        if not self._uses[id(states)]:
            del self._uses[id(states)], self._promised[id(states)]

    @property
    def promised(self) -> Mapping[int, Sequence[FailureState]]:
        """What promises the failure states, by identity."""
        return self._promised

    @property
    def is_for_kernels(self) -> bool:
        return self._total_bps is not None and is_for_kernels(self._total_bps)
