"""What kernels do in a thread of its own, without the interpreter's lock, while the interpreter goes on."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread


class Meanwhile:
    """Something that is begun, and waited for before anybody looks at what it is about."""

    def __init__(self, do: Callable[[], None]) -> None:
        self._do = do
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._run)
        try:
            self._thread.start()
        except RuntimeError:  # there may be no more threads
            self._run()

    def wait(self) -> None:
        """Wait for its end; raise what went wrong."""
        if self._thread.ident is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            self._do()
        except BaseException as failure:  # noqa: BLE001  (for who waits)
            self._failure = failure
