"""Golden output of the target `junos`, accepted by Juniper's published models.

`python tests/unit/test_target_junos_golden.py` writes the golden files anew; read the difference before you keep it.
"""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support_frr import (
    H1,
    H1_6,
    H2,
    MBPS,
    TARGETS,
    bfd,
    count,
    edge,
    fence,
    flow,
    isolate,
    mark,
    meter,
    port,
    queue,
    steer,
)
from support_junos import (
    CONFIG,
    adjacent,
    algorithm,
    config,
    full_config,
    labelled,
    policy,
    policy_steer,
    probe,
    probe_reflector,
    reflector,
    repair,
    segment,
    spread,
    stream,
    text,
)
from support_yang import yang_findings

from intentc.ir.model import SrCandidate
from intentc.ir.stages import stage_configs

GOLDEN = TARGETS / "junos" / "golden"
UDP = flow(protocol="udp", ports=(7000, 7009))

CASES = {
    "everything": full_config(),
    "marking": config(
        edges=[edge(), edge("eth4", "dscp", ("10.10.7.0/24",)), edge("eth5", "fabric", ("10.10.8.0/24",))],
        meters=[
            meter("m-rate", 5 * MBPS),
            meter("m-both", 5 * MBPS, ceiling=20 * MBPS),
            meter("m-ceiling", ceiling=MBPS),
        ],
        marking=[
            mark("rate", UDP, "high", precedence=1, meter="m-rate"),
            mark("both", flow(H1_6, "::/0", "tcp", (443, 443)), "high", precedence=2, meter="m-both"),
            mark(
                "ceiling",
                flow(H1, "0.0.0.0/0", "sctp"),
                "background",
                precedence=3,
                meter="m-ceiling",
                interfaces=("eth1", "eth4"),
            ),
        ],
    ),
    "queueing": config(
        queueing=[
            port(
                "xe-0/1/0",
                rate=10_000 * MBPS,
                mtu=9000,
                queues=(queue("critical", 123_456_789, rate=10_000 * MBPS), queue("default")),
            ),
            port(
                "et-1/0/3:2.70",
                rate=MBPS // 2,
                queues=(
                    replace(
                        queue("background", 5_000, rate=MBPS // 2),
                        is_ecn=True,
                        mark_from_bytes=7_500,
                        mark_all_bytes=22_500,
                    ),
                    queue("default", rate=MBPS // 2),
                ),
            ),
        ]
    ),
    "steering": config(
        steering=[
            steer(UDP, ("r2", "r3"), precedence=1),
            steer(flow(protocol="tcp"), ("r3",), closed=False, precedence=2, interfaces=("eth1", "eth2")),
            steer(flow(H1_6, "::/0"), (), precedence=3),
            steer(flow(protocol="icmp"), ("r3", "r2"), precedence=4, interfaces=()),
        ]
    ),
    "sr-policies": config(
        policies=[
            policy(),
            policy("r4-open-1", adjacent(), closed=False, color=1_500_000_001),
            policy("r4-deep-1", SrCandidate(100, tuple(segment("r2", 16002) for _ in range(7))), color=1_500_000_002),
        ],
        policy_steering=[
            policy_steer(UDP),
            policy_steer(
                flow(protocol="tcp"), "r4-open-1", precedence=11, excepted=(flow(protocol="tcp", ports=(22, 22)),)
            ),
        ],
        queueing=[labelled(port())],
    ),
    "spread": config(
        policies=[policy("r4-wide-1", spread(), SrCandidate(100, (segment("r4", 20004),)))],
        policy_steering=[policy_steer(UDP, "r4-wide-1")],
    ),
    "reflecting": config(reflectors=[reflector()]),
    "fencing": config(
        fences=[
            fence("pinned", UDP, ("eth2", "eth3")),
            fence("secret", flow("0.0.0.0/0", "0.0.0.0/0", dscp=34), reason="encrypt"),
        ]
    ),
    "fencing-marked": config(
        edges=[edge()],
        fences=[fence("secret", flow("0.0.0.0/0", "0.0.0.0/0", dscp=34)), fence("odd", flow(dscp=12))],
        queueing=[port()],
    ),
    "isolation": config(
        edges=[edge()],
        isolation=[
            isolate("closed"),
            isolate("open-4", "10.10.1.7/32", [flow(H2, "10.10.1.7/32", "udp", (7000, 7009))]),
            isolate("open-6", H1_6, [flow("::/0", H1_6)], direction="from"),
        ],
    ),
    "counting": config(counting=[count("one", flow(H2, H1)), count("two", flow(H2, H1, "tcp"))]),
    "protection-isis": config(bfd=[bfd("eth2", interval_us=300_000), bfd("ge-0/0/3.7", interval_us=300_000)]),
    "protection-ospf": config(bfd=[bfd("eth2", "ospf", 100_000, 5)]),
    "repair-isis": config(
        bfd=[bfd("eth2", interval_us=300_000)], repairs=[repair("eth2", protects="node"), repair("ge-0/0/3.7")]
    ),
    "repair-ospf": config(repairs=[repair("eth2", "ospf"), repair("eth3", "ospf", "node")]),
    "streaming": config(
        streams=[stream(), stream("fast-1000000", interval_us=1_000_000, interfaces=("eth2", "xe-0/1/0:2.70"))]
    ),
    "probing": config(
        probes=[probe(), probe("r4-high", dscp=34, interval_us=100_000), probe("r3-background", "r3", 1)],
        probe_reflectors=[probe_reflector("r2"), probe_reflector()],
    ),
    "algorithms": config(
        algorithm_policies=[algorithm(), algorithm("r3-open-130", 130, label=20130, end_point="r3", closed=False)],
        policy_steering=[
            policy_steer(UDP, "r4-fast-128"),
            policy_steer(flow(protocol="tcp"), "r3-open-130", precedence=11),
        ],
        queueing=[labelled(port())],
    ),
    "halfway": dict(
        stage_configs(full_config(), config(steering=[steer(UDP, ("r3",))], queueing=[port("eth2", rate=50 * MBPS)]))
    )["switch"],
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_output_is_the_golden_one(case):
    golden = {path.name: path.read_text() for path in (GOLDEN / case).iterdir()}
    assert golden == {CONFIG: text(CASES[case])}


def test_there_is_no_golden_without_a_case():
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_published_models_accept_it(case):
    assert yang_findings("junos", GOLDEN / case / CONFIG) == []


def test_the_published_models_refuse_what_is_wrong(tmp_path):
    wrong = tmp_path / "wrong.xml"
    wrong.write_text(
        (GOLDEN / "queueing" / CONFIG)
        .read_text()
        .replace("<temporal>", "<temporary>")
        .replace("</temporal>", "</temporary>")
    )
    assert any("unknown-node" in item for item in yang_findings("junos", wrong))


def write():
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for case, item in CASES.items():
        (GOLDEN / case).mkdir(parents=True)
        (GOLDEN / case / CONFIG).write_text(text(item))


if __name__ == "__main__":
    write()
