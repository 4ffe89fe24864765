"""Where the values of telemetry stand in the configuration."""

from __future__ import annotations

from intentc.targetkit.kit import NUMBER, Flag, Items, Leaf, Many, Shape

from . import owned_services as owned
from .words import ADDRESS, DSCP_BITS, PREFIX

_NAME = Leaf("name", ("name",))

SERVER = Shape(
    owned.Server, (_NAME, Leaf("address", ("remote-address",), ADDRESS), Leaf("port", ("remote-port",), NUMBER))
)
EXPORT = Shape(
    owned.Export,
    (
        _NAME,
        Leaf("local_address", ("local-address",), ADDRESS),
        Leaf("local_port", ("local-port",), NUMBER),
        Leaf("rate_s", ("reporting-rate",), NUMBER),
        Leaf("form", ("format",)),
        Leaf("transport", ("transport",)),
    ),
)
SENSOR = Shape(
    owned.Sensor,
    (
        _NAME,
        Many("servers", ("server-name",)),
        Leaf("export", ("export-name",)),
        Leaf("resource", ("resource",)),
        Leaf("only", ("resource-filter",)),
    ),
)
_SESSION = Shape(
    owned.Session,
    (
        _NAME,
        Leaf("source", ("source-address",), ADDRESS),
        Leaf("target", ("target-address", "address"), ADDRESS),
        Leaf("dscp", ("dscp-code-points",), DSCP_BITS),
        Leaf("count", ("probe-count",), NUMBER),
        Leaf("interval_s", ("probe-interval",), NUMBER),
    ),
)
CONNECTION = Shape(
    owned.Connection,
    (
        _NAME,
        Leaf("kind", ("control-type",)),
        Leaf("tests", ("test-count",), NUMBER),
        Leaf("pause_s", ("test-interval",), NUMBER),
        Items("sessions", ("test-session",), _SESSION),
    ),
)
_PEERS = Shape(
    owned.Peers, (_NAME, Items("addresses", ("address",), Shape(owned.Peer, (Leaf("name", ("name",), PREFIX),))))
)
RESPONDER = Shape(
    owned.Responder,
    (
        Flag("is_open", ("authentication-mode", "none")),
        Items("peers", ("client-list",), _PEERS),
        Flag("is_light", ("light",)),
    ),
)
