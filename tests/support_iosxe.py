"""Device configurations built by hand, for the tests of the `iosxe` target.

The device is `r1` of the diamond h1 – r1 – {r2 | r3} – r4 – h2: hosts on HOSTS, links on LEFT (to r2) and RIGHT (to r3).
"""

from __future__ import annotations

from dataclasses import replace

import support_frr as plain
from support_frr import H1, H1_6, H2, H2_6, INFRASTRUCTURE, LOOPBACKS, MBPS, ORIGIN, flow
from support_iosxr import CLASSES, policy, queue, reflector, spread

from intentc.ir.model import (
    AlgorithmPolicy,
    DeviceConfig,
    Fleet,
    PolicySteerRule,
    Probe,
    ProbeReflector,
    RepairPort,
    Stream,
    SwitchRule,
    WireEnd,
)
from intentc.ir.order import in_order
from intentc.render.render import load_code, render_device

TARGET = plain.targets()["iosxe"]
CODE = load_code(TARGET)
HOSTS, LEFT, RIGHT = "GigabitEthernet1", "TenGigabitEthernet0/0/2", "TenGigabitEthernet0/0/3"
WIRES = {
    ("L12", "r1"): WireEnd("r1", LEFT, "10.1.12.1", "fd01:12::1", "r2", "10.1.12.2", "fd01:12::2"),
    ("L12", "r2"): WireEnd("r2", "GigabitEthernet4", "10.1.12.2", "fd01:12::2", "r1", "10.1.12.1", "fd01:12::1"),
    ("L24", "r4"): WireEnd("r4", "GigabitEthernet4", "10.1.24.4", None, "r2", "10.1.24.2", None),
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


def bfd(interface=LEFT, **rest):
    return plain.bfd(interface, **rest)


def count(name, one, interfaces=(HOSTS,), excepted=()):
    return plain.count(name, one, interfaces, excepted)


def port(interface=LEFT, *, rate=1000 * MBPS, mtu=1500, queues=None):
    given = queues or (
        queue("critical", 20 * MBPS, rate=rate, tc=5),
        queue("high", 40 * MBPS, rate=rate, tc=4),
        queue("bulk", 10 * MBPS, rate=rate, tc=1),
        queue("default", rate=rate, tc=0),
    )
    return plain.port(interface, rate=rate, mtu=mtu, queues=given)


def ride(one, name="way-r4", *, excepted=(), interfaces=(HOSTS,), precedence=10):
    return PolicySteerRule(precedence, one, excepted, interfaces, name, ORIGIN)


def stream(name="otel-10000000", address="10.9.0.9", interfaces=(HOSTS, LEFT), interval_us=10_000_000, number=57_500):
    return Stream(name, address, number, interval_us, interfaces, ORIGIN)


def algorithm_policy(name="fast-r4", color=2**30 + 9, *, end_point="r4", label=16_804, closed=True):
    return AlgorithmPolicy(name, color, end_point, 128, label, closed, ORIGIN)


def late(threshold_us=30_000, *, dscp=46, back_us=10_400, interval_us=1_000_000, count=3):
    """Return the rule of a policy whose paths are left when packets of `dscp` take longer than that."""
    return SwitchRule("latency", threshold_us, interval_us, count, dscp, back_us)


def repair(interface=LEFT, igp="isis", protects="link"):
    return RepairPort(interface, f"L-{interface}", igp, protects, ORIGIN)


def probe(name="r4-critical", peer="r4", dscp=46, interval_us=1_000_000):
    return Probe(name, peer, dscp, interval_us, ORIGIN)


def responder(peer="r4"):
    return ProbeReflector(peer, ORIGIN)


def config(node="r1", hardware="qfp", **features):
    ordered = {name: in_order(features[name]) for name in features}
    return DeviceConfig(node, "iosxe", "17.18", hardware=hardware, **ordered)


def full_config():
    """Return a device with every feature in both families."""
    voice, six = flow(protocol="udp", ports=(7000, 7009)), flow(H1_6, H2_6, "udp", (7000, 7000))
    web, hole = flow(protocol="tcp", ports=(443, 443)), flow("10.10.1.128/25", H2, "tcp", (443, 443))
    return config(
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
            steer(flow(H1_6, H2_6, "tcp"), ("r3", "r2"), precedence=5),
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
        policies=[
            policy(),
            replace(policy("late-r4", 2**30 + 7), switches=(late(),)),
            policy("wide-r4", 2**30 + 6, candidates=spread()),
        ],
        streams=[stream()],
        algorithm_policies=[algorithm_policy()],
        policy_steering=[
            ride(voice, precedence=1),
            ride(flow(protocol="icmp"), "fast-r4", precedence=6),
            ride(flow(H1, H2, "tcp", (9444, 9444)), "wide-r4", precedence=7),
            ride(flow(H1, H2, "tcp", (9555, 9555)), "late-r4", precedence=8),
        ],
        repairs=[repair(LEFT), repair(RIGHT, protects="node")],
        probes=[probe()],
        probe_reflectors=[responder()],
    )


def fleet(*configs, process="CORE", infrastructure=INFRASTRUCTURE):
    return Fleet({item.node: item for item in configs}, LOOPBACKS, CLASSES, infrastructure, WIRES, process)


def rendered(item, known=None):
    """Return the payload of a device; "" where nothing is configured."""
    found = render_device(item, known or fleet(item), TARGET).files
    return found[0].text if found else ""


def bundle(item, known=None):
    return render_device(item, known or fleet(item), TARGET)
