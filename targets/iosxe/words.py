"""Words of IOS XE beside the numbers that mean the same: protocols, well-known ports."""

from __future__ import annotations

from intentc.targetkit.kit import Kind

SCTP = "132"  # IPv4 access lists have no word for it
_PROTOCOLS = {"1": "icmp", "58": "icmp", "6": "tcp", "17": "udp", "sctp": SCTP}
_PORTS = {
    "echo": 7,
    "discard": 9,
    "daytime": 13,
    "chargen": 19,
    "ftp-data": 20,
    "ftp": 21,
    "telnet": 23,
    "smtp": 25,
    "time": 37,
    "nameserver": 42,
    "whois": 43,
    "tacacs": 49,
    "domain": 53,
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
    "msrpc": 135,
    "netbios-ns": 137,
    "netbios-dgm": 138,
    "netbios-ss": 139,
    "snmp": 161,
    "snmptrap": 162,
    "xdmcp": 177,
    "bgp": 179,
    "irc": 194,
    "dnsix": 195,
    "mobile-ip": 434,
    "pim-auto-rp": 496,
    "isakmp": 500,
    "biff": 512,
    "exec": 512,
    "login": 513,
    "who": 513,
    "cmd": 514,
    "syslog": 514,
    "lpd": 515,
    "talk": 517,
    "rip": 520,
    "ripv6": 521,
    "uucp": 540,
    "klogin": 543,
    "kshell": 544,
    "non500-isakmp": 4500,
}


def _port(text: str) -> int:
    return _PORTS[text] if text in _PORTS else int(text)


PORT = Kind(str, _port)
PROTOCOL4 = Kind(str, lambda text: _PROTOCOLS.get(text, text))
PROTOCOL6 = Kind(lambda text: "sctp" if text == SCTP else text, PROTOCOL4.read)  # ports need the word
