"""Whose software answers, by what only one platform's devices say of themselves. The words are data of the targets (`declares`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Marks = Mapping[
    str, tuple[str, ...]
]  # platform -> beginnings of what its devices declare: models, capabilities, makers

NO_MARKS: Marks = {}


def find_platform(declared: Sequence[str], expected: str, marks: Marks) -> str:
    """Return the platform that a device's declarations leave no doubt of; "" where they do, or where `expected` has no marks.

    A target without marks, such as a model of several vendors, is taken at the topology's word.
    """
    if expected not in marks:
        return ""
    found = [name for name, words in sorted(marks.items()) if any(word.startswith(words) for word in declared)]
    return found[0] if len(found) == 1 else ""
