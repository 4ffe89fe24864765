"""Whether two descriptions of flows mean the same packets, exactly."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from intentc.manifest.model import FlowEntry

# Family, then inclusive ranges of source and destination address, protocol number, both ports, and DSCP.
Box = tuple[tuple[int, int], ...]

_PROTOCOLS = {"tcp": 6, "udp": 17, "sctp": 132}
_ICMP = {4: 1, 6: 58}
_ANY_PORT = (0, 65535)


class NotAFlow(Exception):  # noqa: N818  (a statement about the manifest, not a failure here)
    """A flow of a manifest denotes no packets: a bad prefix, an unknown protocol, ranges upside down."""


def stray(
    flows: Sequence[FlowEntry],
    excepted: Sequence[FlowEntry],
    others: Sequence[FlowEntry],
    kept_out: Sequence[FlowEntry],
) -> FlowEntry | None:
    """Return a flow of `flows` with a packet outside `excepted` that is not in `others`, or is in `kept_out`; else None."""
    if frozenset(flows) <= frozenset(others) and frozenset(excepted) >= frozenset(kept_out):
        return None
    taken, held, barred = (list(map(box_of, each)) for each in (excepted, others, kept_out))
    for flow in flows:
        pieces = _left([box_of(flow)], taken)
        if _left(pieces, held) or any(_meets(piece, bar) for piece in pieces for bar in barred):
            return flow
    return None


def effective(flows: Sequence[FlowEntry], excepted: Sequence[FlowEntry]) -> tuple[FlowEntry, ...]:
    """Return the flows that still hold packets once those of `excepted` are taken out."""
    taken = list(map(box_of, excepted))
    return tuple(flow for flow in flows if not taken or _left([box_of(flow)], taken))


def box_of(flow: FlowEntry) -> Box:
    """Return the packets of a flow; raise `NotAFlow` for one that has none."""
    try:
        source, destination = ipaddress.ip_network(flow.source), ipaddress.ip_network(flow.destination)
    except ValueError as error:
        raise NotAFlow(str(error)) from error
    if source.version != flow.family or destination.version != flow.family:
        raise NotAFlow(f"{flow.source} and {flow.destination} are not both IPv{flow.family}")
    ranges = (
        (flow.family, flow.family),
        (int(source.network_address), int(source.broadcast_address)),
        (int(destination.network_address), int(destination.broadcast_address)),
        _protocol(flow),
        flow.source_ports or _ANY_PORT,
        flow.destination_ports or _ANY_PORT,
        (0, 63) if flow.dscp is None else (flow.dscp, flow.dscp),
    )
    if any(low > high for low, high in ranges):
        raise NotAFlow("a range runs backwards")
    return ranges


def _protocol(flow: FlowEntry) -> tuple[int, int]:
    if flow.protocol == "any":
        return (0, 255)
    number = _ICMP[flow.family] if flow.protocol == "icmp" else _PROTOCOLS.get(flow.protocol)
    if number is None:
        raise NotAFlow(f"protocol `{flow.protocol}` is unknown")
    return (number, number)


def _left(pieces: Iterable[Box], holes: Iterable[Box]) -> list[Box]:
    left = list(pieces)
    for hole in holes:
        left = [part for piece in left for part in _without(piece, hole)]
    return left


def _meets(box: Box, other: Box) -> bool:
    return all(low <= top and bottom <= high for (low, high), (bottom, top) in zip(box, other, strict=True))


def _without(box: Box, hole: Box) -> list[Box]:
    """Return disjoint boxes with what of `box` is not in `hole`."""
    if not _meets(box, hole):
        return [box]
    pieces: list[Box] = []
    rest = list(box)
    for axis, (bottom, top) in enumerate(hole):
        low, high = rest[axis]
        if low < bottom:
            pieces.append((*rest[:axis], (low, bottom - 1), *rest[axis + 1 :]))
        if high > top:
            pieces.append((*rest[:axis], (top + 1, high), *rest[axis + 1 :]))
        rest[axis] = (max(low, bottom), min(high, top))
    return pieces
