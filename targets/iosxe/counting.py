"""Output policies that only count, where packets leave towards their hosts: classes without an action."""

from __future__ import annotations

from intentc.targetkit.kit import EVERYTHING, DeviceConfig, PacketRule, bundled, decide_packets

from . import escape
from .classes import DEFAULT_CLASS
from .inputs import FAMILIES, Classified, classified, names, together
from .owned_qos import PolicyMap, Treatment


def counters(config: DeviceConfig) -> Classified:
    """Return the policies of all ports where something is counted."""
    ports = sorted({port for rule in config.counting for port in rule.interfaces})
    return together(_at(port, config) for port in ports)


def _at(port: str, config: DeviceConfig) -> Classified:
    """Return the policy of a port: a class for each counter; packets of exceptions are in the default class."""
    sets = [
        one
        for family in FAMILIES
        for one in decide_packets([_rules(port, family, config)], EVERYTHING[family])
        if one.outcomes or one.flow != EVERYTHING[family]
    ]
    found = bundled(sets)
    named = list(zip(found, names((one.outcomes[0] if one.outcomes else "rest" for one in found), port), strict=True))
    policy = PolicyMap(
        escape.port_name("COUNT", port),
        (*(Treatment(name, origin=one.origin) for one, name in named), Treatment(DEFAULT_CLASS)),
    )
    return together(
        (*(classified(one, name) for one, name in named), Classified(policies=(policy,), slots=((port, policy.name),)))
    )


def _rules(port: str, family: int, config: DeviceConfig) -> list[PacketRule[str]]:
    return [
        PacketRule(rule.flow, rule.excepted, rule.counter, rule.origin)
        for rule in config.counting
        if port in rule.interfaces and rule.flow.family == family
    ]
