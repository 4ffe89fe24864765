"""When a path that is up is said to be left for another one, and by which probes that is told."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.language import ast
from intentc.verify.case import Case, World

_CODE = "E0574"
_LEAST_PROBES, _HOLD_MS = 3, 3000  # in a row; and their time without `for`
_NS_PER_MS = 1_000_000
_Told = tuple[str, int, int, int, int]


def check_switches(world: World, case: Case) -> None:
    """Judge thresholds, as written, and probes: as many as can tell, in the time that is written, of paths that are not slow anyway."""
    told, failover = case.entry.protection, case.asked.clauses.one(ast.Failover)
    if told is None:
        return
    wanted = [_switch(world, switch) for switch in (failover.switch if failover is not None else ())]
    found = [(item.metric, item.threshold, item.interval_ms, item.count, item.detect_ms) for item in told.switches]
    said = f"{case.name}: paths are said to be left by {found}, but the intent asks for {wanted}"
    is_said = world.court.judge("protection", _CODE, holds=found == wanted, otherwise=said)
    if is_said and not world.excuses(case, "E0610", "E0622", "E0623"):
        _check_use(world, case, wanted)


def _check_use(world: World, case: Case, wanted: Sequence[_Told]) -> None:
    """Judge that a path is left within the time of the block, and not because of its links alone."""
    within_ns, taken_us = case.wanted.within_ns, case.entry.primary.latency_us.propagation
    for metric, threshold, _, _, detect_ms in wanted:
        late = (
            f"{case.name}: probes take {detect_ms} ms to tell that a path is to be left, which is later than it may be"
        )
        is_told = within_ns is not None and detect_ms * _NS_PER_MS <= within_ns
        world.court.judge("protection", _CODE, holds=is_told, otherwise=late)
        slow = f"{case.name}: its path takes {taken_us} µs when nothing is wrong, and would be left at once"
        world.court.judge("protection", _CODE, holds=metric != "latency" or taken_us <= threshold, otherwise=slow)


def _switch(world: World, switch: ast.SwitchWhen) -> _Told:
    """Return metric, threshold (µs, ppb), interval (ms), number of probes, and the time that these take (ms)."""
    hold_ns = world.sources.quantity(switch.hold, ast.Unit.TIME) if switch.hold is not None else _HOLD_MS * _NS_PER_MS
    if switch.metric == "latency":
        threshold, count = world.sources.quantity(switch.threshold, ast.Unit.TIME) // 1000, _LEAST_PROBES
    else:
        threshold = world.sources.quantity(switch.threshold, ast.Unit.RATIO)
        count = max(_LEAST_PROBES, -(-1_000_000_000 // threshold) if threshold else 0)
    interval = -(-hold_ns // (count * _NS_PER_MS))
    return switch.metric, threshold, interval, count, interval * count
