"""Golden payloads of the target `iosxr`, accepted by Cisco's published models.

`python tests/unit/test_target_iosxr_golden.py` writes the golden files anew; read the difference before you keep it.
"""

import re
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support_frr import H1, H1_6, H2, MBPS, TARGETS, flow, meter
from support_iosxr import (
    LEFT,
    RIGHT,
    algorithm_policy,
    answers,
    bfd,
    config,
    count,
    edge,
    fence,
    full_config,
    isolate,
    mark,
    paused_config,
    policy,
    port,
    probe,
    queue,
    reflector,
    rendered,
    repair,
    ride,
    spread,
    steer,
    stream,
)
from support_yang import has_module, yang_findings

from intentc.ir.stages import stage_configs

GOLDEN = TARGETS / "iosxr" / "golden"
UDP = flow(protocol="udp", ports=(7000, 7009))
OTHER = ("TenGigE0/0/0/4", "Bundle-Ether5.100")
MARKING = {
    "edges": [edge(), edge(OTHER[0], "dscp", ("10.10.7.0/24",)), edge(OTHER[1], "fabric", ("10.10.8.0/24",))],
    "meters": [
        meter("m-rate", 5 * MBPS),
        meter("m-both", 5 * MBPS, ceiling=20 * MBPS),
        meter("m-ceiling", ceiling=MBPS),
        meter("m-drop", 5 * MBPS, over=None),
    ],
    "marking": [
        mark("rate", UDP, "high", precedence=1, meter="m-rate"),
        mark("both", flow(H1_6, "::/0", "tcp", (443, 443)), "high", precedence=2, meter="m-both"),
        mark("ceiling", flow(H1, "0.0.0.0/0", "sctp"), "background", precedence=3, meter="m-ceiling"),
        mark("drop", flow(H1, H2, dscp=10), "critical", precedence=4, meter="m-drop", interfaces=OTHER[:1]),
    ],
}
QUEUEING = [
    port(
        LEFT,
        rate=10_000 * MBPS,
        mtu=9000,
        queues=(
            queue("critical", 123_456_789, rate=10_000 * MBPS, burst=400_000, tc=5),
            queue("bulk", 50 * MBPS, rate=10_000 * MBPS, tc=1),
            queue("video", 2_000 * MBPS, rate=10_000 * MBPS),
            queue("default", rate=10_000 * MBPS, tc=0),
        ),
    ),
    port(RIGHT, rate=2 * MBPS, queues=(queue("background", 5_000, rate=2 * MBPS), queue("default", rate=2 * MBPS))),
]
CASES = {
    "everything": full_config(),
    "everything-ncs": full_config("ncs"),
    "marking": config(**MARKING),
    "marking-ncs": config("r1", "ncs", **MARKING, queueing=[port(LEFT)]),
    "queueing": config(queueing=QUEUEING),
    "queueing-8000": config("r1", "8000", queueing=QUEUEING),
    "steering": config(
        steering=[
            steer(UDP, ("r2", "r3"), precedence=1),
            steer(flow(protocol="tcp"), ("r3",), closed=False, precedence=2, interfaces=(OTHER[0], LEFT)),
            steer(flow(H1_6, "::/0"), (), precedence=3),
            steer(flow(protocol="icmp"), ("r3", "r2"), precedence=4, interfaces=()),
        ]
    ),
    "pausing": paused_config(),
    "spread": config(
        policies=[policy(candidates=spread())],
        policy_steering=[ride(UDP)],
    ),
    "policies": config(
        edges=[edge()],
        policies=[policy(), policy("open", 2**31, closed=False, interval_us=100_500, multiplier=4)],
        policy_steering=[ride(UDP), ride(flow(H1_6, "::/0"), "open", excepted=(flow(H1_6, "fd10:2::/64"),))],
        reflectors=[reflector()],
    ),
    "fencing": config(
        fences=[
            fence("pinned", UDP, (LEFT, RIGHT)),
            fence("secret", flow("0.0.0.0/0", "0.0.0.0/0", dscp=34), reason="encrypt"),
        ]
    ),
    "isolation": config(
        edges=[edge()],
        isolation=[
            isolate("closed"),
            isolate("open-4", "10.10.1.7/32", [flow(H2, "10.10.1.7/32", "udp", (7000, 7009))]),
            isolate("open-6", H1_6, [flow("::/0", H1_6)], direction="from"),
        ],
    ),
    "counting": config(counting=[count("arrived", flow(H2, H1), excepted=(flow(H2, H1, "tcp"),))]),
    "streaming": config(streams=[stream(), stream("other", "fd00::9", (RIGHT,), 500_000, 443)]),
    "protection": config(bfd=[bfd(LEFT, interval_us=300_000), bfd(RIGHT, interval_us=300_000, multiplier=5)]),
    "repair": config(
        bfd=[bfd(RIGHT, interval_us=300_000)], repairs=[repair(LEFT), repair(RIGHT, "node"), repair("Bundle-Ether7")]
    ),
    "algorithms": config(
        edges=[edge()],
        algorithm_policies=[algorithm_policy(), algorithm_policy("cheap", 2**31 + 9, closed=True, label=17_204)],
        policies=[policy()],
        policy_steering=[
            ride(UDP, "low-delay"),
            ride(flow(H1_6, "::/0"), "cheap", excepted=(flow(H1_6, "fd10:2::/64"),)),
        ],
    ),
    "reflecting": config(probe_reflectors=[answers("r2"), answers("r3"), answers("r4")]),
    "measuring": config(probes=[probe(), probe("r3-bulk", dscp=10, interval_us=1_000_000), probe("r2-voice", "r2")]),
    "halfway": dict(
        stage_configs(full_config(), config(steering=[steer(UDP, ("r3",))], queueing=[port(LEFT, rate=500 * MBPS)]))
    )["switch"],
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_output_is_the_golden_one(case):
    assert rendered(CASES[case]) == (GOLDEN / case / "config.xml").read_text()


def test_there_is_no_golden_without_a_case():
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)


def without_cards(text):
    """A payload without what the published model of Cisco 8000's hardware profiles alone can judge, where that is not at hand."""
    is_judged = has_module("iosxr", "Cisco-IOS-XR-um-8000-hw-module-profile-cfg")
    return text if is_judged else re.sub(r"  <hw-module .*?</hw-module>\n", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_published_models_accept_it(case, tmp_path):
    payload = tmp_path / "config.xml"
    payload.write_text(without_cards((GOLDEN / case / "config.xml").read_text()))
    assert yang_findings("iosxr", payload) == []


def test_the_published_models_refuse_what_is_wrong(tmp_path):
    wrong = tmp_path / "wrong.xml"
    text = (GOLDEN / "queueing-8000" / "config.xml").read_text()
    wrong.write_text(text.replace("<traffic-class>7<", "<traffic-class>77<"))
    assert yang_findings("iosxr", wrong) != []


def test_the_two_split_kinds_of_hardware_are_configured_alike():
    assert rendered(full_config("8000")) == rendered(full_config("ncs"))


def write():
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for case, item in CASES.items():
        (GOLDEN / case).mkdir(parents=True)
        (GOLDEN / case / "config.xml").write_text(rendered(item))


if __name__ == "__main__":
    write()
