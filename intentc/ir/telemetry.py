"""Telemetry: what the devices of an intent send to a collector, and what they measure among themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.ir.ground import Ground, asked_by, merged
from intentc.ir.model import Origin, Probe, ProbeReflector, Stream
from intentc.ir.names import object_name
from intentc.realise.model import RealisedDemand
from intentc.resolve.model import TelemetryRequirement
from intentc.targetkit.probing import can_measure

_NS_PER_US = 1000
_PACKETS = 10  # measured packets per report
_LEAST_US, _MOST_US = 100_000, 1_000_000  # between two of them

_Key = tuple[str, str, int]  # node, collector, interval in us
_Pair = tuple[str, str, str]  # node, peer, class


def lower_streams(ground: Ground) -> Mapping[str, tuple[Stream, ...]]:
    """Return what the nodes on the paths of intents with `telemetry … to COLLECTOR` send there: counters of the ports used."""
    ports: dict[_Key, set[str]] = {}
    origins: dict[_Key, list[Origin]] = {}
    for item, telemetry in _measured(ground):
        if telemetry.collector is None:
            continue
        for node, interface in _ports(ground, item):
            if ground.can(node, "streaming"):
                key = node, telemetry.collector, telemetry.every_ns // _NS_PER_US
                ports.setdefault(key, set()).add(interface)
                origins.setdefault(key, []).append(asked_by(item.demand, "telemetry"))
    found: dict[str, list[Stream]] = {}
    for key in sorted(ports):
        found.setdefault(key[0], []).append(_stream(ground, key, ports[key], merged(origins[key])))
    return {node: tuple(streams) for node, streams in found.items()}


def lower_probes(ground: Ground) -> Mapping[str, tuple[Probe, ...]]:
    """Return the measurements between the end nodes of intents with `telemetry`, one per pair of nodes and class."""
    fastest: dict[_Pair, int] = {}
    origins: dict[_Pair, list[Origin]] = {}
    for item, telemetry in _measured(ground):
        pair = item.chosen.source.node, item.chosen.destination.node, item.demand.traffic_class
        if _can_measure(ground, pair[0], pair[1]):
            fastest[pair] = min(fastest.get(pair, _MOST_US), _interval_us(telemetry))
            origins.setdefault(pair, []).append(asked_by(item.demand, "telemetry"))
    found: dict[str, list[Probe]] = {}
    for pair in sorted(fastest):
        node, peer, name = pair
        dscp = ground.classes[name].dscp
        probe = Probe(object_name(peer, name), peer, dscp, fastest[pair], merged(origins[pair]))
        found.setdefault(node, []).append(probe)
    return {node: tuple(probes) for node, probes in found.items()}


def lower_probe_reflectors(ground: Ground) -> Mapping[str, tuple[ProbeReflector, ...]]:
    """Return the reflectors at the far ends of these measurements, one per node that measures."""
    origins: dict[str, dict[str, list[Origin]]] = {}
    for node, probes in lower_probes(ground).items():
        for probe in probes:
            origins.setdefault(probe.peer, {}).setdefault(node, []).append(probe.origin)
    return {
        node: tuple(ProbeReflector(peer, merged(of_peer[peer])) for peer in sorted(of_peer))
        for node, of_peer in sorted(origins.items())
    }


def _measured(ground: Ground) -> Iterator[tuple[RealisedDemand, TelemetryRequirement]]:
    asked = ground.measured
    for item in ground.demands if asked else ():
        telemetry = asked.get(item.demand.intent)
        if telemetry is not None:
            yield item, telemetry


def _ports(ground: Ground, item: RealisedDemand) -> Iterator[tuple[str, str]]:
    """Yield the ports that an intent's packets leave by on its paths, and those of its hosts."""
    for path in item.primary:
        for node, name in zip(path.nodes, path.links, strict=False):
            interface = ground.topology.links[name].end(node).interface
            if interface is not None:
                yield node, interface
    for end in (item.chosen.source, item.chosen.destination):
        for interface in ground.ports_of(end):
            yield end.node, interface


def _stream(ground: Ground, key: _Key, interfaces: set[str], origin: Origin) -> Stream:
    _, name, interval_us = key
    collector = ground.topology.collectors[name]
    return Stream(
        object_name(name, str(interval_us)),
        str(collector.address),
        collector.port,
        interval_us,
        tuple(sorted(interfaces)),
        origin,
    )


def _can_measure(ground: Ground, node: str, peer: str) -> bool:
    has_loopbacks = all(ground.topology.nodes[name].loopback is not None for name in (node, peer))
    return has_loopbacks and can_measure(ground.capabilities, node, peer)


def _interval_us(telemetry: TelemetryRequirement) -> int:
    return max(_LEAST_US, min(_MOST_US, telemetry.every_ns // _NS_PER_US // _PACKETS))
