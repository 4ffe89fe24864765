"""What is reserved on every arc, as sums by class and state, and what that leaves, where sums tell it. The kernel: `native/books.pyx`.

Classes, states and arcs are numbers here; 0 is the normal state, and one below it, of which nothing is in the books, is like it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Protocol

from intentc.native import compiled
from intentc.place.fill import Fill
from intentc.place.page import Page

if TYPE_CHECKING:
    from intentc.forwarding.outage import Outage
    from intentc.native.books import Sums as Kernel

PPM = 1_000_000
UNTOLD = -1


class Own(Protocol):
    """What is claimed on an arc."""

    @property
    def own_bps(self) -> int: ...


Part = Mapping[int, Own] | tuple[int, ...]  # by arc, or the number of labels on each arc
Parts = Mapping["Outage", Part]
Whole = tuple[int, int, tuple[int, ...]]  # a class, bps, and what these are by the number of labels


class Sums:
    """`capacity` and `background` in bps per arc, `sharing` per class: whether it may have all of a link, `tunnels`: arcs below which
    there are others.

    Sums tell what an arc has left where all classes in use are `sharing`: what the queues of the others are guaranteed, the
    most that each has reserved in any state, is not a class's to have in any state.
    """

    def __init__(
        self, capacity: Sequence[int], background: Sequence[int], sharing: Sequence[bool], tunnels: Collection[int]
    ) -> None:
        self._capacity, self._background = capacity, background
        self._sharing = frozenset(name for name, is_sharing in enumerate(sharing) if is_sharing)
        self._made_of = (capacity, background, sharing, tunnels)
        self._tunnels = frozenset(tunnels)
        self._pages: dict[int, Page[int, int]] = {}
        self._left: dict[int, int | None] = {}
        self._down: list[frozenset[int]] = [frozenset()]
        self._fill = Fill()
        self._is_told = True

    def copy(self) -> Sums:
        """Return the same sums, to be changed apart."""
        found = Sums(*self._made_of)
        found._pages = {arc: page.copy() for arc, page in self._pages.items()}
        found._down, found._is_told = list(self._down), self._is_told
        found._fill.forget(found._pages)
        return found

    @property
    def is_told(self) -> bool:
        """Whether sums tell anything: not while limits are kept that are none of a link's own."""
        return self._is_told

    @is_told.setter
    def is_told(self, is_told: bool) -> None:
        self._is_told = is_told
        self._left.clear()

    def add_state(self, links: Collection[int]) -> None:
        """Add a state in which some links are down; its number is one more than that of the last one."""
        self._down.append(frozenset(links))

    # Entries

    def enter(  # noqa: PLR0917  (plain arguments, as a kernel takes them)
        self,
        normal: Whole,
        failed: Whole,
        arcs: Iterable[int],
        states: Mapping[Outage, Collection[int]],
        numbers: Mapping[Outage, int],
        parts: Parts,
        of_normal: Part | None,
        sign: int,
    ) -> bool:
        """Enter (1) or take out (-1) claims whose pools have no other member.

        `normal` and `failed`: a class and bps, of the normal state on `arcs` and of each of `states` on its arcs; a state
        leaves `arcs`. `numbers`: those of the states. `parts`: what has `own_bps` other than these, by state and arc, or how many
        labels there are on each of its arcs, in their order; `of_normal` the same of the normal one. A kernel returns False, and
        nothing is done, where a sum might outgrow its place.
        """
        own = _claimed(arcs, normal, of_normal)
        for arc, bps in own.items():
            self._page(arc).post(normal[0], sign * bps, sign)
        moved: dict[int, list[tuple[tuple[int, int, int], int]]] = {}
        for outage, there in states.items():
            number, claimed = numbers[outage], _claimed(there, failed, parts.get(outage))
            for arc, bps in own.items():
                if arc >> 1 in self._down[number]:  # what is down carries nothing anyway
                    continue
                if normal[0] == failed[0] and claimed.get(arc) == bps:  # it carries what it does normally
                    del claimed[arc]
                else:
                    moved.setdefault(arc, []).append(((normal[0], -sign * bps, -sign), number))
            for arc, bps in claimed.items():
                moved.setdefault(arc, []).append(((failed[0], sign * bps, sign), number))
        for arc, entries in moved.items():
            for (name, bps, members), group in groupby(entries, itemgetter(0)):
                self._page(arc).move([state for _, state in group], name, bps, members)
        return True

    def weigh(self, bps: int, sign: int) -> bool:
        """Return whether so much more (1) or less (-1) may stand in the books, and count it; then its parts may be posted and moved."""
        del bps, sign
        return True

    def post(self, arc: int, name: int, bps: int, members: int) -> None:
        """Add to the sum of a class in the normal state."""
        self._page(arc).post(name, bps, members)

    def move(self, arc: int, name: int, state: int, bps: int, members: int) -> None:
        """Add to how the sum of a class in a state differs from the normal one."""
        self._page(arc).move((state,), name, bps, members)

    def _page(self, arc: int) -> Page[int, int]:
        """Return the page of an arc, to be changed."""
        self._left.pop(arc, None)
        self._fill.forget((arc,))
        return self._pages.setdefault(arc, Page())

    def load(self, of: Kernel) -> Sums:
        """Enter all that stands in other sums into these, which are empty; return them."""
        for arc in of.used_arcs():
            for name, bps, members, moves in of.rows(arc):
                self.post(arc, name, bps, members)
                for state, by, more in moves:
                    self.move(arc, name, state, by, more)
        self.is_told = of.is_told
        return self

    # Questions

    def _look(self, arc: int) -> Page[int, int]:
        return self._pages.get(arc) or _BLANK

    def is_empty(self, arc: int) -> bool:
        """Return whether nothing is reserved on an arc in any state."""
        return self._look(arc).is_empty

    def used_arcs(self) -> list[int]:
        """Return the arcs with an entry in any state, sorted."""
        return sorted(arc for arc, page in self._pages.items() if not page.is_empty)

    def reserved(self, arc: int, state: int) -> dict[int, int]:
        """Return the bps that each class has reserved in a state; classes without a member are left out."""
        return self._look(arc).reserved(state)

    def peaks(self, arc: int) -> dict[int, int]:
        """Return the most bps that each class reserves in any state."""
        return self._look(arc).peaks()

    def states(self, arc: int) -> list[int]:
        """Return the states in which something differs from the normal one, by class, in the order in which they came."""
        return self._look(arc).states

    def rows(self, arc: int) -> list[tuple[int, int, int, list[tuple[int, int, int]]]]:
        """Return all that is reserved on an arc: class, bps, members, and per state its number, bps and members."""
        return self._look(arc).rows()

    def grown(self, arc: int) -> tuple[int, list[int]]:
        """Return by how much all classes together reserve more in the worst states than in the normal one, and these; (0, []) where in none."""
        return self._look(arc).grown()

    def left(self, arc: int) -> int | None:
        """Return what the worst states of all classes together leave of an arc, below zero where it is too full; None: sums do not tell."""
        if arc not in self._left:
            self._left[arc] = self._leaves(arc)
        return self._left[arc]

    def _leaves(self, arc: int) -> int | None:
        page = self._look(arc)
        if not self._is_told or not page.names <= self._sharing:
            return None
        return self._capacity[arc] - self._background[arc] - sum(page.peaks().values())

    def used_bps(self, arc: int) -> int:
        """Return what is reserved in the normal state, and the background."""
        return self._look(arc).normal_bps + self._background[arc]

    def utilisation_ppm(self, arc: int, further: int) -> int:
        """Return how full an arc is in the normal state with so much more, rounded up."""
        return -(-(self.used_bps(arc) + further) * PPM // self._capacity[arc])

    def fullest_ppm(self) -> int:
        """Return the utilisation of the fullest arc with an entry in any state, 0 where there is none."""
        return self._fill.most(lambda arc: None if self.is_empty(arc) else self.utilisation_ppm(arc, 0))

    def fits(self, arc: int, name: int, state: int, further: int) -> int:
        """Return whether so much more of a class fits on an arc in a state, 1 or 0; `UNTOLD`: sums do not say it."""
        left = self.left(arc)
        if left is None or name not in self._sharing:
            return UNTOLD
        page = self._look(arc)
        return int(further <= left or page.bps_in(name, state) + further <= left + page.peak(name))

    def holds(self, arc: int, state: int) -> int:
        """Return whether what is on an arc fits in a state, 1 or 0; `UNTOLD`: sums do not say it."""
        left = self.left(arc)
        if left is None:
            return UNTOLD
        page = self._look(arc)
        return int(left >= 0 or all(page.bps_in(name, state) <= left + peak for name, peak in page.peaks().items()))

    def over(self, arc: int, name: int, further: int) -> list[int]:
        """Return the states, but for the normal one, in which so much more of a class does not fit among those where something differs."""
        left, page = self.left(arc), self._look(arc)
        most = (left or 0) + page.peak(name) - further
        return [] if left is None else [state for state, bps in page.moved(name) if bps > most]

    def unlike(self, arc: int, name: int, further: int) -> tuple[bool, list[int]] | None:
        """Return whether so much more of a class fits where nothing differs, and the states in which it is the other way; None: untold."""
        left, page = self.left(arc), self._look(arc)
        if left is None or name not in self._sharing:
            return None
        most = left + page.peak(name) - further
        is_enough = page.bps_in(name, 0) <= most
        return is_enough, [state for state, bps in page.moved(name) if (bps <= most) is not is_enough]

    def tight(self, arcs: Iterable[int], further: int) -> list[int]:
        """Return those of some arcs on which so much more may not fit in some state, or sums do not say so."""
        return [arc for arc in arcs if arc in self._tunnels or (left := self.left(arc)) is None or further > left]


def _claimed(arcs: Iterable[int], whole: Whole, parts: Part | None) -> dict[int, int]:
    """Return the bps that are claimed on each of some arcs."""
    if isinstance(parts, tuple) and parts:
        return {arc: whole[2][count] for arc, count in zip(arcs, parts, strict=True)}
    found = dict.fromkeys(arcs, whole[1])
    if parts and not isinstance(parts, tuple):
        found |= {arc: parts[arc].own_bps for arc in found if arc in parts}
    return found


_BLANK: Page[int, int] = Page()


def make_sums(
    capacity: Sequence[int], background: Sequence[int], sharing: Sequence[bool], tunnels: Collection[int]
) -> Sums | Kernel:
    """Return empty books: a kernel where there is one and all rates suit it."""
    kernels = compiled("books")
    try:
        return (Sums if kernels is None else kernels.Sums)(capacity, background, sharing, tunnels)
    except OverflowError:
        return Sums(capacity, background, sharing, tunnels)
