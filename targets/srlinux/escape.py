"""What may stand in a payload: values of known form only. Anything else is refused, never quoted and hoped for."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from intentc.targetkit.kit import plain_address, plain_network

from .owned import OWN

_PORT = re.compile(
    r"((?:ethernet-[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{1,2})?)|(?:lag[0-9]{1,4}))(?:\.([0-9]{1,4}))?", re.ASCII
)
_OBJECT = re.compile(r"[a-z][a-z0-9-]{0,62}")
_PROCESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}", re.ASCII)
_LONGEST_DESCRIPTION = 255
_DIGEST = 8
_PROTOCOLS = frozenset(("tcp", "udp", "sctp"))
_MOST_DSCP = 63


@dataclass(frozen=True, slots=True)
class Port:
    """A subinterface, and the port that it is on; without a number it is subinterface 0."""

    interface: str
    subinterface: int

    @property
    def reference(self) -> str:
        """Return how other objects refer to the subinterface: `ethernet-1/1.0`."""
        return f"{self.interface}.{self.subinterface}"

    @property
    def word(self) -> str:
        """Return the part of a name that tells the subinterface: `ethernet-1-1.0`."""
        return self.reference.replace("/", "-")

    @property
    def port_word(self) -> str:
        """Return the part of a name that tells the port: `ethernet-1-1`."""
        return self.interface.replace("/", "-")


def port(name: str) -> Port:
    """Return the subinterface that a topology names; raises `ValueError` for what SR Linux does not call one."""
    found = _PORT.fullmatch(name)
    if found is None:
        raise ValueError(f"not a port of SR Linux: {name!r}")
    return Port(found[1], int(found[2] or 0))


def address(text: str) -> str:
    """Return an address in its canonical text; raises `ValueError` for anything else."""
    return str(plain_address(text))


def process(name: str) -> str:
    """Return the name of an IGP's process; raises `ValueError` for what is no plain word."""
    if _PROCESS.fullmatch(name) is None:
        raise ValueError(f"not a process name: {name!r}")
    return name


def object_name(name: str, longest: int) -> str:
    """Return a name with the prefix of what is owned, shortened where it is long; different names stay different.

    Raises `ValueError` for anything but small letters, digits and `-`.
    """
    if _OBJECT.fullmatch(name) is None:
        raise ValueError(f"not an object name: {name!r}")
    room = longest - len(OWN)
    if len(name) > room:
        digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
        name = f"{name[: room - _DIGEST - 1].rstrip('-')}-{digest}"
    return f"{OWN}{name}"


def number(value: int, low: int, high: int) -> int:
    """Return a number within its bounds; raises `ValueError` outside of them."""
    if not low <= value <= high:
        raise ValueError(f"not between {low} and {high}: {value}")
    return value


def counters(names: tuple[str, ...]) -> str:
    """Return names of counters as the description of an entry; raises `ValueError` for what cannot be one."""
    for name in names:
        if _OBJECT.fullmatch(name) is None:
            raise ValueError(f"not an object name: {name!r}")
    text = " ".join(names)
    if len(text) > _LONGEST_DESCRIPTION:
        raise ValueError(f"not a description: {len(text)} characters")
    return text


def prefix(text: str) -> str:
    """Return a prefix with its length; raises `ValueError` for anything else."""
    return str(plain_network(text))


def protocol(name: str, family: int) -> str | None:
    """Return the word for a protocol, None for any; raises `ValueError` for anything else."""
    if name == "any":
        return None
    if name == "icmp":
        return "icmp" if family == 4 else "icmp6"
    if name not in _PROTOCOLS:
        raise ValueError(f"not a protocol: {name!r}")
    return name


def dscp(value: int) -> int:
    """Return a code point; raises `ValueError` for a number that is none."""
    if not 0 <= value <= _MOST_DSCP:
        raise ValueError(f"not a code point: {value!r}")
    return value
