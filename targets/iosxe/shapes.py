"""Where each value stands in the configuration: elements as in Cisco's published native models, release 17.18.

`word:name` is an element whose namespace is not that of the element around it (`NAMESPACES`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from intentc.targetkit.kit import NUMBER, Flag, Items, Kind, Leaf, NamedElements, Section, Shape

from . import escape, owned, owned_probing
from .shapes_acl import LIST4, LIST6
from .shapes_qos import CLASS_MAP, POLICY_MAP

_MODULES = {
    "native": "native",
    "acl": "acl",
    "bfd": "bfd",
    "isis": "isis",
    "map": "route-map",
    "mdt": "mdt-cfg",
    "ospf": "ospf",
    "pm": "perf-measure",
    "qos": "policy",
    "sla": "sla",
    "sr": "segment-routing",
    "track": "track",
}
NAMESPACES = {word: f"http://cisco.com/ns/yang/Cisco-IOS-XE-{module}" for word, module in _MODULES.items()}

_LENGTHS = Shape(owned.Lengths, (Leaf("least", ("min-len",), NUMBER), Leaf("most", ("max-len",), NUMBER)))
_STEP = Shape(
    owned.Step,
    (
        Leaf("number", ("seq_no",), NUMBER),
        Leaf("action", ("operation",)),
        Leaf("hop4", ("set", "ip", "next-hop", "recursive", "ipv4")),
        Leaf("hop6", ("set", "ipv6", "next-hop", "recursive")),
        Leaf("list4", ("match", "ip", "address", "access-list")),
        Items("lengths", ("match", "length", "lengths"), _LENGTHS),
        Leaf("list6", ("match", "ipv6", "address", "access-list")),
    ),
)
_ROUTE_MAP = Shape(
    owned.RouteMap, (Leaf("name", ("name",)), Items("steps", ("map:route-map-without-order-seq",), _STEP))
)
_UNTRACKED4 = Shape(owned.Way, (Leaf("hop", ("fwd",)), Leaf("distance", ("metric",), NUMBER), Leaf("name", ("name",))))
_TRACKED4 = Shape(owned.Way, (*_UNTRACKED4.parts, Leaf("track", ("track-id-name", "id"), NUMBER)))
_POLICY_WAY = Shape(
    owned.PolicyWay, (Leaf("policy", ("srname",)), Leaf("distance", ("metric",), NUMBER), Leaf("name", ("name",)))
)
_ROUTE4 = Shape(
    owned.Route,
    (
        Leaf("address", ("prefix",)),
        Leaf("mask", ("mask",)),
        Items("untracked", ("fwd-list",), _UNTRACKED4),
        Items("tracked", ("fwd-list-with-track",), _TRACKED4),
        Items("policies", ("segment-routing", "policy"), _POLICY_WAY),
    ),
)
_WAY6 = Shape(
    owned.Way,
    (
        Leaf("hop", ("fwd",)),
        Leaf("distance", ("distance",), NUMBER),
        Leaf("track", ("track",), NUMBER),
        Leaf("name", ("name",)),
    ),
)
_ROUTE6 = Shape(owned.Route, (Leaf("address", ("prefix",)), Items("untracked", ("ipv6-fwd-list",), _WAY6)))
_TRACK = Shape(
    owned.Track,
    (
        Leaf("number", ("object-number",), NUMBER),
        Leaf("address4", ("ip", "route", "address")),
        Leaf("mask4", ("ip", "route", "mask")),
        Flag("is_reachable4", ("ip", "route", "reachability")),
        Leaf("operation", ("ip", "sla", "number"), NUMBER),
        Flag("is_state", ("ip", "sla", "state")),
        Leaf("address6", ("ipv6", "route", "address")),
        Flag("is_reachable6", ("ipv6", "route", "reachability")),
        Leaf("down_s", ("delay", "down"), NUMBER),
        Leaf("up_s", ("delay", "up"), NUMBER),
    ),
)
_TIMER = Shape(
    owned.Timer,
    (
        Leaf("seconds4", ("ip", "route", "sec"), NUMBER),
        Leaf("seconds_sla", ("ip", "sla", "sec"), NUMBER),
        Leaf("seconds6", ("ipv6", "route", "sec"), NUMBER),
    ),
)
_LOCAL = Shape(owned.LocalPolicy, (Leaf("name", ("route-map",)),))
_OPERATION = Shape(
    owned_probing.Operation,
    (
        Leaf("number", ("number",), NUMBER),
        Leaf("destination", ("icmp-echo", "destination")),
        Leaf("source", ("icmp-echo", "source-ip")),
        Leaf("interval_s", ("icmp-echo", "frequency"), NUMBER),
        Leaf("threshold_ms", ("icmp-echo", "threshold"), NUMBER),
        Leaf("size", ("icmp-echo", "request-data-size"), NUMBER),
        Leaf("tos", ("icmp-echo", "tos"), NUMBER),
        Leaf("timeout_ms", ("icmp-echo", "timeout"), NUMBER),
    ),
)
_SCHEDULE = Shape(
    owned_probing.Schedule,
    (
        Leaf("number", ("entry-number",), NUMBER),
        Leaf("life", ("life",)),
        Flag("is_now", ("start-time", "now-config")),
    ),
)
_SEGMENT = Shape(
    owned.Segment,
    (
        Leaf("index", ("index",), NUMBER),
        Leaf("label", ("mpls", "label"), NUMBER),
        Leaf("adjacency", ("mpls", "adjacency")),
    ),
)
_SEGMENT_LIST = Shape(owned.SegmentList, (Leaf("name", ("name",)), Items("segments", ("index",), _SEGMENT)))
_SHARE = Shape(owned.Share, (Leaf("segment_list", ("name",)), Leaf("weight", ("weight",), NUMBER)))
_CANDIDATE = Shape(
    owned.Candidate,
    (Leaf("preference", ("preference",), NUMBER), Items("ways", ("explicit", "segment-list"), _SHARE)),
)
_LIVENESS = ("performance-measurement", "delay-measurement-config")
_POLICY = Shape(
    owned.Policy,
    (
        Leaf("name", ("name",)),
        Items("candidates", ("candidate-paths", "preference"), _CANDIDATE),
        Leaf("profile", (*_LIVENESS, "profile")),
        Flag("is_down_when_dead", (*_LIVENESS, "liveness-detection", "invalidation-action", "down")),
        Flag("is_dropping", ("steering", "path-invalidation", "drop")),
        Leaf("color", ("color-endpoint", "color"), NUMBER),
        Leaf("end_point", ("color-endpoint", "end-point-v2")),
    ),
)
_POLICY_PROFILE = Shape(
    owned.PolicyProfile,
    (
        Leaf("name", ("profile-name",)),
        Leaf("mode", ("probe", "measurement-mode-v2")),
        Leaf("interval_ms", ("probe", "burst-interval"), NUMBER),
        Leaf("multiplier", ("liveness-detection", "multiplier"), NUMBER),
    ),
)
_PROBE_PROFILE = Shape(
    owned_probing.ProbeProfile,
    (
        Leaf("name", ("profile-name",)),
        Leaf("mode", ("probe", "measurement-mode")),
        Leaf("interval_ms", ("probe", "burst-interval"), NUMBER),
        Leaf("dscp", ("probe", "tos-dscp"), NUMBER),
    ),
)
_END_POINT = Shape(
    owned_probing.EndPoint,
    (
        Leaf("name", ("endpoint-name",)),
        Leaf("profile", ("delay-measurement", "profile")),
        Leaf("destination", ("destination-address", "ipv4")),
        Leaf("source", ("source-address", "ipv4")),
    ),
)
_RESPONDER = Shape(
    owned_probing.Responder,
    (
        Leaf("number", ("session-number",), NUMBER),
        Leaf("local", ("local-ip", "address")),
        Leaf("local_port", ("local-port",), NUMBER),
        Leaf("remote", ("remote-ip", "address")),
        Flag("is_any_port", ("remote-port", "any")),
    ),
)
_PROCESS = Shape(
    owned.Process,
    (
        Leaf("name", ("area-tag",)),
        Flag("is_repaired1", ("fast-reroute", "per-prefix", "level-1", "all")),
        Flag("is_repaired2", ("fast-reroute", "per-prefix", "level-2", "all")),
        Leaf("node_rank1", ("fast-reroute", "tie-break", "level-1", "node-protecting"), NUMBER),
        Leaf("node_rank2", ("fast-reroute", "tie-break", "level-2", "node-protecting"), NUMBER),
        Flag("is_ti_lfa1", ("fast-reroute", "ti-lfa", "level-1")),
        Flag("is_ti_lfa2", ("fast-reroute", "ti-lfa", "level-2")),
    ),
)
_BFD = Shape(
    owned.Bfd,
    (
        Leaf("interval_ms", ("msecs",), NUMBER),
        Leaf("min_rx_ms", ("min_rx",), NUMBER),
        Leaf("multiplier", ("multiplier",), NUMBER),
    ),
)
_FILTER6 = Shape(owned.Filter6, (Leaf("direction", ("direction",)), Leaf("name", ("access-list",))))
_LEVEL = Shape(owned.Level, (Leaf("name", ("levels",)), Flag("is_off", ("disable",))))
_REPAIRED = ("isis", "isis:fast-reroute", "ti-lfa", "protection", "fast-reroute-tilfa-list")
_OSPF_BFD = ("ip", "ospf:router-ospf", "ospf", "bfd")


def _port(kind: str) -> Shape:
    """Return the shape of interfaces of one kind, which stand by their numbers in a list of that kind."""
    return Shape(
        owned.Port,
        (
            Leaf("name", ("name",), Kind(lambda name: escape.kind_and_number(name)[1], lambda text: f"{kind}{text}")),
            Leaf("in4", ("ip", "access-group", "in", "acl", "acl-name")),
            Flag("is_in4", ("ip", "access-group", "in", "acl", "in")),
            Leaf("out4", ("ip", "access-group", "out", "acl", "acl-name")),
            Flag("is_out4", ("ip", "access-group", "out", "acl", "out")),
            Leaf("map4", ("ip", "policy", "route-map")),
            Flag("is_ospf_bfd", _OSPF_BFD),
            Flag("is_ospf_bfd_off", (*_OSPF_BFD, "disable")),
            Leaf("map6", ("ipv6", "policy", "route-map")),
            Items("filters6", ("ipv6", "traffic-filter"), _FILTER6),
            Items("bfd", ("bfd", "bfd:interval-interface"), _BFD),
            Flag("is_isis_bfd", ("isis", "isis:bfd")),
            Flag("is_isis_bfd_off", ("isis", "isis:bfd", "disable")),
            Items("repaired", _REPAIRED, _LEVEL),
            Leaf("input", ("qos:service-policy", "input")),
            Leaf("output", ("qos:service-policy", "output")),
        ),
    )


def _is_of(kind: str) -> Callable[[Any], bool]:
    return lambda port: escape.kind_and_number(port.name)[0] == kind


_RECEIVER = Shape(
    owned_probing.Receiver,
    (Leaf("address", ("address",)), Leaf("port", ("port",), NUMBER), Leaf("protocol", ("protocol",))),
)
_SUBSCRIPTION = Shape(
    owned_probing.Subscription,
    (
        Leaf("number", ("subscription-id",), NUMBER),
        Leaf("stream", ("base", "stream")),
        Leaf("encoding", ("base", "encoding")),
        Leaf("source", ("base", "source-address")),
        Leaf("period", ("base", "period"), NUMBER),
        Leaf("path", ("base", "xpath")),
        Items("receivers", ("mdt-receivers",), _RECEIVER),
    ),
)

_NATIVE = "native:native"
_TE = (_NATIVE, "segment-routing", "sr:traffic-eng")
_PM = (_NATIVE, "performance-measurement")

# Containers stand once, so what is in the same one stands together.
SECTIONS = (
    Section("lists4", (_NATIVE, "ip", "access-list", "acl:extended"), LIST4),
    Section("local", (_NATIVE, "ip", "local", "policy"), _LOCAL, is_whole=False),
    Section("routes4", (_NATIVE, "ip", "route", "ip-route-interface-forwarding-list"), _ROUTE4),
    Section("operations", (_NATIVE, "ip", "sla:sla", "entry"), _OPERATION),
    Section("schedules", (_NATIVE, "ip", "sla:sla", "schedule"), _SCHEDULE),
    Section("responders", (_NATIVE, "ip", "sla:sla", "responder", "twamp-light", "test-session"), _RESPONDER),
    Section("lists6", (_NATIVE, "ipv6", "access-list", "acl:named-acl"), LIST6),
    Section("routes6", (_NATIVE, "ipv6", "route", "ipv6-route-list"), _ROUTE6),
    Section("class_maps", (_NATIVE, "policy", "qos:class-map"), CLASS_MAP),
    Section("policy_maps", (_NATIVE, "policy", "qos:policy-map"), POLICY_MAP),
    Section("tracks", (_NATIVE, "track", "track:tracked-object-v2"), _TRACK),
    Section("timers", (_NATIVE, "track", "track:timer"), _TIMER, is_whole=False),
    Section("segment_lists", (*_TE, "segment-list"), _SEGMENT_LIST),
    Section("policies", (*_TE, "policy"), _POLICY),
    Section("policy_profiles", (*_PM, "pm:delay-profile", "named-sr-policy", "sr-policy", "name"), _POLICY_PROFILE),
    Section("probe_profiles", (*_PM, "pm:delay-profile", "named-endpoint", "endpoint", "name"), _PROBE_PROFILE),
    Section("end_points", (*_PM, "pm:endpoint"), _END_POINT),
    Section("route_maps", (_NATIVE, "route-map"), _ROUTE_MAP),
    Section("processes", (_NATIVE, "router", "isis:isis-container", "isis"), _PROCESS, is_whole=False),
    *(
        Section("ports", (_NATIVE, "interface", kind), _port(kind), is_whole=False, takes=_is_of(kind))
        for kind in escape.KINDS
    ),
    Section("subscriptions", ("mdt:mdt-config-data", "mdt-subscription"), _SUBSCRIPTION),
)
ELEMENTS = NamedElements(SECTIONS, NAMESPACES)
