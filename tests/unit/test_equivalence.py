"""One intent over a path of seven platforms: every hop treats its packets alike, and one number that differs is found and named."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from support_targets import all_targets
from support_verify import build

from intentc.render.equivalence import Departure, Hop, as_running, departures, read_device
from intentc.render.render import load_code

HEAD = """\
name: hops
regions: {eu: [de]}
routing: {igp: isis, process: CORE, bfd: {interval: 300ms, multiplier: 3}}
nodes:
"""
# platform, release and chassis, the ports towards the hop before and the hop behind: one line makes a platform a hop
HOPS = {
    "frr": ('platform: frr, release: "8.4"', "west", "east"),
    "junos": ('platform: junos, release: "24.4", chassis: mx204', "xe-0/0/0.0", "xe-0/0/1.0"),
    "ncs": ('platform: iosxr, release: "25.2", chassis: ncs540', "TenGigE0/0/0/1", "TenGigE0/0/0/2"),
    "asr9000": ('platform: iosxr, release: "25.2", chassis: asr9901', "TenGigE0/0/0/1", "TenGigE0/0/0/2"),
    "srlinux": ('platform: srlinux, release: "25.3", chassis: 7220 IXR-D3', "ethernet-1/1", "ethernet-1/2"),
    "eos": ('platform: eos, release: "4.32", chassis: DCS-7280CR3-32P4', "Ethernet1/1", "Ethernet2/1"),
    "iosxe": (
        'platform: iosxe, release: "17.18", chassis: c8500-12x',
        "TenGigabitEthernet0/0/0",
        "TenGigabitEthernet0/0/1",
    ),
    "openconfig": ('platform: openconfig, release: "5.9"', "eth1", "eth2"),
}
CLASSES = ("critical", "high", "low")
# where the number stands that is sure for `high` (DSCP 34) and that caps `critical` (46), at the port behind: the last one found
SURE = {
    "frr": r"1ca0:122 htb .* rate (\d+)kbit",
    "junos": r"-0-0-1\.0-D34</name>\s*<transmit-rate>\s*<rate>(\d+)",
    "ncs": r"ITC-TC-5</name>\s*<type>qos</type>\s*<bandwidth-remaining>\s*<value>(\d+)",
    "asr9000": r"<bandwidth>\s*<value>(2\d+)",
    "srlinux": r"<weight>(127)",
    "eos": r"tx-queue 4\n.*\n +bandwidth percent (\d+)",
    "iosxe": r"ITC-DSCP-34-36</name>(?:(?!</class>)[\s\S])*?<percent>(\d+)",
    "openconfig": r"<queue>ITC-high</queue>\s*<weight>(\d+)",
}
CAP = {
    "frr": r"1ca0:12e htb .* ceil (\d+)kbit",
    "junos": r"-0-0-1\.0-D46</name>(?:(?!</schedulers>)[\s\S])*?<shaping-rate>\s*<rate>(\d+)",
    "ncs": r"<value>(3000000000)",
    "asr9000": r"<value>(3000000000|3)</value>",
    "srlinux": r"<peak-rate-percent>(30)",
    "eos": r"tx-queue 5\n.*\n +shape rate (\d+)",
    "iosxe": r"(3000000000)",
    "openconfig": r"<cir>(3000000000)",
}
MARKS = {
    "junos": r"ITC-ECN-24-75</name>\s*<interpolate>\s*<fill-level>(\d+)",
    "ncs": r"<random-detect-ecn/>\s*<random-detect>\s*<minimum-threshold-value>(\d+)",
    "asr9000": r"<random-detect-ecn/>\s*<random-detect>\s*<minimum-threshold-value>(\d+)",
    "srlinux": r"<drop-probability>all</drop-probability>\s*<enable-ecn>true</enable-ecn>\s*<min-threshold>(\d+)",
    "eos": r"ecn minimum-threshold (\d+)",
    "iosxe": r"<dscp-val>34</dscp-val>\s*<min-threshold>(\d+)",
    "openconfig": r"<min-threshold>(\d+)</min-threshold>\s*<max-threshold>\d+</max-threshold>\s*<enable-ecn>true",
}
INTENTS = """\
intent voice { from node frr to node out  match udp/5060  priority critical  latency <= 20ms  bandwidth 500Mbps burst 64KB }
intent chat { from node frr to node out  match tcp/8443  priority high  bandwidth 2Gbps burst 64KB }
intent bulk { from node frr to node out  match tcp/873  priority low  bandwidth 1Gbps burst 64KB }
"""


def network(names):
    """A chain of routers of these platforms, with hosts before the first one and behind a router at its end."""
    nodes, links = [], []
    for number, name in enumerate(names, 1):
        port = "hosts" if name == "frr" else "xe-0/0/8.0"
        hosts = f", attached: [{{prefix: 10.1.0.0/24, interface: {port}}}]" if name == names[0] else ""
        nodes.append(f"  {name}: {{{HOPS[name][0]}, loopback: 10.255.0.{number}/32, region: de{hosts}}}")
    nodes.append(
        '  out: {platform: junos, release: "24.4", chassis: mx204, loopback: 10.255.0.99/32, region: de,'
        " attached: [{prefix: 10.2.0.0/24, interface: xe-0/0/9.0}]}"
    )
    ends = [*names, "out"]
    for number, (one, other) in enumerate(pairwise(ends)):
        port = "xe-0/0/0.0" if other == "out" else HOPS[other][1]
        links.append(
            f'  - {{id: l{number}, a: "{one}:{HOPS[one][2]}", b: "{other}:{port}", capacity: 10Gbps, latency: 1ms,'
            f" addresses: [10.0.{number}.0/31, 10.0.{number}.1/31], crosses: []}}"
        )
    return "\n".join([HEAD.rstrip(), *nodes, "links:", *links, ""])


def code_of(bundle):
    return load_code(all_targets()[bundle.target])


def hops_of(intents, names):
    built = build(intents, network(names))
    assert built.codes() == set()
    assert set(built.statuses.values()) == {"placed"}, built.run.findings.items
    devices = built.run.bundle.devices
    found = tuple(
        Hop(
            read_device(
                devices[name], as_running(devices[name]), code_of(devices[name]), built.run.fleet.infrastructure
            ),
            HOPS[name][2],
        )
        for name in names
    )
    return found, built.run.fleet.classes


@pytest.fixture(scope="module")
def path():
    return hops_of(INTENTS, tuple(HOPS))


@pytest.fixture(scope="module")
def marking():
    """The same without FRR, whose queues do not mark: hosts are behind the first Junos router."""
    text = INTENTS.replace("node frr", "node junos").replace(
        "priority high  bandwidth 2Gbps", "priority tokens  bandwidth 500Mbps"
    )
    return hops_of("class tokens { dscp 34 ecn }\n" + text, tuple(name for name in HOPS if name != "frr"))


def with_number(hops, name, pattern, number):
    """Return the path with one number of one hop changed: the last that stands where `pattern` says."""
    found = {hop.reading.bundle.node: hop for hop in hops}
    bundle = found[name].reading.bundle
    text = as_running(bundle)
    place = list(re.finditer(pattern, text))[-1]
    assert place[1] != str(number)
    running = f"{text[: place.start(1)]}{number}{text[place.end(1) :]}"
    changed = replace(
        found[name], reading=read_device(bundle, running, code_of(bundle), found[name].reading.infrastructure)
    )
    return tuple(changed if hop.reading.bundle.node == name else hop for hop in hops)


def with_queues(hop, change):
    """Return a hop that was asked for other queues than it has."""
    bundle = hop.reading.bundle
    ports = tuple(replace(port, queues=change(port.queues)) for port in bundle.config.queueing)
    other = replace(bundle, config=replace(bundle.config, queueing=ports))
    return replace(hop, reading=replace(hop.reading, bundle=other))


def whats(found):
    return [(one.node, one.interface, one.traffic_class, one.what) for one in found]


@pytest.mark.parametrize("name", CLASSES)
def test_a_path_of_all_platforms_treats_a_class_alike_at_every_hop(path, name):
    hops, classes = path
    assert {hop.reading.bundle.target for hop in hops} == {
        "frr",
        "junos",
        "iosxr",
        "srlinux",
        "eos",
        "iosxe",
        "openconfig",
    }
    assert departures(classes[name], hops) == ()


@pytest.mark.parametrize("name", ["tokens", "critical", "low"])
def test_marking_is_alike_as_well(marking, name):
    hops, classes = marking
    assert departures(classes[name], hops) == ()


@pytest.mark.parametrize("hop", SURE)
def test_a_guarantee_that_is_lower_on_one_hop_is_named(path, hop):
    hops, classes = path
    first, *others = whats(departures(classes["high"], with_number(hops, hop, SURE[hop], 1)))
    assert first == (hop, HOPS[hop][2], "high", "the guarantee")
    assert {one[0] for one in others} == {hop}, "and it is not what was written"


@pytest.mark.parametrize("hop", CAP)
def test_a_strict_class_that_may_take_more_on_one_hop_is_named(path, hop):
    hops, classes = path
    text = {"eos": "4000000", "frr": "4000000", "srlinux": "40"}.get(hop, "4000000000")
    first, *others = whats(departures(classes["critical"], with_number(hops, hop, CAP[hop], text)))
    assert first == (hop, HOPS[hop][2], "critical", "the cap")
    assert {one[0] for one in others} == {hop}


@pytest.mark.parametrize("hop", MARKS)
def test_marking_that_begins_elsewhere_on_one_hop_is_named(marking, hop):
    hops, classes = marking
    found = whats(departures(classes["tokens"], with_number(hops, hop, MARKS[hop], 1)))
    assert (hop, HOPS[hop][2], "tokens", "the length from which packets are marked") in found
    assert {one[0] for one in found} == {hop}


@pytest.mark.parametrize("hop", SURE)
def test_a_number_that_is_changed_within_the_promise_is_found_too(path, hop):
    """More than is promised is no departure from the promise; it is one from what was written."""
    hops, classes = path
    known = {
        "frr": "2001000",
        "junos": "4220000001",
        "asr9000": "2000000001",
        "srlinux": "126",
        "openconfig": "99999999",
    }
    found = departures(classes["high"], with_number(hops, hop, SURE[hop], known.get(hop, "60")))
    assert {(one.node, one.what.partition(" in ")[0]) for one in found} == {(hop, "what was written")}


def test_a_class_without_a_queue_on_one_hop_is_named(path):
    hops, classes = path
    bare = with_queues(hops[2], lambda queues: queues[:1])
    (found,) = departures(classes["low"], (*hops[:2], bare, *hops[3:]))
    assert found == Departure("ncs", HOPS["ncs"][2], "low", "the queue", "one of its own", "none was asked for")


def test_a_platform_that_cannot_say_what_its_queues_do_is_named(path):
    class Silent:
        def differences(self, _expected, _running):
            return ()

    hops, classes = path
    silent = replace(hops[0], reading=read_device(hops[0].reading.bundle, "", Silent(), ()))
    found = departures(classes["low"], (silent, *hops[1:]))
    assert [(one.node, one.what, one.found) for one in found] == [
        ("frr", "the queue", "none that can be read back"),
        ("frr", "what is dropped", "nothing that can be read back"),
    ]


def test_a_class_that_is_strict_on_one_hop_only_is_named(path):
    hops, classes = path
    other = with_queues(hops[1], lambda queues: tuple(replace(one, scheduling="strict") for one in queues))
    found = departures(classes["low"], (hops[0], other, hops[2]))
    assert ("junos", "the kind of queue", "strict", "shared") in {
        (one.node, one.what, one.promised, one.found) for one in found
    }
    assert {one.node for one in found if one.promised == "the same at every hop"} == {"frr", "junos", "ncs"}


PAUSES = {  # at the spines of the fabric and its leafs: text that switches a priority to another one
    "srlinux": (r"<pfc-pause-frame-priority>(\d)", "4"),
    "eos": (r"priority-flow-control priority (\d) no-drop", "5"),
}
FABRIC = """\
name: fabric
regions: {eu: [fi]}
routing: {igp: isis, process: CORE, bfd: {interval: 300ms, multiplier: 3}}
nodes:
  srlinux: {platform: srlinux, release: "25.3", chassis: 7220 IXR-D5, loopback: 10.255.0.1/32, region: fi, attached: [{prefix: 10.1.0.0/24, interface: ethernet-1/9}]}
  eos: {platform: eos, release: "4.32", chassis: DCS-7060X5-64S, loopback: 10.255.0.2/32, region: fi}
  end: {platform: srlinux, release: "25.3", chassis: 7220 IXR-D5, loopback: 10.255.0.3/32, region: fi, attached: [{prefix: 10.2.0.0/24, interface: ethernet-1/9}]}
links:
  - {id: up, a: "srlinux:ethernet-1/2", b: "eos:Ethernet1/1", addresses: [10.0.0.0/31, 10.0.0.1/31], capacity: 400Gbps, latency: 500ns, queue: 16MB, crosses: []}
  - {id: down, a: "eos:Ethernet2/1", b: "end:ethernet-1/2", addresses: [10.0.0.2/31, 10.0.0.3/31], capacity: 400Gbps, latency: 500ns, queue: 16MB, crosses: []}
"""
ROCE = """\
class roce { dscp 26 queue 40% ecn lossless }
intent all { from node srlinux to node end  match udp/4791  priority roce }
"""


@pytest.fixture(scope="module")
def lossless():
    built = build(ROCE, FABRIC)
    assert built.statuses == {"all": "placed"}
    devices = built.run.bundle.devices
    hops = tuple(
        Hop(
            read_device(
                devices[name], as_running(devices[name]), code_of(devices[name]), built.run.fleet.infrastructure
            ),
            HOPS[name][2],
        )
        for name in ("srlinux", "eos")
    )
    return hops, built.run.fleet.classes


def test_flow_control_is_alike_at_every_hop(lossless):
    hops, classes = lossless
    assert departures(classes["roce"], hops) == ()
    paused = {one.paused for hop in hops for one in hop.reading.treatments if one.dscp == 26}
    assert paused == {(3,)}


@pytest.mark.parametrize("hop", PAUSES)
def test_flow_control_of_another_priority_on_one_hop_is_named(lossless, hop):
    hops, classes = lossless
    found = departures(classes["roce"], with_number(hops, hop, *PAUSES[hop]))
    assert (hop, "flow control", "of priority 3", "none") in {
        (one.node, one.what, one.promised, one.found) for one in found
    }
    assert {one.node for one in found} == {hop}
