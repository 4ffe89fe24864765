"""Golden output of the target `openconfig`, accepted by the published models.

`python tests/unit/test_target_openconfig_golden.py` writes the golden files anew; read the difference before you keep it.
"""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import support_frr as base
from support_openconfig import (
    CODE,
    GBPS,
    HOSTS,
    LINK,
    OTHER_LINK,
    TARGET,
    bundle,
    config,
    count,
    fence,
    fleet,
    flow,
    full_config,
    isolate,
    payload,
    port,
    queue,
    steer,
    stream,
)
from support_yang import yang_findings

from intentc.ir.stages import stage_configs

GOLDEN = base.TARGETS / "openconfig" / "golden"
UDP = flow(protocol="udp", ports=(7000, 7009))
MARKING = {"is_ecn": True, "mark_from_bytes": 75_000, "mark_all_bytes": 225_000}

CASES = {
    "everything": full_config(),
    "queueing": config(
        queueing=[
            port(rate=100 * GBPS, mtu=9000, queues=(queue("critical", 1_234_567_890), queue("default"))),
            port(OTHER_LINK, rate=GBPS, queues=(queue("background", 5_000_000), queue("default"))),
        ]
    ),
    "ecn": config(queueing=[port(queues=(queue("high", **MARKING), queue("default")))]),
    "early-drop": config(
        queueing=[port(queues=(queue("high", drop_from_bytes=60_000, drop_all_bytes=90_000), queue("default")))]
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
    "counting": config(counting=[count("arrived", flow(base.H2, base.H1, "icmp"))]),
    "steering": config(
        steering=[
            steer(UDP, ("r3", "r2"), precedence=1, excepted=(flow(protocol="udp", ports=(7003, 7003)),)),
            steer(flow(base.H1_6, "::/0", "sctp"), ("r2",), closed=False, precedence=2),
            steer(flow(dscp=46), ("r2",), precedence=3, interfaces=(LINK,)),
        ]
    ),
    "streaming": config(streams=[stream(interfaces=(LINK, OTHER_LINK, HOSTS))]),
    "halfway": dict(
        stage_configs(full_config(), config(fences=[fence("later", UDP)], queueing=[port(rate=40 * GBPS)]))
    )["switch"],
}
# What is taken to be on the device: the instance that ports are in.
BASE = """\
<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
  <network-instances xmlns="http://openconfig.net/yang/network-instance">
    <network-instance>
      <name>DEFAULT</name>
      <config>
        <name>DEFAULT</name>
        <type xmlns:t="http://openconfig.net/yang/network-instance-types">t:DEFAULT_INSTANCE</type>
      </config>
    </network-instance>
  </network-instances>
</config>
"""


def judged(text, folder):
    """What the published models say against a payload, on a device that has its default instance."""
    path, device = folder / "itc.xml", folder / "base.xml"
    path.write_text(text)
    device.write_text(BASE)
    return yang_findings("openconfig", path, bases=(device,))


@pytest.mark.parametrize("case", sorted(CASES))
def test_output_is_the_golden_one(case):
    assert payload(CASES[case]) == (GOLDEN / case / "itc.xml").read_text()


def test_there_is_no_golden_output_without_a_case():
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(CASES)


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_published_models_accept_it(case, tmp_path):
    assert judged((GOLDEN / case / "itc.xml").read_text(), tmp_path) == []


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_published_models_accept_its_removal(case, tmp_path):
    assert judged(CODE.removal(bundle(config()), payload(CASES[case])), tmp_path) == []


WRONG = {
    "a percentage": ("<max-drop-probability-percent>100<", "<max-drop-probability-percent>101<"),
    "an identity": (">oc-qos-types:ONE_RATE_TWO_COLOR<", ">ONE_RATE_TWO_COLOR<"),
    "a port": ("<destination-port>7000..7009<", "<destination-port>7000-7009<"),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_the_published_models_refuse_what_is_wrong(case, tmp_path):
    old, new = WRONG[case]
    text = payload(CASES["everything"])
    assert old in text
    assert any("schema" in item for item in judged(text.replace(old, new), tmp_path))


@pytest.mark.parametrize("case", sorted(CASES))
def test_nothing_of_a_case_is_refused(case):
    item = CASES[case]
    assert CODE.obstacles(item, fleet(item)) == ()


def test_output_is_called_syntax_checked():
    assert not TARGET.is_tested


def write():
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for case, item in CASES.items():
        (GOLDEN / case).mkdir(parents=True)
        (GOLDEN / case / "itc.xml").write_text(payload(item))


if __name__ == "__main__":
    write()
