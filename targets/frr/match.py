"""Flows as matches of nft rules."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from intentc.targetkit.kit import Flow, Line, Origin
from intentc.values import frozen

from . import escape

_FAMILY = {4: ("ip", "ipv4"), 6: ("ip6", "ipv6")}
_ICMP = {4: "icmp", 6: "ipv6-icmp"}


@frozen
class Chain:
    """A chain that other rules jump to."""

    name: str
    lines: tuple[Line, ...]


def interfaces(key: str, names: Sequence[str], *, is_negated: bool = False) -> str:
    """Return a match on interfaces (`key` is `iifname` or `oifname`)."""
    quoted = [f'"{escape.interface(name)}"' for name in names]
    operator = "!= " if is_negated else ""
    return f"{key} {operator}{quoted[0]}" if len(quoted) == 1 else f"{key} {operator}{{ {', '.join(quoted)} }}"


def flow_match(flow: Flow) -> str:
    """Return a match on all parts of a flow."""
    field, family = _FAMILY[flow.family]
    parts: list[str] = []
    for side, text in (("saddr", flow.source), ("daddr", flow.destination)):
        if ipaddress.ip_network(text).prefixlen > 0:
            parts.append(f"{field} {side} {escape.prefix(text)}")
    if flow.dscp is not None:
        parts.append(f"{field} dscp {flow.dscp}")
    if not parts:
        parts.append(f"meta nfproto {family}")
    return " ".join([*parts, *_protocol(flow)])


def dscp_set(flow: Flow, dscp: int) -> str:
    """Return the statement that sets the code point; the two ECN bits stay (RFC 3168)."""
    return f"{_FAMILY[flow.family][0]} dscp set {dscp}"


def with_exceptions(
    name: str, match: str, excepted: Iterable[Flow], action: str, origin: Origin
) -> tuple[tuple[Line, ...], tuple[Chain, ...]]:
    """Return the rules that do `action` with what matches, and the chain that they need where there are exceptions.

    An excepted packet comes back from the chain and meets the next rules.
    """
    holes = tuple(excepted)
    if not holes:
        return (Line(f"{match} {action}", origin),), ()
    lines = (*(Line(f"{flow_match(hole)} return", origin) for hole in holes), Line(action, origin))
    return (Line(f"{match} jump {name}", origin),), (Chain(name, lines),)


def _protocol(flow: Flow) -> list[str]:
    if flow.protocol == "any":
        return []
    if flow.protocol == "icmp":
        return [f"meta l4proto {_ICMP[flow.family]}"]
    if flow.protocol not in {"tcp", "udp", "sctp"}:
        raise ValueError(f"not a protocol: {flow.protocol!r}")
    ports = [
        f"{flow.protocol} {side} {_range(limits)}"
        for side, limits in (("sport", flow.source_ports), ("dport", flow.destination_ports))
        if limits is not None
    ]
    return ports or [f"meta l4proto {flow.protocol}"]


def _range(limits: tuple[int, int]) -> str:
    low, high = limits
    return f"{low}" if low == high else f"{low}-{high}"
