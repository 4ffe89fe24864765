"""What is dropped at ports, read from the access lists in their slots; behind its last entry a list of IOS XE denies."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from ipaddress import ip_network

from intentc.targetkit.kit import EVERYTHING, Flow, Screen, ScreenEntry

from .owned import AccessList, Entry, Port
from .readback import read
from .words import SCTP

_PROTOCOLS = {"ip": "any", "ipv6": "any", SCTP: "sctp"}
_Slot = tuple[str, int, str | None]  # direction, family, the name of a list


def screens(running: str, interfaces: Collection[str]) -> tuple[Screen, ...]:
    """Return what is dropped at those of `interfaces` that have access lists, sorted."""
    owned = read(running).owned
    lists = {4: {one.name: one for one in owned.lists4}, 6: {one.name: one for one in owned.lists6}}
    return tuple(
        sorted(
            Screen(port.name, direction, family, tuple(_entries(lists[family].get(name), family)))
            for port in owned.ports
            if port.name in interfaces
            for direction, family, name in _slots(port)
            if name is not None
        )
    )


def _slots(port: Port) -> Iterator[_Slot]:
    yield "in", 4, port.in4 if port.is_in4 else None
    yield "out", 4, port.out4 if port.is_out4 else None
    yield from ((one.direction, 6, one.name) for one in port.filters6)


def _entries(known: AccessList | None, family: int) -> Iterator[ScreenEntry]:
    if known is None:
        return  # a list that is not there permits everything
    for one in known.entries:
        is_dropped = one.action == "deny"
        if is_dropped or one.message is None:
            yield ScreenEntry(_flow(one, family), is_dropped)
    yield ScreenEntry(EVERYTHING[family], is_dropped=True)


def _flow(one: Entry, family: int) -> Flow:
    every = EVERYTHING[family]
    return Flow(
        family,
        every.source if one.is_from_any else _prefix(one.from_host, one.from_prefix, one.from_mask),
        every.destination if one.is_to_any else _prefix(one.to_host, one.to_prefix, one.to_mask),
        _PROTOCOLS.get(one.protocol, one.protocol),
        _ports(one.from_port, one.from_first, one.from_last),
        _ports(one.to_port, one.to_first, one.to_last),
        one.dscp,
    )


def _prefix(host: str | None, prefix: str | None, mask: str | None) -> str:
    """Return one side of an entry; raises `ValueError` for what is none."""
    if host is not None:
        return str(ip_network(host))
    return str(ip_network(f"{prefix}/{mask}" if mask is not None else f"{prefix}"))


def _ports(one: int | None, first: int | None, last: int | None) -> tuple[int, int] | None:
    if one is not None:
        return one, one
    return None if first is None or last is None else (first, last)
