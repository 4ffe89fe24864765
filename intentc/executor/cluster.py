"""The engine for clusters: workers of a Dask scheduler, all of which run what this process runs."""

from __future__ import annotations

import hashlib
import uuid
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from distributed import Client, Future, wait
from distributed.scheduler import KilledWorker

from intentc.executor.cluster_worker import do_chunk, keep
from intentc.executor.identity import Identity, difference, identity
from intentc.executor.model import Chunk, Job, Ready, Result, Shared
from intentc.executor.wire import decode, encode, names_of
from intentc.failures import Refusal

START_WORKERS = "start some with `dask worker`, in an environment with this release of intentc"
_CLOSE_S = 4.0
_LOOK_S = 1.0  # between two looks at whether there are workers left
_MOST_LOOKS = 20  # without any worker, before nobody is waited for any longer


class Cluster:
    """Does chunks on the workers of a scheduler; made by `connection.connect`.

    Dask gives the chunks of a worker that dies to others. One that no worker survives, or a cluster that goes away, is a
    `Refusal`.
    """

    def __init__(self, client: Client, address: str) -> None:
        self._client = client
        self._address = address

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._client.close(timeout=_CLOSE_S)
        except (OSError, TimeoutError, RuntimeError):  # the last: Dask's own reconnecting ended in an error
            self._client.status = "closed"  # nothing is lost that way, and its finalizer does not try again

    def run(
        self, job: Job[Shared, Ready, Chunk, Result], shared: Shared, chunks: Sequence[Chunk], units: int
    ) -> Sequence[Result]:
        """Return the results of all chunks; the shared value is a task of its own, so that it is made anew if it is lost."""
        del units
        names, data, run = names_of(job), encode(shared), uuid.uuid4().hex  # no task of an earlier run is this one's
        token = hashlib.sha256(data).hexdigest()
        with refusals(self._address), warnings.catch_warnings():
            if self._client.status == "closed":  # it has given the scheduler up since the last job
                raise CancelledError
            warnings.simplefilter("ignore", UserWarning)  # that the shared value is large
            held = self._client.submit(keep, data, key=f"intentc-shared-{run}")
            futures = [
                self._client.submit(
                    do_chunk, identity(), names, token, held, encode(chunk), key=f"intentc-chunk-{run}-{place}"
                )
                for place, chunk in enumerate(chunks)
            ]
            self._await(futures)
            found: list[tuple[Identity, bytes]] = self._client.gather(futures)
        return [decode(_checked(answer, self._address)) for answer in found]

    def _await(self, futures: list[Future]) -> None:
        """Wait for all; raise `Refusal` when there has been no worker for a while."""
        looks = 0
        while True:
            try:
                with self._client.as_current():
                    wait(futures, timeout=_LOOK_S)
            except TimeoutError:
                looks = 0 if self._has_workers() else looks + 1
                if looks > _MOST_LOOKS:
                    gone = f"the scheduler at `{self._address}` has no workers any more"
                    raise Refusal(gone, START_WORKERS) from None
            else:
                return

    def _has_workers(self) -> bool:
        """Return whether there are workers; a client that has given a scheduler up has no connection to ask over."""
        try:
            return bool(self._client.nthreads())
        except AttributeError:
            if self._client.scheduler is not None:
                raise
            raise CancelledError from None


def refuse_other(address: str, who: str, said: str) -> None:
    """Raise the `Refusal` of somebody in a cluster who runs something else than we do."""
    raise Refusal(
        f"a cluster has to run what we run: {who} at `{address}` has {said}",
        "install the same release of intentc, with the same Python and Dask, on the scheduler and all workers",
    )


@contextmanager
def refusals(address: str) -> Iterator[None]:
    """Turn what goes wrong between us and a cluster into a `Refusal`."""
    try:
        yield
    except KilledWorker as error:
        raise Refusal(
            f"workers of `{address}` died, again and again, over the same piece of work",
            "give them more memory; their own logs say why they died",
        ) from error
    except CancelledError as error:
        raise Refusal(f"the scheduler at `{address}` went away", "run the command again when it is back") from error
    except (OSError, TimeoutError) as error:
        raise Refusal(f"the scheduler at `{address}` does not answer", "check the address, and that it runs") from error


def _checked(answer: tuple[Identity, bytes], address: str) -> bytes:
    """Return a result; workers that came later were not asked what they run, so every answer says it."""
    theirs, data = answer
    if said := difference(theirs, identity()):
        refuse_other(address, "a worker", said)
    return data
