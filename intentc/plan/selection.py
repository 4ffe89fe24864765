"""Parts of a change that are whole: what is selected, and all that must go with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from intentc.values import frozen

Touched = Mapping[str, frozenset[str]]  # device that changes -> the intents that it changes for


@frozen
class Selection:
    """What somebody named: intents and devices."""

    intents: frozenset[str]
    devices: frozenset[str]

    @property
    def words(self) -> str:
        """Return the selection as it was written."""
        names = [f"intent:{name}" for name in sorted(self.intents)] + [
            f"device:{name}" for name in sorted(self.devices)
        ]
        return " ".join(names)


def closure(touched: Touched, selection: Selection) -> frozenset[str]:
    """Return the devices that change together with what is selected.

    A device changes as a whole; an intent, on all its devices or on none. So a device brings the intents that it changes for,
    and an intent all devices that change for it, until nothing new comes.
    """
    devices = {node for node in selection.devices if node in touched}
    intents = set(selection.intents)
    while True:
        intents |= {name for node in devices for name in touched[node]}
        more = {node for node, names in touched.items() if node not in devices and not intents.isdisjoint(names)}
        if not more:
            return frozenset(devices)
        devices |= more


def notes(touched: Touched, selection: Selection, chosen: Iterable[str], why: str) -> tuple[str, ...]:
    """Return what a selection pulled in and what it left out, in sentences. `why` names it: `the selection …`."""
    devices = set(chosen)
    intents = {name for node in devices for name in touched[node]}
    named = {
        node for node, names in touched.items() if node in selection.devices or not selection.intents.isdisjoint(names)
    }
    pulled = sorted(intents - selection.intents) if selection.intents else []
    further = sorted(devices - named)
    left = sorted(touched.keys() - devices)
    others = sorted({name for node in left for name in touched[node]})
    return tuple(
        sentence
        for names, sentence in (
            (pulled, f"{why} pulls in {_names(pulled)}, which change{'s' * (len(pulled) == 1)} on the same devices"),
            (further, f"{why} pulls in {_names(further)}, for what is pulled in changes there as well"),
            (left, f"left out: {_names(left)}" + (f", for {_names(others)}" if others else "")),
        )
        if names
    )


def held_notes(touched: Touched, absent: Iterable[str], held: Iterable[str]) -> tuple[str, ...]:
    """Return what devices that do not answer hold back, in sentences."""
    silent = sorted(absent)
    others = sorted(set(held) - set(silent))
    intents = sorted({name for node in held for name in touched[node]})
    which = f" with {_names(others)}" if others else ""
    why = f", for {_names(intents)} connect{'s' * (len(intents) == 1)} them" if intents and others else ""
    is_one = len(silent) == 1
    return (f"held back: {_names(silent)}, which do{'es' * is_one} not answer,{which}{why}".rstrip(","),)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
