"""Words of SR Linux that have more than one spelling, as kinds of values: what a device prints back need not be what it was given."""

from __future__ import annotations

import ipaddress

from intentc.targetkit.kit import Kind

_DSCP = {"LE": 1, "EF": 46} | {f"CS{n}": 8 * n for n in range(8)}
_DSCP |= {f"AF{c}{d}": 8 * c + 2 * d for c in range(1, 5) for d in range(1, 4)}
_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmp6", "132": "sctp"}
_MESSAGES = {"neighbor-solicit": 135, "neighbor-advertise": 136}


def _dscp(text: str) -> int:
    return _DSCP[text] if text in _DSCP else int(text)


def _truth(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(text)
    return text == "true"


MESSAGE = Kind(str, lambda text: _MESSAGES[text] if text in _MESSAGES else int(text))
DSCP = Kind(str, _dscp)
TRUTH = Kind(lambda is_true: "true" if is_true else "false", _truth)
PREFIX = Kind(str, lambda text: str(ipaddress.ip_network(text)))
PROTOCOL = Kind(str, lambda text: _PROTOCOLS.get(text, text))
ADDRESS = Kind(str, lambda text: str(ipaddress.ip_address(text)))
