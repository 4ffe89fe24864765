"""The numbers that are intentc's on an IOS XE router (targets/README.md lists them), and how they are given out.

Route maps forward to addresses. A list of waypoints, the way into an SR policy and the way to nowhere are host routes to addresses
that nobody has: 198.18.0.0/15 is set aside for benchmarks (RFC 2544, RFC 6890).
"""

from __future__ import annotations

import ipaddress

BASE4 = ipaddress.IPv4Network("198.18.0.0/15")
BASE6 = ipaddress.IPv6Network("fd49:5443::/96")
ENTRIES = range(1, BASE4.num_addresses - 1)  # the first and the last address are left alone
TRACKS = range(801, 1001)  # a static route takes no number above 1000
OPERATIONS = range(2000, 3000)
COLORS = range(3 << 30, (1 << 32) - 1)  # above those of the IR
SESSIONS = range(51, 101)  # a responder has 100
SUBSCRIPTIONS = range(1_949_400_001, 1_949_500_001)


def entry_address(number: int, family: int) -> str:
    """Return the address that stands for the entry of that number."""
    return str((BASE4 if family == 4 else BASE6)[number])


def is_reserved(text: str) -> bool:
    """Return whether an address, or a host prefix, is one of those that stand for entries."""
    found = ipaddress.ip_interface(text).ip
    return found in (BASE4 if found.version == 4 else BASE6)
