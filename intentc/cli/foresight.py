"""The one repair that a program has effort for, tried by a copy of the process while the stages go on."""

from __future__ import annotations

from collections.abc import Callable

from intentc.executor.beside import Beside
from intentc.pipeline import Run, place

Stages = tuple[Callable[[Run], None], ...]


def try_repair(beside: Beside, run: Run) -> None:
    """Begin to try it where something was refused: nothing else could be done meanwhile."""
    if run.docket is not None and run.docket.refused and beside.is_of_use:
        from intentc.trials import Early  # noqa: PLC0415  (where something is refused: start-up)

        run.early = Early.begun(run, beside.begin)


def with_repair_tried(stages: Stages, beside: Beside) -> Stages:
    """Return stages, of which the one behind `place` begins that."""

    def look_further(run: Run) -> None:
        try_repair(beside, run)

    at = stages.index(place) + 1
    return *stages[:at], look_further, *stages[at:]
