"""The rules for `states[]`: equal results are one entry, and an entry for many states is written as `any`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter

from intentc.manifest.model import ANY_STATE
from intentc.realise.model import LatencyParts, Path, RealisedDemand, StateResult
from intentc.resolve.model import FailureState
from intentc.resolve.remaining import Remaining

MOST_NAMED_STATES = 64
_MOST_KEPT = 8  # sequences of promised states that are known by what fails: nearly all demands are promised a part of one of them


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
    broken = _that_break(item.primary, item.demand.failover.states if item.demand.failover else ())
    few = [entry for entry in merged if len(entry.when) <= MOST_NAMED_STATES]
    many = sorted(
        (entry for entry in merged if len(entry.when) > MOST_NAMED_STATES),
        key=lambda entry: (-len(entry.when), entry.when),
    )
    written: list[StateResult] = list(few)
    earlier = [item.primary, *(entry.paths for entry in few)]
    for entry in many:
        covered = tuple(sorted(state.id for state in broken if _is_meant(state, entry.paths, earlier)))
        when = (ANY_STATE,) if covered == entry.when else entry.when
        written.append(StateResult(when, entry.destination, entry.paths, entry.latency))
        earlier.append(entry.paths)
    return tuple(written)


def _that_break(paths: Sequence[Path], promised: Sequence[FailureState]) -> list[FailureState]:
    """Return the promised states in which some path is broken, in order: a few hundred of the 20 000 that a large network has."""
    whole = promised.whole if isinstance(promised, Remaining) else promised
    at_node, at_link = _by_element(_Whole(whole))
    places: set[int] = set()
    for path in paths:
        for known, elements in ((at_node, path.nodes), (at_link, path.links)):
            places.update(chain.from_iterable(known.get(element, ()) for element in elements))
    if isinstance(promised, Remaining):
        places.difference_update(promised.left_out)
    return [whole[place] for place in sorted(places)]


class _Whole:
    """States that are the same as others if they are the very same object; whoever keeps this keeps them."""

    __slots__ = ("states",)

    def __init__(self, states: Sequence[FailureState]) -> None:
        self.states = states

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Whole) and other.states is self.states

    def __hash__(self) -> int:
        return id(self.states)


@lru_cache(_MOST_KEPT)
def _by_element(whole: _Whole) -> tuple[Mapping[str, Sequence[int]], Mapping[str, Sequence[int]]]:
    """Return by nodes, and by links, at which places of a sequence the states are in which these fail."""
    at_node: dict[str, list[int]] = {}
    at_link: dict[str, list[int]] = {}
    for place, state in enumerate(whole.states):
        for known, elements in ((at_node, state.nodes), (at_link, state.links)):
            for element in elements:
                known.setdefault(element, []).append(place)
    return at_node, at_link


def _is_meant(state: FailureState, paths: tuple[Path, ...], earlier: Sequence[tuple[Path, ...]]) -> bool:
    broken = _breaks(state)
    return all(broken(others) for others in earlier) and not broken(paths)


def _breaks(state: FailureState) -> Callable[[tuple[Path, ...]], bool]:
    return lambda paths: any(
        not (state.links.isdisjoint(path.links) and state.nodes.isdisjoint(path.nodes)) for path in paths
    )
