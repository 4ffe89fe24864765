"""What may stand in a configuration: values of known form only. Anything else is refused, never quoted and hoped for."""

from __future__ import annotations

import re

from intentc.targetkit.kit import plain_address, plain_network

_INTERFACE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,14}")
_OBJECT = re.compile(r"[a-z][a-z0-9-]{0,62}")


def interface(name: str) -> str:
    """Return an interface name that Linux can have; raises `ValueError` for anything else."""
    if _INTERFACE.fullmatch(name) is None:
        raise ValueError(f"not an interface name: {name!r}")
    return name


def object_name(name: str) -> str:
    """Return a name of an owned object; raises `ValueError` for anything but small letters, digits and `-`."""
    if _OBJECT.fullmatch(name) is None:
        raise ValueError(f"not an object name: {name!r}")
    return name


def prefix(text: str) -> str:
    """Return a prefix as nft writes it: a host without its length; raises `ValueError` for anything else."""
    network = plain_network(text)
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)


def address(text: str) -> str:
    """Return an address in its canonical text; raises `ValueError` for anything else."""
    return str(plain_address(text))
