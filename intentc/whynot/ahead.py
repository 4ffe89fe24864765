"""Trials of repairs that will most likely be asked for, shared out among copies of this process before anybody asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from intentc.whynot.model import Candidate, Case

Holds = Callable[[Case, Candidate], bool]  # compiles the program with a repair of a case
Begin = Callable[[Callable[[], list[bool]]], Callable[[], list[bool]]]  # has a copy begin; what it returns waits for it
_Trial = tuple[Case, Candidate]


class Ahead:
    """Answers what `holds` does. Which trials are `likely` only spares waiting: what else is asked for is tried when it is.

    Every so-manieth of them is begun by a copy at once, and the others here as soon as one is asked for: trials take about as long as
    each other, as each compiles the whole program. Whoever would have one less than others tries what is `doubtful`.
    """

    def __init__(
        self, holds: Holds, likely: Sequence[_Trial], doubtful: Sequence[_Trial], begin: Begin, copies: int
    ) -> None:
        self._holds = holds
        parts = max(1, min(copies + 1, len(likely)))
        self._shared = shared = [*likely, *doubtful[: -len(likely) % parts]]  # they live as long as they are known
        self._mine = shared[::parts] if parts > 1 else ()
        others = [shared[part::parts] for part in range(1, parts)]
        self._others = [(trials, begin(partial(self._tried, trials))) for trials in others]
        self._known: dict[int, bool] = {}  # by the identity of a repair

    def holds(self, case: Case, candidate: Candidate) -> bool:
        """Return whether a repair of a case holds."""
        if self._others:
            self._gather()
        known = self._known.get(id(candidate))
        return self._holds(case, candidate) if known is None else known

    def _gather(self) -> None:
        for trials, values in (
            (self._mine, self._tried(self._mine)),
            *((trials, ask()) for trials, ask in self._others),
        ):
            self._known.update({id(candidate): value for (_, candidate), value in zip(trials, values, strict=True)})
        self._others = []

    def _tried(self, trials: Sequence[_Trial]) -> list[bool]:
        return [self._holds(*trial) for trial in trials]
