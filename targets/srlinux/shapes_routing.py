"""Where the values of routing and measuring stand in the configuration of a device."""

from __future__ import annotations

from intentc.targetkit.kit import NUMBER, Items, Leaf, Shape

from . import owned_routing as owned
from .words import ADDRESS, DSCP, PREFIX, TRUTH

_NAME = Leaf("name", ("name",))

BFD_PORT = Shape(
    owned.BfdPort,
    (
        Leaf("name", ("id",)),
        Leaf("state", ("admin-state",)),
        Leaf("send_us", ("desired-minimum-transmit-interval",), NUMBER),
        Leaf("receive_us", ("required-minimum-receive",), NUMBER),
        Leaf("multiplier", ("detection-multiplier",), NUMBER),
    ),
)
_IGP_PORT = Shape(
    owned.IgpPort,
    (
        Leaf("name", ("interface-name",)),
        Leaf("has_bfd", ("ipv4-unicast", "enable-bfd"), TRUTH),
        Leaf("has_bfd6", ("ipv6-unicast", "enable-bfd"), TRUTH),
    ),
)
_REPAIRS = ("loopfree-alternate",)
_IGP = Shape(
    owned.Igp,
    (
        _NAME,
        Leaf("repairs", (*_REPAIRS, "admin-state")),
        Leaf("topology_independent", (*_REPAIRS, "ti-lfa", "admin-state")),
        Leaf("most_labels", (*_REPAIRS, "ti-lfa", "max-sr-policy-lfa-labels"), NUMBER),
        Leaf("node_protecting", (*_REPAIRS, "ti-lfa", "node-protect", "admin-state")),
        Items("ports", ("interface",), _IGP_PORT),
    ),
)
INSTANCE = Shape(owned.Instance, (_NAME, Items("igps", ("protocols", "isis", "instance"), _IGP)))
SESSION = Shape(
    owned.Session,
    (
        Leaf("name", ("session-name",)),
        Leaf("target", ("destination-ip",), ADDRESS),
        Leaf("target_port", ("destination-udp-port",), NUMBER),
        Leaf("source", ("source-ip",), ADDRESS),
        Leaf("instance", ("network-instance",)),
        Leaf("dscp", ("dscp",), DSCP),
        Leaf("state", ("stamp", "admin-state")),
        Leaf("interval", ("stamp", "interval")),
    ),
)
_PEER = Shape(owned.Peer, (Leaf("name", ("ip-prefix",), PREFIX),))
REFLECTOR = Shape(
    owned.Reflector,
    (
        _NAME,
        Leaf("description", ("description",)),
        Leaf("state", ("admin-state",)),
        Items("peers", ("ip-prefix",), _PEER),
        Leaf("port", ("udp-port",), NUMBER),
    ),
)
