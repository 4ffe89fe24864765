"""The numbers that are intentc's on an IOS XR router (targets/README.md lists them), and how they are given out.

Access lists forward to addresses. The way into an SR policy is a host route to an address that nobody has, and so is the way to
nowhere: 198.18.0.0/15 is set aside for benchmarks (RFC 2544, RFC 6890), 100::/64 for discarding (RFC 6666).
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable

BASE4 = ipaddress.IPv4Network("198.18.0.0/15")
BASE6 = ipaddress.IPv6Network("fd49:5443::/96")
NOWHERE = {4: "198.19.255.255", 6: "100::1"}
OPERATIONS = (2000, 2048)  # of IP SLA, which has none above
IPSLA_PORT = 50_862  # where IP SLA of ours is answered
SESSIONS = (60_001, 65_535)  # of TWAMP Light
_LAST = BASE4.num_addresses - 2  # the last one is NOWHERE


def entries_for(names: Iterable[str]) -> dict[str, int]:
    """Return a number for each SR policy, which follows from its name alone, so it stays when others come and go.

    Two names with the same number are moved apart in the order of the names.
    """
    return _numbered(names, 1, _LAST)


def sessions_for(names: Iterable[str]) -> dict[str, int]:
    """Return the number of the test session for each node that measures, in the same way."""
    return _numbered(names, *SESSIONS)


def operations_for(names: Iterable[str]) -> dict[str, int]:
    """Return the number of the IP SLA operation of each measurement, in the same way; raises `ValueError` for too many."""
    found = set(names)
    if len(found) > OPERATIONS[1] - OPERATIONS[0] + 1:
        raise ValueError(f"{len(found)} measurements, and there are numbers {OPERATIONS[0]} to {OPERATIONS[1]}")
    return _numbered(found, *OPERATIONS)


def is_own_operation(number: int | None) -> bool:
    """Return whether an IP SLA operation's number is one that intentc gives out (None: it was not read)."""
    return number is not None and OPERATIONS[0] <= number <= OPERATIONS[1]


def _numbered(names: Iterable[str], first: int, last: int) -> dict[str, int]:
    count = last - first + 1
    taken: dict[int, str] = {}
    for name in sorted(names):
        place = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % count
        while place in taken:
            place = (place + 1) % count
        taken[place] = name
    return {name: first + place for place, name in taken.items()}


def entry_address(number: int, family: int) -> str:
    """Return the address by which packets of a family enter the SR policy of that number."""
    return str((BASE4 if family == 4 else BASE6)[number])


def is_own_session(number: int | None) -> bool:
    """Return whether a test session's number is one that intentc gives out (None: it was not read)."""
    return number is not None and SESSIONS[0] <= number <= SESSIONS[1]


def is_reserved(text: str) -> bool:
    """Return whether an address is one of those that stand for SR policies or for nowhere."""
    if text in NOWHERE.values():
        return True
    found = ipaddress.ip_address(text)
    return found in (BASE4 if found.version == 4 else BASE6)
