"""The rules for `states[]`: equal results are one entry, and an entry for many states is written as `any`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from operator import attrgetter

from intentc.manifest.model import ANY_STATE
from intentc.realise.model import LatencyParts, Path, RealisedDemand, StateResult
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
    """Return results with equal ends, ways and figures as one; most of these are the very same ways, and hardly any have the same figures."""
    alike: dict[tuple[str, int, int], list[StateResult]] = {}
    for result in states:
        alike.setdefault((result.destination, id(result.paths), id(result.latency)), []).append(result)
    groups: dict[tuple[str, LatencyParts], list[list[StateResult]]] = {}
    for found in alike.values():
        first = found[0]
        near = groups.setdefault((first.destination, first.latency), [])
        equal = next((group for group in near if _bare(group[0].paths) == _bare(first.paths)), None)
        if equal is None:
            near.append(found)
        else:
            equal += found
    return tuple(sorted((_merged(group) for near in groups.values() for group in near), key=attrgetter("when")))


def _merged(group: Sequence[StateResult]) -> StateResult:
    when = group[0].when if len(group) == 1 else chain.from_iterable(result.when for result in group)
    return StateResult(tuple(sorted(set(when))), group[0].destination, group[0].paths, group[0].latency)


def _bare(paths: tuple[Path, ...]) -> list[Path]:
    return [path.bare for path in paths]


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
