"""Which programs are for kernels: those whose numbers are so small that products of them fit into 128 bits."""

from __future__ import annotations

import os
from collections.abc import Iterable
from math import gcd, lcm

from intentc.realise.model import Realised, RealisedDemand
from intentc.topology.model import Topology

_PARTS_BITS = 50
_BITS_US = 8 * 1_000_000  # bytes at bps, in µs
_RATE_BITS, _SUM_BITS, _BURST_BITS, _TIME_BITS = 45, 49, 42, 44


def has_two_cpus() -> bool:
    """Return whether a second thread has a CPU to run on."""
    return hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1


def are_links_for_kernels(topology: Topology) -> bool:
    """Return whether the numbers of all links are so small, and none is a tunnel."""
    links = topology.links.values()
    return (
        not any(link.over for link in links)
        and all(link.capacity_bps.ab > 0 and link.capacity_bps.ba > 0 for link in links)
        and _has_small_parts(topology)
        and all(
            max(link.capacity_bps.ab, link.capacity_bps.ba, link.queue_bytes or 0).bit_length() <= _RATE_BITS
            and (link.latency_ns is None or max(link.latency_ns.ab, link.latency_ns.ba).bit_length() <= _TIME_BITS)
            and (link.jitter_ns or 0).bit_length() <= _TIME_BITS
            for link in links
        )
    )


def are_demands_for_kernels(realised: Realised) -> bool:
    """Return whether the numbers of all demands are so small: their rates, these together, and their bursts."""
    total_bps = rates_of(realised.demands.values())
    return total_bps is not None and is_for_kernels(total_bps)


def is_for_kernels(total_bps: int) -> bool:
    """Return whether the rates of all demands together are so small."""
    return total_bps.bit_length() <= _SUM_BITS


def rates_of(items: Iterable[RealisedDemand]) -> int | None:
    """Return the rates of some demands together (bps); None where one of them, or a burst, is too large."""
    rates, bursts = [0], [0]
    for item in items:
        demand, rate = item.demand, 0
        if (after := demand.failover) is not None:
            rate = max(after.bandwidth_bps, after.pool_bps)
        rates.append(max(rate, demand.bandwidth_bps, demand.pool_bps))
        bursts.append(demand.burst_bytes)
    is_small = max(rates).bit_length() <= _RATE_BITS and max(bursts).bit_length() <= _BURST_BITS
    return sum(rates) if is_small else None


def parts_of_us(topology: Topology) -> int:
    """Return how many parts a µs has, so that the times of the links' largest packets are whole ones."""
    lines = {
        (link.mtu * _BITS_US, link.capacity_bps.towards(is_ab=is_ab))
        for link in topology.links.values()
        for is_ab in (True, False)
    }
    return lcm(*[rate_bps // gcd(rate_bps, amount) for amount, rate_bps in lines])


def _has_small_parts(topology: Topology) -> bool:
    """Return whether the times of packets are small enough in these parts: those of a thousand hops together fit into 62 bits."""
    parts = parts_of_us(topology)
    return all(
        (link.mtu * _BITS_US * parts // min(link.capacity_bps.ab, link.capacity_bps.ba)).bit_length() <= _PARTS_BITS
        for link in topology.links.values()
    )
