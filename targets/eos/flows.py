"""Flows as lines of access lists, and the packets that no rule touches."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from intentc.targetkit.kit import EVERYTHING, Fleet, Flow, Origin

from . import escape
from .entries import has_ports
from .owned import AccessList, Entry

FAMILIES = (4, 6)
_STEP = 10
_MOST = 4_294_967_295 // _STEP
_NOT_ROUTED = {4: ("169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32"), 6: ("fe80::/10", "ff00::/8")}


def entry(flow: Flow, action: str = "permit", origin: Origin | None = None) -> Entry:
    """Return the line for a flow, not numbered yet; raises `ValueError` for what is not of the known form."""
    protocol = escape.protocol(flow.protocol)
    is_numbered = has_ports(protocol)
    return Entry(
        0,
        action,
        None,
        "ip" if protocol == "any" else protocol,
        escape.prefix(flow.source),
        flow.source_ports if is_numbered else None,
        escape.prefix(flow.destination),
        flow.destination_ports if is_numbered else None,
        None,
        None if flow.dscp is None else escape.dscp(flow.dscp),
        origin,
    )


def access_list(name: str, entries: Iterable[Entry], *, is_counting: bool = False) -> AccessList:
    """Return a list with its lines numbered in order."""
    numbered = tuple(replace(one, number=index * _STEP) for index, one in enumerate(entries, 1))
    if len(numbered) > _MOST:
        raise ValueError(f"not an access list: {len(numbered)} lines")
    return AccessList(name, is_counting, numbered)


def to_routers(fleet: Fleet, family: int) -> tuple[Flow, ...]:
    """Return the flows towards routers, groups and within a link; neighbour discovery is among them (RFC 4861)."""
    return tuple(
        replace(EVERYTHING[family], destination=prefix)
        for prefix in (*_addresses(fleet.infrastructure, family), *_NOT_ROUTED[family])
    )


def from_routers(fleet: Fleet, family: int) -> tuple[Flow, ...]:
    """Return the flows that routers send. Only where no hosts hang are these addresses believed."""
    prefixes = (*_addresses(fleet.infrastructure, family), _NOT_ROUTED[family][0])
    return tuple(replace(EVERYTHING[family], source=prefix) for prefix in prefixes)


@lru_cache(maxsize=8)
def _addresses(infrastructure: tuple[str, ...], family: int) -> tuple[str, ...]:
    """Return the routers' addresses as the fewest prefixes that hold them and nothing else."""
    return tuple(map(str, _collapsed([text for text in infrastructure if (":" in text) == (family == 6)], family)))


def _collapsed(texts: list[str], family: int) -> Iterator[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    if family == 4:
        yield from ipaddress.collapse_addresses(map(ipaddress.IPv4Network, texts))
    else:
        yield from ipaddress.collapse_addresses(map(ipaddress.IPv6Network, texts))
