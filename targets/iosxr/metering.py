"""Meters as policers of input classes."""

from __future__ import annotations

from intentc.targetkit.kit import Meter

from .classes import OVER
from .owned import Action, Amount, Police
from .words import rate

_SENT = Action(is_sent=True)
_DROPPED = Action(is_dropped=True)


def police(meter: Meter, *, is_split: bool) -> Police:
    """Return the policer of a meter: one rate, or two where packets between them are re-marked (RFC 2698, colour-blind)."""
    if meter.committed_bps is None:
        return one_rate(meter.ceiling_bps or 0, meter.ceiling_burst_bytes, _DROPPED)
    if meter.over_dscp is None:
        return one_rate(meter.committed_bps, meter.burst_bytes, _DROPPED)
    marked = Action(dscp=meter.over_dscp, discard_class=OVER if is_split else None)
    if meter.ceiling_bps is None:
        return one_rate(meter.committed_bps, meter.burst_bytes, marked)
    if meter.ceiling_bps <= meter.committed_bps:
        return one_rate(meter.ceiling_bps, meter.ceiling_burst_bytes, _DROPPED)
    return Police(
        rate=(Amount(*rate(meter.committed_bps, is_bound=False)),),
        burst=(_bytes(meter.burst_bytes),),
        peak_burst=(_bytes(meter.ceiling_burst_bytes),),
        peak_rate=(Amount(*rate(meter.ceiling_bps, is_bound=True)),),
        conform=(_SENT,),
        exceed=(marked,),
        violate=(_DROPPED,),
    )


def one_rate(bps: int, burst_bytes: int, above: Action = _DROPPED) -> Police:
    """Return a policer with one rate (RFC 2697); what is above it is dropped unless something else is said."""
    return Police(
        rate=(Amount(*rate(bps, is_bound=True)),),
        burst=(_bytes(burst_bytes),),
        peak_burst=(),
        peak_rate=(),
        conform=(_SENT,),
        exceed=(above,),
        violate=(),
    )


def _bytes(size: int) -> Amount:
    return Amount(max(size, 1), "bytes")
