"""Ctrl-C and SIGTERM during a transaction: remembered, answered between steps, never in the middle of one."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType


class Interrupt:
    """Whether somebody asked to stop, or the time for the whole has run out."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._ends_at: float | None = None

    @property
    def is_asked(self) -> bool:
        """Return whether to stop at the next point where that leaves nothing half done."""
        return self._asked.is_set() or self.is_late

    @property
    def is_late(self) -> bool:
        """Return whether the time for the whole has run out."""
        return self._ends_at is not None and time.monotonic() >= self._ends_at

    def limit(self, seconds: float) -> None:
        """Ask to stop in `seconds` from now, if nobody has asked by then."""
        self._ends_at = time.monotonic() + seconds

    def ask(self) -> None:
        """Ask to stop at the next point where stopping leaves nothing half done."""
        self._asked.set()


@contextlib.contextmanager
def catching(interrupt: Interrupt) -> Iterator[None]:
    """Turn SIGINT and SIGTERM into a question to `interrupt` while the body runs.

    Outside the main thread signals cannot be caught: there the caller asks `interrupt` itself.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def remember(_number: int, _frame: FrameType | None) -> None:
        interrupt.ask()

    before = {number: signal.signal(number, remember) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
