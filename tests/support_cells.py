"""The cells of the capability matrix: target × feature × kind of chassis × release, and small programs that ask for each.

The network is a – b – d with a – c – d beside it; hosts hang at a and d. Every node is a router of the platform, or, of a platform
that cannot mark, those without hosts.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache

from support_retarget import KINDS, Kind
from support_targets import all_targets, stages_with_all_targets
from support_verify import build

from intentc.pipeline import check
from intentc.render.support import REFINEMENTS

PROGRAMS = {  # clauses of an intent from a to d
    "plain": "priority critical  bandwidth 20Mbps",
    "bare": "",
    "six": "isolate to",
    "rate": "priority critical  bandwidth 20Mbps ceiling 40Mbps",
    "ecn": "priority gentle",
    "early": "priority hasty",
    "lossless": "priority roce",
    "via": "via node c",
    "via-six": "via node c",
    "unlabelled": "via node c",
    "pinned": "pin region de",
    "closed": "isolate to",
    "told": "telemetry every 10s to col",
    "failover": "failover within 5s { survive any 1 link }",
    "repair": "failover within 400ms { survive any 1 link }",
    "revert": "failover within 31s { survive any 1 link  revert after 10s }",
    "switch": "prefer node c  failover within 31s { survive any 1 node  switch when latency > 1ms for 3s  otherwise drop }",
    "switch-loss": "prefer node c  failover within 31s { survive any 1 node  switch when loss > 5% for 20s  otherwise drop }",
    "health": "",
    "shared": "",
    "spread": "bandwidth 11Gbps  spread  optimize utilization",
    "algorithm": "",
    "algorithm-delay": "",
    "algorithm-te": "",
    "algorithm-ospf": "",
}
HEALTH = (
    "service asked { at d  prefix 10.2.0.9/32  port tcp/8443  health tcp/8443 }\nintent asks { from node a to asked }\n"
)
WAYS = {"ab": 1, "bd": 1, "ac": 20, "cd": 20}
DOUBLE = {"ab2": 3, "bd2": 3}  # where nothing can circle: what repairs is another link to the same node
SIX = frozenset({"six", "via-six"})
CLASSES = """\
class gentle { dscp AF11  ecn }
class hasty { dscp AF21  drop high }
class roce { dscp AF31  lossless }
"""
EDGE = Kind(
    "junos", "24.4", "mx204", KINDS["junos"].port, has_labels=True
)  # where hosts hang, as the platform cannot mark
MARKED = frozenset({"ecn", "early"})
CHASSIS = {  # a name of each kind
    "r-series": "7280R3", "x-series": "7060X5", "virtual": {"eos": "ceos", "iosxe": "c8000v", "iosxr": "xrd", "junos": "vmx"},
    "qfp": "ASR1002-HX", "asr900": "ASR-902", "catalyst9000": "C9500", "asr9000": "ASR-9901", "ncs": "NCS-5501", "8000": "8201", "8800": "8808-88-LC0-36FH",
    "queuing": "mx240-mpc5eq", "qfx": "qfx5120-32c", "ptx": "ptx10001-36mr", "port-queuing": "mx204", "container": "vsrl", "7220-d": "7220 IXR-D3", "7220-d4": "7220 IXR-D5",
    "7220-h": "7220 IXR-H3", "7220-h4": "7220 IXR-H4", "7250-e": "7250 IXR-6e", "7250": "7250 IXR-6", "7730": "7730 SXR-1d-32d",
    "7215": "7215 IXS-A1",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A platform on a kind of hardware in a release."""

    target: str
    chassis: str | None
    release: str

    def __str__(self):
        return " ".join(filter(None, (self.target, self.chassis, self.release)))


def chassis_name(target, kind):
    found = CHASSIS[kind]
    return found if isinstance(found, str) else found[target]


def kind_at(place, name, program):
    """Return what a node of the network is: platform, release, a name of its chassis, its ports."""
    kind = KINDS[place.target]
    if kind.edge is not None and name in "ad" and program in MARKED:
        return EDGE
    chassis = place.chassis and chassis_name(place.target, place.chassis)
    return replace(kind, release=place.release, chassis=chassis)


def node(kind, index, attached, *, has_labels, algorithms):
    made = {
        "region": "ch" if index == 3 else "de",
        "platform": kind.platform,
        "release": kind.release,
        "loopback": f"10.255.0.{index}/32",
        "loopback6": f"fd00:255::{index}/128",
        "attached": [{"prefix": prefix, "interface": kind.port(9)} for prefix in attached],
    }
    if has_labels:
        made["segment_routing"] = {"index": index, "srgb": [16000, 23999], "max_sid_depth": 5} | algorithms
    return made if kind.chassis is None else made | {"chassis": kind.chassis}


def routing(program):
    made = {"igp": "ospf" if program == "algorithm-ospf" else "isis", "process": "CORE"}
    metric = {"algorithm-delay": "delay", "algorithm-te": "te"}.get(program, "igp")
    return made | ({"flex_algos": {"128": {"metric": metric}}} if program.startswith("algorithm") else {})


def shared(name, port):
    """Return a port that shares one with others, on platforms whose names say so; others as they are."""
    form = all_targets()[name].ports
    other = re.sub(r"(\.\d+)?$", ".7", port, count=1)
    return other if form is not None and form.sub is not None and re.fullmatch(form.form, other) else port


def network(place, program):
    kinds = {name: kind_at(place, name, program) for name in "abcd"}
    hosts = {"a": ["10.1.0.0/24", "2001:db8:1::/64"], "d": ["10.2.0.0/24", "2001:db8:2::/64"]}
    hosts["d"] = ["10.2.0.9/32"] if program == "health" else hosts["d"]
    most = 2 if program in SIX else 1
    has_algorithms = program.startswith("algorithm")
    has_labels = has_algorithms or (program != "unlabelled" and place.target != "openconfig")
    ways = WAYS | (DOUBLE if program == "repair" else {})
    used, links = Counter(), []
    for index, (link, metric) in enumerate(ways.items()):
        used.update(link[:2])
        ports = {name: kinds[name].port(used[name]) for name in link[:2]}
        if program == "shared":
            ports = {name: shared(place.target, port) for name, port in ports.items()}
        first, second = (f"{name}:{port}" for name, port in ports.items())
        links.append(
            {"id": link, "a": first, "b": second, "capacity": "10Gbps", "latency": "300ns", "igp_metric": metric}
            | {"queue": "2MB", "crosses": [], "addresses": [f"172.16.0.{2 * index}/31", f"172.16.0.{2 * index + 1}/31"]}
        )
    return {
        "name": "cell",
        "regions": {"eu": ["de"], "ch": []},
        "routing": routing(program),
        "collectors": {"col": {"address": "10.2.0.9", "region": "de"}},
        "nodes": {
            name: node(
                kinds[name],
                index,
                hosts.get(name, [])[:most],
                has_labels=has_labels,
                algorithms={"flex_algos": {"128": 100 + index}} if has_algorithms else {},
            )
            for index, name in enumerate("abcd", 1)
        },
        "links": links,
    }


@cache
def asked(place, program):
    """Return what the whole pipeline makes of a program on a place."""
    return _built(place, program, stages_with_all_targets())


@cache
def placed(place, program):
    """Return the demands of a program on a place as they are placed, before devices are asked about all else that they need."""
    every = stages_with_all_targets()
    realised = _built(place, program, every[: every.index(check)]).run.realised
    return tuple(realised.demands.values()) if realised else ()


def _built(place, program, stages):
    asks = f"intent asks {{ from node a to node d  match tcp/8443  {PROGRAMS[program]} }}\n"
    text = CLASSES + (HEALTH if program == "health" else asks)
    return build(text, json.dumps(network(place, program)), stages)


def places():
    """Return every platform on every kind of its hardware, in its newest release and in the last one before a feature came."""
    return tuple(
        Place(name, chassis, release)
        for name, target in sorted(all_targets().items())
        if name in KINDS
        for chassis in target.chassis or (None,)
        for release in sorted({target.releases[-1], *_before(target)}, key=target.releases.index)
    )


def _before(target):
    """Yield the release before each feature that came later than the target's first one."""
    for feature in target.features.values():
        at = target.releases.index(feature.since) if feature.since in target.releases else 0
        if at:
            yield target.releases[at - 1]


def cells():
    """Return every cell: place, feature, and whether the feature is there by the data of the target."""
    return tuple((place, feature, is_there(place, feature)) for place in places() for feature in FEATURES)


def is_there(place, name):
    target = all_targets()[place.target]
    feature = target.features.get(name, target.features.get(REFINEMENTS.get(name, "")))
    if feature is None or feature.since is None:
        return False
    is_new_enough = target.releases.index(place.release) >= target.releases.index(feature.since)
    return is_new_enough and (not feature.chassis or place.chassis in feature.chassis)


FEATURES = tuple(sorted({name for target in all_targets().values() for name in target.features}))
# What asks for a feature; those without a program are no one's to ask for: see `UNASKED` in test_targets_cells.py.
ASKS = {
    "marking": "plain", "metering": "rate", "queueing": "bare", "ipv6": "six", "ecn": "ecn", "early-drop": "early",
    "lossless": "lossless", "steering": "unlabelled", "sr-policy": "via", "sr-policy-ipv6": "via-six", "fence": "pinned",
    "isolation": "closed", "counting": "told", "streaming": "told", "probing": "told", "bfd": "failover",
    "ti-lfa": "repair", "revert": "revert", "switching": "switch", "switching-loss": "switch-loss", "health-check": "health", "weighted-lists": "spread", "subport-queueing": "shared",
    "flex-algo-affinity": "algorithm", "flex-algo-delay": "algorithm-delay", "flex-algo-te": "algorithm-te",
    "flex-algo-ospf": "algorithm-ospf",
}  # fmt: skip
NEEDS = {  # what else a program asks for
    "plain": ("marking", "metering", "queueing"), "rate": ("marking", "metering", "queueing"), "ecn": ("marking", "queueing"),
    "early": ("marking", "queueing"), "lossless": ("marking", "queueing"), "six": ("isolation", "queueing"),
    "closed": ("isolation", "queueing"),
}  # fmt: skip
WORDS = {  # by which a feature is known in what a target writes
    "eos": {
        "marking": "set dscp", "metering": "police rate", "queueing": "qos profile", "ipv6": "ipv6 access-list", "ecn": "random-detect ecn",
        "early-drop": "random-detect drop min", "lossless": "no-drop", "steering": "set nexthop recursive", "fence": r"access-group \S+ out",
        "isolation": "deny ip", "counting": "counters per-entry", "bfd": "bfd interval", "ti-lfa": "fast-reroute ti-lfa",
        "sbfd": "reflector local-discriminator",
    },
    "frr": {
        "marking": "dscp set", "metering": "limit ", "queueing": "htb", "ipv6": "ip6 ", "steering": "table [0-9]", "fence": "drop",
        "isolation": "drop", "counting": "counter ", "bfd": "bfd profile",
    },
    "iosxe": {
        "marking": "<dscp-val>|<dscp>", "metering": "<police", "queueing": "<service-policy>", "ipv6": "ipv6", "ecn": "<ecn", "early-drop": "<random-detect>",
        "subport-queueing": "<shape>", "steering": "<recursive", "sr-policy": "<candidate-paths>", "looped-liveness": "<liveness-detection>",
        "fence": "<out>|<traffic-filter>", "isolation": "deny", "counting": "<action>|<policy-map>", "streaming": "<mdt-subscription",
        "probing": "<session-number>|<twamp-light>", "reflecting": "<responder>", "bfd": "<bfd>", "ti-lfa": "ti-lfa", "flex-algo": "<candidate-paths>",
        "weighted-lists": "-2</name>", "switching": "<icmp-echo>",
    },
    "iosxr": {
        "marking": "<policy-map", "metering": "<police>", "queueing": "<bandwidth", "ipv6": "<ipv6>", "ecn": "random-detect-ecn",
        "early-drop": "<random-detect>", "subport-queueing": "<shape>", "steering": "<nexthop1>", "sr-policy": "<candidate-paths>",
        "sr-policy-ipv6": "<candidate-paths>", "sbfd": "thirty-two-bit-local-discriminator", "fence": "<deny>|<egress>",
        "isolation": "<deny", "counting": "<egress>", "streaming": "<sensor-group-id", "probing-own": "<ipsla", "reflecting": "<twamp-light>",
        "bfd": "<fast-detect>|<bfd>", "ti-lfa": "<ti-lfa", "flex-algo": "<candidate-paths>", "weighted-lists": "-2</segment-list-name>", "lossless": "<buffer-internal>",
    },
    "junos": {
        "marking": "<forwarding-class>", "metering": "<policer>", "queueing": "<scheduler-maps>", "ipv6": "<inet6>",
        "ecn": "explicit-congestion-notification", "early-drop": "<drop-profiles>", "subport-queueing": "per-unit-scheduler",
        "steering": "<instance-type>", "sr-policy": "<source-routing-path>", "sbfd": "<local-discriminator>", "flex-algo": "<source-routing-path>",
        "fence": "<discard", "isolation": "<discard", "counting": "<count>", "streaming": "<export-profile>", "probing": "<test-session>",
        "weighted-lists": "<weight>", "reflecting": "<server>", "bfd": "<bfd-liveness-detection>", "ti-lfa": "post-convergence-lfa",
    },
    "openconfig": {
        "queueing": "<scheduler-policies>", "ipv6": "<ipv6>|IPV6", "ecn": "<enable-ecn>true", "early-drop": "<drop>true", "steering": "<nh-network-instance>|apply-forwarding-policy",
        "fence": "egress-acl-set", "isolation": "DROP", "counting": "egress-acl-set", "streaming": "<persistent-subscription",
    },
    "srlinux": {
        "marking": "<set-dscp>", "metering": "<policer-template>", "queueing": "<scheduler-policies>", "ipv6": "<ipv6", "ecn": "<enable-ecn>true",
        "early-drop": "<wred-slope>", "lossless": "<pfc-enable>", "fence": "<drop", "isolation": "<drop", "counting": "<statistics-per-entry>",
        "bfd": "<enable-bfd>", "ti-lfa": "<ti-lfa>", "probing": "<session-name>", "reflecting": "<session-reflector>",
    },
}  # fmt: skip
