"""Where the values of `owned` stand in the configuration of a device: one table serves writing and reading."""

from __future__ import annotations

from intentc.targetkit.kit import NUMBER, CliBlocks, CliEach, CliFlag, CliLine, CliShape

from . import owned
from .entries import entry_kind
from .words import DISCRIMINATOR, DSCP, FAMILY, POLICE, QUEUE_KIND, RATE, SIZE

_COUNTING = CliFlag("is_counting", "counters per-entry")


def _list(family: int, word: str) -> CliShape:
    return CliShape(
        owned.AccessList,
        f"{word} access-list {{name}}",
        (_COUNTING, CliEach("entries", "{item*}", entry_kind(family))),
    )


_QOS_CLASS = CliShape(
    owned.QosClass,
    "class {name}",
    (
        CliLine("set dscp {dscp}", {"dscp": DSCP}),
        CliLine("set traffic-class {traffic_class}", {"traffic_class": NUMBER}),
        CliLine("set drop-precedence {drop_precedence}", {"drop_precedence": NUMBER}),
        CliLine("police {police*}", {"police": POLICE}),
    ),
)
_PBR_CLASS = CliShape(
    owned.PbrClass,
    "{number} class {name}",
    (CliLine("set nexthop recursive {next_hop}"),),
    {"number": NUMBER},
)
_QUEUE = CliShape(
    owned.TxQueue,
    "{kind} {number}",
    (
        CliFlag("is_shared", "no priority", "priority strict"),
        CliLine("bandwidth percent {percent}", {"percent": NUMBER}),
        CliLine("shape rate {cap_bps*}", {"cap_bps": RATE}),
        CliLine(
            "random-detect ecn minimum-threshold {ecn_from*} maximum-threshold {ecn_all*} max-mark-probability {ecn_percent}",
            {"ecn_from": SIZE, "ecn_all": SIZE, "ecn_percent": NUMBER},
        ),
        CliLine(
            "random-detect drop minimum-threshold {drop_from*} maximum-threshold {drop_all*} drop-probability {drop_percent}",
            {"drop_from": SIZE, "drop_all": SIZE, "drop_percent": NUMBER},
        ),
        CliLine(
            "random-detect drop drop-precedence {over_precedence} minimum-threshold {over_from*}"
            " maximum-threshold {over_all*} drop-probability {over_percent}",
            {"over_precedence": NUMBER, "over_from": SIZE, "over_all": SIZE, "over_percent": NUMBER},
        ),
    ),
    {"kind": QUEUE_KIND, "number": NUMBER},
)
_REFLECTOR = CliShape(
    owned.Reflector, "reflector local-discriminator {discriminator}", (), {"discriminator": DISCRIMINATOR}
)
_FAMILY = CliShape(
    owned.RepairFamily,
    "address-family {name} unicast",
    (CliLine("fast-reroute ti-lfa mode {mode*}"),),
    {"name": FAMILY},
)
PORT = CliShape(
    owned.Port,
    "interface {name}",
    (
        CliLine(
            "bfd interval {bfd_ms} min-rx {bfd_rx_ms} multiplier {bfd_multiplier}",
            {"bfd_ms": NUMBER, "bfd_rx_ms": NUMBER, "bfd_multiplier": NUMBER},
        ),
        CliLine("ip access-group {in4} in"),
        CliLine("ip access-group {out4} out"),
        CliLine("ipv6 access-group {in6} in"),
        CliLine("ipv6 access-group {out6} out"),
        CliLine("service-policy type pbr input {pbr}"),
        CliLine("service-policy type qos input {qos}"),
        CliLine("service-profile {profile}"),
        CliFlag("is_isis_bfd", "isis bfd"),
    ),
)
# field of `Owned` -> what its items look like
SHAPES: tuple[tuple[str, CliShape], ...] = (
    ("lists4", _list(4, "ip")),
    ("lists6", _list(6, "ipv6")),
    (
        "qos_classes",
        CliShape(
            owned.ClassMap,
            "class-map type qos match-any {name}",
            (CliLine("match ip access-group {list4}"), CliLine("match ipv6 access-group {list6}")),
        ),
    ),
    (
        "pbr_classes",
        CliShape(
            owned.ClassMap,
            "class-map type pbr match-any {name}",
            (CliLine("match ip access-group {list4}"), CliLine("match ipv6 access-group {list6}")),
        ),
    ),
    (
        "qos_policies",
        CliShape(owned.QosPolicy, "policy-map type quality-of-service {name}", (CliBlocks("classes", _QOS_CLASS),)),
    ),
    ("pbr_policies", CliShape(owned.PbrPolicy, "policy-map type pbr {name}", (CliBlocks("classes", _PBR_CLASS),))),
    (
        "profiles",
        CliShape(
            owned.QosProfile,
            "qos profile {name}",
            (
                CliLine("shape rate {rate_bps*}", {"rate_bps": RATE}),
                CliFlag("is_pausing", "priority-flow-control on"),
                CliEach("paused", "priority-flow-control priority {item} no-drop", NUMBER),
                CliBlocks("queues", _QUEUE),
            ),
        ),
    ),
    (
        "routes",
        CliShape(owned.Route, "ip route {prefix} {next_hop} {distance} name {name}", (), {"distance": NUMBER}),
    ),
    (
        "labels",
        CliShape(
            owned.LabelClass,
            "qos map exp {field} to traffic-class {traffic_class}",
            (),
            {"field": NUMBER, "traffic_class": NUMBER},
        ),
    ),
    (
        "bfd",
        CliShape(
            owned.RouterBfd,
            "router bfd",
            (CliBlocks("services", CliShape(owned.Sbfd, "sbfd", (CliBlocks("reflectors", _REFLECTOR),))),),
        ),
    ),
    ("processes", CliShape(owned.IsisProcess, "router isis {name}", (CliBlocks("families", _FAMILY),))),
    ("ports", PORT),
)
