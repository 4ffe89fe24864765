"""A value worked out by a copy of this process while this one goes on: by a second CPU, and without its memory being written anew."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Generic, Self, TypeVar, cast

Value = TypeVar("Value")
_BLOCK = 1 << 16  # bytes
_MOST_COPIES = 3


class Beside:
    """Begins functions in copies of this process, which end with the `with` block at the latest.

    What they return is pickled. Where there is no second CPU, no `fork`, or another thread that would not be copied, and where a copy
    fails or is killed, the function is called here when its value is asked for: the result is the same.
    """

    def __init__(self) -> None:
        self._begun: list[_Copy] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for copy in self._begun:
            copy.stop()

    @property
    def is_of_use(self) -> bool:
        """Return whether what is begun now is made by a copy, and not when it is asked for."""
        return _is_possible()

    def begin(self, make: Callable[[], Value]) -> Callable[[], Value]:
        """Begin `make`, and return what gives its value when it is asked for, once."""
        if not _is_possible():
            return make
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            _work(make, theirs)
        os.close(theirs)
        copy = _Copy(pid, ours)
        self._begun.append(copy)
        return _Begun(make, copy)


class _Copy:
    """A copy of this process, and our end of its pipe."""

    def __init__(self, pid: int, pipe: int) -> None:
        self._pid = pid
        self._pipe = pipe
        self._is_there = True

    def said(self) -> bytes:
        """Wait for its end, and return what it has written: nothing if it failed."""
        pieces = []
        while self._is_there and (piece := os.read(self._pipe, _BLOCK)):
            pieces.append(piece)
        return b"".join(pieces) if self._end() == 0 else b""

    def stop(self) -> None:
        """End it by force if it is still there: nobody has asked for what it makes."""
        if self._is_there:
            os.kill(self._pid, signal.SIGKILL)
            self._end()

    def _end(self) -> int:
        """Wait for its end and return its status, 0 where that has been done before."""
        if not self._is_there:
            return 0
        self._is_there = False
        os.close(self._pipe)
        return os.waitpid(self._pid, 0)[1]


class _Begun(Generic[Value]):
    def __init__(self, make: Callable[[], Value], copy: _Copy) -> None:
        self._make = make
        self._copy = copy

    def __call__(self) -> Value:
        import pickle  # noqa: PLC0415  (nothing else of a command needs it: start-up)

        said = self._copy.said()
        return cast("Value", pickle.loads(said)) if said else self._make()  # noqa: S301  (our own copy wrote it)

    def __reduce__(self) -> tuple[object, ...]:
        return partial, (self._make,)  # elsewhere nobody has begun it


def spare_cpus() -> int:
    """Return how many copies there may be at once with a CPU for each, beside this process; a few are enough, as each takes memory."""
    return min(len(os.sched_getaffinity(0)) - 1, _MOST_COPIES) if _is_possible() else 0


def _is_possible() -> bool:
    """Return whether a copy would do any good; on other systems libraries do not bear being copied."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    return len(os.sched_getaffinity(0)) > 1


def _work(make: Callable[[], object], pipe: int) -> None:
    """Write what `make` returns and end; whoever waits is told of an error by finding nothing, and does it again."""
    status = 1
    try:
        import pickle  # noqa: PLC0415  (as above)

        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is for the one who waits
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # nobody waits any more
        with open(pipe, "wb") as stream:
            stream.write(pickle.dumps(make(), pickle.HIGHEST_PROTOCOL))
        status = 0
    finally:
        os._exit(status)  # without what the other process is to do at its end
