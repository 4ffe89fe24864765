"""What a worker does: chunks of a job, over what it has made of the shared value, kept as long as that is asked for."""

from __future__ import annotations

from typing import Any

from intentc.executor.model import Job
from intentc.executor.wire import decode, encode, job_named


class Workshop:
    """Does encoded chunks. One is used by one thread; of all shared values only the last one stays prepared."""

    def __init__(self) -> None:
        self._key: tuple[str, ...] | None = None
        self._job: Job[Any, Any, Any, Any] | None = None
        self._ready: Any = None

    def open(self, names: tuple[str, str], token: str, shared: bytes) -> None:
        """Prepare a shared value, unless it is the one at hand; `token` stands for its bytes."""
        if self._key != (*names, token):
            self._key = None
            self._job = job_named(names)
            self._ready = self._job.prepare(decode(shared))
            self._key = (*names, token)

    def do(self, chunk: bytes) -> bytes:
        """Return the encoded result of a chunk of what was opened last."""
        assert self._job is not None  # noqa: S101  (it is open)
        return encode(self._job.work(self._ready, decode(chunk)))
