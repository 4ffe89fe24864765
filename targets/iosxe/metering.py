"""Meters as policers of classes."""

from __future__ import annotations

from intentc.targetkit.kit import Meter

from .owned_qos import Action, Police

LEAST_BPS = 8_000
MOST_BPS = 100_000_000_000
MOST_PEAK_BPS = 64_000_000_000
LEAST_BURST, MOST_BURST = 1_000, 512_000_000


def policing(police: Police) -> Action:
    """Return a policer as an action of a class."""
    return Action("police", police=(police,))


def police(meter: Meter) -> Police:
    """Return the policer of a meter: one rate, or two where packets between them are re-marked (RFC 2698, colour-blind)."""
    if meter.committed_bps is None:
        return one_rate(meter.ceiling_bps or 0, meter.ceiling_burst_bytes)
    if meter.over_dscp is None:
        return one_rate(meter.committed_bps, meter.burst_bytes)
    if meter.ceiling_bps is None:
        return Police(_rate(meter.committed_bps), _burst(meter.burst_bytes), exceed_dscp=meter.over_dscp)
    if meter.ceiling_bps <= meter.committed_bps:
        return one_rate(meter.ceiling_bps, meter.ceiling_burst_bytes)
    return Police(
        rate=_rate(meter.committed_bps),
        burst=_burst(meter.burst_bytes),
        peak_rate=_rate(meter.ceiling_bps),
        peak_burst=_burst(meter.ceiling_burst_bytes),
        exceed_dscp=meter.over_dscp,
        is_violate_dropped=True,
    )


def is_beyond(meter: Meter) -> bool:
    """Return whether a rate or burst of a meter is more than a policer takes."""
    made = police(meter)
    return (
        made.rate > MOST_BPS
        or (made.peak_rate or 0) > MOST_PEAK_BPS
        or max(made.burst, made.peak_burst or 0) > MOST_BURST
    )


def one_rate(bps: int, burst_bytes: int) -> Police:
    """Return a policer with one rate (RFC 2697), above which packets are dropped."""
    return Police(_rate(bps), _burst(burst_bytes), is_exceed_dropped=True)


def _rate(bps: int) -> int:
    return max(bps, LEAST_BPS)


def _burst(size: int) -> int:
    return max(size, LEAST_BURST)
