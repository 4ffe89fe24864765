from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the help for a name that nobody has: the nearest known one, if any is near."""
    near = difflib.get_close_matches(text, sorted(set(known)), n=1, cutoff=0.6)
    return tuple(f"did you mean `{name}`?" for name in near)
