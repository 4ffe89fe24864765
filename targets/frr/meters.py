"""Meters as nft limits: committed rate and ceiling, shared by all rules of a pool.

A limit in bytes lets pass its burst *and* a whole second's worth of its rate at once (nft_limit.c: the bucket holds
rate + burst), which is far more than the burst that was promised to everyone else. So each rate is watched twice: exactly
in bytes, and, so that bursts stay short, in packets per range of sizes, whose buckets hold just the burst. A range is
counted by its smallest size: what keeps to rate and burst is never caught by it.
"""

from __future__ import annotations

from intentc.targetkit.kit import Line, Meter, Origin
from intentc.values import frozen

from . import escape
from .match import Chain

SIZES = (256, 384, 576, 768, 1024, 1280, 1440, 4096, 16384)  # bytes; the last ones are for packets that GRO has joined
_LARGEST = 65535


@frozen
class Limiter:
    """One named limit: its name and what it says."""

    name: str
    rule: str


def limiters(meter: Meter) -> tuple[Limiter, ...]:
    """Return the limits of a meter."""
    found: list[Limiter] = []
    if meter.ceiling_bps is not None:
        found += _bucket(f"{meter.name}-ceiling", meter.ceiling_bps, meter.ceiling_burst_bytes)
    if meter.committed_bps is not None:
        found += _bucket(f"{meter.name}-rate", meter.committed_bps, meter.burst_bytes)
    return tuple(found)


def meter_chains(meter: Meter, origin: Origin) -> tuple[Chain, ...]:
    """Return the chains that colour a packet (RFC 2698, colour-blind): above the ceiling first, then above the rate."""
    name = escape.object_name(meter.name)
    lines: list[Line] = []
    chains: list[Chain] = []
    if meter.ceiling_bps is not None:
        lines += _watch(f"{name}-ceiling", f"drop-{name}", origin)
        chains.append(Chain(f"drop-{name}", (Line(f'counter name "{name}-dropped" drop', origin),)))
    if meter.committed_bps is not None:
        lines += _watch(f"{name}-rate", f"over-{name}", origin)
        chains.append(Chain(f"over-{name}", _over(meter, origin)))
    return (*chains, Chain(f"meter-{name}", (*lines, Line("accept", origin))))


def _over(meter: Meter, origin: Origin) -> tuple[Line, ...]:
    if meter.over_dscp is None:
        return (Line(f'counter name "{meter.name}-over" drop', origin),)
    return (
        Line(f'counter name "{meter.name}-over"', origin),
        Line(f"ip dscp set {meter.over_dscp} accept", origin),
        Line(f"ip6 dscp set {meter.over_dscp} accept", origin),
    )


def _watch(name: str, target: str, origin: Origin) -> list[Line]:
    ranges = zip(SIZES, (*(size - 1 for size in SIZES[1:]), _LARGEST), strict=True)
    return [
        *(Line(f'meta length {low}-{high} limit name "{name}-{low}" goto {target}', origin) for low, high in ranges),
        Line(f'limit name "{name}" goto {target}', origin),
    ]


def _bucket(name: str, rate_bps: int, burst_bytes: int) -> list[Limiter]:
    rate = max(1, rate_bps // 8)
    exact = Limiter(escape.object_name(name), f"rate over {rate} bytes/second burst {max(1, burst_bytes)} bytes")
    return [
        exact,
        *(
            Limiter(
                escape.object_name(f"{name}-{size}"),
                f"rate over {-(-rate // size)}/second burst {max(1, -(-burst_bytes // size))} packets",
            )
            for size in SIZES
        ),
    ]
