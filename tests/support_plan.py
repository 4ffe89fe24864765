"""Device configurations made at random but sensibly, for the properties of plans."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from intentc.diagnostics import Span
from intentc.ir.model import (
    AlgorithmPolicy,
    BfdPort,
    BfdReflector,
    CountRule,
    DeviceConfig,
    EdgePort,
    FenceRule,
    IsolationRule,
    MarkRule,
    Meter,
    Origin,
    PausePort,
    PolicySteerRule,
    PortQueueing,
    Probe,
    ProbeReflector,
    Queue,
    RepairPort,
    SrCandidate,
    SrPolicy,
    SrSegment,
    SteerRule,
    Stream,
)
from intentc.ir.order import in_order
from intentc.plan.make import Kit, Particulars
from intentc.plan.model import Payload, RunningState
from intentc.render.model import RenderedFile
from intentc.resolve.model import Flow

NODE = "fra-pe1"
PARTICULARS = Particulars("acme", "intentc 0", {}, {"a": "a's reason", "b": "b's reason"}, confirm_s=60)


def origin(*intents, line=1):
    return Origin(intents, (Span("x.intent", line, 1, line, 9),))


def flow(number, port=443):
    return Flow(4, f"10.{number}.0.0/16", "10.200.0.0/16", "tcp", None, (port, port))


def items(number, *intents, line=1):
    """Return one item of each feature; items of another number share nothing with them but the interface names."""
    asked = origin(*intents, line=line)
    queue = Queue("critical", (46,), "strict", 0, 10**6 * number, 0, 15_000, is_ecn=False)
    return {
        "edges": EdgePort(f"lan{number}", "none", (f"10.{number}.0.0/16",)),
        "meters": Meter(f"meter-{number}", 10**6, 15_000, None, None, 0),
        "marking": MarkRule(
            number, flow(number), (), (f"lan{number}",), "critical", 46, f"meter-{number}", f"m{number}", asked
        ),
        "queueing": PortQueueing(f"eth{number}", f"L{number}", 10**7, 1500, (queue,), asked),
        "steering": SteerRule(
            number, flow(number), (), (f"lan{number}",), ("ams-pe1",), is_fail_closed=True, origin=asked
        ),
        "fences": FenceRule(flow(number), (), (f"eth{number}",), "pin", f"f{number}", asked),
        "isolation": IsolationRule(
            f"10.{number}.0.0/16", (f"lan{number}",), "to", (flow(number),), f"i{number}", asked
        ),
        "repairs": RepairPort(f"eth{number}", f"L{number}", "isis", "link", asked),
        "bfd": BfdPort(f"eth{number}", f"L{number}", "isis", 50_000, 3, asked),
        "counting": CountRule(flow(number), (f"lan{number}",), f"c{number}", asked),
        "reflectors": BfdReflector(number, asked),
        "policies": SrPolicy(
            f"way-{number}",
            number,
            "ams-pe1",
            (
                SrCandidate(100, (SrSegment("ams-pe1", None, 16000 + number),)),
                SrCandidate(90, (SrSegment("x", "L1", None),)),
            ),
            is_fail_closed=False,
            discriminator=number,
            interval_us=50_000,
            multiplier=3,
            origin=asked,
        ),
        "algorithm_policies": AlgorithmPolicy(
            f"ride-{number}", number, "ams-pe1", 128, 16100 + number, is_fail_closed=False, origin=asked
        ),
        "policy_steering": PolicySteerRule(
            number, flow(number, 80), (), (f"lan{number}",), f"way-{number}", origin=asked
        ),
        "streams": Stream(f"otel-{number}", "10.9.0.9", 57500, 10_000_000, (f"eth{number}",), asked),
        "probes": Probe(f"probe-{number}", "ams-pe1", number, 100_000, asked),
        "probe_reflectors": ProbeReflector(f"peer{number}", asked),
        "pauses": PausePort(f"eth{number}", "roce", 3, (26,), 9000 * number, asked),
    }


def config(*made):
    """Return a configuration with all features of each of `made`."""
    fields = {name: in_order(part[name] for part in made if name in part) for name in items(0)}
    return DeviceConfig(NODE, "frr", "8.4", **fields)


def render(given):
    """Return one file per feature, with a line per item; who asked is not in it."""
    files = []
    for name in items(0):
        lines = [
            repr(replace(item, origin=origin()) if hasattr(item, "origin") else item) for item in getattr(given, name)
        ]
        if lines:
            files.append(RenderedFile(f"{given.node}/{name}", "".join(f"{line}\n" for line in lines)))
    return tuple(sorted(files))


def kit(split):
    return Kit(split, render)


def payload(given):
    return Payload(given, render(given))


def running(given, **changes):
    """Return the state of a device that runs `given` (None: nothing of ours)."""
    state = RunningState(
        node=NODE,
        platform="frr",
        release="8.4.4",
        given=payload(given) if given else None,
        digest=str(hash(render(given))) if given else "nothing",
        facts=("hostname=fra-pe1", "interface=eth1,1500", "interface=eth9,9000", "rule_foreign=10000"),
    )
    return replace(state, **changes)


@st.composite
def configs(draw):
    """Return configurations of up to four groups of items, each with some of the features."""
    made = []
    for number in draw(st.sets(st.integers(1, 5), max_size=4)):
        part = items(number, draw(st.sampled_from("ab")))
        chosen = draw(st.sets(st.sampled_from(sorted(part)), min_size=1))
        if draw(st.booleans()):
            part["queueing"] = replace(part["queueing"], rate_bps=10**8)
        made.append({name: part[name] for name in chosen})
    return config(*made)
