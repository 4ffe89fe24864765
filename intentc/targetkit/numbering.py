"""Numbers for named things on devices that know them by number only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def numbers_for(names: Iterable[str], room: range) -> dict[str, int]:
    """Return a number of `room` for each name, which follows from the name alone, so it stays when others come and go.

    Names with the same number are moved apart in the order of the names. Raises `ValueError` for more names than numbers.
    """
    ordered = sorted(set(names))
    if len(ordered) > len(room):
        raise ValueError(f"{len(ordered)} names for {len(room)} numbers")
    taken: dict[int, str] = {}
    for name in ordered:
        place = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % len(room)
        while place in taken:
            place = (place + 1) % len(room)
        taken[place] = name
    return {name: room[place] for place, name in sorted(taken.items())}
