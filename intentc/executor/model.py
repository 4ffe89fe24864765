"""What an executor promises: one pure function over chunks of work, wherever that happens, with the same results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from intentc.values import frozen

Shared = TypeVar("Shared")
Ready = TypeVar("Ready")
Chunk = TypeVar("Chunk")
Result = TypeVar("Result")


@frozen
class Job(Generic[Shared, Ready, Chunk, Result]):
    """What is done with every chunk: `work(prepare(shared), chunk)`.

    - Both are top-level functions, found again by module and name where the work is done.
    - Both are pure: what they return depends on their arguments alone. What `prepare` returns may keep what it has worked out.
    - `shared`, chunks and results are plain: None, booleans, integers, strings, bytes and tuples (also frozensets) of them.
    """

    prepare: Callable[[Shared], Ready]
    work: Callable[[Ready, Chunk], Result]


class Executor(Protocol):
    """Does jobs.

    - The results are those of the chunks, in their order, the same whatever engine runs them.
    - `shared` goes to each worker once; it is prepared there once, not once per chunk.
    - `units` is how much work there is in all, roughly, in elements of the network that are looked at. It may decide
      where the work is done, as only counts may; never what comes out.
    - An error of the job's own is raised as it is. What keeps the work from being done is a `Refusal`.
    - A worker that is lost costs time, or is a `Refusal`; no chunk is left out.
    """

    def run(
        self, job: Job[Shared, Ready, Chunk, Result], shared: Shared, chunks: Sequence[Chunk], units: int
    ) -> Sequence[Result]:
        """Return the results of all chunks, in their order."""
        ...
