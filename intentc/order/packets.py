"""Packets that every rule of the network treats alike: flows cut into boxes, with one packet standing for each box."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from functools import cache

from intentc.manifest.model import FlowEntry
from intentc.resolve.model import Flow
from intentc.values import frozen, replace
from intentc.verify.packets import Box, box_of

_FAMILY, _SOURCE, _DESTINATION, _PROTOCOL, _SOURCE_PORT, _PORT, _DSCP = range(7)


@frozen
class Packet:
    """One packet: addresses and ports as numbers. `dscp` is as it is now; marking changes it."""

    family: int
    source: int
    destination: int
    protocol: int
    source_port: int
    port: int
    dscp: int

    @property
    def target(self) -> str:
        """Return the destination as a host prefix."""
        return str(ipaddress.ip_network((_address(self.family, self.destination), 32 if self.family == 4 else 128)))

    @property
    def words(self) -> str:
        """Return source and destination as text."""
        return f"{_address(self.family, self.source)} → {_address(self.family, self.destination)}"


def with_dscp(packet: Packet, dscp: int) -> Packet:
    """Return a packet with another code point."""
    return replace(packet, dscp=dscp)


@cache
def box(flow: Flow) -> Box:
    """Return the packets of a flow, part by part."""
    return box_of(
        FlowEntry(
            flow.family,
            flow.source,
            flow.destination,
            flow.protocol,
            flow.source_ports,
            flow.destination_ports,
            flow.dscp,
        )
    )


def is_in(packet: Packet, flow: Flow) -> bool:
    """Return whether a packet belongs to a flow."""
    ranges = box(flow)
    return (
        ranges[_FAMILY][0] == packet.family
        and ranges[_DESTINATION][0] <= packet.destination <= ranges[_DESTINATION][1]
        and ranges[_SOURCE][0] <= packet.source <= ranges[_SOURCE][1]
        and ranges[_PROTOCOL][0] <= packet.protocol <= ranges[_PROTOCOL][1]
        and ranges[_PORT][0] <= packet.port <= ranges[_PORT][1]
        and ranges[_SOURCE_PORT][0] <= packet.source_port <= ranges[_SOURCE_PORT][1]
        and ranges[_DSCP][0] <= packet.dscp <= ranges[_DSCP][1]
    )


def is_meant(packet: Packet, flow: Flow, excepted: Sequence[Flow]) -> bool:
    """Return whether a rule for `flow` but not `excepted` acts on a packet."""
    return is_in(packet, flow) and not any(is_in(packet, other) for other in excepted)


def do_meet(one: Flow, other: Flow) -> bool:
    """Return whether two flows have a packet in common."""
    return _meets(box(one), box(other))


class Atlas:
    """All flows that rules speak of; it cuts one flow so finely that no rule tells the packets of a piece apart."""

    def __init__(self, flows: Iterable[Flow]) -> None:
        self._by_destination: dict[tuple[int, int, int], list[Box]] = {}
        for ranges in sorted({box(flow) for flow in flows}):
            self._by_destination.setdefault((ranges[_FAMILY][0], *ranges[_DESTINATION]), []).append(ranges)
        self._around: dict[tuple[int, int, int], list[Box]] = {}

    def pieces(self, flow: Flow) -> tuple[Packet, ...]:
        """Return a packet of every piece of `flow`, in order."""
        whole = box(flow)
        pieces = [whole]
        for other in self._near(whole):
            pieces = [part for piece in pieces for part in _cut(piece, other)]
        return tuple(_sample(piece) for piece in sorted(pieces))

    def _near(self, whole: Box) -> list[Box]:
        key = (whole[_FAMILY][0], *whole[_DESTINATION])
        if key not in self._around:
            self._around[key] = [
                ranges
                for (family, low, high), found in self._by_destination.items()
                if family == key[0] and low <= key[2] and key[1] <= high
                for ranges in found
            ]
        return [ranges for ranges in self._around[key] if ranges != whole and _meets(ranges, whole)]


def _address(family: int, value: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.IPv4Address(value) if family == 4 else ipaddress.IPv6Address(value)


def _sample(piece: Box) -> Packet:
    return Packet(*(low for low, _ in piece))


def _meets(one: Box, other: Box) -> bool:
    return all(low <= top and bottom <= high for (low, high), (bottom, top) in zip(one, other, strict=True))


def _cut(piece: Box, other: Box) -> list[Box]:
    """Return disjoint boxes that make up `piece`, each wholly inside or wholly outside `other`."""
    if not _meets(piece, other):
        return [piece]
    found: list[Box] = []
    rest = list(piece)
    for axis, (bottom, top) in enumerate(other):
        low, high = rest[axis]
        if low < bottom:
            found.append((*rest[:axis], (low, bottom - 1), *rest[axis + 1 :]))
        if high > top:
            found.append((*rest[:axis], (top + 1, high), *rest[axis + 1 :]))
        rest[axis] = (max(low, bottom), min(high, top))
    return [*found, tuple(rest)]
