"""Words of EOS that have more than one spelling, as kinds of values: what a device prints back need not be what it was given."""

from __future__ import annotations

import ipaddress
import re

from intentc.targetkit.kit import Kind

from .owned import Police

_DSCP = {"be": 0, "df": 0, "default": 0, "lbe": 1, "le": 1, "ef": 46, "va": 44} | {f"cs{n}": 8 * n for n in range(8)}
_DSCP |= {f"af{c}{d}": 8 * c + 2 * d for c in range(1, 5) for d in range(1, 4)}
_RATES = {"bps": 1, "kbps": 1_000, "mbps": 1_000_000, "gbps": 1_000_000_000}
_SIZES = {"bytes": 1, "kbytes": 1_000, "mbytes": 1_000_000}
_KBPS = 1_000
_POLICE = re.compile(
    r"rate (?P<rate>\d+(?: [a-z]+)?) burst-size (?P<burst>\d+(?: [a-z]+)?)"
    r"(?: action set dscp (?P<dscp>\S+) rate (?P<ceiling>\d+(?: [a-z]+)?) burst-size (?P<more>\d+(?: [a-z]+)?))?"
)


def dscp_of(text: str) -> int:
    """Return a code point by its name or number; raises `ValueError` for anything else."""
    return _DSCP[text.lower()] if text.lower() in _DSCP else int(text)


def _scaled(text: str, units: dict[str, int], without: str) -> int:
    number, _, unit = text.partition(" ")
    if (unit or without) not in units:
        raise ValueError(f"not a unit: {unit!r}")
    return int(number) * units[unit or without]


def rate_of(text: str) -> int:
    """Return a rate in bps; without a unit EOS means kbps. Raises `ValueError` for percents and packets per second."""
    return _scaled(text, _RATES, "kbps")


def size_of(text: str) -> int:
    """Return a size in bytes; raises `ValueError` for other units."""
    return _scaled(text, _SIZES, "bytes")


def _police_text(police: Police) -> str:
    first = f"rate {police.rate_bps // _KBPS} kbps burst-size {police.burst_bytes} bytes"
    if police.over_dscp is None or police.ceiling_bps is None:
        return first
    more = f"rate {police.ceiling_bps // _KBPS} kbps burst-size {police.ceiling_burst_bytes} bytes"
    return f"{first} action set dscp {police.over_dscp} {more}"


def _police_of(text: str) -> Police:
    found = _POLICE.fullmatch(text)
    if found is None:
        raise ValueError(f"not a policer: {text!r}")
    one = Police(rate_of(found["rate"]), size_of(found["burst"]))
    if found["dscp"] is None:
        return one
    return Police(
        one.rate_bps, one.burst_bytes, dscp_of(found["dscp"]), rate_of(found["ceiling"]), size_of(found["more"])
    )


def _discriminator_of(text: str) -> int:
    return int(ipaddress.IPv4Address(text)) if "." in text else int(text)


def _one_of(*words: str) -> Kind:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"not one of the words: {text!r}")
        return text

    return Kind(str, read)


DSCP = Kind(str, dscp_of)
RATE = Kind(lambda bps: f"{bps // _KBPS} kbps", rate_of)
SIZE = Kind(lambda size: f"{size} bytes", size_of)
POLICE = Kind(_police_text, _police_of)
DISCRIMINATOR = Kind(lambda number: str(ipaddress.IPv4Address(number)), _discriminator_of)
QUEUE_KIND = _one_of("tx-queue", "uc-tx-queue")
FAMILY = _one_of("ipv4", "ipv6")
