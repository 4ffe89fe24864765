"""How Junos writes values: rates, code points, ports, protocols. What it accepts in several spellings is read in all of them."""

from __future__ import annotations

import ipaddress
import re

from intentc.targetkit.kit import Kind

_UNITS = {"": 1, "k": 1000, "m": 1000_000, "g": 1000_000_000}
_RATE = re.compile(r"(\d+)([kmg]?)", re.IGNORECASE)
_CODE = re.compile(r"[01]{6}|[01]{3}")
_NAMES = {"be": 0, "ef": 46, "nc1": 48, "nc2": 56, **{f"cs{n}": 8 * n for n in range(1, 8)}}
_NAMES |= {f"af{c}{d}": 8 * c + 2 * d for c in range(1, 5) for d in range(1, 4)}
_PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "icmp6": 58, "icmpv6": 58, "sctp": 132}
_SPELT = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp6", 132: "sctp"}


def _rate(text: str) -> int:
    found = _RATE.fullmatch(text)
    if found is None:
        raise ValueError(f"not a rate: {text!r}")
    return int(found[1]) * _UNITS[found[2].lower()]


def _code(text: str) -> int:
    if _CODE.fullmatch(text):
        return int(text, 2)
    if text not in _NAMES:
        raise ValueError(f"not a code point: {text!r}")
    return _NAMES[text]


def _dscp(text: str) -> int:
    return _NAMES[text] if text in _NAMES else int(text, 0)


def _ports(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    return int(low), int(high or low)


def _protocol(text: str) -> str:
    number = _PROTOCOLS[text] if text in _PROTOCOLS else int(text)
    return _SPELT.get(number, str(number))


RATE = Kind(str, _rate)  # also sizes: both have the same units
DSCP_BITS = Kind(lambda value: f"{value:06b}", _code)
EXP_BITS = Kind(lambda value: f"{value:03b}", _code)
DSCP = Kind(str, _dscp)
PORTS = Kind(lambda value: f"{value[0]}" if value[0] == value[1] else f"{value[0]}-{value[1]}", _ports)
PROTOCOL = Kind(str, _protocol)
PREFIX = Kind(str, lambda text: str(ipaddress.ip_network(text)))
ADDRESS = Kind(str, lambda text: str(ipaddress.ip_address(text)))
