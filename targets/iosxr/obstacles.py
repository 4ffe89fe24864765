"""What a device cannot be given although its platform has the feature: bounds of access lists, policers, schedulers and names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from intentc.targetkit.kit import DeviceConfig, Fleet, Obstacle, do_guarantees_fit, joined

from . import pausing
from .families import Family, family_of
from .marking import Maker, edge_ports
from .numbers import OPERATIONS
from .steering import MOST_HOPS

_DECLARE = "declare the BFD that the underlay runs with `bfd` in the section `routing`"
_ALLOW = "allow the time that the IGP takes to converge"


def obstacles(config: DeviceConfig, fleet: Fleet) -> tuple[Obstacle, ...]:
    """Return what stands in the way of a configuration; () where it can be rendered and means what it says."""
    return (
        *_measurements(config),
        *_hops(config),
        *_hosts_code_points(config),
        *_sessions(config, fleet),
        *_by_hardware(config, fleet),
        *pausing.obstacles_of(config, fleet),
    )


def _measurements(config: DeviceConfig) -> Iterator[Obstacle]:
    most = OPERATIONS[1] - OPERATIONS[0] + 1
    if len(config.probes) > most:
        yield Obstacle(
            "measuring delay",
            f"intentc has numbers for {most} IP SLA operations, and {len(config.probes)} are needed",
            "ask for `telemetry` in fewer intents, or let those to one place share a class",
            joined(probe.origin for probe in config.probes) or config.probes[0].origin,
        )


def _hops(config: DeviceConfig) -> Iterator[Obstacle]:
    for rule in config.steering:
        count = len(rule.waypoints) + rule.is_fail_closed
        if count > MOST_HOPS:
            yield Obstacle(
                "steering off the IGP's own path",
                f"an entry of an access list has {MOST_HOPS} next hops, and {count} are needed",
                "promise fewer failures at once, or use SR policies there",
                rule.origin,
            )


def _hosts_code_points(config: DeviceConfig) -> Iterator[Obstacle]:
    for rule in config.isolation:
        if rule.direction == "from" and any(flow.dscp is not None for flow in rule.allowed):
            yield Obstacle(
                "isolation by code point",
                "access lists see packets of hosts before they are marked",
                "allow them by addresses, protocol and ports",
                rule.origin,
            )


def _sessions(config: DeviceConfig, fleet: Fleet) -> Iterator[Obstacle]:
    for block, ports, instead in (
        ("BFD on the IGP's adjacencies", config.bfd, _DECLARE),
        ("local repair (TI-LFA)", config.repairs, _ALLOW),
    ):
        origin = joined(port.origin for port in ports) or next((port.origin for port in ports), None)
        if origin is None:
            continue
        if any(port.igp != "isis" for port in ports):
            yield Obstacle(block, "the OSPF area of an interface is not in the topology", instead, origin)
        elif fleet.igp_process is None:
            yield Obstacle(
                block,
                "the topology does not say what the IS-IS process is called",
                f"write `process` in the section `routing` (`router isis CORE` is `CORE`), or {instead}",
                origin,
            )


def _by_hardware(config: DeviceConfig, fleet: Fleet) -> Iterator[Obstacle]:
    if not (config.edges or config.marking or config.queueing):
        return
    family = family_of(config.hardware)
    yield from _meters(config, fleet, family)
    share = " in whole percents" if family.is_split else ""
    for port in config.queueing:
        if not do_guarantees_fit(port, are_shares=family.is_split) and port.origin.spans:
            yield Obstacle(
                "guaranteeing the bandwidth of all classes",
                f"network control may use a tenth of `{port.interface}` first, and they do not fit into the rest{share}",
                "reserve less on the link",
                port.origin,
            )


def _meters(config: DeviceConfig, fleet: Fleet, family: Family) -> Iterator[Obstacle]:
    """Yield the meters that would have to stand in two classes, each of which counts for itself."""
    maker = Maker(config, fleet, family)
    for port in edge_ports(config):
        bundles = maker.bundles(port)
        counts = Counter(bundle.outcomes[0].meter for bundle in bundles)
        for name, count in sorted((name, count) for name, count in counts.items() if name is not None):
            if count > 1:
                origin = joined(rule.origin for rule in config.marking if rule.meter == name)
                if origin is not None:
                    yield Obstacle(
                        "one rate for several kinds of packets",
                        f"packets of another intent lie between them on `{port}`, so {count} policers would count apart",
                        "give these intents the same priority, or a rate each",
                        origin,
                    )
