"""The way back from wherever a change may end: in which order, and from where it keeps every promise."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from intentc.ir.model import DeviceConfig
from intentc.order.proof import Breach, Place, Proof
from intentc.order.search import Step, find_groups
from intentc.plan.model import CANARY, Groups, StageName
from intentc.values import frozen

Versions = Mapping[str, tuple[DeviceConfig, ...]]  # what runs, and what does after each stage

_STAGES = tuple(StageName)
_LAST = len(_STAGES)
_SWITCHED = 1 + _STAGES.index(StageName.SWITCH)


@frozen
class WayThere:
    """The groups of each stage, by phase, and the versions of the devices; `canaries` change in a phase of their own."""

    versions: Versions
    phases: Mapping[int, Mapping[StageName, Groups]]
    canaries: Collection[str]


@frozen
class _Standing:
    """Where devices may stand when a change ends within a stage, or (`is_end`) at its end."""

    words: str
    places: Mapping[str, Place]
    is_end: bool


def find_way_back(proof: Proof, way: WayThere) -> tuple[Groups, tuple[str, ...]]:
    """Return the order of going back, and the notes on where it does not keep every promise.

    A device that goes back goes all the way at once, as it does when its own timer ends. From each place where the way there may
    end, after any part of any group, each state of going back in this order is judged: any part of those whose turn it is may be
    back.
    """
    found = find_groups(proof, _home(way.versions, _LAST))
    if isinstance(found, Breach):
        early = find_groups(proof, _home(way.versions, _SWITCHED))
        found = (tuple(sorted(way.versions)),) if isinstance(early, Breach) else early
    return found, tuple(_unsafe(proof, way, found))


def _home(versions: Versions, start: int) -> Step:
    moves = {node: (start, 0) for node, own in sorted(versions.items()) if own[start] != own[0]}
    return Step(moves, {node: 0 for node in versions if node not in moves})


def _unsafe(proof: Proof, way: WayThere, back: Groups) -> Iterator[str]:
    """Yield a note for each stage of which going back in the order `back` would break a promise, with the intents that it is made to."""
    broken: dict[str, dict[bool, set[str]]] = {}
    for standing in _standings(way):
        names = {name for breach in _in_turn(proof, back, standing.places) for name in breach.promise.intents}
        if names:
            broken.setdefault(standing.words, {}).setdefault(standing.is_end, set()).update(names)
    for words, by_place in broken.items():
        where = f"after the {words} has begun" if True in by_place else f"in the middle of the {words}"
        names_ = ", ".join(f"`{name}`" for name in sorted(set().union(*by_place.values())))
        yield f"should it be taken back {where}, packets of {names_} may be lost until all are back"


def _standings(way: WayThere) -> Iterator[_Standing]:
    """Yield where devices may stand when a change ends: in each group of each stage any part of it, and at the end all of it.

    A stage in which nothing changes ends where the one before did.
    """
    for phase, groups in way.phases.items():
        own = way.canaries if phase == CANARY else way.versions.keys() - set(way.canaries)
        others: Place = (0,) if phase == CANARY else (_LAST,)
        for at, stage in enumerate(_STAGES, start=1):
            words = f"stage `{stage}`" + (" of the canaries" if phase == CANARY else "")
            places: dict[str, Place] = {node: (at - 1,) if node in own else others for node in sorted(way.versions)}
            for group in groups[stage]:
                yield _Standing(words, {**places, **dict.fromkeys(group, (at - 1, at))}, is_end=False)
                places |= dict.fromkeys(group, (at,))
            if groups[stage]:
                yield _Standing(words, places, is_end=True)


def _in_turn(proof: Proof, back: Groups, standing: Mapping[str, Place]) -> Iterator[Breach]:
    """Yield the promises that break while the groups of `back` go back one after the other, the first time that any does."""
    places = dict(standing)
    for group in back:
        found = list(proof.breaches({}, {**places, **{node: (*places[node], 0) for node in group}}))
        if found:
            yield from found
            return
        places |= dict.fromkeys(group, (0,))
