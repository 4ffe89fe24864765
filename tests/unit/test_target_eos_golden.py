"""Golden output of the target `eos`, accepted by a grammar of ours (tests/support_eos.py): syntax-checked, and by nobody else.

`python tests/unit/test_target_eos_golden.py` writes the golden files anew; read the difference before you keep it.
"""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import support_frr as base
from support_eos import (
    CODE,
    HARDWARE,
    HOSTS,
    LAG,
    LEFT,
    MORE_HOSTS,
    RIGHT,
    TARGET,
    bfd,
    config,
    count,
    edge,
    fence,
    fleet,
    flow,
    full_config,
    isolate,
    judged,
    mark,
    meter,
    pause,
    port,
    queue,
    reflector,
    rendered,
    repair,
    steer,
)
from support_frr import H1, H1_6, H2, MBPS

from intentc.ir.stages import stage_configs

GOLDEN = base.TARGETS / "eos" / "golden"
UDP = flow(protocol="udp", ports=(7000, 7009))
FAST = 100_000 * MBPS

CASES = {
    "everything": full_config(),
    "everything-x-series": full_config("x-series"),
    "marking": config(
        edges=[edge(), edge(MORE_HOSTS, "dscp", ("10.10.7.0/24",)), edge(LAG, "fabric", ("10.10.8.0/24",))],
        meters=[
            meter("m-rate", 5 * MBPS),
            meter("m-both", 5_000_001, ceiling=20 * MBPS),
            meter("m-ceiling", ceiling=1_234_567),
            meter("m-drop", 5 * MBPS, over=None),
        ],
        marking=[
            mark("rate", UDP, "high", precedence=1, meter="m-rate"),
            mark("both", flow(H1_6, "::/0", "tcp", (443, 443)), "high", precedence=2, meter="m-both"),
            mark("ceiling", flow(H1, "0.0.0.0/0", "sctp"), "background", precedence=3, meter="m-ceiling"),
            mark("drop", flow(H1, H2, dscp=10), precedence=4, meter="m-drop", interfaces=(MORE_HOSTS,)),
        ],
        queueing=[port(queues=(queue("critical"), queue("high"), queue("background"), queue("default")))],
    ),
    "queueing": config(
        queueing=[
            port(
                rate=FAST,
                mtu=9000,
                queues=(
                    queue("critical", 1_234_567_890, rate=FAST),
                    queue("bulk", rate=FAST),
                    queue("default", rate=FAST),
                ),
            ),
            port(
                RIGHT,
                rate=2 * MBPS,
                queues=(queue("background", 5_000, rate=2 * MBPS), queue("default", rate=2 * MBPS)),
            ),
        ]
    ),
    "lossless": config(
        queueing=[
            port(
                rate=FAST,
                queues=(
                    replace(queue("roce", rate=FAST), is_ecn=True, mark_from_bytes=50_000, mark_all_bytes=150_000),
                    queue("default", rate=FAST),
                ),
            )
        ],
        pauses=[pause(), pause(HOSTS, headroom=0)],
    ),
    "steering": config(
        steering=[
            steer(UDP, ("r2", "r3"), precedence=1),
            steer(flow(protocol="tcp"), ("r3",), closed=False, precedence=2, interfaces=(MORE_HOSTS, LEFT)),
            steer(flow(protocol="icmp"), ("r3", "r2"), precedence=4, interfaces=()),
        ]
    ),
    "fencing": config(
        fences=[
            fence("pinned", UDP, (LEFT, RIGHT)),
            fence("secret", flow("0.0.0.0/0", "0.0.0.0/0", dscp=34), reason="encrypt"),
        ]
    ),
    "isolation": config(
        isolation=[
            isolate("closed"),
            isolate("open-4", "10.10.1.7/32", [flow(H2, "10.10.1.7/32", "udp", (7000, 7009))]),
            isolate("open-6", H1_6, [flow("::/0", H1_6)], direction="from"),
        ],
    ),
    "counting": config(counting=[count("arrived", flow(H2, H1), excepted=(flow(H2, H1, "tcp"),))]),
    "protection": config(
        bfd=[bfd(LEFT, interval_us=300_500), bfd(RIGHT, interval_us=300_000, multiplier=5)],
        repairs=[repair(LEFT), repair(RIGHT)],
        reflectors=[reflector()],
    ),
    "halfway": dict(
        stage_configs(full_config(), config(fences=[fence("later", UDP)], queueing=[port(rate=500 * MBPS)]))
    )["switch"],
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_output_is_the_golden_one(case):
    assert rendered(CASES[case]) == (GOLDEN / case / "itc.cfg").read_text()


def test_there_is_no_golden_without_a_case():
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_grammar_accepts_it(case):
    assert judged((GOLDEN / case / "itc.cfg").read_text()) == ()


WRONG = {
    "a number beyond its bound": ("set traffic-class 5", "set traffic-class 8"),
    "a code point that is none": ("dscp 46", "dscp 64"),
    "a line in another mode": ("   counters per-entry", "counters per-entry"),
    "a word that is none": ("set nexthop recursive", "set next-hop recursive"),
    "a list that is not there": ("ip access-group ITC-OUT4-Ethernet1 out", "ip access-group ITC-OUT4-Ethernet9 out"),
    "a profile that is not there": ("service-profile ITC-PORT-Ethernet2-1", "service-profile ITC-PORT-Ethernet2"),
    "lines out of order": ("   20 permit ip any 10.0.0.2/31", "   10 permit ip any 10.0.0.2/31"),
    "a list of the other family": ("match ipv6 access-group ITC-REST-6", "match ipv6 access-group ITC-REST-4"),
    "an address that is none": ("host 10.0.0.1", "host 10.0.0.256"),
    "a rate below all policers": ("police rate 2000 kbps", "police rate 7 kbps"),
    "a second rate below the first": ("rate 16000 kbps", "rate 8001 kbps"),
    "thresholds the wrong way": ("maximum-threshold 225000 bytes", "maximum-threshold 100 bytes"),
    "a multiplier that is too small": ("multiplier 3", "multiplier 2"),
    "a remark that is none": ("remark fence-voice", "remark"),
    "a class twice": ("class ITC-DSCP-56-4", "class ITC-NOBODY"),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_the_grammar_refuses_what_is_wrong(case):
    one, other = WRONG[case]
    text = rendered(CASES["everything"])
    assert one in text
    assert judged(text.replace(one, other)) != ()


@pytest.mark.parametrize("case", sorted(CASES))
def test_nothing_of_a_case_is_refused(case):
    item = CASES[case]
    assert CODE.obstacles(item, fleet(item)) == ()


def test_the_two_kinds_of_hardware_differ_in_the_word_for_queues_only():
    assert rendered(full_config("x-series")) == rendered(full_config()).replace("   tx-queue", "   uc-tx-queue")


def test_output_is_called_syntax_checked():
    assert not TARGET.is_tested
    assert (TARGET.transport, TARGET.commit) == ("ssh", "config-session")
    assert set(HARDWARE) < set(TARGET.chassis)


def write():
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for case, item in CASES.items():
        (GOLDEN / case).mkdir(parents=True)
        (GOLDEN / case / "itc.cfg").write_text(rendered(item))


if __name__ == "__main__":
    write()
