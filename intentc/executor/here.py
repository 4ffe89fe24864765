"""The engine without workers: the chunks one after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from intentc.executor.model import Chunk, Executor, Job, Ready, Result, Shared

LEAST_UNITS = 1_000_000  # about a second of work: what starting workers costs is lost in it


class InProcess:
    """Does everything here."""

    def run(
        self, job: Job[Shared, Ready, Chunk, Result], shared: Shared, chunks: Sequence[Chunk], units: int
    ) -> Sequence[Result]:
        """Return the results of all chunks; nothing is encoded, and nothing prepared where there is no chunk."""
        del units
        if not chunks:
            return ()
        ready = job.prepare(shared)
        return [job.work(ready, chunk) for chunk in chunks]


class Graded:
    """Does small work here, and what is worth sending by another engine, which is opened when there is such work."""

    def __init__(self, open_large: Callable[[], Executor], least_units: int = LEAST_UNITS) -> None:
        self._open_large = open_large
        self._large: Executor | None = None
        self._least_units = least_units

    def run(
        self, job: Job[Shared, Ready, Chunk, Result], shared: Shared, chunks: Sequence[Chunk], units: int
    ) -> Sequence[Result]:
        """Return the results of all chunks; a single chunk is never worth sending."""
        if units < self._least_units or len(chunks) < 2:
            return InProcess().run(job, shared, chunks, units)
        if self._large is None:
            self._large = self._open_large()
        return self._large.run(job, shared, chunks, units)
