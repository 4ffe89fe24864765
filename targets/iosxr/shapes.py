"""Where each value stands in the configuration: elements as in Cisco's published models (unified models, release 25.4).

`word:name` is an element whose namespace is not that of the element around it (`NAMESPACES`).
"""

from __future__ import annotations

from intentc.targetkit.kit import NUMBER, Flag, Items, Kind, Leaf, Many, Path, Section, Shape

from . import owned, shapes_pausing, shapes_telemetry
from .words import DSCP, PORT, PROTOCOL4, PROTOCOL6

_CISCO = "http://cisco.com/ns/yang/Cisco-IOS-XR-"
NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"
NAMESPACES = {
    "acl4": f"{_CISCO}um-ipv4-access-list-cfg",
    "acl6": f"{_CISCO}um-ipv6-access-list-cfg",
    "qos": f"{_CISCO}um-policymap-classmap-cfg",
    "static": f"{_CISCO}um-router-static-cfg",
    "sr": f"{_CISCO}segment-routing-ms-cfg",
    "xtc": f"{_CISCO}infra-xtc-agent-cfg",
    "sbfd": f"{_CISCO}um-bfd-sbfd-cfg",
    "isis": f"{_CISCO}um-router-isis-cfg",
    "ipsla": f"{_CISCO}um-ipsla-cfg",
    "mdt": f"{_CISCO}um-telemetry-model-driven-cfg",
    "hw": f"{_CISCO}um-8000-hw-module-profile-cfg",
    "port": f"{_CISCO}um-interface-cfg",
    "eth": f"{_CISCO}um-if-ethernet-cfg",
    "acl": f"{_CISCO}um-if-access-group-cfg",
    "slot": f"{_CISCO}um-if-service-policy-qos-cfg",
}

_AMOUNT = Shape(owned.Amount, (Leaf("value", ("value",), NUMBER), Leaf("unit", ("unit",))))
_SIZE = Shape(owned.Amount, (Leaf("value", ("size",), NUMBER), Leaf("unit", ("unit",))))
_SIDE = Shape(
    owned.Side,
    (
        Flag("is_any", ("any",)),
        Leaf("host", ("host",)),
        Leaf("address", ("address",)),
        Leaf("length", ("prefix-length",), NUMBER),
        Leaf("wildcard", ("wildcard-mask",)),
        Leaf("port", ("port", "eq"), PORT),
        Leaf("first_port", ("port", "range", "start-value"), PORT),
        Leaf("last_port", ("port", "range", "end-value"), PORT),
    ),
)


def _access_list(family: str, protocol: Kind) -> Shape:
    match = Shape(
        owned.Match,
        (
            Leaf("protocol", ("protocol",), protocol),
            Items("source", ("source",), _SIDE),
            Items("destination", ("destination",), _SIDE),
            Leaf("dscp", ("dscp", "dscp-value"), DSCP),
            Leaf("icmp_type", ("icmp", "message-type"), NUMBER),
            *(Leaf(f"hop{number}", (f"nexthop{number}", family)) for number in (1, 2, 3)),
        ),
    )
    sequence = Shape(
        owned.Sequence,
        (
            Leaf("number", ("sequence-number",), NUMBER),
            Items("deny", ("deny",), match),
            Items("permit", ("permit",), match),
        ),
    )
    return Shape(
        owned.AccessList, (Leaf("name", ("access-list-name",)), Items("sequences", ("sequences", "sequence"), sequence))
    )


_CLASS_MAP = Shape(
    owned.ClassMap,
    (
        Leaf("name", ("class-map-name",)),
        Flag("is_any", ("match-any",)),
        Leaf("list4", ("match", "access-group", "ipv4")),
        Leaf("list6", ("match", "access-group", "ipv6")),
        Many("dscps", ("match", "dscp", "value"), DSCP),
        Many("labels", ("match", "mpls", "experimental", "topmost", "label"), NUMBER),
        Leaf("traffic_class", ("match", "traffic-class", "id"), NUMBER),
    ),
)
_ACTION = Shape(
    owned.Action,
    (
        Flag("is_sent", ("transmit",)),
        Flag("is_dropped", ("drop",)),
        Leaf("discard_class", ("set", "discard-class"), NUMBER),
        Leaf("dscp", ("set", "dscp"), DSCP),
    ),
)
_POLICE = Shape(
    owned.Police,
    (
        Items("rate", ("rate",), _AMOUNT),
        Items("burst", ("burst",), _AMOUNT),
        Items("peak_burst", ("peak-burst",), _AMOUNT),
        Items("peak_rate", ("peak-rate",), _AMOUNT),
        Items("conform", ("conform-action",), _ACTION),
        Items("exceed", ("exceed-action",), _ACTION),
        Items("violate", ("violate-action",), _ACTION),
    ),
)
_EARLY = Shape(
    owned.Early,
    (
        Leaf("low", ("minimum-threshold-value",), NUMBER),
        Leaf("low_unit", ("minimum-threshold-unit",)),
        Leaf("high", ("maximum-threshold-value",), NUMBER),
        Leaf("high_unit", ("maximum-threshold-unit",)),
        Leaf("discard_class", ("discard-class",), NUMBER),
        Leaf("dscp", ("dscp",), DSCP),
    ),
)
_MARK = Shape(
    owned.Mark,
    (
        Leaf("traffic_class", ("traffic-class",), NUMBER),
        Leaf("discard_class", ("discard-class",), NUMBER),
        Leaf("dscp", ("dscp",), DSCP),
        Leaf("label", ("mpls", "experimental", "imposition"), NUMBER),
        Leaf("group", ("qos-group",), NUMBER),
    ),
)
_TREATMENT = Shape(
    owned.Treatment,
    (
        Leaf("name", ("name",)),
        Leaf("kind", ("type",)),
        Items("bandwidth", ("bandwidth",), _AMOUNT),
        Items("remaining", ("bandwidth-remaining",), _AMOUNT),
        Items("police", ("police",), _POLICE),
        Leaf("level", ("priority", "level"), NUMBER),
        Items("limits", ("queue-limits", "queue-limit"), _AMOUNT),
        Flag("is_ecn", ("random-detect-ecn",)),
        Items("early", ("random-detect",), _EARLY),
        Leaf("child", ("service-policy", "name")),
        Leaf("child_kind", ("service-policy", "type")),
        Items("mark", ("set",), _MARK),
        Items("shape", ("shape", "average", "rate"), _AMOUNT),
    ),
)
_POLICY_MAP = Shape(owned.PolicyMap, (Leaf("name", ("policy-map-name",)), Items("classes", ("class",), _TREATMENT)))
_ROUTE = Shape(
    owned.Route,
    (
        Leaf("address", ("prefix-address",)),
        Leaf("length", ("prefix-length",), NUMBER),
        Leaf("policy", ("sr-policies", "sr-policy", "sr-policy-name")),
        Leaf("interface", ("nexthop-interfaces", "nexthop-interface", "interface-name")),
    ),
)
_SEGMENT = Shape(
    owned.Segment,
    (
        Leaf("index", ("segment-index",), NUMBER),
        Leaf("kind", ("segment-type",)),
        Leaf("label", ("mpls-label",), NUMBER),
        Leaf("address", ("adjacency-address",)),
    ),
)
_SEGMENT_LIST = Shape(
    owned.SegmentList, (Leaf("name", ("path-name",)), Items("segments", ("segments", "segment"), _SEGMENT))
)
_WAY = Shape(
    owned.Way,
    (
        Leaf("kind", ("type",)),
        Leaf("hops", ("hop-type",)),
        Leaf("segment_list", ("segment-list-name",)),
        Leaf("weight", ("weight",), NUMBER),
    ),
)
_CANDIDATE = Shape(
    owned.Candidate,
    (Leaf("preference", ("path-index",), NUMBER), Items("ways", ("path-infos", "path-info"), _WAY)),
)
_POLICY = Shape(
    owned.Policy,
    (
        Leaf("name", ("policy-name",)),
        Flag("is_dropping", ("steering", "invalidation-drop")),
        Leaf("color", ("policy-color-endpoint", "color"), NUMBER),
        Leaf("end_point_kind", ("policy-color-endpoint", "end-point-type")),
        Leaf("end_point", ("policy-color-endpoint", "end-point-address")),
        Items("candidates", ("candidate-paths", "preferences", "preference"), _CANDIDATE),
        Leaf("multiplier", ("bfd", "multiplier"), NUMBER),
        Leaf("interval_ms", ("bfd", "minimum-interval"), NUMBER),
        Leaf("when_down", ("bfd", "invalidation-action")),
    ),
)
_DISCRIMINATOR = Shape(owned.Discriminator, (Leaf("number", ("thirty-two-bit-local-discriminator-number",), NUMBER),))
_REMOTE_NUMBER = Shape(owned.Discriminator, (Leaf("number", ("remote-discriminator-number",), NUMBER),))
_REMOTE = Shape(
    owned.Remote,
    (
        Leaf("address", ("ipv4-address",)),
        Items("numbers", ("remote-discriminators", "remote-discriminator"), _REMOTE_NUMBER),
    ),
)
_PER_PREFIX = ("fast-reroute", "per-prefix")
_REPAIR = Shape(
    owned.Repair,
    (
        Leaf("family", ("af-name",)),
        Leaf("kind", ("saf-name",)),
        Flag("is_per_prefix", ("fast-reroute", "enable", "per-prefix")),
        Leaf("node_index", (*_PER_PREFIX, "tiebreaker", "node-protecting", "index"), NUMBER),
        Flag("is_ti_lfa", (*_PER_PREFIX, "ti-lfa")),
    ),
)
_SESSION = Shape(
    owned.Session,
    (
        Leaf("name", ("interface-name",)),
        Flag("is_ipv4", ("bfd", "fast-detect", "ipv4")),
        Leaf("interval_ms", ("bfd", "minimum-interval"), NUMBER),
        Leaf("multiplier", ("bfd", "multiplier"), NUMBER),
        Items("repairs", ("address-families", "address-family"), _REPAIR),
    ),
)
_PROCESS = Shape(
    owned.Process, (Leaf("name", ("process-id",)), Items("sessions", ("interfaces", "interface"), _SESSION))
)


def _slot(family: str, direction: str, element: str) -> Path:
    return (family, "acl:access-group", direction, element, "name")


_PORT = Shape(
    owned.Port,
    (
        Leaf("name", ("interface-name",)),
        Leaf("in4", _slot("ipv4", "ingress", "access-list-name-1")),
        Leaf("out4", _slot("ipv4", "egress", "access-list-name")),
        Leaf("in6", _slot("ipv6", "ingress", "access-list-name-1")),
        Leaf("out6", _slot("ipv6", "egress", "access-list-name")),
        Leaf("pausing", ("eth:priority-flow-control", "mode")),
        Many("inputs", ("slot:service-policy", "input", "service-policy-name")),
        Many("outputs", ("slot:service-policy", "output", "service-policy-name")),
    ),
)


def _routes(family: str) -> Path:
    return ("static:router", "static", "address-family", family, "unicast", "prefixes", "prefix")


_IPSLA = "ipsla:ipsla"
_TWAMP_LIGHT = (_IPSLA, "responder", "twamp-light")
_MDT = ("mdt:telemetry", "model-driven")
_XTC = ("sr:sr", "xtc:traffic-engineering")

SECTIONS = (
    Section("lists4", ("acl4:ipv4", "access-lists", "access-list"), _access_list("ipv4", PROTOCOL4)),
    Section("lists6", ("acl6:ipv6", "access-lists", "access-list"), _access_list("ipv6", PROTOCOL6)),
    Section("class_maps", ("qos:class-map", "type", "qos"), _CLASS_MAP),
    Section("policy_maps", ("qos:policy-map", "type", "qos"), _POLICY_MAP),
    Section("routes4", _routes("ipv4"), _ROUTE),
    Section("routes6", _routes("ipv6"), _ROUTE),
    Section("segment_lists", (*_XTC, "segments", "segment"), _SEGMENT_LIST),
    Section("policies", (*_XTC, "policies", "policy"), _POLICY),
    Section(
        "discriminators",
        (
            "sbfd:sbfd",
            "local-discriminator",
            "thirty-two-bit-local-discriminators",
            "thirty-two-bit-local-discriminator",
        ),
        _DISCRIMINATOR,
    ),
    Section("remotes", ("sbfd:sbfd", "remote-target", "ipv4s", "ipv4"), _REMOTE),
    Section("processes", ("isis:router", "isis", "processes", "process"), _PROCESS, is_whole=False),
    Section("operations", (_IPSLA, "operations", "operation"), shapes_telemetry.OPERATION),
    Section("schedules", (_IPSLA, "schedule", "operations", "operation"), shapes_telemetry.SCHEDULE),
    Section(
        "responders",
        (_IPSLA, "responder", "type", "udp", "ipv4", "address"),
        shapes_telemetry.RESPONDER,
        is_whole=False,
    ),
    Section("test_sessions", (*_TWAMP_LIGHT, "test-session", "session"), shapes_telemetry.TEST_SESSION),
    Section("collectors", (*_MDT, "destination-groups", "destination-group"), shapes_telemetry.COLLECTOR),
    Section("sensors", (*_MDT, "sensor-groups", "sensor-group"), shapes_telemetry.SENSORS),
    Section("subscriptions", (*_MDT, "subscriptions", "subscription"), shapes_telemetry.SUBSCRIPTION),
    Section(
        "pause_cards",
        ("hw:hw-module", "profile", "priority-flow-control", "locations", "location"),
        shapes_pausing.CARD,
        is_whole=False,
    ),
    Section("ports", ("port:interfaces", "interface"), _PORT, is_whole=False),
)
