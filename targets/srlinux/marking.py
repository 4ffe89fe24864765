"""Marking and metering where packets come in: a classifier per subinterface and family, and policers of forwarding classes.

A classifier sees packets as hosts sent them, writes the code point (the two ECN bits stay) and the forwarding class. What
no rule names keeps both at a trusted port, where the DSCP policy decides, and becomes DF at another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from intentc.targetkit.kit import EVERYTHING, DeviceConfig, Fleet, MarkRule, Meter, meet

from . import escape
from .cells import Cell, Decision, decided
from .classes import DSCP_POLICY, Classes, class_name, dscp_policy
from .filters import KINDS, exempt, numbered
from .match import match_of
from .owned import OWN, Classifier, ClassifierRef, Metered, Policer, PolicerTemplate, QosPort, Rule

_LAST = 65535
_DF = 0
_KBIT = 1024  # bits in what SR Linux calls a kilobit of a policer


def marked_ports(config: DeviceConfig) -> tuple[str, ...]:
    """Return the ports at which anything is marked, or not trusted, sorted."""
    return tuple(
        sorted(
            {edge.interface for edge in config.edges} | {name for rule in config.marking for name in rule.interfaces}
        )
    )


def classifiers_of(config: DeviceConfig, fleet: Fleet, classes: Classes) -> tuple[Classifier, ...]:
    """Return the classifiers of the ports of hosts."""
    return tuple(
        Classifier(_name(name, family), kind, rules)
        for name in marked_ports(config)
        for family, kind in KINDS.items()
        if (rules := _rules(config, fleet, classes, name, family))
    )


def _name(port: str, family: int) -> str:
    return f"{OWN}MF{family}-{escape.port(port).word}"


def _rules(config: DeviceConfig, fleet: Fleet, classes: Classes, port: str, family: int) -> tuple[Rule, ...]:
    decisions = [
        Decision(rule.flow, rule.excepted, rule.origin, mark=rule)
        for rule in config.marking
        if port in rule.interfaces and rule.flow.family == family
    ]
    cells = decided([Cell(EVERYTHING[family])], decisions)
    if cells[-1].is_plain:
        cells.pop()
    is_untrusted = any(edge.interface == port and edge.trust == "none" for edge in config.edges)
    if not cells and not is_untrusted:
        return ()
    found = [Rule(0, class_name(0), entry.match) for entry in exempt(fleet, family)]
    for cell in cells:
        found += _of_cell(cell, classes, is_untrusted=is_untrusted)
    last = [Rule(_LAST, class_name(0), (), _DF)] if is_untrusted else []
    return (*numbered(found), *last)


def _of_cell(cell: Cell, classes: Classes, *, is_untrusted: bool) -> list[Rule]:
    """Return the entries for a cell; what only exceptions left over is treated as what no rule names."""
    if cell.mark is not None:
        number = classes.number(cell.mark.traffic_class)
        return [Rule(0, class_name(number), match_of(cell.flow), escape.dscp(cell.mark.dscp), origin=cell.origin)]
    if is_untrusted:
        return [Rule(0, class_name(0), match_of(cell.flow), _DF)]
    trusted = [
        Rule(0, point.forwarding_class, match_of(both), drop=point.drop)
        for point in dscp_policy(classes).points
        if (both := meet(cell.flow, replace(EVERYTHING[cell.flow.family], dscp=point.name))) is not None
    ]
    return [*trusted, Rule(0, class_name(0), match_of(cell.flow))]


def ports_of(config: DeviceConfig, classifiers: tuple[Classifier, ...]) -> Iterator[QosPort]:
    """Yield what the subinterfaces of hosts are given."""
    known = {item.name for item in classifiers}
    for name in marked_ports(config):
        own = escape.port(name)
        references = tuple(
            ClassifierRef(kind, _name(name, family)) for family, kind in KINDS.items() if _name(name, family) in known
        )
        policers = template_name(name) if meters_at(config, name) else None
        yield QosPort(own.reference, own.interface, own.subinterface, DSCP_POLICY, None, references, policers)


def template_name(port: str) -> str:
    """Return the name of the policers of a port."""
    return f"{OWN}P-{escape.port(port).word}"


def rules_at(config: DeviceConfig, port: str) -> dict[str, list[MarkRule]]:
    """Return the marking rules of a port by class."""
    found: dict[str, list[MarkRule]] = {}
    for rule in config.marking:
        if port in rule.interfaces:
            found.setdefault(rule.traffic_class, []).append(rule)
    return found


def meters_at(config: DeviceConfig, port: str) -> dict[str, Meter]:
    """Return the meter of each class that has one at a port."""
    meters = {meter.name: meter for meter in config.meters}
    return {
        name: meters[rules[0].meter]
        for name, rules in sorted(rules_at(config, port).items())
        if rules[0].meter is not None and rules[0].meter in meters
    }


def templates_of(config: DeviceConfig, classes: Classes) -> tuple[PolicerTemplate, ...]:
    """Return the policers of the ports of hosts."""
    return tuple(
        PolicerTemplate(template_name(port), tuple(_policers(config, port, classes)))
        for port in marked_ports(config)
        if meters_at(config, port)
    )


def _policers(config: DeviceConfig, port: str, classes: Classes) -> Iterator[Policer]:
    for index, (name, meter) in enumerate(sorted(meters_at(config, port).items()), 1):
        rate, burst = bound(meter)
        kbps = -(-rate // _KBIT)
        origin = rules_at(config, port)[name][0].origin
        metered = (Metered(class_name(classes.number(name))),)
        yield Policer(index, metered, kbps, kbps, burst, burst, is_dropping=True, origin=origin)


def bound(meter: Meter) -> tuple[int, int]:
    """Return the rate and burst above which packets are dropped; raises `ValueError` for a meter that re-marks."""
    if meter.committed_bps is None and meter.ceiling_bps is not None:
        return meter.ceiling_bps, meter.ceiling_burst_bytes
    if meter.committed_bps is None or meter.over_dscp is not None:
        raise ValueError(f"not a meter that only drops: {meter.name!r}")
    return meter.committed_bps, meter.burst_bytes
