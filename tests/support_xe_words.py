"""Which lines IOS XE takes where and when, as far as the tests type them: ours, from Cisco's command references.

Sources: those that `targets/iosxe/lines.py` names. When a line is taken is stricter here than a router may be: nothing is referred to that
is not there, and nothing goes that is referred to.
"""

from __future__ import annotations

import re

from support_cisco_config import LEAF, Grammar

NAME = r"[A-Za-z0-9_.:/-]{1,64}"
NUMBER = r"\d{1,10}"
V4 = r"\d{1,3}(?:\.\d{1,3}){3}"
V6 = r"[0-9a-f:]+:[0-9a-f:.]*"
PORT = r"(?:\d{1,5}|[a-z][a-z0-9-]+)"
PORTS = rf"(?: (?:eq|gt|lt) {PORT}| range {PORT} {PORT})?"
DSCP = r"(?:[1-5]?\d|6[0-3]|default|ef|cs[1-7]|af[1-4][1-3])"
INTERFACE = r"(?:[A-Z][A-Za-z]+\d+(?:/\d+){0,2})(?:\.\d+)?"
SIDE4 = rf"(?:any|host {V4}|{V4} {V4})"
SIDE6 = rf"(?:any|host {V6}|{V6}/\d{{1,3}})"
TAIL = rf"(?: dscp {DSCP})?(?: log)?"
ENTRIES4 = {
    rf"{NUMBER} (?:permit|deny) (?:ip|tcp|udp|icmp|\d+) {SIDE4}{PORTS} {SIDE4}{PORTS}(?: established)?{TAIL}": LEAF,
    rf"{NUMBER} remark .*": LEAF,
}
ENTRIES6 = {
    rf"sequence {NUMBER} (?:permit|deny) (?:ipv6|tcp|udp|sctp|icmp|\d+) {SIDE6}{PORTS} {SIDE6}{PORTS}(?: nd-n[as])?{TAIL}": LEAF,
    rf"sequence {NUMBER} remark .*": LEAF,
}
CLASS_MAP = {
    rf"match access-group name {NAME}": LEAF,
    rf"match dscp {DSCP}(?: {DSCP}){{0,7}}": LEAF,
    r"match mpls experimental topmost [0-7](?: [0-7]){0,7}": LEAF,
    "description .*": LEAF,
}
POLICE = {rf"(?:conform|exceed|violate)-action (?:transmit|drop|set-dscp-transmit {DSCP})": LEAF}
CLASS = {
    rf"set dscp {DSCP}": LEAF,
    "set mpls experimental imposition [0-7]": LEAF,
    "set cos [0-7]": LEAF,
    rf"police cir {NUMBER}\d? bc {NUMBER}(?: pir {NUMBER}\d? be {NUMBER})?": POLICE,
    "priority level [12]": LEAF,
    r"bandwidth remaining percent \d{1,3}": LEAF,
    rf"queue-limit {NUMBER} (?:bytes|packets|us)": LEAF,
    r"shape average \d{4,12}": LEAF,
    "random-detect dscp-based": LEAF,
    "random-detect ecn": LEAF,
    rf"random-detect dscp {DSCP} {NUMBER} bytes {NUMBER} bytes {NUMBER}": LEAF,
    rf"service-policy {NAME}": LEAF,
}
STEP = {
    rf"match ip address {NAME}": LEAF,
    rf"match ipv6 address {NAME}": LEAF,
    rf"set ip next-hop recursive {V4}": LEAF,
    rf"set ipv6 next-hop recursive {V6}": LEAF,
}
ISIS = {
    "net .*": LEAF,
    "is-type .*": LEAF,
    "distribute link-state": LEAF,
    r"fast-reroute per-prefix level-[12] all": LEAF,
    r"fast-reroute tie-break level-[12] node-protecting \d{1,3}": LEAF,
    r"fast-reroute ti-lfa level-[12]": LEAF,
}
SUBSCRIPTION = {
    r"encoding \S+": LEAF,
    r"filter xpath \S+": LEAF,
    rf"source-address (?:{V4}|{V6})": LEAF,
    r"stream \S+": LEAF,
    rf"update-policy periodic {NUMBER}": LEAF,
    rf"receiver ip address (?:{V4}|{V6}) \d{{1,5}} protocol \S+": LEAF,
}
PORT_LINES = {
    rf"ip access-group {NAME} (?:in|out)": LEAF,
    rf"ipv6 traffic-filter {NAME} (?:in|out)": LEAF,
    rf"ip policy route-map {NAME}": LEAF,
    rf"ipv6 policy route-map {NAME}": LEAF,
    rf"service-policy (?:input|output) {NAME}": LEAF,
    rf"bfd interval {NUMBER} min_rx {NUMBER} multiplier {NUMBER}": LEAF,
    "isis bfd(?: disable)?": LEAF,
    "ip ospf bfd(?: disable)?": LEAF,
    r"isis fast-reroute ti-lfa protection level-[12](?: disable)?": LEAF,
    "ip address .*": LEAF,
    "no ip address": LEAF,
    "ip router isis .*": LEAF,
    "description .*": LEAF,
    r"mtu \d+": LEAF,
    "shutdown": LEAF,
}
HOP = rf"(?:{V4}|{V6}|{INTERFACE})"
TOP = {
    rf"hostname {NAME}": LEAF,
    "version .*": LEAF,
    "username .*": LEAF,
    "banner .*": LEAF,
    "logging .*": LEAF,
    "archive": {"path .*": LEAF, r"maximum \d+": LEAF},
    rf"ip access-list extended {NAME}": ENTRIES4,
    rf"ipv6 access-list {NAME}": ENTRIES6,
    rf"class-map match-(?:any|all) {NAME}": CLASS_MAP,
    rf"policy-map {NAME}": {rf"class {NAME}": CLASS, "description .*": LEAF},
    rf"interface {INTERFACE}": PORT_LINES,
    rf"track {NUMBER} ip route {V4} {V4} reachability": {r"delay .*": LEAF},
    rf"track {NUMBER} ipv6 route {V6}/\d+ reachability": {r"delay .*": LEAF},
    r"track timer ip(?:v6)? route \d{1,3}": LEAF,
    rf"ip route {V4} {V4} {HOP}(?: \d{{1,3}})?(?: name {NAME})?(?: track {NUMBER})?": LEAF,
    rf"ipv6 route {V6}/\d+ {HOP}(?: \d{{1,3}})?(?: name {NAME})?(?: track {NUMBER})?": LEAF,
    rf"route-map {NAME} (?:permit|deny) {NUMBER}": STEP,
    rf"ip sla responder twamp-light test-session \d{{1,3}} local-ip {V4} local-port \d{{1,5}} remote-ip {V4} remote-port any": LEAF,
    rf"router isis {NAME}": ISIS,
    rf"telemetry ietf subscription {NUMBER}": SUBSCRIPTION,
}
_KEYS = (
    r"(ip access-group) \S+ (in|out)",
    r"(ipv6 traffic-filter) \S+ (in|out)",
    r"(service-policy (?:input|output)) \S+",
    r"(ip(?:v6)? policy route-map) \S+",
    r"(bfd interval) .*",
    r"(isis bfd|ip ospf bfd)(?: disable)?",
    r"(isis fast-reroute ti-lfa protection level-[12])(?: disable)?",
    r"(route-map \S+) (?:permit|deny) (\d+)",
    rf"({NUMBER})(?: (?:permit|deny|remark) .*)?",
    rf"(sequence {NUMBER})(?: (?:permit|deny|remark) .*)?",
    r"(hostname|description|mtu|version|path|maximum|priority level|queue-limit|shape average|set (?:dscp|cos)) .*",
    r"(set mpls experimental imposition|set ip next-hop recursive|set ipv6 next-hop recursive) .*",
    r"(bandwidth remaining percent|police cir|update-policy|encoding|stream|filter|source-address) .*",
    r"(random-detect dscp) (\S+) .*",
    r"(conform-action|exceed-action|violate-action) .*",
    r"(track timer ip(?:v6)? route) \d+",
    r"(track) (\d+) .*",
    r"(ip route \S+ \S+ \S+).*",
    r"(ipv6 route \S+ \S+).*",
    r"(ip sla responder twamp-light test-session \d+) .*",
    r"(fast-reroute tie-break level-[12] node-protecting) .*",
)
# What a line refers to: its form, and the form of the line that has to stand at the top.
_REFERS = (
    (r"match access-group name (\S+)", r"ip(?:v6)? access-list (?:extended )?{}"),
    (r"match ip(?:v6)? address (\S+)", r"ip(?:v6)? access-list (?:extended )?{}"),
    (r"ip access-group (\S+) .*", r"ip access-list extended {}"),
    (r"ipv6 traffic-filter (\S+) .*", r"ipv6 access-list {}"),
    (r"ip(?:v6)? policy route-map (\S+)", r"route-map {} .*"),
    (r"service-policy (?:input |output )?(\S+)", r"policy-map {}"),
    (r"class (\S+)", r"class-map match-\S+ {}"),
    (r"ip(?:v6)? route .* track (\d+)", r"track {} .*"),
)
_NAMES = {"443": "443", "80": "www", "22": "22", "179": "bgp", "53": "domain"}
_POINTS = {"46": "ef", "0": "default", "34": "af41", "36": "af42", "10": "af11", "12": "af12", "48": "cs6"}


def _everything(section):
    for child in section.below.values():
        yield child.text
        yield from _everything(child)


def _is_there(root, form, name):
    return any(re.fullmatch(form.format(re.escape(name)), child.text) for child in root.below.values())


def refuses(root, section, line):
    """Why a router does not take a line now, "" where it does; `section` is the mode that one is in."""
    if line.startswith("no "):
        return _keeps(root, section, line.removeprefix("no "))
    if line == "class class-default":
        return ""
    for form, there in _REFERS:
        found = re.fullmatch(form, line)
        if found is not None and not _is_there(root, there, found[1]):
            return f"% {found[1]} is not configured"
    slot = re.fullmatch(r"(service-policy (?:input|output)) (\S+)", line)
    if slot is not None and section.below.get(slot[1]) is not None and section.below[slot[1]].text != line:
        return "% Remove the existing service-policy first"
    number = re.match(r"((?:sequence )?\d+) (?:permit|deny) ", line)
    if number is not None and number[1] in section.below and section.below[number[1]].text != line:
        return "% Duplicate sequence number"
    texts = [child.text for child in section.below.values()]
    if line.startswith("random-detect") and not any(text.startswith(("bandwidth", "shape")) for text in texts):
        return "% random-detect needs bandwidth or shape in this class"
    return ""


def _keeps(root, section, gone):
    """Why a router does not take a line away now: something refers to it."""
    texts = [child.text for child in section.below.values()]
    if gone.startswith("bandwidth") and any(text.startswith("random-detect") for text in texts):
        return "% random-detect needs bandwidth in this class"
    for form, there in _REFERS:
        for text in _everything(root):
            found = re.fullmatch(form, text)
            if found is None or text == "class class-default" or "track" in there:
                continue
            if section is root and re.fullmatch(there.format(re.escape(found[1])), gone):
                others = [one for one in root.below.values() if one.text != gone]
                if not any(re.fullmatch(there.format(re.escape(found[1])), one.text) for one in others):
                    return f"% {found[1]} is in use by `{text}`"
    return ""


def shown(line):
    """What a router prints for a line: other words for the same."""
    if re.match(r"(?:sequence )?\d+ (?:permit|deny) ", line):
        line = re.sub(r"(?<= eq )\d+", lambda found: _NAMES.get(found[0], found[0]), line)
    line = re.sub(r"(?<=dscp )\d+(?: \d+)*$", lambda found: " ".join(_POINTS.get(w, w) for w in found[0].split()), line)
    line = re.sub(r"^match dscp ", "match  dscp ", line)
    line = re.sub(r"(?<=dscp-transmit )\d+$", lambda found: _POINTS.get(found[0], found[0]), line)
    return re.sub(rf"(?<= ){V6}(?=[ /]|$)", lambda found: found[0].upper(), line)


GRAMMAR = Grammar(
    TOP,
    _KEYS,
    ("version", "hostname", "archive", "username", "banner", "track timer", "track", "class-map", "policy-map", "interface", "router isis",
     "ip route", "ip access-list", "ip sla", "logging", "ipv6 route", "route-map", "ipv6 access-list", "telemetry"),
    shown=staticmethod(shown),
    typed_order=("policy-map",),
    refuses=staticmethod(refuses),
)  # fmt: skip
