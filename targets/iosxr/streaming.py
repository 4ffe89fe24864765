"""Streaming telemetry: the router calls the collector (gRPC with TLS) and sends counters of ports and of their classes."""

from __future__ import annotations

from intentc.targetkit.kit import DeviceConfig, Stream

from . import escape
from .owned_telemetry import Collector, Sensor, Sensors, Subscription

_US_PER_MS = 1000
# what is counted of an interface: octets and packets; packets, drops and queue lengths of each class
_PORT = (
    "Cisco-IOS-XR-infra-statsd-oper:infra-statistics/interfaces/interface[interface-name='{}']/latest/generic-counters"
)
_CLASSES = (
    "Cisco-IOS-XR-qos-ma-oper:qos/interface-table/interface[interface-name='{}']/{}"
    "/service-policy-names/service-policy-instance/statistics"
)


def collectors(config: DeviceConfig) -> tuple[Collector, ...]:
    """Return the groups of collectors, one per stream."""
    return tuple(_collector(stream) for stream in config.streams)


def _collector(stream: Stream) -> Collector:
    address = escape.address(stream.address)
    return Collector(
        name=_name(stream),
        family="ipv6" if ":" in address else "ipv4",
        address=address,
        port=stream.port,
        is_grpc=True,
        encoding="self-describing-gpb",
        origin=stream.origin,
    )


def sensors(config: DeviceConfig) -> tuple[Sensors, ...]:
    """Return what each stream reads."""
    return tuple(
        Sensors(
            _name(stream), tuple(Sensor(path) for port in stream.interfaces for path in _paths(port)), stream.origin
        )
        for stream in config.streams
    )


def _paths(port: str) -> tuple[str, ...]:
    name = escape.interface(port)
    return _PORT.format(name), _CLASSES.format(name, "input"), _CLASSES.format(name, "output")


def subscriptions(config: DeviceConfig) -> tuple[Subscription, ...]:
    """Return who is sent what, and how often."""
    return tuple(
        Subscription(_name(stream), _name(stream), -(-stream.interval_us // _US_PER_MS), _name(stream), stream.origin)
        for stream in config.streams
    )


def _name(stream: Stream) -> str:
    return f"{escape.OWN}{escape.object_name(stream.name)}"
