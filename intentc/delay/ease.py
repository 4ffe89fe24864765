"""What bounds leave to queues, by a kernel: most demands keep theirs in every round, and nothing else is asked of these."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from intentc.delay.breaches import bound_us
from intentc.realise.model import LatencyParts, Path, RealisedDemand

if TYPE_CHECKING:
    from intentc.delay.rows import Rows
    from intentc.native.routes import Amounts

_ANY_STATE = "any"  # a failure state; which it is does not count
Left = Sequence[int]  # paths by number, each followed by what may be waited for on it (µs)


def is_plain(item: RealisedDemand) -> bool:
    """Return whether a demand is promised nothing but latency, and that one way: what it waits for on each path says all."""
    demand = item.demand
    return demand.jitter_ns is None and demand.loss_ppb is None and demand.reply_to is None


def is_in_time(item: RealisedDemand, rows: Rows, amounts: Amounts) -> bool:
    """Return whether a plain demand, where packets wait for `amounts` (of a queue that has none, for nothing), keeps its bounds.

    The same as `breaches.find_breaches` would find; what is left on its paths is found once.
    """
    left = rows.left.get(item.demand.key)
    if left is None:
        left = rows.left[item.demand.key] = array("q", chain.from_iterable(_left(item, rows)))
    return amounts.within(left, rows.group(item.demand.traffic_class))


def _left(item: RealisedDemand, rows: Rows) -> Iterator[tuple[int, int]]:
    least: dict[int, int] = {}
    for numbers, fixed_us, bound in _views(item, rows):
        for number, taken_us in zip(numbers, fixed_us, strict=True):
            least[number] = min(bound - taken_us, least.get(number, bound - taken_us))
    yield from least.items()


def _views(item: RealisedDemand, rows: Rows) -> Iterator[tuple[Sequence[int], Sequence[int], int]]:
    """Yield the paths of each state with a bound, by number, with what they take anyway."""
    known: dict[tuple[int, ...], list[int]] = {}
    primary, others, slots = rows.courses(item)
    normally, after = bound_us(item, ""), bound_us(item, _ANY_STATE)
    views = [(primary, item.primary, item.latency, normally)]
    if after is not None:
        rest = zip(slots, item.states, strict=True)
        views += [(others[slot], result.paths, result.latency, after) for (slot, _), result in rest]
    for numbers, paths, before, bound in views:
        name = tuple(numbers)
        if name not in known:
            known[name] = _fixed_us(paths, before, rows)
        if bound is not None:
            yield numbers, known[name], bound


def _fixed_us(paths: Sequence[Path], before: LatencyParts, rows: Rows) -> list[int]:
    """Return what paths take without queueing: that of `before` where there is one only, as in `latency.with_queueing`."""
    if len(paths) == 1:
        return [before.propagation + before.serialisation]
    return [sum(rows.fixed_parts(path)) for path in paths]
