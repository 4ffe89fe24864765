"""Streaming telemetry: the router calls the collector (gRPC) and sends counters of ports and of the classes of their policies."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import DeviceConfig, Fleet, Stream, numbers_for

from . import escape, numbers
from .owned_probing import Receiver, Subscription

_US_PER_HUNDREDTH = 10_000
# what is counted of an interface: octets and packets; packets, drops and queue lengths of each class
_PATHS = (
    "/interfaces-ios-xe-oper:interfaces/interface[name='{}']/statistics",
    "/interfaces-ios-xe-oper:interfaces/interface[name='{}']/diffserv-info",
)


def wanted(config: DeviceConfig) -> tuple[str, ...]:
    """Return what is subscribed to: a subscription has one path."""
    return tuple(key for stream in config.streams for key, _ in _paths(stream))


def _paths(stream: Stream) -> Iterator[tuple[str, str]]:
    """Yield the paths of a stream, each with the name of its subscription."""
    for port in stream.interfaces:
        for form in _PATHS:
            path = form.format(escape.interface(port))
            yield f"{escape.object_name(stream.name)} {path}", path


def subscriptions(config: DeviceConfig, fleet: Fleet) -> tuple[Subscription, ...]:
    """Return who is sent what, and how often, by number."""
    known = numbers_for(wanted(config), numbers.SUBSCRIPTIONS)
    found = (
        _subscription(known[key], path, stream, config.node, fleet)
        for stream in config.streams
        for key, path in _paths(stream)
    )
    return tuple(sorted(found, key=lambda one: one.number))


def _subscription(number: int, path: str, stream: Stream, node: str, fleet: Fleet) -> Subscription:
    address = escape.address(stream.address)
    source = fleet.loopbacks[node][1 if ":" in address else 0]
    return Subscription(
        number=number,
        stream="yang-push",
        encoding="encode-kvgpb",
        source=None if source is None else escape.address(source),
        period=-(-stream.interval_us // _US_PER_HUNDREDTH),
        path=path,
        receivers=(Receiver(address, stream.port, "grpc-tcp"),),
        origin=stream.origin,
    )
