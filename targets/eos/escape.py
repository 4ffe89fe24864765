"""What may stand in a configuration: values of known form only. Anything else is refused, never quoted and hoped for."""

from __future__ import annotations

import hashlib
import ipaddress
import re

from intentc.targetkit.kit import plain_network

# Ethernet1, Ethernet3/1/1, Port-Channel12, each with a subinterface or without: in full; target.toml says the same
_INTERFACE = re.compile(r"(?:Ethernet[0-9]{1,3}(?:/[0-9]{1,3}){0,2}|Port-Channel[0-9]{1,4})(?:\.[0-9]{1,4})?")
_OBJECT = re.compile(r"[a-z][a-z0-9-]{0,62}")
_PROCESS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,35}")
_TOKEN_DIGITS = 5
_LONGEST_KEY = 40
_LONGEST_REMARK = 100
_MOST_DSCP = 63
PROTOCOLS = frozenset(("any", "tcp", "udp", "sctp", "icmp"))
OWN = "ITC-"  # every name that intentc writes begins with it


def interface(name: str) -> str:
    """Return an interface name of EOS; raises `ValueError` for anything else."""
    if _INTERFACE.fullmatch(name) is None:
        raise ValueError(f"not an interface name: {name!r}")
    return name


def object_name(name: str) -> str:
    """Return a name of the IR; raises `ValueError` for anything but small letters, digits and `-`, at most 63."""
    if _OBJECT.fullmatch(name) is None:
        raise ValueError(f"not an object name: {name!r}")
    return name


def process(name: str) -> str:
    """Return the name of a routing process; raises `ValueError` for anything else."""
    if _PROCESS.fullmatch(name) is None:
        raise ValueError(f"not a process name: {name!r}")
    return name


def port_name(purpose: str, port: str) -> str:
    """Return the name of an object that belongs to one interface; different interfaces have different names."""
    return f"{OWN}{purpose}-{interface(port).replace('/', '-')}"


def rule_name(key: str, port: str) -> str:
    """Return the name of what belongs to a rule and an interface, with at most 60 characters."""
    text = object_name(key)
    token = hashlib.sha256(f"{interface(port)} {text}".encode()).hexdigest()[:_TOKEN_DIGITS]
    return f"{OWN}{text[:_LONGEST_KEY]}-{token}"


def remark(names: tuple[str, ...]) -> str:
    """Return names of counters as a remark; raises `ValueError` for what cannot be one. Long ones end with how many more there are."""
    words = [object_name(name) for name in names]
    kept = list(words)
    while len(" ".join(kept)) > _LONGEST_REMARK:
        kept.pop()
    if len(kept) == len(words):
        return " ".join(words)
    digest = hashlib.sha256(" ".join(words).encode()).hexdigest()[:_TOKEN_DIGITS]
    return " ".join([*kept, f"and-{len(words) - len(kept)}-more-{digest}"])


def prefix(text: str) -> str:
    """Return a prefix with its length; raises `ValueError` for anything else."""
    return str(plain_network(text))


def address4(text: str) -> str:
    """Return an IPv4 address; raises `ValueError` for anything else."""
    return str(ipaddress.IPv4Address(text))


def protocol(name: str) -> str:
    """Return a protocol of the IR; raises `ValueError` for anything else."""
    if name not in PROTOCOLS:
        raise ValueError(f"not a protocol: {name!r}")
    return name


def dscp(value: int) -> int:
    """Return a code point; raises `ValueError` for a number that is none."""
    if not 0 <= value <= _MOST_DSCP:
        raise ValueError(f"not a code point: {value!r}")
    return value
