"""Which lines IOS XR takes where, as far as the tests type them: ours, from Cisco's command references and unified models (25.4).

Sources: "IP Addresses and Services Command Reference" (access lists), "Modular QoS Command Reference", "Segment Routing Command
Reference", "BFD Commands", "System Monitoring Command Reference" (IP SLA), "Telemetry Configuration Guide", "Routing Command Reference".
"""

from __future__ import annotations

import re

from support_cisco_config import LEAF, Grammar

GONE = {"": "gone if empty"}  # a mode of which nothing is left when nothing stands in it
NAME = r"[A-Za-z0-9_.:/-]{1,64}"
NUMBER = r"\d{1,10}"
V4 = r"\d{1,3}(?:\.\d{1,3}){3}"
V6 = r"[0-9a-f:]+:[0-9a-f:.]*"
PORT = r"(?:\d{1,5}|[a-z]+)"
PORTS = rf"(?: (?:eq|gt|lt) {PORT}| range {PORT} {PORT})?"
DSCP = r"(?:[1-5]?\d|6[0-3]|default|ef|cs[1-7]|af[1-4][1-3])"
INTERFACE = r"(?:[A-Z][A-Za-z]+\d+(?:/\d+){3,4}|Bundle-Ether\d+|Loopback\d+|Null0)(?:\.\d+)?"
RATE = rf"{NUMBER} (?:bps|kbps|mbps|gbps)"
SIZE = rf"{NUMBER} (?:bytes|kbytes|mbytes|packets|us|ms)"


def _entries(family, address, longest, icmp):
    side = (
        rf"(?:any|host {address}|{address}/{longest}|{address} {V4})"
        if family == 4
        else rf"(?:any|host {address}|{address}/{longest})"
    )
    hops = "".join(rf"(?: nexthop{number} (?:track {NAME} )?ipv{family} {address})?" for number in (1, 2, 3))
    body = rf"(?:permit|deny) (?:ipv{family}|tcp|udp|sctp|{icmp}|\d+) {side}{PORTS} {side}{PORTS}(?: \d{{1,3}}| nd-n[as])?(?: dscp {DSCP})?{hops}(?: log)?"
    return {rf"{NUMBER} {body}": LEAF, rf"{NUMBER} remark .*": LEAF}


_CLASS_MAP = {
    rf"match access-group ipv[46] {NAME}": LEAF,
    rf"match dscp {DSCP}(?: {DSCP}){{0,7}}": LEAF,
    r"match mpls experimental topmost [0-7](?: [0-7]){0,7}": LEAF,
    r"match traffic-class [0-7]": LEAF,
    r"description .*": LEAF,
}
_POLICE = {
    rf"(?:conform|exceed|violate)-action (?:transmit|drop|set dscp {DSCP}|set discard-class [0-7])": LEAF,
}
_CLASS = {
    r"set (?:traffic-class|discard-class) [0-7]": LEAF,
    rf"set dscp {DSCP}": LEAF,
    r"set mpls experimental imposition [0-7]": LEAF,
    r"set qos-group \d{1,2}": LEAF,
    rf"police rate (?:{RATE}|percent \d+)(?: burst {SIZE})?(?: peak-rate {RATE})?(?: peak-burst {SIZE})?": _POLICE,
    r"priority level [1-7]": LEAF,
    rf"bandwidth (?:{RATE}|percent \d+)": LEAF,
    r"bandwidth remaining (?:ratio|percent) \d+": LEAF,
    rf"queue-limit {SIZE}": LEAF,
    r"random-detect ecn": LEAF,
    rf"random-detect (?:discard-class [0-7] |dscp {DSCP} )?{SIZE} {SIZE}": LEAF,
    rf"shape average (?:{RATE}|percent \d+)": LEAF,
    rf"service-policy {NAME}": LEAF,
}
_PATHS = {
    r"": "gone if empty",
    rf"preference {NUMBER}": {rf"explicit segment-list {NAME}": {rf"weight {NUMBER}": LEAF}, "dynamic": {}},
}
_POLICY = {
    rf"color {NUMBER} end-point (?:ipv4 {V4}|ipv6 {V6})": LEAF,
    "steering": {"path-invalidation drop": LEAF, **GONE},
    "candidate-paths": _PATHS,
    "bfd": {
        rf"minimum-interval {NUMBER}": LEAF,
        rf"multiplier {NUMBER}": LEAF,
        "invalidation-action (?:down|none)": LEAF,
        **GONE,
    },
    "shutdown": LEAF,
}
_SEGMENTS = {rf"index {NUMBER} mpls (?:label {NUMBER}|adjacency {V4})": LEAF}
_TRAFFIC_ENG = {rf"segment-list {NAME}": _SEGMENTS, rf"policy {NAME}": _POLICY, **GONE}
_FAMILY = {
    "fast-reroute per-prefix": LEAF,
    "fast-reroute per-prefix ti-lfa": LEAF,
    rf"fast-reroute per-prefix tiebreaker node-protecting index {NUMBER}": LEAF,
    rf"metric {NUMBER}": LEAF,
    r"prefix-sid index \d+": LEAF,
    **GONE,
}
_ISIS_PORT = {
    rf"bfd minimum-interval {NUMBER}": LEAF,
    rf"bfd multiplier {NUMBER}": LEAF,
    "bfd fast-detect ipv[46]": LEAF,
    r"address-family ipv[46] unicast": _FAMILY,
    r"circuit-type .*": LEAF,
    "point-to-point": LEAF,
    "passive": LEAF,
    **GONE,
}
_ISIS = {rf"interface {INTERFACE}": _ISIS_PORT, "net .*": LEAF, "is-type .*": LEAF, "distribute link-state": LEAF}
_JITTER = {
    r"tos \d{1,3}": LEAF,
    rf"timeout {NUMBER}": LEAF,
    rf"packet (?:count|interval) {NUMBER}": LEAF,
    rf"(?:source|destination) address {V4}": LEAF,
    r"(?:source|destination) port \d{1,5}": LEAF,
    rf"frequency {NUMBER}": LEAF,
    "control disable": LEAF,
}
_RESPONDER = {
    rf"type udp ipv4 address {V4} port \d{{1,5}}": LEAF,
    rf"twamp-light test-session \d{{1,5}} local-ip {V4} local-port \d{{1,5}} remote-ip {V4} remote-port (?:any|\d{{1,5}}) vrf \S+": LEAF,
    **GONE,
}
_IPSLA = {
    rf"operation {NUMBER}": {"type udp jitter": _JITTER, "type icmp echo": {rf"destination address {V4}": LEAF}},
    rf"schedule operation {NUMBER}": {"start-time now": LEAF, "life forever": LEAF},
    "responder": _RESPONDER,
    **GONE,
}
_GROUP = {
    rf"address-family ipv(?:4 {V4}|6 {V6}) port \d+": {
        r"encoding \S+": LEAF,
        r"protocol grpc(?: no-tls)?": LEAF,
    }
}
_MDT = {
    rf"destination-group {NAME}": _GROUP,
    rf"sensor-group {NAME}": {r"sensor-path \S+": LEAF},
    rf"subscription {NAME}": {
        rf"sensor-group-id {NAME} sample-interval {NUMBER}": LEAF,
        rf"destination-id {NAME}": LEAF,
    },
    **GONE,
}
_INTERFACE = {
    rf"ipv[46] access-group {NAME} (?:ingress|egress)(?: interface-statistics)?": LEAF,
    rf"service-policy (?:input|output) {NAME}": LEAF,
    r"description .*": LEAF,
    r"mtu \d+": LEAF,
    r"ipv[46] address .*": LEAF,
    "shutdown": LEAF,
    "priority-flow-control mode (?:on|off)": LEAF,
}
_STATIC = {
    rf"(?:{V4}/\d+|{V6}/\d+) (?:sr-policy {NAME}|{INTERFACE}|{V4}|{V6})(?: \d+)?": LEAF,
    **GONE,
}
TOP = {
    rf"hostname {NAME}": LEAF,
    "username .*": LEAF,
    r"banner .*": LEAF,
    "logging .*": LEAF,
    rf"ipv4 access-list {NAME}": _entries(4, V4, r"\d\d?", "icmp"),
    rf"ipv6 access-list {NAME}": _entries(6, V6, r"\d{1,3}", "icmpv6"),
    rf"class-map match-(?:any|all) {NAME}": _CLASS_MAP,
    rf"policy-map {NAME}": {rf"class {NAME}": _CLASS, "description .*": LEAF},
    rf"interface {INTERFACE}": _INTERFACE,
    "router static": {r"address-family ipv[46] unicast": _STATIC, **GONE},
    rf"router isis {NAME}": _ISIS,
    "segment-routing": {"traffic-eng": _TRAFFIC_ENG, **GONE},
    "sbfd": {
        rf"local-discriminator (?:{NUMBER}|{V4})": LEAF,
        rf"remote-target ipv4 {V4}": {rf"remote-discriminator (?:{NUMBER}|{V4})": LEAF},
        **GONE,
    },
    "ipsla": _IPSLA,
    "telemetry model-driven": _MDT,
}
_KEYS = (
    r"(ipv[46] access-group) \S+ (ingress|egress).*",
    r"(service-policy (?:input|output)) \S+",
    rf"({NUMBER})(?: (?:permit|deny|remark) .*)?",
    r"(hostname|description|mtu|priority level|queue-limit|shape average|set (?:dscp|traffic-class|qos-group|discard-class)) .*",
    r"(set mpls experimental imposition) .*",
    r"(bandwidth(?! remaining)|bandwidth remaining|police rate|weight|minimum-interval|multiplier|invalidation-action) .*",
    r"(color) .*",
    r"(bfd (?:minimum-interval|multiplier)) .*",
    r"(index \d+) .*",
    r"(tos|timeout|packet count|packet interval|source address|destination address|destination port|frequency|encoding|protocol) .*",
    r"(twamp-light test-session \d+) .*",
    r"(sensor-group-id \S+) .*",
)
_PREFIX = re.compile(rf"(?<= )({V4})/(\d+)(?= )")
_NAMES = {"443": "https", "80": "www", "22": "ssh", "179": "bgp"}
_POINTS = {"46": "ef", "0": "default", "34": "af41", "36": "af42", "10": "af11", "12": "af12"}


def _wildcard(found):
    bits = (1 << (32 - int(found[2]))) - 1
    return f"{found[1]} " + ".".join(str(bits >> shift & 255) for shift in (24, 16, 8, 0))


def shown(line):
    """What a router prints for a line: other words for the same."""
    if re.match(r"\d+ (?:permit|deny) ", line):
        line = _PREFIX.sub(_wildcard, f"{line} ").rstrip()
        line = re.sub(r"(?<= eq )\d+", lambda found: _NAMES.get(found[0], found[0]), line)
    line = re.sub(r"(?<=dscp )\d+(?: \d+)*$", lambda found: " ".join(_POINTS.get(w, w) for w in found[0].split()), line)
    return re.sub(r"\b(\d+)000000 bps\b", r"\1 mbps", line)


GRAMMAR = Grammar(
    TOP,
    _KEYS,
    ("hostname", "logging", "username", "banner", "telemetry", "ipv4 access-list", "ipv6 access-list", "class-map", "policy-map", "interface", "router static",
     "router isis", "ipsla", "sbfd", "segment-routing"),
    {"class-map": "end-class-map", "policy-map": "end-policy-map"},
    staticmethod(shown),
    ("policy-map",),
)  # fmt: skip
