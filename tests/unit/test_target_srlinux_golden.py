"""Golden output of the target `srlinux`, accepted by Nokia's published models.

`python tests/unit/test_target_srlinux_golden.py` writes the golden files anew; read the difference before you keep it.
"""

import re
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import support_frr as base
from support_srlinux import (
    CHASSIS,
    CODE,
    GBPS,
    HOSTS,
    LINK,
    MBPS,
    MORE_HOSTS,
    OTHER_LINK,
    PAUSING,
    TARGET,
    bfd,
    bundle,
    config,
    edge,
    fence,
    fleet,
    flow,
    full_config,
    isolate,
    mark,
    meter,
    pause,
    paused_config,
    payload,
    port,
    probe,
    probe_reflector,
    queue,
    repair,
    routed_config,
)
from support_srlinux_yang import UNDECIDABLE, conditions, judged

from intentc.ir.stages import stage_configs

GOLDEN = base.TARGETS / "srlinux" / "golden"
UDP = flow(protocol="udp", ports=(7000, 7009))

CASES = {
    "everything": full_config(),
    "marking": config(
        edges=[edge(), edge(MORE_HOSTS, "dscp", ("10.10.7.0/24",)), edge("ethernet-1/5", "fabric", ("10.10.8.0/24",))],
        meters=[meter("m-rate", 50 * MBPS), meter("m-ceiling", ceiling=10 * MBPS)],
        marking=[
            mark("rate", UDP, precedence=1, meter="m-rate"),
            mark("both", flow(base.H1_6, "::/0", "tcp", (443, 443)), "high", precedence=2, meter="m-ceiling"),
            mark(
                "ceiling",
                flow(base.H1, "0.0.0.0/0", "sctp"),
                "background",
                precedence=3,
                interfaces=(HOSTS, MORE_HOSTS),
                excepted=(flow(base.H1, base.H2, "sctp"),),
            ),
        ],
        queueing=[port(queues=(queue("critical"), queue("high"), queue("background"), queue("default")))],
    ),
    "queueing": config(
        queueing=[
            port(
                rate=100 * GBPS,
                mtu=9000,
                queues=(queue("critical", 1_234_567_890, rate=100 * GBPS), queue("default", rate=100 * GBPS)),
            ),
            port(
                OTHER_LINK,
                rate=GBPS,
                queues=(queue("background", 5_000_000, rate=GBPS), queue("default", rate=GBPS)),
            ),
        ]
    ),
    "ecn": config(
        queueing=[
            port(queues=(queue("high", is_ecn=True, mark_from_bytes=75_000, mark_all_bytes=225_000), queue("default")))
        ]
    ),
    "labels": config(queueing=[port(queues=(queue("critical", tc=5), queue("high", tc=4), queue("default", tc=0)))]),
    "fencing": config(
        fences=[
            fence("pinned", UDP, (LINK, OTHER_LINK)),
            fence("secret", flow("0.0.0.0/0", "0.0.0.0/0", dscp=34), reason="encrypt"),
        ]
    ),
    "isolation": config(
        isolation=[
            isolate("closed"),
            isolate("open-4", "10.10.1.7/32", [flow(base.H2, "10.10.1.7/32", "udp", (7000, 7009))]),
            isolate("open-6", base.H1_6, [flow("::/0", base.H1_6)], direction="from"),
        ],
    ),
    "adjacencies": config(bfd=[bfd(), bfd(OTHER_LINK, interval_us=10_000, multiplier=20)]),
    "repairs": config(repairs=[repair(), repair("lag7.30")]),
    "routing": routed_config(),
    "measuring": config(
        probes=[probe(), probe("r4-high", dscp=34, interval_us=250_000), probe("r2-high", "r2", 34)],
        probe_reflectors=[probe_reflector("r3")],
    ),
    "pausing": paused_config(),
    "pausing-two": config(
        queueing=[port(queues=(queue("critical"), queue("high"), queue("background"), queue("default")))],
        pauses=[pause(), pause(name="background", priority=0, headroom=90_000), pause(OTHER_LINK)],
    ),
    "halfway": dict(
        stage_configs(full_config(), config(fences=[fence("later", UDP)], queueing=[port(rate=40 * GBPS)]))
    )["switch"],
}


def rendered(case):
    return {Path(file.path).name: file.text for file in bundle(CASES[case]).files}


@pytest.mark.parametrize("case", sorted(CASES))
def test_output_is_the_golden_one(case):
    golden = {path.name: path.read_text() for path in (GOLDEN / case).iterdir()}
    assert rendered(case) == golden


def test_there_is_no_golden_without_a_case():
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("which", sorted(UNDECIDABLE))
def test_no_tolerance_is_left_over(which, tmp_path):
    """Every one of them is needed by a case."""
    says, _ = UNDECIDABLE[which]
    found = []
    for case, switched in (("everything", CHASSIS), ("pausing", PAUSING)):
        found += conditions((GOLDEN / case / "itc.xml").read_text(), tmp_path, switched)
    assert any(re.search(says, item) for item in found)


@pytest.mark.parametrize("case", sorted(CASES))
def test_no_entry_logs(case):
    """What `log` would say is not looked at."""
    assert "<log>" not in payload(CASES[case])


MISTAKES = {
    "two families in one entry": (
        "fencing",
        "<dscp-set>34</dscp-set>",
        "<dscp-set>34</dscp-set></ipv4><ipv6><dscp-set>1</dscp-set></ipv6><ipv4>",
    ),
    "an ACL of another family": ("isolation", "<type>ipv6</type>", "<type>mac</type>"),
    "a strict one among the weighted": (
        "queueing",
        "<sequence>1</sequence>",
        "<sequence>1</sequence><priority>strict</priority>",
    ),
    "a weighted one first": (
        "queueing",
        "<sequence>0</sequence>\n          <priority>strict</priority>",
        "<sequence>0</sequence>",
    ),
    "too short an interval": ("adjacencies", ">10000<", ">9999<"),
    "flow control on a subinterface": (
        "pausing",
        "<interface-id>ethernet-1/1</interface-id>\n        <interface-ref>",
        "<interface-id>ethernet-1/1</interface-id>\n        <interface-ref><subinterface>0</subinterface>",
    ),
    "a kind of packets for ECN": (
        "ecn",
        "<traffic-type>all</traffic-type>\n            <drop-probability>all<",
        "<traffic-type>tcp</traffic-type>\n            <drop-probability>all<",
    ),
    "one queue for two kinds": (
        "queueing",
        "<unicast-queue>ITC-Q0<",
        "<multicast-queue>ITC-Q0</multicast-queue><unicast-queue>ITC-Q0<",
    ),
    "repairs without repairs": (
        "repairs",
        "<loopfree-alternate>\n            <admin-state>enable<",
        "<loopfree-alternate>\n            <admin-state>disable<",
    ),
    "a profile of flow control that is not there": (
        "pausing",
        "<pfc-mapping-profile>ITC-F-",
        "<pfc-mapping-profile>ITC-G-",
    ),
    "a strict one among the weighted, with flow control": (
        "pausing",
        "<sequence>0</sequence>\n          <priority>strict</priority>",
        "<sequence>0</sequence>",
    ),
    "a measurement to nowhere": ("measuring", "<destination-ip>10.0.0.2</destination-ip>", ""),
}


@pytest.mark.parametrize("which", sorted(MISTAKES))
def test_the_models_see_mistakes_at_the_same_places(which, tmp_path):
    case, right, wrong = MISTAKES[which]
    text = (GOLDEN / case / "itc.xml").read_text()
    assert right in text
    assert judged(text.replace(right, wrong, 1), tmp_path)


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_published_models_accept_it(case, tmp_path):
    assert judged((GOLDEN / case / "itc.xml").read_text(), tmp_path) == []


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_published_models_accept_its_removal(case, tmp_path):
    given = bundle(CASES[case])
    assert judged(CODE.removal(bundle(config()), payload(CASES[case]), given), tmp_path) == []


def test_the_published_models_refuse_what_is_wrong(tmp_path):
    wrong = payload(CASES["queueing"]).replace("<peak-rate-percent>30<", "<peak-rate-percent>130<")
    assert any("schema" in item for item in judged(wrong, tmp_path))


def test_the_published_models_look_at_conditions_too(tmp_path):
    wrong = payload(CASES["queueing"]).replace("<sequence>0</sequence>", "<sequence>1</sequence>", 1)
    assert any("semantic" in item for item in judged(wrong, tmp_path))


@pytest.mark.parametrize("case", sorted(CASES))
def test_nothing_of_a_case_is_refused(case):
    item = CASES[case]
    assert CODE.obstacles(item, fleet(item)) == ()


def test_output_is_called_syntax_checked():
    assert not TARGET.is_tested


def write():
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for case in CASES:
        (GOLDEN / case).mkdir(parents=True)
        for name, text in rendered(case).items():
            (GOLDEN / case / name).write_text(text)


if __name__ == "__main__":
    write()
