"""Ctrl-C and SIGTERM during a transaction: remembered, answered between steps, never in the middle of one."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class Interrupt:
    """Whether somebody asked to stop."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    @property
    def is_asked(self) -> bool:
        """Return whether somebody asked to stop."""
        return self._asked.is_set()

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
