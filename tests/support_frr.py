"""Device configurations built by hand, for the tests of rendering and of the `frr` target.

The device is `r1` of the diamond h1 – r1 – {r2 | r3} – r4 – h2: hosts on eth1, links on eth2 (to r2) and eth3 (to r3).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from intentc.diagnostics import Findings, Span
from intentc.ir.model import (
    BfdPort,
    CountRule,
    DeviceConfig,
    EdgePort,
    FenceRule,
    Fleet,
    IsolationRule,
    MarkRule,
    Meter,
    Origin,
    PortQueueing,
    Queue,
    SteerRule,
)
from intentc.ir.order import in_order
from intentc.render.targets import load_targets
from intentc.resolve.model import Flow, Scheduling, TrafficClass

TARGETS = Path(__file__).resolve().parents[1] / "targets"
HERE = Span("intents/demo.intent", 3, 1, 3, 20)
ORIGIN = Origin(("demo",), (HERE,))
MBPS = 1_000_000

H1, H2 = "10.10.1.0/24", "10.10.2.0/24"
H1_6, H2_6 = "fd10:1::/64", "fd10:2::/64"


def traffic_class(name, rank, dscp, over, scheduling, *, weight=0, share=0):
    return TrafficClass(name, rank, dscp, over, Scheduling(scheduling), weight, share, "medium", False, False, None)


CLASSES = {
    "critical": traffic_class("critical", 0, 46, None, "strict", share=300_000_000),
    "high": traffic_class("high", 1, 34, 36, "weight", weight=30),
    "background": traffic_class("background", 4, 1, 1, "idle", share=10_000_000),
    "default": traffic_class("default", 5, 0, 0, "weight", weight=10),
}

LOOPBACKS = {f"r{n}": (f"10.0.0.{n}", f"fd00::{n}") for n in range(1, 5)}
INFRASTRUCTURE = (
    *(f"10.0.0.{n}/32" for n in range(1, 5)),
    *(f"10.1.{a}{b}.{end}/32" for a, b in ((1, 2), (1, 3), (2, 4), (3, 4)) for end in (a, b)),
    *(f"fd00::{n}/128" for n in range(1, 5)),
    *(f"fd01:{a}{b}::{end}/128" for a, b in ((1, 2), (1, 3), (2, 4), (3, 4)) for end in (a, b)),
)


def flow(source=H1, destination=H2, protocol="any", ports=None, *, source_ports=None, dscp=None):
    family = 6 if ":" in source else 4
    return Flow(family, source, destination, protocol, source_ports, ports, dscp)


def mark(name, one, traffic_class_name="critical", *, precedence=10, excepted=(), meter=None, interfaces=("eth1",)):
    dscp = CLASSES[traffic_class_name].dscp
    return MarkRule(precedence, one, excepted, interfaces, traffic_class_name, dscp, meter, name, ORIGIN)


def meter(name, committed=None, *, burst=15_000, over=36, ceiling=None):
    return Meter(name, committed, burst, over, ceiling, max(burst, 15_000) if ceiling else 0)


def steer(one, waypoints=("r2",), *, closed=True, interfaces=("eth1",), excepted=(), precedence=10):
    return SteerRule(precedence, one, excepted, interfaces, waypoints, closed, ORIGIN)


def fence(name, one, interfaces=("eth3",), *, excepted=(), reason="pin"):
    return FenceRule(one, excepted, interfaces, reason, name, ORIGIN)


def isolate(name, prefix=H1, allowed=(), *, direction="to", interfaces=("eth1",)):
    return IsolationRule(prefix, interfaces, direction, tuple(sorted(allowed)), name, ORIGIN)


def queue(name, guarantee=0, *, rate=20 * MBPS, limit=30_000):
    own = CLASSES[name]
    is_strict = own.scheduling is Scheduling.STRICT
    dscps = tuple(sorted({own.dscp, own.over_dscp} - {None}))
    cap = rate * own.share_ppb // 1_000_000_000 if is_strict else rate
    return Queue(name, dscps, own.scheduling.value, guarantee, cap, own.weight, limit, is_ecn=False)


def port(interface="eth2", *, rate=20 * MBPS, queues=None, mtu=1500):
    given = queues or (
        queue("critical", 2 * MBPS, rate=rate),
        queue("high", 4 * MBPS, rate=rate),
        queue("default", rate=rate),
    )
    return PortQueueing(interface, f"L-{interface}", rate, mtu, tuple(sorted(given)), ORIGIN)


def bfd(interface="eth2", igp="isis", interval_us=50_000, multiplier=3):
    return BfdPort(interface, f"L-{interface}", igp, interval_us, multiplier, ORIGIN)


def count(name, one, interfaces=("eth1",), excepted=()):
    return CountRule(one, interfaces, name, ORIGIN, excepted)


def edge(interface="eth1", trust="none", prefixes=(H1, H1_6)):
    return EdgePort(interface, trust, prefixes)


def config(node="r1", **features):
    ordered = {name: in_order(features[name]) for name in features}
    return DeviceConfig(node, "frr", "8.4", **ordered)


def full_config():
    """Return a device with every feature in both families."""
    six = flow(H1_6, H2_6, "udp", (7000, 7000))
    hole = flow("10.10.1.128/25", H2, "tcp", (443, 443))
    return config(
        edges=[edge()],
        meters=[meter("m-gold", 8 * MBPS, ceiling=16 * MBPS), meter("m-voice", 2 * MBPS, over=None)],
        marking=[
            mark("voice-4", flow(protocol="udp", ports=(7000, 7009)), precedence=1, meter="m-voice"),
            mark("voice-6", six, precedence=2, meter="m-voice"),
            mark(
                "gold-4", flow(protocol="tcp", ports=(443, 443)), "high", precedence=3, meter="m-gold", excepted=(hole,)
            ),
            mark("bulk-4", flow(dscp=10), "background", precedence=4),
            mark("ping-6", flow(H1_6, H2_6, "icmp"), "high", precedence=5),
        ],
        queueing=[port("eth2"), port("eth3")],
        steering=[
            steer(flow(protocol="udp", ports=(7000, 7009)), ("r2",), precedence=1),
            steer(six, ("r2",), precedence=2),
            steer(flow(protocol="tcp", ports=(443, 443)), ("r2", "r3"), closed=False, excepted=(hole,), precedence=3),
        ],
        fences=[
            fence("fence-voice", flow(protocol="udp", ports=(7000, 7009))),
            fence("fence-gold", flow(protocol="tcp", ports=(443, 443)), excepted=(hole,), reason="avoid"),
            fence("fence-six", six, ("eth2", "eth3")),
        ],
        isolation=[
            isolate("isolate-to", allowed=[flow(H2, H1), flow(H2, H1, "tcp", source_ports=(443, 443))]),
            isolate("isolate-from", H1_6, allowed=[six], direction="from"),
        ],
        bfd=[bfd("eth2"), bfd("eth3")],
        counting=[count("arrived-4", flow(H2, H1)), count("arrived-6", flow(H2_6, H1_6, dscp=46))],
    )


def fleet(*configs):
    return Fleet({item.node: item for item in configs}, LOOPBACKS, CLASSES, INFRASTRUCTURE)


@cache
def targets():
    findings = Findings()
    found = load_targets([TARGETS], findings)
    assert not findings.items
    return found


def files(bundle):
    """Return the rendered files by name."""
    return {file.path.rpartition("/")[2]: file.text for file in bundle.files}
