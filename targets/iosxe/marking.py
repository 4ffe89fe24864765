"""Input policies: marking, trust and metering where hosts hang."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from intentc.targetkit.kit import (
    EVERYTHING,
    DeviceConfig,
    Fleet,
    MarkRule,
    PacketBundle,
    PacketRule,
    PacketSet,
    bundled,
    decide_packets,
)

from . import escape
from .classes import DEFAULT_CLASS
from .inputs import EXEMPT, FAMILIES, Classified, classified, exempt, names, together
from .metering import police, policing
from .owned_qos import Action, PolicyMap, Treatment

_LABEL_SHIFT = 3  # the first three bits of the code point, as routers copy them (RFC 3270, section 3.3)
_REST = "rest"


@dataclass(frozen=True, slots=True)
class Mark:
    """What becomes of a packet; `key` names what counts and meters it."""

    key: str
    dscp: int
    meter: str | None = None


def edge_ports(config: DeviceConfig) -> tuple[str, ...]:
    """Return the ports where hosts hang or rules mark, sorted."""
    return tuple(
        sorted(
            {edge.interface for edge in config.edges} | {name for rule in config.marking for name in rule.interfaces}
        )
    )


def writing_ports(config: DeviceConfig) -> tuple[str, ...]:
    """Return the ports whose input policies may change code points, sorted."""
    return tuple(port for port in edge_ports(config) if bundles_at(port, config) or not _is_trusted(port, config))


def _is_trusted(port: str, config: DeviceConfig) -> bool:
    return all(edge.trust != "none" for edge in config.edges if edge.interface == port)


def bundles_at(port: str, config: DeviceConfig) -> list[PacketBundle[Mark]]:
    """Return the classes of packets that enter by a port, but for the default class."""
    return bundled(one for family in FAMILIES for one in _sets(port, family, config))


def _sets(port: str, family: int, config: DeviceConfig) -> Iterator[PacketSet[Mark]]:
    rules = [
        PacketRule(rule.flow, rule.excepted, _mark(rule), rule.origin)
        for rule in config.marking
        if port in rule.interfaces and rule.flow.family == family
    ]
    for one in decide_packets([rules], EVERYTHING[family]):
        if one.outcomes or one.flow != EVERYTHING[family]:
            yield one


def _mark(rule: MarkRule) -> Mark:
    return Mark(rule.counter if rule.meter is None else rule.meter, rule.dscp, rule.meter)


def inputs(config: DeviceConfig, fleet: Fleet) -> Classified:
    """Return the input policies of all ports where hosts hang."""
    parts = [_edge(port, config) for port in edge_ports(config)]
    if any(part.policies for part in parts):
        parts.append(exempt(fleet))
    return together(parts)


def _edge(port: str, config: DeviceConfig) -> Classified:
    found = bundles_at(port, config)
    if port not in writing_ports(config):
        return Classified()  # nothing is asked of packets there
    named = list(zip(found, names((_key(one) for one in found), port), strict=True))
    rest = () if _is_trusted(port, config) else (_written(0, has_labels=_pushes_labels(config)),)
    policy = PolicyMap(
        escape.port_name("MARK", port),
        (
            Treatment(EXEMPT),
            *(Treatment(name, _actions(one, rest, config), one.origin) for one, name in named),
            Treatment(DEFAULT_CLASS, rest),
        ),
    )
    return together(
        (*(classified(one, name) for one, name in named), Classified(policies=(policy,), slots=((port, policy.name),)))
    )


def _key(bundle: PacketBundle[Mark]) -> str:
    return bundle.outcomes[0].key if bundle.outcomes else _REST


def _actions(bundle: PacketBundle[Mark], rest: tuple[Action, ...], config: DeviceConfig) -> tuple[Action, ...]:
    if not bundle.outcomes:
        return rest
    mark = bundle.outcomes[0]
    meter = next((one for one in config.meters if one.name == mark.meter), None)
    metered = () if meter is None else (policing(police(meter)),)
    return (*metered, _written(mark.dscp, has_labels=_pushes_labels(config)))


def _pushes_labels(config: DeviceConfig) -> bool:
    """Return whether packets may be given labels here."""
    return bool(config.policies or config.algorithm_policies)


def _written(dscp: int, *, has_labels: bool) -> Action:
    return Action("set", dscp=dscp, label=dscp >> _LABEL_SHIFT if has_labels else None)
