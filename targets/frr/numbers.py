"""The numbers that are intentc's on a Linux router (targets/README.md lists them), and how they are given out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

# Steering: a list of waypoints has a 16-bit number; table, mark and rule follow from it.
TABLE_BASE = 1_100_000
MARK_MASK = 0x0FFF_F000
MARK_SHIFT = 12
RULE_PREFERENCE = 10_000
LAST_NUMBER = 0xFFFF

# Queues: handles are hexadecimal, as tc writes them.
ROOT_HANDLE = "1ca0"
ROOT_CLASS = f"{ROOT_HANDLE}:1"
CONTROL_CLASS = f"{ROOT_HANDLE}:10"

BFD_PROFILE = "ITC"
NETWORK_CONTROL = (48, 56)  # CS6 and CS7 (RFC 4594 §3.2): what routers say to each other


def class_id(dscp: int) -> str:
    """Return the class that packets with a code point belong to: the same on every port."""
    return f"{ROOT_HANDLE}:{0x100 + dscp:x}"


def leaf_handle(dscp: int) -> str:
    """Return the handle of the queue below `class_id(dscp)`."""
    return f"{0x1D00 + dscp:x}"


def numbers_for(keys: Iterable[str]) -> dict[str, int]:
    """Return a number for each key, from 1 to 65535.

    A number follows from the key alone, so it stays when other keys come and go; two keys with the same one are moved
    apart in the order of the keys.
    """
    taken: dict[int, str] = {}
    for key in sorted(keys):
        number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % LAST_NUMBER + 1
        while number in taken:
            number = number % LAST_NUMBER + 1
        taken[number] = key
    return {key: number for number, key in taken.items()}


def mark_of(number: int) -> int:
    """Return the mark of packets that are steered by a table."""
    return number << MARK_SHIFT
