"""One spelling of what devices may write in several: prefixes and hosts of entries, ways of routes."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from ipaddress import ip_interface, ip_network
from typing import Any

from .owned import Entry, Route, Way

_BITS = 32


def settled(value: Any) -> Any:
    """Return a value in one spelling: prefixes and addresses in their canonical text, hosts as hosts."""
    if isinstance(value, tuple):
        return tuple(settled(item) for item in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    found = replace(value, **{item.name: settled(getattr(value, item.name)) for item in fields(value)})
    if isinstance(found, Route):
        return replace(found, tracked=_by_hop(found.tracked), untracked=_by_hop(found.untracked))
    return _side(_side(found, "from"), "to") if isinstance(found, Entry) else found


def _by_hop(ways: tuple[Way, ...]) -> tuple[Way, ...]:
    """Return the ways of a route in one order: their distances say which is preferred."""
    return tuple(sorted(ways, key=lambda way: str(way.hop)))


def _side(entry: Entry, side: str) -> Entry:
    """Return an entry with one of its sides in one spelling; what is no address or prefix stays as it is."""
    prefix, mask, host = (getattr(entry, f"{side}_{part}") for part in ("prefix", "mask", "host"))
    changes: dict[str, Any] = {}
    try:
        if host is not None:
            changes = {f"{side}_host": str(ip_interface(host).ip)}
        elif prefix is not None and (mask is not None or "/" in prefix):
            changes = _network(side, prefix, mask)
    except ValueError:
        return entry
    return replace(entry, **changes)


def _length(wildcard: str) -> int:
    """Return the length of the prefix that a wildcard mask leaves; raises `ValueError` for bits that do not follow each other."""
    bits = int(ip_interface(wildcard).ip)
    if bits & (bits + 1):
        raise ValueError(f"not the mask of a prefix: {wildcard!r}")
    return _BITS - bits.bit_length()


def _network(side: str, prefix: str, mask: str | None) -> dict[str, Any]:
    network = ip_network(prefix if mask is None else f"{prefix}/{_length(mask)}")
    if network.prefixlen == 0:
        return {f"{side}_prefix": None, f"{side}_mask": None, f"is_{side}_any": True}
    if network.prefixlen == network.max_prefixlen:
        return {f"{side}_prefix": None, f"{side}_mask": None, f"{side}_host": str(network.network_address)}
    return {} if network.version == 4 else {f"{side}_prefix": str(network)}
