"""Kinds of hardware, as target.toml names them: what a chassis can do that another one with the same software cannot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """What decides how a chassis is configured; for what it can do at all, target.toml is asked.

    `is_split`: an egress policy sees only the traffic class that an ingress policy gave (NCS, 8000), shares of what is left
    are its only guarantees, and a strict class is capped by shaping; else it matches code points, guarantees rates and polices.
    """

    name: str
    is_split: bool


FAMILIES = {
    "asr9000": Family("ASR 9000", is_split=False),
    "ncs": Family("NCS 540, 5500 and 5700", is_split=True),
    "8000": Family("other Cisco 8000", is_split=True),
    "8800": Family("Cisco 8800 with line cards that pause", is_split=True),
    "virtual": Family("XRd and XRv 9000", is_split=False),
}


def family_of(hardware: str | None) -> Family:
    """Return the family of a kind of hardware; raises `ValueError` for one that is not known, which was refused before."""
    if hardware not in FAMILIES:
        raise ValueError(f"not a kind of hardware: {hardware!r}")
    return FAMILIES[hardware]
