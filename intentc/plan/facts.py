"""Which facts of a device its configuration relies on; only they make a plan stale."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from intentc.ir.model import DeviceConfig

# Facts about one interface start with its name; every other kind concerns the whole device.
_PER_INTERFACE = frozenset({"interface", "address", "bfd_foreign", "qdisc_foreign"})


def relied_on(facts: Sequence[str], old: DeviceConfig, new: DeviceConfig) -> tuple[str, ...]:
    """Return those of `facts` (lines `kind=value`) that `old` or `new` depend on, sorted."""
    used = interfaces(old) | interfaces(new)
    return tuple(sorted(fact for fact in set(facts) if _concerns(fact, used)))


def held(facts: Sequence[str], wanted: DeviceConfig) -> tuple[str, ...]:
    """Return, in words, the places among `facts` that `wanted` needs and somebody else holds, sorted."""
    ports = {
        "qdisc_foreign": {item.interface for item in wanted.queueing},
        "bfd_foreign": {item.interface for item in wanted.bfd},
    }
    return tuple(sorted({words for fact in facts for words in _holder(fact, ports, has_rules=bool(wanted.steering))}))


def _holder(fact: str, ports: Mapping[str, Collection[str]], *, has_rules: bool) -> Iterator[str]:
    kind, _, value = fact.partition("=")
    port, _, rest = value.partition(",")
    if kind in ports and port in ports[kind]:
        yield f"queues of `{port}`, by `{rest}`" if kind == "qdisc_foreign" else f"BFD of `{port}`, by `{rest}`"
    elif kind == "rule_foreign" and has_rules:
        yield f"the preference `{value}` of `ip rule`"


def interfaces(config: DeviceConfig) -> frozenset[str]:
    """Return the interfaces that `config` names."""
    named = {
        item.interface
        for ports in (config.edges, config.queueing, config.bfd, config.repairs, config.pauses)
        for item in _each(ports)
    }
    ruled = (
        *(config.marking, config.steering, config.fences, config.isolation, config.counting),
        *(config.policy_steering, config.streams),
    )
    return frozenset(named | {name for rules in ruled for rule in _each(rules) for name in rule.interfaces})


def _each(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the items of any feature; they share no base class."""
    return items


def _concerns(fact: str, used: frozenset[str]) -> bool:
    kind, _, value = fact.partition("=")
    return kind not in _PER_INTERFACE or value.split(",", 1)[0] in used
