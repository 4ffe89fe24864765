"""Demands that are to be placed soon, with what was found of them beforehand: nothing that depends on the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.place.context import Context
    from intentc.place.direct import Plain
    from intentc.place.roles import Ends, Role
    from intentc.place.unit import Unit


@frozen
class Draft:
    """The first try at the forward demand of a unit from an end: its role, and what is known of it; None: it is not plain."""

    context: Context
    unit: Unit
    ends: Ends
    role: Role
    plain: Plain | None


class Drafts:
    """Drafts by what they are of: each is of use once, and only to the very try that it was made for."""

    def __init__(self) -> None:
        self._by_unit: dict[int, Draft] = {}  # by the address of the unit, which the draft keeps
        self._at_hand: Draft | None = None

    def add(self, draft: Draft) -> None:
        """Add a draft."""
        self._by_unit[id(draft.unit)] = draft

    def clear(self) -> None:
        """Let go of all drafts."""
        self._by_unit.clear()
        self._at_hand = None

    def role(self, context: Context, unit: Unit, ends: Ends) -> Role | None:
        """Return the role of a forward demand whose draft there is: that is taken by whoever tries it in this role."""
        draft = self._at_hand = self._by_unit.pop(id(unit), None)
        return draft.role if draft is not None and draft.context is context and draft.ends == ends else None

    def take(self, role: Role) -> Draft | None:
        """Return the draft of which a role is, if it is the last one that was asked for."""
        draft, self._at_hand = self._at_hand, None
        return draft if draft is not None and draft.role is role else None
