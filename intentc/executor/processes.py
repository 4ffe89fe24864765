"""The engine of one machine: worker processes, one pipe each. They are started afresh, so threads here do not matter."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Self

from intentc.executor.model import Chunk, Job, Ready, Result, Shared
from intentc.executor.wire import decode, encode, names_of
from intentc.executor.workshop import Workshop

_PATIENCE_S = 2.0  # for a worker that was told to end
_JOB, _CHUNK = b"j", b"c"  # what a message to a worker is, its first byte


@dataclass(eq=False, slots=True)
class _Worker:
    """A process and our end of its pipe, with the place of the chunk that it has in hand."""

    process: SpawnProcess
    pipe: Connection
    place: int = 0

    def end(self) -> None:
        """End the process: it does so when the pipe is closed, else by force."""
        self.pipe.close()
        self.process.join(_PATIENCE_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()


class LocalProcesses:
    """Does chunks in `count` processes, which start with the first job and end with the `with` block.

    A worker that dies (killed, out of memory, or stopped by an error) is not replaced. The chunk that it had in hand is
    done here, after all others: the result is the same, and an error of the job's own shows as what it is.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._workers: list[_Worker] = []
        self._is_started = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            if kind is not None:
                worker.process.kill()  # nobody waits for what it has in hand
            worker.end()
        self._workers.clear()

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the ids of the processes that are there."""
        return tuple(worker.process.pid or 0 for worker in self._workers)

    def run(
        self, job: Job[Shared, Ready, Chunk, Result], shared: Shared, chunks: Sequence[Chunk], units: int
    ) -> Sequence[Result]:
        """Return the results of all chunks; each worker gets the next one when it has done the last."""
        del units
        opening = _JOB + encode((names_of(job), encode(shared)))
        found = {place: decode(data) for place, data in self._shared_out(opening, [encode(chunk) for chunk in chunks])}
        left = [place for place in range(len(chunks)) if place not in found]
        if left:
            ready = job.prepare(shared)
            found |= {place: job.work(ready, chunks[place]) for place in left}
        return [found[place] for place in range(len(chunks))]

    def _shared_out(self, opening: bytes, chunks: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
        """Yield places and results of what workers have done; those are left out that nobody has, or died over."""
        self._start()
        waiting = deque(range(len(chunks)))
        open_ = [worker for worker in list(self._workers) if self._sent(worker, opening)]
        busy = [worker for worker in open_ if self._give(worker, chunks, waiting)]
        while busy:
            answering = set(wait([worker.pipe for worker in busy]))
            for worker in [one for one in busy if one.pipe in answering]:
                data = self._taken(worker)
                if data is not None:
                    yield worker.place, data
                if data is None or not self._give(worker, chunks, waiting):
                    busy.remove(worker)

    def _start(self) -> None:
        if self._is_started:
            return
        self._is_started = True
        context = multiprocessing.get_context("spawn")
        for _ in range(self._count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs,), daemon=True)
            process.start()
            theirs.close()  # so that the pipe breaks when the worker dies
            self._workers.append(_Worker(process, ours))

    def _give(self, worker: _Worker, chunks: Sequence[bytes], waiting: deque[int]) -> bool:
        """Hand the next chunk to a worker; return whether it has one now."""
        if not waiting:
            return False
        worker.place = waiting[0]
        if not self._sent(worker, _CHUNK + chunks[worker.place]):
            return False
        waiting.popleft()
        return True

    def _sent(self, worker: _Worker, data: bytes) -> bool:
        try:
            worker.pipe.send_bytes(data)
        except OSError:
            self._drop(worker)
            return False
        return True

    def _taken(self, worker: _Worker) -> bytes | None:
        try:
            return worker.pipe.recv_bytes()
        except (EOFError, OSError):
            self._drop(worker)
            return None

    def _drop(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.end()


def _serve(pipe: Connection) -> None:
    """Do chunks until the pipe is closed: a worker never outlives the process that started it.

    Errors end the worker without a word: they come up again where its chunk is done anew.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who waits; it ends us
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  (open for as long as the process lives)
    shop = Workshop()
    count = 0
    while True:
        try:
            data = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        kind, body = data[:1], data[1:]
        if kind == _JOB:
            count += 1
            names, shared = decode(body)
            shop.open(names, str(count), shared)
        else:
            pipe.send_bytes(shop.do(body))
