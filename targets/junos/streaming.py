"""Streaming telemetry: line cards send the counters of ports, and of their queues, to the collector (UDP, packed as protobuf)."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import DeviceConfig, Fleet, Obstacle, Stream

from . import escape
from .owned_services import Export, Sensor, Server

_US_PER_S = 1_000_000
_LEAST_S, _MOST_S = 1, 3600  # what a reporting rate may be
_LOCAL_PORT = 32_767
_PORT = "/junos/system/linecard/interface/"  # with the counters of the queues
_UNIT = "/junos/system/linecard/interface/logical/usage/"  # of one logical interface
_IPV4 = 4


def servers_of(config: DeviceConfig) -> tuple[Server, ...]:
    """Return the collectors, one per stream."""
    return tuple(
        Server(_name(one), escape.address(one.address), escape.number(one.port, 1, 65535), one.origin)
        for one in config.streams
    )


def exports_of(config: DeviceConfig, fleet: Fleet) -> tuple[Export, ...]:
    """Return how each stream is sent: from the loopback, in whole seconds, rather more often than asked for."""
    found = []
    for stream in config.streams:
        loopback = fleet.loopbacks[config.node][0]
        if loopback is None:
            raise ValueError(f"{config.node} has no loopback for IPv4")
        rate_s = min(_MOST_S, escape.number(stream.interval_us // _US_PER_S, _LEAST_S, 2**32))
        found.append(Export(_name(stream), escape.address(loopback), _LOCAL_PORT, rate_s, "gpb", "udp", stream.origin))
    return tuple(found)


def sensors_of(config: DeviceConfig) -> tuple[Sensor, ...]:
    """Return what each stream sends: a sensor for each port, which alone goes through the filter."""
    found = {
        sensor.name: sensor
        for stream in config.streams
        for interface in stream.interfaces
        for sensor in _sensors(stream, interface)
    }
    return tuple(found[name] for name in sorted(found))


def _sensors(stream: Stream, interface: str) -> Iterator[Sensor]:
    physical, unit = escape.port(interface)
    name = _name(stream)
    yield Sensor(f"{name}-{escape.port_word(physical)}", (name,), name, _PORT, physical, stream.origin)
    if unit:
        word = escape.port_word(interface)
        yield Sensor(f"{name}-{word}-unit", (name,), name, _UNIT, f"{physical}.{unit}", stream.origin)


def _name(stream: Stream) -> str:
    return escape.object_name(stream.name)


def obstacles_of(config: DeviceConfig, fleet: Fleet) -> Iterator[Obstacle]:
    """Yield the streams that line cards cannot send."""
    for stream in config.streams:
        if ":" in stream.address:
            why = f"the collector `{stream.address}` has an IPv6 address, and sensors are only known to send over IPv4"
            yield _refused(stream, why, "give the collector an IPv4 address")
        elif fleet.loopbacks[config.node][0] is None:
            yield _refused(
                stream, "sensors send from the IPv4 loopback, and it has none", "write the `loopback` of the node"
            )
        if stream.interval_us < _US_PER_S:
            yield _refused(stream, "line cards report once a second at most", "write `every 1s` or more")


def _refused(stream: Stream, reason: str, instead: str) -> Obstacle:
    return Obstacle(block="streaming telemetry", reason=reason, instead=instead, origin=stream.origin)
