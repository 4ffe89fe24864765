"""Words of IOS XR beside the numbers that mean the same: code points, protocols, well-known ports, units."""

from __future__ import annotations

from collections.abc import Callable

from intentc.targetkit.kit import Kind

_CODE_POINTS = {
    "default": 0,
    "ef": 46,
    **{f"cs{n}": 8 * n for n in range(1, 8)},
    **{f"af{n}{drop}": 8 * n + 2 * drop for n in range(1, 5) for drop in range(1, 4)},
}
_PROTOCOLS = {"1": "icmp", "58": "icmpv6", "6": "tcp", "17": "udp", "132": "sctp"}
_PORTS = {
    "echo": 7,
    "discard": 9,
    "daytime": 13,
    "chargen": 19,
    "ftpdata": 20,
    "ftp": 21,
    "ssh": 22,
    "telnet": 23,
    "smtp": 25,
    "time": 37,
    "nameserver": 42,
    "whois": 43,
    "tacacs": 49,
    "dns": 53,
    "bootps": 67,
    "bootpc": 68,
    "tftp": 69,
    "gopher": 70,
    "finger": 79,
    "www": 80,
    "hostname": 101,
    "pop2": 109,
    "pop3": 110,
    "sunrpc": 111,
    "ident": 113,
    "nntp": 119,
    "ntp": 123,
    "snmp": 161,
    "snmptrap": 162,
    "xdmcp": 177,
    "bgp": 179,
    "dnsix": 195,
    "irc": 194,
    "mobileip": 434,
    "https": 443,
    "pimautorp": 496,
    "isakmp": 500,
    "rip": 520,
    "uucp": 540,
    "klogin": 543,
    "kshell": 544,
    "ldp": 646,
}
_BPS = {"bps": 1, "kbps": 1_000, "mbps": 1_000_000, "gbps": 1_000_000_000}
_LARGEST = 2**32 - 1


def rate(bps: int, *, is_bound: bool) -> tuple[int, str]:
    """Return a rate that the model can hold; what is not exact is rounded down for a bound, else up."""
    if bps <= _LARGEST:
        return max(bps, 1), "bps"
    return (bps // 1_000 if is_bound else -(-bps // 1_000)), "kbps"


def in_bps(value: int, unit: str) -> tuple[int, str]:
    """Return a rate in bps whatever its unit; shares and sizes as they are."""
    return (value * _BPS[unit], "bps") if unit in _BPS else (value, unit)


def _code_point(text: str) -> int:
    return _CODE_POINTS[text] if text in _CODE_POINTS else int(text)


def _port(text: str) -> int:
    return _PORTS[text.lower()] if text.lower() in _PORTS else int(text)


def _protocol(any_word: str) -> Callable[[str], str]:
    """Return what reads a protocol of lists of one family: there its own word is any, and that of the other one is not."""

    def read(text: str) -> str:
        word = text.lower()
        return "ip" if word == any_word else _PROTOCOLS.get(word, word)

    return read


DSCP = Kind(str, _code_point)
PORT = Kind(str, _port)
PROTOCOL4 = Kind(lambda text: "ipv4" if text == "ip" else text, _protocol("ipv4"))
PROTOCOL6 = Kind(lambda text: "ipv6" if text == "ip" else text, _protocol("ipv6"))
