"""Meters as policers, above the ceiling first, then above the rate (RFC 2698, colour-blind).

Two policers of one rate each instead of one of two rates: only theirs can put what is above the rate into a queue of its own,
where it takes nothing from those who keep to their rate. Logical-interface policers are shared by all terms and both families of
a port; ports share nothing, so a meter over several of them is refused before (`max_meter_ports`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from intentc.targetkit.kit import DeviceConfig, MarkRule, Meter, Origin

from . import escape
from .classes import Classes
from .owned import Policer

_LEAST_BPS, _MOST_BPS = 8_000, 100_000_000_000  # what a policer may have
_LEAST_BURST, _MOST_BURST = 1_500, 100_000_000_000


def policers_of(config: DeviceConfig, classes: Classes) -> tuple[Policer, ...]:
    """Return the policers of all meters that a marking rule names."""
    used = {rule.meter for rule in config.marking}
    metered = [meter for meter in config.meters if meter.name in used]
    found = [policer for meter in metered for policer in _policers(meter, classes, config)]
    return tuple(sorted(found, key=lambda policer: policer.name))


def policer_names(meter: Meter) -> tuple[str, ...]:
    """Return the policers that a packet of a meter passes, in order."""
    name = escape.object_name(meter.name)
    ceiling = (f"{name}-ceiling",) if meter.ceiling_bps is not None else ()
    return (*ceiling, f"{name}-rate") if meter.committed_bps is not None else ceiling


def _policers(meter: Meter, classes: Classes, config: DeviceConfig) -> Iterator[Policer]:
    name = escape.object_name(meter.name)
    rules = [rule for rule in config.marking if rule.meter == meter.name]
    common = Policer(
        name=f"{name}-ceiling",
        is_shared=True,
        is_split=any(escape.port(port)[0].startswith("ae") for rule in rules for port in rule.interfaces),
        rate_bps=_rate(meter.ceiling_bps or 0),
        burst_bytes=_burst(meter.ceiling_burst_bytes),
        is_discarding=True,
        loss_priority=None,
        forwarding_class=None,
        origin=_asking(rules),
    )
    if meter.ceiling_bps is not None:
        yield common
    if meter.committed_bps is not None:
        is_discarding = meter.over_dscp is None
        yield replace(
            common,
            name=f"{name}-rate",
            rate_bps=_rate(meter.committed_bps),
            burst_bytes=_burst(meter.burst_bytes),
            is_discarding=is_discarding,
            loss_priority=None if is_discarding else "high",
            forwarding_class=None if meter.over_dscp is None else classes.forwarding_class(meter.over_dscp),
        )


def _rate(rate_bps: int) -> int:
    return escape.number(max(rate_bps, _LEAST_BPS), _LEAST_BPS, _MOST_BPS)


def _burst(burst_bytes: int) -> int:
    return escape.number(max(burst_bytes, _LEAST_BURST), _LEAST_BURST, _MOST_BURST)


def _asking(rules: Sequence[MarkRule]) -> Origin:
    return Origin(
        tuple(sorted({intent for rule in rules for intent in rule.origin.intents})),
        tuple(sorted({span for rule in rules for span in rule.origin.spans})),
    )
