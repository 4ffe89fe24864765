"""Lines that are typed on IOS XR and IOS XE, judged by Cisco's published models: places, keys, words, bounds and patterns of values.

What is typed is what the golden output comes to on a router that has nothing of ours, when one case follows another, and when all goes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
import support_iosxe
from support_cisco_said import SAID
from support_cisco_typed import ROUTERS, is_typed, reader, typed, unplaced
from support_frr import TARGETS


def payloads(target):
    """The golden payloads that can be typed; of IOS XE, whose richest one cannot, what of it does not need SR policies beside them."""
    found = [path.read_text() for path in sorted((TARGETS / target / "golden").glob("*/config.xml"))]
    if target == "iosxe":
        without = dict.fromkeys(("policies", "algorithm_policies", "policy_steering", "probes"), ())
        found.append(support_iosxe.rendered(replace(support_iosxe.full_config(), **without)))
    return [text for text in found if is_typed(target, text)]


@cache
def lines(target):
    """Every line with the modes that it is typed in, and whether it opens one; once each."""
    texts = payloads(target)
    pairs = zip(texts, [*texts[1:], ""], strict=True)
    return tuple(dict.fromkeys(line for pair in pairs for line in typed(target, *pair)))


@pytest.mark.parametrize(("target", "least"), [("iosxr", 1200), ("iosxe", 600)])
def test_every_line_has_its_place_in_the_published_models(target, least):
    found = lines(target)
    assert len(found) > least
    assert sum(line.startswith("no ") for _, line, _ in found) > 50
    assert unplaced(target, found) == {}


UNSHOWN = {  # lines that no golden output comes to, though intents may
    "iosxr": (
        (("class-map match-all ITC-C",), "match traffic-class 5"),
        (("policy-map ITC-P", "class ITC-C"), "bandwidth remaining ratio 65"),
        (("policy-map ITC-P", "class ITC-C"), "set mpls experimental imposition 5"),
        (("policy-map ITC-P", "class ITC-C", "police rate 8000000 bps"), "violate-action set dscp 12"),
        (("interface TenGigE0/0/0/1.100",), "no service-policy output ITC-P"),
    ),
    "iosxe": (
        (("policy-map ITC-P", "class ITC-C"), "set mpls experimental imposition 5"),
        (("policy-map ITC-P", "class ITC-C"), "bandwidth remaining ratio 65"),
        (("interface TenGigabitEthernet0/0/2",), "isis fast-reroute ti-lfa protection level-2 disable"),
        (("ipv6 access-list ITC-L",), "no sequence 20"),
        (("ip access-list extended ITC-L",), "no 20"),
    ),
}


@pytest.mark.parametrize(
    ("target", "modes", "line"), [(name, *one) for name, found in UNSHOWN.items() for one in found]
)
def test_lines_that_no_golden_output_shows_have_their_places_too(target, modes, line):
    assert reader(target).faults(modes, line) == []


@pytest.mark.parametrize("target", ROUTERS)
def test_every_word_that_models_do_not_have_is_typed(target):
    """No entry of the table is for lines that nobody types, and each has its reason."""
    idle = {words for words, _, _ in SAID[target]}
    for line in (*(line for _, line, _ in lines(target)), *(line for _, line in UNSHOWN[target])):
        text = line.removeprefix("no ")
        for words, others, _ in SAID[target]:
            if re.search(words, text):
                idle.discard(words)
                text = re.sub(words, others, text)
    assert idle == set()
    assert all(reason for _, _, reason in SAID[target])


IN_CLASS = ("policy-map ITC-P", "class ITC-C")
XR_ISIS = ("router isis CORE", "interface HundredGigE0/0/0/2")
XR_POLICY = ("segment-routing", "traffic-eng", "policy ITC-P")
XE_PORT = ("interface GigabitEthernet1",)
WRONG = {  # a line in its modes, and what makes it wrong
    "iosxr": {
        (
            ("ipv4 access-list ITC-L",),
            "10 permit tcp 10.10.1.0/24 host 10.10.2.1 range 80 90 dscp 10 nexthop1 ipv4 10.0.0.2",
        ): (
            ("tcp", "tcpp"),
            ("permit", "allow"),
            ("/24", "/33"),
            ("10.10.1.0", "10.10.1.256"),
            ("host 10.10.2.1 ", ""),
            ("90", "70000"),
            ("range 80 90", "range 80"),
            ("dscp 10", "dscp 64"),
            ("nexthop1", "nexthop4"),
            ("ipv4 10.0.0.2", "10.0.0.2"),
        ),
        (("ipv6 access-list ITC-L",), "no 10"): (("10", "0"),),
        (("class-map match-any ITC-C",), "match mpls experimental topmost 6 7"): (("7", "8"), (" topmost", "")),
        ((), "class-map match-any ITC-C"): (("match-any", "match-some"), ("class-map", "class")),
        (IN_CLASS, "priority level 1"): (("1", "8"), ("level ", "")),
        (IN_CLASS, "police rate 2000000 bps burst 15000 bytes"): (
            ("bps", "bits"),
            ("2000000", "4294967296"),
            (" bytes", ""),
        ),
        (IN_CLASS, "random-detect dscp 36 37500 bytes 75000 bytes"): (("36", "64"), (" 75000 bytes", "")),
        ((*IN_CLASS, "police rate 2000000 bps"), "exceed-action set dscp 36"): (
            ("exceed", "over"),
            ("set dscp", "set"),
        ),
        (("interface TenGigE0/0/0/1",), "ipv4 access-group ITC-L ingress"): (("ingress", "in"), (" ingress", "")),
        (("interface TenGigE0/0/0/1",), "no service-policy input ITC-P"): (("input", "inward"), (" ITC-P", "")),
        (XR_ISIS, "bfd fast-detect ipv4"): (("ipv4", "ip"), (" ipv4", "")),
        (XR_ISIS, "bfd multiplier 3"): (("3", "51"), ("multiplier", "times")),
        ((*XR_ISIS, "address-family ipv4 unicast"), "fast-reroute per-prefix ti-lfa"): (("ti-lfa", "tilfa"),),
        (("router static", "address-family ipv4 unicast"), "198.19.255.255/32 Null0"): (
            ("/32", "/129"),
            (" Null0", ""),
        ),
        (XR_POLICY, "color 200 end-point ipv4 10.0.0.4"): (("200", "0"), ("ipv4", "ipv5"), (" 10.0.0.4", "")),
        (("segment-routing", "traffic-eng", "segment-list ITC-S"), "index 10 mpls label 17204"): (
            ("17204", "1048576"),
            ("10", "0"),
            ("label", "sid"),
        ),
        (("sbfd",), "local-discriminator 167772161"): (("167772161", "4294967296"), ("discriminator", "number")),
        (("ipsla",), "operation 2030"): (("2030", "2049"),),
        (("ipsla", "operation 2030", "type udp jitter"), "packet count 10"): (("10", "101"), ("count", "number")),
        (("telemetry model-driven", "destination-group ITC-D"), "address-family ipv4 10.9.0.9 port 57500"): (
            ("57500", "65536"),
            (" port 57500", ""),
            ("10.9.0.9 ", ""),
        ),
    },
    "iosxe": {
        (("ip access-list extended ITC-L",), "10 permit udp 10.10.1.0 0.0.0.255 host 10.10.2.1 range 80 90 dscp 10"): (
            ("udp", "sctp"),
            ("permit", "allow"),
            ("0.0.0.255", "0.0.0.256"),
            ("host 10.10.2.1 ", ""),
            ("90", "70000"),
            ("dscp 10", "dscp 64"),
        ),
        (("ipv6 access-list ITC-L",), "sequence 10 permit icmp fd10:1::/64 fd10:2::/64 nd-ns"): (
            ("sequence ", ""),
            ("/64", "/129"),
            ("nd-ns", "nd"),
            ("icmp", "icmpv6"),
        ),
        ((), "class-map match-any ITC-C"): (("match-any", "match-some"), ("class-map", "class")),
        (("class-map match-any ITC-C",), "match access-group name ITC-L"): (("name ", ""), (" ITC-L", "")),
        (IN_CLASS, "priority level 1"): (("1", "3"), ("level ", "")),
        (IN_CLASS, "police cir 5000000 bc 15000 pir 20000000 be 15000"): (("bc 15000", "bc 999"), ("cir", "rate")),
        ((*IN_CLASS, "police cir 5000000 bc 15000"), "exceed-action set-dscp-transmit 36"): (
            ("36", "64"),
            ("exceed", "conform"),
        ),
        (IN_CLASS, "random-detect dscp 18 299999 bytes 300000 bytes 1"): (
            ("18", "64"),
            ("bytes 300000", "300000"),
            (" 1", ""),
        ),
        (IN_CLASS, "queue-limit 576000 bytes"): (("bytes", "kbytes"), (" bytes", ""), ("576000", "64000001")),
        (XE_PORT, "bfd interval 300 min_rx 300 multiplier 3"): (
            ("multiplier 3", "multiplier 51"),
            ("multiplier 3", "multiplier 2"),
            (" multiplier 3", " 3"),
        ),
        (XE_PORT, "ip access-group ITC-L out"): (("out", "outward"), (" out", "")),
        (XE_PORT, "ipv6 traffic-filter ITC-L in"): (("traffic-filter", "access-group"), (" in", "")),
        (XE_PORT, "ip policy route-map ITC-R"): (("route-map", "map"), (" ITC-R", "")),
        (XE_PORT, "isis fast-reroute ti-lfa protection level-1"): (("level-1", "level-3"), (" protection", "")),
        (XE_PORT, "no service-policy output ITC-P"): (("output", "outward"), (" ITC-P", "")),
        (("router isis CORE",), "fast-reroute tie-break level-1 node-protecting 10"): (("10", "256"), ("level-1 ", "")),
        ((), "route-map ITC-R permit 10"): (("permit", "allow"), (" 10", "")),
        ((), "ip route 198.18.162.218 255.255.255.255 10.0.0.2 10 name ITC-1 track 865"): (
            ("865", "1001"),
            (" 10 name", " 256 name"),
            ("name ITC-1 ", "ITC-1 "),
            ("10.0.0.2 ", ""),
        ),
        ((), "ipv6 route fd49:5443::1/128 Null0 250 name ITC-1"): (("250", "256"), ("/128", "/129"), ("Null0 ", "")),
        ((), "track 865 ip route 10.0.0.2 255.255.255.255 reachability"): (
            ("reachability", "reach"),
            ("255.255.255.255 ", ""),
        ),
        (
            (),
            "ip sla responder twamp-light test-session 85 local-ip 10.0.0.1 local-port 862 remote-ip 10.0.0.4 remote-port any",
        ): (
            ("85", "101"),
            ("any", "some"),
            ("local-ip 10.0.0.1", "local-ip"),
        ),
        ((), "telemetry ietf subscription 1949403373"): (("1949403373", "2147483648"), (" 1949403373", "")),
        (("telemetry ietf subscription 1",), "receiver ip address 10.9.0.9 57500 protocol grpc-tcp"): (
            ("57500", "65536"),
            ("57500 ", ""),
        ),
    },
}


@pytest.mark.parametrize(
    ("target", "modes", "line", "right", "wrong"),
    [
        (target, *where, *change)
        for target, cases in WRONG.items()
        for where, changes in cases.items()
        for change in changes
    ],
)
def test_a_line_that_no_model_has_is_found(target, modes, line, right, wrong):
    assert reader(target).faults(modes, line) == []
    assert right in line
    assert reader(target).faults(modes, line.replace(right, wrong)) != []


@pytest.mark.parametrize(
    ("target", "modes", "line"),
    [
        ("iosxr", IN_CLASS, "conform-action transmit"),
        ("iosxr", (), "priority level 1"),
        ("iosxr", ("ipv4 access-list ITC-L",), "10 permit ipv6 any any"),
        ("iosxe", IN_CLASS, "conform-action transmit"),
        ("iosxe", (), "priority level 1"),
        ("iosxe", ("class-map match-any ITC-C",), "set dscp 46"),
    ],
)
def test_a_line_in_a_mode_that_does_not_have_it_is_found(target, modes, line):
    assert reader(target).faults(modes, line) != []
