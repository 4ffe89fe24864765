"""What may stand in a configuration: values of known form only. Anything else is refused, never quoted and hoped for."""

from __future__ import annotations

import hashlib
import re

from intentc.targetkit.kit import plain_address

KINDS = (
    "FastEthernet",
    "FortyGigabitEthernet",
    "GigabitEthernet",
    "HundredGigE",
    "TenGigabitEthernet",
    "TwentyFiveGigE",
    "TwoGigabitEthernet",
)
# GigabitEthernet1, TenGigabitEthernet0/0/1, HundredGigE0/1/0.100: in full; target.toml says the same
_INTERFACE = re.compile(rf"({'|'.join(KINDS)})([0-9]{{1,3}}(/[0-9]{{1,3}}){{0,2}}(\.[0-9]{{1,10}})?)")
_OBJECT = re.compile(r"[a-z][a-z0-9-]{0,49}")
_PROCESS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,35}")
_TOKEN_DIGITS = 5
OWN = "ITC-"  # every name that intentc writes begins with it


def interface(name: str) -> str:
    """Return an interface name of IOS XE; raises `ValueError` for anything else."""
    kind_and_number(name)
    return name


def kind_and_number(name: str) -> tuple[str, str]:
    """Return the kind of an interface and what follows it; raises `ValueError` for what is no interface name of IOS XE."""
    found = _INTERFACE.fullmatch(name)
    if found is None:
        raise ValueError(f"not an interface name: {name!r}")
    return found[1], found[2]


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


def own_name(name: str) -> str:
    """Return the name of an object that stands for one of the IR."""
    return f"{OWN}{object_name(name)}"


def address(text: str) -> str:
    """Return an address in its canonical text; raises `ValueError` for anything else."""
    return str(plain_address(text))
