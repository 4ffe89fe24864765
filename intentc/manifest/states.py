"""The rules for `states[]`: equal results are one entry, and an entry for many states is written as `any`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from intentc.manifest.model import ANY_STATE
from intentc.realise.model import Path, RealisedDemand, StateResult
from intentc.resolve.model import FailureState

MOST_NAMED_STATES = 64


def merge_states(item: RealisedDemand) -> tuple[StateResult, ...]:
    """Return the state results with equal ones merged and `when` sorted; above 64 states `any` stands for an entry.

    `any` means every state in which the primary and all earlier entries are broken and this one is intact. An entry is
    written so only where that is exactly its states; otherwise its states are named however many they are.
    """
    merged = _merge_equal(item.states)
    if all(len(entry.when) <= MOST_NAMED_STATES for entry in merged):
        return merged
    return _abbreviate(merged, item)


def _merge_equal(states: Sequence[StateResult]) -> tuple[StateResult, ...]:
    when: dict[tuple[object, ...], set[str]] = {}
    first: dict[tuple[object, ...], StateResult] = {}
    for result in states:
        key = (result.destination, tuple(path.bare for path in result.paths), result.latency)
        when.setdefault(key, set()).update(result.when)
        first.setdefault(key, result)
    entries = [
        StateResult(tuple(sorted(when[key])), kept.destination, kept.paths, kept.latency) for key, kept in first.items()
    ]
    return tuple(sorted(entries, key=lambda entry: entry.when))


def _abbreviate(merged: Sequence[StateResult], item: RealisedDemand) -> tuple[StateResult, ...]:
    """Return the entries with few states first, then those with many, as `any` where that says the same."""
    promised = item.demand.failover.states if item.demand.failover else ()
    few = [entry for entry in merged if len(entry.when) <= MOST_NAMED_STATES]
    many = sorted(
        (entry for entry in merged if len(entry.when) > MOST_NAMED_STATES),
        key=lambda entry: (-len(entry.when), entry.when),
    )
    written: list[StateResult] = list(few)
    earlier = [item.primary, *(entry.paths for entry in few)]
    for entry in many:
        covered = tuple(sorted(state.id for state in promised if _is_meant(state, entry.paths, earlier)))
        when = (ANY_STATE,) if covered == entry.when else entry.when
        written.append(StateResult(when, entry.destination, entry.paths, entry.latency))
        earlier.append(entry.paths)
    return tuple(written)


def _is_meant(state: FailureState, paths: tuple[Path, ...], earlier: Sequence[tuple[Path, ...]]) -> bool:
    broken = _breaks(state)
    return all(broken(others) for others in earlier) and not broken(paths)


def _breaks(state: FailureState) -> Callable[[tuple[Path, ...]], bool]:
    return lambda paths: any(
        not (state.links.isdisjoint(path.links) and state.nodes.isdisjoint(path.nodes)) for path in paths
    )
