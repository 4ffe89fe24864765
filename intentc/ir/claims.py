"""Claims: no two items may want the same resource of a device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from intentc.diagnostics import Diagnostic, Findings, Label
from intentc.ir.model import AlgorithmPolicy, DeviceConfig, Origin, PolicySteerRule, PortQueueing, SrPolicy, SteerRule
from intentc.recall import Recall
from intentc.values import frozen


@frozen
class _Clash:
    """Two claims in words, with who makes them; clashes of one `cause` on many ports and devices are one mistake (None: its own)."""

    text: str
    one: Origin
    other: Origin
    cause: tuple[str, ...] | None = None


_Place = tuple[str, _Clash]  # the node, and what clashes there


Clashes = Recall[tuple[_Clash, ...]]  # of each device


def check_claims(configs: Iterable[DeviceConfig], findings: Findings, known: Clashes | None = None) -> None:
    """Report (E0690) every resource of a device that two items want; what has one cause is one finding, with all its places.

    `known`: what was found the last time of configurations that may be the very same ones.
    """
    known = Recall() if known is None else known
    causes: dict[tuple[str, ...], list[_Place]] = {}
    every = list(configs)
    for config, clashes in zip(every, known.each("", (every,), lambda at: tuple(_clashes(every[at]))), strict=True):
        for clash in clashes:
            causes.setdefault(clash.cause or (config.node, clash.text), []).append((config.node, clash))
    for places in causes.values():
        findings.add(_finding(places))


def _clashes(config: DeviceConfig) -> Iterator[_Clash]:
    yield from _shared_code_points(config)
    yield from _shared_label_classes(config)
    yield from _crowded_ports(config)
    yield from _shared_ports(config)
    yield from _torn_flows(config)
    yield from _shared_colors(config)


def _finding(places: Sequence[_Place]) -> Diagnostic:
    """Return the finding of one cause: at its first place, the others are related."""
    (node, clash), *others = places
    spans = (*clash.other.spans, *clash.one.spans)
    intents = clash.other.intents or clash.one.intents
    more = f", and so at {len(others)} more place{'s' if len(others) > 1 else ''}" if others else ""
    labels = [Label(span, "the other claim is made here") for span in clash.one.spans[:1]]
    for where, other in others:
        labels += [Label(span, f"on `{where}` {other.text}") for span in (*other.other.spans, *other.one.spans)[:1]]
    return Diagnostic(
        "E0690",
        f"on `{node}` {clash.text}{more}",
        spans[0] if spans else None,
        related=tuple(labels),
        help=("give one of the intents another class, rate or port",),
        intent=intents[0] if intents else None,
        node=node,
    )


def _are_twice(numbers: list[int]) -> bool:
    """Return whether any number comes more than once, which hardly ever is."""
    return len(set(numbers)) < len(numbers)


def _shared_code_points(config: DeviceConfig) -> Iterator[_Clash]:
    for port in config.queueing:
        if not _are_twice(list(chain.from_iterable([queue.dscps for queue in port.queues]))):
            continue
        owners: dict[int, str] = {}
        for queue in port.queues:
            for dscp in queue.dscps:
                owner = owners.setdefault(dscp, queue.traffic_class)
                if owner != queue.traffic_class:
                    text = (
                        f"the classes `{owner}` and `{queue.traffic_class}` both use DSCP {dscp} on link `{port.link}`"
                    )
                    yield _Clash(text, port.origin, port.origin, ("dscp", owner, queue.traffic_class))


def _shared_label_classes(config: DeviceConfig) -> Iterator[_Clash]:
    for port in config.queueing:
        if not _are_twice([queue.tc for queue in port.queues if queue.tc is not None]):
            continue
        owners: dict[int, str] = {}
        for queue in port.queues:
            owner = queue.traffic_class if queue.tc is None else owners.setdefault(queue.tc, queue.traffic_class)
            if owner != queue.traffic_class:
                text = (
                    f"labelled packets of the classes `{owner}` and `{queue.traffic_class}` cannot be told apart on link"
                    f" `{port.link}`: both have traffic class {queue.tc}, the first three bits of their DSCPs"
                )
                yield _Clash(text, port.origin, port.origin, ("tc", owner, queue.traffic_class))


def _crowded_ports(config: DeviceConfig) -> Iterator[_Clash]:
    for port in config.queueing:
        promised = sum([queue.guarantee_bps for queue in port.queues])
        if promised > port.rate_bps:
            text = f"the classes on link `{port.link}` are guaranteed {promised} bps of its {port.rate_bps} bps"
            yield _Clash(text, port.origin, port.origin)


def _shared_ports(config: DeviceConfig) -> Iterator[_Clash]:
    edges = {edge.interface for edge in config.edges}
    owners: dict[str, PortQueueing] = {}
    for port in config.queueing:
        owner = owners.setdefault(port.interface, port)
        if owner is not port:
            text = f"the links `{owner.link}` and `{port.link}` are both on port `{port.interface}`"
            yield _Clash(text, owner.origin, port.origin)
        elif port.interface in edges:
            text = f"port `{port.interface}` has both the link `{port.link}` and attached prefixes"
            yield _Clash(text, port.origin, port.origin)


def _torn_flows(config: DeviceConfig) -> Iterator[_Clash]:
    owners: dict[tuple[object, ...], SteerRule | PolicySteerRule] = {}
    rules: list[SteerRule | PolicySteerRule] = [*config.steering, *config.policy_steering]
    for rule in rules:
        for interface in rule.interfaces:
            owner = owners.setdefault((rule.precedence, rule.flow, rule.excepted, interface), rule)
            if _way_of(owner) != _way_of(rule):
                text = f"packets `{rule.flow.source}` to `{rule.flow.destination}` that enter by `{interface}` are steered two ways"
                yield _Clash(text, owner.origin, rule.origin)


def _shared_colors(config: DeviceConfig) -> Iterator[_Clash]:
    owners: dict[tuple[str, int], SrPolicy | AlgorithmPolicy] = {}
    policies: list[SrPolicy | AlgorithmPolicy] = [*config.policies, *config.algorithm_policies]
    for policy in policies:
        owner = owners.setdefault((policy.end_point, policy.color), policy)
        if owner is not policy:
            text = f"two SR policies to `{policy.end_point}` have the color {policy.color}"
            yield _Clash(text, owner.origin, policy.origin)


def _way_of(rule: SteerRule | PolicySteerRule) -> tuple[object, ...]:
    return rule.policies if isinstance(rule, PolicySteerRule) else (rule.waypoints, rule.is_fail_closed)
