"""Device configurations built by hand, for the tests of the `iosxr` target.

The device is `r1` of the diamond h1 – r1 – {r2 | r3} – r4 – h2: hosts on HOSTS, links on LEFT (to r2) and RIGHT (to r3).
"""

from __future__ import annotations

from dataclasses import replace

import support_frr as plain
from support_frr import H1, H1_6, H2, H2_6, INFRASTRUCTURE, LOOPBACKS, MBPS, ORIGIN, flow, traffic_class

from intentc.ir.model import (
    AlgorithmPolicy,
    BfdReflector,
    DeviceConfig,
    Fleet,
    PausePort,
    PolicySteerRule,
    Probe,
    ProbeReflector,
    Queue,
    RepairPort,
    SrCandidate,
    SrList,
    SrPolicy,
    SrSegment,
    Stream,
    WireEnd,
)
from intentc.ir.order import in_order
from intentc.render.render import load_code, render_device

TARGET = plain.targets()["iosxr"]
CODE = load_code(TARGET)
HOSTS, LEFT, RIGHT = "TenGigE0/0/0/1", "HundredGigE0/0/0/2", "HundredGigE0/0/0/3"
CARD_HOSTS, CARD_LEFT, CARD_RIGHT = "FourHundredGigE0/0/0/1", "FourHundredGigE0/0/0/2", "FourHundredGigE0/1/0/3"
HARDWARE = ("asr9000", "ncs", "8000")
CLASSES = {
    **plain.CLASSES,
    "bulk": replace(traffic_class("bulk", 3, 10, 12, "weight", weight=20), is_ecn=True),
    "video": traffic_class("video", 2, 18, 20, "share", share=200_000_000),
}
WIRES = {
    ("L12", "r1"): WireEnd("r1", LEFT, "10.1.12.1", "fd01:12::1", "r2", "10.1.12.2", "fd01:12::2"),
    ("L12", "r2"): WireEnd("r2", "Gi0/0/0/0", "10.1.12.2", "fd01:12::2", "r1", "10.1.12.1", "fd01:12::1"),
    ("L24", "r4"): WireEnd("r4", "Gi0/0/0/0", "10.1.24.4", None, "r2", "10.1.24.2", None),
}


def mark(*args, interfaces=(HOSTS,), **rest):
    return plain.mark(*args, interfaces=interfaces, **rest)


def steer(*args, interfaces=(HOSTS,), **rest):
    return plain.steer(*args, interfaces=interfaces, **rest)


def fence(name, one, interfaces=(RIGHT,), **rest):
    return plain.fence(name, one, interfaces, **rest)


def isolate(*args, interfaces=(HOSTS,), **rest):
    return plain.isolate(*args, interfaces=interfaces, **rest)


def edge(interface=HOSTS, trust="none", prefixes=(H1, H1_6)):
    return plain.edge(interface, trust, prefixes)


def paused_queueing(limit=1_000_000, *, ecn=True, tc=None, rate=100_000 * MBPS):
    """Return the queues of a port one of which is of a lossless class, with pauses of priority 4."""
    marks = {"is_ecn": True, "mark_from_bytes": limit // 4, "mark_all_bytes": limit * 3 // 4} if ecn else {}
    return (
        replace(queue("critical", 1000 * MBPS, rate=rate, tc=tc), limit_bytes=300_000),
        replace(queue("high", 20_000 * MBPS, rate=rate), limit_bytes=limit, **marks),
        queue("default", rate=rate),
    )


def pause(interface=LEFT, name="high", priority=4, *, headroom=60_000):
    return PausePort(interface, name, priority, (34,), headroom, ORIGIN)


def paused_config(**changes):
    """Return a device with flow control at a port of hosts and at both links, which are on two line cards."""
    given = {
        "edges": [edge(CARD_HOSTS, "fabric")],
        "queueing": [port(name, rate=100_000 * MBPS, queues=paused_queueing()) for name in (CARD_LEFT, CARD_RIGHT)],
        "pauses": [pause(CARD_LEFT), pause(CARD_RIGHT, headroom=400_000), pause(CARD_HOSTS, headroom=0)],
    }
    return config("r1", "8800", **(given | changes))


def bfd(interface=LEFT, **rest):
    return plain.bfd(interface, **rest)


def count(name, one, interfaces=(HOSTS,), excepted=()):
    return plain.count(name, one, interfaces, excepted)


def queue(name, guarantee=0, *, rate=1000 * MBPS, limit=300_000, burst=0, tc=None):
    own = CLASSES[name]
    is_capped = own.scheduling.value in {"strict", "share"}
    cap = rate * own.share_ppb // 1_000_000_000 if is_capped else rate
    return Queue(
        traffic_class=name,
        dscps=tuple(sorted({own.dscp, own.over_dscp} - {None})),
        scheduling=own.scheduling.value,
        guarantee_bps=guarantee,
        cap_bps=cap,
        weight=own.weight,
        limit_bytes=limit,
        is_ecn=own.is_ecn,
        burst_bytes=burst,
        mark_from_bytes=limit // 4 if own.is_ecn else 0,
        mark_all_bytes=limit * 3 // 4 if own.is_ecn else 0,
        tc=tc,
    )


def port(interface=LEFT, *, rate=1000 * MBPS, mtu=1500, queues=None):
    given = queues or (
        queue("critical", 20 * MBPS, rate=rate, tc=5),
        queue("high", 40 * MBPS, rate=rate, tc=4),
        queue("bulk", 10 * MBPS, rate=rate, tc=1),
        queue("default", rate=rate, tc=0),
    )
    return plain.port(interface, rate=rate, mtu=mtu, queues=given)


def policy(name="way-r4", color=2**30 + 5, *, closed=True, candidates=None, interval_us=50_000, multiplier=3):
    """Return an SR policy to r4, over the link L12 first, and over r3 if that is down."""
    given = candidates or (
        SrCandidate(200, (SrSegment("r2", "L12", None), SrSegment("r4", None, 16_004))),
        SrCandidate(100, (SrSegment("r3", None, 16_003), SrSegment("r4", None, 17_004))),
    )
    return SrPolicy(name, color, "r4", given, closed, 0x0A000004, interval_us, multiplier, ORIGIN)


def spread():
    """Return candidate paths the first of which has two lists, one with three shares of four."""
    lists = (
        SrList(3, (SrSegment("r2", "L12", None), SrSegment("r4", None, 16_004))),
        SrList(1, (SrSegment("r3", None, 16_003), SrSegment("r4", None, 17_004))),
    )
    return SrCandidate(200, lists[0].segments, lists), SrCandidate(100, (SrSegment("r4", None, 16_004),))


def ride(one, name="way-r4", *, excepted=(), interfaces=(HOSTS,), precedence=10):
    return PolicySteerRule(precedence, one, excepted, interfaces, name, ORIGIN)


def reflector(discriminator=0x0A000001):
    return BfdReflector(discriminator, ORIGIN)


def stream(name="otel-10000000", address="10.9.0.9", interfaces=(HOSTS, LEFT), interval_us=10_000_000, number=57_500):
    return Stream(name, address, number, interval_us, interfaces, ORIGIN)


def repair(interface=LEFT, protects="link", igp="isis"):
    return RepairPort(interface, "L12", igp, protects, ORIGIN)


def algorithm_policy(name="low-delay", color=2**30 + 7, *, closed=False, label=16_104):
    """Return the way of algorithm 128 to r4."""
    return AlgorithmPolicy(name, color, "r4", 128, label, closed, ORIGIN)


def answers(peer="r4"):
    return ProbeReflector(peer, ORIGIN)


def probe(name="r3-voice", peer="r3", dscp=46, interval_us=200_000):
    return Probe(name, peer, dscp, interval_us, ORIGIN)


def config(node="r1", hardware="asr9000", **features):
    ordered = {name: in_order(features[name]) for name in features}
    return DeviceConfig(node, "iosxr", "25.4", hardware=hardware, **ordered)


def full_config(hardware="asr9000"):
    """Return a device with every feature in both families."""
    voice, six = flow(protocol="udp", ports=(7000, 7009)), flow(H1_6, H2_6, "udp", (7000, 7000))
    web, hole = flow(protocol="tcp", ports=(443, 443)), flow("10.10.1.128/25", H2, "tcp", (443, 443))
    return config(
        hardware=hardware,
        edges=[edge()],
        meters=[plain.meter("m-gold", 8 * MBPS, ceiling=16 * MBPS), plain.meter("m-voice", 2 * MBPS, over=None)],
        marking=[
            mark("voice-4", voice, precedence=1, meter="m-voice"),
            mark("voice-6", six, precedence=2, meter="m-voice"),
            mark("gold-4", web, "high", precedence=3, meter="m-gold", excepted=(hole,)),
            mark("bulk-4", flow(dscp=10), "background", precedence=4),
            mark("ping-6", flow(H1_6, H2_6, "icmp"), "high", precedence=5),
        ],
        queueing=[port(LEFT), port(RIGHT, rate=10_000 * MBPS)],
        steering=[
            steer(flow(protocol="sctp"), ("r2",), precedence=4),
            steer(web, ("r2", "r3"), closed=False, excepted=(hole,), precedence=3),
            steer(flow(H1_6, H2_6, "tcp"), ("r3",), precedence=5),
        ],
        fences=[
            fence("fence-voice", voice),
            fence("fence-gold", web, excepted=(hole,), reason="avoid"),
            fence("fence-six", six, (LEFT, RIGHT)),
        ],
        isolation=[
            isolate("isolate-to", allowed=[flow(H2, H1), flow(H2, H1, "tcp", source_ports=(443, 443))]),
            isolate("isolate-from", H1_6, allowed=[six], direction="from"),
        ],
        bfd=[bfd(LEFT), bfd(RIGHT)],
        counting=[count("arrived-4", flow(H2, H1)), count("arrived-6", flow(H2_6, H1_6, dscp=46))],
        reflectors=[reflector()],
        repairs=[repair(LEFT), repair(RIGHT, "node")],
        policies=[policy(), policy("wide-r4", 2**30 + 6, candidates=spread())],
        algorithm_policies=[algorithm_policy()],
        streams=[stream()],
        probes=[probe()],
        probe_reflectors=[answers(), answers("r3")],
        policy_steering=[
            ride(voice, precedence=1),
            ride(six, precedence=2),
            ride(web, "low-delay", precedence=6),
            ride(flow(H1, H2, "tcp", (9444, 9444)), "wide-r4", precedence=7),
        ],
    )


def fleet(*configs, process="CORE", infrastructure=INFRASTRUCTURE):
    neighbour = {"r3": DeviceConfig("r3", "iosxr", "25.4")}  # of the same platform
    return Fleet(neighbour | {item.node: item for item in configs}, LOOPBACKS, CLASSES, infrastructure, WIRES, process)


def rendered(item, known=None):
    """Return the payload of a device; "" where nothing is configured."""
    found = render_device(item, known or fleet(item), TARGET).files
    return found[0].text if found else ""


def bundle(item, known=None):
    return render_device(item, known or fleet(item), TARGET)
