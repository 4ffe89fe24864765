"""What one path over all platforms drops: fences and guards are the same at every hop, and one entry that differs is found there."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from support_verify import build
from test_equivalence import HEAD, HOPS, code_of

from intentc.render.equivalence import Hop, as_running, departures, read_device

NAMES = tuple(HOPS)
PORTS = {  # where hosts hang, and the link that leaves the region
    "frr": ("hosts", "abroad"),
    "junos": ("xe-0/0/8.0", "xe-0/0/7.0"),
    "ncs": ("TenGigE0/0/0/8", "TenGigE0/0/0/7"),
    "asr9000": ("TenGigE0/0/0/8", "TenGigE0/0/0/7"),
    "srlinux": ("ethernet-1/8", "ethernet-1/7"),
    "eos": ("Ethernet8/1", "Ethernet7/1"),
    "iosxe": ("TenGigabitEthernet0/0/8", "TenGigabitEthernet0/0/7"),
    "openconfig": ("", "eth7"),  # it marks nothing, so no hosts are behind it
}
GUARDED = [name for name in NAMES if name not in {"frr", "openconfig"}]
INTENTS = "intent keep { from node frr to node end  match tcp/443  priority high  bandwidth 1Gbps  pin region eu }\n"
INTENTS += "".join(
    f"intent guard-{name} {{ from node frr to node {name}  match tcp/8443  priority critical  bandwidth 100Mbps  isolate both }}\n"
    for name in GUARDED
)
WRONG = "444"
FENCED = {  # the port of what is pinned, in the entry of the fence that drops it on its way to the destination
    "frr": r'oifname "abroad" .* tcp dport (443) ',
    "junos": r"(?s)<destination-port>(443)</destination-port>\s*</from>\s*<then>\s*<count>ITC-keep-[^<]*</count>\s*<discard/>",
    "ncs": r"(?s)<deny>\s*<protocol>tcp</protocol>.*?<eq>(443)</eq>",
    "asr9000": r"(?s)<deny>\s*<protocol>tcp</protocol>.*?<eq>(443)</eq>",
    "srlinux": r"(?s)<description>keep-frr-end-pin-.*?<prefix>10\.2\.0\.0/24.*?<end>(443)</end>",
    "eos": r"deny tcp 10\.1\.1\.0/24 10\.2\.0\.0/24 eq (443)\b",
    "iosxe": r"(?s)<action>deny</action>.*?<dst-eq>(443)</dst-eq>",
    "openconfig": r"(?s)<description>keep-frr-end-pin-.*?<destination-port>(443)</destination-port>",
}
ALLOWED = {  # the port of what alone may come to the hosts of a hop, or leave those of the first one, in the list of their port
    "frr": r"ip daddr 10\.1\.2\.0/24 tcp dport (8443) return",
    "junos": r"(?s)<name>ITC-OUT4-xe-0-0-8.*?<destination-port>(8443)</destination-port>",
    "ncs": r"(?s)<access-list-name>ITC-OUT4-TenGigE0-0-0-8.*?<permit>\s*<protocol>tcp.*?<eq>(8443)</eq>",
    "asr9000": r"(?s)<access-list-name>ITC-OUT4-TenGigE0-0-0-8.*?<permit>\s*<protocol>tcp.*?<eq>(8443)</eq>",
    "srlinux": r"(?s)<name>ITC-OUT4-ethernet-1-8.*?<start>8443</start>\s*<end>(8443)</end>",
    "eos": r"permit tcp 10\.1\.1\.0/24 10\.1\.6\.0/24 eq (8443)\b",
    "iosxe": r"(?s)<action>permit</action>\s*<protocol>tcp</protocol>(?:(?!</ace-rule>).)*?<dst-eq>(8443)</dst-eq>",
}


def network():
    """Return the topology: a chain of all platforms, each with hosts and with a link to a router of another region."""
    nodes, links = [], []
    for number, name in enumerate(NAMES, 1):
        hosts, abroad = PORTS[name]
        attached = f", attached: [{{prefix: 10.1.{number}.0/24, interface: {hosts}}}]" if hosts else ""
        nodes.append(f"  {name}: {{{HOPS[name][0]}, loopback: 10.255.0.{number}/32, region: de{attached}}}")
        links.append(
            f'  - {{id: x{number}, a: "{name}:{abroad}", b: "abroad:x{number}", capacity: 10Gbps, latency: 1ms, igp_metric: 100,'
            f" addresses: [10.0.1{number:02}.0/31, 10.0.1{number:02}.1/31], crosses: []}}"
        )
    nodes.append(
        '  end: {platform: junos, release: "24.4", chassis: mx204, loopback: 10.255.0.98/32, region: de,'
        " attached: [{prefix: 10.2.0.0/24, interface: xe-0/0/9.0}]}"
    )
    nodes.append("  abroad: {platform: none, loopback: 10.255.0.99/32, region: us}")
    for number, (one, other) in enumerate(pairwise((*NAMES, "end"))):
        port = "xe-0/0/0.0" if other == "end" else HOPS[other][1]
        links.append(
            f'  - {{id: l{number}, a: "{one}:{HOPS[one][2]}", b: "{other}:{port}", capacity: 10Gbps, latency: 1ms,'
            f" addresses: [10.0.{number}.0/31, 10.0.{number}.1/31], crosses: []}}"
        )
    return "\n".join([HEAD.rstrip().replace("[de]}", "[de], am: [us]}"), *nodes, "links:", *links, ""])


@pytest.fixture(scope="module")
def path():
    built = build(INTENTS, network())
    assert set(built.statuses.values()) == {"placed"}, built.run.findings.items
    devices = built.run.bundle.devices
    routers = built.run.fleet.infrastructure
    hops = tuple(
        Hop(read_device(devices[name], as_running(devices[name]), code_of(devices[name]), routers), HOPS[name][2])
        for name in NAMES
    )
    return hops, built.run.fleet.classes["high"]


def with_text(hops, name, pattern, text):
    """Return the path with one word of one hop changed: the first that stands where `pattern` says."""
    found = {hop.reading.bundle.node: hop for hop in hops}
    bundle = found[name].reading.bundle
    written = as_running(bundle)
    place = re.search(pattern, written)
    assert place is not None
    running = f"{written[: place.start(1)]}{text}{written[place.end(1) :]}"
    reading = read_device(bundle, running, code_of(bundle), found[name].reading.infrastructure)
    changed = replace(found[name], reading=reading)
    return tuple(changed if hop.reading.bundle.node == name else hop for hop in hops)


def filtered(found):
    """Return where packets fare otherwise than is promised, without what only says that a word is not as written."""
    return [
        (one.node, one.interface, one.promised, one.found) for one in found if one.promised in {"dropped", "passed"}
    ]


def test_every_platform_is_a_hop_with_a_fence_and_all_that_have_hosts_with_a_guard(path):
    hops, _ = path
    assert {hop.reading.bundle.node for hop in hops if hop.reading.bundle.config.fences} == set(NAMES)
    assert {hop.reading.bundle.node for hop in hops if hop.reading.bundle.config.isolation} == {"frr", *GUARDED}


def test_every_hop_drops_the_same(path):
    hops, own = path
    assert departures(own, hops) == ()


@pytest.mark.parametrize("hop", FENCED)
def test_a_fence_with_another_port_on_one_hop_is_named(path, hop):
    hops, own = path
    found = departures(own, with_text(hops, hop, FENCED[hop], WRONG))
    assert (hop, PORTS[hop][1], "passed", "dropped") in filtered(found), "what is dropped in its place"
    assert {one.node for one in found} == {hop}


@pytest.mark.parametrize("hop", ALLOWED)
def test_a_guard_that_lets_something_else_pass_on_one_hop_is_named(path, hop):
    hops, own = path
    found = departures(own, with_text(hops, hop, ALLOWED[hop], "8444"))
    assert (hop, PORTS[hop][0], "dropped", "passed") in filtered(found)
    assert {one.node for one in found} == {hop}
