"""Unified diffs of owned files, as an engineer would make them on the device."""

from __future__ import annotations

import difflib
from collections.abc import Mapping


def unified(node: str, old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """Return the lines of a unified diff from `old` to `new` (text by file name), by file in sorted order."""
    lines: list[str] = []
    for name in sorted(old.keys() | new.keys()):
        was, will = old.get(name, ""), new.get(name, "")
        if was != will:
            lines += difflib.unified_diff(
                was.splitlines(),
                will.splitlines(),
                f"{node}/{name} (running)",
                f"{node}/{name} (planned)",
                lineterm="",
            )
    return tuple(lines)
