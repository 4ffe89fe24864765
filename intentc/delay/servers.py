"""What every queue is served, as the bursts beside it grow: per state where the guarantees of different states exceed the rate."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from intentc.delay.arrivals import NORMAL
from intentc.delay.service import Burst, End, Recipe, loosened, recipes
from intentc.delay.streams import Change, Web
from intentc.delay.verdicts import Offer
from intentc.delay.wiring import Siblings, beside, find_siblings, loads_in_states

Recipes = tuple[Recipe, ...]
Menu = Sequence[tuple[int, Recipes]]
"""The states that may count for a queue: the change that brings what comes in each, and what it is served."""


class Servers:
    """The schedulers at all link ends; `bursts` are those of each queue as known by now (None: nothing holds them)."""

    def __init__(self, web: Web, ends: Mapping[tuple[str, str], End]) -> None:
        self._web = web
        self._ends = dict(ends)
        self._siblings: Siblings = find_siblings(web)
        self._loads = loads_in_states(web, self._siblings)
        self._counting = [undominated(changes) for changes in web.changes]
        self.bursts: list[Burst | None] = []
        self.beside: list[tuple[int, ...]] = []  # by queue: those that its bursts delay
        self.menus: list[Menu] = []

    def clear(self) -> None:
        """Start, or start again with the ends as they are by now."""
        web = self._web
        self.bursts = [None] * len(web.keys)
        self.beside = [
            beside(self.end(queue).shares, key[2], self._siblings[key[:2]]) for queue, key in enumerate(web.keys)
        ]
        self.menus = [self._menu(queue) for queue in range(len(web.keys))]

    def end(self, queue: int) -> End:
        """Return the link's end that a queue is at."""
        return self._ends[self._web.keys[queue][:2]]

    def loosen(self, queue: int) -> None:
        """Take a queue as one that nothing holds; the others at its link's end know it so."""
        link, node, name = self._web.keys[queue]
        self._ends[link, node] = loosened(self._ends[link, node], name)

    def _menu(self, queue: int) -> Menu:
        end, (link, node, name) = self.end(queue), self._web.keys[queue]
        changes = self._web.changes[queue]
        if not end.is_tight:
            own = recipes(end, name, None)
            return [(change, own) for change in self._counting[queue]]
        of_state = {state: number for number, change in enumerate(changes) for state in change.states}
        menu: dict[tuple[int, tuple[int, ...]], Recipes] = {}
        for state, loads in self._loads[link, node].items():
            kind = (of_state.get(state, NORMAL), tuple([bps for other, bps in loads.items() if other != name]))
            if kind not in menu:
                menu[kind] = recipes(end, name, loads)
        return [(change, own) for (change, _), own in menu.items()]

    def is_served(self, queue: int) -> bool:
        """Return whether something is left for a queue in every state."""
        menu = self.menus[queue]
        return bool(menu[0][1]) if menu[0][1] is menu[-1][1] else all(own for _, own in menu)

    def offers(self, queue: int, places: Collection[int]) -> list[Offer]:
        """Return the services in some states of a queue's menu, beside the bursts of now."""
        menu, bursts = self.menus[queue], self._bursts_beside(queue)
        found: list[Offer] = []
        before: Recipes | None = None
        for place in places:
            own = menu[place][1]
            found.append(found[-1] if own is before else tuple([recipe.service(bursts) for recipe in own]))
            before = own
        return found

    def _bursts_beside(self, queue: int) -> dict[str, Burst]:
        link, node, _ = self._web.keys[queue]
        return {
            name: burst
            for name, number in self._siblings[link, node].items()
            if (burst := self.bursts[number]) is not None
        }


def undominated(changes: Sequence[Change]) -> list[int]:
    """Return the normal state and the changes, but for those of which another one brings all, and takes away no more.

    Whatever has been waited for, such a change brings no more than the other.
    """
    sets = [(frozenset(change.lost), frozenset(change.won)) for change in changes]
    sets.append((frozenset(), frozenset()))  # the normal state
    order = sorted(range(len(sets)), key=lambda place: (len(sets[place][0]) - len(sets[place][1]), place))
    kept: list[int] = []
    for place in order:
        lost, won = sets[place]
        if not any(sets[other][0] <= lost and won <= sets[other][1] for other in kept):
            kept.append(place)
    return sorted(NORMAL if place == len(changes) else place for place in kept)
