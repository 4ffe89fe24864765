"""Long files that are written again and again: what one says of a value is copied from where that was written the last time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from intentc.values import frozen

_BUFFER = 1 << 18  # bytes


@frozen
class About:
    """A piece of a file that says something of a value and of nothing else, and what makes it."""

    value: object
    make: Callable[[], bytes]


class Again:
    """A file that is written anew each time, and where in it stands what it says of which value.

    The file is held open, so that whoever puts another one in its place, or removes it, changes nothing of what is copied; whoever writes
    to that very file has all of it made again. It holds the values: none that comes later is taken for one of them.
    """

    def __init__(self) -> None:
        self._file: int | None = None
        self._mark: tuple[int, int] | None = None
        self._places: dict[int, tuple[object, int, int]] = {}

    def write(self, pieces: Iterable[bytes | About], path: Path) -> None:
        """Write a file of these pieces, which may take the place of another one at `path`; raises `OSError`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # never written over what is copied from
        known = self._places if self._mark is not None and self._mark == self._marked() else {}
        places: dict[int, tuple[object, int, int]] = {}
        with path.open("wb", buffering=_BUFFER) as stream:
            at = 0
            for piece in pieces:
                data = piece if isinstance(piece, bytes) else self._piece(piece, known)
                stream.write(data)
                if not isinstance(piece, bytes):
                    places[id(piece.value)] = piece.value, at, len(data)
                at += len(data)
        self._hold(path, places)

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            os.close(self._file)
        self._file, self._mark, self._places = None, None, {}

    def _piece(self, piece: About, known: dict[int, tuple[object, int, int]]) -> bytes:
        found = known.get(id(piece.value))
        if found is None or self._file is None:
            return piece.make()
        _, at, size = found
        data = os.pread(self._file, size, at)
        return data if len(data) == size else piece.make()

    def _hold(self, path: Path, places: dict[int, tuple[object, int, int]]) -> None:
        self.close()
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._mark, self._places = self._marked(), places

    def _marked(self) -> tuple[int, int] | None:
        """Return when it was last written to, and its size."""
        if self._file is None:
            return None
        found = os.fstat(self._file)
        return found.st_mtime_ns, found.st_size
