"""What may stand in a configuration: values of known form only. Anything else is refused, never quoted and hoped for."""

from __future__ import annotations

import hashlib
import ipaddress
import re

from intentc.targetkit.kit import plain_address, plain_network

_SPEEDS = "Ten|TwentyFive|Forty|Fifty|Hundred|TwoHundred|FourHundred|EightHundred"
# TenGigE0/0/0/1, HundredGigE0/0/0/1/2, Bundle-Ether12.100: in full, as NETCONF has them; target.toml says the same
_INTERFACE = re.compile(
    rf"((GigabitEthernet|({_SPEEDS})GigE)[0-9]{{1,3}}(/[0-9]{{1,3}}){{3,4}}|Bundle-Ether[0-9]{{1,5}})(\.[0-9]{{1,10}})?"
)
_PLACE = re.compile(r"[A-Za-z]+([0-9]{1,3})/([0-9]{1,3})/")
_PAUSING = re.compile(rf"({_SPEEDS})GigE[0-9]{{1,3}}(/[0-9]{{1,3}}){{3,4}}")
_OBJECT = re.compile(r"[a-z][a-z0-9-]{0,49}")
_PROCESS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,35}")
_TOKEN_DIGITS = 5
OWN = "ITC-"  # every name that intentc writes begins with it


def interface(name: str) -> str:
    """Return an interface name of IOS XR; raises `ValueError` for anything else."""
    if _INTERFACE.fullmatch(name) is None:
        raise ValueError(f"not an interface name: {name!r}")
    return name


def card(name: str) -> str:
    """Return where the line card of an interface is, as routers write it; "" for bundles, which have none of their own."""
    found = _PLACE.match(interface(name))
    return f"{found[1]}/{found[2]}/CPU0" if found is not None else ""


def is_pausing(name: str) -> bool:
    """Return whether an interface can have flow control: a physical one of 10 Gbps or more."""
    return _PAUSING.fullmatch(interface(name)) is not None


def within(value: int, bounds: tuple[int, int]) -> int:
    """Return a number within its bounds; raises `ValueError` outside of them."""
    if not bounds[0] <= value <= bounds[1]:
        raise ValueError(f"not between {bounds[0]} and {bounds[1]}: {value}")
    return value


def object_name(name: str) -> str:
    """Return a name of the IR; raises `ValueError` for anything but small letters, digits and `-`, at most 50."""
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
    token = hashlib.sha256(interface(port).encode()).hexdigest()[:_TOKEN_DIGITS]
    return f"{OWN}{object_name(key)}-{token}"


def network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Return a prefix; raises `ValueError` for anything else."""
    return plain_network(text)


def address(text: str) -> str:
    """Return an address in its canonical text; raises `ValueError` for anything else."""
    return str(plain_address(text))
