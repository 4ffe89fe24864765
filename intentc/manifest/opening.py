"""The first part of a manifest, all that it says of intents, written before the rest is known: beside what makes the rest."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Self, TextIO

from intentc.manifest.write import Compiled, write_closing, write_opening

# hands a function to who calls it meanwhile; what it returns waits for that
Begin = Callable[[Callable[[], None]], Callable[[], None]]
_BUFFER = 1 << 18  # bytes


class Opening:
    """A manifest up to its last intent, in a file without a name: however this ends, nothing is left of it but by `become`."""

    def __init__(self, compiled: Compiled, file: int, begin: Begin) -> None:
        self._compiled = compiled
        self._file = file
        self._is_closed = False
        self._wait = begin(self._write)

    @classmethod
    def begun(cls, compiled: Compiled, directory: Path, begin: Begin) -> Self | None:
        """Begin to write it on the disk of `directory`, which is made; None where that has no files without names (Linux has them)."""
        try:
            directory.mkdir(parents=True, exist_ok=True)
            file = os.open(directory, os.O_TMPFILE | os.O_RDWR, 0o666)
        except (OSError, AttributeError):  # the last one: no system of ours
            return None
        return cls(compiled, file, begin)

    def become(self, compiled: Compiled, path: Path) -> bool:
        """Write the rest, as `write_manifest` does, and give the file its name, once. False: what it holds has changed since, or it can be

        neither written nor named; then nothing has the name.
        """
        try:
            if not self._holds(compiled):
                return False
            self._wait()
            with self._opened() as stream:
                write_closing(compiled, stream)
            path.unlink(missing_ok=True)
            os.link(f"/proc/self/fd/{self._file}", path, src_dir_fd=self._file)  # the link in /proc is followed
        except OSError:
            return False
        finally:
            self.close()  # whoever writes it all needs the room
        return True

    def close(self) -> None:
        """Give the file back."""
        if not self._is_closed:
            self._is_closed = True
            os.close(self._file)

    def _write(self) -> None:
        os.ftruncate(self._file, 0)  # whoever had begun it may have got half way
        with self._opened() as stream:
            write_opening(self._compiled, stream)

    def _opened(self) -> TextIO:
        return os.fdopen(os.dup(self._file), "a", _BUFFER, encoding="utf-8", newline="")

    def _holds(self, compiled: Compiled) -> bool:
        ours = self._compiled
        return (
            ours.model is compiled.model
            and ours.realised is compiled.realised
            and (ours.project, ours.generator, ours.inputs) == (compiled.project, compiled.generator, compiled.inputs)
            and ours.findings == compiled.findings
        )
