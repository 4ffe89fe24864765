"""A value that this process tells its copies when it knows it: they look now and then, and nobody waits."""

from __future__ import annotations

import mmap
import pickle
import zlib
from typing import Generic, TypeVar

Value = TypeVar("Value")
_MOST_BYTES = 1 << 18
_WORD = 8  # bytes


class Board(Generic[Value]):
    """Memory that this process shares with the copies that it makes from now on, for one value, of which it is told that it is whole.

    One that is too long is never told.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _MOST_BYTES)

    def write(self, value: Value) -> None:
        """Tell a value; the first one stays."""
        said = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        if self._count or len(said) > _MOST_BYTES - 2 * _WORD:
            return
        self._memory[2 * _WORD : 2 * _WORD + len(said)] = said
        self._memory[_WORD : 2 * _WORD] = zlib.crc32(said).to_bytes(_WORD, "little")
        self._memory[:_WORD] = len(said).to_bytes(_WORD, "little")

    def read(self) -> Value | None:
        """Return the value; None where none has been told, or not all of it is seen yet."""
        said = self._memory[2 * _WORD : 2 * _WORD + self._count]
        if not said or zlib.crc32(said).to_bytes(_WORD, "little") != self._memory[_WORD : 2 * _WORD]:
            return None
        found: Value = pickle.loads(said)  # noqa: S301  (a process that we are a copy of wrote it)
        return found

    @property
    def _count(self) -> int:
        """Return how many bytes there are, no more than there can be."""
        return min(int.from_bytes(self._memory[:_WORD], "little"), _MOST_BYTES - 2 * _WORD)
