"""Sets of packets: what two flows have in common."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from intentc.targetkit.kit import Flow

EVERYTHING = {4: Flow(4, "0.0.0.0/0", "0.0.0.0/0"), 6: Flow(6, "::/0", "::/0")}
_Ports = tuple[int, int] | None


def meet(one: Flow, other: Flow) -> Flow | None:
    """Return the packets of both flows, which are a flow again; None where there are none."""
    if one.family != other.family:
        return None
    source, destination = _prefix(one.source, other.source), _prefix(one.destination, other.destination)
    protocol = _same(one.protocol, other.protocol, "any")
    dscp = _same(one.dscp, other.dscp, None)
    if source is None or destination is None or protocol is _NOTHING or dscp is _NOTHING:
        return None
    from_ports, to_ports = (
        _range(one.source_ports, other.source_ports),
        _range(one.destination_ports, other.destination_ports),
    )
    if from_ports is _NOTHING or to_ports is _NOTHING:
        return None
    return Flow(one.family, source, destination, str(protocol), from_ports, to_ports, dscp)  # type: ignore[arg-type]


_NOTHING = object()


def _same(one: object, other: object, anything: object) -> object:
    if one == anything:
        return other
    return one if other in (anything, one) else _NOTHING


def _range(one: _Ports, other: _Ports) -> object:
    if one is None or other is None:
        return one or other
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if low <= high else _NOTHING


@lru_cache(maxsize=4096)
def _prefix(one: str, other: str) -> str | None:
    first, second = ipaddress.ip_network(one), ipaddress.ip_network(other)
    if not first.overlaps(second):
        return None
    return str(first if first.prefixlen >= second.prefixlen else second)
