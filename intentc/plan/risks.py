"""What a person should know before a change is made: what traffic may notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intentc.plan.changes import Difference
from intentc.plan.describe import describe
from intentc.plan.model import Adopted, Operation


def risks(differences: Sequence[Difference], drift: Sequence[str], adopted: Sequence[Adopted] = ()) -> tuple[str, ...]:
    """Return one sentence per kind of risk, in a fixed order; `adopted` are those lines of `drift` that were left on purpose."""
    found: list[str] = []
    rebuilt = [item.new or item.old for item in differences if item.feature == "queueing"]
    if rebuilt:
        ports = ", ".join(item.interface for item in rebuilt)
        found.append(f"the queues of {ports} are rebuilt: packets waiting in them are lost")
    sessions = [item.new or item.old for item in differences if item.feature == "bfd"]
    if sessions:
        links = ", ".join(item.link for item in sessions)
        found.append(f"BFD changes on {links}: an adjacency there may flap if the far end is slow to follow")
    paused = [item.new or item.old for item in differences if item.feature == "pauses"]
    if paused:
        ports = ", ".join(dict.fromkeys(item.interface for item in paused))
        found.append(
            f"flow control of {ports} changes: hardware may block the port while it shares out its buffers anew"
        )
    denied = [
        item.new for item in differences if item.feature == "isolation" and item.operation is not Operation.REMOVE
    ]
    if denied:
        prefixes = ", ".join(sorted({item.prefix for item in denied}))
        found.append(f"traffic to or from {prefixes} that no intent allows is dropped from now on")
    opened = [item.old for item in differences if item.feature in _GUARDS and item.operation is Operation.REMOVE]
    if opened:
        found.append(
            f"{len(opened)} guard{'s' * (len(opened) != 1)} (fence or isolation) taken away: that traffic is free again"
        )
    if adopted:
        by = ", ".join(sorted({item.by for item in adopted}))
        found.append(
            f"{len(adopted)} line{'s' * (len(adopted) != 1)} that {by} left as they run, on purpose, {'are' if len(adopted) != 1 else 'is'} taken back"
        )
    if len(drift) > len(adopted):
        found.append("owned configuration was changed by someone else since the last apply: it is overwritten")
    return tuple(found)


# What is taken for disruptive where a target's data say nothing: nobody has shown that it is not.
ASSUMED: Mapping[str, str] = {
    "bfd.change": "the BFD session may be reset, and the adjacency with it",
    "bfd.remove": "the BFD session ends, and the adjacency may with it",
    "queueing.change": "the queues may be built anew: what waits in them is lost, and marking stops for that time",
    "pauses.add": "flow control is switched: the port, or the hardware profile, may be reset",
    "pauses.change": "flow control is switched: the port, or the hardware profile, may be reset",
    "pauses.remove": "flow control is switched: the port, or the hardware profile, may be reset",
}
_PORTS = ("bfd", "queueing", "pauses")


def disruptions(differences: Sequence[Difference], known: Mapping[str, str] | None) -> tuple[str, ...]:
    """Return what sessions or traffic would notice, a sentence for each kind of change, in the order of the changes.

    `known` is what the target's data say (`FEATURE.add|change|remove` → why); None: they say nothing.
    """
    reasons = ASSUMED if known is None else known
    found: dict[str, list[str]] = {}
    for item in differences:
        key = f"{item.feature}.{item.operation.name.lower()}"
        if key in reasons:
            one = item.new or item.old
            found.setdefault(key, []).append(one.interface if item.feature in _PORTS else describe(one))
    return tuple(f"{', '.join(names)}: {reasons[key]}" for key, names in found.items())


_GUARDS = ("fences", "isolation")
