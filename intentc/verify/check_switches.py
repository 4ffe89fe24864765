"""When a path that is up is said to be left for another one, and by which probes that is told."""

from __future__ import annotations

from intentc.language import ast
from intentc.verify.case import Case, World

_CODE = "E0574"
_LEAST_PROBES, _HOLD_MS = 3, 3000  # in a row; and their time without `for`
_NS_PER_MS = 1_000_000


def check_switches(world: World, case: Case) -> None:
    """Judge thresholds, as written, and probes: as many as can tell, in the time that is written."""
    told, failover = case.entry.protection, case.asked.clauses.one(ast.Failover)
    if told is None:
        return
    wanted = [_switch(world, switch) for switch in (failover.switch if failover is not None else ())]
    found = [(item.metric, item.threshold, item.interval_ms, item.count, item.detect_ms) for item in told.switches]
    said = f"{case.name}: paths are said to be left by {found}, but the intent asks for {wanted}"
    world.court.judge("protection", _CODE, holds=found == wanted, otherwise=said)


def _switch(world: World, switch: ast.SwitchWhen) -> tuple[str, int, int, int, int]:
    """Return metric, threshold (µs, ppb), interval (ms), number of probes, and the time that these take (ms)."""
    hold_ns = world.sources.quantity(switch.hold, ast.Unit.TIME) if switch.hold is not None else _HOLD_MS * _NS_PER_MS
    if switch.metric == "latency":
        threshold, count = world.sources.quantity(switch.threshold, ast.Unit.TIME) // 1000, _LEAST_PROBES
    else:
        threshold = world.sources.quantity(switch.threshold, ast.Unit.RATIO)
        count = max(_LEAST_PROBES, -(-1_000_000_000 // threshold) if threshold else 0)
    interval = -(-hold_ns // (count * _NS_PER_MS))
    return switch.metric, threshold, interval, count, interval * count
