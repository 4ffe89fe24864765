"""Addresses and prefixes that may stand in a configuration: none with a zone, which may be any text (RFC 4007, section 11)."""

from __future__ import annotations

import ipaddress


def plain_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return an address; raises `ValueError` for anything else."""
    return ipaddress.ip_address(_without_zone(text))


def plain_network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Return a prefix; raises `ValueError` for anything else."""
    return ipaddress.ip_network(_without_zone(text))


def _without_zone(text: str) -> str:
    if "%" in text:
        raise ValueError(f"not an address: {text!r}")
    return text
