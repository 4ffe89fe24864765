"""Sets of packets, exactly: a flow is a box over six axes, and boxes are intersected, subtracted and sampled.

The axes are source and destination address, protocol, source and destination port, and DSCP. Protocols without ports of
their own fill the whole port axes, so `any` and `tcp/443` compare as they should.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence

from intentc.resolve.model import Flow
from intentc.resolve.prefixes import address_text, network

# low and high of each axis, in the order of the page's first sentence
Box = tuple[int, int, int, int, int, int, int, int, int, int, int, int]

_PROTOCOLS = ("tcp", "udp", "sctp", "icmp")
_OTHER = len(_PROTOCOLS)  # everything else: one value stands for all
_RANGES = {"any": (0, _OTHER)} | {name: (number, number) for number, name in enumerate(_PROTOCOLS)}
_ALL_PORTS = (0, 65535)
_ALL_DSCP = (0, 63)


def box(flow: Flow) -> Box:
    """Return the packets of a flow (its family is not part of the box)."""
    source, destination = network(flow.source), network(flow.destination)
    return (
        source.low,
        source.high,
        destination.low,
        destination.high,
        *_RANGES[flow.protocol],
        *(flow.source_ports or _ALL_PORTS),
        *(flow.destination_ports or _ALL_PORTS),
        *((flow.dscp, flow.dscp) if flow.dscp is not None else _ALL_DSCP),
    )


def meet(one: Box, other: Box) -> Box | None:
    """Return the packets in both boxes."""
    for axis in (2, 0, 8, 4, 6, 10):  # destinations differ most often: out early
        if one[axis] > other[axis + 1] or other[axis] > one[axis + 1]:
            return None
    return (
        max(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        min(one[3], other[3]),
        max(one[4], other[4]),
        min(one[5], other[5]),
        max(one[6], other[6]),
        min(one[7], other[7]),
        max(one[8], other[8]),
        min(one[9], other[9]),
        max(one[10], other[10]),
        min(one[11], other[11]),
    )


def subtract(whole: Box, hole: Box) -> list[Box]:
    """Return disjoint boxes with the packets of `whole` that are not in `hole`."""
    shared = meet(whole, hole)
    if shared is None:
        return [whole]
    parts: list[Box] = []
    rest = list(whole)
    for axis in range(0, 12, 2):
        if rest[axis] < shared[axis]:
            parts.append(_with(rest, axis, rest[axis], shared[axis] - 1))
        if shared[axis + 1] < rest[axis + 1]:
            parts.append(_with(rest, axis, shared[axis + 1] + 1, rest[axis + 1]))
        rest[axis], rest[axis + 1] = shared[axis], shared[axis + 1]
    return parts


def _with(base: Sequence[int], axis: int, low: int, high: int) -> Box:
    changed = list(base)
    changed[axis], changed[axis + 1] = low, high
    a, b, c, d, e, f, g, h, i, j, k, last = changed
    return (a, b, c, d, e, f, g, h, i, j, k, last)


def remainder(whole: Box, holes: Iterable[Box]) -> list[Box]:
    """Return disjoint boxes with the packets of `whole` that are in none of `holes`."""
    parts = [whole]
    for hole in holes:
        if not parts:
            break
        parts = [piece for part in parts for piece in subtract(part, hole)]
    return parts


def is_covered(whole: Box, covers: Iterable[Box]) -> bool:
    """Return whether every packet of `whole` is in one of `covers`; the first packet that is not ends the search."""
    tried = tuple(covers)
    rest = [(whole, 0)]  # what is left of the box, and the cover that is to be tried next on it
    while rest:
        part, number = rest.pop()
        while number < len(tried) and meet(part, tried[number]) is None:
            number += 1
        if number == len(tried):
            return False
        rest += [(piece, number + 1) for piece in subtract(part, tried[number])]
    return True


def flows_of(family: int, piece: Box) -> Iterator[Flow] | None:
    """Return flows that together are the packets of a box, or None: some protocols but not all have no common name."""
    low, high = piece[4], piece[5]
    if high == _OTHER and low != 0:
        return None
    return _flows(family, piece, ("any",) if high == _OTHER else _PROTOCOLS[low : high + 1])


def _flows(family: int, piece: Box, protocols: Sequence[str]) -> Iterator[Flow]:
    dscps: Iterable[int | None] = (None,) if piece[10:12] == _ALL_DSCP else range(piece[10], piece[11] + 1)
    for protocol in protocols:
        for source in _prefixes(family, piece[0], piece[1]):
            for destination in _prefixes(family, piece[2], piece[3]):
                for dscp in dscps:
                    ports = (_ports(piece[6], piece[7]), _ports(piece[8], piece[9]))
                    yield Flow(family, source, destination, protocol, *ports, dscp)


def _ports(low: int, high: int) -> tuple[int, int] | None:
    return None if (low, high) == _ALL_PORTS else (low, high)


def _prefixes(family: int, low: int, high: int) -> list[str]:
    kind = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address
    return [str(prefix) for prefix in ipaddress.summarize_address_range(kind(low), kind(high))]


def example(family: int, piece: Box) -> str:
    """Return one packet of the box in words, with ports and addresses as hosts use them where the box has such."""
    source, destination = (_host(family, piece[axis], piece[axis + 1]) for axis in (0, 2))
    protocol = (*_PROTOCOLS, "esp")[piece[4]]  # a box of several protocols is shown by its first
    dscp = f", dscp {piece[10]}"
    if protocol in {"icmp", "esp"}:
        return f"{protocol} {source} -> {destination}{dscp}"
    ports = [max(piece[axis], min(1024, piece[axis + 1])) for axis in (6, 8)]
    return f"{protocol} {_socket(family, source, ports[0])} -> {_socket(family, destination, ports[1])}{dscp}"


def _host(family: int, low: int, high: int) -> str:
    return address_text(family, low + 1 if high > low + 1 else low)


def _socket(family: int, address: str, port: int) -> str:
    return f"{address}:{port}" if family == 4 else f"[{address}]:{port}"
