"""Sets of packets that are treated alike, gathered in as few places as their order allows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from intentc.ir.model import Origin
from intentc.targetkit.packet_sets import PacketSet, joined, meet
from intentc.values import field, mutable

Outcome = TypeVar("Outcome")


@mutable
class PacketBundle(Generic[Outcome]):
    """Sets with the same outcomes, which may share a class, a meter and a counter."""

    outcomes: tuple[Outcome, ...]
    sets: list[PacketSet[Outcome]] = field(default_factory=list)

    @property
    def origin(self) -> Origin | None:
        """Who asked for any of the sets; None where nobody did."""
        return joined(one.origin for one in self.sets)

    def of(self, family: int) -> list[PacketSet[Outcome]]:
        """Return the sets of one address family."""
        return [one for one in self.sets if one.flow.family == family]


def bundled(sets: Iterable[PacketSet[Outcome]]) -> list[PacketBundle[Outcome]]:
    """Return the bundles in the order in which packets are looked at.

    Sets with the same outcomes come together wherever nothing between them wants the same packets; where that cannot be, the
    same outcomes stand twice.
    """
    found: list[PacketBundle[Outcome]] = []
    for one in sets:
        _add(found, one)
    return found


def _add(found: list[PacketBundle[Outcome]], one: PacketSet[Outcome]) -> None:
    for bundle in reversed(found):
        if bundle.outcomes == one.outcomes:
            bundle.sets.append(one)
            return
        if any(meet(other.flow, one.flow) is not None for other in bundle.sets):
            break
    found.append(PacketBundle(one.outcomes, [one]))
