"""What may stand in a payload: values of known form only. Anything else is refused, never quoted and hoped for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intentc.targetkit.kit import plain_address, plain_network

_PORT = re.compile(r"([A-Za-z][A-Za-z0-9_:/-]{0,60})(?:\.([0-9]{1,9}))?", re.ASCII)
_OBJECT = re.compile(r"[a-z][a-z0-9-]{0,62}")
_PROTOCOLS = {("tcp", 4): 6, ("tcp", 6): 6, ("udp", 4): 17, ("udp", 6): 17, ("sctp", 4): 132, ("sctp", 6): 132}
_PROTOCOLS |= {("icmp", 4): 1, ("icmp", 6): 58}
_MOST_DSCP = 63


@dataclass(frozen=True, slots=True)
class Port:
    """A port of the topology as the models name it: an interface and, where the topology says one, a subinterface."""

    name: str
    interface: str
    subinterface: int

    @property
    def word(self) -> str:
        """Return the part of an object's name that tells the port: `Ethernet3_1` of `Ethernet3/1`, unlike any other port.

        A dot stands before `u`, `c` or a number, and `_` for a slash alone, so that no two ports have one word.
        """
        return self.name.replace("_", ".u").replace(":", ".c").replace("/", "_")


def port(name: str) -> Port:
    """Return the port that a topology names; raises `ValueError` for what cannot be one."""
    found = _PORT.fullmatch(name)
    if found is None:
        raise ValueError(f"not a port: {name!r}")
    return Port(name, found[1], int(found[2] or 0))


def object_name(name: str) -> str:
    """Return a name of the IR; raises `ValueError` for anything but small letters, digits and `-`."""
    if _OBJECT.fullmatch(name) is None:
        raise ValueError(f"not an object name: {name!r}")
    return name


def prefix(text: str) -> str:
    """Return a prefix with its length; raises `ValueError` for anything else."""
    return str(plain_network(text))


def address(text: str) -> str:
    """Return an address; raises `ValueError` for anything else."""
    return str(plain_address(text))


def protocol(name: str, family: int) -> int | None:
    """Return the number of a protocol, None for any; raises `ValueError` for anything else."""
    if name == "any":
        return None
    if (name, family) not in _PROTOCOLS:
        raise ValueError(f"not a protocol: {name!r}")
    return _PROTOCOLS[name, family]


def protocol_name(number: int | None, family: int) -> str:
    """Return the name of a protocol by its number, `any` for None; raises `ValueError` for those that flows do not have."""
    if number is None:
        return "any"
    names = [name for (name, version), known in _PROTOCOLS.items() if (known, version) == (number, family)]
    if not names:
        raise ValueError(f"not a protocol: {number!r}")
    return names[0]


def dscp(value: int) -> int:
    """Return a code point; raises `ValueError` for a number that is none."""
    if not 0 <= value <= _MOST_DSCP:
        raise ValueError(f"not a code point: {value!r}")
    return value
