"""`edge.nft`: what happens to packets as they come in (steering, marking, metering) and as they reach their hosts (counting)."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.targetkit.kit import CountRule, DeviceConfig, Fleet, Line, MarkRule, Meter, Origin, SteerRule
from intentc.values import frozen

from . import escape, numbers
from .match import Chain, dscp_set, flow_match, interfaces, with_exceptions
from .meters import Limiter, limiters, meter_chains
from .routers import Routers, routers
from .steering import steering_numbers, table_key

_Parts = tuple[tuple[Line, ...], tuple[Chain, ...]]


@frozen
class EdgeView:
    routers: Routers
    exemptions: tuple[str, ...]
    counters: tuple[str, ...]
    limiters: tuple[Limiter, ...]
    host_ports: str  # a match; "" where no hosts hang
    untrusted: str  # a match; "" where every host port is trusted
    steering: tuple[Line, ...]
    marking: tuple[Line, ...]
    counting: tuple[Line, ...]
    chains: tuple[Chain, ...]


def edge_view(config: DeviceConfig, fleet: Fleet) -> EdgeView | None:
    """Return what `edge.nft` shows; None where nothing is marked, steered or counted."""
    active = tuple(rule for rule in config.steering if rule.interfaces)
    if not (config.edges or config.marking or active or config.counting):
        return None
    steering, steering_chains = _steering(active, config)
    marking, marking_chains = _join(_mark(f"mark-{index}", rule) for index, rule in enumerate(config.marking, 1))
    counting, counting_chains = _join(_count(f"count-{index}", rule) for index, rule in enumerate(config.counting, 1))
    ports = tuple(
        sorted({edge.interface for edge in config.edges} | {n for rule in config.marking for n in rule.interfaces})
    )
    untrusted = tuple(sorted(edge.interface for edge in config.edges if edge.trust == "none"))
    own = routers(fleet)
    used = _used_meters(config)
    return EdgeView(
        routers=own,
        exemptions=own.exemptions(ports),
        counters=_counters(config, used),
        limiters=tuple(limiter for meter in used for limiter in limiters(meter)),
        host_ports=interfaces("iifname", ports) if ports else "",
        untrusted=interfaces("iifname", untrusted) if untrusted else "",
        steering=steering,
        marking=marking,
        counting=counting,
        chains=(
            *steering_chains,
            *(chain for meter in used for chain in meter_chains(meter, _asking(config, meter))),
            *marking_chains,
            *counting_chains,
        ),
    )


def _join(parts: Iterable[_Parts]) -> _Parts:
    found = list(parts)
    return tuple(line for lines, _ in found for line in lines), tuple(chain for _, chains in found for chain in chains)


def _used_meters(config: DeviceConfig) -> tuple[Meter, ...]:
    used = {rule.meter for rule in config.marking}
    return tuple(meter for meter in config.meters if meter.name in used)


def _asking(config: DeviceConfig, meter: Meter) -> Origin:
    origins = [rule.origin for rule in config.marking if rule.meter == meter.name]
    return Origin(
        tuple(sorted({intent for origin in origins for intent in origin.intents})),
        tuple(sorted({span for origin in origins for span in origin.spans})),
    )


def _counters(config: DeviceConfig, used: tuple[Meter, ...]) -> tuple[str, ...]:
    names = {rule.counter for rule in config.marking} | {rule.counter for rule in config.counting}
    names |= {f"{meter.name}-over" for meter in used if meter.committed_bps is not None}
    names |= {f"{meter.name}-dropped" for meter in used if meter.ceiling_bps is not None}
    return tuple(escape.object_name(name) for name in sorted(names))


def _mark(name: str, rule: MarkRule) -> _Parts:
    match = f"{interfaces('iifname', rule.interfaces)} {flow_match(rule.flow)}"
    verdict = "accept" if rule.meter is None else f"goto meter-{escape.object_name(rule.meter)}"
    action = f'{dscp_set(rule.flow, rule.dscp)} counter name "{escape.object_name(rule.counter)}" {verdict}'
    return with_exceptions(name, match, rule.excepted, action, rule.origin)


def _count(name: str, rule: CountRule) -> _Parts:
    match = f"{interfaces('oifname', rule.interfaces)} {flow_match(rule.flow)}"
    action = f'counter name "{escape.object_name(rule.counter)}"'
    return with_exceptions(name, match, rule.excepted, action, rule.origin)


def _steering(rules: tuple[SteerRule, ...], config: DeviceConfig) -> _Parts:
    """Return the rules that mark packets for a routing table; the first that matches wins."""
    known = steering_numbers(config)
    found: list[_Parts] = []
    for index, rule in enumerate(rules, 1):
        match = f"{interfaces('iifname', rule.interfaces)} {flow_match(rule.flow)}"
        mark = _set_mark(numbers.mark_of(known[table_key(rule)]))
        if rule.excepted:
            lines, chains = with_exceptions(f"steer-{index}", match, rule.excepted, mark, rule.origin)
            # what came back unmarked was excepted and meets the next rule
            done = Line(f"meta mark & 0x{numbers.MARK_MASK:08x} != 0x00000000 return", rule.origin)
            found.append(((*lines, done), chains))
        else:
            found.append(((Line(f"{match} {mark} return", rule.origin),), ()))
    return _join(found)


def _set_mark(mark: int) -> str:
    """Return the statement that writes our bits of the mark and leaves the others, in the kernel's own spelling."""
    kept = 0xFFFF_FFFF ^ numbers.MARK_MASK | mark
    return f"meta mark set meta mark & 0x{kept:08x} | 0x{mark:08x}"
