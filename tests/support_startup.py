"""What routers of Cisco start from in a lab, read line by line into the terms of Cisco's published models, which then judge it.

A line stands with the lines that it is in (`interface X > mtu 9014`). Each has a rule, which says where its words stand in a model, or is
one of those for which no model is at hand (`UNJUDGED`); a line with neither is an error. So every word is known to a second source.
"""

from __future__ import annotations

import re
from ipaddress import ip_interface
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

XR = "http://cisco.com/ns/yang/Cisco-IOS-XR-"
XE = "http://cisco.com/ns/yang/Cisco-IOS-XE-"
XR_PORT = "{um-interface-cfg}interfaces/interface[interface-name=\\1]"
XR_ISIS = "{um-router-isis-cfg}router/isis/processes/process[process-id=\\1]"
XR_ISIS_PORT = XR_ISIS + "/interfaces/interface[interface-name=\\2]"
XR_STATIC = "{um-router-static-cfg}router/static/address-family/ipv\\1/unicast/prefixes/prefix"
XR_HOP = "nexthop-interface-addresses/nexthop-interface-address[interface-name=\\4][address=\\5]"
XE_PORT = "{native}native/interface/\\1[name=\\2]"
XE_ISIS = "{native}native/router/{isis}isis-container/isis[area-tag=\\1]"
XE_PORT_ISIS = XE_PORT + "/isis/{isis}"
_IN = r"interface (\S+) > "
_PROCESS = r"router isis (\S+) > "
_PORT = rf"{_PROCESS}interface (\S+) > "
_UNICAST = r"address-family ipv(\d) unicast"
_XE_IN = r"interface ([A-Za-z]+)(\S+) > "
RULES = {
    "iosxr": {
        r"hostname (\S+)": "{um-hostname-cfg}hostname/system-network-name=\\1",
        r"netconf-yang agent": "{um-netconf-yang-cfg}netconf-yang/agent",
        r"netconf-yang agent > ssh": "{um-netconf-yang-cfg}netconf-yang/agent/ssh",
        r"interface (\S+)": XR_PORT,
        rf"{_IN}description (.+)": XR_PORT + "/description=\\2",
        rf"{_IN}mtu (\d+)": XR_PORT + "/mtu=\\2",
        rf"{_IN}ipv4 address (\S+) (\d\S+)": XR_PORT
        + "/ipv4/{um-if-ip-address-cfg}addresses/address{{address=\\2}}{{netmask=\\3}}",
        rf"{_IN}ipv4 address (\S+) (\S+) secondary": XR_PORT
        + "/ipv4/{um-if-ip-address-cfg}addresses/secondaries/secondary[address=\\2]/netmask=\\3",
        rf"{_IN}ipv6 address (\S+)/(\d+)": XR_PORT
        + "/ipv6/{um-if-ip-address-cfg}addresses/ipv6-address[address=\\2]{{prefix-length=\\3}}{{zone=0}}",
        rf"{_IN}no shutdown": XR_PORT,
        r"router static": "{um-router-static-cfg}router/static",
        rf"router static > {_UNICAST}": "{um-router-static-cfg}router/static/address-family/ipv\\1/unicast",
        rf"router static > {_UNICAST} > (\S+)/(\d+) (\S+) (\S+)": XR_STATIC
        + "[prefix-address=\\2][prefix-length=\\3]/"
        + XR_HOP,
        r"router isis (\S+)": XR_ISIS,
        rf"{_PROCESS}is-type (\S+)": XR_ISIS + "/is-type=\\2",
        rf"{_PROCESS}net (\S+)": XR_ISIS + "/nets/net[net-id=\\2]",
        rf"{_PROCESS}set-overload-bit": XR_ISIS + "/set-overload-bit",
        rf"{_PROCESS}segment-routing global-block (\d+) (\d+)": XR_ISIS
        + "/segment-routing/global-block{{lower-bound-of-srgb=\\2}}{{upper-bound-of-srgb=\\3}}",
        rf"{_PROCESS}{_UNICAST}": XR_ISIS + "/address-families/address-family[af-name=ipv\\2][saf-name=unicast]",
        rf"{_PROCESS}{_UNICAST} > metric-style wide": XR_ISIS
        + "/address-families/address-family[af-name=ipv\\2][saf-name=unicast]/metric-style/wide",
        rf"{_PROCESS}{_UNICAST} > router-id (\S+)": XR_ISIS
        + "/address-families/address-family[af-name=ipv\\2][saf-name=unicast]/router-id/interface-name=\\3",
        rf"{_PROCESS}{_UNICAST} > segment-routing mpls": XR_ISIS
        + "/address-families/address-family[af-name=ipv\\2][saf-name=unicast]/segment-routing/mpls",
        rf"{_PROCESS}{_UNICAST} > single-topology": XR_ISIS
        + "/address-families/address-family[af-name=ipv\\2][saf-name=unicast]/single-topology",
        rf"{_PROCESS}interface (\S+)": XR_ISIS_PORT,
        rf"{_PORT}passive": XR_ISIS_PORT + "/state=passive",
        rf"{_PORT}circuit-type (\S+)": XR_ISIS_PORT + "/circuit-type=\\3",
        rf"{_PORT}point-to-point": XR_ISIS_PORT + "/point-to-point",
        rf"{_PORT}bfd minimum-interval (\d+)": XR_ISIS_PORT + "/bfd/minimum-interval=\\3",
        rf"{_PORT}bfd multiplier (\d+)": XR_ISIS_PORT + "/bfd/multiplier=\\3",
        rf"{_PORT}bfd fast-detect (ipv[46])": XR_ISIS_PORT + "/bfd/fast-detect/\\3",
        rf"{_PORT}{_UNICAST}": XR_ISIS_PORT + "/address-families/address-family[af-name=ipv\\3][saf-name=unicast]",
        rf"{_PORT}{_UNICAST} > metric (\d+)": XR_ISIS_PORT
        + "/address-families/address-family[af-name=ipv\\3][saf-name=unicast]/metric/default-metric=\\4",
        rf"{_PORT}{_UNICAST} > prefix-sid index (\d+)": XR_ISIS_PORT
        + "/address-families/address-family[af-name=ipv\\3][saf-name=unicast]/prefix-sid/index/index-id=\\4",
    },
    "iosxe": {
        r"hostname (\S+)": "{native}native/hostname=\\1",
        r"ipv6 unicast-routing": "{native}native/ipv6/unicast-routing",
        r"segment-routing mpls": "{native}native/segment-routing/{segment-routing}mpls",
        r"segment-routing mpls > global-block (\d+) (\d+)": "{native}native/segment-routing/{segment-routing}mpls/"
        "global-block{{range-start=\\1}}{{range-end=\\2}}",
        r"segment-routing mpls > connected-prefix-sid-map": "{native}native/segment-routing/{segment-routing}mpls/connected-prefix-sid-map",
        r"segment-routing mpls > connected-prefix-sid-map > address-family ipv4": "{native}native/segment-routing/{segment-routing}mpls/"
        "connected-prefix-sid-map/address-family/ipv4",
        r"segment-routing mpls > connected-prefix-sid-map > address-family ipv4 > (\S+) index (\d+) range 1": "{native}native/"
        "segment-routing/{segment-routing}mpls/connected-prefix-sid-map/address-family/ipv4/prefixes[ipprefix=\\1]/index{{range-start=\\2}}{{range=1}}",
        r"segment-routing traffic-eng": "{native}native/segment-routing/{segment-routing}traffic-eng",
        r"router isis (\S+)": XE_ISIS,
        rf"{_PROCESS}net (\S+)": XE_ISIS + "/net[tag=\\2]",
        rf"{_PROCESS}is-type (\S+)": XE_ISIS + "/is-type/levels=\\2",
        rf"{_PROCESS}metric-style wide": XE_ISIS + "/metric-style/wide",
        rf"{_PROCESS}set-overload-bit": XE_ISIS + "/set-overload-bit",
        rf"{_PROCESS}segment-routing mpls": XE_ISIS + "/{segment-routing}segment-routing/mpls",
        rf"{_PROCESS}distribute link-state": XE_ISIS + "/distribute/link-state",
        rf"{_PROCESS}passive-interface ([A-Za-z]+)(\S+)": XE_ISIS + "/passive-interface/interface=\\2\\3",
        r"interface ([A-Za-z]+)(\S+)": XE_PORT,
        rf"{_XE_IN}description (.+)": XE_PORT + "/description=\\3",
        rf"{_XE_IN}mtu (\d+)": XE_PORT + "/mtu=\\3",
        rf"{_XE_IN}ip address (\S+) (\S+)": XE_PORT + "/ip/address/primary{{address=\\3}}{{mask=\\4}}",
        rf"{_XE_IN}ip address (\S+) (\S+) secondary": XE_PORT
        + "/ip/address/secondary[address=\\3]{{mask=\\4}}{{secondary=}}",
        rf"{_XE_IN}ipv6 address (\S+)": XE_PORT + "/ipv6/address/prefix-list[prefix=\\3]",
        rf"{_XE_IN}ip router isis (\S+)": XE_PORT + "/ip/router/{isis}isis/tag=\\3",
        rf"{_XE_IN}ipv6 router isis (\S+)": XE_PORT + "/ipv6/router/{isis}isis/tag=\\3",
        rf"{_XE_IN}isis circuit-type (\S+)": XE_PORT_ISIS + "circuit-type/levels=\\3",
        rf"{_XE_IN}isis network point-to-point": XE_PORT_ISIS + "network/point-to-point=true",
        rf"{_XE_IN}isis metric (\d+)": XE_PORT_ISIS + "metric/metric-list[levels=level-2]{{value=\\3}}",
        rf"{_XE_IN}isis bfd": XE_PORT_ISIS + "bfd",
        rf"{_XE_IN}isis ipv6 bfd": XE_PORT_ISIS + "ipv6/bfd",
        rf"{_XE_IN}bfd interval (\d+) min_rx (\d+) multiplier (\d+)": XE_PORT
        + "/bfd/{bfd}interval-interface{{msecs=\\3}}{{min_rx=\\4}}{{multiplier=\\5}}",
        rf"{_XE_IN}no shutdown": XE_PORT,
    },
}
UNJUDGED = {  # lines for which no model is at hand
    "iosxr": (
        r"username \S+( > (group|secret) \S+)?",
        r"line default( > transport input ssh)?",
        "ssh server v2",
        "ssh server netconf",
    ),
    "iosxe": ("netconf-yang", "netconf-yang feature candidate-datastore"),
}
CLOSING = frozenset(("!", "end", "exit-address-family"))
MANAGEMENT = re.compile(r"\{\{- (?:if \S+|end) \}\}")
FILLED_IN = {"{{ .MgmtIPv4Gateway }}": "192.0.2.1", "{{ .MgmtIPv6Gateway }}": "2001:db8::1"}
SPACES = {"iosxr": XR, "iosxe": XE}
BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"


def stood(text):
    """Every line of a start-up file with the lines that it is in; what containerlab fills in is filled in."""
    path: list[tuple[int, str]] = []
    for line in text.splitlines():
        words = line.strip()
        if not words or words.startswith("!") or words in CLOSING or MANAGEMENT.fullmatch(words):
            continue
        for blank, value in FILLED_IN.items():
            words = words.replace(blank, value)
        words = re.sub(r"(?<=^ipv4 address )\S+/\d+", _masked, words)  # XR takes lengths, its model has masks
        depth = len(line) - len(line.lstrip(" "))
        path = [one for one in path if one[0] < depth]
        path.append((depth, words))
        yield " > ".join(one for _, one in path)


def _masked(found):
    return ip_interface(found[0]).with_netmask.replace("/", " ")


def unknown(platform, text):
    """The lines for which there is neither a rule nor a reason."""
    known = (*RULES[platform], *UNJUDGED[platform])
    return [line for line in stood(text) if not any(re.fullmatch(rule, line) for rule in known)]


def as_payload(platform, text):
    """A start-up file as a payload in the terms of the platform's models, without what no model is at hand for."""
    root = ET.Element("config", xmlns=BASE)
    for line in stood(text):
        for rule, place in RULES[platform].items():
            found = re.fullmatch(rule, line)
            if found is not None:
                _put(root, found.expand(place), SPACES[platform])
                break
    return ET.tostring(root, encoding="unicode")


STEP = re.compile(r"(\{[\w-]*\})?([\w.-]+)((?:\[[\w-]+=[^\]]*\])*)((?:\{\{[\w-]+=[^}]*\}\})*)(?:=(.*))?")


def _put(root, place, space):
    at, around = root, ""
    for step in re.split(r"/(?![^\[]*\]|[^{]*\}\})", place) if "=" not in place else _steps(place):
        found = STEP.fullmatch(step)
        assert found is not None, step
        own = found[1][1:-1] if found[1] else around
        around = own if own or found[1] is None else "native"
        keys = re.findall(r"\[([\w-]+)=([^\]]*)\]", found[3])
        leaves = re.findall(r"\{\{([\w-]+)=([^}]*)\}\}", found[4])
        at = _child(at, found[2], f"{space}{around}", keys, found[5])
        for name, value in leaves:
            ET.SubElement(at, name).text = value
        if found[5] is not None:
            at.text = found[5]


def _steps(place):
    """The steps of a place; a value, which is the end, may have slashes of its own."""
    depth, step, found = 0, "", []
    for index, letter in enumerate(place):
        depth += (letter in "[{") - (letter in "]}")
        if letter == "=" and depth == 0:
            return [*found, step + place[index:]]
        if letter == "/" and depth == 0:
            found.append(step)
            step = ""
        else:
            step += letter
    return [*found, step]


def _child(at, name, space, keys, text):
    """The element of a name and keys, made where it is not there; another one of a list of values where it says something else."""
    for child in at:
        if text is not None and child.text not in {None, text}:
            continue
        if (
            child.tag == name
            and child.get("xmlns") == space
            and all(child.findtext(key) == value for key, value in keys)
        ):
            return child
    made = ET.SubElement(at, name, xmlns=space)
    for key, value in keys:
        ET.SubElement(made, key).text = escape(value)
    return made
