"""Firewall filters: one per port, family and direction, each with everything that happens there.

What comes in at a port is marked, metered and steered, and dropped where it must not be sent. What goes out is dropped at
fences and guards, and counted. Filters end with what happens to everything else: Junos would drop it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from intentc.targetkit.kit import (
    EVERYTHING,
    CountRule,
    DeviceConfig,
    FenceRule,
    Fleet,
    Flow,
    IsolationRule,
    MarkRule,
    PolicySteerRule,
    SteerRule,
)

from . import escape
from .classes import Classes
from .decide import Cell, Rule, decided
from .instances import policies_instance, steering_instance
from .meters import policer_names
from .owned import Filter, Interface, Term, Unit
from .terms import cell_terms, classified, exemptions, sent

FAMILIES = (4, 6)
_Flowing = TypeVar("_Flowing", MarkRule, SteerRule, PolicySteerRule, FenceRule, CountRule)


@dataclass(frozen=True, slots=True)
class _Port:
    """One port in one family."""

    name: str
    family: int
    config: DeviceConfig
    fleet: Fleet
    classes: Classes

    @property
    def has_hosts(self) -> bool:
        """Return whether hosts hang here."""
        return any(edge.interface == self.name for edge in self.config.edges) or any(
            self.name in rule.interfaces for rule in self.config.isolation
        )

    @property
    def is_untrusted(self) -> bool:
        """Return whether packets that no rule names become DF here."""
        return any(edge.interface == self.name and edge.trust == "none" for edge in self.config.edges)

    @property
    def has_family(self) -> bool:
        """Return whether the hosts of this port have addresses of the family."""
        prefixes = [text for edge in self.config.edges if edge.interface == self.name for text in edge.prefixes]
        return any(_version(text) == self.family for text in prefixes)

    def of(self, rules: Sequence[_Flowing]) -> list[_Flowing]:
        """Return those rules that hold here, in their order."""
        return [rule for rule in rules if self.name in rule.interfaces and rule.flow.family == self.family]

    def isolation(self, direction: str) -> list[IsolationRule]:
        """Return the isolation rules of one direction that hold here."""
        return [
            rule
            for rule in self.config.isolation
            if self.name in rule.interfaces and rule.direction == direction and _version(rule.prefix) == self.family
        ]


def filters_of(
    config: DeviceConfig, fleet: Fleet, classes: Classes
) -> tuple[tuple[Interface, ...], dict[int, tuple[Filter, ...]]]:
    """Return the interfaces to which filters are bound, and the filters by family."""
    found: dict[int, list[Filter]] = {family: [] for family in FAMILIES}
    units: dict[str, list[Unit]] = {}
    for name in _ports(config):
        physical, number = escape.port(name)
        bound: dict[str, str] = {}
        for family in FAMILIES:
            port = _Port(name, family, config, fleet, classes)
            for direction, terms in (("in", tuple(_incoming(port))), ("out", tuple(_outgoing(port)))):
                if terms:
                    title = f"ITC-{direction.upper()}{family}-{escape.port_word(name)}"
                    is_metering = any(term.policer is not None for term in terms)
                    found[family].append(Filter(title, is_metering, terms))
                    bound[f"{direction}put{family}"] = title
        if bound:
            units.setdefault(physical, []).append(Unit(number, **bound))
    interfaces = (
        Interface(name, False, tuple(sorted(own, key=lambda unit: unit.name))) for name, own in sorted(units.items())
    )
    return tuple(interfaces), {
        family: tuple(sorted(filters, key=lambda one: one.name)) for family, filters in found.items()
    }


def _ports(config: DeviceConfig) -> list[str]:
    """Return the ports at which anything may be filtered, sorted; one port is one logical interface."""
    rules = (config.marking, config.steering, config.policy_steering, config.fences, config.isolation, config.counting)
    named = {name for group in rules for rule in group for name in rule.interfaces}
    return sorted(named | {edge.interface for edge in config.edges})


def _incoming(port: _Port) -> Iterator[Term]:
    config = port.config
    steering: list[SteerRule | PolicySteerRule] = [*port.of(config.steering), *port.of(config.policy_steering)]
    steering.sort(key=lambda rule: rule.precedence)
    marking, isolation = port.of(config.marking), port.isolation("from")
    is_guarding = port.has_hosts and port.has_family and bool(config.fences or config.isolation)
    if not (marking or steering or isolation or is_guarding or (port.is_untrusted and port.has_family)):
        return
    cells = [Cell(EVERYTHING[port.family], dscp=0 if port.is_untrusted else None)]
    cells = decided(cells, lambda _: [_mark(rule) for rule in marking])
    cells = decided(cells, lambda _: [_steer(rule) for rule in steering])
    for guard in isolation:
        cells = decided(cells, lambda cell, own=guard: _guard(own, port, cell))  # type: ignore[misc]  # a default argument
    yield from exemptions(port.fleet, port.family, direction="in", has_hosts=port.has_hosts)
    meters = {meter.name: policer_names(meter) for meter in config.meters}
    for number, cell in enumerate(cells, 1):
        policers = meters[cell.meter] if cell.meter is not None else ()
        yield from cell_terms(number, cell, sent(cell.flow), port.classes, policers)


def _outgoing(port: _Port) -> Iterator[Term]:
    fences, isolation, counting = port.of(port.config.fences), port.isolation("to"), port.of(port.config.counting)
    if not (fences or isolation or counting):
        return
    cells = [Cell(EVERYTHING[port.family])]
    cells = decided(cells, lambda _: [_fence(rule) for rule in fences])
    for guard in isolation:
        cells = decided(cells, lambda cell, own=guard: _guard(own, port, cell))  # type: ignore[misc]  # a default argument
    for rule in counting:
        cells = decided(cells, lambda _, own=rule: [_count(own)])  # type: ignore[misc]  # likewise
    yield from exemptions(port.fleet, port.family, direction="out", has_hosts=port.has_hosts)
    for number, cell in enumerate(cells, 1):
        yield from cell_terms(number, cell, classified(cell.flow, port.classes), port.classes, ())


def _mark(rule: MarkRule) -> Rule:
    def then(cell: Cell) -> Cell:
        return replace(cell, dscp=rule.dscp, meter=rule.meter, counters=(*cell.counters, rule.counter))

    return Rule(rule.flow, rule.excepted, then, rule.origin)


def _steer(rule: SteerRule | PolicySteerRule) -> Rule:
    name = steering_instance(rule) if isinstance(rule, SteerRule) else policies_instance(rule.policies)
    return Rule(rule.flow, rule.excepted, lambda cell: replace(cell, instance=name), rule.origin)


def _fence(rule: FenceRule) -> Rule:
    return Rule(rule.flow, rule.excepted, lambda cell: _refused(cell, rule.counter), rule.origin)


def _count(rule: CountRule) -> Rule:
    return Rule(
        rule.flow, rule.excepted, lambda cell: replace(cell, counters=(*cell.counters, rule.counter)), rule.origin
    )


def _guard(rule: IsolationRule, port: _Port, cell: Cell) -> list[Rule]:
    """Return what passes of the packets of a cell, and the refusal of all others of the prefix."""
    everything = EVERYTHING[port.family]
    prefix = escape.prefix(rule.prefix)
    guarded = replace(everything, destination=prefix) if rule.direction == "to" else replace(everything, source=prefix)
    passing = [seen for flow in rule.allowed if (seen := _as_it_came(flow, port, cell)) is not None]
    denied = Rule(guarded, (), lambda own: _refused(own, rule.counter), rule.origin)
    return [*(Rule(flow, (), lambda own: own, rule.origin) for flow in passing), denied]


def _as_it_came(flow: Flow, port: _Port, cell: Cell) -> Flow | None:
    """Return an allowed flow as its packets look at the filter: code points in rules are those behind the marking of this very port."""
    if flow.dscp is None or cell.dscp is None:
        return flow
    meter = next((meter for meter in port.config.meters if meter.name == cell.meter), None)
    leaving = {cell.dscp} | ({meter.over_dscp} if meter is not None and meter.committed_bps is not None else set())
    return replace(flow, dscp=None) if flow.dscp in leaving else None


def _refused(cell: Cell, counter: str) -> Cell:
    return replace(cell, is_refused=True, counters=(counter,), meter=None)


def _version(prefix: str) -> int:
    return ipaddress.ip_network(prefix).version
