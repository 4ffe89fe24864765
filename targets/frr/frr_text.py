"""Reads owned FRR configuration: the fragment as rendered, or the owned lines of the running configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def read_frr(text: str) -> Mapping[str, Sequence[str]]:
    """Return the lines of each block (`bfd profile ITC`, `interface eth2`, `static routes`), sorted: their order does not count."""
    found: dict[str, list[str]] = {}
    block: list[str] = []
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith(("!", "#")):
            continue
        if line == "exit":
            block = block[:-1]
        elif line.startswith(("interface ", "bfd", "profile ")):
            block = [*block, line]
            if line != "bfd":
                found.setdefault(" ".join(block), [])
        else:
            found.setdefault(" ".join(block) or "static routes", []).append(line)
    return {place: sorted(lines) for place, lines in found.items()}
