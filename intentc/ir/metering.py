"""Meters: the committed rate and the ceiling of a pool, where its packets enter the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intentc.ir.ground import Ground
from intentc.ir.model import Meter
from intentc.ir.names import object_name
from intentc.resolve.model import Demand

_LEAST_FRAMES = 10  # the language's default burst: the larger of 10 MTU and 10 ms
_BURST_MTU = 1500
_BURST_DIVISOR = 8 * 100  # bits to bytes, seconds to 10 ms


def lower_meters(ground: Ground) -> Mapping[str, tuple[Meter, ...]]:
    """Return one meter per pool and device where demands of the pool enter; devices share no state, so each has its own."""
    asked = ground.asked
    entering = ground.grouped("entering", ground.each("ingress", (asked,), lambda at: _ingress(ground, asked[at])))
    return ground.known.by_key("meters", entering, lambda _, demands: _of_node(ground, demands))


def meter_name(ground: Ground, demand: Demand) -> str | None:
    """Return the name of the meter that packets of a demand go through; None when nothing is limited."""
    return object_name(demand.pool) if _limits(ground, demand) else None


def _limits(ground: Ground, demand: Demand) -> bool:
    return demand.ceiling_bps is not None or _is_committed(ground, demand)


def _is_committed(ground: Ground, demand: Demand) -> bool:
    """Return whether going above the rate changes anything: LE and DF keep their code point, and 0 reserves nothing."""
    own = ground.classes[demand.traffic_class]
    return demand.has_bandwidth and demand.bandwidth_bps > 0 and own.over_dscp != own.dscp


def _ingress(ground: Ground, demand: Demand) -> list[tuple[str, tuple[Demand]]]:
    """Return the devices where a demand enters that can meter it."""
    nodes = sorted({candidate.source.node for candidate in demand.candidates})
    return [(node, (demand,)) for node in nodes if ground.can(node, "metering")]


def _of_node(ground: Ground, demands: Sequence[Demand]) -> tuple[Meter, ...]:
    pools: dict[str, list[Demand]] = {}
    for demand in demands:
        pools.setdefault(demand.pool, []).append(demand)
    found = (_meter(ground, members) for members in pools.values())
    return tuple([meter for meter in found if meter is not None])


def _meter(ground: Ground, demands: list[Demand]) -> Meter | None:
    limited = [demand for demand in demands if _limits(ground, demand)]
    if not limited:
        return None
    first = limited[0]
    committed = [demand for demand in limited if _is_committed(ground, demand)]
    rate = min(first.pool_bps, sum(demand.bandwidth_bps for demand in committed)) if committed else None
    ceilings = [demand.ceiling_bps for demand in limited if demand.ceiling_bps is not None]
    ceiling = max(ceilings, default=None)
    burst = max(demand.burst_bytes for demand in limited)
    return Meter(
        name=object_name(first.pool),
        committed_bps=rate,
        burst_bytes=burst,
        over_dscp=ground.classes[first.traffic_class].over_dscp,
        ceiling_bps=ceiling,
        ceiling_burst_bytes=max(burst, _default_burst(ceiling)) if ceiling is not None else 0,
    )


def _default_burst(rate_bps: int) -> int:
    return max(_LEAST_FRAMES * _BURST_MTU, rate_bps // _BURST_DIVISOR)
