"""What a person should know before a change is made: what traffic may notice."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.plan.changes import Difference
from intentc.plan.model import Operation


def risks(differences: Sequence[Difference], drift: Sequence[str]) -> tuple[str, ...]:
    """Return one sentence per kind of risk, in a fixed order."""
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
    if drift:
        found.append("owned configuration was changed by someone else since the last apply: it is overwritten")
    return tuple(found)


_GUARDS = ("fences", "isolation")
