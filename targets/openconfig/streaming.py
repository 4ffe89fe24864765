"""Streaming telemetry: the device calls the collector (gRPC) and sends counters of ports, queues and ACLs."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import DeviceConfig, Stream

from . import escape
from .owned import OWN, Collector, Collectors, Sample, Sensor, Sensors, Sent, Subscription

_US_PER_MS = 1000
_ACLS = "/acl/acl-sets/acl-set/acl-entries/acl-entry/state"


def sensors_of(config: DeviceConfig) -> tuple[Sensors, ...]:
    """Return what each stream reads."""
    return tuple(Sensors(_name(stream), tuple(_paths(stream)), stream.origin) for stream in config.streams)


def collectors_of(config: DeviceConfig) -> tuple[Collectors, ...]:
    """Return where each stream goes."""
    return tuple(
        Collectors(_name(stream), (Collector(escape.address(stream.address), stream.port),), stream.origin)
        for stream in config.streams
    )


def subscriptions_of(config: DeviceConfig) -> tuple[Subscription, ...]:
    """Return who is sent what, and how often: at least every interval that was asked for."""
    return tuple(
        Subscription(
            _name(stream),
            "STREAM_GRPC",
            "ENC_PROTO3",
            (Sample(_name(stream), max(1, stream.interval_us // _US_PER_MS)),),
            (Sent(_name(stream)),),
            stream.origin,
        )
        for stream in config.streams
    )


def _name(stream: Stream) -> str:
    return f"{OWN}{escape.object_name(stream.name)}"


def _paths(stream: Stream) -> Iterator[Sensor]:
    for name in stream.interfaces:
        port = escape.port(name)
        yield Sensor(f"/interfaces/interface[name={port.interface}]/state/counters")
        yield Sensor(f"/qos/interfaces/interface[interface-id={port.name}]/output/queues/queue/state")
    yield Sensor(_ACLS)
