"""Meters as policers of input classes: whole kbps, at least 8 of them, and bursts from 256 bytes to 128 MB."""

from __future__ import annotations

from intentc.targetkit.kit import Meter

from .owned import Police

LEAST_BPS = 8_000
_KBPS = 1_000
_LEAST_BURST, _MOST_BURST = 256, 128_000_000
_FARTHEST_BPS = 200_000_000_000  # a second rate may be this far above the first one


def police_of(meter: Meter) -> Police:
    """Return the policer of a meter: one rate that drops, or two, between which packets are re-marked (RFC 2698, colour-blind).

    A committed rate is rounded up, a ceiling down. A re-marking meter without a ceiling has one that no port reaches.
    """
    if meter.committed_bps is None:
        return Police(_down(meter.ceiling_bps or 0), _burst(meter.ceiling_burst_bytes))
    rate = _up(meter.committed_bps)
    if meter.over_dscp is None:
        return Police(rate, _burst(meter.burst_bytes))
    if meter.ceiling_bps is None:
        return Police(rate, _burst(meter.burst_bytes), meter.over_dscp, rate + _FARTHEST_BPS, _MOST_BURST)
    ceiling = _down(meter.ceiling_bps)
    if ceiling < rate + LEAST_BPS:  # nothing fits between them
        return Police(ceiling, _burst(meter.ceiling_burst_bytes))
    return Police(rate, _burst(meter.burst_bytes), meter.over_dscp, ceiling, _burst(meter.ceiling_burst_bytes))


def least_bps(meter: Meter) -> int:
    """Return the lowest rate that a meter has."""
    return min(bps for bps in (meter.committed_bps, meter.ceiling_bps) if bps is not None)


def _up(bps: int) -> int:
    return -(-bps // _KBPS) * _KBPS


def _down(bps: int) -> int:
    return bps // _KBPS * _KBPS


def _burst(size: int) -> int:
    return max(_LEAST_BURST, min(size, _MOST_BURST))
