"""Golden payloads of the target `iosxe`, accepted by Cisco's published native models.

`python tests/unit/test_target_iosxe_golden.py` writes the golden files anew; read the difference before you keep it.
"""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support_frr import H1, H1_6, H2, MBPS, TARGETS, flow, meter
from support_iosxe import (
    LEFT,
    RIGHT,
    algorithm_policy,
    bfd,
    config,
    count,
    edge,
    fence,
    full_config,
    isolate,
    late,
    mark,
    policy,
    port,
    probe,
    queue,
    reflector,
    rendered,
    repair,
    responder,
    ride,
    spread,
    steer,
    stream,
)
from support_yang import yang_findings

from intentc.ir.stages import stage_configs

GOLDEN = TARGETS / "iosxe" / "golden"
UDP = flow(protocol="udp", ports=(7000, 7009))
OTHER = ("HundredGigE0/1/0", "GigabitEthernet0/0/5.100")
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
    "marking": config(**MARKING),
    "queueing": config(queueing=QUEUEING),
    "steering": config(
        steering=[
            steer(UDP, ("r2", "r3"), precedence=1),
            steer(flow(protocol="tcp"), ("r3", "r2"), closed=False, precedence=2, interfaces=(OTHER[0], LEFT)),
            steer(flow(H1_6, "::/0"), (), precedence=3),
            steer(flow(protocol="icmp"), ("r3", "r2"), precedence=4, interfaces=()),
        ]
    ),
    "spread": config(
        policies=[policy(candidates=spread())],
        policy_steering=[ride(UDP)],
    ),
    "policies": config(
        edges=[edge()],
        policies=[policy(), policy("open", 2**31, closed=False, interval_us=100_500, multiplier=4)],
        policy_steering=[ride(UDP), ride(flow(protocol="tcp"), "open", excepted=(flow(H1, "10.10.2.7/32", "tcp"),))],
        reflectors=[reflector()],
    ),
    "switching": config(
        edges=[edge()],
        policies=[
            replace(policy(), switches=(late(),)),
            replace(policy("other", 2**31, closed=False), switches=(late(9_000, dscp=0, interval_us=2_000_000),)),
        ],
        policy_steering=[ride(UDP), ride(flow(protocol="tcp"), "other", precedence=11)],
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
    "protection": config(
        bfd=[bfd(LEFT, interval_us=300_000), bfd(RIGHT, igp="ospf", interval_us=300_000, multiplier=5)],
        repairs=[repair(LEFT), repair("HundredGigE0/1/1", protects="node")],
    ),
    "repairs": config(repairs=[repair(LEFT)]),
    "measuring": config(
        probes=[probe(), probe("r3-bulk", "r3", 10, 100_000)], probe_reflectors=[responder(), responder("r2")]
    ),
    "algorithms": config(
        edges=[edge()],
        algorithm_policies=[algorithm_policy(), algorithm_policy("open", 2**31, label=17_900, closed=False)],
        policy_steering=[ride(UDP, "fast-r4"), ride(flow(protocol="tcp"), "open", precedence=11)],
    ),
    "halfway": dict(
        stage_configs(full_config(), config(steering=[steer(UDP, ("r3",))], queueing=[port(LEFT, rate=500 * MBPS)]))
    )["switch"],
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_output_is_the_golden_one(case):
    assert rendered(CASES[case]) == (GOLDEN / case / "config.xml").read_text()


def test_there_is_no_golden_without_a_case():
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_published_models_accept_it(case):
    assert yang_findings("iosxe", GOLDEN / case / "config.xml") == []


@pytest.mark.parametrize(
    ("case", "right", "wrong"),
    [
        ("queueing", "<level>1<", "<level>3<"),
        ("marking", "<cir>8000<", "<cir>7999<"),
        ("measuring", "<session-number>", "<session-number>9"),
        ("switching", "<frequency>1<", "<frequency>0<"),
        ("switching", "<threshold>40<", "<threshold>60001<"),
        ("policies", "<preference>200<", "<preference>0<"),
        ("streaming", "<period>", "<periods>"),
    ],
)
def test_the_published_models_refuse_what_is_wrong(case, right, wrong, tmp_path):
    path = tmp_path / "wrong.xml"
    text = (GOLDEN / case / "config.xml").read_text().replace("<cir>5000000<", "<cir>8000<")
    assert right in text
    path.write_text(text.replace(right, wrong))
    assert yang_findings("iosxe", path) != []


@pytest.mark.parametrize("hardware", ["qfp", "virtual"])
def test_the_kinds_of_hardware_are_configured_alike(hardware):
    assert rendered(replace(full_config(), hardware=hardware)) == rendered(full_config())


def write():
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for case, item in CASES.items():
        (GOLDEN / case).mkdir(parents=True)
        (GOLDEN / case / "config.xml").write_text(rendered(item))


if __name__ == "__main__":
    write()
