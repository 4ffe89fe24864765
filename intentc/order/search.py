"""In which order devices take one step each, so that every state on the way keeps every promise."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from intentc.order.proof import Breach, Place, Proof
from intentc.values import frozen

_MOST_TRIES = 60  # groups that are tried once the first choice has led nowhere; each is judged for every promise


@frozen
class Step:
    """One step of some devices: the versions that they come from and go to. `rest` are settled all the while."""

    moves: Mapping[str, Place]
    rest: Mapping[str, int]


Groups = tuple[tuple[str, ...], ...]


def find_groups(proof: Proof, step: Step) -> Groups | Breach:
    """Return groups of devices, one after the other, such that any part of a group may have moved; else what stands in the way."""
    everyone = tuple(sorted(step.moves))
    if not everyone:
        return ()
    found = _enter(proof, step, frozenset(), everyone)
    if found is None:
        return (everyone,)
    return _Search(proof, step).run(found)


class _Search:
    """Depth first: as many devices at a time as can be, single ones where that leads nowhere."""

    def __init__(self, proof: Proof, step: Step) -> None:
        self._proof = proof
        self._step = step
        self._seen: set[frozenset[str]] = set()
        self._tries = 0

    def run(self, breach: Breach) -> Groups | Breach:
        found = self._from(frozenset(), breach)
        return found if found is not None else breach

    def _from(self, moved: frozenset[str], breach: Breach) -> Groups | None:
        left = [node for node in sorted(self._step.moves) if node not in moved]
        if not left:
            return ()
        self._seen.add(moved)
        for group in self._choices(moved, left):
            after = moved | set(group)
            if after not in self._seen:
                rest = self._from(after, breach)
                if rest is not None:
                    return (group, *rest)
        return None

    def _choices(self, moved: frozenset[str], left: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Yield groups that may move next: as many as can together, then each alone that can."""
        group = tuple(left)
        while group:
            found = list(_breaches(self._proof, self._step, moved, group))
            if not found:
                yield group
                break
            early = {
                node for breach in found for node, is_later in breach.choices.items() if is_later and node in group
            }
            first = [node for node, is_later in found[0].choices.items() if is_later and node in group]
            kept = _without(group, early)  # as many as promises blame at once, but not all of them
            group = kept if early and kept else _without(group, first or group[-1:])
        for node in left:
            self._tries += 1
            if self._tries > _MOST_TRIES:
                return
            if (node,) != group and _enter(self._proof, self._step, moved, (node,)) is None:
                yield (node,)


def _without(group: Sequence[str], names: Collection[str]) -> tuple[str, ...]:
    return tuple(node for node in group if node not in names)


def _enter(proof: Proof, step: Step, moved: frozenset[str], group: Sequence[str]) -> Breach | None:
    """Return what breaks while `group` moves after `moved` have."""
    return next(_breaches(proof, step, moved, group), None)


def _breaches(proof: Proof, step: Step, moved: frozenset[str], group: Sequence[str]) -> Iterator[Breach]:
    settled = {
        **step.rest,
        **{node: place[node in moved] for node, place in step.moves.items() if node not in group},
    }
    return proof.breaches(settled, {node: step.moves[node] for node in group})
