"""Where each value stands at the command line: the same values as in `shapes`, as `show running-config` prints them.

The words follow Cisco's unified models, which mirror the command line (`Cisco-IOS-XR-um-*-cfg`, 25.4), and where those have none the
configuration guides of IOS XR: "Segment Routing", "BFD", "System Monitoring" (IP SLA), "Telemetry".
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from intentc.targetkit.kit import (
    NUMBER,
    CliBlocks,
    CliEach,
    CliEnd,
    CliFlag,
    CliHere,
    CliLine,
    CliSection,
    CliShape,
    CliWithin,
    CliWords,
    Kind,
)

from . import owned
from .entry_lines import sequence_kind
from .lines_telemetry import TELEMETRY
from .words import DSCP


def _discriminator(text: str) -> int:
    return int(IPv4Address(text)) if "." in text else int(text)


def _amount(text: str) -> tuple[owned.Amount, ...]:
    value, unit = text.split()
    return (owned.Amount(int(value), unit),)


def _said(amounts: tuple[owned.Amount, ...]) -> str:
    return f"{amounts[0].value} {amounts[0].unit}"


_AMOUNT = Kind(_said, _amount)
_DISCRIMINATOR = Kind(str, _discriminator)
_UNIT = {"value": NUMBER}


def _list(family: int) -> CliShape:
    entries = CliEach("sequences", "{item*}", sequence_kind(family))
    return CliShape(owned.AccessList, f"ipv{family} access-list {{name}}", (entries,))


def _class_map(kind: str, *, is_any: bool) -> CliShape:
    return CliShape(
        owned.ClassMap,
        f"class-map {kind} {{name}}",
        (
            CliLine("match access-group ipv4 {list4}"),
            CliLine("match access-group ipv6 {list6}"),
            CliWords("dscps", "match dscp {items*}", DSCP),
            CliWords("labels", "match mpls experimental topmost {items*}", NUMBER),
            CliLine("match traffic-class {traffic_class}", {"traffic_class": NUMBER}),
            CliEnd("end-class-map"),
        ),
        fixed={"is_any": is_any},
    )


_CLASS_MAP = _class_map("match-any", is_any=True)


def _action(colour: str) -> tuple[Any, ...]:
    return (
        CliFlag("is_sent", f"{colour}-action transmit"),
        CliFlag("is_dropped", f"{colour}-action drop"),
        CliLine(f"{colour}-action set discard-class {{discard_class}}", {"discard_class": NUMBER}),
        CliLine(f"{colour}-action set dscp {{dscp}}", {"dscp": DSCP}),
    )


_POLICE = CliShape(
    owned.Police,
    "police rate {rate*}[ burst {burst*}][ peak-rate {peak_rate*}][ peak-burst {peak_burst*}]",
    tuple(CliHere(colour, owned.Action, _action(colour)) for colour in ("conform", "exceed", "violate")),
    dict.fromkeys(("rate", "burst", "peak_rate", "peak_burst"), _AMOUNT),
)


def _share(words: str) -> CliShape:
    """Return an amount with its unit behind it, or, of shares, before it."""
    plain = CliShape(owned.Amount, f"{words} {{value}} {{unit}}", kinds=_UNIT)
    percent, ratio = (
        CliShape(owned.Amount, f"{words} {unit} {{value}}", kinds=_UNIT, fixed={"unit": unit})
        for unit in ("percent", "ratio")
    )
    return replace(percent, others=(ratio, plain))


def _threshold(words: str) -> CliShape:
    kinds = {"low": NUMBER, "high": NUMBER, "discard_class": NUMBER, "dscp": DSCP}
    return CliShape(owned.Early, f"random-detect {words}{{low}} {{low_unit}} {{high}} {{high_unit}}", kinds=kinds)


_EARLY = replace(_threshold("discard-class {discard_class} "), others=(_threshold("dscp {dscp} "), _threshold("")))
_MARK = (
    CliLine("set traffic-class {traffic_class}", {"traffic_class": NUMBER}),
    CliLine("set discard-class {discard_class}", {"discard_class": NUMBER}),
    CliLine("set dscp {dscp}", {"dscp": DSCP}),
    CliLine("set mpls experimental imposition {label}", {"label": NUMBER}),
    CliLine("set qos-group {group}", {"group": NUMBER}),
)
_TREATMENT = CliShape(
    owned.Treatment,
    "class {name}",
    (
        CliHere("mark", owned.Mark, _MARK),
        CliBlocks("police", _POLICE),
        CliLine("priority level {level}", {"level": NUMBER}),
        CliBlocks("bandwidth", _share("bandwidth")),
        CliBlocks("remaining", _share("bandwidth remaining")),
        CliBlocks("limits", CliShape(owned.Amount, "queue-limit {value} {unit}", kinds=_UNIT)),
        CliFlag("is_ecn", "random-detect ecn"),
        CliBlocks("early", _EARLY),
        CliBlocks("shape", _share("shape average")),
        CliWithin("service-policy {child}", fixed={"child_kind": "qos"}),
    ),
)
_POLICY_MAP = CliShape(
    owned.PolicyMap, "policy-map {name}", (CliBlocks("classes", _TREATMENT), CliEnd("end-policy-map"))
)
_ROUTE = CliShape(
    owned.Route,
    "{address}/{length} sr-policy {policy}",
    kinds={"length": NUMBER},
    others=(CliShape(owned.Route, "{address}/{length} {interface*}", kinds={"length": NUMBER}),),
)


def _segment(words: str, field: str, kind: str) -> CliShape:
    kinds = {"index": NUMBER, "label": NUMBER}
    return CliShape(owned.Segment, f"index {{index}} mpls {words} {{{field}}}", kinds=kinds, fixed={"kind": kind})


_SEGMENT_LIST = CliShape(
    owned.SegmentList,
    "segment-list {name}",
    (
        CliBlocks(
            "segments",
            replace(
                _segment("label", "label", "mpls-label"),
                others=(_segment("adjacency", "address", "ip-adjacency-address"),),
            ),
        ),
    ),
)
_WAY = CliShape(
    owned.Way,
    "explicit segment-list {segment_list}",
    (CliLine("weight {weight}", {"weight": NUMBER}),),
    fixed={"kind": "explicit", "hops": "mpls"},
)
_CANDIDATE = CliShape(owned.Candidate, "preference {preference}", (CliBlocks("ways", _WAY),), {"preference": NUMBER})
_END_POINT = Kind(lambda text: text.removeprefix("end-point-type-"), lambda text: f"end-point-type-{text}")
_ACTION_DOWN = Kind(
    lambda text: text.removeprefix("invalid-ation-action-"), lambda text: f"invalid-ation-action-{text}"
)
_POLICY = CliShape(
    owned.Policy,
    "policy {name}",
    (
        CliWithin(
            "bfd",
            (
                CliLine("minimum-interval {interval_ms}", {"interval_ms": NUMBER}),
                CliLine("multiplier {multiplier}", {"multiplier": NUMBER}),
                CliLine("invalidation-action {when_down}", {"when_down": _ACTION_DOWN}),
            ),
        ),
        CliLine(
            "color {color} end-point {end_point_kind} {end_point}", {"color": NUMBER, "end_point_kind": _END_POINT}
        ),
        CliWithin("steering", (CliFlag("is_dropping", "path-invalidation drop"),)),
        CliWithin("candidate-paths", (CliBlocks("candidates", _CANDIDATE),)),
    ),
)
_NUMBERED = {"number": _DISCRIMINATOR}
_REMOTE = CliShape(
    owned.Remote,
    "remote-target ipv4 {address}",
    (CliBlocks("numbers", CliShape(owned.Discriminator, "remote-discriminator {number}", kinds=_NUMBERED)),),
)
_REPAIR = CliShape(
    owned.Repair,
    "address-family {family} {kind}",
    (
        CliFlag("is_per_prefix", "fast-reroute per-prefix"),
        CliLine("fast-reroute per-prefix tiebreaker node-protecting index {node_index}", {"node_index": NUMBER}),
        CliFlag("is_ti_lfa", "fast-reroute per-prefix ti-lfa"),
    ),
)
_SESSION = CliShape(
    owned.Session,
    "interface {name}",
    (
        CliLine("bfd minimum-interval {interval_ms}", {"interval_ms": NUMBER}),
        CliLine("bfd multiplier {multiplier}", {"multiplier": NUMBER}),
        CliFlag("is_ipv4", "bfd fast-detect ipv4"),
        CliBlocks("repairs", _REPAIR),
    ),
)
# What others may have put into a slot has more words, and it is theirs all the same.
_PORT_PARTS = (
    CliLine("ipv4 access-group {in4*} ingress[ {_*}]"),
    CliLine("ipv4 access-group {out4*} egress[ {_*}]"),
    CliLine("ipv6 access-group {in6*} ingress[ {_*}]"),
    CliLine("ipv6 access-group {out6*} egress[ {_*}]"),
    CliLine("priority-flow-control mode {pausing}"),
    CliEach("inputs", "service-policy input {item*}"),
    CliEach("outputs", "service-policy output {item*}"),
)
_SEGMENT_ROUTING = ("segment-routing", "traffic-eng")


def _slot(line: str) -> str:
    """Return the slot of an interface that a line fills: all but the name."""
    words = line.split()
    return " ".join([*words[:2], words[-1]] if words[1] == "access-group" else words[:2])


def _one_route(one: owned.Route, other: owned.Route) -> owned.Route | None:
    if (one.policy and other.policy) or (one.interface and other.interface) or one.length != other.length:
        return None
    return replace(one, policy=one.policy or other.policy, interface=one.interface or other.interface)


def _each_way(route: owned.Route) -> tuple[owned.Route, ...]:
    ways = (replace(route, interface=None), replace(route, policy=None))
    return tuple(way for way in ways if way.policy or way.interface)


def _routes(family: int) -> CliSection:
    frame = ("router static", f"address-family ipv{family} unicast")
    return CliSection(f"routes{family}", _ROUTE, frame, split=_each_way, joined=_one_route)


SECTIONS = (
    CliSection("lists4", _list(4), numbered=1),
    CliSection("lists6", _list(6), numbered=1),
    CliSection(
        "class_maps", replace(_CLASS_MAP, others=(_class_map("match-all", is_any=False),)), ended="end-class-map"
    ),
    CliSection("policy_maps", _POLICY_MAP, ended="end-policy-map", ordered="class "),
    _routes(4),
    _routes(6),
    CliSection("segment_lists", _SEGMENT_LIST, _SEGMENT_ROUTING),
    CliSection("policies", _POLICY, _SEGMENT_ROUTING),
    CliSection(
        "discriminators", CliShape(owned.Discriminator, "local-discriminator {number}", kinds=_NUMBERED), ("sbfd",)
    ),
    CliSection("remotes", _REMOTE, ("sbfd",)),
    CliSection(
        "processes", CliShape(owned.Process, "router isis {name}", (CliBlocks("sessions", _SESSION),)), is_whole=False
    ),
    *TELEMETRY,
    CliSection(
        "ports", CliShape(owned.Port, "interface {name}", _PORT_PARTS), is_whole=False, is_binding=True, slot=_slot
    ),
)
