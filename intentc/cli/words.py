"""What single words of a command line mean. Imports nothing before a word is there: `--help` answers at once."""

from __future__ import annotations

import argparse

TYPE_CHECKING = False  # to whoever checks types it is true, as in arguments.py
if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network
    from pathlib import Path

    from intentc.topology.quantities import Measure


def path(text: str) -> Path:
    """Return a place in the file system."""
    from pathlib import Path  # noqa: PLC0415  (start-up)

    return Path(text)


def rate(text: str) -> int:
    """Return a rate in bps; raises `ArgumentTypeError` for what is none, or nothing."""
    from intentc.topology.quantities import Measure  # noqa: PLC0415  (start-up)

    return _quantity(text, Measure.RATE)


def time(text: str) -> int:
    """Return a time in ns; raises `ArgumentTypeError` for what is none, or nothing."""
    from intentc.topology.quantities import Measure  # noqa: PLC0415  (start-up)

    return _quantity(text, Measure.TIME)


def _quantity(text: str, measure: Measure) -> int:
    from intentc.topology.quantities import parse_quantity  # noqa: PLC0415  (start-up)

    value = parse_quantity(text, measure)
    if not isinstance(value, int):
        raise argparse.ArgumentTypeError(f"{value.message}: {value.help}")
    if value == 0:
        raise argparse.ArgumentTypeError(f"`{text}` is nothing")
    return value


def prefix(text: str) -> IPv4Network | IPv6Network:
    """Return an IP prefix without host bits; raises `ArgumentTypeError` for what is none."""
    from ipaddress import ip_network  # noqa: PLC0415  (start-up)

    try:
        return ip_network(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is no prefix: write it as 10.255.0.0/16") from None
