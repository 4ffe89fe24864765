"""Device configurations built by hand for the target `junos`: those of `frr` with ports of a Junos router, and SR policies.

The device is `r1` of the diamond h1 – r1 – {r2 | r3} – r4 – h2: hosts on ge-0/0/1, links on ge-0/0/2 (to r2) and ge-0/0/3 (to r3).
"""

from __future__ import annotations

import importlib
from dataclasses import fields, is_dataclass, replace

import support_frr as frr
from support_frr import CLASSES, H1, H2, INFRASTRUCTURE, LOOPBACKS, ORIGIN, flow

from intentc.ir.model import (
    AlgorithmPolicy,
    BfdReflector,
    DeviceConfig,
    Fleet,
    PolicySteerRule,
    Probe,
    ProbeReflector,
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

TARGET = frr.targets()["junos"]
CODE = load_code(TARGET)
OWNING = importlib.import_module("intentc_target_junos.owning")  # there once the code is loaded
PORTS = {f"eth{n}": f"ge-0/0/{n}" for n in range(10)}
CONFIG = "config.xml"
LINKS = {
    (f"L-{name}", one): WireEnd(
        one,
        port,
        f"10.1.{name}.{one[1]}",
        f"fd01:{name}::{one[1]}",
        other,
        f"10.1.{name}.{other[1]}",
        f"fd01:{name}::{other[1]}",
    )
    for name, one, other, port in (
        ("12", "r1", "r2", "ge-0/0/2"),
        ("12", "r2", "r1", "ge-0/0/2"),
        ("24", "r2", "r4", "ge-0/0/3"),
        ("24", "r4", "r2", "ge-0/0/2"),
    )
}


def ported(value):
    """Return a value of the IR with ports of a Junos router instead of those of a Linux machine."""
    if isinstance(value, str):
        return PORTS.get(value, value)
    if isinstance(value, tuple):
        return tuple(ported(item) for item in value)
    if is_dataclass(value):
        return replace(value, **{field.name: ported(getattr(value, field.name)) for field in fields(value)})
    return value


def config(node="r1", release="24.4", **features):
    ordered = {name: in_order([ported(item) for item in features[name]]) for name in features}
    return DeviceConfig(node, "junos", release, **ordered)


def labelled(one):
    """Return a port whose queues have the label classes of their code points, as where labelled packets come."""
    return replace(one, queues=tuple(replace(item, tc=CLASSES[item.traffic_class].dscp >> 3) for item in one.queues))


def segment(node, label=None, link=None):
    return SrSegment(node, link, label)


def policy(name="r4-drop-1", *candidates, closed=True, color=1_500_000_000, end_point="r4", interval_us=100_000):
    given = candidates or (
        SrCandidate(200, (segment("r2", 16002), segment("r4", 20004))),
        SrCandidate(100, (segment("r3", 16003), segment("r4", 24004))),
    )
    return SrPolicy(name, color, end_point, given, closed, 167772164, interval_us, 3, ORIGIN)


def policy_steer(one, name="r4-drop-1", *, precedence=10, interfaces=("eth1",), excepted=()):
    return PolicySteerRule(precedence, one, excepted, interfaces, name, ORIGIN)


def spread():
    """A candidate with two lists, one of which takes three of four flows."""
    lists = (
        SrList(3, (segment("r2", 16002), segment("r4", 20004))),
        SrList(1, (segment("r3", 16003), segment("r4", 24004))),
    )
    return SrCandidate(200, lists[0].segments, lists)


def reflector(discriminator=167772161):
    return BfdReflector(discriminator, ORIGIN)


def algorithm(name="r4-fast-128", number=128, *, label=20128, color=1_600_000_000, end_point="r4", closed=True):
    return AlgorithmPolicy(name, color, end_point, number, label, closed, ORIGIN)


def repair(interface="eth2", igp="isis", protects="link"):
    return RepairPort(interface, f"L-{interface}", igp, protects, ORIGIN)


def stream(name="metrics-10000000", *, address="198.51.100.10", interval_us=10_000_000, interfaces=("eth1", "eth2")):
    return Stream(name, address, 57400, interval_us, interfaces, ORIGIN)


def probe(name="r4-critical", peer="r4", dscp=46, interval_us=1_000_000):
    return Probe(name, peer, dscp, interval_us, ORIGIN)


def probe_reflector(peer="r4"):
    return ProbeReflector(peer, ORIGIN)


def full_config():
    """Return a device with every feature in both families."""
    plain = frr.full_config()
    features = {
        field.name: getattr(plain, field.name)
        for field in fields(plain)
        if isinstance(getattr(plain, field.name), tuple)
    }
    features["policies"] = [
        policy(),
        policy("r4-open-1", adjacent(), closed=False, color=1_500_000_001),
        policy("r4-wide-1", spread(), color=1_500_000_002),
    ]
    features["policy_steering"] = [
        policy_steer(flow(protocol="tcp", ports=(8443, 8443)), precedence=6),
        policy_steer(flow(H1, H2, "tcp", (9443, 9443)), "r4-open-1", precedence=7),
        policy_steer(flow(H1, H2, "tcp", (9444, 9444)), "r4-wide-1", precedence=7),
    ]
    features["reflectors"] = [reflector()]
    features["algorithm_policies"] = [algorithm(), algorithm("r4-slow-129", 129, closed=False, color=1_600_000_001)]
    features["policy_steering"] += [policy_steer(flow(H1, H2, "sctp"), "r4-fast-128", precedence=8)]
    features["repairs"] = [repair("eth2"), repair("eth3", protects="node")]
    features["streams"] = [stream(), stream("archive-60000000", interval_us=60_000_000, interfaces=("ge-0/0/3.7",))]
    features["probes"] = [probe(), probe("r3-high", "r3", 34)]
    features["probe_reflectors"] = [probe_reflector(), probe_reflector("r2")]
    features["queueing"] = [labelled(one) for one in features["queueing"]]
    return config(**features)


def adjacent():
    """A candidate over an adjacency segment: from r1 over L-12 to r2, and on to r4."""
    return SrCandidate(100, (segment("r2", link="L-12"), segment("r4", 20004)))


def fleet(*configs):
    return Fleet({item.node: item for item in configs}, LOOPBACKS, CLASSES, INFRASTRUCTURE, LINKS)


def owned(item, known=None):
    """Return what is owned on a device, as the target's own values; None for nothing."""
    return OWNING.owned_of(item, known or fleet(item))


def bundle(item, known=None):
    return render_device(item, known or fleet(item), TARGET)


def text(item, known=None):
    """Return the payload of a configuration; "" where there is none."""
    return frr.files(bundle(item, known)).get(CONFIG, "")
