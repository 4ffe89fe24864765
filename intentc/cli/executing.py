"""From `--scheduler` and `--workers` to what looks at failure states that are many."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from intentc.executor.here import Graded, InProcess
from intentc.executor.model import Executor


@contextmanager
def executing(arguments: argparse.Namespace) -> Iterator[Executor]:
    """Open the engine that the command line asks for: a cluster at once, processes when there is work for them.

    Raises `Refusal` (status 2) where a cluster cannot be used, whether there would be work for it or not.
    """
    scheduler: str | None = getattr(arguments, "scheduler", None)
    workers: int = getattr(arguments, "workers", None) or _cpus()
    with ExitStack() as stack:

        def processes() -> Executor:
            from intentc.executor.processes import LocalProcesses  # noqa: PLC0415  (start-up)

            return stack.enter_context(LocalProcesses(workers))

        if scheduler is not None:
            from intentc.executor.connection import connect  # noqa: PLC0415  (start-up)

            cluster = stack.enter_context(connect(scheduler))
            yield Graded(lambda: cluster)
        else:
            yield Graded(processes) if workers > 1 else InProcess()


def _cpus() -> int:
    """Return how many CPUs this process may use, where the system tells, else how many there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
