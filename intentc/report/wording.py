"""Figures as people read them."""

from __future__ import annotations


def milliseconds(us: int) -> str:
    """Return a time in ms with as many places as tell it apart."""
    if us and abs(us) < 1000:
        return f"{us / 1000:.3f} ms"
    return f"{us / 1000:.2f} ms" if abs(us) < 100_000 else f"{us / 1000:.0f} ms"


def percent(ppm: int) -> str:
    """Return a share in whole per cent; what is not zero is not shown as zero."""
    return "<1 %" if 0 < ppm < 10_000 else f"{-(-ppm // 10_000)} %"


def worst_value(value: float) -> str:
    """Return the worst value of an assertion: a share (a float) in per cent, anything else as it is counted."""
    return percent(round(value * 1_000_000)) if isinstance(value, float) else str(value)


def rate(bps: int) -> str:
    """Return a rate in few characters: `10G`, `2.5G`, `50M`."""
    for unit, size in (("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if bps >= size:
            return f"{bps / size:.3g}{unit}"
    return f"{bps}b"
