"""Whether a demand really does what the manifest says, in the normal state and in every promised failure state."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.manifest.elements import NOTHING, failed_elements
from intentc.manifest.model import ANY_STATE, PathEntry, StateEntry
from intentc.verify.behaviour import behaviour
from intentc.verify.case import Case, World
from intentc.verify.check_paths import Figures, check_latency, check_paths
from intentc.verify.check_variation import check_variation
from intentc.verify.failures import State
from intentc.verify.figures import worst_latency
from intentc.verify.simulate import Outcome

# What is found of a promised state that stays without a path.
_LACKING = ("E0508", "E0509", "E0520", "E0521", "E0522", "E0523", "E0524", "E0525", "E0526", "E0528")
_NORMAL, _MISSING, _STATE, _UNPROTECTED, _BOUND = "E0570", "E0571", "E0572", "E0573", "E0569"


def check_normal(world: World, case: Case) -> None:
    """Judge the primary paths against what steering and IGP do with every element up."""
    outcome = behaviour(world, case, NOTHING)
    said = f"{case.name}: the manifest has {_shown(case.entry.primary.paths)}, but {_told(outcome)}"
    world.court.judge("behaviour", _NORMAL, holds=_is_same(outcome, case.entry.primary.paths), otherwise=said)
    entry, first = case.entry, case.entry.primary.paths[0].path
    apart = (
        f"{case.name}: it is said to run from `{entry.source}` to `{entry.destination}`, but its first path does not"
    )
    world.court.judge(
        "paths", "E0566", holds=(entry.source, entry.destination) == (first[0], first[-1]), otherwise=apart
    )


def check_states(world: World, case: Case) -> None:
    """Judge every promised failure state, and everything else that the entry says of failure states."""
    _check_entries(world, case)
    named = {state.id: state for state in case.wanted.promised.states}
    for state in named.values():
        _check_promised(world, case, state)
    _check_kept(world, case)
    cut = set(case.wanted.promised.cut)
    for name in sorted(cut - set(case.entry.unprotected)):
        hidden = f"{case.name}: `{name}` is promised, but cuts an end off, and is not in `unprotected`"
        world.court.judge("states", _UNPROTECTED, holds=world.is_degraded(case), otherwise=hidden, state=name)
    for name in sorted(_named_states(case) - set(named)):
        _check_further(world, case, name, is_cut=name in cut)


def claimed(case: Case, state: State) -> StateEntry | None:
    """Return the entry that the manifest has for a state, by its id or as `any`; None where it has none."""
    for entry in case.entry.states:
        if state.id in entry.when:
            return entry
    if not state.failed.breaks(case.entry.primary.paths):
        return None  # `any` is for what the entries before it, the primary paths first, do not survive
    broken = [case.entry.primary.paths]
    for entry in case.entry.states:
        if (
            ANY_STATE in entry.when
            and not state.failed.breaks(entry.paths)
            and all(state.failed.breaks(paths) for paths in broken)
        ):
            return entry
        broken.append(entry.paths)
    return None


def _check_entries(world: World, case: Case) -> None:
    """Judge the paths and figures of every entry once, whatever states it is for; it has to be for one."""
    meant = [claimed(case, state) for state in case.wanted.promised.states]
    for entry in case.entry.states:
        state = entry.when[0] if entry.when else ANY_STATE
        idle = f"{case.name}: the entry for `{state}` stands for no promised state"
        is_meant = any(told is entry for told in meant)
        world.court.judge("states", _STATE, holds=is_meant, otherwise=idle, state=state)
        if check_paths(world, case, entry.paths, state=state):
            figures = Figures(entry.paths, entry.latency_us, entry.basis, state)
            check_latency(world, case, figures)
            check_variation(world, case, figures)
            said = f"{case.name} in `{state}`: `destination` is `{entry.destination}`, but its paths end elsewhere"
            world.court.judge(
                "paths", "E0566", holds=entry.destination == entry.paths[0].path[-1], otherwise=said, state=state
            )
    names = [name for entry in case.entry.states for name in entry.when if name != ANY_STATE]
    for name in sorted({name for name in names if names.count(name) > 1}):
        world.court.deny(_STATE, f"{case.name}: `{name}` stands in several entries of `states`", state=name)


def _check_promised(world: World, case: Case, state: State) -> None:
    court, name, told = world.court, state.id, claimed(case, state)
    if name in case.entry.unprotected:
        _check_excuse(world, case, name)
        both = f"{case.name}: `{name}` is said to be unprotected, but there are paths for it in `states`"
        court.judge("states", _STATE, holds=told is None, otherwise=both, state=name)
        return
    outcome = behaviour(world, case, state.failed)
    if outcome.fault is not None:
        hidden = f"{case.name} in `{name}`: the manifest does not say that there is no path, but {outcome.fault}"
        court.deny(_MISSING if told is None else _STATE, hidden, state=name)
    elif told is None:
        missing = f"{case.name}: nothing is said of the promised state `{name}`, in which {_told(outcome)}"
        court.judge(
            "states", _MISSING, holds=_is_same(outcome, case.entry.primary.paths), otherwise=missing, state=name
        )
    else:
        _compare(world, case, told.paths, outcome, name)


def _check_kept(world: World, case: Case) -> None:
    """Judge the bound under failure where the demand goes as normally: a path that is kept has to meet both bounds."""
    bound, entry = case.wanted.failover_bounds.one_way_ns, case.entry
    promised = (state for state in case.wanted.promised.states if state.id not in entry.unprotected)
    kept = next((state.id for state in promised if claimed(case, state) is None), None)
    if bound is None or kept is None:
        return
    total = worst_latency(world, case, entry.primary.paths).total
    late = (
        f"{case.name} in `{kept}`: it goes as normally and takes {total} µs, more than the {bound // 1000} µs allowed"
    )
    is_excused = world.excuses(case, "E0502", "E0523") or world.is_degraded(case)
    is_kept = total * 1000 <= bound or is_excused
    world.court.judge("bounds", _BOUND, holds=is_kept, otherwise=late, state=kept)


def _check_further(world: World, case: Case, name: str, *, is_cut: bool) -> None:
    """Judge what is said of a state that is not promised to be survived.

    No latency can be told there: what moves in a state that it is not promised is counted nowhere.
    """
    if failed_elements(name, world.topology) is None:
        world.court.deny(_STATE, f"{case.name}: `{name}` is no failure state of this network", state=name)
    elif name in case.entry.unprotected and is_cut:
        _check_excuse(world, case, name)
    elif name in case.entry.unprotected:
        world.court.deny(_STATE, f"{case.name}: `{name}` is not promised, so it cannot be unprotected", state=name)
    else:
        world.court.deny(_STATE, f"{case.name}: `{name}` is not promised, so nothing can be told of it", state=name)


def _compare(world: World, case: Case, paths: Sequence[PathEntry], outcome: Outcome, name: str) -> None:
    said = f"{case.name} in `{name}`: the manifest has {_shown(paths)}, but {_told(outcome)}"
    is_right = _is_same(outcome, paths) and name not in case.entry.unprotected
    world.court.judge("states", _STATE, holds=is_right, otherwise=said, state=name)


def _check_excuse(world: World, case: Case, name: str) -> None:
    """A promised state without a path that keeps the promise is accepted only where a waiver of that says so."""
    broken = f"{case.name}: `{name}` is promised, and the manifest has no path for it"
    is_excused = world.excuses(case, *_LACKING) or world.is_degraded(case)
    world.court.judge("states", _UNPROTECTED, holds=is_excused, otherwise=broken, state=name)


def _named_states(case: Case) -> set[str]:
    entry = case.entry
    return ({name for state in entry.states for name in state.when} | set(entry.unprotected)) - {ANY_STATE}


def _is_same(outcome: Outcome, paths: Sequence[PathEntry]) -> bool:
    """Return whether these are the paths taken, with their shares."""
    if outcome.fault is not None:
        return False
    if outcome.paths() == tuple(paths):
        return True
    taken = {(path.path, path.links): path.share_ppm for path in outcome.paths()}
    told = {(path.path, path.links): path.share_ppm for path in paths}
    return len(told) == len(paths) and taken == told


def _told(outcome: Outcome) -> str:
    return outcome.fault if outcome.fault is not None else f"its packets take {_shown(outcome.paths())}"


def _shown(paths: Sequence[PathEntry]) -> str:
    if not paths:
        return "no path"
    first = f"`{' '.join(paths[0].path)}` over `{' '.join(paths[0].links)}`"
    if len(paths) == 1:
        return first
    return f"{first} ({paths[0].share_ppm} ppm) and {len(paths) - 1} more"
