"""What is dropped at ports, read from the access lists in their slots; behind its last sequence a list of IOS XR denies."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from ipaddress import ip_network

from intentc.targetkit.kit import EVERYTHING, Flow, Screen, ScreenEntry, screens_of

from .owned import AccessList, Match, Side
from .readback import read

_PROTOCOLS = {"ip": "any", "ipv4": "any", "ipv6": "any", "icmpv6": "icmp"}


def screens(running: str, interfaces: Collection[str]) -> tuple[Screen, ...]:
    """Return what is dropped at those of `interfaces` that have access lists, sorted."""
    owned = read(running).owned
    lists = {4: {one.name: one for one in owned.lists4}, 6: {one.name: one for one in owned.lists6}}
    return screens_of(owned.ports, interfaces, lambda name, family: _entries(lists[family].get(name), family))


def _entries(known: AccessList | None, family: int) -> Iterator[ScreenEntry]:
    if known is None:
        return  # a list that is not there permits everything
    for one in known.sequences:
        yield from (ScreenEntry(_flow(match, family), is_dropped=True) for match in one.deny)
        yield from (
            ScreenEntry(_flow(match, family), is_dropped=False) for match in one.permit if match.icmp_type is None
        )
    yield ScreenEntry(EVERYTHING[family], is_dropped=True)


def _flow(match: Match, family: int) -> Flow:
    (source,), (destination,) = match.source, match.destination
    return Flow(
        family,
        _prefix(source, family),
        _prefix(destination, family),
        _PROTOCOLS.get(match.protocol, match.protocol),
        _ports(source),
        _ports(destination),
        match.dscp,
    )


def _prefix(side: Side, family: int) -> str:
    """Return the addresses of one side; raises `ValueError` for what is no prefix."""
    if side.is_any:
        return EVERYTHING[family].source
    return str(ip_network(side.host if side.host is not None else f"{side.address}/{side.length}"))


def _ports(side: Side) -> tuple[int, int] | None:
    if side.port is not None:
        return side.port, side.port
    return None if side.first_port is None or side.last_port is None else (side.first_port, side.last_port)
