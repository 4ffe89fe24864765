"""The addresses that are intentc's on an EOS device (targets/README.md lists them): each stands for a list of waypoints.

198.18.0.0/15 is set aside for benchmarks (RFC 2544, RFC 6890), so no network forwards to it.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable

BASE = ipaddress.IPv4Network("198.18.0.0/15")
_LAST = BASE.num_addresses - 2
Key = tuple[tuple[str, ...], bool]  # waypoints, and whether nothing else may happen


def addresses_for(keys: Iterable[Key]) -> dict[Key, str]:
    """Return an address for each list of waypoints, which follows from the list alone, so it stays when others come and go.

    Two lists with the same number are moved apart in the order of the lists.
    """
    taken: dict[int, Key] = {}
    for key in sorted(keys):
        text = " ".join((*key[0], "closed" if key[1] else "open"))
        number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % _LAST + 1
        while number in taken:
            number = number % _LAST + 1
        taken[number] = key
    return {key: str(BASE[number]) for number, key in taken.items()}


def is_reserved(prefix: str) -> bool:
    """Return whether a prefix lies in what is intentc's."""
    network = ipaddress.ip_network(prefix)
    return isinstance(network, ipaddress.IPv4Network) and network.subnet_of(BASE)
