"""Regular expressions that are compiled when they are first used: a command defines some hundred, and uses a third of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

_compile = re.compile


class _Pattern:
    """Stands for a compiled expression; what is asked of that stays here, and is found without a detour the next time."""

    def __init__(self, text: str, flags: int) -> None:
        self._given = (text, flags)

    def __reduce__(self) -> tuple[Any, tuple[str, int]]:
        return pattern, self._given

    def __getattr__(self, name: str) -> Any:
        found = getattr(_compile(*self._given), name)
        setattr(self, name, found)
        return found


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what `re.compile` returns, but for the time that it takes; raises `re.error` at the first use."""
    return cast("re.Pattern[str]", _Pattern(text, flags))


@contextmanager
def put_off() -> Iterator[None]:
    """Let `re.compile` be `pattern`: for the import of libraries that define expressions for what is not used here."""
    re.compile = pattern  # type: ignore[assignment]  # as it is called by those libraries
    try:
        yield
    finally:
        re.compile = _compile
