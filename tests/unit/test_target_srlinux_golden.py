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
    TARGET,
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
    payload,
    port,
    queue,
)
from support_yang import yang_findings

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


DEVICE = "".join(
    f"""<interface xmlns="urn:nokia.com:srlinux:chassis:interfaces"><name>ethernet-1/{number}</name>
    <subinterface><index>0</index><type xmlns:if="urn:nokia.com:srlinux:chassis:interfaces">if:routed</type></subinterface></interface>"""
    for number in range(1, 6)
)
# What the models say for another evaluator than XPath 1.0, where a leaf with a default is always there, a leaf that is there
# is true whatever it says, and nothing equals or differs from what is absent:
ABSENT = r"(<unicast-queue>ITC-Q([0-7])</unicast-queue>)", r"\1<multicast-queue>multicast-\2</multicast-queue>"
LOGGED = r"<accept/>", ""  # `log` may not be true where an entry accepts
UNDECIDABLE = (
    "scheduler[sequence='1']/sequence: scheduler with sequence 0 must be strict",  # has no priority
    "[enable-ecn='false']/enable-ecn: drop-probability must be 'all' to enable ecn",  # is false
    "classifier can only be applied on subinterfaces of type bridged or routed",  # compares an identity without its module
    "policer not allowed on subinterface with type local-mirror-dest",  # looks for the type where there is none
)


def judged(text, folder):
    """What the models have against a payload on a device that has its ports: all of it by their grammar, and by their

    conditions, but for those that no evaluator of XPath 1.0 can hold.
    """
    path, plain, base = folder / "payload.xml", folder / "plain.xml", folder / "base.xml"
    path.write_text(text)
    plain.write_text(re.sub(*LOGGED, re.sub(*ABSENT, text)))
    base.write_text(f'<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">{DEVICE}</config>')
    grammar = [item for item in yang_findings("srlinux", path, switched=CHASSIS) if item.startswith("schema")]
    found = yang_findings("srlinux", plain, switched=CHASSIS, bases=(base,), tolerated=frozenset())
    return [*grammar, *(item for item in found if not any(text in item for text in (*UNDECIDABLE, "multicast-")))]


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_published_models_accept_it(case, tmp_path):
    assert judged((GOLDEN / case / "itc.xml").read_text(), tmp_path) == []


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_published_models_accept_its_removal(case, tmp_path):
    assert judged(CODE.removal(payload(CASES[case])), tmp_path) == []


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
