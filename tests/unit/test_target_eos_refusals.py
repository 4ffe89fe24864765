"""What the target `eos` refuses: features of chassis, and building blocks that one device cannot have together."""

from dataclasses import replace

import pytest
from support_eos import (
    CODE,
    LEFT,
    RIGHT,
    TARGET,
    bfd,
    config,
    count,
    edge,
    fence,
    fleet,
    flow,
    isolate,
    mark,
    meter,
    pause,
    port,
    queue,
    reflector,
    repair,
    steer,
)
from support_frr import H1, H1_6, H2, H2_6, MBPS
from support_topology import SMALL, load_clean

from intentc.diagnostics import Findings
from intentc.render.capabilities import capabilities

UDP = flow(protocol="udp", ports=(7000, 7009), source_ports=(1, 2), dscp=10)


def topology(chassis="DCS-7280CR3-32P4", bfd=None):
    routing = f"routing: {{igp: isis, bfd: {{interval: {bfd}, multiplier: 3}}}}\n" if bfd else ""
    text = SMALL.replace("defaults: {platform: frr}", 'defaults: {platform: eos, release: "4.32.1F"}')
    text = text.replace("r1: {", f"r1: {{chassis: {chassis}, " if chassis else "r1: {")
    text = text.replace("r2: {", "r2: {chassis: 7050SX3-48YC8, ")
    return load_clean(routing + text.replace("eth1", "Ethernet2"))


CONTROL_PLANE = {"bfd", "ipv6"}


SWITCH = CONTROL_PLANE | {
    "marking",
    "metering",
    "queueing",
    "ecn",
    "early-drop",
    "lossless",
    "steering",
    "fence",
    "isolation",
}


ROUTER = SWITCH | {"counting", "ti-lfa", "sbfd", "flex-algo-affinity", "flex-algo-delay", "flex-algo-te"}


FEATURES = {
    "DCS-7280CR3-32P4": ROUTER,
    "7280R3": ROUTER,
    "dcs-7280sr2-48yc6": ROUTER,
    "7508R": ROUTER,
    "7808R3": ROUTER,
    "DCS-7020SR-24C2": ROUTER,
    "7050SX3-48YC8": SWITCH,
    "DCS-7060DX5-64S": SWITCH,
    "7260CX3-64": SWITCH,
    "cEOSLab": CONTROL_PLANE,
    "vEOS-lab": CONTROL_PLANE,
}


@pytest.mark.parametrize("chassis", sorted(FEATURES))
def test_features_are_those_of_the_chassis(chassis):
    findings = Findings()
    found = capabilities(topology(chassis), {"eos": TARGET}, findings)["r1"]
    assert not findings.items
    assert {name for name, support in found.features.items() if support.is_supported} == FEATURES[chassis]
    assert all(support.reason and support.instead for support in found.features.values() if not support.is_supported)


@pytest.mark.parametrize("chassis", [None, "7280SE-64", "mx204", "7150S-24"])
def test_an_unknown_chassis_is_an_error_at_the_node(chassis):
    findings = Findings()
    capabilities(topology(chassis), {"eos": TARGET}, findings)
    assert [(item.code, item.node) for item in findings.items] == [("E0631", "r1")]


@pytest.mark.parametrize(("interval", "nodes"), [("300ms", []), ("50ms", ["r2"]), ("40ms", ["r1"])])
def test_the_shortest_bfd_is_that_of_the_chassis(interval, nodes):
    findings = Findings()
    capabilities(topology(bfd=interval), {"eos": TARGET}, findings)
    assert [(item.code, item.node) for item in findings.items] == [("E0615", node) for node in nodes]


QUEUEING, METERING, LOSSLESS = "queueing by class", "re-marking and policing at the edge", "a lossless class"


STRICT = tuple(replace(queue("critical"), traffic_class=f"c{n}", dscps=(n + 40,)) for n in range(5))


OTHERS = tuple(replace(queue("high"), traffic_class=f"c{n}", dscps=(n + 40,)) for n in range(6))


REFUSED = {
    "IPv6 off the IGP's path": (config(steering=[steer(flow(H1_6, H2_6))]), "steering off the IGP's own path"),
    "more waypoints than routes": (
        config(steering=[steer(UDP, ("r2",) * 21)]),
        "steering off the IGP's own path",
    ),
    "isolation by code points that hosts wrote": (
        config(isolation=[isolate("i", H1, [flow(dscp=46)], direction="from")]),
        "isolation by code point",
    ),
    "a fence by code points that are marked here": (
        config(edges=[edge()], fences=[fence("f", flow(dscp=34))]),
        "dropping at the border of what is allowed",
    ),
    "isolation by code points that are marked here": (
        config(edges=[edge()], isolation=[isolate("i", allowed=[flow(H2, H1, dscp=34)])]),
        "default-deny isolation",
    ),
    "counting by code points that are marked here": (
        config(edges=[edge()], counting=[count("c", flow(), excepted=(flow(dscp=34),))]),
        "counting at the destination",
    ),
    "BFD over OSPF": (config(bfd=[bfd(igp="ospf")]), "BFD on the IGP's adjacencies"),
    "repair over OSPF": (config(repairs=[repair(igp="ospf")]), "local repair"),
    "repair in two modes": (config(repairs=[repair(LEFT), repair(RIGHT, "node")]), "local repair"),
    "two discriminators": (config(reflectors=[reflector(1), reflector(2)]), "answering S-BFD"),
    "too many strict classes": (config(queueing=[port(queues=(*STRICT, queue("default")))]), QUEUEING),
    "too many classes": (config(queueing=[port(queues=(*OTHERS, queue("default")))]), QUEUEING),
    "a class with a code point of network control": (
        config(queueing=[port(queues=(replace(queue("high"), dscps=(48,)), queue("default")))]),
        QUEUEING,
    ),
    "queues of a bundle": (config(queueing=[port("Port-Channel7")]), QUEUEING),
    "guarantees beside network control": (
        config(queueing=[port(queues=(queue("critical"), queue("high", 885 * MBPS), queue("default")))]),
        "guaranteeing the bandwidth of all classes",
    ),
    "a rate below all policers": (
        config(meters=[meter("m", 7_999)], marking=[mark("one", flow(), meter="m")]),
        METERING,
    ),
    "a rate of both families": (
        config(
            meters=[meter("m", MBPS)],
            marking=[mark("one", flow(), meter="m"), mark("six", flow(H1_6, H2_6), precedence=11, meter="m")],
        ),
        "one rate for several kinds of packets",
    ),
    "a rate in two places": (
        config(
            meters=[meter("m", 5 * MBPS)],
            marking=[
                mark("one", UDP, "high", precedence=1, meter="m"),
                mark("between", flow(protocol="udp"), "background", precedence=2),
                mark("other", flow(), "high", precedence=3, meter="m"),
            ],
        ),
        "one rate for several kinds of packets",
    ),
    "flow control over a long line": (
        config(queueing=[port(rate=100_000 * MBPS)], pauses=[pause(headroom=100_000)]),
        LOSSLESS,
    ),
    "flow control of a subinterface": (config(pauses=[pause("Ethernet2.5", headroom=0)]), LOSSLESS),
    "flow control of a bundle": (config(pauses=[pause("Port-Channel2", headroom=0)]), LOSSLESS),
    "a strict class that is paused by another number": (
        config(queueing=[port()], pauses=[pause(name="critical", headroom=0)]),
        QUEUEING,
    ),
    "a paused class with the number of the default one": (
        config(queueing=[port()], pauses=[pause(name="high", priority=1, headroom=0)]),
        QUEUEING,
    ),
    "two paused classes of one priority": (
        config(pauses=[pause(headroom=0), pause(RIGHT, "high", headroom=0)]),
        LOSSLESS,
    ),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_its_building_blocks_cannot_do_together_is_refused_where_it_was_asked_for(case):
    item, block = REFUSED[case]
    found = CODE.obstacles(item, fleet(item))
    assert {one.block for one in found} == {block}
    assert all(one.reason and one.instead and one.origin.spans for one in found)
