"""Whether both directions of a conversation agree: one replica, and the round trip within its bound."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.manifest.model import PathEntry
from intentc.verify.case import Case, World
from intentc.verify.check_paths import may_be_late
from intentc.verify.check_states import claimed
from intentc.verify.failures import State
from intentc.verify.figures import worst_latency

_PAIR, _BOUND = "E0566", "E0569"


def check_trips(world: World, cases: Iterable[Case]) -> None:
    """Judge every forward demand with its reply, in the normal state and in every promised one."""
    for back in cases:
        there = world.requests_of(back)
        if there is None:
            continue
        _check_trip(world, there, back, None)
        for state in there.wanted.promised.states:
            if state.id not in there.entry.unprotected and state.id not in back.entry.unprotected:
                _check_trip(world, there, back, state)


def _check_trip(world: World, there: Case, back: Case, state: State | None) -> None:
    outward, homeward = _paths(there, state), _paths(back, state)
    if not _is_sound(world, outward) or not _is_sound(world, homeward):
        return
    name = state.id if state is not None else None
    where = there.name + (f" in `{name}`" if name else "")
    ends, start = sorted({path.path[-1] for path in outward}), homeward[0].path[0]
    apart = f"{where}: requests go to {' and '.join(f'`{end}`' for end in ends)}, replies come from `{start}`"
    world.court.judge("round trips", _PAIR, holds=start in ends, otherwise=apart, state=name)
    bounds = there.wanted.bounds if state is None else there.wanted.failover_bounds
    if bounds.round_trip_ns is not None:
        total = worst_latency(world, there, outward).total + worst_latency(world, back, homeward).total
        is_moved = (outward, homeward) != (_paths(there, None), _paths(back, None))
        excuses = {state is not None, is_moved}  # a way that is kept in a failure is late already in the normal state
        is_late = total * 1000 > bounds.round_trip_ns
        is_kept = not is_late or any(may_be_late(world, there, is_failed=each) for each in sorted(excuses))
        late = f"{where}: there and back take {total} µs, more than the {bounds.round_trip_ns // 1000} µs allowed"
        world.court.judge("round trips", _BOUND, holds=is_kept, otherwise=late, state=name)


def _paths(case: Case, state: State | None) -> tuple[PathEntry, ...]:
    if state is None:
        return case.entry.primary.paths
    told = claimed(case, state)
    return told.paths if told is not None else case.entry.primary.paths


def _is_sound(world: World, paths: tuple[PathEntry, ...]) -> bool:
    return bool(paths) and all(path.path and all(name in world.topology.links for name in path.links) for path in paths)
