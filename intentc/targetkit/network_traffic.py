"""What no rule of any target touches: packets to and from routers, link-local ones, multicast, neighbour discovery."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from intentc.resolve.model import Flow
from intentc.targetkit.packet_sets import EVERYTHING

_NOT_ROUTED = {4: ("169.254.0.0/16", "224.0.0.0/4"), 6: ("fe80::/10", "ff00::/8")}
_BROADCAST = "255.255.255.255/32"


def to_routers(infrastructure: tuple[str, ...], family: int) -> tuple[Flow, ...]:
    """Return the flows towards routers and within a link; neighbour discovery is among the latter (RFC 4861)."""
    every = EVERYTHING[family]
    return tuple(
        Flow(family, every.source, prefix) for prefix in (*addresses(infrastructure, family), *_NOT_ROUTED[family])
    )


def from_routers(infrastructure: tuple[str, ...], family: int) -> tuple[Flow, ...]:
    """Return the flows that routers send. Only where no hosts hang are these addresses believed."""
    every = EVERYTHING[family]
    local = _NOT_ROUTED[family][0]
    return tuple(Flow(family, prefix, every.destination) for prefix in (*addresses(infrastructure, family), local))


def never_routed(family: int) -> tuple[str, ...]:
    """Return the prefixes whose packets stay on a link, or go to groups."""
    return (*_NOT_ROUTED[family], _BROADCAST) if family == 4 else _NOT_ROUTED[family]


@lru_cache(maxsize=8)
def addresses(infrastructure: tuple[str, ...], family: int) -> tuple[str, ...]:
    """Return the routers' addresses as the fewest prefixes that hold them and nothing else."""
    if family == 4:
        found4 = [ipaddress.IPv4Network(text) for text in infrastructure if ":" not in text]
        return tuple(map(str, ipaddress.collapse_addresses(found4)))
    found6 = [ipaddress.IPv6Network(text) for text in infrastructure if ":" in text]
    return tuple(map(str, ipaddress.collapse_addresses(found6)))
