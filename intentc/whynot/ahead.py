"""Trials of repairs that will most likely be asked for, shared out among copies of this process before anybody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from intentc.whynot.model import Candidate, Case

if TYPE_CHECKING:
    from mmap import mmap

Holds = Callable[[Case, Candidate], bool]  # compiles the program with a repair of a case
Said = Mapping[int, bool]  # whether repairs hold, by their place
Begin = Callable[[Callable[[], Said]], Callable[[], Said]]  # has a copy begin; what it returns waits for it
_Trial = tuple[Case, Candidate]


class Ahead:
    """Answers what `holds` does. Which trials are `likely` only spares waiting: what else is asked for is tried when it is.

    Each copy begins at once, at a place of its own, and this process as soon as one is asked for; whoever is done takes the next one that
    nobody has taken. Whoever would have one less than others, if all began at once, tries what is `doubtful`.
    """

    def __init__(
        self, holds: Holds, likely: Sequence[_Trial], doubtful: Sequence[_Trial], begin: Begin, copies: int
    ) -> None:
        self._holds = holds
        parts = max(1, min(copies + 1, len(likely)))
        self._shared = (
            [*likely, *doubtful[: -len(likely) % parts]] if parts > 1 else []
        )  # they live as long as they are known
        self._taken = _shared_marks(len(self._shared))
        firsts = [len(self._shared) * part // parts for part in range(1, parts)]
        self._others = [begin(partial(self._tried, first)) for first in firsts]
        self._known: dict[int, bool] = {}  # by the identity of a repair

    def holds(self, case: Case, candidate: Candidate) -> bool:
        """Return whether a repair of a case holds."""
        if self._others:
            self._gather()
        known = self._known.get(id(candidate))
        return self._holds(case, candidate) if known is None else known

    def _gather(self) -> None:
        for said in (self._tried(0), *(ask() for ask in self._others)):
            self._known.update({id(self._shared[place][1]): value for place, value in said.items()})
        self._others = []

    def _tried(self, first: int) -> Said:
        return {place: self._holds(*self._shared[place]) for place in self._free(first)}

    def _free(self, first: int) -> Iterator[int]:
        """Take one place after the other that nobody has taken, from some place on; two who take one at the same moment both try it."""
        for place in (*range(first, len(self._shared)), *range(first)):
            if not self._taken[place]:
                self._taken[place] = 1
                yield place


def _shared_marks(count: int) -> bytearray | mmap:
    """Return so many bytes, each 0, that this process and its copies all see and set."""
    if not count:
        return bytearray()
    import mmap  # noqa: PLC0415  (where something is refused: start-up)

    return mmap.mmap(-1, count)
