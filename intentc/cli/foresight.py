"""Repairs tried by copies of the process while the stages go on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from intentc.executor.beside import Beside
from intentc.pipeline import degrade, place, resolve
from intentc.run import Run

Stages = tuple[Callable[[Run], None], ...]


def foresee_repair(beside: Beside, run: Run) -> None:
    """Have the one repair that a program has effort for tried as soon as it is known, while others are placed.

    Not in a session, whose placement begins with what the last one has left.
    """
    if run.memory is None or not run.memory.is_lasting:
        run.foresee = partial(try_repair, beside)


def try_repair(beside: Beside, run: Run) -> None:
    """Begin to try it, where something was refused, or tell a copy that has begun what the run has come to."""
    if run.inquest is not None and run.inquest.cases:
        run.foresee = None
        if run.early is not None:
            run.early.tell(run)
        elif beside.is_of_use:
            from intentc.trials import Early  # noqa: PLC0415  (where something is refused: start-up)

            run.early = Early.begun(run, beside.begin)


def try_repairs(beside: Beside, run: Run) -> None:
    """Begin to try one of several repairs, while certificates are sought; all that judges the run has been done."""
    if run.inquest is not None and run.early is None and beside.is_of_use:
        from intentc.trials import begin_trials  # noqa: PLC0415  (as above)

        begin_trials(run, beside.begin)


def with_repair_tried(stages: Stages, beside: Beside) -> Stages:
    """Return stages with others between them that begin that."""

    def look_ahead(run: Run) -> None:
        foresee_repair(beside, run)

    def look_further(run: Run) -> None:
        try_repair(beside, run)

    def look_around(run: Run) -> None:
        try_repairs(beside, run)

    begun = {resolve: look_ahead, place: look_further, degrade: look_around}
    return tuple(one for stage in stages for one in ((stage, begun[stage]) if stage in begun else (stage,)))
