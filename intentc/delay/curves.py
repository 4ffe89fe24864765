"""Arrival and service curves in exact integers: bits as nanobits (10⁻⁹ bit), times in ns, rates in bps, so bps × ns is nanobits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key

from intentc.values import frozen

_GRID_BITS = 5  # what a delay is rounded up to while it still grows: 16 steps for each doubling


@frozen
class Service:
    """Rate-latency service: in any busy time t at least `rate_bps` × (t − `latency_ns`)."""

    rate_bps: int
    latency_ns: int


@frozen
class Arrival:
    """A sum of bundles: at first `slope` × t + `start`; at each bend, at time extra / less, the slope sinks by `less`.

    `rate_bps` and `burst`: the sums of their token buckets, whatever the lines can bring.
    """

    slope: int
    start: int
    bends: list[tuple[int, int]]
    rate_bps: int
    burst: int


def arrival_of(rates: Sequence[int], bursts: Sequence[int], lines: Sequence[tuple[int, int]]) -> Arrival:
    """Return the sum of what comes over several links: each the token buckets of `rates` (bps) and `bursts`, over a line of

    some rate (0: no link) that delivers at most one packet at once. Together that is min(line t + packet, rate t + burst), or
    line t + packet where the rate exceeds the line's.
    """
    rate_sum, burst_sum = sum(rates), sum(bursts)
    slope, start = rate_sum, burst_sum
    bends: list[tuple[int, int]] = []
    for rate_bps, burst, (line_bps, most) in zip(rates, bursts, lines, strict=True):
        if line_bps and (burst > most or rate_bps >= line_bps):
            slope += line_bps - rate_bps
            start += most - burst
            if rate_bps < line_bps:
                bends.append((burst - most, line_bps - rate_bps))
    if len(bends) > 1:
        bends.sort(key=cmp_to_key(_earlier))
    return Arrival(slope, start, bends, rate_sum, burst_sum)


def delay_ns(arrival: Arrival, service: Service) -> int | None:
    """Return the horizontal deviation of an arrival from a service, rounded up; None: it has no bound.

    The arrivals are concave: they are farthest ahead where their slope sinks to the rate of service (Le Boudec & Thiran,
    Network Calculus, 2001, section 1.4).
    """
    slope, burst, rate_bps = arrival.slope, arrival.start, service.rate_bps
    if slope <= rate_bps:
        return service.latency_ns + -(-burst // rate_bps)
    for extra, less in arrival.bends:
        slope -= less
        burst += extra
        if slope <= rate_bps:
            ahead = burst * less + (slope - rate_bps) * extra
            return service.latency_ns + -(-ahead // (rate_bps * less))
    return None


def _earlier(one: tuple[int, int], other: tuple[int, int]) -> int:
    return one[0] * other[1] - other[0] * one[1]


def on_grid(time_ns: int) -> int:
    """Return a time rounded up to the grid of the iteration: the steps are finite, and so is the way to any ceiling."""
    step = max(0, time_ns.bit_length() - _GRID_BITS)
    return -(-time_ns >> step) << step
