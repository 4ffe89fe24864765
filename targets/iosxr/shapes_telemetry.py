"""Where each value of telemetry stands in the configuration, as in `shapes`."""

from __future__ import annotations

from intentc.targetkit.kit import NUMBER, Flag, Items, Leaf, Shape

from .owned_telemetry import (
    AnsweringPort,
    Collector,
    Operation,
    Reflector,
    Responder,
    Schedule,
    Sender,
    Sensor,
    Sensors,
    Subscription,
    TestSession,
)

_JITTER = ("type", "udp", "jitter")
OPERATION = Shape(
    Operation,
    (
        Leaf("number", ("operation-number",), NUMBER),
        Leaf("frequency_s", (*_JITTER, "frequency"), NUMBER),
        Leaf("timeout_ms", (*_JITTER, "timeout"), NUMBER),
        Leaf("source", (*_JITTER, "source", "address", "ipv4-address")),
        Leaf("destination", (*_JITTER, "destination", "address")),
        Leaf("port", (*_JITTER, "destination", "port"), NUMBER),
        Leaf("count", (*_JITTER, "packet", "count"), NUMBER),
        Leaf("interval_ms", (*_JITTER, "packet", "interval"), NUMBER),
        Flag("is_uncontrolled", (*_JITTER, "control", "disable")),
        Leaf("tos", (*_JITTER, "tos"), NUMBER),
    ),
)
SCHEDULE = Shape(
    Schedule,
    (
        Leaf("number", ("operation-number",), NUMBER),
        Flag("is_forever", ("life", "forever")),
        Flag("is_now", ("start-time", "now")),
    ),
)
RESPONDER = Shape(
    Responder,
    (
        Leaf("address", ("address",)),
        Items("ports", ("port",), Shape(AnsweringPort, (Leaf("number", ("port-number",), NUMBER),))),
    ),
)
_SENDER = Shape(Sender, (Leaf("address", ("address",)), Leaf("port", ("remote-port",)), Leaf("vrf", ("vrf",))))
_REFLECTOR = Shape(
    Reflector,
    (
        Leaf("address", ("address",)),
        Leaf("port", ("local-port",), NUMBER),
        Items("senders", ("remote-ip", "ipv4-addresses", "ipv4-address"), _SENDER),
    ),
)
TEST_SESSION = Shape(
    TestSession,
    (
        Leaf("number", ("session-id",), NUMBER),
        Items("reflectors", ("local-ip", "ipv4-addresses", "ipv4-address"), _REFLECTOR),
    ),
)
_FAMILY = ("address-families", "address-family")
COLLECTOR = Shape(
    Collector,
    (
        Leaf("name", ("destination-group-string",)),
        Leaf("family", (*_FAMILY, "af-name")),
        Leaf("address", (*_FAMILY, "destination-address")),
        Leaf("port", (*_FAMILY, "port"), NUMBER),
        Flag("is_grpc", (*_FAMILY, "protocol", "grpc")),
        Leaf("encoding", (*_FAMILY, "encoding")),
    ),
)
_SENSOR = Shape(Sensor, (Leaf("path", ("sensor-path-string",)),))
SENSORS = Shape(
    Sensors,
    (Leaf("name", ("sensor-group-string",)), Items("paths", ("sensor-paths", "sensor-path"), _SENSOR)),
)
_SENSOR_ID = ("sensor-group-ids", "sensor-group-id")
SUBSCRIPTION = Shape(
    Subscription,
    (
        Leaf("name", ("subscription-string",)),
        Leaf("sensors", (*_SENSOR_ID, "sensor-group-id-string")),
        Leaf("interval_ms", (*_SENSOR_ID, "sample-interval"), NUMBER),
        Leaf("collector", ("destination-ids", "destination-id", "destination-id-string")),
    ),
)
