"""Files without names: however a process that writes one ends, nothing is left of it, until it is given its name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Self

_BUFFER = 1 << 18  # bytes
_MOST = 1 << 30  # bytes at once


class Nameless:
    """A file on the disk of a directory that has no name yet; copies of the process write to the same."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._is_closed = False

    @classmethod
    def below(cls, directory: Path) -> Self | None:
        """Return one on the disk of `directory`, which is made; None where that has no files without names (Linux has them)."""
        try:
            directory.mkdir(parents=True, exist_ok=True)
            return cls(os.open(directory, os.O_TMPFILE | os.O_RDWR, 0o666))
        except (OSError, AttributeError):  # the last one: no system of ours
            return None

    def empty(self) -> None:
        """Drop what is in it: whoever had begun to write may have got half way."""
        os.ftruncate(self._file, 0)

    def data(self) -> BinaryIO:
        """Open it to write on at its end."""
        return os.fdopen(os.dup(self._file), "ab", _BUFFER)

    def append(self, other: Nameless) -> None:
        """Write what another one holds at its end."""
        os.lseek(self._file, 0, os.SEEK_END)
        at = 0
        while sent := os.sendfile(self._file, other._file, at, _MOST):
            at += sent

    def name(self, path: Path) -> None:
        """Give it a name, which others may have had, once; and give it back."""
        path.unlink(missing_ok=True)
        os.link(f"/proc/self/fd/{self._file}", path, src_dir_fd=self._file)  # the link in /proc is followed
        self.close()

    def close(self) -> None:
        """Give the file back, with what it holds if it has no name."""
        if not self._is_closed:
            self._is_closed = True
            os.close(self._file)
