"""What may stand in a configuration: values of known form only. Anything else is refused, never quoted and hoped for."""

from __future__ import annotations

import hashlib
import re

from intentc.targetkit.kit import plain_address, plain_network

_PORT = re.compile(
    r"(?P<physical>(?:[fgx]e|et)-(?:0|[1-9][0-9]?)/(?:0|[1-9][0-9]?)/(?:0|[1-9][0-9]{0,2})(?::(?:0|[1-9][0-9]?))?|ae(?:0|[1-9][0-9]{0,3}))"
    r"(?:\.(?P<unit>0|[1-9][0-9]{0,8}))?"
)
_OBJECT = re.compile(r"[a-z][a-z0-9-]{0,62}")
_LONGEST = 40  # leaves room for the prefix, a suffix of ours, and the interface that Junos appends to counters (64)
_DIGEST = 8


def port(name: str) -> tuple[str, int]:
    """Return physical interface and unit (0 where none is written); raises `ValueError` for anything else."""
    found = _PORT.fullmatch(name)
    if found is None:
        raise ValueError(f"not an interface of Junos: {name!r}")
    return found["physical"], int(found["unit"] or 0)


def port_word(name: str) -> str:
    """Return a word for a port in names of objects: different ports have different words."""
    physical, unit = port(name)
    return f"{physical.replace('/', '-').replace(':', '_')}.{unit}"


def object_name(name: str) -> str:
    """Return a name with the prefix of what is owned, shortened where it is long.

    Raises `ValueError` for anything but small letters, digits and `-`.
    """
    if _OBJECT.fullmatch(name) is None:
        raise ValueError(f"not an object name: {name!r}")
    if len(name) > _LONGEST:
        digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
        name = f"{name[: _LONGEST - _DIGEST - 1].rstrip('-')}-{digest}"
    return f"ITC-{name}"


def prefix(text: str) -> str:
    """Return a prefix in its canonical text; raises `ValueError` for anything else."""
    return str(plain_network(text))


def address(text: str) -> str:
    """Return an address in its canonical text; raises `ValueError` for anything else."""
    return str(plain_address(text))


def protocol(name: str) -> str:
    """Return the name of a protocol; raises `ValueError` for any that flows do not have."""
    if name not in {"any", "tcp", "udp", "sctp", "icmp"}:
        raise ValueError(f"not a protocol: {name!r}")
    return name


def number(value: int, low: int, high: int) -> int:
    """Return a number within its bounds; raises `ValueError` outside of them."""
    if not low <= value <= high:
        raise ValueError(f"not between {low} and {high}: {value}")
    return value
